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

from pos.domain.events import SaleFinished
from pos.journal.entry import Entry
from pos.store.engine import open_engine
from pos.store.open import Who, open_store
from pos.store.projections import insert_entry, project
from pos.store.schema import TABLES
from scripts.benches.measured import Measured, ratio
from scripts.benches.sales import sale

NAMES = ("commit of a sale, 12 lines, 2 tenders",)
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


def _rows_of(ordinal: int, entry: Entry, sold: SaleFinished) -> list[tuple[str, list[Any]]]:
    recorder = _Recorder()
    insert_entry(recorder, ordinal, entry)
    project(recorder, ordinal, entry, sold)
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
            sold = sale(ticket)
            start = time.perf_counter_ns()
            (entry,) = store.ledger.record(sold)
            ours.append((time.perf_counter_ns() - start) / 1e6)
            asked = _rows_of(ticket, _numbered(entry, ticket), sold)
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
