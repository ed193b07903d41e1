"""The till's one screen: where each widget stands, and drawing a session into them.

Prompts are lines of it, not windows over it, so nothing ever covers the total.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.screen import Screen

from pos.screens import view
from pos.screens.face import Face
from pos.screens.session import Session
from pos.screens.widgets.basket_view import BasketView
from pos.screens.widgets.choice_list import ChoiceList
from pos.screens.widgets.entry_line import EntryLine
from pos.screens.widgets.key_bar import KeyBar
from pos.screens.widgets.notice_line import NoticeLine
from pos.screens.widgets.paper_panel import PAPER, PaperPanel
from pos.screens.widgets.status_bar import StatusBar
from pos.screens.widgets.total_panel import TotalPanel

PAPER_WIDTH = PAPER + 3
BESIDE = 66
"""The columns the till keeps before the paper is shown beside it."""

ROOMY = 30
"""From this height on, the total is five rows tall and refusals have two lines."""

BASKET_LEAST = 4
"""The rows of the basket that no list of choices covers."""


class SaleScreen(Screen[None]):
    """Status, basket, list of choices, total, notice, entry, keys; the paper at the right."""

    CSS = """
    SaleScreen { layout: vertical; }
    #status { height: 1; }
    #middle { height: 1fr; }
    #till { width: 1fr; }
    #basket { height: 1fr; }
    #choices { display: none; height: 8; }
    #total { height: 4; }
    #notice { height: 1; }
    #entry { height: 1; }
    #keys { height: 2; }
    #paper { display: none; }
    """

    def __init__(self, session: Session, face: Face) -> None:
        super().__init__()
        self.session = session
        self.face = face
        self.status = StatusBar(face)
        self.basket = BasketView(face)
        self.choices = ChoiceList(face)
        self.total = TotalPanel(face)
        self.notice = NoticeLine(face)
        self.entry = EntryLine(face)
        self.keys = KeyBar(face)
        self.paper = PaperPanel(face)
        self.paper.styles.width = PAPER_WIDTH
        self._list_rows = 0

    def compose(self) -> ComposeResult:
        """Return the widgets from top to bottom."""
        yield self.status
        with Horizontal(id="middle"):
            with Vertical(id="till"):
                yield self.basket
                yield self.choices
                yield self.total
                yield self.notice
                yield self.entry
            yield self.paper
        yield self.keys

    def fit(self, size: Size) -> None:
        """Give each widget its room on a terminal of this size."""
        shows_paper = self.session.options.shows_paper and size.width >= BESIDE + PAPER_WIDTH
        self.paper.display = shows_paper
        self.total.styles.height = 6 if size.height >= ROOMY else 4
        self.notice.styles.height = 2 if size.height >= ROOMY else 1

    def draw(self) -> None:
        """Show what the session holds now; each widget draws again only what differs."""
        session, face = self.session, self.face
        self.basket.show(session.desk.basket.lines, view.cursor(session))
        self.total.show(view.total(session, face))
        text, is_bad = view.notice(session, face)
        self.notice.show(text, is_bad=is_bad)
        self.entry.show(view.entry(session, face))
        self.status.show(view.status(session, face))
        self.keys.show(view.caps(session, face))
        self._draw_choices()

    def draw_all(self) -> None:
        """Draw everything again: the language or the theme changed."""
        self.draw()
        self.basket.draw_all()
        for widget in self.query("*"):
            widget.refresh()

    def _draw_choices(self) -> None:
        prompt = self.session.prompt
        rows = 0 if prompt is None else prompt.rows()
        if prompt is not None and rows:
            title = self.face.say(prompt.title())
            self.choices.show(title, prompt.choices(), prompt.cursor)
        if rows != self._list_rows:
            self._list_rows = rows
            self._make_room(rows)

    def _make_room(self, rows: int) -> None:
        room = self.basket.size.height + (self.choices.size.height if self.choices.display else 0)
        self.choices.styles.height = max(2, min(rows + 1, room - BASKET_LEAST))
        self.choices.display = rows > 0
