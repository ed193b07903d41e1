"""What a sale at the desk makes of the orders in its basket: what is sold left, the rest did not.

>>> from pos.domain.basket import Basket
>>> planned = OrderHandedOver(order="O", staff="2", visit=0, lines=[HandedLine(line=1,
...     quantity=2_000)], method="pass", claim="C", outcome="granted")
>>> handed_by(planned, Basket(), None, ticket="T").lines
[HandedLine(line=1, quantity=0, refused=2000, reason='not kept')]
"""

from __future__ import annotations

from pos.domain.basket import Basket
from pos.domain.events.orders import HandedLine, OrderHandedOver
from pos.domain.order import Contract, Order

NOT_KEPT = "not kept"
"""Why a line is refused that was taken out of the basket before payment."""


def handed_by(
    planned: OrderHandedOver, paid: Basket, order: Order | None, *, ticket: str
) -> OrderHandedOver:
    """Return the hand-over that a paid basket ends, under the label of its ticket.

    Of an order that was paid online all leaves as planned, and the ticket is for what was bought
    beside it. `order` is None when it is not known any more.
    """
    if order is not None and order.contract is Contract.PAID_ONLINE:
        return planned
    kept: dict[str, int] = {}
    for line in paid.lines:
        if line.order is not None and line.returned is None:
            kept[line.order] = kept.get(line.order, 0) + line.quantity
    lines = [_line(one, kept.get(f"{planned.order}/{one.line}", 0)) for one in planned.lines]
    return planned.model_copy(update={"lines": lines, "ticket": ticket})


def _line(planned: HandedLine, kept: int) -> HandedLine:
    left = planned.quantity - kept
    if left <= 0:
        return planned
    return HandedLine(
        line=planned.line,
        quantity=kept,
        refused=planned.refused + left,
        reason=planned.reason or NOT_KEPT,
    )
