"""The paper that the printer has printed, beside the till: the newest at the end, it scrolls."""

from __future__ import annotations

from collections.abc import Iterable

from rich.style import Style

from pos.screens.face import Face
from pos.screens.widgets.cells import center, left
from pos.screens.widgets.panel import Cells, Panel

LINES_MOST = 2_000
"""The longest strip of paper that is kept, in lines; the oldest is torn off."""

PAPER = 42
"""The columns of the widest paper."""


class PaperPanel(Panel):
    """Lines of text on paper."""

    def __init__(self, face: Face) -> None:
        super().__init__(face)
        self._lines: list[str] = []
        self._up = 0

    @property
    def lines(self) -> tuple[str, ...]:
        """The paper so far."""
        return tuple(self._lines)

    def feed(self, lines: Iterable[str]) -> None:
        """Let paper come out."""
        self._lines = [*self._lines, *lines][-LINES_MOST:]
        self._up = 0
        self.redraw()

    def ground(self) -> Style:
        """Return the paper."""
        return self.face.look.paper

    def row(self, y: int, width: int) -> Cells:
        """Return a line of the paper, an edge at its left; the newest line is the lowest one."""
        look, room = self.face.look, max(1, width - 3)
        at = len(self._lines) - self._up - self.size.height + y
        edge = ("│", look.edge)
        if not self._lines:
            empty = self.face.say("The paper comes out here.")
            middle = y == self.size.height // 2
            return [edge, (left(center(empty if middle else "", room + 2), room + 2), look.muted)]
        if at < 0:
            return [edge, (" " * (room + 2), look.text)]
        return [edge, (" " + left(self._lines[at], room) + " ", look.paper)]

    def wheeled(self, rows: int) -> None:
        """Show older paper, or newer."""
        most = max(0, len(self._lines) - self.size.height)
        self._up = max(0, min(most, self._up - rows))
        self.redraw()
