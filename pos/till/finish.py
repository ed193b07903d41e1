"""Finishing: a settled basket becomes a ticket in one write; only then the world learns of it.

A finished sale is one entry: its gap-free number, its VAT, its tenders, its fiscal stamp and the
running totals after it are committed together, and only then the drawer opens and a ticket may
print.
"""

from __future__ import annotations

from collections.abc import Sequence

from pos.domain.basket import Basket, Tendered, apply
from pos.domain.events import Event, FiscalStamp, SaleFinished
from pos.domain.line import Tender
from pos.domain.sale import SaleFacts, close
from pos.domain.shift import instant, instant_text
from pos.fiscal.port import ChainHead, SaleToSign, TotalToSign
from pos.till.cash import current_shift, shift_events
from pos.till.closing import catch_up
from pos.till.counter import show_basket, show_paid
from pos.till.desk import Desk, check_no_card
from pos.till.drawer import opening, pulse
from pos.till.given import check_on_disk, check_returns
from pos.till.pickup.paying import steps_of_sale
from pos.till.tickets import begin, retry, unasked


def finish(desk: Desk) -> SaleFinished:
    """Finish a basket on which nothing is due any more; Refusal `not_paid` otherwise."""
    check_no_card(desk.mine())
    check_returns(desk, desk.basket)
    return settle(desk, desk.basket, 0, ())


def take(
    desk: Desk, tenders: Sequence[Tender], before: Sequence[Event] = (), *, is_all: bool
) -> SaleFinished | Basket:
    """Take tenders: the sale when that is all (what is left due is rounding), else the basket.

    What is `before` them is written first: who allowed them.
    """
    check_no_card(desk.mine())
    check_returns(desk, desk.basket)
    after = desk.basket
    for tender in tenders:
        after = apply(after, Tendered(tender=tender))
    if is_all or after.due == 0:
        return settle(desk, after, -after.due, before)
    desk.record(*before)
    for tender in tenders:
        desk.step(Tendered(tender=tender))
    show_basket(desk, desk.basket.last)
    return desk.basket


def settle(desk: Desk, paid: Basket, rounding: int, before: Sequence[Event]) -> SaleFinished:
    """Make a paid basket a sale: sign it, write it, then open the drawer and print.

    The days that nobody closed are closed before the first sale of a new one. Raises Refusal
    `not_paid`, and what `check_on_disk` refuses.
    """
    mine = desk.mine()
    check_on_disk(desk, paid)
    facts = close(paid, desk.rate_of, rounding, desk.rules.vat.letters)
    _close_forgotten(desk)
    has_cash = any(tender.method == "cash" for tender in paid.tenders)
    shift, begun = _shift(desk, has_cash=has_cash)
    sale = _signed(desk, _sale(desk, mine.name, paid, facts, shift))
    opened = opening(desk, "sale") if has_cash else []
    waiting, asked = unasked(desk, sale)
    desk.record(*before, *begun, sale, *steps_of_sale(desk, paid, sale), *opened, *asked)
    desk.running = sale.running or desk.running
    del desk.open[mine.staff]
    desk.last_sale = sale
    desk.just_sold = True
    desk.armed_quantity = None
    if has_cash:
        pulse(desk)
    desk.ports.sound.play("accepted")
    show_paid(desk, sale)
    if waiting is not None:
        begin(desk, waiting)
    retry(desk)
    return sale


def _close_forgotten(desk: Desk) -> None:
    """Close what is due before the first sale of a day; sales of the same day ask nothing."""
    last = desk.last_sale
    if last is None or last.business_day != desk.business_day().isoformat():
        desk.untold = catch_up(desk)


def _shift(desk: Desk, *, has_cash: bool) -> tuple[str | None, list[Event]]:
    """Return the shift that a sale counts in, and what to record before it; none in training."""
    if desk.training or not (has_cash or current_shift(desk)):
        return None, []
    return shift_events(desk)


_UNSIGNED = FiscalStamp(
    plugin="",
    fiscal_version="",
    chain="",
    number=0,
    payload="",
    previous="",
    signature="",
    key_id="",
    algorithm="",
    extract="",
)


def _sale(
    desk: Desk, basket: str, paid: Basket, facts: SaleFacts, shift: str | None
) -> SaleFinished:
    rules, person, now = desk.rules, desk.signed_in, desk.now()
    last = _last_of_series(desk)
    number = last.ticket + 1 if last else 1
    return SaleFinished(
        ticket=number,
        label=f"{_series(desk)}{number:06d}",
        basket=basket,
        at=instant_text(now),
        business_day=desk.business_day().isoformat(),
        zone=rules.zone,
        currency=rules.currency,
        staff=person.ref,
        till=desk.ports.ledger.place.till,
        operator=person.number,
        language=rules.ticket_language,
        seller=rules.shop.as_seller(),
        lines=facts.lines,
        ticket_discount=facts.ticket_discount,
        vat=facts.vat,
        tenders=facts.tenders,
        total=facts.total,
        rounding=facts.rounding,
        change=facts.change,
        voided=list(paid.voided),
        returned_tenders=list(paid.returned_tenders),
        age_checked=paid.age_checked,
        training=desk.training,
        operation=facts.operation,
        shift=shift,
        running=None if desk.training else desk.running.plus(facts.total),
        software=rules.software,
        fiscal=_UNSIGNED,
    )


def _signed(desk: Desk, sale: SaleFinished) -> SaleFinished:
    """Return the sale with its stamp, and with that of the totals after it when it is real."""
    fiscal, signer, register = desk.ports.fiscal, desk.ports.signer, _register(desk)
    at_local = f"{instant(sale.at).astimezone(desk.zone):%Y%m%d%H%M%S}"
    last = _last_of_series(desk)
    to_sign = SaleToSign(sale.facts(), register, at_local, sale.training)
    chain = "training" if sale.training else "ticket"
    stamp = fiscal.stamp(to_sign, _head(desk, chain, last.fiscal if last else None), signer)
    if sale.running is None:
        return sale.model_copy(update={"fiscal": stamp})
    total = TotalToSign(
        level="ticket",
        key=sale.label,
        vat=sale.vat,
        total=sale.total,
        running=sale.running,
        till=register,
        at_local=at_local,
    )
    head = _head(desk, "gt_ticket", last.grand_total if last else None)
    grand_total = fiscal.total(total, head, signer)
    return sale.model_copy(update={"fiscal": stamp, "grand_total": grand_total})


def _register(desk: Desk) -> str:
    place = desk.ports.ledger.place
    return f"{place.till}-{place.epoch}"


def _series(desk: Desk) -> str:
    return f"{_register(desk)}-X" if desk.training else f"{_register(desk)}-"


def _last_of_series(desk: Desk) -> SaleFinished | None:
    """Return the last sale of the present series: this register's and epoch's, real or training.

    The two kinds have numbers and a fiscal chain of their own, whatever was sold between.
    """
    last = desk.last_sale
    if last is not None and last.training is not desk.training:
        last = desk.ports.past.last_sale(training=desk.training)
    return last if last is not None and last.label.startswith(_series(desk)) else None


def _head(desk: Desk, chain: str, last: FiscalStamp | None) -> ChainHead:
    """Return the end of the chain the next record joins.

    After another country's rules it is where those of now left it, in this epoch; new ones begin.
    """
    if last is None or last.plugin != desk.ports.fiscal.name:
        return desk.ports.books.heads().get(chain, ChainHead())
    return ChainHead(last.number, last.signature)
