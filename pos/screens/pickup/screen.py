"""The clerk's screen: three worklists, or one order of them, between the till's head and foot."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region, Size

from pos.screens.face import Face
from pos.screens.pickup.head import Head
from pos.screens.pickup.lists import TABS, ListsPrompt
from pos.screens.pickup.place import PickupPrompt, caps, press
from pos.screens.session import Session
from pos.screens.till_screen import TillScreen
from pos.screens.widgets.listing import Listing
from pos.screens.widgets.panel import Panel
from pos.screens.widgets.tabs import Tabs

LINES_LEAST = 4
"""The rows that the lines of an order keep below its head."""


class PickupScreen(TillScreen):
    """Status, the lists' names or an order's head, rows, questions, notice, entry, keys."""

    least = 6

    def __init__(self, session: Session, face: Face) -> None:
        self.tabs = Tabs(face, self._turn)
        self.head = Head(face)
        self.listing = Listing(face, self._choose, self._move)
        self._layout = (True, True, 1)
        super().__init__(session, face)

    def panels(self) -> Sequence[Panel]:
        """Return the names of the lists, the order's head and the rows."""
        return (self.tabs, self.head, self.listing)

    @property
    def _shown(self) -> PickupPrompt | None:
        return None if self.session.pickup is None else self.session.pickup.shown

    def show_panels(self) -> None:
        """Show the lists or the open order."""
        shown, face = self._shown, self.face
        if shown is None:
            return
        head = shown.head(face)
        if head is not None:
            self.head.show(head)
        elif isinstance(shown, ListsPrompt):
            names = [
                f"{face.say(name)} {count}"
                for name, count in zip(TABS, shown.counts(), strict=True)
            ]
            self.tabs.show(names, shown.tab, shown.age(face))
        table = shown.table(face)
        rows = 1 if head is None else self.head.rows_wanted(self.size.width)
        layout = (head is None, table is not None, rows)
        if layout != self._layout:
            self._layout = layout
            self._place(self.size)
            self.redraw()
        if table is not None:
            self.listing.show(table, shown.place)
        self.keys.show(caps(shown, self.session, face))

    def place_panels(self, head: int, foot: int, listed: int, size: Size) -> None:
        """Give the head what it needs, and the rows all that the list of choices leaves."""
        width, bottom = size.width, foot - listed
        is_list, has_rows, rows = self._layout
        room = max(0, bottom - head)
        top = min(rows, max(1, room - LINES_LEAST) if has_rows else room, room)
        self.tabs.place(Region(0, head, width, top) if is_list else Region())
        self.head.place(Region() if is_list else Region(0, head, width, top))
        rest = Region(0, head + top, width, max(0, bottom - head - top))
        self.listing.place(rest if has_rows else Region())

    def _press(self, key: str) -> None:
        """Take a touch on a key as the key itself, while no other question is open."""
        if self.session.prompt is self._shown:
            press(self.session, key)
        self._show()

    def _turn(self, tab: int) -> None:
        shown = self._shown
        if isinstance(shown, ListsPrompt):
            shown.turn_to(tab)
        self._show()

    def _choose(self, place: int) -> None:
        if self.session.prompt is self._shown:
            self.session.pick(place)
        self._show()

    def _move(self, rows: int) -> None:
        shown = self._shown
        if shown is not None:
            shown.move(rows)
        self._show()
