"""The feed: nothing missed and nothing out of order, whoever writes, and only one's own scopes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from sync.central import feed
from sync.central.engine import Centre
from sync.central.values import CATALOGUE, COMPANY, NotYours, TillId, Unknown
from sync.protocol import Cursor, Page
from tests.central.tills import NOON, ScriptedTill, enrolled, open_store, rows


async def write(centre: Centre, things: feed.Things, scope: str = CATALOGUE) -> None:
    store = COMPANY if scope == CATALOGUE else "S001"
    async with centre.session("S001") as session:
        await feed.publish(session, store, scope, things, NOON)
        await session.commit()


def article(number: int) -> dict[tuple[str, str], dict[str, Any] | None]:
    return {("article", f"A{number:03d}"): {"name": f"Article {number}"}}


def names(page: Page) -> list[str]:
    return list(page.things.get("article", {}))


async def test_a_till_that_pulls_while_many_write_misses_nothing(centre: Centre) -> None:
    till = await enrolled(centre)
    done = asyncio.Event()
    held: dict[str, int] = {}
    swapped: list[str] = []

    async def writer(number: int) -> None:
        for value in range(1, 31):
            things: feed.Things = {("article", f"A{number}"): {"value": value}}
            async with centre.session("S001") as session:
                await feed.publish(session, COMPANY, CATALOGUE, things, NOON)
                await asyncio.sleep(0)
                await (session.rollback() if value % 10 == 7 else session.commit())

    async def reader() -> None:
        cursor, is_last = Cursor(), False
        while not is_last:
            is_last = done.is_set()
            page = (await till.pull(centre, {CATALOGUE: cursor}, limit=3)).scopes[CATALOGUE]
            is_last = is_last and not page.more
            cursor = page.cursor
            for key, fields in page.things.get("article", {}).items():
                assert fields is not None
                if fields["value"] < held.get(key, 0):
                    swapped.append(key)
                held[key] = fields["value"]

    reading = asyncio.create_task(reader())
    await asyncio.gather(*(writer(number) for number in range(4)))
    done.set()
    await reading
    assert held == {f"A{number}": 30 for number in range(4)}
    assert swapped == []


# Cursors and snapshots


async def test_a_cold_till_reads_everything_page_by_page(centre: Centre) -> None:
    till = await enrolled(centre)
    await write(centre, {key: value for n in range(7) for key, value in article(n).items()})
    cursor, found, flags = Cursor(), list[str](), list[tuple[bool, bool]]()
    for _ in range(3):
        page = (await till.pull(centre, {CATALOGUE: cursor}, limit=3)).scopes[CATALOGUE]
        cursor = page.cursor
        found += names(page)
        flags.append((page.snapshot, page.more))
    assert found == [f"A{n:03d}" for n in range(7)]
    assert flags == [(True, True), (False, True), (False, False)]
    nothing = (await till.pull(centre, {CATALOGUE: cursor})).scopes[CATALOGUE]
    assert (nothing.things, nothing.cursor, nothing.snapshot) == ({}, cursor, False)


async def test_any_text_comes_to_the_till_as_it_was_written(centre: Centre) -> None:
    till = await enrolled(centre)
    text = 'Crème "brûlée" \\ \u2028 \t \U0001f370 {}[], \''
    await write(centre, {("article", text): {"name": text, text: [1, None, True, {"a": text}]}})
    page = (await till.pull(centre, {CATALOGUE: Cursor()})).scopes[CATALOGUE]
    fields = {"name": text, text: [1, None, True, {"a": text}]}
    assert page.things == {"article": {text: fields}}


async def test_only_what_changed_comes_after_a_cursor_and_what_went_says_so(
    centre: Centre,
) -> None:
    till = await enrolled(centre)
    await write(centre, article(1) | article(2) | article(3))
    cursor = (await till.pull(centre, {CATALOGUE: Cursor()})).scopes[CATALOGUE].cursor
    await write(centre, article(2))
    await write(centre, {("article", "A003"): None})
    page = (await till.pull(centre, {CATALOGUE: cursor})).scopes[CATALOGUE]
    told = page.things["article"]
    assert [(key, fields is None) for key, fields in told.items()] == [
        ("A002", False),
        ("A003", True),
    ]


@pytest.mark.parametrize(
    "cursor",
    [
        Cursor(v=1, nonce="1.of-another-life"),
        Cursor(v=9, nonce="9.of-another-life"),
        Cursor(v=2, nonce="1.x"),
        Cursor(v=2**62, nonce=f"{2**63}.x"),
        Cursor(v=1, nonce=""),
        Cursor(v=1, nonce="no number"),
    ],
    ids=str,
)
async def test_a_cursor_that_the_centre_never_gave_gets_a_snapshot(
    centre: Centre, cursor: Cursor
) -> None:
    till = await enrolled(centre)
    await write(centre, article(1) | article(2))
    page = (await till.pull(centre, {CATALOGUE: cursor})).scopes[CATALOGUE]
    assert (page.snapshot, names(page)) == (True, ["A001", "A002"])


async def test_a_centre_that_lost_a_scope_empties_it_at_the_till(centre: Centre) -> None:
    till = await enrolled(centre)
    page = (await till.pull(centre, {CATALOGUE: Cursor(v=4, nonce="4.x")})).scopes[CATALOGUE]
    assert (page.snapshot, page.things, page.cursor, page.more) == (True, {}, Cursor(), False)


async def test_a_page_read_before_the_centre_went_back_is_not_gone_on_from(
    centre: Centre,
) -> None:
    """The row that page one lacks is overwritten only in the future that the centre lost."""
    till = await enrolled(centre)
    await write(centre, article(1) | article(2) | article(3))
    kept = await rows(centre, "S001", "SELECT v, nonce FROM feed_head WHERE store_id = '*'")
    await write(centre, article(1))
    page = (await till.pull(centre, {CATALOGUE: Cursor()}, limit=1)).scopes[CATALOGUE]
    assert names(page) == ["A002"]
    async with centre.session("S001") as session:
        for statement in (
            "DELETE FROM feed_transaction WHERE store_id = '*' AND v > 3",
            "UPDATE feed_row SET v = 1 WHERE store_id = '*' AND key = 'A001'",
            f"UPDATE feed_head SET v = 3, nonce = '{kept[0][1]}' WHERE store_id = '*'",
        ):
            await session.execute(text(statement))
        await session.commit()
    page = (await till.pull(centre, {CATALOGUE: page.cursor})).scopes[CATALOGUE]
    assert (page.snapshot, names(page)) == (True, ["A001", "A002", "A003"])


async def test_cursors_of_three_months_ago_are_forgotten_and_the_newest_never(
    centre: Centre,
) -> None:
    till = await enrolled(centre)
    await write(centre, article(1))
    old = (await till.pull(centre, {CATALOGUE: Cursor()})).scopes[CATALOGUE].cursor
    await write(centre, article(2))
    new = (await till.pull(centre, {CATALOGUE: Cursor()})).scopes[CATALOGUE].cursor
    async with centre.session("S001") as session:
        later = NOON.replace(year=2027)
        assert await feed.forget(session, ["S001"], later) == 1
        await session.commit()
    await write(centre, article(3))
    assert (await till.pull(centre, {CATALOGUE: old})).scopes[CATALOGUE].snapshot
    assert not (await till.pull(centre, {CATALOGUE: new})).scopes[CATALOGUE].snapshot


async def test_what_comes_in_the_middle_of_a_pull_comes_with_the_next_one(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    till, other = await enrolled(centre), await enrolled(centre, "S001-T02")
    till.sell({"bread": 1})
    await till.push(centre)
    other.sell({"bread": 1, "jam": 1})
    is_known = feed._is_known

    async def sold_meanwhile(session: Any, whose: dict[str, str], cursor: Cursor) -> bool:
        await other.push(centre)
        return await is_known(session, whose, cursor)

    monkeypatch.setattr(feed, "_is_known", sold_meanwhile)
    first = (await till.pull(centre, {"store:S001": Cursor()})).scopes["store:S001"]
    monkeypatch.undo()
    nothing = {"shelf": 0, "reserved": 0}
    assert first.things == {"stock": {"bread": {"quantity": -1000, **nothing}}}
    assert first.included == {"T01-K1": 2}
    second = (await till.pull(centre, {"store:S001": first.cursor})).scopes["store:S001"]
    assert second.things == {
        "stock": {"bread": {"quantity": -2000, **nothing}, "jam": {"quantity": -1000, **nothing}}
    }
    assert second.included == {"T01-K1": 2, "T02-K1": 2}


# Whose it is


@pytest.mark.parametrize(
    "scope", ["store:S002", "till:S001-T02", "till:S002-T01", "catalogue:OTHER"]
)
async def test_a_till_reads_nothing_of_another_store_till_or_zone(
    centre: Centre, scope: str
) -> None:
    await open_store(centre, "S003", "CH")
    till = await enrolled(centre)
    await enrolled(centre, "S001-T02")
    await enrolled(centre, "S002-T01")
    with pytest.raises(NotYours):
        await till.pull(centre, {CATALOGUE: Cursor(), scope: Cursor()})


async def test_another_zone_s_prices_are_left_out_and_the_till_is_told_what_it_reads(
    centre: Centre,
) -> None:
    await open_store(centre, "S003", "CH")
    till = await enrolled(centre)
    async with centre.session("S003") as session:
        things: feed.Things = {("price", "100"): {"prices": [[0, 110]]}}
        await feed.publish(session, COMPANY, "prices:CH", things, NOON)
        await session.commit()
    answer = await till.pull(centre, {CATALOGUE: Cursor(), "prices:CH": Cursor()})
    assert list(answer.scopes) == [CATALOGUE]
    assert answer.reads == [CATALOGUE, "prices:FR", "store:S001", "till:S001-T01"]


async def test_a_till_hears_of_its_own_store_alone(centre: Centre) -> None:
    here, there = await enrolled(centre), await enrolled(centre, "S002-T01")
    there.sell({"bread": 1})
    await there.push(centre)
    here.sell({"jam": 2})
    await here.push(centre)
    page = (await here.pull(centre, {"store:S001": Cursor()})).scopes["store:S001"]
    assert page.things == {"stock": {"jam": {"quantity": -2000, "shelf": 0, "reserved": 0}}}
    assert page.included == {"T01-K1": 2}


async def test_the_answer_says_what_the_centre_holds_of_each_epoch(centre: Centre) -> None:
    till = await enrolled(centre)
    await till.push(centre)
    async with centre.session("S001") as session:
        asked = till.pulling("K1", "K2")
        answer = await feed.pull(session, till.who, asked, NOON)
    assert answer.expected["K1"].number == 1
    assert answer.expected["K1"].hash == till.entries[0].hash.hex()
    assert (answer.expected["K2"].number, answer.expected["K2"].hash) == (0, "00" * 32)


async def test_what_is_shared_after_a_fork_is_found_by_hashes(centre: Centre) -> None:
    till = await enrolled(centre)
    for _ in range(4):
        till.sell({"bread": 1})
    await till.push(centre)
    hashes = {one.number: one.hash.hex() for one in till.entries} | {4: "00" * 32, 5: "11" * 32}
    async with centre.session("S001") as session:
        found = await feed.match(session, till.who, till.matching(hashes))
        assert (found.number, found.held) == (3, 5)
        other = TillId("S002", "T01")
        assert (await feed.match(session, other, till.matching(hashes))).held == 0


async def test_a_till_that_was_never_set_up_reads_nothing(centre: Centre) -> None:
    with pytest.raises(Unknown):
        await ScriptedTill(TillId("S001", "T09")).pull(centre, {CATALOGUE: Cursor()})


async def test_when_a_till_was_heard_is_written_at_most_twice_a_minute(centre: Centre) -> None:
    till = await enrolled(centre)
    heard = "SELECT heard_at FROM till WHERE store_id = :store_id"
    await till.pull(centre, {})
    assert await rows(centre, "S001", heard) == [(NOON,)]
    await till.pull(centre, {}, now=NOON.replace(second=29))
    assert await rows(centre, "S001", heard) == [(NOON,)]
    await till.pull(centre, {}, now=NOON.replace(second=30))
    assert await rows(centre, "S001", heard) == [(NOON.replace(second=30),)]


# What it costs


async def test_a_pull_with_nothing_new_asks_the_tables_once_and_reads_no_table_whole(
    centre: Centre,
) -> None:
    till = await enrolled(centre)
    till.sell({"bread": 1})
    await till.push(centre)
    await write(centre, article(1))
    scopes = [CATALOGUE, "prices:FR", "store:S001", "till:S001-T01"]
    pages = (await till.pull(centre, dict.fromkeys(scopes, Cursor()))).scopes
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        asked.append((statement, given))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        again = await till.pull(centre, {scope: page.cursor for scope, page in pages.items()})
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert {name: page.things for name, page in again.scopes.items()} == {
        scope: {} for scope in scopes
    }
    ((statement, given),) = asked
    async with centre.engines[0].connect() as connection:
        await connection.exec_driver_sql("SET enable_seqscan = off")
        plan = (await connection.exec_driver_sql(f"EXPLAIN {statement}", given)).scalars().all()
    assert not [step for step in plan if "Seq Scan" in step]
    assert [step for step in plan if "Index" in step]
