"""Claims that come late, or against what was done meanwhile without the centre's word."""

from __future__ import annotations

from pos.domain.events import HandOverAsked, HandOverDropped
from sync.central import claims
from sync.central.engine import Centre
from sync.central.values import TillId
from sync.protocol import Claim, Claimed
from tests.central.preparing import at_another_till, preparing
from tests.central.tills import NOON, enrolled


async def ask(centre: Centre, who: TillId, number: int, order: str) -> Claimed:
    asked = Claim(claim=f"{who}-K1/{number:06d}", what="hand_over", key=f"{order}:0")
    async with centre.session("S001") as session:
        return await claims.ask(session, who, asked, NOON)


async def test_a_claim_that_was_given_up_is_never_granted_again_however_late_it_comes(
    centre: Centre,
) -> None:
    one = await preparing(centre, {"bread": 2_000})
    await one.make_ready(bread=2_000)
    await one.do(HandOverAsked, visit=0)
    here, number = one.till.who, one.till.entries[-1].number
    first = await ask(centre, here, number, one.name)
    assert first.granted
    await one.do(HandOverDropped, visit=0, claim=first.holder, reason="given_up")
    late = await ask(centre, here, number, one.name)
    assert (late.granted, late.holder) == (False, "")
    other = await enrolled(centre, "S001-T02")
    assert (await ask(centre, other.who, 2, one.name)).granted


async def test_a_till_gives_up_nothing_that_another_was_granted(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000})
    await one.make_ready(bread=2_000)
    await one.do(HandOverAsked, visit=0)
    here, number = one.till.who, one.till.entries[-1].number
    first = await ask(centre, here, number, one.name)
    other = await at_another_till(centre, one)
    await other.till.push(centre)
    await other.do(HandOverDropped, visit=0, claim=first.holder, reason="given_up")
    theirs = await ask(centre, other.till.who, 9, one.name)
    assert (theirs.granted, theirs.holder) == (False, first.holder)
    assert (await ask(centre, here, number, one.name)).granted


async def test_what_left_without_the_centres_word_holds_the_claim_that_another_gives_up(
    centre: Centre,
) -> None:
    one = await preparing(centre, {"bread": 2_000})
    await one.make_ready(bread=2_000)
    await one.do(HandOverAsked, visit=0)
    promised = await ask(centre, one.till.who, one.till.entries[-1].number, one.name)
    other = await at_another_till(centre, one)
    await other.till.push(centre)
    offline = {"claim": "S001-T02-K1/000002", "outcome": "offline", "risk": "policy"}
    await other.hand_over((1, 2_000, 0), **offline)
    again = await ask(centre, one.till.who, one.till.entries[-1].number, one.name)
    assert (again.granted, again.holder) == (False, offline["claim"])
    await one.do(HandOverDropped, visit=0, claim=promised.holder, reason="given_up")
    third = await enrolled(centre, "S001-T03")
    told = await ask(centre, third.who, 2, one.name)
    assert (told.granted, told.holder) == (False, offline["claim"])
