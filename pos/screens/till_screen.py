"""What every screen of the till has: the status line, the training stripe, a list over the rest,
and at its foot the notice, what is asked, and the keys.

Prompts are lines of it, not windows over it, so nothing ever covers what matters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import events
from textual.geometry import Region, Size

from pos.screens import view
from pos.screens.face import Face
from pos.screens.session import Session
from pos.screens.widgets.banner import Banner
from pos.screens.widgets.choice_list import ChoiceList
from pos.screens.widgets.entry_line import EntryLine
from pos.screens.widgets.key_bar import ROWS as KEY_ROWS
from pos.screens.widgets.key_bar import KeyBar
from pos.screens.widgets.notice_line import NoticeLine
from pos.screens.widgets.panel import Panel
from pos.screens.widgets.status_bar import StatusBar
from pos.screens.widgets.surface import Surface

ROOMY = 30
"""From this height on, the total is five rows tall and refusals have two lines."""


class TillScreen(Surface):
    """Draws a session; a subclass adds the panels between the head and the foot."""

    least = 4
    """The rows of the subclass's panel that no list of choices covers."""

    def __init__(self, session: Session, face: Face) -> None:
        self.session = session
        self.face = face
        self.status = StatusBar(face)
        self.banner = Banner(face)
        self.choices = ChoiceList(face, self._pick)
        self.notice = NoticeLine(face)
        self.entry = EntryLine(face)
        self.keys = KeyBar(face, self._press)
        self._rows_wanted = (0, 0, 0)
        own = (self.status, self.banner, self.choices, self.notice, self.entry, self.keys)
        super().__init__((*own, *self.panels()))

    def panels(self) -> Sequence[Panel]:
        """Return the panels that a subclass adds."""
        raise NotImplementedError

    def show_panels(self) -> None:
        """Show the session in the panels that a subclass adds."""
        raise NotImplementedError

    def place_panels(self, head: int, foot: int, listed: int, size: Size) -> None:
        """Place the panels that a subclass adds on the rows from `head` to `foot`, those of the
        list left out."""
        raise NotImplementedError

    def column(self, width: int) -> int:
        """Return the columns of the notice, the list and the entry line."""
        return width

    def foot(self, size: Size) -> Mapping[Panel, tuple[int, int]]:
        """Return the rows and columns wanted at the foot, from the lowest panel upwards."""
        column, roomy = self.column(size.width), size.height >= ROOMY
        return {
            self.keys: (KEY_ROWS * self._tall(size), size.width),
            self.entry: (1, column),
            self.notice: (max(2 if roomy else 1, self._rows_wanted[1]), column),
        }

    def _tall(self, size: Size) -> int:
        """Return how many rows a key is tall: in a browser it is there to be touched."""
        if not self.app.is_web:
            return 1
        return 3 if size.height >= ROOMY else 2

    def by_weight(self) -> Sequence[Panel]:
        """Return the panels of the foot, what must be seen on the lowest terminal first."""
        return (self.entry, self.notice, self.keys)

    def on_resize(self, event: events.Resize) -> None:
        """Give each panel its room."""
        self._place(event.size)
        self.draw_all()

    def draw(self) -> None:
        """Show what the session holds now; each panel draws again only what differs."""
        self.session.guard(self._draw_panels, sound=False)

    def draw_all(self) -> None:
        """Draw everything again: the language or the theme changed."""
        self.draw()
        self.redraw()

    def _draw_panels(self) -> None:
        session, face = self.session, self.face
        session.columns = self.column(self.size.width) if self.size.width else session.columns
        self.notice.show(*view.notice(session, face))
        self.banner.show(view.training(session))
        self._make_room()
        self._draw_choices()
        self.show_panels()
        self.entry.show(view.entry(session, face))
        self.status.show(view.status(session, face))

    def _make_room(self) -> None:
        """Give the stripe, the list of choices and the notice the rows they need now."""
        prompt = self.session.prompt
        wanted = (
            0 if prompt is None else prompt.rows(),
            self.notice.rows_wanted(self.session.columns),
            1 if self.banner.shown else 0,
        )
        if wanted != self._rows_wanted:
            before, self._rows_wanted = self._rows_wanted, wanted
            if (before[0], max(1, before[1]), before[2]) != (
                wanted[0],
                max(1, wanted[1]),
                wanted[2],
            ):
                self._place(self.size)
                self.redraw()

    def _draw_choices(self) -> None:
        prompt = self.session.prompt
        if prompt is not None and self._rows_wanted[0]:
            title = self.face.say(prompt.title())
            self.choices.show(title, prompt.choices(), prompt.cursor)

    def _place(self, size: Size) -> None:
        """Give each panel its place on a terminal of this size, and none where there is no room."""
        foot = self._stack(size.height, self.foot(size))
        head = min(1, foot)
        self.status.place(Region(0, 0, size.width, head))
        stripe = min(self._rows_wanted[2], foot - head)
        self.banner.place(Region(0, head, size.width, stripe))
        head += stripe
        prompt = self.session.prompt
        least = 0 if prompt is not None and prompt.covers else self.least
        listed = self._rows_wanted[0]
        rows = max(2, min(listed + 1, foot - head - least)) if listed else 0
        rows = min(rows, foot - head)
        self.choices.place(Region(0, foot - rows, self.column(size.width), rows))
        self.place_panels(head, foot, rows, size)

    def _stack(self, height: int, wanted: Mapping[Panel, tuple[int, int]]) -> int:
        """Place panels (rows, columns) from the foot upwards; return the rows left over.

        On a terminal too low for all of them, what is asked and what is due come first.
        """
        left, rows = height, dict[Panel, int]()
        for panel in self.by_weight():
            rows[panel] = wanted[panel][0] if wanted[panel][0] <= left else 0
            left -= rows[panel]
        foot = height
        for panel, (_, columns) in wanted.items():
            foot -= rows[panel]
            panel.place(Region(0, foot, columns, rows[panel]))
        return foot

    def _pick(self, place: int) -> None:
        self.session.pick(place)
        self._show()

    def _press(self, gesture: str) -> None:
        self.session.gesture(gesture)
        self._show()

    def _show(self) -> None:
        """Draw what a touch changed; another screen may be due now."""
        self.session.front.show()
