"""Paying: a tender joins the basket; the one that settles it finishes the sale in one write.

Where goods come back the same keys pay back, see `pos.till.payback`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pos.domain.basket import Basket, Tendered
from pos.domain.errors import Refusal
from pos.domain.events import CardAnswered, PermissionUsed, SaleFinished
from pos.domain.line import Tender
from pos.domain.staff import Permission
from pos.domain.tender import cash, cash_due, exact, meal_voucher, quick_cash
from pos.domain.words import Sentence
from pos.ports import CardRequest
from pos.till.cards import MANUAL as MANUAL
from pos.till.cards import ask
from pos.till.cards import unsettled as unsettled
from pos.till.counter import show_basket
from pos.till.desk import Desk, Loan, OpenBasket, spend
from pos.till.finish import finish as finish
from pos.till.finish import settle, take
from pos.till.payback import ask_back, give, origin_of_card


def pay_cash(
    desk: Desk, given: int | None = None, *, nonresident: Loan | bool = False
) -> SaleFinished | Basket:
    """Take cash (None: exactly what is due); the sale when that settles it, else the basket.

    Exactly nothing finishes a basket that costs nothing or that its payments cover already; what
    is owed for goods that come back is paid back in cash.
    Raises Refusal over the legal limit; `nonresident` lifts it to the one for a payer who proves
    a home abroad (permission `cash_nonresident`).
    """
    if desk.basket.due < 0:
        return give(desk, "cash", given, nonresident=nonresident)
    if not given and desk.basket.lines and desk.basket.due == 0:
        return finish(desk)
    tender = cash(desk.basket, given, desk.rules.tenders, nonresident=bool(nonresident))
    if not nonresident:
        return _take(desk, tender)
    loan = nonresident if isinstance(nonresident, Loan) else None
    used = desk.permit(Permission.CASH_NONRESIDENT, loan)
    taken = _take(desk, tender, [used])
    spend(loan, used)
    return taken


def _take(
    desk: Desk, tender: Tender, before: Sequence[PermissionUsed] = ()
) -> SaleFinished | Basket:
    is_rounded = tender.method == "cash" and tender.amount == cash_due(
        desk.basket, desk.rules.tenders
    )
    return take(desk, [tender], before, is_all=is_rounded)


def pay_cheque(desk: Desk, amount: int | None = None) -> SaleFinished | Basket:
    """Take a cheque for an amount, or for all that is due; or pay back by cheque."""
    if desk.basket.due < 0:
        return give(desk, "cheque", amount)
    return _take(desk, exact(desk.basket, "cheque", amount, desk.rules.tenders))


def pay_meal_voucher(desk: Desk, amount: int | None = None) -> SaleFinished | Basket:
    """Take meal vouchers for an amount, or for as much as the law lets them pay; or pay back."""
    if desk.basket.due < 0:
        return give(desk, "meal_voucher", amount)
    tender = meal_voucher(desk.basket, amount, desk.rules.tenders, desk.business_day())
    return _take(desk, tender)


def amounts_for_cash(desk: Desk) -> list[int]:
    """Return the amounts offered on the quick-cash keys, the exact one first."""
    return quick_cash(cash_due(desk.basket, desk.rules.tenders), desk.rules.notes)


def ask_card(desk: Desk, amount: int | None = None) -> CardRequest:
    """Write down that a card payment is about to be asked, before anything is; or a refund.

    Raises Refusal when a request of this basket is still without an answer.
    """
    if desk.basket.due < 0:
        return ask_back(desk, amount)
    return ask(desk, exact(desk.basket, "card", amount, desk.rules.tenders).amount)


def answer_card(desk: Desk, request: CardRequest, outcome: str) -> SaleFinished | Basket:
    """Write down how a card payment or refund ended; an approved one joins its basket.

    `outcome` is `approved`, `declined`, `cancelled` or `unknown`; a person may settle an unknown
    one later with another answer. Raises Refusal `card_settled` for one that has its answer. An
    approved one is never unsaid: where its basket cannot be finished it stays in it, and
    `pos.till.closing.catch_up` tells what to do.
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
    step = _card_step(desk, mine)
    after = mine.history.check(step)
    is_here = mine is desk.open.get(desk.signed_in.ref)
    if is_here and after.due == 0:
        try:
            return settle(desk, after, 0, [said])
        except Refusal as refused:  # the money has moved all the same
            desk.untold.append(_kept(refused))
    desk.record(said)
    desk.keep(mine, step)
    mine.card = None
    if is_here:
        show_basket(desk, mine.basket.last)
    return desk.basket


def _kept(refused: Refusal) -> Sentence:
    return Sentence(
        "The card payment is kept, but its basket cannot be finished: {why} Put that right and"
        " finish it, or put it aside. For goods that went back already: give them back without a"
        " ticket, then take the line with one out.",
        why=str(refused),
    )


def _card_step(desk: Desk, mine: OpenBasket) -> Tendered:
    if mine.card is None:
        raise ValueError("the basket waits for no card payment")
    amount, reference = mine.card.amount, mine.card.request
    return Tendered(
        tender=Tender(
            n=mine.basket.next_tender,
            method="card",
            amount=amount,
            given=amount,
            reference=reference,
            origin=origin_of_card(desk, mine.basket) if amount < 0 else None,
        )
    )


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
                desk.keep(mine, _card_step(desk, mine))
                mine.card = None
