"""The French plug-in's other records: grand totals, archives, duplicates and technical events."""

from __future__ import annotations

import hashlib
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pos.domain.events import Event, FiscalRecord, FiscalSigned, read
from pos.domain.facts import RunningTotals
from pos.fiscal.france import FranceRules, payloads
from pos.fiscal.france.jet import JET, code_of
from pos.fiscal.port import ArchiveToSign, ChainHead, Heads, ToWitness
from pos.journal.canonical import canonical
from tests.unit.fiscal_samples import (
    LINE,
    RETURNED,
    SIGNER,
    VAT,
    closed_of,
    facts,
    sale_of,
    stamped,
    total_of,
)

AT = datetime(2026, 11, 22, 14, 5, 9, 999_000, tzinfo=ZoneInfo("Europe/Paris"))
PREVIOUS = ChainHead(41, "abc_-9")
DAY = "2026-11-22"


@pytest.mark.parametrize(
    ("level", "key"),
    [
        ("ticket", "T01-K1-000001"),
        ("day", "2026-11-22"),
        ("month", "2026-11"),
        ("year", "2026"),
    ],
)
def test_a_grand_total_is_signed_in_the_chain_of_its_level(level: str, key: str) -> None:
    rules = FranceRules()
    first = rules.total(total_of(level, key), ChainHead(), SIGNER)
    assert first.chain == f"gt_{level}"
    assert first.payload == f"2000:1200,1200,2411,4822,9999,20261122200000,{level}:{key},1,N,"
    later = rules.total(total_of(level, key), PREVIOUS, SIGNER)
    assert later.payload.endswith(f",{level}:{key},42,Y,abc_-9")
    assert (later.number, later.previous) == (42, "abc_-9")


def test_a_day_on_which_nothing_was_sold_is_signed_with_its_running_totals() -> None:
    payload = payloads.grand_total(total_of(vat=(), total=0), ChainHead())
    assert payload == ",0,2411,4822,9999,20261122200000,day:2026-11-22,1,N,"


def test_totals_below_nothing_keep_their_sign() -> None:
    running = RunningTotals(period=-5, perpetual=-5, perpetual_abs=5)
    payload = payloads.grand_total(total_of(total=-5, running=running), ChainHead())
    assert payload.startswith("2000:1200,-5,-5,-5,5,")


def test_an_archive_is_signed_with_its_days_and_its_files_digest() -> None:
    made = ArchiveToSign("ab" * 32, "2026-01-01/2026-12-31", VAT, 1200, "T01-K1", "20270102080000")
    stamp = FranceRules().archive(made, PREVIOUS, SIGNER)
    assert stamp.chain == "archive"
    assert stamp.payload == (
        f"2000:1200,1200,20270102080000,T01-K1,2026-01-01/2026-12-31,{'ab' * 32},Y,abc_-9"
    )


def event(kind: str, **of: Any) -> Event:
    return read(kind, 1, of)


def records(*events: Event, heads: Heads | None = None) -> list[FiscalRecord]:
    """Return what France wants signed about entries."""
    seen = ToWitness(events, AT, "T01-K1", heads or {})
    return list(FranceRules().witness(seen, SIGNER))


COIN = {"value": 100, "count": 3}
ARCHIVE = {
    "sha256": "ab",
    "first_entry": "1",
    "last_entry": "2",
    "entries": 2,
    "total": 0,
    "fiscal": stamped(),
}
COUNTED = {
    "shift": "S",
    "staff": "staff-1",
    "attempt": 1,
    "coins": [COIN],
    "amount": 300,
    "expected": 300,
}
CLOSED = {
    "shift": "S",
    "staff": "staff-1",
    "counted": 300,
    "expected": 300,
    "difference": 0,
    "left": 300,
    "banked": 0,
}
BASKET = {"basket": "B", "staff": "staff-1", "lines": 1, "total": 110}
PRINT = {"job": "J", "document": "T01-K1-000012", "printer": "printer", "staff": "staff-1"}

