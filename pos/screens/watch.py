"""What the screen shows without being asked: it is read again after a gesture and every minute."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from pos.domain.payback import WayBack
from pos.domain.words import Sentence
from pos.ports import CardRequest, DeviceState
from pos.screens.options import ScreenOptions
from pos.screens.voice import Voice
from pos.till import centre, closing, refund, tender, tickets
from pos.till.desk import Desk
from pos.till.pickup import worklists

DRAWER = "drawer"
"""The name of the till's cash drawer among its devices."""

NOT_OPENED = Sentence("The drawer may not have opened: the printer does not answer.")
"""What is said of a drawer that was told to open through a printer that is away."""


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """What waits at the pickup desk: orders to pick, customers who are here, and what is new."""

    to_pick: int = 0
    here: int = 0
    new: frozenset[str] = frozenset()


class Watch(Voice):
    """What is open, unsent or due; what cannot be read stays as it was, and nothing is raised."""

    def __init__(self, desk: Desk, options: ScreenOptions) -> None:
        super().__init__(desk, options)
        self.alarms: deque[Sentence] = deque(options.notes)
        self.orders = OrderCounts()
        self.worklists = worklists.Worklists((), (), ())
        self._told = set(options.notes)
        self._orders_as: object = None
        self.unsent = 0
        self.unsettled: tuple[CardRequest, ...] = ()
        self.marker_behind = False
        self.is_printed = False
        self.closing_due = 0
        self.ways_back: tuple[WayBack, ...] = ()

    def refresh(self) -> None:
        """Ask again for what changes without a gesture."""
        self.quietly(self._read)

    def quietly(self, action: Callable[[], object]) -> None:
        """Do something the cashier did not ask for; the last notice stays."""
        self.guard(action, sound=False)

    def watch_basket(self) -> None:
        """Ask again for what follows from the last gesture."""
        if self.desk.just_sold:
            self.quietly(self._count_copies)
        self.ways_back = ()
        if self.desk.basket.due < 0:
            self.quietly(self._find_ways_back)

    def catch_up(self) -> None:
        """Close the days that were forgotten, and say what was done."""
        self._alarm(closing.catch_up(self.desk))

    def hear_centre(self) -> None:
        """Take what the centre has for this till, when nobody sells."""
        self._alarm(centre.between_sales(self.desk))

    def hear_orders(self) -> None:
        """Read the worklists where they changed; what is new in them has made its sound."""
        orders = self.desk.ports.orders
        if orders is None:
            return
        version = orders.version(), worklists.day_began(self.desk)
        if version == self._orders_as:
            return
        new = {one.order for one in worklists.news(self.desk)} | self.orders.new
        waiting = self.worklists = worklists.worklists(self.desk)
        to_pick = {one.order for one in waiting.to_pick}
        due = (*waiting.to_pick, *waiting.to_collect)
        here = sum(1 for one in due if worklists.is_here(self.desk, one))
        self.orders = OrderCounts(len(to_pick), here, frozenset(new & to_pick))
        self._orders_as = version

    def saw_orders(self) -> None:
        """Call no order new any more: the clerk looks at the lists."""
        self.orders = replace(self.orders, new=frozenset())

    def check_drawer(self) -> None:
        """Say so when the drawer that was just told to open may not have heard it."""
        states = [self.desk.device_state(name) for name in (DRAWER, tickets.PRINTER)]
        if self.desk.ports.drawer is not None and DeviceState.OFFLINE in states:
            self.refuse(NOT_OPENED)

    def drawer_answered(self, state: DeviceState) -> None:
        """Say that the drawer may not have opened, or take that back."""
        if state is DeviceState.OFFLINE:
            self.refuse(NOT_OPENED)
        elif self.notice is not None and self.notice.sentence is NOT_OPENED:
            self.notice = None

    def _alarm(self, sentences: Iterable[Sentence]) -> None:
        for sentence in sentences:
            if sentence not in self._told:
                self._told.add(sentence)
                self.alarms.append(sentence)

    def _read(self) -> None:
        ledger = self.desk.ports.ledger
        self.marker_behind = ledger.marker_behind
        self.unsent = ledger.unsent()
        self.unsettled = tuple(tender.unsettled(self.desk))
        self.closing_due = len(closing.due_closings(self.desk))
        self.hear_orders()

    def _count_copies(self) -> None:
        sale = self.desk.last_sale
        self.is_printed = sale is not None and self.desk.ports.past.copies(sale.label) > 0

    def _find_ways_back(self) -> None:
        self.ways_back = tuple(refund.ways_back(self.desk))
