"""One sentence for the cashier: a refusal in red, or what was done. Never silence."""

from __future__ import annotations

from typing import Literal

from pos.screens.face import Face
from pos.screens.widgets.cells import left, wrap
from pos.screens.widgets.panel import Cells, Panel

Mark = Literal["✖", "✓", "?"]
"""What stands before a sentence: a refusal, something done or good to know, a question."""

LINES_MOST = 3
MARGIN = 4


class NoticeLine(Panel):
    """The sentence, wrapped on the lines the widget has, the last one cut."""

    def __init__(self, face: Face) -> None:
        super().__init__(face)
        self._text = ""
        self._mark: Mark = "✓"

    @property
    def text(self) -> str:
        """The sentence shown now."""
        return self._text

    def show(self, text: str, mark: Mark) -> None:
        """Say a sentence, or nothing."""
        if (text, mark) != (self._text, self._mark):
            self._text, self._mark = text, mark
            self.redraw()

    def rows_wanted(self, width: int) -> int:
        """Return how many lines the sentence needs on this width, none of them cut."""
        return len(wrap(self._text, max(1, width - MARGIN), LINES_MOST))

    def row(self, y: int, width: int) -> Cells:
        """Return one line of the sentence."""
        look = self.face.look
        lines = wrap(self._text, max(1, width - MARGIN), self.size.height)
        if y >= len(lines):
            return []
        mark = self._mark if y == 0 else " "
        style = {"✖": look.notice_bad, "✓": look.notice_good, "?": look.strong}[self._mark]
        return [(left(f" {mark} {lines[y]}", width), style)]