TECHNICAL: list[tuple[Event, str]] = [
    (event("till.installed", public_key="ab", software="Comptoir 0.1.0"), "260"),
    (event("till.started", software="Comptoir 0.1.0", clean=True), "80"),
    (event("staff.signed_in", staff="staff-1", role="cashier"), "80"),
    (event("till.stopped"), "40"),
    (event("staff.signed_out", staff="staff-1"), "40"),
    (event("basket.abandoned", **BASKET, reason="cleared"), "320"),
    (event("shift.counted", **COUNTED), "170"),
    (event("shift.closed", **CLOSED), "170"),
    (closed_of(level="day"), "50"),
    (closed_of(level="month"), "50"),
    (closed_of(level="year"), "60"),
    (event("archive.made", **ARCHIVE, first_day="2026-01-01", last_day="2026-06-30"), "20"),
    (event("archive.made", **ARCHIVE, first_day="2026-01-01", last_day="2026-12-31"), "30"),
    (event("archive.made", **ARCHIVE, first_day="2025-07-01", last_day="2026-06-30"), "30"),
    (event("archive.made", **ARCHIVE, first_day="2025-07-02", last_day="2026-07-01"), "20"),
    (event("epoch.opened", reason="marker_ahead", left_epoch="K1", left_number=9), "90"),
    (
        event("integrity.doubted", document="T01-Z3", rule="vat", expected=5, found=6),
        "90",
    ),
    (event("settings.changed", before="a", after="b"), "240"),
    (event("permission.used", permission="no_sale", staff="staff-1", lender="staff-3"), ""),
    (event("permission.used", permission="big_discount", staff="staff-3"), ""),
    (event("drawer.opened", cause="no_sale", staff="staff-1", reason="monnaie"), ""),
    (event("drawer.opened", cause="forced"), ""),
    (event("print.asked", **PRINT, paper="ticket", copy_number=1), ""),
    (event("training.switched", on=True, staff="staff-3"), ""),
    (event("clock.jumped", last="2026-11-22T13:05:09.123Z", back_ms=180_000), ""),
    (event("basket.cut", **BASKET, steps_kept=1), ""),
    (event("notice.acknowledged", notice="Something", staff="staff-3"), ""),
    (event("catalogue.imported", sha256="a", rows=1, added=1, changed=0, refused=0), ""),
    (event("staff.added", staff="staff-9", role="cashier"), ""),
    (event("staff.pin_changed", staff="staff-9"), ""),
    (event("staff.removed", staff="staff-9"), ""),
    (event("archive.verified", sha256="ab", last_entry="2"), ""),
    (event("journal.purged", sha256="ab", ordinal=2, epoch="K1", number=2, hash="cd"), ""),
    (
        event(
            "export.made", export="fec", first_day="2026-11-22", last_day="2026-11-22", sha256=""
        ),
        "",
    ),
]


@pytest.mark.parametrize(
    ("said", "code"), TECHNICAL, ids=[f"{event.kind} {code}" for event, code in TECHNICAL]
)
def test_a_technical_event_is_signed_with_its_code_and_the_digest_of_its_entry(
    said: Event, code: str
) -> None:
    [record] = [one for one in records(said, heads={"jet": PREVIOUS}) if one.stamp.chain == "jet"]
    digest = hashlib.sha256(canonical(said.facts())).hexdigest()
    by = getattr(said, "staff", "")
    assert record.stamp.payload == (
        f"42,{code or said.kind},{digest},20261122140509,{by},T01-K1,Y,abc_-9"
    )
    assert (record.stamp.number, record.stamp.previous, record.back) == (42, "abc_-9", 1)


def test_every_code_of_the_table_is_given_to_an_entry() -> None:
    given = {code or said.kind for said, code in TECHNICAL}
    by_line = {code_of(name) for name in ("line.returned", "line.voided", "price.changed")}
    assert given | by_line == {code_of(name) for name in JET}


