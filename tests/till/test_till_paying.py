"""Paying: tenders, change, limits, rounding, cards whose answer comes late, and the number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pos.domain.basket import Basket
from pos.domain.errors import Refusal
from pos.domain.events import BasketAbandoned, PermissionUsed, SaleFinished
from pos.domain.line import Discount
from pos.domain.staff import NeedsPermission, Permission
from pos.domain.tender import TenderRules
from pos.till import sell, tender
from pos.till.desk import Desk
from tests.till.shop import (
    BREAD,
    CARD,
    GIFT,
    MANAGER,
    MEAL,
    MILK,
    PAPER,
    Till,
    check_balance,
    on_disk,
    slug_of,
)

ALL_OFF = Discount(percent=10_000, reason="Geste commercial")
SUNDAY = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def sold(outcome: SaleFinished | Basket) -> SaleFinished:
    assert isinstance(outcome, SaleFinished)
    check_balance(outcome)
    return outcome


def priced(till: Till, amount: int) -> None:
    """Put one article of this price into the basket."""
    question = sell.scan(till.desk, GIFT)
    assert isinstance(question, sell.Question)
    sell.answer(till.desk, question, amount)


def five_cents(fiscal: str = "none") -> Till:
    rules = TenderRules(cash_rounding="five_cents")
    return Till(fiscal, change_rules=lambda house: replace(house, tenders=rules))


@pytest.mark.parametrize(
    ("given", "amount", "change"),
    [(None, 475, 0), (475, 475, 0), (500, 475, 25), (10_000, 475, 9525)],
)
def test_cash_settles_a_sale_and_gives_change(
    till: Till, given: int | None, amount: int, change: int
) -> None:
    till.scan(BREAD, MILK, PAPER)
    sale = sold(tender.pay_cash(till.desk, given))
    assert (sale.total, sale.tenders[0].amount, sale.change) == (475, amount, change)
    assert till.counter.opened == 1
    assert [event.kind for event in till.store.events[-2:]] == ["sale.finished", "drawer.opened"]
    assert till.desk.just_sold
    assert till.basket.is_empty


@pytest.mark.parametrize("amount", [0, -5, -1000, 100_000_000])
def test_what_is_no_amount_is_refused_on_every_tender(till: Till, amount: int) -> None:
    till.scan(MEAL)
    before = on_disk(till.store)
    gestures: tuple[Callable[[Till], object], ...] = (
        lambda it: tender.pay_cash(it.desk, amount),
        lambda it: tender.pay_cheque(it.desk, amount),
        lambda it: tender.pay_meal_voucher(it.desk, amount),
        lambda it: tender.ask_card(it.desk, amount),
    )
    for gesture in gestures:
        with pytest.raises(Refusal):
            gesture(till)
    assert on_disk(till.store) == before
    assert not till.basket.tenders


def test_an_empty_basket_takes_no_payment(till: Till) -> None:
    assert slug_of(lambda: tender.pay_cash(till.desk)) == "empty_basket"
    assert slug_of(lambda: tender.pay_cheque(till.desk)) == "empty_basket"
    assert slug_of(lambda: tender.finish(till.desk)) == "empty_basket"


def test_a_sale_is_split_over_several_tenders(till: Till) -> None:
    till.scan(MEAL, MEAL, PAPER)
    assert isinstance(tender.pay_meal_voucher(till.desk, 1000), Basket)
    assert isinstance(tender.pay_cheque(till.desk, 500), Basket)
    assert isinstance(tender.pay_cash(till.desk, 200), Basket)
    request = tender.ask_card(till.desk, 60)
    assert isinstance(tender.answer_card(till.desk, request, "approved"), Basket)
    sale = sold(tender.pay_cash(till.desk, 2000))
    assert [(one.method, one.amount) for one in sale.tenders] == [
        ("meal_voucher", 1000),
        ("cheque", 500),
        ("cash", 200),
        ("card", 60),
        ("cash", 1000),
    ]
    assert sale.change == 1000


def test_no_change_is_given_on_a_cheque_or_a_card(till: Till) -> None:
    till.scan(BREAD)
    assert slug_of(lambda: tender.pay_cheque(till.desk, 111)) == "over_due"
    assert slug_of(lambda: tender.ask_card(till.desk, 111)) == "over_due"


def give_back(till: Till, way: str) -> None:
    if way == "undo":
        sell.undo(till.desk)
    else:
        sell.take_tender_back(till.desk, till.basket.tenders[-1].n)


@pytest.mark.parametrize("way", ["undo", "back"])
@pytest.mark.parametrize(
    ("pay", "kept"),
    [
        (lambda desk: tender.pay_cash(desk, 500), ("cash", 500, 500)),
        (lambda desk: tender.pay_cheque(desk, 300), ("cheque", 300, 300)),
        (lambda desk: tender.pay_meal_voucher(desk, 200), ("meal_voucher", 200, 200)),
    ],
)
def test_money_given_back_before_the_end_stays_on_record(
    till: Till, way: str, pay: Callable[[Desk], object], kept: tuple[str, int, int]
) -> None:
    till.scan(MEAL)
    pay(till.desk)
    give_back(till, way)
    till.restart()
    sale = sold(tender.pay_cash(till.desk))
    assert [(one.method, one.amount, one.given) for one in sale.returned_tenders] == [kept]
    till.scan(MEAL)
    pay(till.desk)
    give_back(till, way)
    sell.abandon(till.desk, "client parti")
    (ended,) = [e for e in till.store.events if isinstance(e, BasketAbandoned)]
    assert [(one.method, one.amount, one.given) for one in ended.returned_tenders] == [kept]


def test_a_payment_that_an_undo_brings_back_was_not_given_back(till: Till) -> None:
    till.scan(MEAL)
    tender.pay_cash(till.desk, 500)
    sell.take_tender_back(till.desk, 1)
    sell.undo(till.desk)
    sale = sold(tender.pay_cash(till.desk))
    assert [one.amount for one in sale.tenders] == [500, 750]
    assert sale.returned_tenders == []


def test_a_payment_is_given_back_before_the_sale_ends(till: Till) -> None:
    till.scan(MEAL)
    tender.pay_cheque(till.desk, 500)
    assert slug_of(lambda: sell.abandon(till.desk, "")) == "paid_in_part"
    sell.take_tender_back(till.desk, 1)
    assert till.basket.due == 1250
    assert slug_of(lambda: sell.take_tender_back(till.desk, 1)) == "no_tender"


def test_the_total_does_not_fall_under_what_was_paid(till: Till) -> None:
    till.scan(MEAL, BREAD)
    tender.pay_cheque(till.desk, 1300)
    assert slug_of(lambda: sell.void_line(till.desk, 1)) == "under_paid_amount"
    sell.undo(till.desk)
    sell.void_line(till.desk, 1)
    assert till.basket.total == 110


def test_a_basket_that_its_payments_cover_is_finished_by_the_exact_key(till: Till) -> None:
    till.scan(MEAL, BREAD)
    tender.pay_cheque(till.desk, 1250)
    sell.void_line(till.desk, 2)
    assert till.basket.due == 0
    assert slug_of(lambda: tender.pay_cheque(till.desk)) == "nothing_due"
    assert slug_of(lambda: tender.pay_cash(till.desk, 2000)) == "nothing_due"
    sale = sold(tender.pay_cash(till.desk))
    assert [one.method for one in sale.tenders] == ["cheque"]
    assert till.counter.opened == 0


def test_a_sale_that_costs_nothing_gets_its_ticket_and_no_tender(till: Till) -> None:
    till.scan(BREAD, MEAL)
    sell.discount_ticket(till.desk, ALL_OFF, till.loan(Permission.BIG_DISCOUNT))
    assert slug_of(lambda: tender.ask_card(till.desk)) == "nothing_due"
    sale = sold(tender.pay_cash(till.desk))
    assert (sale.total, sale.tenders, sale.ticket) == (0, [], 1)
    assert [(row.gross, row.net, row.tax) for row in sale.vat] == [(0, 0, 0), (0, 0, 0)]


def test_finishing_is_refused_while_something_is_due(till: Till) -> None:
    till.scan(BREAD)
    assert slug_of(lambda: tender.finish(till.desk)) == "not_paid"


@pytest.mark.parametrize(
    ("price", "given", "rounding", "amount", "change"),
    [
        (1002, None, -2, 1000, 0),
        (1003, None, 2, 1005, 0),
        (1003, 1003, 0, 1003, 0),
        (1003, 1004, 0, 1003, 1),
        (1003, 2000, 2, 1005, 995),
        (1002, 1001, -2, 1000, 1),
        (1005, 1005, 0, 1005, 0),
        (2, None, -2, 0, 0),
        (2, 5, -2, 0, 5),
        (3, None, 2, 5, 0),
    ],
)
def test_cash_rounds_to_five_cents_where_the_country_rounds(
    price: int, given: int | None, rounding: int, amount: int, change: int
) -> None:
    till = five_cents()
    priced(till, price)
    sale = sold(tender.pay_cash(till.desk, given))
    assert (sale.rounding, sale.tenders[0].amount, sale.change) == (rounding, amount, change)
    assert sale.total == price


def test_only_the_part_paid_in_cash_is_rounded() -> None:
    till = five_cents()
    priced(till, 1003)
    tender.pay_cheque(till.desk, 500)
    sale = sold(tender.pay_cash(till.desk, 1000))
    assert (sale.rounding, sale.change) == (2, 495)
    priced(till, 1003)
    tender.pay_cash(till.desk, 500)
    assert sold(tender.pay_cheque(till.desk)).rounding == 0
    priced(till, 1003)
    tender.pay_cash(till.desk, 500)
    assert sold(tender.pay_cash(till.desk)).rounding == 2


def test_a_rest_of_two_cents_after_a_card_rounds_to_nothing() -> None:
    till = five_cents()
    priced(till, 1002)
    tender.answer_card(till.desk, tender.ask_card(till.desk, 1000), "approved")
    sale = sold(tender.pay_cash(till.desk))
    assert (sale.rounding, sale.tenders[-1].amount) == (-2, 0)


def test_no_cash_is_rounded_in_france(french_till: Till) -> None:
    priced(french_till, 1003)
    assert sold(tender.pay_cash(french_till.desk)).rounding == 0


def test_the_law_limits_cash_over_all_the_tenders_of_a_sale(till: Till) -> None:
    priced(till, 150_000)
    tender.pay_cash(till.desk, 60_000)
    assert slug_of(lambda: tender.pay_cash(till.desk, 40_001)) == "cash_limit"
    assert slug_of(lambda: tender.pay_cash(till.desk, 90_000)) == "cash_limit"
    tender.pay_cash(till.desk, 40_000)
    assert slug_of(lambda: tender.pay_cash(till.desk, 1)) == "cash_limit"
    sold(tender.pay_cheque(till.desk))


def test_change_does_not_count_towards_the_cash_limit(till: Till) -> None:
    priced(till, 100_000)
    assert sold(tender.pay_cash(till.desk, 150_000)).change == 50_000


def test_a_payer_from_abroad_may_pay_more_in_cash_when_a_manager_saw_the_proof(
    till: Till,
) -> None:
    priced(till, 150_000)
    with pytest.raises(NeedsPermission):
        tender.pay_cash(till.desk, nonresident=True)
    sold(tender.pay_cash(till.desk, nonresident=till.loan(Permission.CASH_NONRESIDENT)))
    used = [e for e in till.store.events if isinstance(e, PermissionUsed)]
    assert [(one.permission, one.lender) for one in used] == [("cash_nonresident", "staff-3")]
    till.sign_in(MANAGER)
    priced(till, 1_500_001)
    assert slug_of(lambda: tender.pay_cash(till.desk, nonresident=True)) == "cash_limit"
    assert len([e for e in till.store.events if isinstance(e, PermissionUsed)]) == 1


@pytest.mark.parametrize(
    ("codes", "discount", "most"),
    [
        ([PAPER, CARD], None, None),  # nothing eligible
        ([MEAL], None, 1250),
        ([MEAL, PAPER], None, 1250),
        ([MEAL] * 3, None, 2500),  # the daily cap
        ([MEAL, PAPER], Discount(percent=1000), 1125),
        ([MEAL, PAPER], Discount(amount=100), 1167),  # 83 of the 100 fall on the meal
    ],
)
def test_meal_vouchers_pay_eligible_lines_up_to_the_cap(
    till: Till, codes: list[str], discount: Discount | None, most: int | None
) -> None:
    till.scan(*codes)
    if discount:
        sell.discount_ticket(till.desk, discount)
    if most is None:
        assert slug_of(lambda: tender.pay_meal_voucher(till.desk)) == "meal_voucher_most"
        return
    assert slug_of(lambda: tender.pay_meal_voucher(till.desk, most + 1)) == "meal_voucher_most"
    outcome = tender.pay_meal_voucher(till.desk)
    tenders = outcome.tenders
    assert [(one.method, one.amount) for one in tenders] == [("meal_voucher", most)]


def test_several_meal_vouchers_together_stay_under_the_cap_and_the_eligible_lines(
    till: Till,
) -> None:
    till.scan(MEAL, MEAL, MEAL)
    for amount in (900, 900, 700):
        tender.pay_meal_voucher(till.desk, amount)
    assert slug_of(lambda: tender.pay_meal_voucher(till.desk, 1)) == "meal_voucher_most"
    sale = sold(tender.pay_cheque(till.desk))
    assert sum(one.amount for one in sale.tenders if one.method == "meal_voucher") == 2500


def test_meal_vouchers_do_not_end_up_paying_for_a_newspaper(till: Till) -> None:
    till.scan(MEAL, PAPER, PAPER, PAPER, PAPER, PAPER)
    tender.pay_meal_voucher(till.desk)
    before = till.basket
    assert slug_of(lambda: sell.void_line(till.desk, 1)) == "under_meal_vouchers"
    assert slug_of(lambda: sell.discount_ticket(till.desk, Discount(amount=100))) == (
        "under_meal_vouchers"
    )
    assert till.basket == before


def test_meal_vouchers_are_not_taken_on_a_sunday(till: Till) -> None:
    till.clock.at = SUNDAY
    till.scan(MEAL)
    assert slug_of(lambda: tender.pay_meal_voucher(till.desk)) == "meal_voucher_day"


def test_a_tender_the_shop_does_not_take_is_refused(till: Till) -> None:
    rules = TenderRules(accepted=frozenset({"cash"}))
    other = Till(till.fiscal, change_rules=lambda house: replace(house, tenders=rules))
    other.scan(MEAL)
    assert slug_of(lambda: tender.pay_cheque(other.desk)) == "tender_off"
    assert slug_of(lambda: tender.pay_meal_voucher(other.desk)) == "tender_off"
    assert slug_of(lambda: tender.ask_card(other.desk)) == "tender_off"
