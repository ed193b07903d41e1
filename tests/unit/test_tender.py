"""What each tender may count for."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.basket import Added, Basket, Tendered, TicketDiscounted, apply
from pos.domain.errors import Refusal
from pos.domain.line import Discount, Line
from pos.domain.tender import (
    TENDERS_MAX,
    TenderRules,
    cash,
    change,
    check_meal_vouchers,
    exact,
    line_totals,
    meal_voucher,
    meal_voucher_most,
    quick_cash,
    round_cash,
    ticket_discount_parts,
)

MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 22)
FIVE = TenderRules(cash_rounding="five_cents")


def basket_of(*prices: int, meal: int = 0, eco: int = 0) -> Basket:
    """Return a basket of these prices; the first `meal` lines are eligible for meal vouchers."""
    basket = Basket()
    for n, price in enumerate(prices, start=1):
        line = Line(
            n=n, sku=str(n), name="x", vat="FR20", unit_price=price, meal_voucher=n <= meal, eco=eco
        )
        basket = apply(basket, Added(line=line))
    return basket


@pytest.mark.parametrize(
    ("cents", "rounded"),
    [
        (0, 0), (1, 0), (2, 0), (3, 5), (4, 5), (5, 5), (6, 5), (7, 5), (8, 10), (9, 10),
        (-1, 0), (-2, 0), (-3, -5), (-7, -5), (-8, -10), (1002, 1000), (1003, 1005),
    ],
)  # fmt: skip
def test_cash_is_rounded_to_five_cents_by_its_absolute_value(cents: int, rounded: int) -> None:
    assert round_cash(cents, "five_cents") == rounded
    assert round_cash(cents, "none") == cents


@given(due=st.integers(1, 10**6), given_=st.integers(1, 2 * 10**6))
def test_cash_counts_for_no_more_than_the_rounded_due_and_change_is_the_rest(
    due: int, given_: int
) -> None:
    for rules in (TenderRules(cash_limit=10**9), TenderRules(10**9, cash_rounding="five_cents")):
        tender = cash(basket_of(due), given_, rules)
        owed = round_cash(due, rules.cash_rounding)
        assert tender.amount <= max(owed, due)
        assert tender.given == given_
        assert tender.amount == given_ or given_ >= min(owed, due)
        assert change(tender.amount, given_) == given_ - tender.amount >= 0


@pytest.mark.parametrize("amount", [0, -1, -5, 100_000_000])
def test_no_tender_is_taken_for_what_is_no_amount(amount: int) -> None:
    basket = basket_of(1250, meal=1)
    rules = TenderRules()
    with pytest.raises(Refusal):
        cash(basket, amount, rules)
    with pytest.raises(Refusal):
        cash(basket_of(2), -5, FIVE)
    with pytest.raises(Refusal):
        exact(basket, "cheque", amount, rules)
    with pytest.raises(Refusal):
        meal_voucher(basket, amount, rules, MONDAY)


def test_a_basket_takes_twenty_payments() -> None:
    basket = basket_of(1250)
    for _ in range(TENDERS_MAX):
        basket = apply(basket, Tendered(tender=exact(basket, "cheque", 1, TenderRules())))
    with pytest.raises(Refusal) as refused:
        exact(basket, "cheque", 1, TenderRules())
    assert refused.value.slug == "too_many_tenders"


@pytest.mark.parametrize(
    ("given_", "nonresident", "rest"),
    [(100_001, False, 100_000), (200_000, False, 100_000), (1_500_001, True, 1_500_000)],
)
def test_the_refusal_over_the_cash_limit_says_how_much_cash_is_still_allowed(
    given_: int, nonresident: bool, rest: int
) -> None:
    with pytest.raises(Refusal) as refused:
        cash(basket_of(9_000_000), given_, TenderRules(), nonresident=nonresident)
    assert refused.value.slug == "cash_limit"
    assert f"{rest // 100}.00 at most" in str(refused.value)


@pytest.mark.parametrize(
    ("due", "offered"),
    [
        (0, []),
        (-5, []),
        (500, [500, 1000, 2000, 5000, 10000]),
        (475, [475, 500, 1000, 2000, 5000, 10000]),
        (1250, [1250, 1300, 1500, 2000, 5000, 10000]),
        (123_456, [123_456, 123_500, 124_000, 125_000, 130_000]),
    ],
)
def test_the_quick_keys_offer_what_a_customer_is_likely_to_hand_over(
    due: int, offered: list[int]
) -> None:
    assert quick_cash(due, (500, 1000, 2000, 5000, 10_000)) == offered


@given(due=st.integers(1, 10**6))
def test_every_quick_key_pays_the_due(due: int) -> None:
    offered = quick_cash(due, (500, 1000, 2000, 5000, 10_000))
    assert offered[0] == due
    assert offered == sorted(set(offered))
    assert len(offered) <= 6


@pytest.mark.parametrize(
    ("prices", "meal", "discount", "most"),
    [
        ((1250, 260), 1, None, 1250),
        ((1250, 260), 0, None, 0),
        ((2000, 2000), 2, None, 2500),
        ((1000, 1000), 1, Discount(percent=5000), 500),
        ((1000, 1000), 1, Discount(amount=2000), 0),
        ((1001, 1000), 1, Discount(amount=1), 1000),
    ],
)
def test_meal_vouchers_pay_what_the_eligible_lines_cost_after_the_discount(
    prices: tuple[int, ...], meal: int, discount: Discount | None, most: int
) -> None:
    basket = apply(basket_of(*prices, meal=meal), TicketDiscounted(discount=discount))
    assert meal_voucher_most(basket, TenderRules()) == most


def test_meal_vouchers_have_their_days_and_their_last_day() -> None:
    basket, rules = basket_of(1250, meal=1), TenderRules(meal_voucher_until=MONDAY)
    assert meal_voucher(basket, None, rules, MONDAY).amount == 1250
    for day, slug in ((SUNDAY, "meal_voucher_day"), (date(2026, 11, 24), "meal_voucher_until")):
        with pytest.raises(Refusal) as refused:
            meal_voucher(basket, None, rules, day)
        assert refused.value.slug == slug


def test_a_basket_whose_meal_vouchers_pay_too_much_is_refused() -> None:
    basket = basket_of(1250, 260, meal=1)
    covered = apply(basket, Tendered(tender=meal_voucher(basket, 1250, TenderRules(), MONDAY)))
    check_meal_vouchers(covered)
    with pytest.raises(Refusal) as refused:
        check_meal_vouchers(apply(covered, TicketDiscounted(discount=Discount(amount=10))))
    assert refused.value.slug == "under_meal_vouchers"


@given(
    prices=st.lists(st.integers(0, 5000), min_size=1, max_size=60),
    eco=st.sampled_from((0, 12, 6000)),
    discount=st.builds(Discount, percent=st.integers(0, 10_000))
    | st.builds(Discount, amount=st.integers(0, 90_000)),
)
def test_the_discount_of_a_ticket_is_shared_to_the_cent_and_leaves_no_line_negative(
    prices: list[int], eco: int, discount: Discount
) -> None:
    basket = apply(basket_of(*prices, eco=eco), TicketDiscounted(discount=discount))
    parts = ticket_discount_parts(basket)
    assert sum(parts) == basket.ticket_discount_amount
    assert all(
        0 <= part <= line.total - line.eco_amount
        for part, line in zip(parts, basket.lines, strict=True)
    )
    assert sum(line_totals(basket)) == basket.total >= 0


def test_an_empty_basket_has_no_discount_to_share() -> None:
    assert ticket_discount_parts(Basket()) == []
