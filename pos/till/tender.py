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
from pos.domain.shift import instant_text
from pos.domain.staff import Permission
from pos.domain.tender import cash, cash_due, exact, meal_voucher, quick_cash
from pos.domain.words import Amount
from pos.fiscal.port import ChainHead, SaleToSign
from pos.ports import CardRequest
from pos.till.counter import show_basket, show_paid
from pos.till.desk import Desk, Loan
from pos.till.tickets import print_unasked

MANUAL = "manual"
"""The card terminal whose result the cashier types."""


def pay_cash(
    desk: Desk, given: int | None = None, *, nonresident: Loan | bool = False
) -> SaleFinished | Basket:
    """Take cash (None: exactly what is due); the sale when that settles it, else the basket.

    Raises Refusal over the legal limit; `nonresident` lifts it to the one for a payer who proves
    a home abroad (permission `cash_nonresident`).
    """
    tender = cash(desk.basket, given, desk.rules.tenders, nonresident=bool(nonresident))
    if nonresident:
        loan = nonresident if isinstance(nonresident, Loan) else None
        desk.require(Permission.CASH_NONRESIDENT, loan)
    return _take(desk, tender)


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
    for waiting in desk.ports.past.cards(mine.name):
        if waiting.outcome in ("", "unknown"):
            raise Refusal(
                "card_open",
                "A card payment of {amount} has no answer yet; settle it first.",
                amount=Amount(waiting.amount),
            )
    request = CardRequest(desk.ports.ids.token(), mine.name, tender.amount, "")
    desk.ports.ledger.record(
        CardAsked(
            request=request.request,
            basket=request.basket,
            amount=request.amount,
            terminal=MANUAL,
            staff=desk.signed_in.ref,
        )
    )
    return request


def answer_card(desk: Desk, request: CardRequest, outcome: str) -> SaleFinished | Basket:
    """Write down how a card payment ended; an approved one joins its basket.

    `outcome` is `approved`, `declined`, `cancelled` or `unknown`; a person may settle an unknown
    one later with another answer.
    """
    said = CardAnswered.model_validate(
        {"request": request.request, "outcome": outcome, "settled_by": desk.signed_in.ref}
    )
    mine = desk.open.get(desk.signed_in.ref)
    if outcome != "approved" or mine is None or mine.name != request.basket:
        desk.ports.ledger.record(said)
        return desk.basket
    tender = Tender(
        n=desk.basket.next_tender,
        method="card",
        amount=request.amount,
        given=request.amount,
        reference=request.request,
    )
    return _take(desk, tender, said)


def _take(desk: Desk, tender: Tender, *before: Event) -> SaleFinished | Basket:
    after = apply(desk.basket, Tendered(tender=tender))
    rounding = -after.due if tender.method == "cash" and tender.given >= tender.amount else 0
    settled = after.due == 0 or (
        tender.method == "cash" and tender.amount == cash_due(desk.basket, desk.rules.tenders)
    )
    if settled:
        return _finish(desk, after, rounding, before)
    if before:
        desk.ports.ledger.record(*before)
    basket = desk.step(Tendered(tender=tender))
    show_basket(desk, basket.last)
    return basket


def _finish(desk: Desk, paid: Basket, rounding: int, before: tuple[Event, ...]) -> SaleFinished:
    mine = desk.mine()
    facts = close(paid, desk.rate_of, rounding)
    sale = _sale(desk, mine.name, paid, facts)
    has_cash = any(tender.method == "cash" for tender in paid.tenders)
    opened = [DrawerOpened(cause="sale", staff=mine.staff)] if has_cash else []
    desk.ports.ledger.record(*before, sale, *opened)
    del desk.open[mine.staff]
    desk.last_sale = sale
    desk.just_sold = True
    desk.armed_quantity = None
    if has_cash and desk.ports.drawer is not None:
        desk.ports.drawer.open()
    desk.ports.sound.play("accepted")
    show_paid(desk, sale.total, sale.change)
    print_unasked(desk, sale)
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
    place = desk.ports.ledger.place
    register = f"{place.till}-{place.epoch}"
    last = desk.last_sale if desk.last_sale and desk.last_sale.label.startswith(register) else None
    number = last.ticket + 1 if last else 1
    now = desk.now()
    sale = SaleFinished(
        ticket=number,
        label=f"{register}-{number:06d}",
        basket=basket,
        at=instant_text(now),
        business_day=desk.business_day().isoformat(),
        zone=desk.rules.zone,
        currency=desk.rules.currency,
        staff=desk.signed_in.ref,
        lines=facts.lines,
        ticket_discount=facts.ticket_discount,
        vat=facts.vat,
        tenders=facts.tenders,
        total=facts.total,
        rounding=facts.rounding,
        change=facts.change,
        voided=list(paid.voided),
        age_checked=paid.age_checked,
        training=desk.rules.training,
        software=desk.rules.software,
        fiscal=_UNSIGNED,
    )
    head = ChainHead(last.fiscal.number, last.fiscal.signature) if last else ChainHead()
    signed = SaleToSign(sale.facts(), register, f"{now:%Y%m%d%H%M%S}", sale.training)
    signer = desk.ports.signer
    stamp = desk.ports.fiscal.stamp(signed, head, signer.sign, signer.key_id)
    return sale.model_copy(update={"fiscal": stamp})


def restore_cards(desk: Desk) -> None:
    """After a power cut, put approved card payments back that their baskets do not show."""
    for mine in list(desk.open.values()):
        shown = {tender.reference for tender in mine.basket.tenders}
        for request in desk.ports.past.cards(mine.name):
            if request.outcome == "approved" and request.request not in shown:
                _put_back(desk, request)


def _put_back(desk: Desk, request: CardRequest) -> None:
    mine = next(one for one in desk.open.values() if one.name == request.basket)
    tender = Tender(
        n=mine.basket.next_tender,
        method="card",
        amount=request.amount,
        given=request.amount,
        reference=request.request,
    )
    mine.history.push(Tendered(tender=tender))


def unsettled(desk: Desk) -> list[CardRequest]:
    """Return the card payments whose end nobody knows: a person must look and settle each."""
    return [replace(request, outcome="unknown") for request in desk.ports.past.cards()]
