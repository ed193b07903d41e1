"""Orders that two tills hand over: one claim, one hand-over, and both sides told of another."""

from __future__ import annotations

import json

from pos.domain.events.orders import HandOverAsked, HandOverDropped
from pos.domain.order import OrderState
from sync.central import claims, conflicts
from sync.central.engine import Centre
from sync.protocol import Claim
from tests.central.ordering import mails
from tests.central.preparing import at_another_till, audit, inbox, preparing
from tests.central.tills import NOON, ScriptedTill, enrolled


async def granted(centre: Centre, till: ScriptedTill, number: int, name: str) -> str:
    claim = f"{till.who}-K1/{number:06d}"
    asked = Claim(claim=claim, what="hand_over", key=f"{name}:0")
    async with centre.session("S001") as session:
        assert (await claims.ask(session, till.who, asked, NOON)).granted
    return claim


async def test_two_tills_that_hand_one_order_over_are_told_with_both_sides(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000})
    await one.make_ready(bread=2_000)
    other = await at_another_till(centre, one)
    await other.till.push(centre)
    claim = await granted(centre, one.till, 7, one.name)
    offline = {"claim": "S001-T02-K1/000002", "outcome": "offline", "risk": "no network"}
    await other.hand_over((1, 2_000, 0), **offline)
    (item,) = await inbox(centre)
    assert item.slug == "double_hand_over"
    first = json.loads(item.evidence)
    assert (first["holder"], len(first["hand_overs"])) == (claim, 1)
    await one.hand_over((1, 2_000, 0), claim=claim)
    assert await one.till.push(centre)
    (item,) = await inbox(centre)
    told = json.loads(item.evidence)
    assert (told["holder"], told["claimed_at"]) == (claim, first["claimed_at"])
    sides = told["hand_overs"]
    assert [(side["by"], side["told"]["outcome"]) for side in sides] == [
        ("S001-T02", "offline"),
        ("S001-T01", "granted"),
    ]
    assert (await one.order()).state is OrderState.HANDED_OVER
    assert [kind for kind, _ in await mails(centre)].count("handed_over") == 1
    assert await audit(centre) == []


async def test_a_third_hand_over_is_told_although_the_first_two_were_settled(
    centre: Centre,
) -> None:
    one = await preparing(centre, {"bread": 2_000})
    await one.make_ready(bread=2_000)
    offline = {"outcome": "offline", "risk": "policy"}
    for number in (1, 2, 3):
        await one.hand_over((1, 2_000, 0), claim=f"S001-T01-K1/{number:06d}", **offline)
        for item in await inbox(centre):
            async with centre.session("S001") as session:
                await conflicts.settle(session, "S001", item.name, by="boss", note="paid", now=NOON)
                await session.commit()
    async with centre.session("S001") as session:
        found = await conflicts.listed(session, "S001", settled=True)
    sides = sorted(len(json.loads(item.evidence)["hand_overs"]) for item in found)
    assert (sides, {item.slug for item in found}) == ([2, 3], {"double_hand_over"})


async def test_an_offline_hand_over_takes_the_claim_when_it_arrives(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000})
    await one.make_ready(bread=2_000)
    await one.hand_over((1, 2_000, 0), outcome="offline", risk="no network")
    other = await enrolled(centre, "S001-T02")
    asked = Claim(claim="S001-T02-K1/000002", what="hand_over", key=f"{one.name}:0")
    async with centre.session("S001") as session:
        told = await claims.ask(session, other.who, asked, NOON)
    assert (told.granted, told.holder) == (False, "S001-T01-K1/000001")
    assert await inbox(centre) == []


async def test_a_hand_over_that_was_dropped_frees_its_claim(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000})
    await one.make_ready(bread=2_000)
    await one.do(HandOverAsked, visit=0)
    claim = await granted(centre, one.till, one.till.entries[-1].number, one.name)
    other = await at_another_till(centre, one)
    await other.till.push(centre)
    await one.do(HandOverDropped, visit=0, claim=claim, reason="given_up")
    await other.hand_over((1, 2_000, 0), claim=await granted(centre, other.till, 2, one.name))
    assert await inbox(centre) == []
    assert await audit(centre) == []
