"""PostgreSQL killed under an API process: it says so, and goes on when the database is back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from sync.central import rebuild
from sync.central.embedded import Embedded
from sync.central.engine import Centre
from sync.protocol import PushAnswer
from tests.central.serving import Process, Shop, make_centre, open_shop, process, slug
from tests.central.test_servers import kill, own, restarted

__all__ = ["own"]

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


@pytest.fixture
async def doomed(own: Embedded, tmp_path: Path) -> AsyncIterator[tuple[Process, Shop]]:
    """A process and a store on that server."""
    centre = Centre.of([own.url])
    await centre.migrate()
    make_centre(tmp_path / "centre", own.url)
    with process(tmp_path / "centre") as running:
        yield running, await open_shop(centre, running.url)
    await centre.close()


async def test_a_push_cut_by_the_death_of_the_database_is_sent_again_and_kept_once(
    doomed: tuple[Process, Shop], own: Embedded
) -> None:
    running, shop = doomed
    till = await shop.till()
    for _ in range(5):
        till.till.sell({"bread": 1})
    first = till.till.entries[:2]
    assert (await till.post("/v1/journal", till.till.request(first))).status_code == 200
    async with shop.centre.session(shop.store) as session, asyncio.timeout(60):
        await session.execute(
            text("SELECT 1 FROM till_head WHERE store_id = :store FOR UPDATE"),
            {"store": shop.store},
        )
        push = asyncio.create_task(till.post("/v1/journal", till.till.request()))
        async with shop.centre.session(shop.store) as watching:
            while not (await watching.execute(WAITING)).scalar_one():
                await asyncio.sleep(0.05)
        await kill(own)
        cut = await push
        await session.invalidate()
    assert (cut.status_code, slug(cut)) == (503, "unavailable")
    assert int(cut.headers["retry-after"]) >= 1
    assert httpx.get(running.url + "/health").status_code == 200
    assert httpx.get(running.url + "/ready").status_code == 503
    await restarted(own)
    await shop.centre.close()
    async with asyncio.timeout(60):
        while True:
            answer = await till.post("/v1/journal", till.till.request())
            if answer.status_code == 200:
                break
            assert slug(answer) == "unavailable"
            await asyncio.sleep(0.2)
    assert PushAnswer.model_validate_json(answer.content).expected == 7
    async with shop.centre.session(shop.store) as session:
        assert (await rebuild.compare(session, shop.store)).count == 0
    assert httpx.get(running.url + "/ready").status_code == 200
    assert not [line for line in running.lines() if line.get("slug") == "own_fault"]
