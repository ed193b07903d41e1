"""The servers themselves: killed and started again, brought forward, and several side by side."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from sync.central import embedded, feed, prices, rebuild, stock
from sync.central.embedded import Embedded, NoPostgres
from sync.central.engine import BUCKETS, Centre, bucket
from sync.central.order_tables import METADATA
from sync.central.values import CATALOGUE, COMPANY
from sync.protocol import Cursor
from tests.central.conftest import Databases
from tests.central.test_feed import article
from tests.central.tills import NOON, ScriptedTill, enrolled, open_store, rows

HEADS = "SELECT till_id, number FROM till_head WHERE store_id = :store_id ORDER BY till_id"
ENTRIES = "SELECT till_id, count(*) FROM journal WHERE store_id = :store_id GROUP BY 1 ORDER BY 1"


# Tables


async def test_the_steps_make_exactly_the_tables_that_are_declared(url: str) -> None:
    def difference(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))

    centre = Centre.of([url])
    async with centre.engines[0].connect() as connection:
        found = await connection.run_sync(difference)
    await centre.close()
    assert [one for one in found if "alembic_version" not in str(one)] == []


async def test_bringing_tables_forward_twice_changes_nothing(centre: Centre) -> None:
    till = await enrolled(centre)
    await till.push(centre)
    await centre.migrate()
    assert await rows(centre, "S001", HEADS) == [("T01", 1)]


# Killed


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Embedded]:
    """A server of the test's own, which writes through to the disk."""
    server = embedded.start(tmp_path / "postgres")
    yield server
    with suppress(NoPostgres):
        embedded.start(server.folder).stop()


async def kill(server: Embedded) -> None:
    """Kill the first process of a server; the others see it and end."""
    os.kill(server.pid, signal.SIGKILL)


async def restarted(server: Embedded) -> Embedded:
    """Start a server again, as soon as the last process of the old one is gone."""
    for _ in range(100):
        try:
            return embedded.start(server.folder)
        except NoPostgres:
            await asyncio.sleep(0.1)
    raise AssertionError("the server did not come back")


async def sell_until_it_breaks(centre: Centre, till: ScriptedTill) -> int:
    """Push sale after sale; return the last number whose push was answered."""
    answered = 0
    with suppress(DBAPIError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        for _ in range(2_000):
            for _ in range(20):
                till.sell({"bread": 1, f"own {till.who.till}": 1})
            answer = await till.push(centre, till.entries[answered:])
            answered = answer.expected - 1
    return answered


async def test_a_server_killed_while_it_takes_pushes_has_nothing_half(own: Embedded) -> None:
    centre = Centre.of([own.url])
    await centre.migrate()
    await open_store(centre, "S001")
    tills = [await enrolled(centre, f"S001-T0{n}") for n in (1, 2, 3)]
    selling = [asyncio.create_task(sell_until_it_breaks(centre, till)) for till in tills]
    while not await rows(centre, "S001", HEADS + " LIMIT 1"):
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)
    await kill(own)
    answered = await asyncio.gather(*selling)
    await centre.close()
    back = await restarted(own)
    centre = Centre.of([back.url])
    heads = dict(await rows(centre, "S001", HEADS))
    assert dict(await rows(centre, "S001", ENTRIES)) == {k: v for k, v in heads.items() if v}
    for till, last in zip(tills, answered, strict=True):
        assert heads.get(till.who.till, 0) >= last
    async with centre.session("S001") as session:
        assert (await rebuild.compare(session, "S001")).names == []
    for till in tills:
        rest = till.entries[heads.get(till.who.till, 0) :][:100]
        assert (await till.push(centre, rest)).state == "ok"
    await centre.close()
    back.stop()


def test_a_folder_is_served_by_one_server_however_often_it_is_started(own: Embedded) -> None:
    assert embedded.start(own.folder) == own


def test_the_socket_of_a_server_is_its_owners_alone(own: Embedded) -> None:
    assert own.socket_folder.stat().st_mode & 0o077 == 0


def test_a_folder_with_a_long_name_has_its_socket_elsewhere(tmp_path: Path) -> None:
    server = embedded.start(tmp_path / ("long" * 25) / "postgres", ["fsync=off"])
    try:
        assert server.socket_folder != server.folder
        assert server.socket_folder.stat().st_mode & 0o077 == 0
    finally:
        server.stop()
    assert not server.socket_folder.exists()


def test_a_server_that_cannot_be_started_says_why(tmp_path: Path) -> None:
    with pytest.raises(NoPostgres, match="pg_ctl failed"):
        embedded.start(tmp_path / "postgres", ["shared_buffers=none"])


# Several servers


@pytest.fixture
async def spread(databases: Databases) -> AsyncIterator[Centre]:
    """A centre on three databases that know nothing of each other, with nine stores."""
    centre = Centre.of([await databases.new() for _ in range(3)])
    for number in range(9):
        await open_store(centre, f"S{number:03d}")
    yield centre
    await centre.close()


def test_stores_spread_evenly_and_always_alike() -> None:
    centre = Centre.of(["postgresql:///a", "postgresql:///b", "postgresql:///c"])
    names = [f"S{number:04d}" for number in range(3_000)]
    counts = [sum(centre.engine(name) is engine for name in names) for engine in centre.engines]
    assert min(counts) > 900
    assert {bucket(name) for name in names} <= set(range(BUCKETS))
    assert bucket("S001") == 1804


async def test_stores_on_three_servers_sell_pull_and_are_audited_alike(spread: Centre) -> None:
    names = [f"S{number:03d}" for number in range(9)]
    assert len({id(spread.engine(name)) for name in names}) == 3
    tills = [await enrolled(spread, f"{name}-T01") for name in names]
    for till in tills:
        till.sell({"bread": 1})
    told = await asyncio.gather(*(till.push(spread) for till in tills))
    assert {one.expected for one in told} == {3}
    for till in tills:
        scope = f"store:{till.who.store}"
        page = (await till.pull(spread, {scope: Cursor()})).scopes[scope]
        assert page.things == {"stock": {"bread": {"quantity": -1000, "shelf": 0, "reserved": 0}}}
        async with spread.session(till.who.store) as session:
            assert (await rebuild.compare(session, till.who.store)).names == []


async def test_what_belongs_to_no_store_is_on_every_server(spread: Centre) -> None:
    async with spread.everywhere() as sessions:
        for session in sessions:
            await feed.publish(session, COMPANY, CATALOGUE, article(1), NOON)
            await session.commit()
    await prices.put(spread, "FR", "A001", 250, NOON, NOON)
    for number in range(9):
        till = await enrolled(spread, f"S{number:03d}-T01")
        pages = (await till.pull(spread, {CATALOGUE: Cursor(), "prices:FR": Cursor()})).scopes
        kinds = {"article": pages[CATALOGUE], "price": pages["prices:FR"]}
        assert [list(page.things[kind]) for kind, page in kinds.items()] == [["A001"], ["A001"]]


async def test_a_stock_question_is_put_to_every_server(spread: Centre) -> None:
    names = [f"S{number:03d}" for number in range(9)]
    for name in names:
        till = await enrolled(spread, f"{name}-T01")
        till.sell({"bread": 1})
        await till.push(spread)
    async with spread.everywhere() as sessions:
        found = [one for s in sessions for one in await stock.of_article(s, names, "bread")]
    assert sorted(one.store for one in found) == names
