"""What a front end is told once: looks, languages, and what a demonstration adds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pos.domain.words import Sentence


@dataclass(frozen=True, slots=True)
class Extra:
    """What the program around the screen adds: a virtual scan, an unplugged cable.

    One without a key ("") is found in the list of commands.
    """

    key: str
    text: Sentence
    action: Callable[[], None]

    @property
    def name(self) -> str:
        """What it is asked for by."""
        return self.key or self.text.template


@dataclass(frozen=True, slots=True)
class ScreenOptions:
    """How the screen starts.

    `languages` and the palettes' names are what ctrl+l and ctrl+t go through. `shows_paper` puts
    the printed paper beside the till where there is room. `notes` are alarms: each stays until
    someone who signed in has read it. `hints` are only said, between two baskets. `log` takes
    what should not have happened: what was being done, and the exception. `on_export` writes a
    file of that name and text and returns where it is; without it nothing can be exported.
    `about` says what this till is, a sentence a row.
    """

    till: str = ""
    language: str = "en"
    languages: Sequence[str] = ("en", "fr")
    theme: str = "dark"
    shows_paper: bool = False
    extras: Sequence[Extra] = ()
    notes: Sequence[Sentence] = ()
    hints: Sequence[Sentence] = ()
    lights: Sequence[str] = ("printer", "scanner")
    log: Callable[[str, BaseException], None] = lambda _doing, _error: None
    on_language: Callable[[str], None] = lambda _language: None
    on_export: Callable[[str, str], str] | None = None
    about: Sequence[Sentence] = ()
