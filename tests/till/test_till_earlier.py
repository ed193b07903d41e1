"""Finding what was printed earlier: tickets by number, the last closings, a code's article."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pos.till import closing, earlier, sell, tender, training
from pos.till.earlier import CLOSINGS_MOST, LAST_MOST
from tests.till.shop import (
    APPLES,
    BREAD,
    CHEESE,
    MANAGER,
    MILK,
    PIECE_OF_CHEESE,
    Till,
    slug_of,
)

DAY = timedelta(days=1)


def sell_one(till: Till, code: str = BREAD) -> str:
    till.scan(code)
    tender.pay_cash(till.desk)
    return till.sales()[-1].label


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("7", "T01-K1-000007"),
        (" 000007 ", "T01-K1-000007"),
        ("t01-k1-000007", "T01-K1-000007"),
        ("T02-K3-X000001", "T02-K3-X000001"),
    ],
)
def test_digits_alone_are_a_ticket_of_this_till(till: Till, typed: str, label: str) -> None:
    assert earlier.label_of(till.desk, typed) == label


def test_the_last_tickets_are_offered_the_newest_first(till: Till) -> None:
    assert earlier.last_tickets(till.desk) == []
    labels = [sell_one(till) for _ in range(LAST_MOST + 2)]
    offered = [sale.label for sale in earlier.last_tickets(till.desk)]
    assert offered == labels[: -LAST_MOST - 1 : -1]
    assert len(earlier.last_tickets(till.desk, 3)) == 3


def test_tickets_that_were_played_are_offered_in_training_alone(till: Till) -> None:
    till.sign_in(MANAGER)
    real = sell_one(till)
    training.switch(till.desk, on=True)
    assert earlier.last_tickets(till.desk) == []
    played = sell_one(till)
    assert [sale.label for sale in earlier.last_tickets(till.desk)] == [played]
    assert earlier.label_of(till.desk, "1") == played
    training.switch(till.desk, on=False)
    assert [sale.label for sale in earlier.last_tickets(till.desk)] == [real]


def test_the_last_closings_are_offered_days_first_and_the_newest_of_each_first(till: Till) -> None:
    till.sign_in(MANAGER)
    assert earlier.last_closings(till.desk) == []
    sell_one(till)
    till.clock.at += 40 * DAY
    closing.catch_up(till.desk)
    offered = [(one.level, one.key) for one in earlier.last_closings(till.desk)]
    days = [key for level, key in offered if level == "day"]
    last = till.clock.at.date() - DAY
    assert days == [(last - n * DAY).isoformat() for n in range(CLOSINGS_MOST["day"])]
    assert [key for level, key in offered if level == "month"] == ["2026-12", "2026-11"]
    assert [key for level, key in offered if level == "year"] == ["2026"]


def test_a_closing_names_the_month_and_the_year_that_it_closed(till: Till) -> None:
    till.sign_in(MANAGER)
    till.clock.at = till.clock.at.replace(month=12, day=31)
    closing.catch_up(till.desk)
    closed = closing.close_day(till.desk)
    assert date.fromisoformat(closed.key) == date(2026, 12, 31)
    together = earlier.closed_together(till.desk, closed)
    assert [one.level for one in together] == ["day", "month", "year"]


@pytest.mark.parametrize(
    ("code", "sku"),
    [
        (BREAD, "1"),
        ("2", "2"),
        (f"0{MILK}", "2"),
        (APPLES, "4"),
        (PIECE_OF_CHEESE, "11"),
        (CHEESE, "11"),
        (f"]d201{BREAD.zfill(14)}17200101", "1"),
    ],
)
def test_the_article_of_a_code_is_found_whatever_else_its_label_says(
    till: Till, code: str, sku: str
) -> None:
    assert sell.article_of(till.desk, code).sku == sku
    assert till.basket.is_empty


def test_a_code_of_no_article_is_refused(till: Till) -> None:
    assert slug_of(lambda: sell.article_of(till.desk, "3017620422003")) == "unknown_code"
