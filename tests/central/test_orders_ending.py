"""Orders that end while they are handed over, and goods that leave after the end: one or the other,
and where both happened somebody is told.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from pos.domain.events.orders import HandedLine, HandOverAsked, HandOverDropped, HandOverUndone
from pos.domain.order import OrderState
from sync.central import claims
from sync.central.engine import Centre
from sync.central.orders import channels, expiry, placing
from sync.central.values import CentreRefusal, TillId
from sync.protocol import Claim, Claimed, Cursor
from tests.central.ordering import RULES, levels, placed
from tests.central.preparing import Preparing, at_another_till, audit, inbox, preparing
from tests.central.tills import NOON, rows

END = NOON + timedelta(minutes=RULES.prepare_minutes, hours=RULES.keep_hours)
SECOND = timedelta(seconds=1)
BODIES = "SELECT body FROM webhook_delivery WHERE store_id = :store_id ORDER BY v, n"


async def ask(centre: Centre, who: TillId, number: int, order: str, at: datetime = NOON) -> Claimed:
    asked = Claim(claim=f"{who}-K1/{number:06d}", what="hand_over", key=f"{order}:0")
    return await centre.done("S001", lambda session: claims.ask(session, who, asked, at))


async def ready(centre: Centre, **changed: Any) -> Preparing:
    one = await preparing(centre, {"bread": 2_000}, **changed)
    await one.make_ready(bread=2_000)
    return one


async def asked(centre: Centre, **changed: Any) -> tuple[Preparing, str]:
    """Return a till whose hand-over is granted, and its claim."""
    one = await ready(centre, **changed)
    await one.do(HandOverAsked, visit=0)
    told = await ask(centre, one.till.who, one.till.entries[-1].number, one.name)
    assert told.granted
    return one, told.holder


async def cancel(centre: Centre, one: Preparing, at: datetime = NOON) -> None:
    await placing.cancel(centre, "S001", one.name, "web", at)


async def expire(centre: Centre, at: datetime = END) -> int:
    return (await expiry.expire(centre, "S001", RULES, at)).expired


# While it is handed over


async def test_an_order_is_not_cancelled_while_it_is_handed_over(centre: Centre) -> None:
    one, claim = await asked(centre)
    with pytest.raises(CentreRefusal, match="handed over by S001-T01") as refused:
        await cancel(centre, one)
    assert refused.value.slug == "being_handed_over"
    await one.do(HandOverDropped, visit=0, claim=claim, reason="given_up")
    await cancel(centre, one)
    assert (await one.order()).state is OrderState.CANCELLED


async def test_an_order_does_not_expire_while_it_is_handed_over(centre: Centre) -> None:
    one = await ready(centre)
    await one.do(HandOverAsked, visit=0)
    number = one.till.entries[-1].number
    claim = (await ask(centre, one.till.who, number, one.name, END)).holder
    assert await expire(centre) == 0
    assert (await one.order()).state is OrderState.READY
    await one.do(HandOverDropped, visit=0, claim=claim, reason="given_up")
    assert await expire(centre) == 1


async def test_who_asks_and_who_cancels_at_once_never_both_have_their_way(centre: Centre) -> None:
    one = await ready(centre)
    for number in range(5):
        held = await placed(centre, {"jam": 1_000}, reference=f"R{number}")
        made = Preparing(centre, one.till, held)
        await made.make_ready(jam=1_000)
        told, ended = await asyncio.gather(
            ask(centre, one.till.who, 100 + number, made.name),
            cancel(centre, made),
            return_exceptions=True,
        )
        assert isinstance(told, Claimed)
        assert told.granted is isinstance(ended, CentreRefusal), (told, ended)


async def test_a_claim_that_is_abandoned_holds_nothing_back_for_ever(centre: Centre) -> None:
    one, claim = await asked(centre)
    later = NOON + claims.ABANDONED_AFTER
    assert (await expiry.expire(centre, "S001", RULES, later - SECOND)).released == 0
    assert (await expiry.expire(centre, "S001", RULES, later)).released == 1
    await cancel(centre, one, later)
    again = await ask(centre, one.till.who, one.till.entries[-1].number, one.name, later)
    assert (again.granted, again.why) == (False, "cancelled")
    await one.hand_over((1, 2_000, 0), claim=claim)
    assert [item.slug for item in await inbox(centre)] == ["refund_withdrawn"]
    assert await audit(centre) == []


async def test_who_comes_after_an_abandoned_claim_is_told_so_each_time(centre: Centre) -> None:
    one, claim = await asked(centre)
    later = NOON + claims.ABANDONED_AFTER
    other = await at_another_till(centre, one)
    await other.till.push(centre)
    assert (await ask(centre, other.till.who, 2, one.name, later)).holder == claim
    assert (await expiry.expire(centre, "S001", RULES, later)).released == 1
    for _ in range(2):
        told = await ask(centre, other.till.who, 2, one.name, later)
        assert (told.granted, told.why) == (True, claims.ABANDONED)
    first = await ask(centre, one.till.who, one.till.entries[-1].number, one.name, later)
    assert (first.granted, first.holder) == (False, told.holder)
    await other.hand_over((1, 2_000, 0), claim=told.holder, risk="abandoned")
    assert await inbox(centre) == []
    await one.hand_over((1, 2_000, 0), claim=claim)
    (item,) = await inbox(centre)
    sides = json.loads(item.evidence)["hand_overs"]
    assert (item.slug, [one["told"]["risk"] for one in sides]) == (
        "double_hand_over",
        ["abandoned", ""],
    )
    assert await audit(centre) == []


async def test_a_claim_of_no_visit_stops_no_clock(centre: Centre) -> None:
    one = await ready(centre)
    odd = Claim(claim=f"{one.till.who}-K1/000009", what="hand_over", key="nothing like an order")
    await centre.done("S001", lambda session: claims.ask(session, one.till.who, odd, NOON))
    assert (await expiry.expire(centre, "S001", RULES, END)).expired == 1


# After its end


async def test_nothing_is_granted_of_an_order_that_is_over(centre: Centre) -> None:
    one = await ready(centre)
    await cancel(centre, one)
    told = await ask(centre, one.till.who, 9, one.name)
    assert (told.granted, told.holder, told.why) == (False, "", "cancelled")


@pytest.mark.parametrize(("contract", "granted"), [("paid_online", False), ("pay_at_pickup", True)])
async def test_an_expired_order_is_granted_as_long_as_nobody_is_paid_back(
    centre: Centre, contract: str, granted: bool
) -> None:
    one = await ready(centre, contract=contract)
    assert await expire(centre) == 1
    told = await ask(centre, one.till.who, 9, one.name)
    assert (told.granted, told.why) == (granted, "" if granted else "expired")
    page = (await one.till.pull(centre, {"store:S001": Cursor()})).scopes["store:S001"]
    (row,) = page.things["order"].values()
    assert row is not None
    assert row["refunded"] == (0 if granted else 220)


@pytest.mark.parametrize(
    ("took", "state", "due"), [(2_000, "handed_over", 0), (1_000, "cancelled", 110)]
)
async def test_goods_that_left_after_the_end_are_told_with_what_is_paid_back(
    centre: Centre, took: int, state: str, due: int
) -> None:
    await allowed(centre)
    one = await ready(centre)
    await cancel(centre, one)
    rest = {"rest": took < 2_000, "outcome": "offline", "risk": "policy"}
    await one.hand_over((1, took, 0), **rest)
    (item,) = await inbox(centre)
    evidence = json.loads(item.evidence)
    assert (item.slug, evidence["state"]) == ("refund_withdrawn", "cancelled")
    assert (evidence["told"], evidence["due"]) == (220, due)
    assert evidence["step"]["told"]["lines"][0]["quantity"] == took
    order = await one.order()
    assert (order.state.value, order.refunded) == (state, due)
    assert await told_of_money(centre) == [("refund", 220), ("refund_withdrawn", 220 - due)]
    assert (await levels(centre))["bread"] == (3_000, 2_000 - took, 0)
    assert await audit(centre) == []


async def test_a_refund_is_withdrawn_when_its_hand_over_is_undone(centre: Centre) -> None:
    await allowed(centre)
    one = await ready(centre)
    await one.hand_over((1, 1_000, 1_000), owed=110)
    handed = [HandedLine(line=1, quantity=1_000, refused=1_000)]
    await one.do(HandOverUndone, visit=0, lines=handed, reason="the other Ruiz")
    assert (await one.order()).refunded == 0
    await one.hand_over((1, 1_000, 1_000), visit=1, owed=110)
    told = [("refund", 110), ("refund_withdrawn", 110), ("refund", 110)]
    assert await told_of_money(centre) == told
    (item,) = await inbox(centre)
    assert (item.slug, json.loads(item.evidence)["told"]) == ("refund_withdrawn", 110)
    assert await audit(centre) == []


async def test_of_two_that_handed_one_order_over_one_undoes_and_it_stays_collected(
    centre: Centre,
) -> None:
    one = await ready(centre)
    other = await at_another_till(centre, one)
    await other.till.push(centre)
    await one.hand_over((1, 2_000, 0))
    offline = {"claim": "S001-T02-K1/000002", "outcome": "offline", "risk": "policy"}
    await other.hand_over((1, 2_000, 0), **offline)
    handed = [HandedLine(line=1, quantity=2_000)]
    await other.do(HandOverUndone, visit=0, lines=handed, reason="twice")
    order = await one.order()
    assert (order.state, order.line(1).handed) == (OrderState.HANDED_OVER, 2_000)
    assert (await levels(centre))["bread"] == (3_000, 0, 0)
    assert await audit(centre) == []


async def allowed(centre: Centre) -> None:
    """Let the channel of the orders be told what happens."""
    await channels.add(centre, "web", "https://shop.example/hook", (), NOON)


async def told_of_money(centre: Centre) -> list[tuple[str, int]]:
    """Return what the channel was told of money."""
    found = [json.loads(body) for (body,) in await rows(centre, "S001", BODIES)]
    told = [(one["type"].removeprefix("order."), one["amount"]) for one in found]
    return [(kind, amount) for kind, amount in told if amount]
