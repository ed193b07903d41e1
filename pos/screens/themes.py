"""Colours: a plain palette comes in, the styles that the screen draws with come out.

>>> Palette.of({name: "#000000" for name in Palette.names()}).background
'#000000'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from rich.style import Style
from textual.theme import Theme


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme, as `#rrggbb`; each `on_x` is readable on `x`."""

    background: str
    surface: str
    text: str
    muted: str
    accent: str
    on_accent: str
    selected: str
    on_selected: str
    good: str
    warning: str
    bad: str
    on_bad: str
    total: str
    paper: str
    ink: str

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names that a palette must give."""
        return tuple(field.name for field in fields(cls))

    @classmethod
    def of(cls, colours: Mapping[str, str]) -> Palette:
        """Return a palette of a mapping; TypeError names what is missing or not known."""
        return cls(**colours)


@dataclass(frozen=True, slots=True)
class Look:
    """The styles of one theme, made once, so that drawing a row makes none."""

    text: Style
    muted: Style
    strong: Style
    header: Style
    selected: Style
    cursor: Style
    total: Style
    bar: Style
    bar_muted: Style
    bar_strong: Style
    key: Style
    good: Style
    warning: Style
    bad: Style
    notice_bad: Style
    notice_good: Style
    verdict_good: Style
    verdict_warning: Style
    paper: Style
    edge: Style
    plot: Style
    returned: Style

    @classmethod
    def of(cls, palette: Palette) -> Look:
        """Return the styles of a palette."""
        p = palette
        return cls(
            text=Style(color=p.text, bgcolor=p.background),
            muted=Style(color=p.muted, bgcolor=p.background),
            strong=Style(color=p.text, bgcolor=p.background, bold=True),
            header=Style(color=p.muted, bgcolor=p.background, underline=True),
            selected=Style(color=p.on_selected, bgcolor=p.selected, bold=True),
            cursor=Style(color=p.background, bgcolor=p.text),
            total=Style(color=p.total, bgcolor=p.background, bold=True),
            bar=Style(color=p.text, bgcolor=p.surface),
            bar_muted=Style(color=p.muted, bgcolor=p.surface),
            bar_strong=Style(color=p.text, bgcolor=p.surface, bold=True),
            key=Style(color=p.on_accent, bgcolor=p.accent, bold=True),
            good=Style(color=p.good, bgcolor=p.surface),
            warning=Style(color=p.warning, bgcolor=p.surface, bold=True),
            bad=Style(color=p.bad, bgcolor=p.surface, bold=True),
            notice_bad=Style(color=p.on_bad, bgcolor=p.bad, bold=True),
            notice_good=Style(color=p.good, bgcolor=p.background, bold=True),
            verdict_good=Style(color=p.background, bgcolor=p.good, bold=True),
            verdict_warning=Style(color=p.background, bgcolor=p.warning, bold=True),
            paper=Style(color=p.ink, bgcolor=p.paper),
            edge=Style(color=p.muted, bgcolor=p.background),
            plot=Style(color=p.accent, bgcolor=p.background),
            returned=Style(color=p.warning, bgcolor=p.background, bold=True),
        )


def textual_theme(name: str, palette: Palette) -> Theme:
    """Return the palette as a Textual theme, for what Textual itself draws (the palette of
    commands)."""
    return Theme(
        name=name,
        primary=palette.accent,
        secondary=palette.selected,
        background=palette.background,
        surface=palette.surface,
        panel=palette.surface,
        foreground=palette.text,
        success=palette.good,
        warning=palette.warning,
        error=palette.bad,
        accent=palette.accent,
        dark=False,
    )
