"""Paying: a tender joins the basket; the one that settles it finishes the sale in one write.

Where goods come back the same keys pay back, see `pos.till.payback`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from pos.domain.basket import Basket, Tendered
from pos.domain.errors import Refusal
from pos.domain.events import CardAnswered, PermissionUsed, SaleFinished
from pos.domain.line import Tender
from pos.domain.staff import Permission
from pos.domain.tender import cash, cash_due, exact, meal_voucher, quick_cash
from pos.domain.words import Amount, Sentence
from pos.ports import CardEnded, CardEvent, CardOutcome, CardRequest, StoreUnavailable
from pos.till.cards import MANUAL as MANUAL
from pos.till.cards import (
    answered,
    ask,
    check_authorisation,
    is_waiting,
    listen,
    prints_unasked,
    slip_of,
)
from pos.till.cards import unsettled as unsettled
from pos.till.counter import show_basket
from pos.till.desk import Desk, Loan, OpenBasket, spend
from pos.till.finish import finish as finish
from pos.till.finish import settle, take
from pos.till.payback import ask_back, give, origin_of_card
from pos.till.tickets import print_paper


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


def answer_card(
    desk: Desk, request: CardRequest, outcome: str, authorisation: str = ""
) -> SaleFinished | Basket:
    """Write down how a person saw a card payment or refund end; an approved one joins its basket.

    `outcome` is `approved`, `declined`, `cancelled` or `unknown`; a person may settle an unknown
    one later with another answer, and type the authorisation that the terminal's ticket bears.
    Raises Refusal `card_settled` for one that has its answer. An approved one is never unsaid:
    where its basket cannot be finished it stays in it, and `pos.till.closing.catch_up` tells what
    to do.
    """
    said = CardAnswered.model_validate(
        {
            "request": request.request,
            "outcome": outcome,
            "settled_by": desk.signed_in.ref,
            "authorisation": check_authorisation(authorisation) or None,
        }
    )
    is_waited_for = any(_waits_for(one, request) for one in desk.baskets())
    open_ones = {waiting.request for waiting in desk.ports.past.cards()}
    if not is_waited_for and request.request not in open_ones:
        raise Refusal("card_settled", "This card payment has its answer already.")
    _warn_of_contradiction(desk, request, outcome)
    return _answer(desk, request, said)


def _warn_of_contradiction(desk: Desk, request: CardRequest, outcome: str) -> None:
    """Tell a manager of a settlement that says otherwise than the terminal did before it."""
    answer = desk.ports.past.card_answer(request.request)
    heard = None if answer is None else answer.heard
    if heard is None or outcome == "unknown" or (heard == "approved") is (outcome == "approved"):
        return
    amount = Amount(request.amount)
    was_paid = heard == "approved"
    desk.untold.append(_paid_after_all(amount) if was_paid else _unpaid_after_all(amount))


def _answer(desk: Desk, request: CardRequest, said: CardAnswered) -> SaleFinished | Basket:
    mine = next((one for one in desk.baskets() if _waits_for(one, request)), None)
    if mine is not None and said.outcome == "approved":
        outcome = _approved(desk, mine, said)
        desk.cards_asked.discard(request.request)
        return outcome
    desk.record(said)
    desk.cards_asked.discard(request.request)
    if mine is not None:
        is_open = said.outcome == "unknown"
        mine.card = replace(request, outcome=said.outcome) if is_open else None
    return desk.basket


def hear_card(desk: Desk, event: CardEvent) -> None:
    """Take what a card terminal said, whoever stands at the till and whatever it shows.

    The first answer to a request is its end. What comes after an end was told as unknown, or after
    a person settled it, is written down as evidence and changes nothing. Raises StoreUnavailable
    when the disk does not take it; it is kept then, see `hear_again`.
    """
    try:
        _hear(desk, event)
    except StoreUnavailable:
        desk.unheard.append(event)
        raise


def hear_again(desk: Desk) -> None:
    """Write down the answers of terminals that the disk refused earlier; call it now and then."""
    waiting = list(desk.unheard)
    desk.unheard.clear()
    for place, event in enumerate(waiting):
        try:
            _hear(desk, event)
        except StoreUnavailable:
            desk.unheard += waiting[place:]
            raise


def _hear(desk: Desk, event: CardEvent) -> None:
    request = desk.ports.past.card(event.request)
    if request is None:
        return  # what another till asked, or what left with an archive
    said = answered(event)
    is_its_end = not request.outcome or is_waiting(desk, request)
    if isinstance(event, CardEnded) and is_its_end:
        _answer(desk, request, said)
        if event.outcome is CardOutcome.UNKNOWN:
            desk.ports.sound.play("attention")
        _print_slip(desk, request, said)
    elif event.outcome is not CardOutcome.UNKNOWN:
        _keep_evidence(desk, request, said)


def _keep_evidence(desk: Desk, request: CardRequest, said: CardAnswered) -> None:
    """Write down what a terminal said late; where a person settled it else, a manager is told."""
    stands = request.outcome or "unknown"
    desk.record(said.model_copy(update={"outcome": stands, "heard": said.outcome}))
    was_paid, is_paid = stands == "approved", said.outcome == "approved"
    if stands != "unknown" and was_paid is not is_paid:
        amount = Amount(request.amount)
        desk.untold.append(_paid_after_all(amount) if is_paid else _unpaid_after_all(amount))


def _paid_after_all(amount: Amount) -> Sentence:
    return Sentence(
        "The card terminal said late that it did take {amount}, which was settled as not paid:"
        " look at its ticket, and pay it back on the terminal if the customer paid twice.",
        amount=amount,
    )


def _unpaid_after_all(amount: Amount) -> Sentence:
    return Sentence(
        "The card terminal said late that it did not take {amount}, which was settled as paid:"
        " look at its ticket and at its totals.",
        amount=amount,
    )


def _print_slip(desk: Desk, request: CardRequest, said: CardAnswered) -> None:
    """Print the terminal's receipt where it prints unasked; nothing suffers when that fails."""
    if prints_unasked(desk, request, said):
        with suppress(Refusal, StoreUnavailable):
            print_card(desk, request.request)


def print_card(desk: Desk, request: str | None = None) -> int:
    """Print the terminal's receipt of a card request (None: of the last one), for who asked for it.

    Raises Refusal `no_card_slip` where the terminal gave none, and what printing refuses.
    """
    which = request or desk.ports.past.last_card() or ""
    page = slip_of(desk, which)
    if page is None:
        raise Refusal(
            "no_card_slip", "The card terminal gave no receipt; it prints its own where it can."
        )
    return print_paper(desk, "card", which, lambda _copy: page)


def _waits_for(one: OpenBasket, request: CardRequest) -> bool:
    return one.card is not None and one.card.request == request.request


def _approved(desk: Desk, mine: OpenBasket, said: CardAnswered) -> SaleFinished | Basket:
    step = _card_step(desk, mine)
    after = mine.history.check(step)
    is_here = desk.person is not None and mine is desk.open.get(desk.person.ref)
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
    listen(desk)
    for mine in desk.baskets():
        shown = {tender.reference for tender in mine.basket.tenders}
        for request in desk.ports.past.cards(mine.name):
            if request.outcome in ("", "unknown"):
                mine.card = request
            elif request.outcome == "approved" and request.request not in shown:
                mine.card = request
                desk.keep(mine, _card_step(desk, mine))
                mine.card = None
