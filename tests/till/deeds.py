"""What may happen at a till, a deed each: any of them, in any order, on any day."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from pos.domain.errors import Refusal
from pos.domain.events import EpochOpened, SaleFinished
from pos.ports import PrintEnded, PrintOutcome
from pos.till import (
    cash,
    closing,
    drawer,
    refund,
    reports,
    sell,
    start,
    tender,
    tickets,
    training,
)
from tests.till.shop import BREAD, CARD, LAMP, MANAGER, MEAL, MILK, PAPER, PLUG_INS, Till

Deed = Callable[[Till, int], None]
"""Something a manager does; the number says how, so that a seed tells all."""

DAY_S = 86_400
CODES = (BREAD, MILK, LAMP, PAPER, MEAL, CARD)
"""Articles of every rate that ask nothing."""


def sell_something(till: Till, n: int) -> None:
    till.scan(*(CODES[(n + place) % len(CODES)] for place in range(1 + n % 4)))
    if n % 3 == 1:
        till.scan(BREAD)
        sell.void_line(till.desk, till.basket.lines[-1].n)
    if n % 5 == 2:
        sell.set_price(till.desk, 1, 77)
    if n % 4 == 3:
        tender.pay_cheque(till.desk)
    else:
        tender.pay_cash(till.desk, till.basket.due + 10 * (n % 3))


def _earlier(till: Till, n: int) -> SaleFinished:
    """Return a ticket that may be given back in the mode the till is in."""
    sales = [sale for sale in till.sales() if sale.training is till.desk.training]
    if not sales:
        raise Refusal("nothing_sold", "Nothing was sold yet; there is no ticket to print.")
    return sales[n % len(sales)]


def give_back(till: Till, n: int) -> None:
    sale = _earlier(till, n)
    refund.return_line(till.desk, sale.label, 1 + n % len(sale.lines), 1000, "abîmé")
    _settle(till)


def exchange(till: Till, n: int) -> None:
    sale = _earlier(till, n)
    refund.return_line(till.desk, sale.label, 1, 1000, "échange")
    till.scan(CODES[n % len(CODES)])
    _settle(till)


def void(till: Till, n: int) -> None:
    refund.void_sale(till.desk, _earlier(till, n).label, "erreur")
    _settle(till)


def _settle(till: Till) -> None:
    """Pay what is due or pay back what is owed, all of it; nothing due is finished."""
    while till.basket.lines:
        if till.basket.due < 0:
            refund.pay_back(till.desk)
        else:
            tender.pay_cash(till.desk)


def copy_a_ticket(till: Till, n: int) -> None:
    tickets.print_ticket(till.desk, _earlier(till, n))
    tickets.print_ticket(till.desk, _earlier(till, n))


def copy_a_closing(till: Till, n: int) -> None:
    closings = till.store.closings("day")
    if closings:
        reports.print_closing(till.desk, closings[n % len(closings)].label)


def abandon(till: Till, n: int) -> None:
    till.scan(CODES[n % len(CODES)])
    sell.abandon(till.desk, "cleared")


def close(till: Till, n: int) -> None:
    closing.close_day(till.desk, ahead=bool(n % 2))


def let_days_pass(till: Till, n: int) -> None:
    till.clock.pass_s(DAY_S * (1 + n % 35))
    closing.catch_up(till.desk)


def train(till: Till, n: int) -> None:
    training.switch(till.desk, n % 2 == 0)


def count_the_drawer(till: Till, n: int) -> None:
    for state in till.store.shifts():
        cash.count(till.desk, state.opened.shift, {100: n})
        cash.close_shift(till.desk, state.opened.shift, "compté deux fois")


def open_the_drawer(till: Till, n: int) -> None:
    drawer.no_sale(till.desk, "monnaie")


def restart(till: Till, n: int) -> None:
    start.stop(till.desk)
    till.restart(MANAGER)


def lose_the_file(till: Till, n: int) -> None:
    """The till finds that its file was restored from a backup: a new epoch begins."""
    left = till.store.place
    till.store.place = replace(left, epoch=f"K{int(left.epoch[1:]) + 1}")
    number = till.store.entries[-1].number
    till.store.record(EpochOpened(reason="marker_ahead", left_epoch=left.epoch, left_number=number))
    till.restart(MANAGER)


def move_abroad(till: Till, n: int) -> None:
    """The shop's country is set anew, and what was sold so far was sold under the other's rules."""
    till.moves_to(sorted(PLUG_INS)[n % len(PLUG_INS)], MANAGER)


DEEDS: tuple[Deed, ...] = (
    *(sell_something, sell_something, sell_something, give_back, exchange, void),
    *(copy_a_ticket, copy_a_closing, abandon, close, let_days_pass, train),
    *(count_the_drawer, open_the_drawer, restart, lose_the_file),
)
"""What may happen under one country's rules."""

DEEDS_ABROAD = (*DEEDS, move_abroad)
"""What may happen at all."""


def do(till: Till, deed: Deed, n: int) -> None:
    """Do a deed as far as the till lets it be done; no basket is left open."""
    with suppress(Refusal):
        deed(till, n)
    if till.basket.steps:
        sell.abandon(till.desk, "cleared")
    for job in list(till.desk.prints):
        tickets.on_device(till.desk, PrintEnded(job, PrintOutcome.CONFIRMED))
    till.clock.pass_s(60)
