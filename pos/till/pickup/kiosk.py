"""Who is here: a customer says so at the kiosk by pass or code, or a clerk notes it.

What a customer is told is only ever about their own order, in words for somebody who has never seen
a till; no name, article or price stands in it, as others read the screen too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from pos.domain.errors import Refusal
from pos.domain.events import TillStarted
from pos.domain.events.orders import OrderCalled
from pos.domain.order import TO_PICK, Contract, Order, OrderState, queue_number
from pos.domain.order_steps import may
from pos.domain.pickup_pass import short_code
from pos.domain.shift import instant
from pos.domain.words import Sentence
from pos.papers.page import Page
from pos.papers.queue_ticket import queue_ticket
from pos.ports import DeviceEvent, DeviceState
from pos.till import tickets
from pos.till.desk import Desk
from pos.till.pickup.judge import Judged, Verdict, look
from pos.till.pickup.step import check_desk, check_real, fresh, orders_of
from pos.till.pickup.worklists import Lateness, day_began, is_here, is_late

NUMBER_MOST = 99
"""The numbers of a till or kiosk begin again after this one."""

QUEUE = "queue"
"""The paper with a queue number."""

_AT_THE_DESK = Sentence("Please ask at the desk.")
_AGAIN = Sentence("Try again, or ask at the desk.")

_NO: dict[Judged, tuple[Sentence, Sentence]] = {
    Judged.ALREADY_COLLECTED: (Sentence("This order was collected already."), _AT_THE_DESK),
    Judged.EXPIRED: (Sentence("The time to collect this order is over."), _AT_THE_DESK),
    Judged.CANCELLED: (Sentence("This order was cancelled."), _AT_THE_DESK),
    Judged.FORGED: (Sentence("We do not know this code."), _AT_THE_DESK),
    Judged.UNKNOWN_KEY: (Sentence("We do not know this code."), _AT_THE_DESK),
    Judged.UNKNOWN_ORDER: (Sentence("We do not find this order."), _AGAIN),
    Judged.BROKEN: (Sentence("This is not a pickup code."), _AGAIN),
}
"""What is said where nobody can be called; the clerk's till says more, to the clerk."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a customer is told: a sentence, the number to wait for ("": none), and what else.

    `order` is the ULID of the order that was called.
    """

    number: str
    sentence: Sentence
    more: tuple[Sentence, ...]
    order: str = ""


def start(desk: Desk, *, clean: bool) -> None:
    """Let customers come: nobody signs in at a kiosk, no day is closed, no number printed late.

    Raises Refusal: `no_orders`, and `people_here` where people may sell.
    """
    centre = desk.ports.centre
    if centre is None or not centre.enrolled():
        raise Refusal("no_orders", "This kiosk belongs to no centre; run: comptoir enrol.")
    if desk.ports.people.all():
        raise Refusal("people_here", "People sell at this till; a kiosk needs a folder of its own.")
    tickets.restore_prints(desk)
    desk.record(TillStarted(software=desk.rules.software, clean=clean))


def arrive(desk: Desk, raw: str) -> Arrival:
    """Take a customer's pass or code; a customer who comes back is told the same number.

    Whoever comes for an order that is due and not ready is called too: they wait in the shop.
    Raises Refusal: `no_orders`, `training`, and `codes_locked` after too many wrong codes.
    """
    check_real(desk)
    verdict = look(desk, raw)
    order = verdict.order
    if order is not None and _is_brought(verdict, order):
        told = Sentence("Your order is being brought.")
        pays = order.contract is not Contract.PAID_ONLINE
        return _called(desk, order, told, [Sentence("You pay at the desk.")] if pays else [])
    if order is not None and order.state in TO_PICK:
        return _early(desk, order)
    if verdict.kind is Judged.OTHER_STORE:
        return Arrival("", verdict.sentence, ())
    return Arrival("", *_no(verdict.kind))


def scan(desk: Desk, raw: str) -> Arrival:
    """Take what a scanner read: an article's eight digits are no short code, nor a wrong one.

    Raises Refusal as `arrive` does.
    """
    if short_code(raw) is None:
        return arrive(desk, raw)
    desk.ports.sound.play("refused")
    return Arrival("", *_no(Judged.BROKEN))


def _no(kind: Judged) -> tuple[Sentence, tuple[Sentence, ...]]:
    sentence, what_to_do = _NO[kind]
    return sentence, (what_to_do,)


def _is_brought(verdict: Verdict, order: Order) -> bool:
    return verdict.proof is not None and order.state is OrderState.READY


def _early(desk: Desk, order: Order) -> Arrival:
    told = Sentence("Your order is still being prepared.")
    if is_waiting(desk, order) or is_late(desk, order) is not Lateness.ON_TIME:
        return _called(desk, order, told, [])
    if not order.promised_at:
        return Arrival("", told, (Sentence("You get a message when it is ready."),))
    at = instant(order.promised_at).astimezone(desk.zone)
    return Arrival("", told, (Sentence("It is promised for {at}.", at=at),))


def _called(desk: Desk, order: Order, told: Sentence, more: list[Sentence]) -> Arrival:
    now = call(desk, order)
    waits = Sentence("Please wait: you are number {number}.", number=now.number)
    return Arrival(now.number, told, (waits, *more), now.order)


def call(desk: Desk, order: Order) -> Order:
    """Note that an order's customer is in the shop, under the next number of the day, once.

    A number that somebody still waits with is passed over; another till's bears another name. At a
    kiosk nobody is signed in: the customer says so alone.
    """
    check_real(desk)
    staff, now = check_desk(desk) if desk.person else "", fresh(desk, order)
    if is_waiting(desk, now):
        return now
    called = OrderCalled(order=now.order, staff=staff, queue=_next_number(desk))
    may(now, called)
    desk.record(called)
    return fresh(desk, now)


def _next_number(desk: Desk) -> int:
    orders, place = orders_of(desk), desk.ports.ledger.place
    last = orders.last_queue(day_began(desk))
    own = f"{place.store}-{place.till}"
    waiting = {one.number for one in orders.all() if is_waiting(desk, one)}
    numbers = [(last + n) % NUMBER_MOST + 1 for n in range(NUMBER_MOST)]
    free = (n for n in numbers if queue_number(own, n) not in waiting)
    return next(free, numbers[0])


def is_waiting(desk: Desk, order: Order) -> bool:
    """Tell whether an order's customer was given a number today: one of yesterday is of no use."""
    return bool(order.queue) and is_here(desk, order)


def may_print(desk: Desk) -> bool:
    """Tell whether a number can be had on paper now."""
    ready = desk.device_state(tickets.PRINTER) in (DeviceState.READY, DeviceState.BUSY)
    return desk.ports.printer is not None and ready


def print_number(desk: Desk, arrival: Arrival) -> None:
    """Print the number that a customer was told. Raises Refusal as `print_paper`."""
    page = partial(_page, desk, arrival.number)
    tickets.print_paper(desk, QUEUE, arrival.order, page)


def _page(desk: Desk, number: str, _copy: int) -> Page:
    return queue_ticket(number, desk.rules.shop.name, desk.now(), desk.words())


def on_device(desk: Desk, event: DeviceEvent) -> None:
    """Take what a device reported. Nobody at a kiosk settles a number that may not be printed."""
    tickets.on_device(desk, event)
    for waiting in tickets.unknown_prints(desk):
        del desk.prints[waiting.job]