def test_the_code_that_no_source_explains_is_never_given() -> None:
    assert 130 not in {technical.code for technical in JET.values()}
    assert all(technical.source for technical in JET.values())


UNTOLD: list[Event] = [
    sale_of(stamped()),
    sale_of(stamped(), training=True, operation="refund", lines=[RETURNED], voided=[]),
    event("permission.used", permission="no_sale", staff="staff-3"),
    event("drawer.opened", cause="sale", staff="staff-1"),
    event("print.asked", **PRINT, paper="ticket", copy_number=0),
    event("print.asked", **PRINT, paper="gift", copy_number=1),
    event("basket.parked", **BASKET),
    event("print.sending", job="J"),
    event("card.asked", request="R", basket="B", amount=5, terminal="manual", staff="staff-1"),
    FiscalSigned(records=[]),
]


@pytest.mark.parametrize("said", UNTOLD, ids=lambda said: said.kind)
def test_what_the_law_does_not_name_leaves_no_record(said: Event) -> None:
    assert records(said) == []


VOIDED = {"sku": "2", "name": "Pain", "quantity": 1000, "total": 110}
CHEAPER = {**LINE, "n": 2, "price_before": 1500}


def test_each_line_given_back_voided_or_repriced_is_told_in_the_order_of_the_sale() -> None:
    again = {**RETURNED, "n": 3, "price_before": 1500}
    sale = sale_of(
        stamped(), operation="exchange", lines=[RETURNED, CHEAPER, again], voided=[VOIDED, VOIDED]
    )
    body = sale.facts()
    told = records(sale)
    expected = [
        ("190", body["lines"][0]),
        ("190", body["lines"][2]),
        ("line.voided", body["voided"][0]),
        ("line.voided", body["voided"][1]),
        ("price.changed", body["lines"][1]),
    ]
    assert [one.stamp.payload.split(",")[1:3] for one in told] == [
        [code, hashlib.sha256(canonical(info)).hexdigest()] for code, info in expected
    ]
    assert {(one.subject, one.back) for one in told} == {("T01-K1-000001", 1)}
    assert facts()["staff"] in told[0].stamp.payload.split(",")


@pytest.mark.parametrize(
    ("paper", "document", "of"),
    [
        ("ticket", "T01-K1-000012", "TICKET,2,staff-1,20261122140509,T01-K1,000012"),
        ("ticket", "T01-K1-X000003", "TICKET,2,staff-1,20261122140509,T01-K1,X000003"),
        ("closing", "T01-K1-Z000004", "CLOTURE,2,staff-1,20261122140509,T01-K1,Z000004"),
    ],
)
def test_a_copy_is_counted_in_a_chain_of_its_own_with_its_original(
    paper: str, document: str, of: str
) -> None:
    asked = event("print.asked", **{**PRINT, "document": document}, paper=paper, copy_number=2)
    duplicate, technical = records(asked, heads={"duplicate": PREVIOUS})
    assert duplicate.stamp.payload == f"T01-K1,42,{of},Y,abc_-9"
    assert (duplicate.stamp.chain, duplicate.subject) == ("duplicate", document)
    assert technical.stamp.payload.startswith("1,print.asked,")


def test_records_of_one_transaction_follow_each_other_and_say_where_their_entry_stands() -> None:
    copy = event("print.asked", **PRINT, paper="ticket", copy_number=1)
    batch = [
        event("permission.used", permission="duplicate", staff="staff-1", lender="staff-3"),
        copy,
        event("print.sending", job="J"),
        event("till.stopped"),
    ]
    told = records(*batch, heads={"jet": PREVIOUS})
    assert [(one.stamp.chain, one.stamp.number, one.back) for one in told] == [
        ("jet", 42, 4),
        ("duplicate", 1, 3),
        ("jet", 43, 3),
        ("jet", 44, 1),
    ]
    jet = [one.stamp for one in told if one.stamp.chain == "jet"]
    for before, after in pairwise(jet):
        assert after.previous == before.signature
