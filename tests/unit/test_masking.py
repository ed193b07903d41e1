"""No card number gets into a log or a text, whatever it stands between."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum import luhn

from pos.domain.cash import check_reason
from pos.domain.masking import is_card_number, masked, masked_card
from pos.domain.typed import parse_discount


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    digits = draw(st.text("0123456789", min_size=12, max_size=18))
    return digits + luhn.calc_check_digit(digits)


@st.composite
def bank_cards(draw: st.DrawFn) -> str:
    first = draw(st.sampled_from(["3", "4", "5", "6", "22", "27"]))
    digits = first + draw(st.text("0123456789", min_size=12, max_size=16))
    return digits + luhn.calc_check_digit(digits)


QUIET = st.one_of(
    st.text(" .-/\\_·\t\r\n\x00\x1b\xa0\u202f\u2009\u200b\u2013", max_size=8),
    st.sampled_from(["\\n", "\\r\\n", "\\t", "\\xa0", "\\u202f"]),
)
"""What stands between the digits of a number in any mixture, as it is and as a log writes it."""


@st.composite
def written(draw: st.DrawFn) -> tuple[str, list[int]]:
    """Return a bank card's number in any grouping, and the places of its digits."""
    text, places = "", []
    for digit in draw(bank_cards()):
        places.append(len(text))
        text += digit + (draw(QUIET) if draw(st.booleans()) else "")
    return text, places


WORDS = st.text(st.characters(exclude_characters="0123456789 -^"), max_size=5)


@given(WORDS, card_numbers(), WORDS)
def test_a_card_number_keeps_its_last_four_digits_alone(a: str, number: str, b: str) -> None:
    assert masked(f"{a}{number}{b}") == f"{a}{'#' * (len(number) - 4)}{number[-4:]}{b}"


@given(card_numbers(), st.sampled_from(" -"), st.integers(1, 6))
def test_spaces_and_dashes_hide_no_card_number(number: str, between: str, every: int) -> None:
    pieces = [number[at : at + every] for at in range(0, len(number), every)]
    text = between.join(pieces)
    assert number[:-4] not in "".join(one for one in masked(f"x {text}") if one.isdigit())
    assert len(masked(text)) == len(text)


BESIDE = st.text("0123456789 .,:/=-\nABDFé", max_size=24)


@given(BESIDE, written(), BESIDE)
@example("1234567 ", ("4970 1012 3456 7893", [0, 1, 2, 3, 5, 6, 7, 8]), " 12/26")
@example("", ("4970 1012\n3456 7893", [0, 1, 2, 3, 5, 6, 7, 8]), "")
@example("", ("4970\xa01012\u202f3456\t7893", [0, 1, 2, 3, 5, 6, 7, 8]), "")
@example("", ("4970.1012/3456  7893", [0, 1, 2, 3, 5, 6, 7, 8]), "")
@example("", ("4970:1012:3456:7893", [0, 1, 2, 3, 5, 6, 7, 8]), "")
def test_no_card_number_survives_in_any_grouping_beside_whatever(
    before: str, number: tuple[str, list[int]], after: str
) -> None:
    grouped, places = number
    before, after = before.rstrip("0123456789"), after.lstrip("0123456789")
    text = masked(before + grouped + after)
    shown = [at for at in places if text[len(before) + at] != "#"]
    assert len(shown) <= 4
    assert len(text) == len(before + grouped + after)
    assert masked(text) == text


@given(bank_cards(), st.sampled_from("=DFdf^"), st.text("0123456789", min_size=1, max_size=24))
def test_nothing_of_a_track_is_left_behind_the_number(number: str, mark: str, rest: str) -> None:
    found = masked(f";{number}{mark}{rest}?")
    assert found == f";{'#' * (len(number) - 4)}{number[-4:]}{mark}{'#' * len(rest)}?"


