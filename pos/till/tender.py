"""Paying: a tender joins the basket; the one that settles it finishes the sale in one write.

A finished sale is one entry: its gap-free number, its VAT, its tenders and its fiscal stamp are
committed together, and only then the drawer opens and a ticket may print.
"""

from __future__ import annotations

from dataclasses import replace

from pos.domain.basket import Basket, Tendered, apply
from pos.domain.errors import Refusal
from pos.domain.events import (
    CardAnswered,
    CardAsked,
    DrawerOpened,
    Event,
    FiscalStamp,
    SaleFinished,
)
from pos.domain.line import Tender
from pos.domain.sale import SaleFacts, close
from pos.domain.shift import business_day, instant_text
from pos.domain.staff import Permission
from pos.domain.tender import cash, cash_due, exact, meal_voucher, quick_cash
from pos.fiscal.port import ChainHead, SaleToSign
from pos.ports import CardRequest
from pos.till.counter import show_basket, show_paid
from pos.till.desk import Desk, Loan, OpenBasket, check_no_card
from pos.till.tickets import begin, retry, unasked

MANUAL = "manual"
"""The card terminal whose result the cashier types."""


def pay_cash(
    desk: Desk, given: int | None = None, *, nonresident: Loan | bool = False
) -> SaleFinished | Basket:
    """Take cash (None: exactly what is due); the sale when that settles it, else the basket.

    Exactly nothing finishes a basket that costs nothing or that its payments cover already.
    Raises Refusal over the legal limit; `nonresident` lifts it to the one for a payer who proves
    a home abroad (permission `cash_nonresident`).
    """
    if not given and desk.basket.lines and desk.basket.due == 0:
        return finish(desk)
    tender = cash(desk.basket, given, desk.rules.tenders, nonresident=bool(nonresident))
    if not nonresident:
        return _take(desk, tender)
    loan = nonresident if isinstance(nonresident, Loan) else None
    used = desk.permit(Permission.CASH_NONRESIDENT, loan)
    taken = _take(desk, tender, used)
    if loan is not None and used.lender is not None:
        loan.spent = True
    return taken


def finish(desk: Desk) -> SaleFinished:
    """Finish a basket on which nothing is due any more; Refusal `not_paid` otherwise."""
    check_no_card(desk.mine())
    return _finish(desk, desk.basket, 0, ())


def pay_cheque(desk: Desk, amount: int | None = None) -> SaleFinished | Basket:
    """Take a cheque for an amount, or for all that is due."""
    return _take(desk, exact(desk.basket, "cheque", amount, desk.rules.tenders))


def pay_meal_voucher(desk: Desk, amount: int | None = None) -> SaleFinished | Basket:
    """Take meal vouchers for an amount, or for as much as the law lets them pay."""
    tender = meal_voucher(desk.basket, amount, desk.rules.tenders, desk.business_day())
    return _take(desk, tender)


def amounts_for_cash(desk: Desk) -> list[int]:
    """Return the amounts offered on the quick-cash keys, the exact one first."""
    return quick_cash(cash_due(desk.basket, desk.rules.tenders), desk.rules.notes)


def ask_card(desk: Desk, amount: int | None = None) -> CardRequest:
    """Write down that a card payment is about to be asked, before anything is.

    Raises Refusal when a request of this basket is still without an answer.
    """
    tender = exact(desk.basket, "card", amount, desk.rules.tenders)
    mine = desk.mine()
    check_no_card(mine)
    request = CardRequest(desk.ports.ids.token(), mine.name, tender.amount, "")
    desk.record(
        CardAsked(
            request=request.request,
            basket=request.basket,
            amount=request.amount,
            terminal=MANUAL,
            staff=desk.signed_in.ref,
        )
    )
    mine.card = request
    return request


def answer_card(desk: Desk, request: CardRequest, outcome: str) -> SaleFinished | Basket:
    """Write down how a card payment ended; an approved one joins its basket, whoever holds it.

    `outcome` is `approved`, `declined`, `cancelled` or `unknown`; a person may settle an unknown
    one later with another answer. Raises Refusal `card_settled` for one that has its answer.
    """
    said = CardAnswered.model_validate(
        {"request": request.request, "outcome": outcome, "settled_by": desk.signed_in.ref}
    )
    open_ones = {waiting.request for waiting in desk.ports.past.cards()}
    mine = next((one for one in desk.baskets() if _waits_for(one, request)), None)
    if mine is None and request.request not in open_ones:
        raise Refusal("card_settled", "This card payment has its answer already.")
    if mine is not None and outcome == "approved":
        return _approved(desk, mine, said)
    desk.record(said)
    if mine is not None:
        mine.card = replace(request, outcome=outcome) if outcome == "unknown" else None
    return desk.basket


def _waits_for(one: OpenBasket, request: CardRequest) -> bool:
    return one.card is not None and one.card.request == request.request


