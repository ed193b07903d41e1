"""Money is integers; it is shared and rounded without a cent lost, and read without a guess."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.errors import Refusal
from pos.domain.money import half_up, line_amount, parse_amount, share

AMOUNTS = st.integers(-(10**12), 10**12)
NBSP, THIN, NARROW = "\u00a0", "\u2009", "\u202f"


@given(numerator=AMOUNTS, denominator=st.integers(-(10**6), 10**6).filter(bool))
def test_half_up_is_the_nearest_integer_and_halves_go_away_from_zero(
    numerator: int, denominator: int
) -> None:
    exact = Fraction(numerator, denominator)
    rounded = half_up(numerator, denominator)
    assert abs(rounded - exact) <= Fraction(1, 2)
    if abs(rounded - exact) == Fraction(1, 2):
        assert abs(rounded) > abs(exact)
    assert half_up(-numerator, denominator) == -rounded


def test_nothing_is_divided_by_zero() -> None:
    with pytest.raises(ZeroDivisionError):
        half_up(1, 0)


@pytest.mark.parametrize(
    ("unit_price", "quantity", "amount"),
    [(1299, 345, 448), (249, 345, 86), (999, 1000, 999), (1, 500, 1), (1, 499, 0), (0, 9000, 0)],
)
def test_a_line_is_its_price_times_its_quantity_rounded_half_up(
    unit_price: int, quantity: int, amount: int
) -> None:
    assert line_amount(unit_price, quantity) == amount


@given(total=AMOUNTS, weights=st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_shares_sum_to_the_total_and_lie_within_a_cent_of_their_part(
    total: int, weights: list[int]
) -> None:
    parts = share(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    if whole:
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - Fraction(total * weight, whole)) < 1
            assert weight or not part
    else:
        assert parts[0] == total


@given(
    weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=30),
    data=st.data(),
)
def test_no_share_of_a_discount_is_more_than_what_it_is_taken_off(
    weights: list[int], data: st.DataObject
) -> None:
    total = data.draw(st.integers(0, sum(weights)))
    assert all(
        0 <= part <= weight for part, weight in zip(share(total, weights), weights, strict=True)
    )


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (1, [0, 5, 5], [0, 1, 0]),
        (7, [0, 0], [7, 0]),
        (0, [0, 0], [0, 0]),
        (10, [-1, -1], [5, 5]),
    ],
)
def test_the_largest_remainder_gets_the_cent_and_ties_go_to_the_earlier_line(
    total: int, weights: list[int], parts: list[int]
) -> None:
    assert share(total, weights) == parts


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_an_amount_is_not_shared_over_nothing_or_over_both_signs(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="share"):
        share(10, weights)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12", 1200),
        ("12,5", 1250),
        ("12.50", 1250),
        ("0,05", 5),
        ("-3", -300),
        ("+3,10 €", 310),
        ("3 EUR", 300),
        ("1 466,29", 146629),
        (f"1{NBSP}466,29{NBSP}€", 146629),
        (f"1{NARROW}466,29", 146629),
        (f"1{THIN}466,29", 146629),
        ("1,466.29", 146629),
        ("1.466,29", 146629),
        ("1'466.29", 146629),
        ("1 466 290,00", 146629000),
        ("1,466,290", 146629000),
    ],
)
def test_an_amount_is_read_as_the_french_and_the_english_write_it(text: str, amount: int) -> None:
    assert parse_amount(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "douze",
        "12,505",
        "1,466",
        "0,345",
        "1.466.29",
        "1 466 29",
        ".5",
        "12,",
        "1e3",
        "٣",
        "12 50",
        "9" * 5000,
        "--3",
    ],
)
def test_what_is_no_amount_or_could_be_two_is_refused_and_named(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_amount(text)
    assert refused.value.slug == "bad_amount"
    assert text[:20] in str(refused.value)


@given(cents=st.integers(-(10**10), 10**10))
def test_what_is_written_with_two_decimals_is_read_back(cents: int) -> None:
    sign, whole, rest = "-" * (cents < 0), abs(cents) // 100, abs(cents) % 100
    assert parse_amount(f"{sign}{whole}.{rest:02d}") == cents
    assert parse_amount(f"{sign}{whole:,}".replace(",", " ") + f",{rest:02d}") == cents
