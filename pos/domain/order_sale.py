"""What a sale at the desk makes of the orders in its basket: what is sold left, the rest did not.

All that is needed is in the basket, so that an order which the centre took back meanwhile neither
stops a sale nor changes what it says.

>>> from pos.domain.basket import Basket
>>> planned = OrderHandedOver(order="O", staff="2", visit=0, lines=[HandedLine(line=1,
...     quantity=2_000)], method="pass", claim="C", outcome="granted")
>>> handed_by(Collected(lines=(), handed=planned), Basket(), ticket="T") == planned
True
"""

from __future__ import annotations

from pos.domain.basket import Basket, Collected
from pos.domain.events.orders import HandedLine, OrderHandedOver

NOT_KEPT = "not kept"
"""Why a line is refused that was taken out of the basket before payment."""


def handed_by(collected: Collected, paid: Basket, *, ticket: str) -> OrderHandedOver:
    """Return the hand-over that a paid basket ends, under the label of its ticket.

    Of an order that brought no lines to pay all leaves as planned: it was paid online, and the
    ticket is for what was bought beside it.
    """
    planned = collected.handed
    if not collected.lines:
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
