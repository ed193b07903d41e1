"""After a hand-over: undone within minutes by a manager, or goods of it brought back later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from pos.domain.cash import check_reason
from pos.domain.errors import Refusal
from pos.domain.events.orders import HandOverUndone, OrderReturned, ReturnedLine
from pos.domain.order import Contract, Order
from pos.domain.order_money import back_for
from pos.domain.order_steps import may
from pos.domain.shift import instant
from pos.domain.staff import Permission
from pos.till.desk import Desk, Loan
from pos.till.pickup.papers import print_return
from pos.till.pickup.step import check_desk, fresh, guarded, orders_of


def undo(desk: Desk, order: Order, reason: str, loan: Loan | None = None) -> Order:
    """Take a wrong hand-over of this till back: the goods are on the pickup shelf again.

    Permission `pickup_undo`, within the shop's minutes. Raises Refusal: `not_here` when this till
    handed nothing of it over, `too_late`, `paid_here` for what was sold with it, `no_reason`,
    `other_visit`.
    """
    staff, now = check_desk(desk), fresh(desk, order)
    own = [one for one in orders_of(desk).handed(now.order) if not one.is_undone]
    if not own or own[-1].facts.visit != now.visits - 1:
        raise Refusal("not_here", "This till did not hand this order over last.")
    last, minutes = own[-1], desk.rules.pickup.undo_minutes
    if desk.ports.clock.now() - instant(last.at) > timedelta(minutes=minutes):
        raise Refusal(
            "too_late",
            "A hand-over is undone within {minutes} min; bring the goods back instead.",
            minutes=minutes,
        )
    if last.facts.ticket:
        raise Refusal(
            "paid_here",
            "It was paid on ticket {ticket}; give the goods back by that ticket.",
            ticket=last.facts.ticket,
        )
    event = HandOverUndone(
        order=now.order,
        staff=staff,
        visit=last.facts.visit,
        lines=last.facts.lines,
        reason=check_reason(reason),
    )
    may(now, event)
    guarded(desk, [event], Permission.PICKUP_UNDO, loan)
    return fresh(desk, now)


def return_(
    desk: Desk,
    order: Order,
    lines: Mapping[int, int],
    reason: str,
    *,
    sellable: bool,
    loan: Loan | None = None,
) -> Order:
    """Take back goods of an order that was paid online; the centre pays its customer back.

    `lines` are thousandths by line. Permission `refund`. No ticket is made, as no payment was
    ever taken here. Raises Refusal: `paid_here` for an order that was paid at a till, `too_much`,
    `no_reason`, and what the order's state says.
    """
    staff, now = check_desk(desk), fresh(desk, order)
    if now.contract is not Contract.PAID_ONLINE:
        raise Refusal(
            "paid_at_till", "This order was paid at a till; give the goods back by their ticket."
        )
    wanted = {now.line(n).n: quantity for n, quantity in lines.items() if quantity}
    if not wanted:
        raise Refusal("nothing_back", "Say which goods came back.")
    if min(wanted.values()) < 0:
        raise Refusal("bad_quantity", "The quantity that came back is not below zero.")
    worth = back_for(now, wanted)
    back = [ReturnedLine(line=n, quantity=one, amount=worth[n]) for n, one in wanted.items()]
    event = OrderReturned(
        order=now.order,
        staff=staff,
        lines=back,
        reason=check_reason(reason),
        pay_back="centre",
        sellable=sellable,
    )
    may(now, event)
    guarded(desk, [event], Permission.REFUND, loan)
    desk.ports.sound.play("accepted")
    print_return(desk, now)
    return fresh(desk, now)
