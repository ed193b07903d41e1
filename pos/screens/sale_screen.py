"""The till's one screen: where each panel stands, and drawing a session into them.

Prompts are lines of it, not windows over it, so nothing ever covers the total.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual import events
from textual.geometry import Region, Size

from pos.domain.words import Words
from pos.screens import view
from pos.screens.face import Face
from pos.screens.selling import move_cursor
from pos.screens.session import Session
from pos.screens.widgets.basket_view import BasketView
from pos.screens.widgets.choice_list import ChoiceList
from pos.screens.widgets.entry_line import EntryLine
from pos.screens.widgets.key_bar import ROWS as KEY_ROWS
from pos.screens.widgets.key_bar import KeyBar
from pos.screens.widgets.notice_line import NoticeLine
from pos.screens.widgets.panel import Panel
from pos.screens.widgets.paper_panel import PAPER, PaperPanel
from pos.screens.widgets.status_bar import StatusBar
from pos.screens.widgets.surface import Surface
from pos.screens.widgets.total_panel import TotalPanel

PAPER_WIDTH = PAPER + 3
BESIDE = 66
"""The columns the till keeps before the paper is shown beside it."""

ROOMY = 30
"""From this height on, the total is five rows tall and refusals have two lines."""

BASKET_LEAST = 4
"""The rows of the basket that no list of choices covers."""


class SaleScreen(Surface):
    """Status, basket, list of choices, total, notice, entry, keys; the paper at the right."""

    def __init__(self, session: Session, face: Face) -> None:
        self.session = session
        self.face = face
        self.status = StatusBar(face)
        self.basket = BasketView(face, self._choose, self._move)
        self.choices = ChoiceList(face, self._pick)
        self.total = TotalPanel(face)
        self.notice = NoticeLine(face)
        self.entry = EntryLine(face)
        self.keys = KeyBar(face, self._press)
        self.paper = PaperPanel(face)
        self._rows_wanted = (0, 0)
        self._keys_about: tuple[Words, int] | None = None
        panels = (self.status, self.basket, self.choices, self.total)
        super().__init__((*panels, self.notice, self.entry, self.keys, self.paper))

    def on_resize(self, event: events.Resize) -> None:
        """Give each panel its room."""
        self._place(event.size)
        self.draw_all()

    def draw(self) -> None:
        """Show what the session holds now; each panel draws again only what differs."""
        self.session.guard(self._draw_panels, sound=False)

    def _draw_panels(self) -> None:
        session, face = self.session, self.face
        self.notice.show(*view.notice(session, face))
        self._make_room()
        self._draw_choices()
        self.basket.show(session.desk.basket.lines, view.cursor(session))
        self.total.show(view.total(session, face))
        self.entry.show(view.entry(session, face))
        self.status.show(view.status(session, face))
        self._draw_keys()

    def _draw_keys(self) -> None:
        """The words on the keys change with the language and with what is put aside, no more."""
        about = (self.face.words, len(self.session.desk.parked))
        if about != self._keys_about:
            self._keys_about = about
            self.keys.show(view.caps(self.session, self.face))

    def draw_all(self) -> None:
        """Draw everything again: the language or the theme changed."""
        self.draw()
        self.redraw()

    def _make_room(self) -> None:
        """Give the list of choices and the notice the rows they need now."""
        prompt = self.session.prompt
        wanted = (
            0 if prompt is None else prompt.rows(),
            self.notice.rows_wanted(self.session.columns),
        )
        if wanted != self._rows_wanted:
            before, self._rows_wanted = self._rows_wanted, wanted
            if before[0] != wanted[0] or max(1, before[1]) != max(1, wanted[1]):
                self._place(self.size)
                self.redraw()

    def _draw_choices(self) -> None:
        prompt = self.session.prompt
        if prompt is not None and self._rows_wanted[0]:
            title = self.face.say(prompt.title())
            self.choices.show(title, prompt.choices(), prompt.cursor)

    def _place(self, size: Size) -> None:
        """Give each panel its place on a terminal of this size, and none where there is no room."""
        width, height = size
        beside = self.session.options.shows_paper and width >= BESIDE + PAPER_WIDTH
        column = self.session.columns = width - PAPER_WIDTH if beside else width
        roomy = height >= ROOMY
        wanted: dict[Panel, tuple[int, int]] = {
            self.keys: (KEY_ROWS, width),
            self.entry: (1, column),
            self.notice: (max(2 if roomy else 1, self._rows_wanted[1]), column),
            self.total: (6 if roomy else 4, column),
        }
        foot = self._stack(height, wanted)
        head = min(1, foot)
        self.status.place(Region(0, 0, width, head))
        paper = max(0, height - KEY_ROWS - 1)
        self.paper.place(Region(column, 1, width - column, paper) if beside else Region())
        listed = self._rows_wanted[0]
        rows = max(2, min(listed + 1, foot - 1 - BASKET_LEAST)) if listed else 0
        rows = min(rows, foot - head)
        self.choices.place(Region(0, foot - rows, column, rows))
        self.basket.place(Region(0, head, column, foot - rows - head))

    def _stack(self, height: int, wanted: Mapping[Panel, tuple[int, int]]) -> int:
        """Place panels (rows, columns) from the foot upwards; return the rows left over.

        On a terminal too low for all of them, what is asked and what is due come first.
        """
        left, rows = height, dict[Panel, int]()
        by_weight: tuple[Panel, ...] = (self.entry, self.total, self.notice, self.keys)
        for panel in by_weight:
            rows[panel] = wanted[panel][0] if wanted[panel][0] <= left else 0
            left -= rows[panel]
        foot = height
        for panel, (_, columns) in wanted.items():
            foot -= rows[panel]
            panel.place(Region(0, foot, columns, rows[panel]))
        return foot

    def _pick(self, place: int) -> None:
        self.session.pick(place)
        self.draw()

    def _press(self, gesture: str) -> None:
        self.session.gesture(gesture)
        self.draw()

    def _choose(self, n: int) -> None:
        self.session.cursor = n
        self.draw()

    def _move(self, rows: int) -> None:
        move_cursor(self.session, rows)
        self.draw()
