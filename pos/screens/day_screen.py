"""The manager's day: figures and plots where the sale screen has its basket, the same head and
foot around them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region, Size

from pos.screens import day_view
from pos.screens.dialogs.day import DayPrompt
from pos.screens.face import Face
from pos.screens.session import Session
from pos.screens.till_screen import TillScreen
from pos.screens.wedge import Typed
from pos.screens.widgets.board import Board
from pos.screens.widgets.panel import Panel


class DayScreen(TillScreen):
    """Status, figures and plots, list of choices, notice, entry, keys."""

    least = 1

    def __init__(self, session: Session, face: Face) -> None:
        self.board = Board(face, self._turn)
        super().__init__(session, face)

    def panels(self) -> Sequence[Panel]:
        """Return the figures."""
        return (self.board,)

    def show_panels(self) -> None:
        """Show the day."""
        day = self.session.day
        if day is not None:
            self.board.show(
                day_view.title(day, self.face), day_view.blocks(day, self.face), day.page
            )
        self.keys.show(day_view.caps(self.face))

    def place_panels(self, head: int, foot: int, listed: int, size: Size) -> None:
        """Give the figures all that the list leaves."""
        self.board.covered = listed
        self.board.place(Region(0, head, size.width, foot - listed - head))

    def _press(self, key: str) -> None:
        """Take a touch on a key as the key itself, while no other question is open."""
        if isinstance(self.session.prompt, DayPrompt):
            self.session.key(Typed(key, key if len(key) == 1 else None))
        self._show()

    def _turn(self, pages: int) -> None:
        if self.session.day is not None:
            self.session.day.page += pages
        self._show()
