"""The till's main screen: the basket, what is due, and the paper at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.geometry import Region, Size

from pos.domain.words import Words
from pos.screens import view
from pos.screens.face import Face
from pos.screens.selling import move_cursor
from pos.screens.session import Session
from pos.screens.till_screen import ROOMY, TillScreen
from pos.screens.widgets.basket_view import BasketView
from pos.screens.widgets.key_bar import ROWS as KEY_ROWS
from pos.screens.widgets.panel import Panel
from pos.screens.widgets.paper_panel import PAPER, PaperPanel
from pos.screens.widgets.total_panel import TotalPanel
from pos.till import printing

PAPER_WIDTH = PAPER + 3
BESIDE = 66
"""The columns the till keeps before the paper is shown beside it."""


class SaleScreen(TillScreen):
    """Status, basket, list of choices, total, notice, entry, keys; the paper at the right."""

    def __init__(self, session: Session, face: Face) -> None:
        self.basket = BasketView(face, self._choose, self._move)
        self.total = TotalPanel(face)
        self.paper = PaperPanel(face)
        self._keys_about: tuple[Words, int, int] | None = None
        super().__init__(session, face)

    def panels(self) -> Sequence[Panel]:
        """Return the basket, the total and the paper."""
        return (self.basket, self.total, self.paper)

    def show_panels(self) -> None:
        """Show the basket and what is due."""
        session, face = self.session, self.face
        self.basket.show(session.desk.basket.lines, view.cursor(session))
        self.total.show(view.total(session, face))
        self._draw_keys()

    def _draw_keys(self) -> None:
        """The words on the keys change with the language, what is put aside, and what is stuck."""
        desk = self.session.desk
        about = (self.face.words, len(desk.parked), len(printing.stuck(desk)))
        if about != self._keys_about:
            self._keys_about = about
            self.keys.show(view.caps(self.session, self.face))

    def column(self, width: int) -> int:
        """Return the columns that the paper leaves."""
        return width - PAPER_WIDTH if self._is_beside(width) else width

    def foot(self, size: Size) -> Mapping[Panel, tuple[int, int]]:
        """Return the foot with the total above it."""
        rows = 6 if size.height >= ROOMY else 4
        return {**super().foot(size), self.total: (rows, self.column(size.width))}

    def by_weight(self) -> Sequence[Panel]:
        """Return the panels of the foot; what is due comes right after what is asked."""
        return (self.entry, self.total, self.notice, self.keys)

    def place_panels(self, head: int, foot: int, listed: int, size: Size) -> None:
        """Place the basket above the list, and the paper beside them."""
        column = self.column(size.width)
        paper = max(0, size.height - KEY_ROWS - head)
        beside = Region(column, head, size.width - column, paper)
        self.paper.place(beside if self._is_beside(size.width) else Region())
        self.basket.place(Region(0, head, column, foot - listed - head))

    def _is_beside(self, width: int) -> bool:
        return self.session.options.shows_paper and width >= BESIDE + PAPER_WIDTH

    def _choose(self, n: int) -> None:
        self.session.cursor = n
        self.draw()

    def _move(self, rows: int) -> None:
        move_cursor(self.session, rows)
        self.draw()
