"""The business day ends at its cut-off hour, and instants are written in one way."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.catalogue import Article, Price, VatRate, VatTable
from pos.domain.shift import business_day, instant, instant_text

PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("at", "zone", "cut_off", "day"),
    [
        ((2026, 11, 22, 3, 59), PARIS, 5, date(2026, 11, 21)),
        ((2026, 11, 22, 4, 0), PARIS, 5, date(2026, 11, 22)),
        ((2026, 11, 21, 23, 30), PARIS, 0, date(2026, 11, 22)),
        ((2026, 11, 21, 22, 30), PARIS, 0, date(2026, 11, 21)),
        ((2026, 7, 1, 2, 59), PARIS, 5, date(2026, 6, 30)),  # summer time: 04:59 in the shop
        ((2026, 7, 1, 3, 0), PARIS, 5, date(2026, 7, 1)),
        ((2026, 3, 29, 3, 0), PARIS, 5, date(2026, 3, 29)),  # the night an hour is skipped
        ((2026, 11, 22, 14, 59), "Pacific/Noumea", 2, date(2026, 11, 22)),
    ],
)
def test_a_night_sale_counts_under_the_evening_before(
    at: tuple[int, int, int, int, int], zone: str, cut_off: int, day: date
) -> None:
    assert business_day(datetime(*at, tzinfo=UTC), zone, cut_off) == day


@given(seconds=st.integers(0, 4_000_000_000), microsecond=st.integers(0, 999_999))
def test_an_instant_is_read_back_to_the_millisecond(seconds: int, microsecond: int) -> None:
    at = datetime.fromtimestamp(seconds, UTC).replace(microsecond=microsecond)
    text = instant_text(at)
    assert instant(text) == at.replace(microsecond=at.microsecond // 1000 * 1000)
    assert instant_text(instant(text)) == text


def test_what_is_no_instant_is_no_instant() -> None:
    with pytest.raises(ValueError, match="does not match"):
        instant("2026-11-22 13:05:09")


def test_the_price_of_the_latest_date_wins_and_the_later_of_two_alike() -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    article = Article("1", "x", "FR20", prices=(Price(300, noon), Price(100), Price(200, noon)))
    assert article.price_at(noon) == 200
    assert article.price_at(noon.replace(hour=11)) == 100


def test_a_vat_rate_changes_on_its_day_and_is_unknown_before_its_first() -> None:
    table = VatTable(
        {"X": [VatRate(2000, date(2014, 1, 1)), VatRate(2100, date(2027, 1, 1))]}, {"X": "A"}
    )
    assert table.rate_on("X", date(2026, 12, 31)) == 2000
    assert table.rate_on("X", date(2027, 1, 1)) == 2100
    for code, day in (("X", date(2013, 12, 31)), ("Y", date(2026, 1, 1))):
        with pytest.raises(KeyError):
            table.rate_on(code, day)