@given(
    bank_cards(),
    st.text(st.characters(exclude_characters="?\r\n"), max_size=26),
    st.sampled_from(["?", "\n", "\r", ""]),
)
@example("4970101234567893", "DUPONT/JEAN^25122010000", "?")
def test_neither_name_nor_expiry_is_left_of_track_1(number: str, rest: str, end: str) -> None:
    found = masked(f"%B{number}^{rest}{end}")
    assert found == f"%B{'#' * (len(number) - 4)}{number[-4:]}^{'#' * len(rest)}{end}"


def test_a_grouped_number_hides_its_track_too() -> None:
    assert masked("B4970 1012 3456 7893^DUPONT/J^2512") == "B#### #### #### 7893^#############"
    assert masked("AA0164970101234567893=2512") == "AA016############7893=####"
    of_two = "1234567890123^A 4970101234567893^DUPONT"
    assert masked(of_two) == "1234567890123^A ############7893^######"


ISSUED = [
    *[("4", 16), ("4", 19), ("51", 16), ("55", 16), ("2221", 16), ("34", 15), ("37", 15)],
    *[("36", 14), ("3528", 16), ("6011", 16), ("62", 17), ("62", 18), ("58", 19)],
]
"""How the numbers of some brands begin, and how long they are."""


@st.composite
def issued(draw: st.DrawFn) -> str:
    starts, length = draw(st.sampled_from(ISSUED))
    rest = length - 1 - len(starts)
    digits = starts + draw(st.text("0123456789", min_size=rest, max_size=rest))
    return digits + luhn.calc_check_digit(digits)


GLUE = st.text("0123456789", max_size=40)


@given(GLUE, issued(), GLUE)
@example("016", "4970101234567893", "")
@example("", "4970101234567893", "0007")
def test_digits_glued_to_a_card_number_do_not_hide_it(before: str, number: str, after: str) -> None:
    text = masked(f"AA{before}{number}{after}")
    shown = text[2 + len(before) :][: len(number)]
    assert sum(one.isdigit() for one in shown) <= 4
    assert len(text) == 2 + len(before + number + after)


def test_a_tag_before_a_number_stays() -> None:
    assert masked("AA0164970101234567893") == "AA016############7893"


@given(st.text("0123456789 .-#*X\n=^?", max_size=60))
def test_what_is_masked_holds_no_card_number_any_more(text: str) -> None:
    assert masked(masked(text)) == masked(text)
    assert len(masked(text)) == len(text)


@given(st.text("0123456789", min_size=12, max_size=20))
def test_a_card_number_is_known_by_luhn(digits: str) -> None:
    assert is_card_number(digits) == (13 <= len(digits) <= 19 and luhn.is_valid(digits))


@pytest.mark.parametrize(
    "text",
    [
        "3017620422003",
        "S001-T01-K7/000481",
        "2026-11-22 18:46:14",
        "04 00 00 00 00",
        "1 234 567,89 EUR",
        "FR11999999998",
        "2026-11-22T18:46:14.123456Z",
        "22/11/2026 18:46:14",
        "SOLDE 12,50 EUR\n22/11/26 A 18:46:14\nAUTO 391603\nMONTANT 12,50 EUR",
        "XXXX XXXX XXXX 7893",
        "************7893",
        "############7893 22 11 2026 18",
        "4970 10## #### 7893",
    ],
)
def test_articles_numbers_and_dates_stay_as_they_are(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("4970101234567893       ", "############7893"),
        ("497010######7893", "############7893"),
        ("4970 10** **** 7893", "############7893"),
        ("4970101234567890=25122010", "############7890"),
        ("", ""),
        ("NO CARD", ""),
    ],
)
def test_of_what_a_terminal_tells_of_a_card_the_last_four_are_kept(told: str, kept: str) -> None:
    assert masked_card(told) == kept


def test_no_reason_that_a_person_types_keeps_a_card_number() -> None:
    assert check_reason("remboursé sur 4970 1012 3456 7893") == "remboursé sur #### #### #### 7893"
    discount = parse_discount("5% carte 4970101234567893")
    assert discount is not None
    assert discount.reason == "carte ############7893"
