"""Paying back: as it was paid, by the shop's policy, or by a manager's word; cards and cuts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pos.domain.basket import Basket
from pos.domain.shop import RefundRules
from pos.domain.staff import NeedsPermission, Permission
from pos.ports import CardRequest
from pos.till import refund, sell, tender
from tests.till.returns import by_card, done, gives_back, sold, used
from tests.till.shop import (
    BREAD,
    COLLEAGUE,
    LAMP,
    MEAL,
    PAPER,
    Till,
    on_disk,
    slug_of,
)


def test_an_exchange_for_something_dearer_is_paid_and_for_something_cheaper_pays_back(
    till: Till,
) -> None:
    sale = by_card(till, MEAL)
    gives_back(till, sale)
    till.scan(LAMP)
    assert till.basket.due == 2999 - 1250
    dearer = done(tender.pay_cash(till.desk, 2000))
    assert (dearer.operation, dearer.total, dearer.change) == ("exchange", 1749, 251)
    gives_back(till, dearer, 2)
    till.scan(PAPER)
    assert till.basket.due == 260 - 2999
    assert [(one.method, one.most) for one in refund.ways_back(till.desk)] == [
        ("cash", 1749),
        ("card", 990),
    ]
    assert isinstance(refund.pay_back(till.desk), Basket)
    request = refund.pay_back(till.desk)
    assert isinstance(request, CardRequest)
    assert request.amount == -990
    cheaper = done(tender.answer_card(till.desk, request, "approved"))
    assert [(one.method, one.amount, one.origin) for one in cheaper.tenders] == [
        ("cash", -1749, dearer.label),
        ("card", -990, sale.label),
    ]


@pytest.mark.parametrize("answer", ["approved", "unknown"])
def test_a_card_gives_back_what_it_paid_also_across_a_power_cut(till: Till, answer: str) -> None:
    sale = by_card(till, MEAL)
    gives_back(till, sale)
    request = tender.ask_card(till.desk)
    assert request.amount == -1250
    assert slug_of(lambda: tender.pay_cash(till.desk)) == "card_open"
    if answer == "unknown":
        tender.answer_card(till.desk, request, "unknown")
        till.restart()
        (request,) = tender.unsettled(till.desk)
    back = done(tender.answer_card(till.desk, request, "approved"))
    assert [(one.method, one.amount, one.origin) for one in back.tenders] == [
        ("card", -1250, sale.label)
    ]
    assert back.tenders[0].reference == request.request


def test_an_approved_card_refund_is_put_back_after_a_cut_before_it_joined(till: Till) -> None:
    sale = by_card(till, MEAL, BREAD)
    gives_back(till, sale)
    gives_back(till, sale, 2)
    request = tender.ask_card(till.desk, 1000)
    till.sign_in(COLLEAGUE)
    tender.answer_card(till.desk, request, "approved")
    till.restart()
    assert till.basket.due == -360
    assert [one.origin for one in till.basket.tenders] == [sale.label]
    assert slug_of(lambda: sell.undo(till.desk)) == "card_not_undone"
    assert slug_of(lambda: till.scan(LAMP)) == "over_given_amount"
    request = tender.ask_card(till.desk)
    done(tender.answer_card(till.desk, request, "approved"))


def test_a_declined_card_refund_leaves_the_basket_to_pay_back(till: Till) -> None:
    gives_back(till, by_card(till, MEAL))
    tender.answer_card(till.desk, tender.ask_card(till.desk), "declined")
    assert till.basket.due == -1250
    assert [one.method for one in refund.ways_back(till.desk)] == ["card"]


def test_another_tender_than_it_was_paid_with_needs_a_manager(till: Till) -> None:
    gives_back(till, by_card(till, MEAL))
    before = on_disk(till.store)
    gestures: tuple[Callable[[], object], ...] = (
        lambda: tender.pay_cash(till.desk),
        lambda: tender.pay_cheque(till.desk),
        lambda: tender.pay_meal_voucher(till.desk, 5),
        lambda: refund.pay_back(till.desk, "cash", 5),
    )
    for gesture in gestures:
        with pytest.raises(NeedsPermission) as guarded:
            gesture()
        assert guarded.value.permission is Permission.REFUND_OTHER_TENDER
    assert on_disk(till.store) == before
    loan = till.loan(Permission.REFUND_OTHER_TENDER)
    back = done(refund.pay_back(till.desk, "cash", loan=loan))
    assert [(one.method, one.amount) for one in back.tenders] == [("cash", -1250)]
    assert ("refund_other_tender", "staff-3") in used(till)
    assert loan.spent


def test_a_manager_may_let_a_card_give_back_what_cash_paid(till: Till) -> None:
    sale = sold(till, MEAL)
    gives_back(till, sale)
    with pytest.raises(NeedsPermission):
        tender.ask_card(till.desk)
    loan = till.loan(Permission.REFUND_OTHER_TENDER)
    request = refund.pay_back(till.desk, "card", loan=loan)
    assert isinstance(request, CardRequest)
    assert loan.spent
    back = done(tender.answer_card(till.desk, request, "approved"))
    assert [(one.method, one.origin) for one in back.tenders] == [("card", sale.label)]


def test_a_cheque_goes_back_in_cash_unless_the_shop_says_otherwise(till: Till) -> None:
    till.scan(MEAL)
    sale = done(tender.pay_cheque(till.desk))
    gives_back(till, sale)
    assert [one.method for one in done(refund.pay_back(till.desk)).tenders] == ["cash"]
    own = Till(
        till.fiscal, change_rules=lambda house: replace(house, refunds=RefundRules(instead={}))
    )
    own.scan(MEAL)
    gives_back(own, done(tender.pay_cheque(own.desk)))
    assert [one.method for one in done(tender.pay_cheque(own.desk)).tenders] == ["cheque"]


def test_a_payment_that_went_back_too_soon_is_taken_back_from_the_customer(till: Till) -> None:
    gives_back(till, sold(till, MEAL))
    assert isinstance(tender.pay_cash(till.desk, 500), Basket)
    assert slug_of(lambda: tender.pay_cash(till.desk, 751)) == "over_owed"
    assert slug_of(lambda: till.scan(LAMP)) == "over_given_amount"
    sell.take_tender_back(till.desk, 1)
    till.scan(LAMP)
    sale = done(tender.pay_cash(till.desk))
    assert [(one.method, one.amount) for one in sale.returned_tenders] == [("cash", -500)]


def test_cash_that_goes_back_is_limited_and_a_proof_of_a_home_abroad_lifts_it(till: Till) -> None:
    question = sell.scan(till.desk, "3760000000055")
    assert isinstance(question, sell.Question)
    sell.answer(till.desk, question, 150_000)
    loan = till.loan(Permission.CASH_NONRESIDENT)
    sale = done(tender.pay_cash(till.desk, nonresident=loan))
    gives_back(till, sale)
    assert slug_of(lambda: tender.pay_cash(till.desk)) == "cash_limit"
    with pytest.raises(NeedsPermission):
        tender.pay_cash(till.desk, nonresident=True)
    loan = till.loan(Permission.CASH_NONRESIDENT)
    assert done(tender.pay_cash(till.desk, nonresident=loan)).total == -150_000
    assert loan.spent
