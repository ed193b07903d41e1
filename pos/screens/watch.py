"""What the screen shows without being asked: it is read again after a gesture and every minute."""

from __future__ import annotations

from collections.abc import Callable

from pos.domain.payback import WayBack
from pos.ports import CardRequest
from pos.screens.options import ScreenOptions
from pos.screens.voice import Voice
from pos.till import closing, refund, tender
from pos.till.desk import Desk


class Watch(Voice):
    """What is open, unsent or due; what cannot be read stays as it was, and nothing is raised."""

    def __init__(self, desk: Desk, options: ScreenOptions) -> None:
        super().__init__(desk, options)
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

    def _read(self) -> None:
        ledger = self.desk.ports.ledger
        self.marker_behind = ledger.marker_behind
        self.unsent = ledger.unsent()
        self.unsettled = tuple(tender.unsettled(self.desk))
        self.closing_due = len(closing.due_closings(self.desk))

    def _count_copies(self) -> None:
        sale = self.desk.last_sale
        self.is_printed = sale is not None and self.desk.ports.past.copies(sale.label) > 0

    def _find_ways_back(self) -> None:
        self.ways_back = tuple(refund.ways_back(self.desk))
