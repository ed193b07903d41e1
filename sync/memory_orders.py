"""Orders at the centre in memory: how each stands after its steps, and what is told of its money.

>>> from pos.domain.order import Contract, OrderLine
>>> line = OrderLine(n=1, sku="BAG", name="Tote bag", quantity=1_000, unit_price=950, picked=1_000)
>>> order = Order(order="01JD7Z4QFS3WZ8E3Y6M5K0T2RB", reference="1042", placed_at="",
...     promised_at="", contract=Contract.PAID_ONLINE, state=OrderState.READY, total=950, paid=950,
...     lines=(line,))
>>> ended(order, OrderState.CANCELLED).refunded
950
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pos.domain.events.orders import OrderEvent, OrderHandedOver
from pos.domain.order import Order, OrderState
from pos.domain.order_money import owed
from pos.domain.order_steps import after
from pos.journal.entry import Entry
from sync.claims import Deed, Evidence


def deed_of(entry: Entry, identity: bytes, event: OrderHandedOver) -> Deed:
    """Return what an entry tells was done under its claim."""
    return Deed(event.claim, entry.name, identity.hex(), event.outcome, event.risk, entry.at)


def ended(order: Order, state: OrderState) -> Order:
    """Return an order as the centre ended it: what was paid online is told to be paid back."""
    return _told(order.model_copy(update={"state": state}))


def _told(order: Order) -> Order:
    return order.model_copy(update={"refunded": owed(order)})


@dataclass(slots=True)
class OrderBook:
    """The orders of a centre by their names, and which steps of them were taken in."""

    orders: dict[str, Order] = field(default_factory=dict)
    steps: set[bytes] = field(default_factory=set)

    def copy(self) -> OrderBook:
        """Return a copy, for a backup."""
        return OrderBook(dict(self.orders), set(self.steps))

    def over(self, key: str) -> str:
        """Return how the order of a claim's key ended of which nothing may leave, "" else."""
        order = self.orders.get(key.partition(":")[0])
        return "" if order is None or order.may_leave else order.state.value

    def step(self, entry: Entry, identity: bytes, event: OrderEvent) -> Evidence | None:
        """Take a step in, once; return the evidence when less is to be paid back than was told."""
        if identity in self.steps:
            return None
        self.steps.add(identity)
        before, by = self.orders[event.order], f"{entry.place.store}-{entry.place.till}"
        now = self.orders[event.order] = _told(after(before, event, at=entry.at, by=by))
        if now.refunded >= before.refunded:
            return None
        held = {"state": before.state.value, "refunded": str(before.refunded)}
        return {"held": held, "came": {"entry": entry.name, "refunded": str(now.refunded)}}
