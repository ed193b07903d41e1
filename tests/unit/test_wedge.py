"""The keyboard wedge: bursts are codes, slow keys are a person's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.screens.wedge import GAP_MS, GS, LONGEST, PATIENCE_MS, Heard, ScanText, Typed, Wedge

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-.$/+%*&é\"'(è_çà]" + GS
codes = st.text(ALPHABET, min_size=4, max_size=60)


def feed(wedge: Wedge, text: str, at_ms: int = 0, pace_ms: int = 0) -> list[Heard]:
    out: list[Heard] = []
    for character in text:
        name = {"\r": "enter", "\n": "ctrl+j", "\t": "tab", GS: "ctrl+right_square_bracket"}
        out += wedge.key(character, name.get(character, character), at_ms)
        at_ms += pace_ms
    return out


def texts(out: list[Heard]) -> list[str]:
    return [heard.text for heard in out if isinstance(heard, ScanText)]


def keys(out: list[Heard]) -> list[str]:
    return [heard.key for heard in out if isinstance(heard, Typed)]


@given(st.lists(codes, min_size=1, max_size=12), st.sampled_from(["\r", "\t", "\r\n"]))
def test_codes_with_no_pause_between_them_all_arrive_and_type_nothing(
    scanned: list[str], suffix: str
) -> None:
    wedge = Wedge()
    out = feed(wedge, "".join(code + suffix for code in scanned))
    assert texts(out) == scanned
    assert keys(out) == []
    assert not wedge.waiting


@given(codes, st.lists(st.integers(0, GAP_MS), min_size=61, max_size=61))
def test_a_scanner_may_be_slow_within_the_gap(code: str, pauses: list[int]) -> None:
    wedge, at_ms, out = Wedge(), 0, []
    for character, pause in zip(code + "\r", pauses, strict=False):
        at_ms += pause
        out += feed(wedge, character, at_ms)
    assert texts(out) == [code]
    assert keys(out) == []


@given(st.text(ALPHABET.replace(GS, ""), min_size=1, max_size=20), st.integers(GAP_MS + 1, 900))
def test_what_a_person_types_is_never_a_scan(text: str, pace_ms: int) -> None:
    wedge = Wedge()
    out = feed(wedge, text + "\r", pace_ms=pace_ms)
    assert texts(out) == []
    assert keys(out) == [*text, "enter"]


@given(st.lists(st.tuples(st.sampled_from([*ALPHABET, "\r", "\t"]), st.integers(0, 300))))
def test_each_key_comes_out_exactly_once_typed_or_scanned(
    presses: list[tuple[str, int]],
) -> None:
    wedge, at_ms, heard, given_keys = Wedge(), 0, [], ""
    for character, pause in presses:
        at_ms += pause
        given_keys += character
        heard += feed(wedge, character, at_ms)
    heard += wedge.tick(at_ms + PATIENCE_MS + 1)
    came = "".join(
        out.text
        if isinstance(out, ScanText)
        else {"ctrl+right_square_bracket": GS}.get(out.key, out.character or "")
        for out in heard
    )
    assert came == given_keys.replace("\r", "").replace("\t", "")
    assert not wedge.waiting


def test_a_key_of_a_person_is_held_no_longer_than_the_gap() -> None:
    wedge = Wedge()
    assert feed(wedge, "7", at_ms=1000) == []
    assert wedge.tick(1000 + GAP_MS) == []
    assert wedge.tick(1000 + GAP_MS + 1) == [Typed("7", "7")]


def test_a_code_cut_in_two_by_a_busy_computer_stays_whole() -> None:
    wedge = Wedge()
    assert feed(wedge, "301762") == []
    assert wedge.tick(PATIENCE_MS) == []
    assert texts(feed(wedge, "0422003\r", at_ms=PATIENCE_MS)) == ["3017620422003"]


def test_three_quick_digits_and_enter_are_a_person() -> None:
    out = feed(Wedge(), "123\r", pace_ms=5)
    assert texts(out) == []
    assert keys(out) == ["1", "2", "3", "enter"]


def test_a_function_key_lets_go_what_was_typed_before_it() -> None:
    wedge = Wedge()
    feed(wedge, "2000", pace_ms=1)
    assert keys(wedge.key(None, "f9", 5)) == ["2", "0", "0", "0", "f9"]


def test_a_separator_inside_a_code_is_data() -> None:
    code = "]C10103017620422003" + GS + "10A"
    assert texts(feed(Wedge(), code + "\r")) == [code]


def test_a_separator_alone_is_a_key() -> None:
    wedge = Wedge()
    wedge.key(None, "ctrl+right_square_bracket", 0)
    assert wedge.tick(100) == [Typed("ctrl+right_square_bracket")]


def test_shift_keys_reported_by_the_terminal_do_not_cut_a_code() -> None:
    wedge = Wedge()
    for letter in "P1AB":
        wedge.key(None, "left_shift", 0)
        wedge.key(letter, letter, 0)
    assert wedge.key("\r", "enter", 1) == [ScanText("P1AB", 1)]


def test_what_never_ends_is_not_kept_for_ever() -> None:
    wedge = Wedge()
    out = feed(wedge, "1" * (LONGEST + 1))
    assert len(out) == LONGEST + 1
    assert not wedge.waiting


@pytest.mark.parametrize(
    ("name", "character", "expected"),
    [
        ("multiply", None, "*"),
        ("asterisk", "*", "*"),
        ("add", None, "+"),
        ("plus", "+", "+"),
        ("decimal", None, "."),
        ("full_stop", ".", "."),
        ("comma", ",", ","),
    ],
)
def test_keypad_keys_have_one_name_in_every_terminal(
    name: str, character: str | None, expected: str
) -> None:
    wedge = Wedge()
    wedge.key(character, name, 0)
    assert wedge.tick(100) == [Typed(expected, expected)]
