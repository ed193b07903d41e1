"""The commit of a sale: 12 lines and 2 tenders, against raw SQLite writing the same rows.

Ours is everything that stands between "paid" and "safe": canonical JSON, SHA-256, Ed25519, the
entry, its projections, the triggers, the drafts that end and the marker outside the file. The
floor is a plain connection with the same settings, the same rows made beforehand, no triggers.
Both write files beside each other and take turns, sale by sale.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

from pos.domain.events import (
    FiscalStamp,
    LineFacts,
    RunningTotals,
    SaleFinished,
    SellerFacts,
    TenderFacts,
    VatFacts,
)
from pos.journal.entry import Entry
from pos.store.engine import open_engine
from pos.store.open import Who, open_store
from pos.store.projections import insert_entry, project
from pos.store.schema import TABLES
from scripts.benches.measured import Measured, ratio

NAMES = ("commit of a sale, 12 lines, 2 tenders",)
LINES = 12
GOAL = 2.5


class _Clock:
    def __init__(self) -> None:
        self._at = datetime(2026, 11, 22, tzinfo=UTC)

    def now(self) -> datetime:
        self._at += timedelta(seconds=1)
        return self._at


class _Ids:
    def __init__(self) -> None:
        self._last = 0

    def token(self) -> str:
        self._last += 1
        return f"{self._last:026d}"


class _Recorder:
    """A cursor that only remembers what it was asked to write."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[Any]]] = []

    def execute(self, sql: str, row: Any = None) -> _Recorder:
        if row is not None:
            self.asked.append((sql, [row]))
        return self

    def executemany(self, sql: str, rows: list[Any]) -> None:
        self.asked.append((sql, rows))

    def fetchone(self) -> None:
        return None


def _line(n: int) -> LineFacts:
    rate = (2000, 550)[n % 2]
    total = 199 + 37 * n
    net = total * 10000 // (10000 + rate)
    return LineFacts(
        n=n,
        sku=f"SKU-{n:05d}",
        code=f"{3_000_000_000_000 + n:014d}",
        name=f"Confiture de framboises {n} × 370 g",
        quantity=1000,
        unit="piece",
        unit_price=total,
        gross=total,
        total=total,
        vat="FR200",
        vat_rate=rate,
        net=net,
        tax=total - net,
        department="Épicerie",
    )


def _sale(ticket: int) -> SaleFinished:
    lines = [_line(n) for n in range(1, LINES + 1)]
    total = sum(line.total for line in lines)
    vat = []
    for rate in (2000, 550):
        those = [line for line in lines if line.vat_rate == rate]
        net, tax = sum(line.net for line in those), sum(line.tax for line in those)
        vat.append(VatFacts(rate=rate, gross=net + tax, net=net, tax=tax))
    return SaleFinished(
        ticket=ticket,
        label=f"S001-T01-K1-{ticket:06d}",
        basket=f"{ticket:026d}",
        at="2026-11-22T13:05:09.123Z",
        business_day="2026-11-22",
        zone="Europe/Paris",
        currency="EUR",
        staff="2",
        till="T01",
        operator="2",
        language="fr",
        seller=SellerFacts(
            name="Au coin",
            company="Au coin SARL",
            address=["1 rue Neuve", "69001 Lyon"],
            country="FR",
            siret="73282932000074",
            naf="4711B",
            vat_number="FR44732829320",
        ),
        lines=lines,
        vat=vat,
        tenders=[
            TenderFacts(n=1, method="voucher", amount=2500, given=2500),
            TenderFacts(n=2, method="cash", amount=total - 2500, given=total - 2500),
        ],
        total=total,
        shift="S" * 26,
        running=RunningTotals(period=total, perpetual=total, perpetual_abs=total),
        software="comptoir",
        fiscal=_stamp("ticket", ticket),
        grand_total=_stamp("gt_ticket", ticket),
    )


def _stamp(chain: str, number: int) -> FiscalStamp:
    return FiscalStamp(
        plugin="france",
        fiscal_version="2.0",
        chain=chain,
        number=number,
        payload="2000:2538|0550:2790," * 4,
        previous="p" * 86,
        signature="s" * 86,
        key_id="k" * 16,
        algorithm="Ed25519",
        extract="abcd",
    )


def _floor(path: Path) -> Any:
    """Return a raw connection on the same tables, without the triggers."""
    engine = open_engine(path)
    with engine.begin() as connection:
        SQLModel.metadata.create_all(connection, tables=TABLES)
    engine.dispose()  # as the store does: its statements stay prepared
    return engine.raw_connection()


def _write_raw(driver: Any, asked: list[tuple[str, list[Any]]]) -> None:
    cursor = driver.cursor()
    cursor.execute("BEGIN IMMEDIATE")
    for sql, rows in asked:
        cursor.executemany(sql, rows)
    cursor.execute("COMMIT")


def _rows_of(ordinal: int, entry: Entry, sale: SaleFinished) -> list[tuple[str, list[Any]]]:
    recorder = _Recorder()
    insert_entry(recorder, ordinal, entry)
    project(recorder, ordinal, entry, sale)
    return recorder.asked


def measure(count: int = 1500, warm_up: int = 300) -> Iterator[Measured]:
    """Yield the measurement of the commit, over `count` sales each."""
    ours: list[float] = []
    floor: list[float] = []
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as folder:
        base = Path(folder)
        who = Who("S001", "T01", "bench")
        store = open_store(base / "data", base / "state", who, _Clock(), _Ids())
        raw = _floor(base / "floor.db")
        for ticket in range(1, count + warm_up + 1):
            sale = _sale(ticket)
            start = time.perf_counter_ns()
            (entry,) = store.ledger.record(sale)
            ours.append((time.perf_counter_ns() - start) / 1e6)
            asked = _rows_of(ticket, _numbered(entry, ticket), sale)
            start = time.perf_counter_ns()
            _write_raw(raw.driver_connection, asked)
            floor.append((time.perf_counter_ns() - start) / 1e6)
        raw.close()
        store.close()
    yield ratio(NAMES[0], "ms", ours[warm_up:], floor[warm_up:], GOAL)


def _numbered(entry: Entry, number: int) -> Entry:
    """Return the entry as the first of its file would be: the floor has no installation entry."""
    rest = (entry.kind, entry.version, entry.at, entry.body, entry.previous)
    return Entry(entry.place, number, *rest, entry.hash, entry.signature, entry.key_id)
