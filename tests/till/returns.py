"""Selling and giving back in a line, for the tests of refunds."""

from __future__ import annotations

from pos.domain.basket import Basket
from pos.domain.events import PermissionUsed, SaleFinished
from pos.ports import CardRequest
from pos.till import refund, tender
from tests.till.shop import (
    Till,
    check_balance,
)

WHY = "ne convient pas"


def done(outcome: SaleFinished | Basket | CardRequest) -> SaleFinished:
    assert isinstance(outcome, SaleFinished)
    check_balance(outcome)
    return outcome


def sold(till: Till, *codes: str) -> SaleFinished:
    """Sell these articles for cash."""
    till.scan(*codes)
    return done(tender.pay_cash(till.desk))


def by_card(till: Till, *codes: str) -> SaleFinished:
    till.scan(*codes)
    return done(tender.answer_card(till.desk, tender.ask_card(till.desk), "approved"))


def gives_back(till: Till, sale: SaleFinished, n: int = 1, quantity: int | None = None) -> Basket:
    return refund.return_line(till.desk, sale.label, n, quantity, WHY)


def used(till: Till) -> list[tuple[str, str | None]]:
    return [
        (one.permission, one.lender) for one in till.store.events if isinstance(one, PermissionUsed)
    ]
