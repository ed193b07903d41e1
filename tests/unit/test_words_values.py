"""Sentences keep their template and their values apart, and never change."""

from __future__ import annotations

import pytest

from pos.domain.errors import Refusal
from pos.domain.words import Amount, Quantity, Sentence


@pytest.mark.parametrize(
    ("minor", "text"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (146629, "1466.29")]
)
def test_an_amount_is_said_with_two_decimals(minor: int, text: str) -> None:
    assert str(Amount(minor)) == text


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Quantity(3000), "3"),
        (Quantity(1500), "1.500"),
        (Quantity(345, "kg"), "0.345 kg"),
        (Quantity(2000, "kg"), "2.000 kg"),
        (Quantity(-345, "kg"), "-0.345 kg"),
    ],
)
def test_a_quantity_is_said_with_its_unit(quantity: Quantity, text: str) -> None:
    assert str(quantity) == text


def test_sentences_are_equal_when_they_say_the_same_and_never_change() -> None:
    one, same = Sentence("{n} left", n=1), Sentence("{n} left", n=1)
    assert one == same
    assert hash(one) == hash(same)
    assert one != Sentence("{n} left", n=2)
    assert repr(one) == "Sentence('1 left')"
    with pytest.raises(AttributeError):
        one.template = "other"


def test_a_value_with_braces_is_said_as_it_is() -> None:
    assert str(Sentence("No article has the code {code}.", code="{x}")) == (
        "No article has the code {x}."
    )


def test_a_refusal_keeps_its_slug_for_tests_and_its_sentence_for_people() -> None:
    refusal = Refusal("no_line", "There is no line {n}.", n=3)
    assert (refusal.slug, str(refusal), refusal.sentence.values) == (
        "no_line",
        "There is no line 3.",
        {"n": 3},
    )
