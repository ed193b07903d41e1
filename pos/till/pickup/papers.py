"""Printing at the pickup desk: lists and labels when asked for, a slip with each hand-over."""

from __future__ import annotations

import re
from functools import partial

from pos.domain.errors import Refusal
from pos.domain.events import Event
from pos.domain.events.orders import OrderHandedOver
from pos.domain.order import Order
from pos.papers.page import Page
from pos.till.desk import Desk, WaitingPrint
from pos.till.pickup.pages import (
    BAG,
    LIST,
    MAKERS,
    RETURN,
    SLIP,
    page_of_bag,
    page_of_list,
    page_of_return,
)
from pos.till.pickup.step import check_desk, fresh
from pos.till.tickets import asked, begin, print_paper

_BAG = re.compile(r"BAG/([0-7][0-9A-HJKMNP-TV-Z]{25})/(\d{1,2})")


def print_list(desk: Desk, order: Order) -> int:
    """Print an order's picking list; return 0 for the first, or the copy's number."""
    check_desk(desk)
    now = fresh(desk, order)
    return print_paper(desk, LIST, now.order, partial(page_of_list, desk, now))


def print_labels(desk: Desk, order: Order) -> int:
    """Print a label for each bag of an order; return how many."""
    check_desk(desk)
    now = fresh(desk, order)
    count = max(1, now.bags)
    for bag in range(1, count + 1):
        make = partial(page_of_bag, desk, now, bag)
        print_paper(desk, BAG, f"{now.order}/{bag}", make)
    return count


def bag_of(raw: str) -> tuple[str, int] | None:
    """Return the order and the number of a bag's label, None for any other scan.

    >>> bag_of("BAG/01JD7Z4QFS3WZ8E3Y6M5K0T2RB/2")
    ('01JD7Z4QFS3WZ8E3Y6M5K0T2RB', 2)
    """
    found = _BAG.search(raw.strip().upper())
    return None if found is None else (found[1], int(found[2]))


def slip_job(desk: Desk, event: OrderHandedOver) -> tuple[WaitingPrint | None, list[Event]]:
    """Return the first slip of a hand-over, and the events to record with it; none unprinted.

    Its page is made once the hand-over is written. A till with no printer goes on.
    """
    if not desk.rules.pickup.slip_copies or desk.ports.printer is None or not _leaves(event):
        return None, []
    document = f"{event.order}/{event.visit}"
    return asked(desk, SLIP, document, 0, partial(_slip, desk, document))


def _leaves(event: OrderHandedOver) -> bool:
    return any(line.quantity for line in event.lines)


def _slip(desk: Desk, document: str, copy_number: int) -> Page:
    make = MAKERS[SLIP](desk, document)
    if make is None:
        raise Refusal("no_slip", "Nothing was handed over under {document}.", document=document)
    return make(copy_number)


def begin_slips(desk: Desk, event: OrderHandedOver, job: WaitingPrint | None) -> None:
    """Hand the recorded slip to the printer, and ask for the shop's further copies of it."""
    if job is None:
        return
    begin(desk, job)
    for _ in range(1, desk.rules.pickup.slip_copies):
        print_slip(desk, event)


def print_slip(desk: Desk, event: OrderHandedOver) -> int:
    """Print the slip of a hand-over (again); return the copy's number."""
    document = f"{event.order}/{event.visit}"
    return print_paper(desk, SLIP, document, partial(_slip, desk, document))


def print_return(desk: Desk, order: Order) -> int | None:
    """Print the slip of what came back of an order, where there is a printer."""
    if desk.ports.printer is None:
        return None
    return print_paper(desk, RETURN, order.order, partial(page_of_return, desk, order))
