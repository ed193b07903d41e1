"""Transactions that stand in each other's way: PostgreSQL undoes one, and the centre does it again.

The deadlocks and the refusals are PostgreSQL's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.feed import PromotionFields
from pos.journal.entry import GENESIS
from sync.central import movements, prices, promotions, stores, vat
from sync.central.engine import TRIES, Centre, is_collision
from sync.central.movements import Kind, Order
from sync.central.stores import StoreFacts
from sync.central.values import COMPANY
from sync.protocol import PushAnswer
from tests.central.serving import Shop
from tests.central.test_reference import BREAD, HEAD, bring
from tests.central.tills import NOON, enrolled, rows

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


_PROMOTION = {"p": PromotionFields(name="Soldes", percent=1000)}
_SHOP = StoreFacts("S001", "Au coin", "Europe/Paris", "FR")
_COUNT = Order(Kind.COUNT, "june", "")
_LOCK_ROW = (
    "SELECT 1 FROM feed_row WHERE store_id = :store_id AND scope = '{}' AND kind = '{}' FOR UPDATE"
)
_LOCK_COUNTER = "SELECT 1 FROM feed_head WHERE store_id = :store_id AND scope = '{}' FOR UPDATE"

WRITERS: dict[str, tuple[Callable[[Centre], Awaitable[object]], str, str, str]] = {
    "a file of articles": (
        lambda centre: bring(centre, HEAD, [*BREAD[:2], "Pain long", *BREAD[3:]]),
        COMPANY,
        _LOCK_ROW.format("catalogue:MAIN", "article"),
        _LOCK_COUNTER.format("catalogue:MAIN"),
    ),
    "a price": (
        lambda centre: prices.put(centre, "FR", "B1", 99, NOON, NOON),
        COMPANY,
        _LOCK_ROW.format("prices:FR", "price"),
        _LOCK_COUNTER.format("prices:FR"),
    ),
    "a promotion": (
        lambda centre: promotions.put(centre, "FR", _PROMOTION, NOON),
        COMPANY,
        _LOCK_ROW.format("prices:FR", "promotion"),
        _LOCK_COUNTER.format("prices:FR"),
    ),
    "a rate": (
        lambda centre: vat.put(centre, "FR20", 2100, date(2027, 1, 1), NOON),
        COMPANY,
        _LOCK_ROW.format("catalogue:MAIN", "vat"),
        _LOCK_COUNTER.format("catalogue:MAIN"),
    ),
    "a count": (
        lambda centre: movements.record(centre, "S001", _COUNT, {"B1": 3000}, NOON),
        "S001",
        "SELECT 1 FROM stock_level WHERE store_id = :store_id FOR UPDATE",
        _LOCK_FEED,
    ),
    "a shop": (
        lambda centre: stores.put(centre, _SHOP, NOON),
        "S001",
        _LOCK_FEED,
        "SELECT 1 FROM store WHERE store_id = :store_id FOR UPDATE",
    ),
}


@pytest.mark.parametrize("writer", WRITERS)
async def test_what_the_office_writes_is_done_again_when_another_writer_locks_it_out(
    centre: Centre, writer: str
) -> None:
    """The other one holds what the writer wants last, and then wants what it has taken."""
    write, owner, last, first = WRITERS[writer]
    await bring(centre, HEAD, BREAD)
    await vat.put(centre, "FR20", 2000, date(2014, 1, 1), NOON)
    await promotions.put(centre, "FR", _PROMOTION, NOON)
    delivery = Order(Kind.DELIVERY, "may", "")
    await movements.record(centre, "S001", delivery, {"B1": 7000}, NOON)
    whose = {"store_id": owner}
    async with centre.session(owner) as other:
        await other.execute(text("SET LOCAL deadlock_timeout = '1h'"))  # the writer is undone
        await other.execute(text(last), whose)
        writing = asyncio.ensure_future(write(centre))
        await _until_someone_waits(centre, owner)
        await other.execute(text(first), whose)
        await other.rollback()
    async with asyncio.timeout(30):
        await writing
    levels = "SELECT on_hand FROM stock_level WHERE store_id = :store_id"
    assert await rows(centre, "S001", levels) == [(3000 if writer == "a count" else 7000,)]


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
