"""One step of an order: looked at afresh, allowed by the rules, written, and read again."""

from __future__ import annotations

from collections.abc import Sequence

from pos.domain.errors import Refusal
from pos.domain.events import Event, PermissionUsed
from pos.domain.events.orders import OrderStep
from pos.domain.order import Order
from pos.domain.order_steps import may
from pos.domain.staff import NeedsPermission, Permission, allows
from pos.journal.entry import Entry
from pos.ports.orders import Orders
from pos.till.desk import Desk, Loan, spend


def orders_of(desk: Desk) -> Orders:
    """Return the orders of this till's store; Refusal `no_orders` for a till that has none."""
    if desk.ports.orders is None:
        raise Refusal("no_orders", "This till belongs to no centre, so it has no orders.")
    return desk.ports.orders


def check_desk(desk: Desk) -> str:
    """Return who hands out orders (a reference).

    Raises Refusal: `signed_out`, `needs_permission`, and `training`, where nothing is real.
    """
    person = desk.signed_in
    if not allows(person.role, Permission.PICKUP):
        raise NeedsPermission(Permission.PICKUP)
    check_real(desk)
    return person.ref


def check_real(desk: Desk) -> None:
    """Refuse what is done with orders in training (`training`)."""
    if desk.training:
        raise Refusal("training", "Orders are real ones; leave training first.")


def fresh(desk: Desk, order: Order) -> Order:
    """Return an order as it is known now; Refusal `unknown_order` for one that is gone."""
    found = orders_of(desk).order(order.order)
    if found is None:
        raise Refusal(
            "unknown_order", "Order {reference} is not here any more.", reference=order.reference
        )
    return found


def step(desk: Desk, order: Order, event: OrderStep, *more: Event) -> Order:
    """Do one step of an order, with what is written beside it; return the order after it.

    Raises Refusal as `pos.domain.order_steps.may`, and StoreUnavailable; nothing changed then.
    """
    check_desk(desk)
    may(fresh(desk, order), event)
    desk.record(event, *more)
    return fresh(desk, order)


def guarded(
    desk: Desk, events: Sequence[Event], permission: Permission, loan: Loan | None
) -> list[Entry]:
    """Write a gesture that needs a permission, and who allowed it, together."""
    used: PermissionUsed = desk.permit(permission, loan)
    written = desk.record(used, *events)
    spend(loan, used)
    return written


def known(desk: Desk, name: str) -> Order | None:
    """Return an order by its ULID, None on a till that has no orders or not this one."""
    return None if desk.ports.orders is None else desk.ports.orders.order(name)
