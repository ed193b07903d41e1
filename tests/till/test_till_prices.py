"""Prices and discounts: who may change them, by how much, and what they never touch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pos.domain.basket import Basket
from pos.domain.events import PermissionUsed
from pos.domain.line import Discount
from pos.domain.staff import NeedsPermission, Permission
from pos.till import sell, tender
from tests.till.shop import (
    APPLES,
    BREAD,
    GIFT,
    LAMP,
    MEAL,
    MILK,
    WINE,
    Till,
    slug_of,
)

TEN_PERCENT = Discount(percent=1000, reason="Fin de série")
HALF = Discount(percent=5000, reason="Abîmé")


def totals(basket: Basket) -> list[int]:
    return [line.total for line in basket.lines]


def test_a_price_is_changed_only_by_permission_and_the_old_one_stays_on_the_line(
    till: Till,
) -> None:
    till.scan(BREAD)
    with pytest.raises(NeedsPermission):
        sell.set_price(till.desk, 1, 100)
    assert totals(till.basket) == [110]
    sell.set_price(till.desk, 1, 100, till.loan(Permission.PRICE_OVERRIDE))
    sell.set_price(till.desk, 1, 90, till.loan(Permission.PRICE_OVERRIDE))
    line = till.basket.line(1)
    assert (line.unit_price, line.catalogue_price) == (90, 110)
    used = [e for e in till.store.events if isinstance(e, PermissionUsed)]
    assert [(one.staff, one.lender) for one in used] == [("staff-1", "staff-3")] * 2


def test_a_price_never_falls_under_the_eco_participation(till: Till) -> None:
    till.scan(LAMP)
    loan = till.loan(Permission.PRICE_OVERRIDE)
    assert slug_of(lambda: sell.set_price(till.desk, 1, 11, loan)) == "under_eco"
    assert not till.events("permission.used")
    sell.set_price(till.desk, 1, 12, loan)
    sell.discount_ticket(till.desk, Discount(percent=1000))
    assert till.basket.total == 12


def test_a_loan_serves_for_one_gesture(till: Till) -> None:
    till.scan(BREAD, MILK)
    loan = till.loan(Permission.PRICE_OVERRIDE)
    sell.set_price(till.desk, 1, 100, loan)
    with pytest.raises(NeedsPermission):
        sell.set_price(till.desk, 2, 100, loan)
    with pytest.raises(NeedsPermission):
        sell.discount_line(till.desk, 2, HALF, till.loan(Permission.NO_SALE))


@pytest.mark.parametrize(
    ("code", "discount", "off"),
    [
        (BREAD, TEN_PERCENT, 11),
        (MILK, TEN_PERCENT, 11),  # 10.5 cents, rounded half up, is still ten per cent
        (BREAD, Discount(amount=11), 11),
        (LAMP, TEN_PERCENT, 299),  # of 29.99 less 0.12 of eco-participation
    ],
)
def test_a_cashier_may_take_off_a_tenth(
    till: Till, code: str, discount: Discount, off: int
) -> None:
    till.scan(code)
    sell.discount_line(till.desk, 1, discount)
    assert till.basket.line(1).discount_amount == off
    assert [e for e in till.store.events if isinstance(e, PermissionUsed)][-1].lender is None


@pytest.mark.parametrize("discount", [HALF, Discount(percent=1001), Discount(amount=12)])
def test_more_than_a_tenth_needs_a_manager(till: Till, discount: Discount) -> None:
    till.scan(BREAD)
    gestures: list[Callable[[], object]] = [
        lambda: sell.discount_line(till.desk, 1, discount),
        lambda: sell.discount_ticket(till.desk, discount),
    ]
    for gesture in gestures:
        with pytest.raises(NeedsPermission) as refused:
            gesture()
        assert refused.value.permission is Permission.BIG_DISCOUNT
    sell.discount_line(till.desk, 1, discount, till.loan(Permission.BIG_DISCOUNT))
    assert till.basket.total < 110


def test_a_fixed_discount_does_not_grow_behind_the_managers_back(till: Till) -> None:
    till.scan(BREAD, MEAL)
    sell.set_quantity(till.desk, 1, 10_000)
    sell.discount_line(till.desk, 1, Discount(amount=110))
    with pytest.raises(NeedsPermission):
        sell.set_quantity(till.desk, 1, 1000)
    sell.discount_ticket(till.desk, Discount(amount=200))
    with pytest.raises(NeedsPermission):
        sell.void_line(till.desk, 2)
    sell.void_line(till.desk, 2, till.loan(Permission.BIG_DISCOUNT))
    assert len(till.basket.lines) == 1


def lamps(till: Till, policy: str = "permission") -> None:
    """Put ten lamps on one line, with a fixed discount that a manager lent."""
    limits = replace(till.desk.rules.limits, price_override=policy)
    till.desk.rules = replace(till.desk.rules, limits=limits)
    till.scan(LAMP)
    sell.set_quantity(till.desk, 1, 10_000)


FORTY_EUROS = Discount(amount=4000)  # more than a tenth of ten lamps at 29.99


@pytest.mark.parametrize("give", [sell.discount_line, None])
def test_what_a_manager_lent_for_ten_lamps_is_not_taken_off_one(
    till: Till, give: Callable[..., Basket] | None
) -> None:
    lamps(till)
    loan = till.loan(Permission.BIG_DISCOUNT)
    if give:
        give(till.desk, 1, FORTY_EUROS, loan)
    else:
        sell.discount_ticket(till.desk, FORTY_EUROS, loan)
    before = till.basket
    for quantity in (9000, 1000):
        with pytest.raises(NeedsPermission) as refused:
            sell.set_quantity(till.desk, 1, quantity)
        assert refused.value.permission is Permission.BIG_DISCOUNT
    assert till.basket == before
    sell.set_quantity(till.desk, 1, 11_000)
    sell.set_quantity(till.desk, 1, 9000, till.loan(Permission.BIG_DISCOUNT))


def test_a_generous_discount_of_a_ticket_does_not_grow_by_a_void_or_a_lines_discount(
    till: Till,
) -> None:
    till.scan(BREAD, MEAL, MEAL)
    sell.discount_ticket(till.desk, Discount(amount=1000), till.loan(Permission.BIG_DISCOUNT))
    with pytest.raises(NeedsPermission):
        sell.void_line(till.desk, 2)
    with pytest.raises(NeedsPermission) as refused:
        sell.discount_line(till.desk, 2, TEN_PERCENT)
    assert refused.value.permission is Permission.BIG_DISCOUNT
    sell.discount_line(till.desk, 2, TEN_PERCENT, till.loan(Permission.BIG_DISCOUNT))
    sell.discount_line(till.desk, 2, None)


def test_where_anyone_sets_prices_a_fixed_discount_still_does_not_grow(till: Till) -> None:
    lamps(till, "free")
    sell.set_quantity(till.desk, 1, 1000)
    sell.set_price(till.desk, 1, 500_000)
    sell.discount_line(till.desk, 1, Discount(amount=2900))
    with pytest.raises(NeedsPermission):
        sell.set_price(till.desk, 1, 2999)
    sell.set_price(till.desk, 1, 400_000)
    sell.set_price(till.desk, 1, 2999, till.loan(Permission.BIG_DISCOUNT))
    assert till.basket.total == 99


def test_a_fixed_discount_is_not_small_because_there_is_nothing_to_take_it_off(
    till: Till,
) -> None:
    question = sell.scan(till.desk, GIFT)
    assert isinstance(question, sell.Question)
    sell.answer(till.desk, question, 0)
    with pytest.raises(NeedsPermission):
        sell.discount_line(till.desk, 1, Discount(amount=2900))
    with pytest.raises(NeedsPermission):
        sell.discount_ticket(till.desk, Discount(amount=2900))


def test_a_share_stays_the_share_someone_allowed(till: Till) -> None:
    lamps(till)
    sell.discount_line(till.desk, 1, HALF, till.loan(Permission.BIG_DISCOUNT))
    sell.discount_ticket(till.desk, HALF, till.loan(Permission.BIG_DISCOUNT))
    for quantity in (7000, 3000, 1000):
        sell.set_quantity(till.desk, 1, quantity)


def test_a_clerk_may_sell_and_gives_no_discount(till: Till) -> None:
    till.restart("50")
    till.scan(BREAD)
    with pytest.raises(NeedsPermission):
        sell.discount_line(till.desk, 1, TEN_PERCENT)


def test_whoever_holds_no_permission_to_sell_opens_no_basket(till: Till) -> None:
    till.desk.person = replace(till.desk.signed_in, role="visitor")
    with pytest.raises(NeedsPermission):
        sell.scan(till.desk, BREAD)


def test_nobody_signed_in_sells_nothing(till: Till) -> None:
    till.restart(None)
    assert slug_of(lambda: sell.scan(till.desk, BREAD)) == "signed_out"
    assert slug_of(lambda: sell.scan(till.desk, WINE)) == "signed_out"
    assert till.counter.played[-1] == "refused"


def test_the_discount_of_a_ticket_leaves_eco_participations_alone(till: Till) -> None:
    till.scan(LAMP, BREAD)
    sell.discount_ticket(till.desk, Discount(percent=10_000), till.loan(Permission.BIG_DISCOUNT))
    assert till.basket.total == 12
    sale = tender.pay_cash(till.desk)
    assert not isinstance(sale, Basket)
    assert [line.total for line in sale.lines] == [12, 0]


def test_a_shop_has_its_own_limits(till: Till) -> None:
    tight = Till(
        till.fiscal,
        change_rules=lambda rules: replace(
            rules, limits=replace(rules.limits, pieces=5, grams=2000, lines=2)
        ),
    )
    tight.scan(BREAD)
    assert slug_of(lambda: sell.set_quantity(tight.desk, 1, 6000)) == "too_many"
    sell.arm_quantity(tight.desk, 2001)
    assert slug_of(lambda: sell.scan(tight.desk, APPLES)) == "too_many"
    sell.arm_quantity(tight.desk, None)
    tight.scan(BREAD)
    assert slug_of(lambda: sell.scan(tight.desk, BREAD)) == "basket_full"


@pytest.mark.parametrize(("policy", "outcome"), [("never", "price_fixed"), ("free", "")])
def test_a_shop_decides_who_changes_prices(till: Till, policy: str, outcome: str) -> None:
    other = Till(
        till.fiscal,
        change_rules=lambda rules: replace(
            rules, limits=replace(rules.limits, price_override=policy)
        ),
    )
    other.scan(BREAD)
    if outcome:
        assert slug_of(lambda: sell.set_price(other.desk, 1, 100)) == outcome
    else:
        assert sell.set_price(other.desk, 1, 100).total == 100
