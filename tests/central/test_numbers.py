"""Stores get numbers for passes, and tills hear of stores and keys."""

from __future__ import annotations

import asyncio

from pos.journal.signing import SeedKey
from sync.central import feed, numbers, stores
from sync.central.engine import Centre
from sync.central.pass_keys import PassKeys
from sync.central.stores import StoreFacts
from sync.central.values import CATALOGUE, COMPANY
from sync.protocol import Cursor
from tests.central.tills import NOON, enrolled, open_store

KEY = PassKeys(SeedKey(bytes(32)))


async def told(centre: Centre, kind: str) -> dict[str, dict[str, object]]:
    found = []
    async with centre.everywhere() as sessions:
        for session in sessions:
            found.append(await feed.current(session, COMPANY, CATALOGUE, kind))
    assert all(one == found[0] for one in found)
    return found[0]


async def test_each_store_gets_a_number_of_its_own_that_stays(centre: Centre) -> None:
    await asyncio.gather(*(numbers.tell(centre, KEY, NOON) for _ in range(3)))
    first = await told(centre, "store")
    assert {one["name"] for one in first.values()} == {"S001", "S002"}
    assert len({one["number"] for one in first.values()}) == 2
    for store in ("S003", "S000"):
        await open_store(centre, store)
    await numbers.tell(centre, KEY, NOON)
    later = await told(centre, "store")
    assert later | first == later
    assert len({one["number"] for one in later.values()}) == 4
    assert await told(centre, "pass_key") == {
        "0": {"public_key": SeedKey(bytes(32)).public_key.hex(), "since": 0, "revoked": False}
    }


async def test_a_till_reads_its_stores_number_and_a_new_name_is_told(centre: Centre) -> None:
    await numbers.tell(centre, KEY, NOON)
    till = await enrolled(centre)
    page = (await till.pull(centre, {CATALOGUE: Cursor()})).scopes[CATALOGUE]
    assert {kind: set(things) for kind, things in page.things.items()} == {
        "store": {"S001", "S002"},
        "pass_key": {"0"},
    }
    number = (await told(centre, "store"))["S001"]["number"]
    await stores.put(centre, StoreFacts("S001", "Au coin", "Europe/Paris", "FR"), NOON)
    await numbers.tell(centre, KEY, NOON)
    news = (await till.pull(centre, {CATALOGUE: page.cursor})).scopes[CATALOGUE]
    assert news.things == {"store": {"S001": {"name": "Au coin", "number": number}}}
    await numbers.tell(centre, KEY, NOON)
    again = (await till.pull(centre, {CATALOGUE: news.cursor})).scopes[CATALOGUE]
    assert again.things == {}
