"""Whoever holds the till's key can sign anything, but not make it add up: each lie is named.

The journal is written anew with other facts, its hashes and signatures right; the archive is made
of it as any other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pos.archive.verifier import Report, verify
from tests.contract.archive_shop import KEY, entries_of, resigned, write

Facts = dict[str, Any]
Change = Callable[[Facts], Facts | None]


def lied(
    path: Path, kind: str, is_it: Callable[[Facts], bool], change: Change, fiscal: str
) -> Report:
    """Return the check of a journal in which the first such entry says something else."""
    done: list[int] = []

    def alter(place: int, of: str, facts: Facts) -> Facts | None:
        if done or of != kind or not is_it(facts):
            return facts
        done.append(place)
        return change(facts)

    write(path, resigned(entries_of(fiscal), alter))
    assert done
    return verify(str(path), [KEY.public_key])


def at(*keys: str | int, to: object) -> Change:
    """Put another value somewhere into the facts."""

    def change(facts: Facts) -> Facts:
        inner: Any = facts
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] = to
        return facts

    return change


def more(*keys: str | int, by: int = 1) -> Change:
    """Add to a number somewhere in the facts."""

    def change(facts: Facts) -> Facts:
        inner: Any = facts
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] += by
        return facts

    return change


def records(change: Callable[[list[Facts]], list[Facts]]) -> Change:
    return lambda facts: {**facts, "records": change(facts["records"])}


def forged_stamp(facts: Facts) -> Facts:
    """A signature of something else, with the extract that goes with it."""
    signature = facts["grand_total"]["signature"]
    shown = "".join(signature[place - 1] for place in (3, 7, 13, 19))
    return {**facts, "fiscal": {**facts["fiscal"], "signature": signature, "extract": shown}}


SECOND = "T01-K1-000002"


def sold(facts: Facts) -> bool:
    return bool(facts["label"] == SECOND)


def late(facts: Facts) -> bool:
    return bool(facts["business_day"] > "2026-12-28")


def level(name: str, facts: Facts) -> bool:
    return bool(facts["level"] == name)


def played(facts: Facts) -> bool:
    return bool(facts["training"])


def copied(facts: Facts) -> bool:
    return bool(facts["copy_number"])


def opened_drawer(facts: Facts) -> bool:
    return any(record["subject"] == "drawer.opened" for record in facts["records"])


def any_of(_: Facts) -> bool:
    return True


DAY, MONTH, YEAR = (partial(level, name) for name in ("day", "month", "year"))

LIES: dict[str, tuple[str, Callable[[Facts], bool], Change, str, str]] = {
    "a ticket of another total": ("sale.finished", sold, more("total"), "payload", SECOND),
    "a ticket of another hour": (
        *("sale.finished", sold, at("at", to="2026-12-28T08:30:00.000Z"), "payload", SECOND),
    ),
    "another article": (
        *("sale.finished", sold, at("lines", 0, "name", to="Caviar"), "payload", SECOND),
    ),
    "lines that do not sum up": (
        *("sale.finished", sold, more("lines", 0, "total"), "total", SECOND),
    ),
    "rates that do not sum up": ("sale.finished", sold, more("vat", 0, "gross"), "total", SECOND),
    "tenders that do not sum up": (
        *("sale.finished", sold, more("tenders", 0, "amount"), "total", SECOND),
    ),
    "a perpetual total that skips": (
        *("sale.finished", sold, more("running", "perpetual", by=-100), "total", SECOND),
    ),
    "an absolute total that skips": (
        *("sale.finished", sold, more("running", "perpetual_abs"), "total", SECOND),
    ),
    "training that counts": (
        *("sale.finished", played, at("running", to={}), "total", "T01-K1-X000001"),
    ),
    "a ticket number that skips": (
        "sale.finished",
        sold,
        more("fiscal", "number"),
        "chain",
        SECOND,
    ),
    "a ticket that follows another": (
        *("sale.finished", sold, at("fiscal", "previous", to="x"), "chain", SECOND),
    ),
    "a ticket in the chain of training": (
        *("sale.finished", sold, at("fiscal", "chain", to="training"), "chain", SECOND),
    ),
    "a ticket that another signature signs": (
        "sale.finished",
        sold,
        forged_stamp,
        "forged",
        SECOND,
    ),
    "an extract of nothing": (
        *("sale.finished", sold, at("fiscal", "extract", to="abcd"), "payload", SECOND),
    ),
    "a ticket that a stranger signs": (
        *("sale.finished", sold, at("fiscal", "key_id", to="0" * 16), "unknown_key", SECOND),
    ),
    "a ticket that nobody signs": (
        *("sale.finished", sold, at("fiscal", "algorithm", to=""), "payload", SECOND),
    ),
    "a grand total of another ticket": (
        *("sale.finished", sold, at("grand_total", "payload", to="x"), "payload", SECOND),
    ),
    "a day of another total": ("period.closed", DAY, more("figures", "total"), "total", "Z000001"),
    "a day of other tickets": (
        *("period.closed", DAY, more("figures", "tickets"), "total", "Z000001"),
    ),
    "a day of other tenders": (
        *("period.closed", DAY, more("figures", "tenders", 0, "amount"), "total", "Z000001"),
    ),
    "a day of other VAT": (
        *("period.closed", DAY, more("figures", "vat", 0, "tax"), "total", "Z000001"),
    ),
    "a day that ends elsewhere": (
        *("period.closed", DAY, more("running", "perpetual"), "total", "Z000001"),
    ),
    "a day of another date": (
        "period.closed",
        DAY,
        at("key", to="2026-12-27"),
        "payload",
        "Z000001",
    ),
    "a month that is not its days": (
        *("period.closed", MONTH, more("figures", "sold"), "total", "M000001"),
    ),
    "a month that ends elsewhere": (
        *("period.closed", MONTH, more("running", "period"), "total", "M000001"),
    ),
    "a year that is not its months": (
        *("period.closed", YEAR, more("figures", "voids"), "total", "Y000001"),
    ),
    "a closing number that skips": ("period.closed", YEAR, more("number"), "missing", "Y000001"),
    "an archive of another total": (
        *("archive.made", any_of, more("total"), "payload", "S001-T01-K2"),
    ),
    "an archive of another file": (
        *("archive.made", any_of, at("sha256", to="cd" * 32), "payload", "S001-T01-K2"),
    ),
    "a copy of another rank": (
        "print.asked",
        copied,
        more("copy_number"),
        "payload",
        "T01-K1-0000",
    ),
    "a record left out": (
        *("fiscal.signed", opened_drawer, records(lambda all_: all_[1:]), "unrecorded", "drawer"),
    ),
    "a record too many": (
        *("fiscal.signed", any_of, records(lambda all_: [*all_, all_[-1]]), "inserted", "S001"),
    ),
    "records of nothing": (
        *("fiscal.signed", any_of, lambda _: None, "unrecorded", "S001-T01-K1/000001"),
    ),
    "a record of another entry": (
        *("fiscal.signed", any_of, more("records", 0, "back"), "inserted", "S001"),
    ),
    "a ticket without its totals": (
        "sale.finished",
        sold,
        lambda facts: {k: v for k, v in facts.items() if k not in ("running", "grand_total")},
        "unrecorded",
        SECOND,
    ),
    "a ticket of another number": ("sale.finished", sold, more("ticket"), "chain", SECOND),
    "a ticket of another label": (
        *("sale.finished", sold, at("label", to="T01-K1-000009"), "chain", "T01-K1-000009"),
    ),
    "a ticket of a day that was closed": (
        *("sale.finished", late, at("business_day", to="2026-12-28"), "total", "T01-K"),
    ),
    "a body that is none": ("sale.finished", sold, lambda _: {}, "unreadable", "S001-T01-K1"),
    "a body of nonsense": (
        *("sale.finished", sold, at("lines", to="none"), "unreadable", "S001-T01-K1"),
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_the_till_itself_lies_about_is_named(tmp_path: Path, lie: str) -> None:
    kind, is_it, change, slug, name = LIES[lie]
    report = lied(tmp_path / "lied.zip", kind, is_it, change, "france")
    found = [one.name for one in report.findings if one.slug == slug]
    assert found, report.findings
    assert name in found[0]


UNSIGNED = (
    *("a perpetual total that skips", "lines that do not sum up", "training that counts"),
    *("a day of another total", "a day of other tickets", "a month that is not its days"),
    *("a month that ends elsewhere", "a ticket number that skips", "a closing number that skips"),
)


@pytest.mark.parametrize("lie", UNSIGNED)
def test_without_fiscal_signatures_totals_and_numbers_are_checked_all_the_same(
    tmp_path: Path, lie: str
) -> None:
    kind, is_it, change, slug, name = LIES[lie]
    report = lied(tmp_path / "lied.zip", kind, is_it, change, "none")
    assert [one for one in report.findings if one.slug == slug and name in one.name]


def unsigned(facts: Facts) -> Facts:
    """The ticket as a till without fiscal rules would have stamped it."""
    blank = dict.fromkeys(
        ("payload", "previous", "signature", "key_id", "algorithm", "extract"), ""
    )
    facts.pop("grand_total")
    return {**facts, "fiscal": {**facts["fiscal"], **blank, "plugin": "none", "number": 1}}


@pytest.mark.parametrize(
    ("change", "note"),
    [(unsigned, "rules"), (at("seller", "siret", to="99999999800019"), "seller")],
)
def test_a_ticket_under_other_rules_or_of_another_seller_is_noted(
    tmp_path: Path, change: Change, note: str
) -> None:
    report = lied(tmp_path / "lied.zip", "sale.finished", sold, change, "france")
    assert next(one.name for one in report.notes if one.slug == note).endswith(SECOND)


def test_a_stamp_of_a_country_that_signs_nothing_bears_nothing(tmp_path: Path) -> None:
    change = at("fiscal", "payload", to="x")
    report = lied(tmp_path / "lied.zip", "sale.finished", sold, change, "none")
    assert [one.slug for one in report.findings] == ["payload"]
