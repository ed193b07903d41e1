"""A push at a centre of 10,000 stores, against the same push at a centre of 10.

Every store has a till, a history (entries, sales, levels, versions) and its own counter. Pushes of
ten sales go to stores drawn at random, in turns to the one centre and to the other, on one server.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg

from scripts.benches.centre_ingest import Prepared, prepared, take
from scripts.benches.measured import Measured, ratio
from sync.central import embedded
from sync.central.engine import Centre
from sync.central.values import TillId

NAMES = ("push of 10 sales, 10,000 stores against 10",)
FEW, MANY = 10, 10_000
BATCH, COUNT, WARM_UP = 10, 150, 20
TIMES_MOST = 1.3

_HISTORY = (
    "INSERT INTO store SELECT name, '', 'Europe/Paris', 'FR', now() FROM shop",
    "INSERT INTO till (store_id, till_id, name, software) SELECT name, 'T01', '', '' FROM shop",
    "INSERT INTO till_key SELECT name, 'T01', $1, $2, true, now(), NULL FROM shop",
    "INSERT INTO till_head SELECT name, 'T01', epoch, CASE epoch WHEN 'K0' THEN 20 ELSE 0 END,"
    " decode(repeat('00', 32), 'hex'), now() FROM shop, unnest(ARRAY['K0', 'K1']) AS epoch",
    "INSERT INTO journal SELECT name, 'T01', 'K0', n, 'sale.finished', 1, '',"
    " convert_to(repeat('x', 2000), 'UTF8'), '', sha256(convert_to(name || n, 'UTF8')), '',"
    " '', now(), false FROM shop, generate_series(1, 20) AS n",
    "INSERT INTO sale SELECT name, 'T01', 'K0', n, sha256(convert_to(name || n, 'UTF8')),"
    " 'old ' || n, '', '2026-11-21', '', 'sale', 'EUR', 0, 0, 0, NULL"
    " FROM shop, generate_series(1, 20) AS n",
    "INSERT INTO stock_level SELECT name, 'SKU-' || lpad(n::text, 5, '0'), 0, 0, 0, n"
    " FROM shop, generate_series(1, 40) AS n",
    "INSERT INTO feed_head SELECT name, 'store:' || name, 40, '' FROM shop",
    "ANALYZE",
)


async def _database(server: embedded.Embedded, name: str, stores: int, key: Any) -> str:
    """Make a database with so many stores and their histories; return its URL."""
    admin = await asyncpg.connect(server.url_of("postgres"))
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    centre = Centre.of([server.url_of(name)])
    await centre.migrate()
    await centre.close()
    connection = await asyncpg.connect(server.url_of(name), timeout=60, command_timeout=600)
    await connection.execute(
        "CREATE TEMP TABLE shop AS SELECT 'S' || lpad(n::text, 5, '0') AS name"
        f" FROM generate_series(0, {stores - 1}) AS n"
    )
    for statement in _HISTORY:
        given = (key.key_id, key.public_key) if "$1" in statement else ()
        await connection.execute(statement, *given)
    await connection.close()
    return server.url_of(name)


def _pushes(stores: int, chance: random.Random) -> list[tuple[TillId, Prepared]]:
    """Return pushes to stores drawn at random, each store's in their order."""
    drawn = [TillId(f"S{chance.randrange(stores):05d}", "T01") for _ in range(COUNT + WARM_UP)]
    made = {who: iter(prepared(drawn.count(who), who, BATCH)[1]) for who in set(drawn)}
    return [(who, next(made[who])) for who in drawn]


async def _measure(server: embedded.Embedded) -> tuple[list[float], list[float]]:
    key, _ = prepared(0, TillId("S00000", "T01"))
    chance = random.Random(10_000)
    times: dict[int, list[float]] = {FEW: [], MANY: []}
    centres, pushes = {}, {}
    for stores in times:
        url = await _database(server, f"stores_{stores}", stores, key)
        centres[stores] = Centre.of([url])
        pushes[stores] = _pushes(stores, chance)
    for turn in range(COUNT + WARM_UP):
        for stores, spent in times.items():
            who, push = pushes[stores][turn]
            start = time.perf_counter_ns()
            await take(centres[stores], who, push.body)
            spent.append((time.perf_counter_ns() - start) / 1e6)
    for centre in centres.values():
        await centre.close()
    return times[MANY][WARM_UP:], times[FEW][WARM_UP:]


def measure() -> Iterator[Measured]:
    """Yield the measurement of pushes at both centres."""
    folder = Path(tempfile.mkdtemp(prefix="comptoir-bench-"))
    server = embedded.start(folder / "postgres")
    try:
        many, few = asyncio.run(_measure(server))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    yield ratio(NAMES[0], "ms", many, few, TIMES_MOST)
