"""What the worker does by itself: tries parked entries again, forgets, goes on after a failure."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from sync.central import access, conflicts, parked, project, rebuild, worker
from sync.central.engine import Centre
from sync.central.service import utc_now
from sync.central.settings import OrderRules
from sync.central.values import TillId
from tests.central.tills import NOON, ScriptedTill, enrolled, rows

LABELS = "SELECT label FROM sale WHERE store_id = :store_id"
PARKED = "SELECT number FROM journal WHERE store_id = :store_id AND is_parked"
LEVEL = "SELECT on_hand FROM stock_level WHERE store_id = :store_id AND sku = 'bread'"


async def sold_to_an_older_program(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> ScriptedTill:
    """Return a till whose sales came to a program that did not know what a sale is."""
    till = await enrolled(centre)
    for _ in range(3):
        till.sell({"bread": 1})
    with monkeypatch.context() as older:
        older.delitem(project._MODELS, "sale.finished")
        answer = await till.push(centre)
    assert [one.number for one in answer.parked] == [2, 3, 4]
    assert await rows(centre, "S001", LABELS) == []
    return till


async def test_what_an_older_program_parked_has_its_effects_under_a_newer_one(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sold_to_an_older_program(centre, monkeypatch)
    assert await parked.retry(centre, "S001", NOON) == 3
    assert len(await rows(centre, "S001", LABELS)) == 3
    assert await rows(centre, "S001", LEVEL) == [(-3000,)]
    assert await rows(centre, "S001", PARKED) == []
    async with centre.session("S001") as session:
        assert await conflicts.listed(session, "S001") == []
    async with centre.session("S001") as session:
        assert (await rebuild.compare(session, "S001")).count == 0
    assert await parked.retry(centre, "S001", NOON) == 0


async def test_a_sale_counts_once_it_is_understood_though_its_item_was_settled_before(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sold_to_an_older_program(centre, monkeypatch)
    async with centre.session("S001") as session:
        items = await conflicts.listed(session, "S001")
        for one in items:
            await conflicts.settle(session, "S001", one.name, by="Inès", note="seen", now=NOON)
        await session.commit()
    assert await parked.retry(centre, "S001", NOON + timedelta(hours=1)) == len(items) == 3
    assert await rows(centre, "S001", LEVEL) == [(-3000,)]
    async with centre.session("S001") as session:
        told = await conflicts.listed(session, "S001", settled=True)
    assert {(one.settled_by, one.note) for one in told} == {("Inès", "seen")}


async def test_two_workers_take_each_parked_entry_once(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sold_to_an_older_program(centre, monkeypatch)
    taken = await asyncio.gather(*(parked.retry(centre, "S001", NOON) for _ in range(2)))
    assert sum(taken) == 3
    assert await rows(centre, "S001", LEVEL) == [(-3000,)]


async def test_what_is_still_not_understood_stays_and_stops_nothing_else(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parked, "PAGE", 2)
    till = await enrolled(centre)
    for n in range(5):
        till.write("moon.landed", f'{{"n":{n}}}'.encode())
    await till.push(centre)
    await sold_again(till, centre, monkeypatch)
    assert await parked.retry(centre, "S001", NOON) == 1
    assert len(await rows(centre, "S001", PARKED)) == 5


async def sold_again(till: ScriptedTill, centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    till.sell({"bread": 1})
    with monkeypatch.context() as older:
        older.delitem(project._MODELS, "sale.finished")
        await till.push(centre, till.entries[-1:])


async def test_a_round_forgets_old_codes_and_used_tokens_and_keeps_the_others(
    centre: Centre,
) -> None:
    who, now = TillId("S001", "T01"), utc_now()
    till = await enrolled(centre)
    key = till.key.key_id
    for jti, age in (("old", 120), ("new", -60)):
        await access.spend(centre, who, key, jti, now - timedelta(seconds=age))
    async with centre.session("S001") as session:
        await access.put_code(session, who, "old", now - timedelta(hours=1))
        await access.put_code(session, TillId("S001", "T02"), "new", now)
        await session.commit()
    await worker.go_round(centre, worker.duties(OrderRules()).often)
    spent = "SELECT jti FROM spent_token WHERE store_id = :store_id"
    assert await rows(centre, "S001", spent) == [("new",)]
    codes = "SELECT code_hash FROM enrol_code WHERE store_id = :store_id"
    assert await rows(centre, "S001", codes) == [("new",)]


async def test_a_step_that_fails_for_one_store_is_done_for_the_others(centre: Centre) -> None:
    done: list[str] = []

    async def step(_centre: Centre, store: str, _now: object) -> None:
        done.append(store)
        if store == "S001":
            raise RuntimeError("this store only")

    await worker.go_round(centre, [step])
    assert done == ["S001", "S002"]


async def test_a_worker_whose_database_is_away_goes_on(centre: Centre) -> None:
    away = Centre.of(["postgresql://postgres@/x?host=/nowhere"])
    stop = asyncio.Event()
    stop.set()
    await worker.work(away, stop, worker.duties(OrderRules()))


async def test_a_used_token_is_told_from_a_revoked_key(centre: Centre) -> None:
    till = await enrolled(centre)
    who, key, until = till.who, till.key.key_id, utc_now()
    assert await access.spend(centre, who, key, "a", until) == "ok"
    assert await access.spend(centre, who, key, "a", until) == "replayed"
    async with centre.session("S001") as session:
        await session.execute(
            text("UPDATE till_key SET revoked_at = :now WHERE store_id = 'S001'"), {"now": until}
        )
        await session.commit()
    assert await access.spend(centre, who, key, "b", until) == "revoked"


async def test_of_many_processes_only_one_sees_a_token_fresh(centre: Centre) -> None:
    till = await enrolled(centre)
    asked = (till.who, till.key.key_id, "same", utc_now())
    states = await asyncio.gather(*(access.spend(centre, *asked) for _ in range(8)))
    assert sorted(states) == ["ok", *["replayed"] * 7]
