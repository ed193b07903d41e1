"""What holds for every code, not only for those somebody thought of."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.barcode import (
    ArticleCode,
    MeasuredCode,
    MeasurePlan,
    PassCode,
    Source,
    TextCode,
    gtin,
    is_gtin,
    parse,
    repair_azerty,
)
from pos.domain.barcode.measure import value_check_digit
from pos.domain.errors import Refusal

PLANS = (
    MeasurePlan("02", item_digits=5, value_digits=5),
    MeasurePlan("21", item_digits=4, value_digits=5, check=True, kind="weight", decimals=3),
)
GS = "\x1d"
AZERTY = str.maketrans("0123456789", "à&é\"'(-è_ç")
DIGITS = st.sampled_from("0123456789")


def with_check(body: str) -> str:
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body)))
    return body + str((10 - total % 10) % 10)


def numbers(*lengths: int) -> st.SearchStrategy[str]:
    """Right numbers of articles, never all zeros."""
    bodies = st.sampled_from(lengths).flatmap(
        lambda n: st.text(DIGITS, min_size=n - 1, max_size=n - 1)
    )
    return bodies.filter(lambda body: body.strip("0") != "").map(with_check)


ARTICLES = numbers(8, 12, 13, 14)
WORDS = "]E0 ]E3 ]d2 ]C1 ]Q1 ] 01 (01) 10 17 3103 3922 392 https:// /01/ ? % P1 P& $E à&é"
SEEDS = st.sampled_from([*WORDS.split(), "03400949497706", GS, "\x00", "x" * 70])
ANYTHING = st.one_of(
    st.text(max_size=100),
    st.text(DIGITS, max_size=40),
    st.lists(st.one_of(SEEDS, st.text(max_size=6), st.text(DIGITS, max_size=14))).map("".join),
)


@given(ANYTHING, st.sampled_from(["scanner", "hand"]), st.integers(1990, 2199))
def test_whatever_is_scanned_is_read_or_refused(raw: str, source: Source, year: int) -> None:
    with suppress(Refusal):
        scan = parse(raw, PLANS, source=source, year=year)
        assert isinstance(scan, ArticleCode | MeasuredCode | TextCode | PassCode)
        if isinstance(scan, ArticleCode):
            assert len(scan.gtin) == 14
            assert is_gtin(scan.gtin)


@given(ANYTHING)
def test_whatever_is_refused_is_said_in_one_short_line(raw: str) -> None:
    said = ""
    try:
        parse(raw, PLANS)
    except Refusal as refusal:
        said = str(refusal)
    assert said.isprintable()
    assert len(said) < 250


@given(ARTICLES, st.data())
def test_one_wrong_digit_never_makes_an_article(number: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(DIGITS.filter(lambda digit: digit != number[at]))
    wrong = number[:at] + other + number[at + 1 :]
    assert not is_gtin(wrong)
    for raw in (wrong, wrong.translate(AZERTY), f"]d201{wrong.zfill(14)}"):
        with pytest.raises(Refusal):
            parse(raw, PLANS)


@given(ARTICLES)
def test_zeros_in_front_change_no_number(number: str) -> None:
    assert gtin(number) == gtin(number.zfill(14)) == number.zfill(14)


@given(st.text(DIGITS, max_size=40).filter(lambda digits: len(digits) not in (8, 12, 13, 14)))
def test_digits_of_another_length_are_never_a_number(digits: str) -> None:
    with pytest.raises(Refusal):
        gtin(digits)


@given(st.text(DIGITS, min_size=1))
def test_every_mangled_number_is_read_back(digits: str) -> None:
    assert repair_azerty(digits.translate(AZERTY)) == digits


@given(numbers(14), st.from_regex(r"[A-Z0-9/.-]{1,20}", fullmatch=True), st.integers(0, 999999))
def test_lot_and_weight_come_back_in_any_order(number: str, lot: str, grams: int) -> None:
    parts = [f"01{number}", f"3103{grams:06d}"]
    first = parse(f"]C1{''.join(parts)}10{lot}")
    last = parse(f"]C110{lot}{GS}{''.join(parts)}")
    typed = parse(f"(10){lot}(01){number}(3103){grams:06d}")
    assert first == last == ArticleCode(number, "GS1-128", weight=grams, lot=lot)
    assert typed == ArticleCode(number, "GS1 message", weight=grams, lot=lot)


@given(st.text(DIGITS, min_size=5, max_size=5), st.integers(1, 99999))
def test_a_price_label_says_its_item_and_cents(item: str, cents: int) -> None:
    scan = parse(with_check(f"02{item}{cents:05d}"), PLANS)
    assert scan == MeasuredCode("02", item, "price", cents)


@given(st.text(DIGITS, min_size=4, max_size=4), st.integers(1, 99999), DIGITS)
def test_a_weight_with_a_wrong_check_digit_is_refused(item: str, grams: int, check: str) -> None:
    value = f"{grams:05d}"
    label = with_check(f"21{item}{check}{value}")
    if value_check_digit(value) == int(check):
        assert parse(label, PLANS) == MeasuredCode("21", item, "weight", grams)
    else:
        with pytest.raises(Refusal):
            parse(label, PLANS)


def test_a_scan_does_not_change() -> None:
    scan = parse("3400949497706")
    with pytest.raises(FrozenInstanceError):
        scan.repaired = True  # type: ignore[misc]
