"""What comes back of an order that was paid online: one rule, at the till and at the centre.

Of each line the customer pays for what they keep, at the price that it has now, and for no more
than what was ordered: what was paid beyond that comes back. A weight that is less than ordered, a
cheaper substitute, what is short, refused or returned are all this one difference, so that what
comes back in parts sums to the whole whatever the steps were, and is never above what was paid.
What was paid is shared over the lines by what was ordered, as a discount of the web shop is.

>>> from pos.domain.order import OrderLine, OrderState
>>> ham = OrderLine(n=1, sku="HAM", name="Jambon", quantity=1_000, unit="kg", unit_price=2_400,
...     picked=900, handed=900)
>>> order = Order(order="01JD7Z4QFS3WZ8E3Y6M5K0T2RB", reference="1", placed_at="", promised_at="",
...     contract=Contract.PAID_ONLINE, total=2_400, paid=2_400, lines=(ham,),
...     state=OrderState.HANDED_OVER)
>>> owed(order), back_for(order, {1: 900})
(240, {1: 2160})
"""

from __future__ import annotations

from collections.abc import Mapping

from pos.domain.money import half_up, share
from pos.domain.order import MAY_CANCEL, Contract, Order, OrderLine


def coming_back(order: Order) -> int:
    """Return what of the online payment comes back if the order goes on as it stands.

    Minor units, VAT included; 0 for what is paid at the desk.
    """
    return order.removed + sum(_by_line(order).values())


def owed(order: Order) -> int:
    """Return what is to be paid back by now: of its lines once it ended, before that only what
    was paid for lines that were taken out of it.
    """
    return order.removed if order.state in MAY_CANCEL else coming_back(order)


def back_for(order: Order, lines: Mapping[int, int]) -> dict[int, int]:
    """Return what so much of its lines (thousandths, by number) is worth that comes back now.

    Parts that come back one by one sum to what all of them would at once.
    """
    back = tuple(
        line.model_copy(update={"returned": line.returned + lines.get(line.n, 0)})
        for line in order.lines
    )
    before, after = _by_line(order), _by_line(order.model_copy(update={"lines": back}))
    return {n: after[n] - before[n] for n in lines}


def _by_line(order: Order) -> dict[int, int]:
    if order.contract is not Contract.PAID_ONLINE:
        return {line.n: 0 for line in order.lines}
    paid = share(order.paid, [line.promised for line in order.lines])
    parts = zip(order.lines, paid, strict=True)
    return {line.n: _of_line(order, line, part) for line, part in parts}


def _of_line(order: Order, line: OrderLine, paid: int) -> int:
    """Return what comes back of what was paid for a line."""
    if not line.promised:
        return paid
    had = min(order.worth(line), line.promised)
    return paid - half_up(paid * had, line.promised)
