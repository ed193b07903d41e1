"""Stock at the centre: the ledger, its sums, and claims."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from pos.journal.repeat import repeat
from sync.central import access, claims, conflicts, rebuild, stock, stores
from sync.central.engine import Centre
from sync.central.project import SELLABLE, MoveRow
from sync.central.values import NotYours, TillId, Unknown
from sync.protocol import Claim, Claimed, Cursor
from tests.central.conftest import Databases
from tests.central.tills import AT, NOON, enrolled, open_store, rows

LEVELS = (
    "SELECT sku, on_hand, shelf, reserved FROM stock_level WHERE store_id = :store_id ORDER BY sku"
)


async def deliver(centre: Centre, source: str, goods: dict[str, int], store: str = "S001") -> bool:
    moves = [
        MoveRow(store, source, n, sku, SELLABLE, pieces * 1000, "delivery", AT)
        for n, (sku, pieces) in enumerate(goods.items())
    ]
    async with centre.session(store) as session:
        is_new = await stock.move(session, store, moves, NOON)
        await session.commit()
    return is_new


async def audit(centre: Centre) -> list[str]:
    async with centre.session("S001") as session:
        return (await rebuild.compare(session, "S001")).names


# The ledger


async def test_a_delivery_is_taken_in_once(centre: Centre) -> None:
    assert await deliver(centre, "delivery/7", {"bread": 5, "jam": 2})
    assert not await deliver(centre, "delivery/7", {"bread": 5, "jam": 2})
    assert await rows(centre, "S001", LEVELS) == [("bread", 5000, 0, 0), ("jam", 2000, 0, 0)]


async def test_a_delivery_told_twice_at_the_same_time_is_taken_in_once(centre: Centre) -> None:
    told = await asyncio.gather(*(deliver(centre, "delivery/7", {"bread": 5}) for _ in range(4)))
    assert sorted(told) == [False, False, False, True]
    assert await rows(centre, "S001", LEVELS) == [("bread", 5000, 0, 0)]


async def test_a_sale_below_zero_is_taken_and_told_once(centre: Centre) -> None:
    till = await enrolled(centre)
    await deliver(centre, "delivery/7", {"bread": 2})
    for _ in range(3):
        till.sell({"bread": 1, "uncounted": 1})
        await till.push(centre)
    till.sell({"bread": 1})
    await till.push(centre)
    async with centre.session("S001") as session:
        found = await conflicts.listed(session, "S001")
    assert [(one.slug, one.name) for one in found] == [
        ("below_zero", "below_zero:bread:2026-11-22")
    ]
    assert (await rows(centre, "S001", LEVELS))[0] == ("bread", -2000, 0, 0)


async def test_an_article_goes_below_zero_once_a_day_for_the_inbox(centre: Centre) -> None:
    till = await enrolled(centre)
    days = ["2026-11-22", "2026-11-22", "2026-11-23"]
    for number, day in enumerate(days):
        await deliver(centre, f"delivery/{number}", {"bread": 2})
        till.sell({"bread": 5}, business_day=day)
        await till.push(centre)
        await deliver(centre, f"found/{number}", {"bread": 3})
    async with centre.session("S001") as session:
        found = {one.name for one in await conflicts.listed(session, "S001")}
    assert found == {"below_zero:bread:2026-11-22", "below_zero:bread:2026-11-23"}


async def test_tills_that_sell_at_once_keep_levels_and_versions_right(centre: Centre) -> None:
    tills = [await enrolled(centre, f"S001-T0{n}") for n in range(1, 5)]

    async def sell_all_day(number: int) -> None:
        till = tills[number]
        for _ in range(5):
            till.sell({"bread": 1, f"own {number}": 2})
            await till.push(centre)

    await asyncio.gather(*(sell_all_day(number) for number in range(4)))
    levels = {sku: on_hand for sku, on_hand, _, _ in await rows(centre, "S001", LEVELS)}
    assert levels == {"bread": -20_000} | {f"own {n}": -10_000 for n in range(4)}
    page = (await tills[0].pull(centre, {"store:S001": Cursor()})).scopes["store:S001"]
    assert page.things["stock"].keys() == levels.keys()
    versions = await rows(centre, "S001", "SELECT v FROM stock_level WHERE store_id = 'S001'")
    assert len(set(versions)) == 5
    assert page.included == {f"T0{n}-K1": 6 for n in range(1, 5)}
    assert await audit(centre) == []


async def test_the_stock_of_an_article_is_seen_in_all_stores_with_its_age(centre: Centre) -> None:
    here, there = await enrolled(centre), await enrolled(centre, "S002-T01")
    await deliver(centre, "d", {"bread": 5})
    await deliver(centre, "d", {"bread": 3}, "S002")
    await here.push(centre)
    await there.push(centre, now=NOON - timedelta(hours=2))

    async def seen() -> list[tuple[str, int, datetime | None]]:
        async with centre.everywhere() as sessions:
            asked = [await stock.of_article(one, ["S001", "S002"], "bread") for one in sessions]
            assert await stock.of_article(sessions[0], ["S001"], "nothing") == []
        found = sorted((one for part in asked for one in part), key=lambda one: one.store)
        return [(one.store, one.on_hand, one.heard_at) for one in found]

    heard = [("S001", 5000, NOON), ("S002", 3000, NOON - timedelta(hours=2))]
    assert await seen() == heard
    never = await enrolled(centre, "S002-T02")
    assert await seen() == [heard[0], ("S002", 3000, None)]
    async with centre.session("S002") as session:
        await access.revoke(session, never.who, NOON)
        await session.commit()
    assert await seen() == heard
    third = await enrolled(centre, "S002-T03")
    assert await seen() == [heard[0], ("S002", 3000, None)]
    async with centre.session("S002") as session:
        await stores.close_till(session, third.who, NOON)
        with pytest.raises(Unknown):
            await stores.close_till(session, third.who, NOON)
    assert await seen() == heard


async def test_an_alien_change_of_a_level_is_found_by_the_audit(centre: Centre) -> None:
    till = await enrolled(centre)
    till.sell({"bread": 1})
    await till.push(centre)
    assert await audit(centre) == []
    for change in (
        "UPDATE stock_level SET on_hand = 5 WHERE store_id = :store_id RETURNING 1",
        "UPDATE sale SET total = 5 WHERE store_id = :store_id RETURNING 1",
        "DELETE FROM payment WHERE store_id = :store_id RETURNING 1",
    ):
        async with centre.session("S001") as session:
            await session.execute(text(change), {"store_id": "S001"})
            await session.commit()
    assert {name.split()[0] for name in await audit(centre)} == {"stock_level", "sale", "payment"}


GOODS = st.dictionaries(st.sampled_from(["bread", "jam", "tea"]), st.sampled_from([-2, -1, 1, 3]),
                        min_size=1)  # fmt: skip
DAYS = st.lists(
    st.tuples(st.sampled_from(["sell", "deliver", "repeat", "train", "resend"]), GOODS), max_size=8
)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=DAYS)
async def test_the_ledger_the_levels_and_the_journals_always_agree(
    databases: Databases, day: list[tuple[str, dict[str, int]]]
) -> None:
    centre = Centre.of([await databases.new()])
    await open_store(centre, "S001")
    till = await enrolled(centre)
    expected: Counter[str] = Counter()
    for number, (what, goods) in enumerate(day):
        if what == "deliver":
            await deliver(centre, f"delivery/{number}", goods)
            expected.update(goods)
        elif what == "repeat":
            till.record(repeat(till.entries[-1]))
        elif what == "resend":
            await till.push(centre)
        else:
            till.sell(goods, training=what == "train")
            expected.subtract(goods if what == "sell" else {})
    await till.push(centre)
    levels = {sku: on_hand for sku, on_hand, _, _ in await rows(centre, "S001", LEVELS)}
    assert levels == {sku: expected[sku] * 1000 for sku in levels}
    assert {sku for sku, pieces in expected.items() if pieces} <= levels.keys()
    assert await audit(centre) == []
    await centre.close()


# Claims


async def claim(centre: Centre, who: TillId, number: int, **more: Any) -> Claimed:
    asked = Claim(claim=f"{who}-K1/{number:06d}", **{"what": "voucher", "key": "V1"} | more)
    async with centre.session(claims.home(who.store, asked)) as session:
        return await claims.ask(session, who, asked, NOON)


@pytest.mark.parametrize("what", ["hand_over", "voucher", "points"])
async def test_only_one_of_those_who_ask_at_once_is_granted(centre: Centre, what: str) -> None:
    tills = [TillId("S001", f"T{n:02d}") for n in range(8)]
    told = await asyncio.gather(*(claim(centre, till, 7, what=what) for till in tills))
    assert sum(one.granted for one in told) == 1
    assert len({(one.holder, one.at) for one in told}) == 1
    again = [await claim(centre, till, 7, what=what) for till in tills]
    assert again == list(told)


async def test_the_same_claim_asked_on_two_connections_is_granted_to_both(centre: Centre) -> None:
    who = TillId("S001", "T01")
    told = await asyncio.gather(*(claim(centre, who, 7) for _ in range(6)))
    assert [one.granted for one in told] == [True] * 6
    assert not (await claim(centre, who, 8)).granted


async def test_a_voucher_is_one_for_all_stores_and_an_order_its_own_stores(centre: Centre) -> None:
    here, there = TillId("S001", "T01"), TillId("S002", "T01")
    assert (await claim(centre, here, 1, what="voucher")).granted
    assert not (await claim(centre, there, 1, what="voucher")).granted
    assert (await claim(centre, here, 2, what="hand_over")).granted
    assert (await claim(centre, there, 2, what="hand_over")).granted


async def test_a_till_claims_in_its_own_name_only(centre: Centre) -> None:
    asked = Claim(claim="S001-T02-K1/000001", what="voucher", key="V1")
    async with centre.session("S001") as session:
        with pytest.raises(NotYours):
            await claims.ask(session, TillId("S001", "T01"), asked, NOON)
