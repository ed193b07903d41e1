"""The same answers as biip, which reads the same standard in its own way."""

from __future__ import annotations

import re

import pytest
from biip import ParseError
from biip.checksums import gs1_price_weight_check_digit
from biip.gs1_application_identifiers import _GS1_APPLICATION_IDENTIFIERS as KNOWN
from biip.gs1_messages import GS1Message
from biip.upc import Upc
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pos.domain.barcode import gs1
from pos.domain.barcode.measure import value_check_digit
from pos.domain.barcode.numbers import upc_a

GS = "\x1d"
ELEMENTS = st.sampled_from(sorted(KNOWN)).flatmap(
    lambda ai: st.tuples(
        st.just(ai), st.from_regex(re.compile(KNOWN[ai].pattern, re.ASCII), fullmatch=True)
    )
)


@given(st.lists(ELEMENTS, min_size=1, max_size=6, unique_by=lambda element: element[0]))
@settings(max_examples=150, deadline=None)
def test_a_message_is_split_where_biip_splits_it(elements: list[tuple[str, str]]) -> None:
    elements = [(ai, text) for ai, text in elements if len(text) > len(ai)]
    raw = "".join(text + (GS if KNOWN[ai].separator_required else "") for ai, text in elements)
    try:
        theirs = {e.ai.ai: e.value for e in GS1Message.parse(raw).element_strings}
    except (ParseError, ValueError, ArithmeticError):
        assume(False)
    assume(len(theirs) == len(elements))  # it cuts a value that is too long into two elements
    assert gs1.split(raw) == theirs


@pytest.mark.parametrize("ai", sorted(KNOWN))
def test_every_identifier_that_biip_knows_has_its_length(ai: str) -> None:
    assert gs1._is_ai(ai)
    assert (ai[:2] in gs1._FIXED) is not KNOWN[ai].separator_required


@pytest.mark.parametrize("digits", [4, 5])
def test_every_price_has_the_check_digit_that_biip_gives(digits: int) -> None:
    for price in range(10**digits):
        text = f"{price:0{digits}d}"
        assert value_check_digit(text) == gs1_price_weight_check_digit(text)


@given(st.from_regex(r"[01][0-9]{6}", fullmatch=True))
def test_a_short_upc_becomes_the_long_one_of_biip(body: str) -> None:
    theirs = Upc.parse(body).as_upc_a()
    assert upc_a(body + theirs[-1]) == theirs