def _approved(desk: Desk, mine: OpenBasket, said: CardAnswered) -> SaleFinished | Basket:
    step = _card_step(mine)
    after = mine.history.check(step)
    is_here = mine is desk.open.get(desk.signed_in.ref)
    if is_here and after.due == 0:
        return _finish(desk, after, 0, (said,))
    desk.record(said)
    desk.keep(mine, step)
    mine.card = None
    if is_here:
        show_basket(desk, mine.basket.last)
    return desk.basket


def _card_step(mine: OpenBasket) -> Tendered:
    if mine.card is None:
        raise ValueError("the basket waits for no card payment")
    amount, reference = mine.card.amount, mine.card.request
    number = mine.basket.next_tender
    return Tendered(
        tender=Tender(n=number, method="card", amount=amount, given=amount, reference=reference)
    )


def _take(desk: Desk, tender: Tender, *before: Event) -> SaleFinished | Basket:
    check_no_card(desk.mine())
    after = apply(desk.basket, Tendered(tender=tender))
    is_rounded = tender.method == "cash" and tender.amount == cash_due(
        desk.basket, desk.rules.tenders
    )
    if is_rounded or after.due == 0:
        return _finish(desk, after, -after.due, before)
    if before:
        desk.record(*before)
    basket = desk.step(Tendered(tender=tender))
    show_basket(desk, basket.last)
    return basket


def _finish(desk: Desk, paid: Basket, rounding: int, before: tuple[Event, ...]) -> SaleFinished:
    mine = desk.mine()
    facts = close(paid, desk.rate_of, rounding, desk.rules.vat.letters)
    sale = _sale(desk, mine.name, paid, facts)
    has_cash = any(tender.method == "cash" for tender in paid.tenders)
    opened = [DrawerOpened(cause="sale", staff=mine.staff)] if has_cash else []
    waiting, asked = unasked(desk, sale)
    desk.record(*before, sale, *opened, *asked)
    del desk.open[mine.staff]
    desk.last_sale = sale
    desk.just_sold = True
    desk.armed_quantity = None
    if has_cash and desk.ports.drawer is not None:
        desk.ports.drawer.open()
    desk.ports.sound.play("accepted")
    show_paid(desk, sale.total, sale.change)
    if waiting is not None:
        begin(desk, waiting)
    retry(desk)
    return sale


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


def _sale(desk: Desk, basket: str, paid: Basket, facts: SaleFacts) -> SaleFinished:
    place, rules, person = desk.ports.ledger.place, desk.rules, desk.signed_in
    register = f"{place.till}-{place.epoch}"
    series = f"{register}-X" if rules.training else f"{register}-"
    last = _last_of(desk, series)
    number = last.ticket + 1 if last else 1
    now = desk.now()
    sale = SaleFinished(
        ticket=number,
        label=f"{series}{number:06d}",
        basket=basket,
        at=instant_text(now),
        business_day=business_day(now, rules.zone, rules.cut_off_hour).isoformat(),
        zone=rules.zone,
        currency=rules.currency,
        staff=person.ref,
        till=place.till,
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
        returned_tenders=list(paid.returned),
        age_checked=paid.age_checked,
        training=rules.training,
        software=rules.software,
        fiscal=_UNSIGNED,
    )
    signed = SaleToSign(sale.facts(), register, f"{now:%Y%m%d%H%M%S}", sale.training)
    signer = desk.ports.signer
    head = _chain_head(desk, last)
    stamp = desk.ports.fiscal.stamp(signed, head, signer.sign, signer.key_id)
    return sale.model_copy(update={"fiscal": stamp})


def _last_of(desk: Desk, series: str) -> SaleFinished | None:
    """Return the last sale of a series of numbers: this register's and epoch's, real or training.

    The two kinds have numbers and a fiscal chain of their own, whatever was sold between.
    """
    last, training = desk.last_sale, desk.rules.training
    if last is not None and last.training is not training:
        last = desk.ports.past.last_sale(training=training)
    return last if last is not None and last.label.startswith(series) else None


def _chain_head(desk: Desk, last: SaleFinished | None) -> ChainHead:
    """Return the end of the chain the next sale joins; another country's plug-in begins one."""
    if last is None or last.fiscal.plugin != desk.ports.fiscal.name:
        return ChainHead()
    return ChainHead(last.fiscal.number, last.fiscal.signature)


def restore_cards(desk: Desk) -> None:
    """After a power cut, put approved card payments back that their baskets do not show.

    A payment whose end nobody knows locks its basket until a person settles it.
    """
    for mine in desk.baskets():
        shown = {tender.reference for tender in mine.basket.tenders}
        for request in desk.ports.past.cards(mine.name):
            if request.outcome in ("", "unknown"):
                mine.card = request
            elif request.outcome == "approved" and request.request not in shown:
                mine.card = request
                desk.keep(mine, _card_step(mine))
                mine.card = None


def unsettled(desk: Desk) -> list[CardRequest]:
    """Return the card payments whose end nobody knows: a person must look and settle each."""
    return [replace(request, outcome="unknown") for request in desk.ports.past.cards()]
