"""The kiosk: a customer says “I am here” by pass or code, and is told a number to wait for."""

from __future__ import annotations

from dataclasses import dataclass

from pos.domain.events.orders import OrderCalled
from pos.domain.order import Order, OrderState
from pos.domain.order_steps import may
from pos.domain.shift import instant_text
from pos.domain.words import Sentence
from pos.till.desk import Desk
from pos.till.pickup.judge import Verdict, judge
from pos.till.pickup.step import check_desk, fresh, orders_of

NUMBER_MOST = 99
"""Queue numbers begin again after this one."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a customer is told: the number to wait for, or why there is none (0)."""

    number: int
    sentence: Sentence
    verdict: Verdict


def arrive(desk: Desk, raw: str) -> Arrival:
    """Take a customer's pass or code; a customer who comes back is told the same number.

    Raises Refusal as `judge` does.
    """
    verdict = judge(desk, raw)
    order = verdict.order
    if order is None or verdict.proof is None or order.state is not OrderState.READY:
        return Arrival(0, verdict.sentence, verdict)
    called = order if order.queue else call(desk, order)
    told = Sentence("Your order is being brought: number {number}.", number=called.queue)
    return Arrival(called.queue, told, verdict)


def call(desk: Desk, order: Order) -> Order:
    """Note that an order's customer is in the shop, under the next number of the day."""
    staff, now = check_desk(desk), fresh(desk, order)
    local = desk.now()
    since = local.replace(hour=desk.rules.cut_off_hour, minute=0, second=0, microsecond=0)
    last = orders_of(desk).last_queue(instant_text(min(since, local)))
    called = OrderCalled(order=now.order, staff=staff, queue=last % NUMBER_MOST + 1)
    may(now, called)
    desk.record(called)
    return fresh(desk, now)
