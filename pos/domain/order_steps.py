"""What each step makes of an order, at the till and at the centre alike: they can only agree.

`may` refuses a step before it is done. `after` never does: what is in a journal has happened, and
the physical truth wins. What cannot be is bounded (nothing is put back twice).

>>> order = Order(order="01JD7Z4QFS3WZ8E3Y6M5K0T2RB", reference="1042", placed_at="",
...     promised_at="", contract="pay_at_pickup",
...     lines=(OrderLine(n=1, sku="BAG", name="Tote bag", quantity=1_000, unit_price=950),))
>>> step = OrderPicked(order=order.order, staff="2", line=1, sku="BAG", quantity=1_000)
>>> may(order, step)
>>> after(order, step, at="", by="S001-T01").state.value
'picking'
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any

from pos.domain.errors import Refusal
from pos.domain.events.orders import (
    HandedLine,
    HandOverAsked,
    HandOverDropped,
    HandOverUndone,
    OrderAccepted,
    OrderCalled,
    OrderEvent,
    OrderHandedOver,
    OrderPicked,
    OrderPutBack,
    OrderReady,
    OrderRejected,
    OrderReturned,
    OrderShort,
)
from pos.domain.order import (
    MAY_CANCEL,
    OVER,
    QUANTITY_MOST,
    STATE_NAMES,
    TO_PICK,
    Order,
    OrderLine,
    OrderState,
)
from pos.domain.words import Quantity

FROM: dict[str, frozenset[OrderState]] = {
    "order.accepted": frozenset({OrderState.PLACED}),
    "order.rejected": TO_PICK,
    "order.picked": TO_PICK,
    "order.short": TO_PICK,
    "order.ready": frozenset({OrderState.ACCEPTED, OrderState.PICKING}),
    "order.called": MAY_CANCEL,
    "order.hand_over_asked": frozenset({OrderState.READY, OrderState.EXPIRED}),
    "order.hand_over_dropped": frozenset(OrderState),
    "order.handed_over": frozenset({OrderState.READY, OrderState.EXPIRED}),
    "order.hand_over_undone": OVER | {OrderState.HANDED_OVER, OrderState.READY},
    "order.put_back": OVER | {OrderState.HANDED_OVER, OrderState.RETURNED},
    "order.returned": frozenset({OrderState.HANDED_OVER, OrderState.RETURNED}),
}
"""From which states each step may be taken. An expired order that still lies there may be had, as
long as nobody was told to pay it back (`Order.may_leave`).
"""


def may(order: Order, event: OrderEvent) -> None:
    """Refuse a step that the order as it stands does not allow.

    Raises Refusal: `order_state`, `paid_back`, `unknown_line`, `too_much`, `line_started`,
    `not_ready`, `other_visit`.
    """
    if order.state not in FROM[event.kind]:
        raise Refusal(
            "order_state",
            "The order {reference} is {state}; this cannot be done with it.",
            reference=order.reference,
            state=STATE_NAMES[order.state],
        )
    check = _CHECKS.get(event.kind)
    if check is not None:
        check(order, event)


def after(order: Order, event: OrderEvent, *, at: str, by: str) -> Order:
    """Return the order after a step that was done, `at` an instant text, `by` a till (`S001-T01`).

    A step that came too late (picked after it was cancelled) changes its lines and not its state.
    """
    return _STEPS[event.kind](order, event, at, by)


def _may_pick(order: Order, event: OrderPicked) -> None:
    line = order.line(event.line)
    if event.sku != line.sku and (line.picked or not event.agreed):
        raise Refusal(
            "line_started",
            "“{name}” cannot be replaced: put back what was picked of it and ask the customer.",
            name=line.name,
        )
    if event.quantity < 0:
        _check_most(line, line.picked, -event.quantity)
    else:
        _check_most(line, line.most - line.picked, event.quantity)


def _may_be_short(order: Order, event: OrderShort) -> None:
    order.line(event.line)


def _may_be_ready(order: Order, _event: OrderReady) -> None:
    left = [line for line in order.lines if line.to_pick]
    if left:
        raise Refusal(
            "not_ready", "“{name}” is still to be picked, or to be said short.", name=left[0].name
        )
    if not any(line.picked for line in order.lines):
        raise Refusal("not_ready", "Nothing of this order was picked; reject it instead.")


def _may_ask(order: Order, _event: HandOverAsked | OrderHandedOver) -> None:
    if not order.may_leave:
        raise Refusal(
            "paid_back",
            "Order {reference} has expired and is being paid back; hand nothing out.",
            reference=order.reference,
        )


def _may_hand_over(order: Order, event: OrderHandedOver) -> None:
    _may_ask(order, event)
    for handed in event.lines:
        line = order.line(handed.line)
        _check_most(line, line.to_hand, handed.quantity + handed.refused)


def _may_undo(order: Order, event: HandOverUndone) -> None:
    if event.visit != order.visits - 1 or not order.handed_at:
        raise Refusal("other_visit", "Only the last hand-over of an order can be undone.")


def _may_put_back(order: Order, event: OrderPutBack) -> None:
    line = order.line(event.line)
    _check_most(line, line.on_shelf, event.quantity)


def _may_return(order: Order, event: OrderReturned) -> None:
    for back in event.lines:
        line = order.line(back.line)
        _check_most(line, line.handed - line.returned, back.quantity)


def _check_most(line: OrderLine, most: int, asked: int) -> None:
    if asked > most:
        raise Refusal(
            "too_much",
            "“{name}”: {asked} is too much; at most {most}.",
            name=line.name,
            asked=Quantity(asked, line.unit),
            most=Quantity(most, line.unit),
        )


_CHECKS: dict[str, Callable[[Order, Any], None]] = {
    "order.picked": _may_pick,
    "order.short": _may_be_short,
    "order.ready": _may_be_ready,
    "order.hand_over_asked": _may_ask,
    "order.handed_over": _may_hand_over,
    "order.hand_over_undone": _may_undo,
    "order.put_back": _may_put_back,
    "order.returned": _may_return,
}


def _moved(order: Order, state: OrderState, only: AbstractSet[OrderState]) -> Order:
    """Return the order in a state; it stays where it is when its own is none of `only`."""
    return order.model_copy(update={"state": state}) if order.state in only else order


def _line(order: Order, n: int, change: Callable[[OrderLine], dict[str, Any]]) -> Order:
    """Return the order with a line changed; unchanged when it has no such line."""
    lines = tuple(
        line.model_copy(update=change(line)) if line.n == n else line for line in order.lines
    )
    return order.model_copy(update={"lines": lines})


def _accepted(order: Order, _event: OrderAccepted, _at: str, _by: str) -> Order:
    return _moved(order, OrderState.ACCEPTED, {OrderState.PLACED})


def _rejected(order: Order, event: OrderRejected, _at: str, _by: str) -> Order:
    changed = _moved(order, OrderState.REJECTED, MAY_CANCEL)
    return changed.model_copy(update={"reason": event.reason})


def _picked(order: Order, event: OrderPicked, _at: str, _by: str) -> Order:
    def change(line: OrderLine) -> dict[str, Any]:
        picked = min(QUANTITY_MOST, max(0, line.picked + event.quantity))
        changed: dict[str, Any] = {"picked": picked}
        if event.quantity > 0:
            changed["short"] = min(line.short, max(0, line.quantity - picked))
        if event.sku != line.sku:
            changed |= _replaced(line, event)
        return changed

    return _moved(_line(order, event.line, change), OrderState.PICKING, TO_PICK)


def _replaced(line: OrderLine, event: OrderPicked) -> dict[str, Any]:
    """Return what a substitute changes of a line: it costs what was ordered, or less."""
    ordered, promised = line.ordered or line.sku, line.unit_price
    if line.ordered:
        promised = line.ordered_price
    told = {
        "sku": event.sku,
        "name": event.name or line.name,
        "age": line.age if event.age is None else event.age,
    }
    if event.sku == ordered:
        return {**told, "unit_price": promised, "ordered": "", "ordered_price": 0}
    price = promised if event.unit_price is None else min(promised, event.unit_price)
    return {**told, "unit_price": price, "ordered": ordered, "ordered_price": promised}


def _short(order: Order, event: OrderShort, _at: str, _by: str) -> Order:
    changed = _line(
        order,
        event.line,
        lambda line: {"short": max(0, line.quantity - line.picked), "reason": event.reason},
    )
    return _moved(changed, OrderState.PICKING, TO_PICK)


def _ready(order: Order, event: OrderReady, at: str, _by: str) -> Order:
    told = {"shelf": event.shelf, "bags": event.bags, "ready_at": at}
    return _moved(order.model_copy(update=told), OrderState.READY, TO_PICK)


def _called(order: Order, event: OrderCalled, at: str, by: str) -> Order:
    return order.model_copy(update={"queue": event.queue, "queue_by": by, "here_at": at})


def _claimed(order: Order, _event: HandOverAsked | HandOverDropped, _at: str, _by: str) -> Order:
    return order


def _handed_over(order: Order, event: OrderHandedOver, at: str, by: str) -> Order:
    told = {"visits": order.visits + 1, "handed_at": at, "handed_by": by, "here_at": "", "queue": 0}
    changed = _with_handed(order, event.lines, 1).model_copy(update=told)
    if event.rest:
        return _moved(changed, OrderState.READY, MAY_CANCEL)
    return changed.model_copy(update={"state": OrderState.HANDED_OVER})


def _undone(order: Order, event: HandOverUndone, _at: str, _by: str) -> Order:
    """The goods are there again; the order waits for its customer, unless another took them too."""
    changed = _with_handed(order, event.lines, -1)
    if not any(line.to_hand for line in changed.lines):
        return changed
    told = {"handed_at": "", "handed_by": ""}
    return _moved(changed.model_copy(update=told), OrderState.READY, {OrderState.HANDED_OVER})


def _with_handed(order: Order, lines: list[HandedLine], sign: int) -> Order:
    for handed in lines:

        def change(line: OrderLine, handed: HandedLine = handed) -> dict[str, Any]:
            return {
                "handed": max(0, line.handed + sign * handed.quantity),
                "refused": max(0, line.refused + sign * handed.refused),
                "reason": handed.reason or line.reason,
            }

        order = _line(order, handed.line, change)
    return order


def _put_back(order: Order, event: OrderPutBack, _at: str, _by: str) -> Order:
    changed = _line(
        order,
        event.line,
        lambda line: {"put_back": line.put_back + min(line.on_shelf, event.quantity)},
    )
    return changed if changed.is_to_put_back else _moved(changed, OrderState.CLOSED, OVER)


def _returned(order: Order, event: OrderReturned, _at: str, _by: str) -> Order:
    back = {one.line: one.quantity for one in event.lines}
    lines = tuple(
        line.model_copy(update={"returned": min(line.handed, line.returned + back.get(line.n, 0))})
        for line in order.lines
    )
    changed = order.model_copy(update={"lines": lines})
    is_all = all(line.returned >= line.handed for line in lines)
    return _moved(changed, OrderState.RETURNED, {OrderState.HANDED_OVER}) if is_all else changed


_STEPS: dict[str, Callable[[Order, Any, str, str], Order]] = {
    "order.accepted": _accepted,
    "order.rejected": _rejected,
    "order.picked": _picked,
    "order.short": _short,
    "order.ready": _ready,
    "order.called": _called,
    "order.hand_over_asked": _claimed,
    "order.hand_over_dropped": _claimed,
    "order.handed_over": _handed_over,
    "order.hand_over_undone": _undone,
    "order.put_back": _put_back,
    "order.returned": _returned,
}
