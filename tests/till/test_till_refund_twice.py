"""Two baskets that hold the same goods: neither the goods nor the money go back twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pos.domain.catalogue import VatTable
from pos.domain.events import CardAnswered, CardAsked, SaleFinished
from pos.domain.staff import Permission
from pos.ports import CardRequest
from pos.till import closing, refund, sell, tender
from tests.till.returns import WHY, by_card, done, gives_back, sold
from tests.till.shop import (
    ARTICLES,
    BREAD,
    CASHIER,
    COLLEAGUE,
    LAMP,
    MANAGER,
    Till,
    on_disk,
    slug_of,
)


def test_what_a_colleague_or_a_basket_put_aside_gives_back_is_not_given_twice(till: Till) -> None:
    till.scan(BREAD)
    sell.set_quantity(till.desk, 1, 3000)
    sale = done(tender.pay_cash(till.desk))
    gives_back(till, sale, quantity=1000)
    sell.park(till.desk)
    till.sign_in(COLLEAGUE)
    gives_back(till, sale, quantity=1000)
    till.sign_in(MANAGER)
    assert slug_of(lambda: gives_back(till, sale, quantity=2000)) == "over_returned"
    assert gives_back(till, sale, quantity=1000).due == -110


@pytest.mark.parametrize("instead", [[], [LAMP]])
def test_two_baskets_cannot_both_give_the_same_thing_back(till: Till, instead: list[str]) -> None:
    sale = sold(till, BREAD)
    gives_back(till, sale)
    sell.void_line(till.desk, 1)
    till.sign_in(COLLEAGUE)
    gives_back(till, sale)
    till.scan(*instead)
    till.sign_in(CASHIER)
    before = on_disk(till.store)
    assert slug_of(lambda: sell.undo(till.desk)) == "nothing_left"
    assert on_disk(till.store) == before
    till.sign_in(COLLEAGUE)
    done(tender.pay_cash(till.desk))
    till.sign_in(CASHIER)
    assert slug_of(lambda: sell.undo(till.desk)) == "nothing_left"


PAYMENTS: dict[str, Callable[[Till], object]] = {
    "cash": lambda till: tender.pay_cash(till.desk),
    "part in cash": lambda till: tender.pay_cash(till.desk, 10),
    "card": lambda till: tender.ask_card(till.desk),
    "whatever it was paid by": lambda till: refund.pay_back(till.desk),
}


def held_twice(till: Till, *instead: str) -> SaleFinished:
    """Leave two baskets on disk that give the same lamp back, as an older till may have."""
    sale = by_card(till, LAMP)
    gives_back(till, sale)
    till.scan(*instead)
    (draft,) = till.store.drafts.values()
    till.store.drafts["other"] = replace(draft, basket="other", staff="staff-2")
    till.restart()
    return sale


@pytest.mark.parametrize("payment", PAYMENTS.values(), ids=PAYMENTS)
@pytest.mark.parametrize("instead", [[], [BREAD], [LAMP, BREAD]])
def test_goods_that_two_baskets_give_back_are_first_taken_out_of_one(
    till: Till, instead: list[str], payment: Callable[[Till], object]
) -> None:
    held_twice(till, *instead)
    before = on_disk(till.store)
    assert slug_of(lambda: payment(till)) == "nothing_left"
    assert on_disk(till.store) == before
    sell.void_line(till.desk, 1)
    till.sign_in(COLLEAGUE)
    back = refund.pay_back(till.desk) if till.basket.due < 0 else tender.ask_card(till.desk)
    done(tender.answer_card(till.desk, back, "approved")) if isinstance(back, CardRequest) else back


def test_a_card_that_paid_back_what_another_basket_had_paid_back_is_kept(till: Till) -> None:
    sale = held_twice(till)
    for one in till.desk.baskets():
        till.store.record(
            CardAsked(
                request=f"of {one.staff}",
                basket=one.name,
                amount=-sale.total,
                terminal="manual",
                staff=one.staff,
            )
        )
    till.restart(COLLEAGUE)
    asked = {one.request: one for one in till.store.cards()}
    done(tender.answer_card(till.desk, asked["of staff-2"], "approved"))
    till.sign_in(CASHIER)
    kept = tender.answer_card(till.desk, asked["of staff-1"], "approved")
    assert (kept, till.basket.due) == (till.basket, 0)
    assert till.store.cards() == []
    answers = [one for one in till.store.events if isinstance(one, CardAnswered)]
    assert [one.outcome for one in answers][-2:] == ["approved"] * 2
    (told,) = closing.catch_up(till.desk)
    assert str(told).startswith(
        "The card payment is kept, but its basket cannot be finished: Nothing of"
    )
    assert till.restart().desk.basket == kept
    assert slug_of(lambda: tender.pay_cash(till.desk)) == "nothing_left"
    loan = till.loan(Permission.REFUND_WITHOUT_TICKET)
    refund.return_article(till.desk, ARTICLES[5], 1000, sale.total, WHY, loan)
    sell.void_line(till.desk, 1)
    assert done(tender.pay_cash(till.desk)).total == -sale.total


def test_a_card_is_kept_when_nobody_knows_the_rate_of_what_it_paid(till: Till) -> None:
    till.scan(LAMP)
    request = tender.ask_card(till.desk)
    rules = till.desk.rules
    till.desk.rules = replace(rules, vat=VatTable({}, {}))
    kept = tender.answer_card(till.desk, request, "approved")
    assert (kept, till.basket.due, till.sales()) == (till.basket, 0, [])
    till.desk.rules = rules
    assert done(tender.pay_cash(till.desk)).tenders[0].method == "card"
