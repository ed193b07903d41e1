"""From a scan to a line, and what a cashier does to a basket before payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pos.domain.basket import Basket
from pos.domain.catalogue import Price
from pos.domain.errors import Refusal
from pos.domain.staff import Permission
from pos.doubles import MemoryCatalogue
from pos.till import sell, tender
from pos.till.sell import Asks, Question
from tests.till.shop import (
    APPLES,
    ARTICLES,
    BREAD,
    CHEESE,
    CHOCOLATE,
    GIFT,
    HAM,
    MILK,
    NOEL,
    PIECE_OF_CHEESE,
    SLICES_OF_HAM,
    WINE,
    Till,
    on_disk,
    slug_of,
)


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


def test_a_new_price_is_in_force_from_its_instant_on_for_baskets_begun_without_the_article(
    till: Till,
) -> None:
    till.clock.at = NOEL - timedelta(milliseconds=1)
    till.scan(CHOCOLATE)
    till.clock.at = NOEL
    till.scan(CHOCOLATE)
    assert totals(till.basket) == [1500, 1500]
    tender.pay_cash(till.desk)
    till.scan(CHOCOLATE)
    assert totals(till.basket) == [999]


def test_a_line_taken_out_holds_no_old_price(till: Till) -> None:
    till.clock.at = NOEL - timedelta(milliseconds=1)
    till.scan(CHOCOLATE)
    sell.void_line(till.desk, 1)
    till.clock.at = NOEL
    till.scan(CHOCOLATE)
    assert totals(till.basket) == [999]


def test_a_price_that_a_person_gave_is_of_its_line_alone(till: Till) -> None:
    till.clock.at = NOEL - timedelta(milliseconds=1)
    till.scan(CHOCOLATE)
    sell.set_price(till.desk, 1, 1200, till.loan(Permission.PRICE_OVERRIDE))
    question = sell.scan(till.desk, GIFT)
    assert isinstance(question, Question)
    sell.answer(till.desk, question, 500)
    bouquet = replace(question.offer.article, prices=(Price(2000),))
    till.desk.ports.catalogue = MemoryCatalogue([*ARTICLES, bouquet])
    till.clock.at = NOEL
    till.scan(CHOCOLATE, GIFT)
    assert totals(till.basket) == [1200, 500, 1500, 2000]


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
