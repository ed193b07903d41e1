"""A till with two card terminals that it drives."""

from __future__ import annotations

from pos.domain.events import CardAnswered
from pos.doubles import MemoryStore
from pos.ports import (
    CardDetails,
    CardEnded,
    CardHeard,
    CardOutcome,
    CardRequest,
    DeviceState,
    StatusChanged,
)
from pos.till import cards, heard, tender
from pos.till.desk import Desk
from tests.till.shop import Till

APPROVED, DECLINED, CANCELLED, UNKNOWN = CardOutcome
PAN = "4970101234567893"
DETAILS = CardDetails("############7893", "391603", "CB", "424242")
RECEIPT = CardDetails(receipt=("CARTE BANCAIRE", PAN, "ANNULE"))


class Driven(Till):
    """A till with two driven terminals, which only remember what they were asked."""

    def desk_on(self, store: MemoryStore) -> Desk:
        desk = super().desk_on(store)
        desk.ports.cards = {"desk": self.counter, "floor": self.counter}
        return desk

    def ask(self, *codes: str, amount: int | None = None) -> CardRequest:
        self.scan(*codes)
        return tender.ask_card(self.desk, amount)

    def end(
        self,
        request: CardRequest,
        outcome: CardOutcome = APPROVED,
        details: CardDetails = DETAILS,
    ) -> None:
        event = CardEnded("desk", request.request, outcome, "why" * (outcome is UNKNOWN), details)
        heard.on_device(self.desk, event)

    def late(self, request: CardRequest, outcome: CardOutcome) -> None:
        heard.on_device(self.desk, CardHeard("desk", request.request, outcome, "", DETAILS))

    def away(self, name: str, state: DeviceState = DeviceState.OFFLINE) -> None:
        heard.on_device(self.desk, StatusChanged(name, state))

    def answers(self) -> list[CardAnswered]:
        return [event for event in self.store.events if isinstance(event, CardAnswered)]


def driven() -> Driven:
    """Return a till at which the first of them was chosen."""
    made = Driven()
    cards.choose(made.desk, "desk")
    return made
