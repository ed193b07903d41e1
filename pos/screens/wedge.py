"""A scanner that types as a keyboard, told apart from a person by its speed. Pure.

Stands above every widget: each key passes here first, and what a scanner typed comes out as one
`ScanText`, so that no field, prompt or quantity ever sees it. A key of a person comes out as
`Typed`, held back no longer than `GAP_MS`.

>>> wedge = Wedge()
>>> [out for c in "30176204" for out in wedge.key(c, c, at_ms=0)]
[]
>>> wedge.key("\\r", "enter", at_ms=2)
[ScanText(text='30176204', at_ms=2)]
>>> wedge.key("7", "7", at_ms=500), wedge.tick(at_ms=540)
([], [Typed(key='7', character='7')])
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

GAP_MS = 35
"""The longest pause between two characters of a scanner, and the longest a key is held back."""

PATIENCE_MS = 120
"""The longest pause once `LEAST` characters came that fast: no hand did that, so the rest is
waited for, and a code that a busy computer cut in two stays whole."""

LEAST = 4
"""The fewest characters of a code; less is a person with quick fingers."""

LONGEST = 4096
"""The longest code in characters; what is longer comes out as keys."""

GS = "\x1d"
_ENDS = {"enter", "tab", "ctrl+j"}
_SILENT = {
    f"{side}_{name}"
    for side in ("left", "right")
    for name in ("shift", "control", "alt", "super", "hyper", "meta")
} | {"caps_lock", "num_lock", "iso_level3_shift", "iso_level5_shift", "<ignore>"}
_KEYPAD = {
    "multiply": "*",
    "asterisk": "*",
    "add": "+",
    "plus": "+",
    "subtract": "-",
    "minus": "-",
    "divide": "/",
    "decimal": ".",
    "separator": ",",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """One key of a person: Textual's name of it, and its character where it has one.

    `at_ms` is when it was pressed, by the clock of `Wedge.key`; two presses of a key are equal.
    """

    key: str
    character: str | None = None
    at_ms: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ScanText:
    """One whole code that a scanner typed, its end key taken off; `at_ms` is when it ended."""

    text: str
    at_ms: int


Heard = Typed | ScanText


def typed(character: str | None, key: str) -> Typed:
    """Return a key under the one name the till knows it by, whatever the terminal calls it.

    >>> typed(None, "multiply"), typed("\\n", "ctrl+j"), typed("\\r", "enter")
    (Typed(key='*', character='*'), Typed(key='enter', character=None), Typed(key='enter', \
character=None))
    """
    if key in _ENDS:
        return Typed("tab" if key == "tab" else "enter")
    known = _KEYPAD.get(key) or (character if character and character.isprintable() else None)
    return Typed(known, known) if known else Typed(key)


class Wedge:
    """Tells bursts from typing; fed with every key and, after a silence, with `tick`."""

    def __init__(self) -> None:
        self._held: list[Typed] = []
        self._last_ms = 0
        self._ended_ms: int | None = None

    @property
    def waiting(self) -> bool:
        """Whether keys are held back: call `tick` when `GAP_MS` have passed."""
        return bool(self._held)

    def key(self, character: str | None, key: str, at_ms: int) -> list[Heard]:
        """Take one key that came at `at_ms` (any monotonic clock); return what is certain now."""
        if key in _SILENT:
            return []
        out = self.tick(at_ms)
        if key in _ENDS:
            return [*out, *self._end(character, key, at_ms)]
        now = replace(self._in_burst(character, key), at_ms=at_ms)
        if now.character is None or len(self._held) >= LONGEST:
            return [*out, *self._let_go(), now]
        self._held.append(now)
        self._last_ms = at_ms
        return out

    def tick(self, at_ms: int) -> list[Heard]:
        """Let go the keys that a silence proves to be a person's."""
        pause = PATIENCE_MS if len(self._held) >= LEAST else GAP_MS
        return self._let_go() if self._held and at_ms - self._last_ms > pause else []

    def _in_burst(self, character: str | None, key: str) -> Typed:
        if key == "ctrl+right_square_bracket":
            return Typed(key, GS)
        return typed(character, key)

    def _end(self, character: str | None, key: str, at_ms: int) -> list[Heard]:
        """An end key closes a code, follows a code that is closed already, or is a person's."""
        if len(self._held) >= LEAST:
            text = "".join(held.character or "" for held in self._held)
            self._held.clear()
            self._ended_ms = at_ms
            return [ScanText(text, at_ms)]
        if not self._held and self._ended_ms is not None and at_ms - self._ended_ms <= GAP_MS:
            return []
        return [*self._let_go(), replace(typed(character, key), at_ms=at_ms)]

    def _let_go(self) -> list[Heard]:
        kept: list[Heard] = [
            Typed(held.key, at_ms=held.at_ms) if held.character == GS else held
            for held in self._held
        ]
        self._held.clear()
        return kept
