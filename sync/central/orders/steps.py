"""What each step makes of an order at the centre, and what follows from it: pure.

Steps of tills are `pos.domain.order_steps`'; here are those that the centre itself takes, and the
difference that any step makes: what is kept, what moved, what is to be told.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal, NamedTuple, get_args

from pos.domain.events import Event
from pos.domain.events.base import BaseEvent
from pos.domain.events.orders import OrderEvent
from pos.domain.order import MAY_CANCEL, TO_PICK, Order, OrderState
from pos.domain.order_money import owed
from pos.domain.order_moves import Moves, is_sellable
from pos.domain.order_steps import after as till_after
from pos.domain.shift import instant_text
from sync.central.project import SELLABLE, SHELF
from sync.central.reservations import Kept

PLACED, AMENDED, CANCELLED = "centre.placed", "centre.amended", "centre.cancelled"
EXPIRED, HERE = "centre.expired", "centre.here"
RELEASED = "centre.claim_released"

MailKind = Literal[
    "received",
    "ready",
    "reminder",
    "expired",
    "handed_over",
    "refund",
    "cancelled",
    "rejected",
]

AMENDABLE = frozenset({OrderState.PLACED, OrderState.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it is kept (`order_step`): `body` is its event's JSON, `at` an instant text of who
    took it, `told_at` when the centre heard of it. `source` is the entry of a till, else empty.
    """

    identity: bytes
    order: str
    kind: str
    by: str
    at: str
    source: str
    body: str
    told_at: datetime


class Moved(NamedTuple):
    """What a step moved: thousandths of an article in a bin."""

    sku: str
    bin: str
    quantity: int


def after(order: Order, step: Step, keep_s: int) -> Order:
    """Return the order after a step, as both ends may keep it.

    Raises ValueError when no order can be so (a quantity that no goods have).
    """
    own = _CENTRE.get(step.kind)
    if own is not None:
        changed = own(order, json.loads(step.body), step)
    else:
        changed = till_after(order, event_of(step), at=step.at, by=step.by)
        if step.kind == "order.ready" and changed.state is OrderState.READY:
            end = instant_text(step.told_at + timedelta(seconds=keep_s))
            changed = changed.model_copy(update={"expires_at": max(end, changed.expires_at)})
    return Order.model_validate({**changed.fields(), "refunded": owed(changed)})


def placed(step: Step) -> tuple[Order, int]:
    """Return the order as it was placed, and for how many seconds it is kept once it is ready."""
    body = json.loads(step.body)
    return Order.model_validate(body["order"]), body["keep_s"]


@cache
def _models() -> dict[str, type[BaseEvent]]:
    every = {model.model_fields["kind"].default: model for model in get_args(Event)}
    return {kind: model for kind, model in every.items() if issubclass(model, OrderEvent)}


def event_of(step: Step) -> Any:
    """Return the event of a till's step."""
    return _models()[step.kind].model_validate_json(step.body)


def kept(order: Order) -> Kept:
    """Return what the store keeps for each line: what is still to be picked."""
    if order.state not in TO_PICK:
        return {}
    return {line.n: (line.sku, line.to_pick) for line in order.lines if line.to_pick}


def moved(before: Order, now: Order, step: Step) -> list[Moved]:
    """Return how a step of a till moved goods; what the centre does moves none.

    The ticket that pays for an order moves nothing of it: the hand-over does.
    """
    if step.kind in _CENTRE:
        return []
    found = Moves.between(before, now, is_sellable=is_sellable(event_of(step)))
    return [
        *(Moved(sku, SELLABLE, quantity) for sku, quantity in found.on_hand.items()),
        *(Moved(sku, SHELF, quantity) for sku, quantity in found.shelf.items()),
    ]


def told_as(before: Order | None, now: Order, step: Step) -> str:
    """Return what a channel is told of a step, "" for nothing: `placed`, `ready`, `amended`…"""
    always = _ALWAYS_TOLD.get(step.kind)
    if always is not None:
        return always
    return "" if before is not None and before.state is now.state else now.state.value


def mailed_as(before: Order | None, now: Order, step: Step) -> MailKind | None:
    """Return which message a step sends to the customer."""
    kind = _MAILS.get(step.kind)
    if kind is None or (before is not None and before.state is now.state):
        return None
    return kind if before is None or now.state is _ENDS[kind] else None


_ALWAYS_TOLD = {
    AMENDED: "amended",
    "order.handed_over": "handed_over",
    "order.hand_over_undone": "hand_over_undone",
    "order.returned": "returned",
}

TOLD = frozenset({*_ALWAYS_TOLD.values(), *(one.value for one in OrderState)})
"""All that channels are told of, but for a refund and its withdrawal."""

_MAILS: dict[str, MailKind] = {
    PLACED: "received",
    CANCELLED: "cancelled",
    EXPIRED: "expired",
    "order.ready": "ready",
    "order.rejected": "rejected",
    "order.handed_over": "handed_over",
}

_ENDS: dict[MailKind, OrderState] = {
    "cancelled": OrderState.CANCELLED,
    "expired": OrderState.EXPIRED,
    "ready": OrderState.READY,
    "rejected": OrderState.REJECTED,
    "handed_over": OrderState.HANDED_OVER,
}


def _amended(order: Order, body: dict[str, Any], _step: Step) -> Order:
    return Order.model_validate({**order.fields(), **body})


def _ended(state: OrderState) -> Callable[[Order, dict[str, Any], Step], Order]:
    def end(order: Order, body: dict[str, Any], _step: Step) -> Order:
        if order.state not in MAY_CANCEL:
            return order
        told = {"state": state, "reason": body.get("reason", ""), "here_at": "", "queue": 0}
        return order.model_copy(update=told)

    return end


def _here(order: Order, _body: dict[str, Any], step: Step) -> Order:
    return order.model_copy(update={"here_at": order.here_at or step.at})


_CENTRE: dict[str, Callable[[Order, dict[str, Any], Step], Order]] = {
    AMENDED: _amended,
    CANCELLED: _ended(OrderState.CANCELLED),
    EXPIRED: _ended(OrderState.EXPIRED),
    HERE: _here,
    RELEASED: lambda order, _body, _step: order,
}
