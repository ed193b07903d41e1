"""A stripe across the whole screen that nobody overlooks: in training, what the law wants said."""

from __future__ import annotations

from rich.style import Style

from pos.screens.face import Face
from pos.screens.widgets.cells import center
from pos.screens.widgets.panel import Cells, Panel

HATCH = "/"


class Banner(Panel):
    """One row of a text in the colours of a refusal, hatched from edge to edge."""

    def __init__(self, face: Face) -> None:
        super().__init__(face)
        self._text = ""

    @property
    def shown(self) -> str:
        """What the stripe says, "" while there is none."""
        return self._text

    def show(self, text: str) -> None:
        """Say something, or nothing."""
        if text != self._text:
            self._text = text
            self.redraw()

    def ground(self) -> Style:
        """Return the stripe's own style."""
        return self.face.look.notice_bad

    def row(self, _y: int, width: int) -> Cells:
        """Return the text between its hatched edges."""
        text = f" {self._text} "
        hatch = HATCH * max(0, (width - len(text)) // 2)
        return [(center(f"{hatch}{text}{hatch}", width), self.face.look.notice_bad)]
