"""Entries repeated after a fork are what they were, once, and the till's own tables ignore them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.events import EntryRepeated, OriginalFacts
from pos.doubles import MemoryStore
from pos.doubles.world import FixedClock
from pos.journal.canonical import canonical
from pos.journal.chain import START, Chain
from pos.journal.entry import Entry, Place
from pos.journal.repeat import KIND, original, repeat, told
from pos.journal.signing import SeedKey
from tests.unit.fiscal_samples import sale_of, stamped

KEY = SeedKey(b"k" * 32)
PLACE, LATER = Place("S001", "T01", "K1"), Place("S001", "T01", "K2XA1")


def entry(kind: str, body: bytes, place: Place = PLACE) -> Entry:
    return Chain(place, START).append(kind, 1, "2026-11-22T08:00:00.000Z", body, KEY)


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=20) | st.integers(-9, 9), max_size=4))
def test_an_entry_is_told_from_its_repetition_byte_for_byte(facts: dict[str, object]) -> None:
    was = entry("drawer.opened", canonical(facts))
    bears = entry(KIND, canonical(repeat(was).facts()), LATER)
    assert told(bears) == was
    assert told(was) is was


def test_a_repetition_repeated_again_tells_the_first_entry() -> None:
    was = entry("drawer.opened", b"{}")
    once = entry(KIND, canonical(repeat(was).facts()), LATER)
    twice = entry(KIND, canonical(repeat(once).facts()), replace(LATER, epoch="K3"))
    assert told(twice) == was


@pytest.mark.parametrize(
    "change",
    [
        {"body": "{ }"},
        {"number": 2},
        {"epoch": "K9"},
        {"kind": "till.stopped"},
        {"hash": "00" * 32},
    ],
)
def test_a_repetition_that_is_not_what_its_hash_says_is_refused(change: dict[str, object]) -> None:
    event = repeat(entry("drawer.opened", b"{}"))
    changed = event.original.model_copy(update=change)
    with pytest.raises(ValueError, match="not what its hash says"):
        original(LATER, EntryRepeated(original=changed))


def test_a_repetition_of_a_repetition_is_refused() -> None:
    inner = entry(KIND, canonical(repeat(entry("drawer.opened", b"{}")).facts()))
    facts = OriginalFacts(
        epoch="K1",
        number=1,
        kind=KIND,
        version=1,
        at=inner.at,
        body=inner.body.decode(),
        previous=inner.previous.hex(),
        hash=inner.hash.hex(),
        signature=inner.signature.hex(),
        key_id=inner.key_id,
    )
    with pytest.raises(ValueError, match="not what its hash says"):
        original(PLACE, EntryRepeated(original=facts))


def test_a_sale_that_is_repeated_counts_no_second_time_at_the_till() -> None:
    store = MemoryStore(FixedClock())
    (sold,) = store.record(sale_of(stamped()))
    before = store.figures(0, store.position()), store.running(), store.closed_at("day")
    store.record(repeat(sold))
    figures = store.figures(0, store.position())
    assert (figures, store.running(), store.closed_at("day")) == before
    assert figures.tickets == 1
