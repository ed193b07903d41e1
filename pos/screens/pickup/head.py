"""The top of an opened order: who and what it is, and the verdict on a pass in big plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len
from rich.style import Style

from pos.screens.face import Face
from pos.screens.widgets.cells import center, left, right, wrap
from pos.screens.widgets.panel import Cells, Panel

LINES_MOST = 6
MARGIN = 4

Weight = Literal["good", "warning", "bad"]
_GROUNDS: dict[Weight, str] = {
    "good": "verdict_good",
    "warning": "verdict_warning",
    "bad": "notice_bad",
}
_SIGNS: dict[Weight, str] = {"good": "✓", "warning": "▲", "bad": "✖"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Big words on their own ground."""

    words: str
    weight: Weight


@dataclass(frozen=True, slots=True)
class HeadText:
    """A title with a text at its right, the verdict if there is one, then sentences."""

    title: str
    right: str = ""
    verdict: Verdict | None = None
    sentences: tuple[str, ...] = ()


class Head(Panel):
    """A title row, three rows of verdict, and the sentences in the lines they need."""

    def __init__(self, face: Face) -> None:
        super().__init__(face)
        self._text = HeadText("")

    @property
    def shown(self) -> HeadText:
        """What is said now."""
        return self._text

    def show(self, text: HeadText) -> None:
        """Say something else."""
        if text != self._text:
            self._text = text
            self.redraw()

    def rows_wanted(self, width: int) -> int:
        """Return the rows that all of it needs on this width."""
        return 1 + (3 if self._text.verdict else 0) + len(self._lines(width))

    def row(self, y: int, width: int) -> Cells:
        """Return the title, a row of the verdict, or a line of a sentence."""
        look, text = self.face.look, self._text
        if y == 0:
            room = max(0, width - cell_len(text.title) - 4)
            end = right(text.right, min(cell_len(text.right), max(room, width // 2))) + " "
            return [(left(f" {text.title}", width - cell_len(end)) + end, look.key)]
        if text.verdict is not None and y <= 3:
            ground: Style = getattr(look, _GROUNDS[text.verdict.weight])
            return [(self._big(text.verdict, width) if y == 2 else " " * width, ground)]
        at = y - (4 if text.verdict else 1)
        lines = self._lines(width)
        return [(left(f" {lines[at]}", width), look.text)] if at < len(lines) else []

    def _lines(self, width: int) -> list[str]:
        room = max(1, width - MARGIN)
        lines = [line for one in self._text.sentences for line in wrap(one, room, LINES_MOST)]
        return lines[:LINES_MOST]

    def _big(self, verdict: Verdict, width: int) -> str:
        """Capitals with a space between them, where there is room."""
        sign, words = _SIGNS[verdict.weight], verdict.words.upper()
        spaced = "   ".join(" ".join(word) for word in words.split())
        fits = cell_len(spaced) + MARGIN + 2 <= width
        return center(f"{sign}  {spaced if fits else words}", width)
