"""The bytes of a body are the canonical ones, and nothing that is not exact gets in."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from pos.journal.canonical import INTEGER_MAX, canonical, read_facts

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
WHOLE = st.integers(-INTEGER_MAX, INTEGER_MAX)
VALUES = st.recursive(
    TEXT | WHOLE | st.booleans(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=30,
)


@given(st.dictionaries(TEXT, VALUES, max_size=6))
def test_canonical_bytes_are_those_of_rfc_8785(facts: dict[str, Any]) -> None:
    written = canonical(facts)
    assert written == rfc8785.dumps(facts)
    assert read_facts(written) == facts


def test_keys_are_ordered_by_utf_16_units_and_not_by_code_points() -> None:
    facts = {"\ufb33": 1, "\U0001f600": 2, "é": 3}
    assert canonical(facts) == '{"é":3,"\U0001f600":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (1.5, TypeError),
        (1.0, TypeError),
        (None, TypeError),
        ((1, 2), TypeError),
        (b"bytes", TypeError),
        ({1: "a number as key"}, TypeError),
        (2**53, ValueError),
        (-(2**53), ValueError),
        ("\ud800", ValueError),
        ({"\udfff": 1}, ValueError),
    ],
)
def test_what_is_not_exact_never_enters_a_body(value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        canonical({"deep": [{"down": value}]})


@pytest.mark.parametrize(
    "body",
    [b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1.0}', b'{"a":null}', b"[1]", b"{", b'{"a":1,"a":1}'],
)
def test_a_body_that_is_not_canonical_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  whatever JSON itself says is enough
        read_facts(body)


@pytest.mark.parametrize("depth", [400, 100_000])
def test_a_body_that_is_nested_too_deep_is_refused_like_any_other(depth: int) -> None:
    with pytest.raises(ValueError, match="canonical"):
        read_facts(b'{"a":' + b"[" * depth + b" " + b"]" * depth + b"}")
