"""Whatever is done to a journal, its check names the first entry concerned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.journal.canonical import canonical
from pos.journal.chain import START, Chain, Head, Report, check
from pos.journal.entry import GENESIS, Entry, Place, next_epoch
from pos.journal.signing import SeedKey, verify

KEY = SeedKey(b"k" * 32)
OTHER = SeedKey(b"o" * 32)
PLACE = Place("S012", "T03", "K1")
LENGTH = 12


def written(place: Place = PLACE, head: Head = START, count: int = LENGTH) -> list[Entry]:
    chain = Chain(place, head)
    return [
        chain.append(
            "drawer.opened", 1, f"2026-11-22T08:00:{n:02d}.000Z", canonical({"cause": str(n)}), KEY
        )
        for n in range(count)
    ]


JOURNAL = written()


def verdict(entries: list[Entry], known: Head | None = None) -> list[tuple[str, str]]:
    report = check(entries, [KEY.public_key], known=known)
    return [(finding.slug, finding.name) for finding in report.findings]


def name(number: int, epoch: str = "K1") -> str:
    return f"S012-T03-{epoch}/{number:06d}"


def test_entries_are_numbered_from_one_chained_from_genesis_and_signed() -> None:
    assert [entry.number for entry in JOURNAL] == list(range(1, LENGTH + 1))
    assert JOURNAL[0].previous == GENESIS
    assert all(b.previous == a.hash for a, b in pairwise(JOURNAL))
    assert all(verify(KEY.public_key, entry.signature, entry.hash) for entry in JOURNAL)
    assert verdict(JOURNAL) == []


def test_an_empty_journal_is_sound() -> None:
    assert check([], [KEY.public_key]) == Report(0, START, (), ())


def test_a_new_epoch_counts_from_one_and_follows_the_entry_it_left() -> None:
    head = Head("K1", LENGTH, JOURNAL[-1].hash)
    second = written(replace(PLACE, epoch="K2"), head, 3)
    assert (second[0].name, second[0].previous) == (name(1, "K2"), JOURNAL[-1].hash)
    assert verdict(JOURNAL + second) == []
    assert verdict(JOURNAL[:-1] + second) == [("unlinked", name(1, "K2"))]


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


BYTES_OF_AN_ENTRY: dict[str, tuple[Callable[[Entry], Entry], str]] = {
    "store": (lambda e: replace(e, place=replace(e.place, store="S013")), "altered"),
    "till": (lambda e: replace(e, place=replace(e.place, till="T04")), "altered"),
    "epoch": (lambda e: replace(e, place=replace(e.place, epoch="K3")), "altered"),
    "number": (lambda e: replace(e, number=e.number + 7), "altered"),
    "kind": (lambda e: replace(e, kind="drawer.opener"), "altered"),
    "version": (lambda e: replace(e, version=2), "altered"),
    "time": (lambda e: replace(e, at="2026-11-22T09:00:00.000Z"), "altered"),
    "body": (lambda e: replace(e, body=e.body.replace(b"cause", b"pause")), "altered"),
    "previous": (lambda e: replace(e, previous=flip(e.previous, 0)), "altered"),
    "hash": (lambda e: replace(e, hash=flip(e.hash, 31)), "altered"),
    "signature": (lambda e: replace(e, signature=flip(e.signature, 63)), "forged"),
    "key": (lambda e: replace(e, key_id=OTHER.key_id), "unknown_key"),
}


@pytest.mark.parametrize("part", BYTES_OF_AN_ENTRY)
@pytest.mark.parametrize("at", [1, 5, LENGTH - 1])
def test_one_altered_byte_of_any_part_is_found_and_named(part: str, at: int) -> None:
    change, slug = BYTES_OF_AN_ENTRY[part]
    entries = [*JOURNAL[:at], change(JOURNAL[at]), *JOURNAL[at + 1 :]]
    assert verdict(entries) == [(slug, name(at + 1))]


@given(st.data())
def test_any_flipped_bit_of_any_body_is_found(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, LENGTH - 1))
    byte = data.draw(st.integers(0, len(JOURNAL[at].body) - 1))
    entries = list(JOURNAL)
    entries[at] = replace(entries[at], body=flip(entries[at].body, byte))
    assert verdict(entries) == [("altered", name(at + 1))]


def resigned(number: int) -> Entry:
    """An entry made up by someone who knows the rules and lacks the key."""
    chain = Chain(PLACE, Head("K1", number - 1, JOURNAL[number - 2].hash))
    return chain.append("drawer.opened", 1, JOURNAL[0].at, canonical({"cause": "?"}), OTHER)


OPERATIONS: dict[str, tuple[list[Entry], list[tuple[str, str]]]] = {
    "first deleted": (JOURNAL[1:], [("missing", name(1))]),
    "one deleted": (JOURNAL[:4] + JOURNAL[5:], [("missing", name(5))]),
    "three deleted": (JOURNAL[:4] + JOURNAL[7:], [("missing", name(5))]),
    "neighbours swapped": (
        [*JOURNAL[:4], JOURNAL[5], JOURNAL[4], *JOURNAL[6:]],
        [("reordered", name(5))],
    ),
    "one repeated": ([*JOURNAL[:5], JOURNAL[4], *JOURNAL[5:]], [("inserted", name(5))]),
    "an old one again at the end": ([*JOURNAL, JOURNAL[2]], [("inserted", name(3))]),
    "one made up": (
        [*JOURNAL[:4], resigned(5), *JOURNAL[4:]],
        [("unknown_key", name(5)), ("inserted", name(5))],
    ),
    "one replaced": (
        [*JOURNAL[:4], resigned(5), *JOURNAL[5:]],
        [("unknown_key", name(5))],
    ),
    "one of another till": (
        [*JOURNAL[:4], written(Place("S012", "T04", "K1"))[4], *JOURNAL[4:]],
        [("foreign", "S012-T04-K1/000005")],
    ),
    "end cut off": (JOURNAL[:-3], [("truncated", name(LENGTH - 2))]),
    "all cut off": ([], [("truncated", "?-?-K1/000012")]),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_on_rows_is_found_and_named(operation: str) -> None:
    entries, expected = OPERATIONS[operation]
    assert verdict(entries, known=Head("K1", LENGTH, JOURNAL[-1].hash)) == expected


def test_a_tail_rewritten_with_the_key_is_found_by_the_head_known_elsewhere() -> None:
    chain = Chain(PLACE, Head("K1", LENGTH - 1, JOURNAL[-2].hash))
    fake = [*JOURNAL[:-1], chain.append("drawer.opened", 1, "", b"{}", KEY)]
    known = Head("K1", LENGTH, JOURNAL[-1].hash)
    assert verdict(fake, known) == [("replaced", name(LENGTH))]
    assert verdict(fake) == []


def test_only_the_end_of_a_journal_can_be_checked() -> None:
    middle = (PLACE, Head("K1", 6, JOURNAL[5].hash))
    assert check(JOURNAL[6:], [KEY.public_key], after=middle).sound
    assert not check(JOURNAL[7:], [KEY.public_key], after=middle).sound


def test_an_opened_epoch_is_told_and_explains_the_end_that_was_lost() -> None:
    lost = JOURNAL[-1]
    left = JOURNAL[:-3]
    chain = Chain(replace(PLACE, epoch="K2"), Head("K1", len(left), left[-1].hash))
    body = canonical(
        {
            "reason": "marker_ahead",
            "left_epoch": "K1",
            "left_number": len(left),
            "seen_epoch": "K1",
            "seen_number": lost.number,
            "seen_hash": lost.hash.hex(),
        }
    )
    entries = [*left, chain.append("epoch.opened", 1, lost.at, body, KEY)]
    known = Head("K1", lost.number, lost.hash)
    report = check(entries, [KEY.public_key], known=known)
    assert report.sound
    assert [(notice.slug, notice.name) for notice in report.notices] == [
        ("epoch_opened", name(1, "K2"))
    ]


def test_a_check_of_a_ruined_journal_stays_small() -> None:
    ruined = [replace(entry, body=b"{}") for _ in range(20) for entry in JOURNAL]
    assert len(check(ruined, [KEY.public_key]).findings) == 100


@pytest.mark.parametrize(
    ("seen", "tag", "epoch"),
    [
        ((), "", "K1"),
        (("K1",), "", "K2"),
        (("K3", "K11"), "", "K12"),
        (("K2X9AZ",), "", "K3"),
        (("K1",), "0BC", "K2X0BC"),
        (("K4", "altered"), "", "K5"),
    ],
)
def test_a_new_epoch_comes_after_every_epoch_seen(
    seen: tuple[str, ...], tag: str, epoch: str
) -> None:
    assert next_epoch(*seen, tag=tag) == epoch
