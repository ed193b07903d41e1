"""What waits at the pickup desk: to pick, to collect, to put back; and what is about to be late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from pos.domain.order import TO_PICK, Order, OrderState
from pos.domain.shift import instant, instant_text
from pos.till.desk import Desk
from pos.till.pickup.step import orders_of

FOUND_MOST = 50


class Lateness(StrEnum):
    """How an order stands against the time that was promised."""

    ON_TIME = "on_time"
    SOON = "soon"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Worklists:
    """The orders of each list: customers who wait come first, then by the time promised."""

    to_pick: tuple[Order, ...]
    to_collect: tuple[Order, ...]
    to_put_back: tuple[Order, ...]


def worklists(desk: Desk) -> Worklists:
    """Return what waits now. Raises Refusal `no_orders`."""
    known = sorted(orders_of(desk).all(), key=_urgency_since(day_began(desk)))
    return Worklists(
        to_pick=tuple(one for one in known if one.state in TO_PICK),
        to_collect=tuple(one for one in known if one.state is OrderState.READY),
        to_put_back=tuple(one for one in known if one.is_to_put_back),
    )


def _urgency_since(began: str) -> Callable[[Order], tuple[bool, str, str]]:
    """Return the order of the lists; who waited before an instant, an instant text, has left."""

    def urgency(order: Order) -> tuple[bool, str, str]:
        is_waiting = _is_here(order, began)
        return not is_waiting, order.here_at if is_waiting else order.promised_at, order.order

    return urgency


def _is_here(order: Order, began: str) -> bool:
    return bool(order.here_at) and order.here_at >= began


def is_here(desk: Desk, order: Order) -> bool:
    """Tell whether an order's customer waits in the shop: who came yesterday does not."""
    return _is_here(order, day_began(desk))


def day_began(desk: Desk) -> str:
    """Return the instant at which the business day of now began, an instant text."""
    local = desk.now()
    began = local.replace(hour=desk.rules.cut_off_hour, minute=0, second=0, microsecond=0)
    return instant_text(began - timedelta(days=1) if began > local else began)


def is_late(desk: Desk, order: Order) -> Lateness:
    """Return how an order that is still to be prepared stands against its time."""
    if order.state not in TO_PICK or not order.promised_at:
        return Lateness.ON_TIME
    left = instant(order.promised_at) - desk.ports.clock.now()
    if left < timedelta():
        return Lateness.LATE
    is_soon = left <= timedelta(minutes=desk.rules.pickup.soon_minutes)
    return Lateness.SOON if is_soon else Lateness.ON_TIME


def news(desk: Desk) -> tuple[Order, ...]:
    """Return what calls for a clerk since this was last asked, with a sound.

    That is an order that came, and a customer who now waits for one. The first call tells none.
    """
    if desk.ports.orders is None:
        return ()
    began = day_began(desk)
    now = {
        (one.order, one.here_at if _is_here(one, began) else ""): one
        for one in desk.ports.orders.all()
        if one.state in TO_PICK or _is_here(one, began)
    }
    before, desk.orders_seen = desk.orders_seen, frozenset(now)
    if before is None:
        return ()
    seen = {name for name, _ in before}
    told = [
        one
        for (name, here), one in now.items()
        if (name, here) not in before and (here or name not in seen)
    ]
    if told:
        desk.ports.sound.play("attention")
    return tuple(sorted(told, key=_urgency_since(began)))


def find(desk: Desk, text: str) -> list[Order]:
    """Return the orders whose number or customer's name fits what was typed, best first."""
    wanted = text.strip().casefold()
    if not wanted:
        return []
    urgency = _urgency_since(day_began(desk))
    known = sorted(orders_of(desk).all(), key=lambda one: (_is_over(one), *urgency(one)))
    exact = [one for one in known if one.reference.casefold() == wanted]
    words = wanted.split()
    near = [one for one in known if one not in exact and _fits(one, wanted, words)]
    return [*exact, *near][:FOUND_MOST]


def _is_over(order: Order) -> bool:
    return order.state not in TO_PICK and order.state is not OrderState.READY


def _fits(order: Order, wanted: str, words: list[str]) -> bool:
    if wanted in order.reference.casefold():
        return True
    named = order.name.casefold().split()
    return all(any(name.startswith(word) for name in named) for word in words)
