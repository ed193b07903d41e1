"""Pushes: what is kept, what is projected, and the answer to everything that may come."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pos.domain.events import StockAdjusted
from pos.journal.canonical import canonical
from pos.journal.repeat import repeat
from sync.central import conflicts, rebuild
from sync.central.conflicts import Conflict
from sync.central.engine import Centre
from sync.central.values import Corrupt, Unknown
from tests.central.tills import NOON, ScriptedTill, enrolled, rows, sale

SALES = "SELECT label, total FROM sale WHERE store_id = :store_id ORDER BY label"
LEVELS = "SELECT sku, on_hand FROM stock_level WHERE store_id = :store_id ORDER BY sku"
JOURNAL = "SELECT body, hash FROM journal WHERE store_id = :store_id ORDER BY received_at, number"
HEADS = "SELECT till_id, epoch, number FROM till_head WHERE store_id = :store_id ORDER BY 1, 2"


async def inbox(centre: Centre, store: str = "S001") -> list[Conflict]:
    async with centre.session(store) as session:
        return await conflicts.listed(session, store)


async def differences(centre: Centre, store: str = "S001") -> list[str]:
    async with centre.session(store) as session:
        return (await rebuild.compare(session, store)).names


async def test_a_push_is_kept_verbatim_and_projected(centre: Centre) -> None:
    till = await enrolled(centre)
    till.sell({"bread": 2, "jam": 1})
    answer = await till.push(centre)
    assert (answer.state, answer.expected, answer.parked) == ("ok", 3, [])
    assert answer.head_hash == till.entries[-1].hash.hex()
    kept = await rows(centre, "S001", JOURNAL)
    assert kept == [(entry.body, entry.hash) for entry in till.entries]
    assert await rows(centre, "S001", SALES) == [("T01-K1-000001", 3600)]
    assert await rows(centre, "S001", LEVELS) == [("bread", -2000), ("jam", -1000)]
    assert await differences(centre) == []


async def test_what_a_till_counted_moves_the_stock_and_counts_once_however_often_it_is_told(
    centre: Centre,
) -> None:
    till = await enrolled(centre)
    counted = StockAdjusted(sku="bread", staff="3", quantity=12_000, counted=10_000, reason="c")
    till.sell({"bread": 2})
    till.record(counted)
    broken = {"quantity": -20_000, "counted": None, "reason": "broken"}
    lost = till.record(counted.model_copy(update=broken))
    await till.push(centre)
    till.open_epoch("K2X1")
    till.record(repeat(lost))
    till.record(repeat(lost))
    answer = await till.push(centre, [one for one in till.entries if one.place.epoch == "K2X1"])
    assert answer.parked == []
    assert await rows(centre, "S001", LEVELS) == [("bread", -10_000)]
    moves = "SELECT quantity, reason FROM stock_move WHERE store_id = :store_id ORDER BY 1"
    told_of = [(-20_000, "till: broken"), (-2_000, "sale"), (12_000, "till: c")]
    assert await rows(centre, "S001", moves) == told_of
    assert [one.slug for one in await inbox(centre) if one.slug == "below_zero"] == []
    assert await differences(centre) == []


async def test_goods_that_come_back_go_into_the_stock(centre: Centre) -> None:
    till = await enrolled(centre)
    till.sell({"bread": 2})
    till.sell({"bread": -1, "jam": 1}, operation="exchange")
    await till.push(centre)
    assert await rows(centre, "S001", LEVELS) == [("bread", -1000), ("jam", -1000)]
    moves = "SELECT quantity, reason FROM stock_move WHERE store_id = :store_id ORDER BY 1"
    assert await rows(centre, "S001", moves) == [(-2000, "sale"), (-1000, "sale"), (1000, "return")]


async def test_what_was_played_in_training_moves_nothing(centre: Centre) -> None:
    till = await enrolled(centre)
    till.sell({"bread": 2}, training=True)
    answer = await till.push(centre)
    assert answer.parked == []
    assert await rows(centre, "S001", SALES) == []
    assert await rows(centre, "S001", LEVELS) == []


async def test_a_push_sent_again_changes_nothing(centre: Centre) -> None:
    till = await enrolled(centre)
    till.sell({"bread": 1})
    first = await till.push(centre)
    till.sell({"jam": 1})
    assert await till.push(centre, till.entries[:2]) == first
    both = await till.push(centre)
    assert both.expected == 4
    assert await till.push(centre, till.entries[1:2]) == first
    assert await rows(centre, "S001", LEVELS) == [("bread", -1000), ("jam", -1000)]


async def test_a_push_that_comes_several_times_at_once_is_taken_once(centre: Centre) -> None:
    till = await enrolled(centre)
    for _ in range(5):
        till.sell({"bread": 1})
    parts = [till.entries, till.entries[:3], till.entries, till.entries[:1], till.entries]
    told = await asyncio.gather(*(till.push(centre, part) for part in parts))
    assert [(one.state, one.expected) for one in told] == [
        ("ok", part[-1].number + 1) for part in parts
    ]
    assert await rows(centre, "S001", LEVELS) == [("bread", -5000)]
    assert await rows(centre, "S001", HEADS) == [("T01", "K1", 6)]
    assert await differences(centre) == []


async def test_a_gap_tells_the_till_where_to_go_on(centre: Centre) -> None:
    till = await enrolled(centre)
    await till.push(centre)
    till.sell({"bread": 1})
    till.sell({"bread": 1})
    answer = await till.push(centre, till.entries[2:])
    assert (answer.state, answer.expected) == ("gap", 2)
    assert answer.head_hash == till.entries[0].hash.hex()
    assert await rows(centre, "S001", HEADS) == [("T01", "K1", 1)]


async def test_a_fork_stores_nothing_and_a_manager_is_told(centre: Centre) -> None:
    till = await enrolled(centre)
    await till.push(centre)
    clone = replace(till, entries=list(till.entries))
    till.sell({"bread": 1})
    await till.push(centre)
    clone.sell({"jam": 1})
    answer = await clone.push(centre)
    assert (answer.state, answer.expected) == ("fork", 3)
    assert await rows(centre, "S001", LEVELS) == [("bread", -1000)]
    await clone.push(centre)
    assert [one.slug for one in await inbox(centre)] == ["fork"]


async def test_what_a_clone_sold_counts_when_it_is_repeated_and_only_once(centre: Centre) -> None:
    till = await enrolled(centre)
    await till.push(centre)
    clone = replace(till, entries=list(till.entries))
    till.sell({"bread": 1})
    await till.push(centre)
    lost = clone.sell({"jam": 1})
    clone.open_epoch("K2X7")
    clone.record(repeat(lost))
    clone.record(repeat(lost))
    clone.record(repeat(till.entries[-1]))
    answer = await clone.push(centre)
    assert (answer.state, answer.parked) == ("ok", [])
    assert await rows(centre, "S001", LEVELS) == [("bread", -1000), ("jam", -1000)]
    assert [total for _, total in await rows(centre, "S001", SALES)] == [1200, 1200]
    assert "same_ticket" in {one.slug for one in await inbox(centre)}
    assert await differences(centre) == []


DEEP = b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
"""A body that no reader follows to its end."""


def altered(till: ScriptedTill) -> None:
    till.entries[-1] = replace(till.entries[-1], body=b'{"n":2}')


def forged(till: ScriptedTill) -> None:
    till.entries[-1] = replace(till.entries[-1], signature=bytes(64))


def stranger(till: ScriptedTill) -> None:
    other = ScriptedTill(till.who, epoch=till.epoch, entries=till.entries[:-1])
    till.entries[-1] = other.sell({"bread": 1})


def buried(till: ScriptedTill) -> None:
    other = ScriptedTill(till.who, epoch=till.epoch, entries=till.entries[:-1])
    till.entries[-1] = other.write("epoch.opened", DEEP)


BROKEN: list[tuple[str, Callable[[ScriptedTill], None]]] = [
    ("altered", altered),
    ("forged", forged),
    ("unknown_key", stranger),
    ("unknown_key", buried),
]


@pytest.mark.parametrize(("slug", "damage"), BROKEN, ids=[damage.__name__ for _, damage in BROKEN])
async def test_a_broken_entry_stops_its_till_and_no_other(
    centre: Centre, slug: str, damage: Callable[[ScriptedTill], None]
) -> None:
    till, other = await enrolled(centre), await enrolled(centre, "S001-T02")
    till.sell({"bread": 1})
    till.sell({"bread": 1})
    damage(till)
    answer = await till.push(centre)
    assert (answer.state, answer.expected) == ("ok", 3)
    for _ in range(2):
        with pytest.raises(Corrupt) as refused:
            await till.push(centre, till.entries[2:])
        assert (refused.value.slug, refused.value.number) == (slug, 3)
    assert await rows(centre, "S001", LEVELS) == [("bread", -1000)]
    assert [(one.slug, one.number) for one in await inbox(centre)] == [("corrupt", 3)]
    other.sell({"jam": 1})
    assert (await other.push(centre)).expected == 3


async def test_an_entry_with_no_text_in_its_kind_is_refused(centre: Centre) -> None:
    till = await enrolled(centre)
    till.write("till\0stopped", b"{}")
    with pytest.raises(Corrupt):
        await till.push(centre)
    assert await rows(centre, "S001", HEADS) == []


POISON: list[tuple[str, str, int, bytes]] = [
    ("unknown_kind", "moon.landed", 1, b"{}"),
    ("unknown_version", "till.stopped", 2, b"{}"),
    ("unknown_version", "till.stopped", 2**31, b"{}"),
    ("unknown_version", "till.stopped", 2**53 - 1, b"{}"),
    ("invalid_body", "epoch.opened", 1, DEEP),
    ("invalid_body", "sale.finished", 1, b'{"ticket":1}'),
    ("invalid_body", "till.stopped", 1, b"not JSON at all"),
    ("invalid_body", "till.stopped", 1, b"\xc3\xa9"),
    ("invalid_body", "entry.repeated", 1, b'{"original":{}}'),
]


def impossible(**changed: Any) -> bytes:
    return canonical(sale(1, {"bread": 1}, **changed).facts())


NOISE = "".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(500))
TWO_LINES = canonical(sale(1, {"a": 1, "b": 1}).facts())


IMPOSSIBLE: list[tuple[str, bytes]] = [
    ("an amount that is too large", impossible().replace(b":1200", b":" + b"9" * 25)),
    ("an amount that fits no column", impossible().replace(b":1200", b":9223372036854775808")),
    ("a text that no column holds", impossible(label="T01\0")),
    ("a text that no index holds", impossible(label=NOISE)),
    ("a line twice", TWO_LINES.replace(b'"n":2', b'"n":1')),
]


@pytest.mark.parametrize(
    ("why", "kind", "version", "body"),
    POISON,
    ids=[f"{kind} {version} {body[:12]!r}" for _, kind, version, body in POISON],
)
async def test_a_poison_entry_is_parked_and_the_chain_goes_on(
    centre: Centre, why: str, kind: str, version: int, body: bytes
) -> None:
    till = await enrolled(centre)
    till.sell({"bread": 1})
    till.write(kind, body, version=version)
    till.sell({"jam": 1})
    answer = await till.push(centre)
    assert (answer.state, answer.expected) == ("ok", 5)
    assert [(one.number, one.why) for one in answer.parked] == [(3, why)]
    assert await rows(centre, "S001", LEVELS) == [("bread", -1000), ("jam", -1000)]
    parked = "SELECT number FROM journal WHERE store_id = :store_id AND is_parked"
    assert await rows(centre, "S001", parked) == [(3,)]
    assert [(one.slug, one.number) for one in await inbox(centre)] == [("parked", 3)]


@pytest.mark.parametrize(("what", "body"), IMPOSSIBLE, ids=[what for what, _ in IMPOSSIBLE])
async def test_what_no_table_can_hold_is_parked_by_itself(
    centre: Centre, what: str, body: bytes
) -> None:
    till = await enrolled(centre)
    till.tickets = 1
    till.sell({"bread": 1})
    till.write("sale.finished", body)
    till.sell({"jam": 1})
    answer = await till.push(centre)
    assert (answer.state, answer.expected) == ("ok", 5)
    assert [one.number for one in answer.parked] == [3]
    assert await rows(centre, "S001", LEVELS) == [("bread", -1000), ("jam", -1000)]
    assert [one.slug for one in await inbox(centre)] == ["parked"]
    assert await differences(centre) == []


async def test_a_till_whose_clock_runs_ahead_is_flagged_once_a_day(centre: Centre) -> None:
    till = await enrolled(centre)
    till.sell({"bread": 1}, at="2026-11-24T12:00:00.001Z")
    till.sell({"bread": 1}, at="2026-11-24T13:00:00.000Z")
    till.sell({"bread": 1}, at="2026-11-23T11:00:00.000Z")
    answer = await till.push(centre)
    assert (answer.state, answer.expected, answer.parked) == ("ok", 5, [])
    assert await rows(centre, "S001", LEVELS) == [("bread", -3000)]
    assert [one.name for one in await inbox(centre)] == ["future:T01-K1/2026-11-24"]


async def test_a_till_that_is_not_there_is_not_known(centre: Centre) -> None:
    till = ScriptedTill((await enrolled(centre)).who.named("S001-T09"))
    till.install()
    with pytest.raises(Unknown):
        await till.push(centre)


async def test_a_new_key_that_the_journal_announces_is_learnt_but_not_trusted(
    centre: Centre,
) -> None:
    till = await enrolled(centre)
    await till.push(centre)
    till.key = ScriptedTill(till.who).key
    till.open_epoch("K2", "key_replaced")
    till.sell({"bread": 1})
    assert (await till.push(centre)).expected == 3
    keys = "SELECT is_trusted FROM till_key WHERE store_id = :store_id ORDER BY 1"
    assert await rows(centre, "S001", keys) == [(False,), (True,)]
    till.sell({"bread": 1})
    assert (await till.push(centre, till.entries[-1:])).expected == 4


async def test_a_settled_conflict_leaves_the_inbox_and_stays_as_it_was(centre: Centre) -> None:
    till = await enrolled(centre)
    till.write("moon.landed", b"{}")
    await till.push(centre)
    (item,) = await inbox(centre)
    later = NOON + timedelta(hours=1)
    async with centre.session("S001") as session:
        for by in ("staff-1", "staff-2"):
            await conflicts.settle(session, "S001", item.name, by=by, note="seen", now=later)
        await session.commit()
        assert await conflicts.listed(session, "S001") == []
        (settled,) = await conflicts.listed(session, "S001", settled=True)
        assert (settled.settled_by, settled.settled_at) == ("staff-1", later)
        with pytest.raises(Unknown):
            await conflicts.settle(session, "S002", item.name, by="x", note="", now=later)
