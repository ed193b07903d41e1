"""From a scan to a line, and what a cashier does to a basket before payment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from pos.domain.basket import Basket
from pos.domain.errors import Refusal
from pos.domain.events import BasketAbandoned, PermissionUsed
from pos.domain.line import Discount
from pos.domain.staff import NeedsPermission, Permission
from pos.till import sell, tender
from pos.till.sell import Asks, Question
from tests.till.shop import (
    APPLES,
    ARTICLES,
    BREAD,
    CASHIER,
    CHEESE,
    CHOCOLATE,
    COLLEAGUE,
    GIFT,
    HAM,
    LAMP,
    MEAL,
    MILK,
    NOEL,
    PIECE_OF_CHEESE,
    SLICES_OF_HAM,
    WINE,
    Till,
    on_disk,
    shown,
)

GS = "\x1d"
TEN_PERCENT = Discount(percent=1000, reason="Fin de série")
HALF = Discount(percent=5000, reason="Abîmé")


def slug_of(gesture: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        gesture()
    return refused.value.slug


def totals(basket: Basket) -> list[int]:
    return [line.total for line in basket.lines]


@pytest.mark.parametrize(
    ("code", "name", "quantity", "total"),
    [
        (BREAD, "Baguette", 1000, 110),
        (f"0{MILK}", "Lait 1 L", 1000, 105),
        (PIECE_OF_CHEESE, "Comté", 1000, 780),
        (SLICES_OF_HAM, "Jambon", 345, 687),
        ("7", "Quotidien", 1000, 260),
        (f"]C101{'0' + APPLES}3103001500", "Pommes", 1500, 374),
        (f"]d201{'0' + BREAD}17261124", "Baguette", 1000, 110),
        (f"]d201{'0' + BREAD}303", "Baguette", 3000, 330),
        (f"]d201{'0' + APPLES}3922310", "Pommes", 1000, 310),
        (f"]d201{'0' + APPLES}3932978310", "Pommes", 1000, 310),
    ],
)
def test_a_scan_becomes_a_line_at_once(
    till: Till, code: str, name: str, quantity: int, total: int
) -> None:
    line = sell.scan(till.desk, code)
    assert not isinstance(line, Question)
    assert (line.name, line.quantity, line.total) == (name, quantity, total)
    assert till.basket.lines == (line,)
    assert till.counter.played[-1] == "accepted"


@pytest.mark.parametrize(
    ("code", "slug"),
    [
        ("3760000000018", "wrong_check_digit"),
        ("3017620422003", "unknown_code"),
        ("99", "wrong_length"),
        (f"]d201{'0' + BREAD}17261123", "expired"),
        (f"]d201{'0' + APPLES}3932826310", "other_currency"),
        ("P1" + "0" * 140, "pickup_pass"),
        ("", "empty"),
    ],
)
def test_what_is_no_article_is_refused_with_a_sound_and_leaves_no_line(
    till: Till, code: str, slug: str
) -> None:
    before = on_disk(till.store)
    assert slug_of(lambda: sell.scan(till.desk, code)) == slug
    assert till.counter.played[-1] == "refused"
    assert till.counter.refused == 1
    assert till.basket.is_empty
    assert on_disk(till.store) == before


def test_the_refusal_names_a_short_upc_with_all_its_digits(till: Till) -> None:
    with pytest.raises(Refusal) as refused:
        sell.scan(till.desk, "012345678905")
    assert "0012345678905" in str(refused.value)


def test_an_article_may_be_sold_on_the_day_it_expires_and_not_after_midnight(till: Till) -> None:
    code = f"]d201{'0' + BREAD}17261124"
    sell.scan(till.desk, code)
    till.clock.at = till.clock.at.replace(hour=23, minute=30)  # 00:30 in Paris, same business day
    assert slug_of(lambda: sell.scan(till.desk, code)) == "expired"


def test_a_label_that_disagrees_with_the_catalogue_on_weighing_is_refused(till: Till) -> None:
    counted = tuple(
        replace(one, unit=ARTICLES[0].unit) if one.sku == "12" else one for one in ARTICLES
    )
    till = Till(till.fiscal, articles=counted)
    assert slug_of(lambda: sell.scan(till.desk, SLICES_OF_HAM)) == "label_mismatch"


def test_a_weighed_article_asks_for_its_weight(till: Till) -> None:
    question = sell.scan(till.desk, APPLES)
    assert isinstance(question, Question)
    assert question.asks is Asks.WEIGHT
    assert slug_of(lambda: sell.answer(till.desk, question, 0)) == "bad_quantity"
    line = sell.answer(till.desk, question, 345)
    assert not isinstance(line, Question)
    assert (line.quantity, line.total) == (345, 86)


def test_an_article_without_a_price_asks_for_one_and_zero_is_a_price(till: Till) -> None:
    question = sell.scan(till.desk, GIFT)
    assert isinstance(question, Question)
    assert question.asks is Asks.PRICE
    assert slug_of(lambda: sell.answer(till.desk, question, -1)) == "bad_price"
    sell.answer(till.desk, question, 0)
    assert totals(till.basket) == [0]


def sell_wine(till: Till) -> None:
    question = sell.scan(till.desk, WINE)
    assert isinstance(question, Question)
    sell.answer(till.desk, question)


def test_the_age_is_asked_once_a_basket(till: Till) -> None:
    sell_wine(till)
    till.scan(WINE, WINE)
    assert len(till.basket.lines) == 3
    assert till.basket.age_checked == 18
    sale = tender.pay_cash(till.desk)
    assert not isinstance(sale, Basket)
    assert sale.age_checked == 18
    assert isinstance(sell.scan(till.desk, WINE), Question)


def test_the_age_seen_does_not_pass_on_when_the_basket_was_emptied(till: Till) -> None:
    sell_wine(till)
    sell.void_line(till.desk, 1)
    assert isinstance(sell.scan(till.desk, WINE), Question)
    sell_wine(till)
    sell.undo(till.desk)
    assert till.basket.is_empty
    assert isinstance(sell.scan(till.desk, WINE), Question)


def test_a_question_that_is_dropped_leaves_nothing_in_the_basket(till: Till) -> None:
    before = on_disk(till.store)
    assert isinstance(sell.scan(till.desk, WINE), Question)
    assert on_disk(till.store) == before
    assert till.basket.is_empty


def test_a_new_price_is_in_force_from_its_instant_on(till: Till) -> None:
    till.clock.at = NOEL - timedelta(milliseconds=1)
    till.scan(CHOCOLATE)
    till.clock.at = NOEL
    till.scan(CHOCOLATE)
    assert totals(till.basket) == [1500, 999]


@pytest.mark.parametrize(("armed", "code", "total"), [(3000, BREAD, 330), (2500, APPLES, 623)])
def test_an_armed_quantity_goes_to_the_next_article_and_to_no_other(
    till: Till, armed: int, code: str, total: int
) -> None:
    sell.arm_quantity(till.desk, armed)
    till.scan(code, MILK)
    assert totals(till.basket) == [total, 105]


def test_an_armed_quantity_stays_when_the_scan_is_refused(till: Till) -> None:
    sell.arm_quantity(till.desk, 3000)
    slug_of(lambda: sell.scan(till.desk, "3760000000018"))
    till.scan(BREAD)
    assert totals(till.basket) == [330]


def test_a_part_of_a_piece_cannot_be_armed_onto_a_piece(till: Till) -> None:
    sell.arm_quantity(till.desk, 1500)
    assert slug_of(lambda: sell.scan(till.desk, BREAD)) == "part_of_a_piece"
    assert till.basket.is_empty


@pytest.mark.parametrize("label", [PIECE_OF_CHEESE, SLICES_OF_HAM])
def test_a_quantity_is_not_multiplied_silently_with_a_label_that_says_its_own(
    till: Till, label: str
) -> None:
    sell.arm_quantity(till.desk, 2000)
    assert slug_of(lambda: sell.scan(till.desk, label)) == "quantity_on_label"
    sell.arm_quantity(till.desk, None)
    till.scan(label)
    assert len(till.basket.lines) == 1


def test_the_quantity_of_a_label_with_a_price_cannot_be_changed(till: Till) -> None:
    till.scan(PIECE_OF_CHEESE)
    assert slug_of(lambda: sell.set_quantity(till.desk, 1, 2000)) == "price_on_label"


def test_an_in_store_key_can_be_typed_and_asks_for_the_weight(till: Till) -> None:
    for key in (CHEESE, HAM):
        question = sell.scan(till.desk, key)
        assert isinstance(question, Question)
        assert question.asks is Asks.WEIGHT


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


def test_undo_takes_an_age_check_back_with_its_line(till: Till) -> None:
    till.scan(BREAD)
    sell_wine(till)
    sell.undo(till.desk)
    assert [line.name for line in till.basket.lines] == ["Baguette"]
    sell.undo(till.desk)
    assert till.basket.is_empty
    assert slug_of(lambda: sell.undo(till.desk)) == "nothing_to_undo"
    assert [one.name for one in till.basket.voided] == ["Vin rouge 75 cl", "Baguette"]


def test_undo_brings_a_voided_line_back_and_the_numbers_of_lines_go_on(till: Till) -> None:
    till.scan(BREAD, MILK)
    sell.void_line(till.desk, 1)
    sell.undo(till.desk)
    sell.undo(till.desk)
    till.scan(MEAL)
    assert [(line.n, line.name) for line in till.basket.lines] == [
        (1, "Baguette"),
        (3, "Plat du jour"),
    ]
    assert [one.name for one in till.basket.voided] == ["Lait 1 L"]
    assert shown(till.after_a_cut()) == shown(till.desk)


def test_undo_goes_on_after_a_park_and_a_restart(till: Till) -> None:
    till.scan(BREAD, MILK)
    sell.park(till.desk)
    till.restart(COLLEAGUE)
    sell.recall(till.desk)
    sell.undo(till.desk)
    sell.undo(till.desk)
    assert till.basket.is_empty
    till.scan(MEAL)
    assert shown(till.after_a_cut()) == shown(till.desk)


def test_a_parked_basket_is_recalled_by_a_colleague_after_a_restart(till: Till) -> None:
    till.scan(BREAD)
    sell.park(till.desk)
    assert till.basket.is_empty
    till.restart(COLLEAGUE)
    till_basket = sell.recall(till.desk)
    assert till_basket.staff == "staff-2"
    till.scan(MILK)
    till.restart(COLLEAGUE)
    assert totals(till.basket) == [110, 105]


def test_recall_asks_which_when_there_are_several_and_never_over_an_open_basket(
    till: Till,
) -> None:
    assert slug_of(lambda: sell.recall(till.desk)) == "nothing_parked"
    till.scan(BREAD)
    first = sell.park(till.desk).name
    till.scan(MILK)
    sell.park(till.desk)
    assert slug_of(lambda: sell.recall(till.desk)) == "which_parked"
    assert slug_of(lambda: sell.recall(till.desk, "nowhere")) == "nothing_parked"
    till.scan(MEAL)
    assert slug_of(lambda: sell.recall(till.desk, first)) == "basket_open"


def test_an_empty_basket_is_not_put_aside(till: Till) -> None:
    assert slug_of(lambda: sell.park(till.desk)) == "empty_basket"


def test_a_basket_emptied_before_a_recall_ends_on_record(till: Till) -> None:
    till.scan(BREAD)
    sell.park(till.desk)
    till.scan(MILK)
    sell.void_line(till.desk, 1)
    sell.recall(till.desk)
    ended = [e for e in till.store.events if isinstance(e, BasketAbandoned)]
    assert [one.voided[0].name for one in ended] == ["Lait 1 L"]
    till.restart()
    assert totals(till.basket) == [110]
    assert len(till.store.drafts) == 1


def test_each_cashier_finds_the_own_basket_back(till: Till) -> None:
    till.scan(BREAD)
    till.sign_in(COLLEAGUE)
    till.scan(MILK, MILK)
    till.sign_in(CASHIER)
    assert totals(till.basket) == [110]
    till.restart(COLLEAGUE)
    assert totals(till.basket) == [105, 105]


def test_an_abandoned_basket_leaves_an_event_and_no_number(till: Till) -> None:
    sell.abandon(till.desk, "nothing")
    assert not till.events("basket.abandoned")
    till.scan(BREAD, MILK)
    sell.void_line(till.desk, 1)
    sell.abandon(till.desk, "client parti")
    (ended,) = [e for e in till.store.events if isinstance(e, BasketAbandoned)]
    assert (ended.lines, ended.total, ended.reason) == (1, 105, "client parti")
    assert [one.name for one in ended.voided] == ["Baguette"]
    assert not till.sales()
    till.scan(BREAD)
    tender.pay_cash(till.desk)
    assert till.sales()[-1].ticket == 1


def test_an_emptied_basket_carries_no_discount_to_the_next_customer(till: Till) -> None:
    till.scan(BREAD)
    sell.discount_ticket(till.desk, TEN_PERCENT)
    sell.void_line(till.desk, 1)
    till.scan(MILK)
    assert till.basket.total == 105


def test_a_thousand_lines_are_a_basket_like_any_other(till: Till) -> None:
    till.scan(*[BREAD, MILK, MEAL, LAMP] * 260)
    sell.discount_ticket(till.desk, TEN_PERCENT)
    assert shown(till.after_a_cut()) == shown(till.desk)
    sale = tender.pay_cheque(till.desk)
    assert not isinstance(sale, Basket)
    assert len(sale.lines) == 1040


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
