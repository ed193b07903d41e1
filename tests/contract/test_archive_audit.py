"""The check of a journal's entries agrees with the journal's own, and gives no false alarm."""

from __future__ import annotations

import doctest
import importlib
import random
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from pos.archive.audit import Audit
from pos.archive.bundle import PARTS
from pos.archive.writer import Before, row_of
from pos.doubles import FixedClock
from pos.journal.chain import check
from pos.journal.entry import Entry
from tests.contract.archive_shop import KEY, entries_of, resigned
from tests.till import deeds
from tests.till.closing_days import local
from tests.till.shop import MANAGER, Till

SEEDS = range(4)
PLUG_INS = ("france", "none")


def audited(
    entries: list[Entry], before: Before | None = None, keys: list[bytes] | None = None
) -> Audit:
    before = before or Before()
    audit = Audit(keys, before.as_facts())
    for ordinal, entry in enumerate(entries, before.ordinal + 1):
        row = row_of(ordinal, entry)
        audit.take(row, row.name)
    audit.finish()
    return audit


@cache
def lived(fiscal: str, seed: int) -> tuple[Entry, ...]:
    """Return the journal of a till at which anything was done, over a year's end."""
    till = Till(fiscal, clock=FixedClock(local("2026-12-20 10:30"))).restart(MANAGER)
    chance = random.Random(seed)
    for _ in range(60):
        deeds.do(till, chance.choice(deeds.DEEDS), chance.randrange(60))
    return tuple(till.store.entries)


@pytest.mark.parametrize("part", PARTS)
def test_the_examples_of_the_verifier_run(part: str) -> None:
    assert doctest.testmod(importlib.import_module(f"pos.archive.{part}")).failed == 0


@pytest.mark.parametrize("fiscal", PLUG_INS)
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_done_at_a_till_its_books_are_sound(fiscal: str, seed: int) -> None:
    assert audited(list(lived(fiscal, seed))).findings.wrong == []


@pytest.mark.parametrize("fiscal", PLUG_INS)
def test_a_journal_read_from_any_closing_on_is_sound(fiscal: str) -> None:
    entries = list(lived(fiscal, 0))
    ends = [n for n, entry in enumerate(entries) if entry.kind == "closing.finished"]
    for end in ends:
        cut = (
            end
            + 1
            + (entries[end + 1 : end + 2] != [] and entries[end + 1].kind == "fiscal.signed")
        )
        last = entries[cut - 1]
        before = Before(cut, last.name, last.hash.hex(), ("day",))
        assert audited(entries[cut:], before).findings.wrong == []
    assert len(ends) > 3


def changes(entries: tuple[Entry, ...], n: int) -> dict[str, list[Entry]]:
    """Return the journals in which one thing was done to an entry."""
    before, one, after = entries[:n], entries[n], entries[n + 1 :]
    return {
        "left out": [*before, *after],
        "twice": [*before, one, one, *after],
        "swapped": [*before, after[0], one, *after[1:]],
        "altered": [*before, replace(one, at="2026-01-01T00:00:00.000Z"), *after],
        "another signature": [*before, replace(one, signature=after[0].signature), *after],
    }


def test_the_journals_own_check_and_the_verifiers_name_the_same_entries() -> None:
    entries, keys = entries_of(), [KEY.public_key]
    assert not check(entries, keys).findings
    chance = random.Random(3)
    for n in chance.sample(range(len(entries) - 1), 5):
        for what, journal in changes(entries, n).items():
            own, other = check(journal, keys).findings, audited(journal, keys=keys).findings.wrong
            if entries[n].place == entries[n + 1].place and entries[n].kind != "epoch.opened":
                assert (own[0].slug, own[0].name) == (other[0].slug, other[0].name), (n, what)


@pytest.mark.parametrize("body", [{}, {"lines": 1, "records": 1}, {"records": [{"back": 10**9}]}])
@pytest.mark.parametrize(
    "kind", ["sale.finished", "period.closed", "fiscal.signed", "archive.made"]
)
def test_a_body_of_no_meaning_is_named_and_the_check_goes_on(
    kind: str, body: dict[str, Any]
) -> None:
    entries = entries_of()
    place = next(n for n, entry in enumerate(entries) if entry.kind == kind)
    audit = audited(resigned(entries, lambda n, _, facts: body if n == place else facts))
    first = audit.findings.wrong[0]
    assert (first.slug, first.name) == ("unreadable", entries[place].name)
    assert audit.summary.as_facts()["entries"] == len(entries)
