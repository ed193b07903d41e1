"""A push of 100 sales at the centre, against a raw COPY of the very same rows.

Ours is everything between the message and the commit: the body parsed, every hash and signature
checked, the head locked, the entries kept, sales, lines, payments and movements projected, levels
and versions moved. The floor is one connection that copies the rows, made beforehand, into the
same tables of a database beside it, and commits. Both take turns, round by round, on one server;
a round is a push of each of two tills.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import text

from pos.journal.canonical import canonical
from pos.journal.chain import START, Chain
from pos.journal.entry import Place
from pos.journal.signing import SeedKey, Signer
from scripts.benches.measured import Measured, ratio
from scripts.benches.sales import sale as sale_of
from sync.central import embedded, ingest
from sync.central.engine import Centre
from sync.central.project import LineRow, MoveRow, PaymentRow, SaleRow, project
from sync.central.values import TillId
from sync.protocol import Push, entry_of, wire_entry

NAMES = ("pushes of 100 sales, two tills at once, no HTTP",)
BATCH, WARM_UP, COUNT = 100, 5, 25
TIMES_MOST = 3.0
"""One process takes both pushes here; over HTTP two processes do, and the goal is stricter."""

TILLS = (TillId("S001", "T01"), TillId("S002", "T01"))
NOW = datetime(2026, 11, 22, 14, tzinfo=UTC)
AT = "2026-11-22T13:05:09.123Z"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A push, and the rows that it becomes, by table."""

    body: bytes
    rows: dict[str, list[tuple[Any, ...]]]


def prepared(count: int, who: TillId, batch: int = BATCH) -> tuple[SeedKey, list[Prepared]]:
    """Return a till's key and `count` pushes of sales that follow each other."""
    key = SeedKey(bytes(range(32)))
    chain = Chain(Place(who.store, who.till, "K1"), START)
    pushes = []
    for number in range(count):
        tickets = range(number * batch + 1, (number + 1) * batch + 1)
        sales = (sale_of(ticket) for ticket in tickets)
        entries = [chain.append(sale.kind, 1, AT, canonical(sale.facts()), key) for sale in sales]
        sent = Push(request="r", epoch="K1", entries=[wire_entry(one) for one in entries])
        pushes.append(Prepared(sent.model_dump_json().encode(), rows_of(sent, who)))
    return key, pushes


def rows_of(sent: Push, who: TillId) -> dict[str, list[tuple[Any, ...]]]:
    """Return what a push becomes, for a raw copy."""
    place = Place(who.store, who.till, sent.epoch)
    entries = [entry_of(place, one) for one in sent.entries]
    found = project(entries)
    return {
        "journal": [ingest.journal_row(one, NOW) for one in entries],
        "sale": [one.sale for one in found.sales],
        "sale_line": [row for one in found.sales for row in one.lines],
        "payment": [row for one in found.sales for row in one.payments],
        "stock_move": [row for one in found.sales for row in one.moves],
    }


COLUMNS: dict[str, tuple[str, ...]] = {
    "journal": ingest.JOURNAL,
    "sale": SaleRow._fields,
    "sale_line": LineRow._fields,
    "payment": PaymentRow._fields,
    "stock_move": MoveRow._fields,
}


async def set_up(centre: Centre, who: TillId, key: Signer) -> None:
    """Make a store and its till, with an epoch to write into."""
    names = {"store": who.store, "till": who.till, "now": NOW}
    async with centre.session(who.store) as session:
        for statement, more in (
            ("INSERT INTO store (store_id, name, time_zone, price_zone, opened_at)"
             " VALUES (:store, '', 'Europe/Paris', 'FR', :now) ON CONFLICT DO NOTHING", {}),
            ("INSERT INTO till (store_id, till_id, name, software)"
             " VALUES (:store, :till, '', '')", {}),
            ("INSERT INTO till_key (store_id, till_id, key_id, public_key, is_trusted, since)"
             " VALUES (:store, :till, :key, :public, true, :now)",
             {"key": key.key_id, "public": key.public_key}),
            ("INSERT INTO till_head (store_id, till_id, epoch, number, hash, pushed_at)"
             " VALUES (:store, :till, 'K1', 0, :genesis, :now)", {"genesis": bytes(32)}),
        ):  # fmt: skip
            await session.execute(text(statement), {**names, **more})
        await session.commit()


async def copy_raw(connection: Any, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Copy rows into their tables in one transaction."""
    async with connection.transaction():
        for table, records in rows.items():
            await connection.copy_records_to_table(table, columns=COLUMNS[table], records=records)


async def take(centre: Centre, who: TillId, body: bytes) -> None:
    """Take a push as it arrives."""
    sent = Push.model_validate_json(body)
    async with centre.session(who.store) as session:
        answer = await ingest.push(session, who, sent, NOW)
    assert answer.state == "ok"
    assert not answer.parked


async def analyse(server: embedded.Embedded) -> None:
    """Tell the planner what the tables hold, as PostgreSQL does by itself within a minute."""
    for database in (embedded.DATABASE, "floor"):
        connection = await asyncpg.connect(server.url_of(database))
        await connection.execute("ANALYZE")
        await connection.close()


async def _measure(server: embedded.Embedded) -> tuple[list[float], list[float]]:
    """Return the milliseconds of rounds: a push of each till, and the copies of both."""
    pushes = []
    centre = Centre.of([server.url])
    await centre.migrate()
    for who in TILLS:
        key, made = prepared(WARM_UP + COUNT, who)
        await set_up(centre, who, key)
        pushes.append(made)
    await centre.close()
    admin = await asyncpg.connect(server.url_of("postgres"))
    await admin.execute("CREATE DATABASE floor TEMPLATE comptoir")
    await admin.close()
    centre, floor = Centre.of([server.url]), await asyncpg.connect(server.url_of("floor"))
    ours: list[float] = []
    raw: list[float] = []
    for number, both in enumerate(zip(*pushes, strict=True)):
        if number == WARM_UP:
            await analyse(server)
        start = time.perf_counter_ns()
        taking = (take(centre, who, push.body) for who, push in zip(TILLS, both, strict=True))
        await asyncio.gather(*taking)
        ours.append((time.perf_counter_ns() - start) / 1e6)
        start = time.perf_counter_ns()
        for push in both:
            await copy_raw(floor, push.rows)
        raw.append((time.perf_counter_ns() - start) / 1e6)
    await floor.close()
    await centre.close()
    return ours[WARM_UP:], raw[WARM_UP:]


def measure() -> Iterator[Measured]:
    """Yield the measurement of pushes."""
    folder = Path(tempfile.mkdtemp(prefix="comptoir-bench-"))
    server = embedded.start(folder / "postgres")
    try:
        ours, floor = asyncio.run(_measure(server))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    yield ratio(NAMES[0], "ms", ours, floor, TIMES_MOST)
