"""Paying back what a basket owes its customer: first the way it was paid, else by permission."""

from __future__ import annotations

from pos.domain.basket import Basket
from pos.domain.events import PermissionUsed, SaleFinished
from pos.domain.line import Tender
from pos.domain.payback import (
    PaidTicket,
    Payback,
    Walk,
    WayBack,
    paid_by_origin,
    returned_by_ticket,
    tenders_back,
)
from pos.domain.payback import pay_back as decide
from pos.domain.staff import Permission
from pos.ports import CardRequest
from pos.till import cards
from pos.till.desk import Desk, Loan, check_no_card, spend
from pos.till.finish import take
from pos.till.given import check_returns, given_back


def ways_back(desk: Desk, basket: Basket | None = None) -> list[WayBack]:
    """Return how a basket (None: the present one) pays back what it owes, in order; [] for none.

    The payments of the tickets that its goods came with, as they were made; where the shop gives
    one back by another tender, that one. Never more than each paid, over any number of visits.
    """
    what = desk.basket if basket is None else basket
    if what.due >= 0:
        return []

    def find(label: str) -> PaidTicket | None:
        sale = desk.ports.past.sale(label)
        return None if sale is None else PaidTicket(sale, given_back(desk, label).tenders)

    walk = Walk(find, desk.rules.refunds.instead, paid_by_origin(what))
    return walk.ways(returned_by_ticket(what), -what.due)


def origin_of_card(desk: Desk, basket: Basket) -> str:
    """Return the ticket whose payment a card pays back now."""
    ways = ways_back(desk, basket)
    by_card = (way.origin for way in ways if way.method == "card")
    return next(by_card, next(iter(returned_by_ticket(basket)), ""))


def pay_back(
    desk: Desk, method: str | None = None, amount: int | None = None, loan: Loan | None = None
) -> SaleFinished | Basket | CardRequest:
    """Pay back an amount (None: all of it) by a tender (None: the first way back).

    The sale when nothing is owed then, else the basket; a card is asked of its terminal, and
    answered by `tender.answer_card`. Another tender than a way back, or more than it has left,
    needs `refund_other_tender`.
    Raises Refusal: `card_open`, `nothing_owed`, `bad_amount`, `over_owed`, `tender_off`,
    `too_many_tenders`, `cash_limit`.
    """
    ways = ways_back(desk)
    by = method or (ways[0].method if ways else "cash")
    return ask_back(desk, amount, loan) if by == "card" else give(desk, by, amount, loan)


def ask_back(desk: Desk, amount: int | None = None, loan: Loan | None = None) -> CardRequest:
    """Ask the card terminal to pay back; see `pay_back`."""
    back, _ = _decided(desk, "card", amount)
    return cards.ask(desk, -back.amount, _other(desk, back, loan), loan)


def give(
    desk: Desk,
    method: str,
    amount: int | None = None,
    loan: Loan | None = None,
    *,
    nonresident: Loan | bool = False,
) -> SaleFinished | Basket:
    """Pay back by any tender but a card; see `pay_back`, `nonresident` is as for cash taken."""
    back, tenders = _decided(desk, method, amount, nonresident=bool(nonresident))
    other = _other(desk, back, loan)
    lent = nonresident if isinstance(nonresident, Loan) else None
    abroad = desk.permit(Permission.CASH_NONRESIDENT, lent) if nonresident else None
    used = [one for one in (other, abroad) if one is not None]
    outcome = take(desk, tenders, used, is_all=back.is_all)
    spend(loan, other)
    spend(lent, abroad)
    return outcome


def _decided(
    desk: Desk, method: str, amount: int | None, *, nonresident: bool = False
) -> tuple[Payback, list[Tender]]:
    check_no_card(desk.mine())
    basket, rules = desk.basket, desk.rules.tenders
    check_returns(desk, basket)
    back = decide(basket, method, amount, ways_back(desk), rules)
    return back, tenders_back(basket, method, back, rules, nonresident=nonresident)


def _other(desk: Desk, back: Payback, loan: Loan | None) -> PermissionUsed | None:
    return None if back.is_agreed else desk.permit(Permission.REFUND_OTHER_TENDER, loan)
