"""Transactions that stand in each other's way: PostgreSQL undoes one, and the centre does it again.

The deadlocks and the refusals are PostgreSQL's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from pos.journal.entry import GENESIS
from sync.central.engine import TRIES, Centre, is_collision
from sync.protocol import PushAnswer
from tests.central.serving import Shop
from tests.central.tills import enrolled, rows

_LOCK_TILL = "SELECT 1 FROM till WHERE store_id = :store_id AND till_id = :till_id FOR UPDATE"
_HEARD = "UPDATE till SET heard_at = now() WHERE store_id = :store_id AND till_id = :till_id"
_READ = "SELECT heard_at FROM till WHERE store_id = :store_id AND till_id = :till_id"
_LOCK_HEAD = "SELECT 1 FROM till_head WHERE store_id = :store_id FOR UPDATE"
_LOCK_FEED = "SELECT 1 FROM feed_head WHERE store_id = :store_id FOR UPDATE"


async def test_of_two_transactions_that_lock_each_other_out_both_are_done(centre: Centre) -> None:
    """Each holds the till that the other one wants next."""
    for name in ("S001-T01", "S001-T02"):
        await enrolled(centre, name)
    both_hold = asyncio.Barrier(2)
    begun: list[str] = []

    async def deed(session: AsyncSession, tills: Iterable[str]) -> str:
        first, second = tills
        begun.append(first)
        await session.execute(text(_LOCK_TILL), {"store_id": "S001", "till_id": first})
        if len(begun) <= 2:
            await both_hold.wait()
        await session.execute(text(_LOCK_TILL), {"store_id": "S001", "till_id": second})
        await session.commit()
        return first

    async with asyncio.timeout(30):
        one, other = await asyncio.gather(
            centre.done("S001", lambda session: deed(session, ("T01", "T02"))),
            centre.done("S001", lambda session: deed(session, ("T02", "T01"))),
        )
    assert (one, other) == ("T01", "T02")
    assert len(begun) == 3


async def test_a_push_that_postgresql_undid_is_taken_whole_by_the_same_request(shop: Shop) -> None:
    """Somebody holds the store's counter and then wants the head that the push has locked."""
    till = await shop.till()
    till.till.sell({"bread": 1})
    assert (await till.post("/v1/journal", till.till.request())).status_code == 200
    again = till.till.sell({"bread": 1})
    whose = {"store_id": shop.store}
    async with shop.centre.session(shop.store) as other:
        await other.execute(text("SET LOCAL deadlock_timeout = '1h'"))  # the push is undone
        await other.execute(text(_LOCK_FEED), whose)
        pushing = asyncio.create_task(till.post("/v1/journal", till.till.request([again])))
        await _until_someone_waits(shop.centre, shop.store)
        await other.execute(text(_LOCK_HEAD), whose)
        await other.rollback()
    answer = await pushing
    assert answer.status_code == 200, answer.text
    assert PushAnswer.model_validate_json(answer.content).expected == 4
    kept = await rows(shop.centre, shop.store, "SELECT number FROM sale WHERE store_id = :store_id")
    assert sorted(number for (number,) in kept) == [2, 3]


async def test_what_always_collides_is_given_up_after_a_few_tries(centre: Centre) -> None:
    await enrolled(centre, "S001-T01")
    whose = {"store_id": "S001", "till_id": "T01"}
    tries = 0

    async def deed(session: AsyncSession) -> None:
        nonlocal tries
        tries += 1
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        await session.execute(text(_READ), whose)
        async with centre.session("S001") as other:
            await other.execute(text(_HEARD), whose)
            await other.commit()
        await session.execute(text(_HEARD), whose)

    with pytest.raises(DBAPIError) as refused:
        await centre.done("S001", deed)
    assert is_collision(refused.value)
    assert tries == TRIES


async def test_what_fails_for_another_reason_is_tried_once(centre: Centre) -> None:
    tries = 0

    async def deed(session: AsyncSession) -> None:
        nonlocal tries
        tries += 1
        await session.execute(
            text(
                "INSERT INTO till_head (store_id, till_id, epoch, number, hash, pushed_at)"
                " VALUES ('S001', 'T99', 'K1', 0, :genesis, now())"
            ),
            {"genesis": GENESIS},
        )

    with pytest.raises(DBAPIError):
        await centre.done("S001", deed)
    assert tries == 1


async def _until_someone_waits(centre: Centre, store: str) -> None:
    """Wait until a transaction waits for another one's lock in this database."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(30), centre.session(store) as session:
        while not (await session.execute(waiting)).scalar_one():
            await session.rollback()
            await asyncio.sleep(0.01)
