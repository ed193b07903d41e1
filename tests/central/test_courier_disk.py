"""The system refuses what the courier writes (EFBIG): a limit of the kernel's on its process.

A disk that is full says ENOSPC, which needs a file system of its own that may be mounted; the
courier takes every refusal alike, as the state “disk refuses”.
"""

from __future__ import annotations

import asyncio
import resource
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pos.store.catalogue import StoredCatalogue
from sync.central import feed
from sync.central.values import CATALOGUE, COMPANY
from tests.central.machines import held, labels
from tests.central.serving import Process, Shop
from tests.central.test_courier_processes import LONG_S, comptoir, courier, home, opened, until
from tests.central.test_enrol import code_for
from tests.central.tills import sale

__all__ = ["home"]


@pytest.fixture(autouse=True)
def guarded() -> None:
    """The statements that a till runs on its own files are of one store anyway."""


async def test_files_that_may_not_grow_for_the_courier_stop_nothing_and_lose_nothing(
    home: Path, api: Process, shop: Shop
) -> None:
    code = await code_for(api, shop)
    assert comptoir("enrol", code, "--url", api.url).returncode == 0
    store = opened(home, shop)
    sku = f"{shop.store}-1"
    with courier() as process:
        until(lambda: store.ledger.unsent() == 0)
        _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, hard))
        for ticket in range(1, 21):
            store.ledger.record(sale(ticket, {"bread": 1}, f"T01-K1-{ticket:06d}"))
        await publish(shop, sku)
        async with asyncio.timeout(LONG_S):
            while len(await held(shop)) < store.ledger.head.number:
                await asyncio.sleep(0.05)
        assert store.ledger.unsent() == 20  # what it could not write down it does not believe
        assert process.poll() is None
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        until(lambda: store.ledger.unsent() == 0)
        until(lambda: StoredCatalogue(store.catalogue).find(sku) is not None)
    assert len(await held(shop)) == store.ledger.head.number
    assert sorted(set(await labels(shop))) == await labels(shop)
    store.close()


async def publish(shop: Shop, sku: str) -> None:
    """Publish an article for the shop."""
    things: feed.Things = {("article", sku): {"name": "Pain", "vat": "FR20", "codes": [f"{sku}c"]}}
    async with shop.centre.session(shop.store) as session:
        await feed.publish(session, COMPANY, CATALOGUE, things, datetime.now(UTC))
        await session.commit()
