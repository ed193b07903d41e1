"""How a step of an order moves goods: off the shop's shelves, onto the pickup shelf, and away.

>>> from pos.domain.order import Contract
>>> order = Order(order="01JD7Z4QFS3WZ8E3Y6M5K0T2RB", reference="1", placed_at="", promised_at="",
...     contract=Contract.PAY_AT_PICKUP,
...     lines=(OrderLine(n=1, sku="BAG", name="Tote bag", quantity=1_000, unit_price=950),))
>>> picked = order.model_copy(update={"lines": (order.lines[0].model_copy(
...     update={"picked": 1_000}),)})
>>> Moves.between(order, picked, is_sellable=True)
Moves(on_hand={'BAG': -1000}, shelf={'BAG': 1000})
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pos.domain.events.orders import OrderEvent, OrderReturned
from pos.domain.order import Order, OrderLine


@dataclass(frozen=True, slots=True)
class Moves:
    """By article, in thousandths: what can be sold, and what lies on the pickup shelf."""

    on_hand: Mapping[str, int] = field(default_factory=dict)
    shelf: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def between(cls, before: Order, after: Order, *, is_sellable: bool) -> Moves:
        """Return what a step moved; goods that came back count only when they can be sold."""
        on_hand: dict[str, int] = {}
        shelf: dict[str, int] = {}
        for old, new in zip(before.lines, after.lines, strict=True):
            _add(on_hand, new.sku, _kept(new, is_sellable) - _kept(old, is_sellable))
            _add(shelf, new.sku, _lies(new) - _lies(old))
        return cls(on_hand, shelf)

    def plus(self, other: Moves) -> Moves:
        """Return these moves and others together."""
        on_hand, shelf = dict(self.on_hand), dict(self.shelf)
        for sku, quantity in other.on_hand.items():
            _add(on_hand, sku, quantity)
        for sku, quantity in other.shelf.items():
            _add(shelf, sku, quantity)
        return Moves(on_hand, shelf)


def is_sellable(event: OrderEvent) -> bool:
    """Tell whether what a step brings back is sold again, and by no ticket that says so itself."""
    return not isinstance(event, OrderReturned) or (event.sellable and event.ticket is None)


def _kept(line: OrderLine, is_sellable: bool) -> int:
    return line.put_back - line.picked + (line.returned if is_sellable else 0)


def _lies(line: OrderLine) -> int:
    return line.picked - line.handed - line.put_back


def _add(moved: dict[str, int], sku: str, quantity: int) -> None:
    if quantity:
        moved[sku] = moved.get(sku, 0) + quantity
