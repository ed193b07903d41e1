"""An order that the centre ends while a till hands it over: the goods or the money, at every cut,
and both only where somebody is told.
"""

from __future__ import annotations

import json
from enum import StrEnum

import pytest
from sqlalchemy import text

from pos.domain.order import Order, OrderState
from pos.till.pickup import hand_over
from pos.till.pickup.hand_over import Proof
from sync.central import claims
from sync.central.orders import expiry, placing
from sync.central.service import utc_now
from sync.central.values import CentreRefusal
from tests.central.desks import MANAGER, Before, Desks, Line
from tests.central.ordering import RULES

PAID = 220
AGED = (
    "UPDATE customer_order SET expires_at = made_at"
    " WHERE store_id = :store_id AND order_id = :order"
)
TURNS = ("eaa", "aea", "aae")
"""Whose turn it is: of the till that asks and then hands over, or of the centre that ends it."""


class End(StrEnum):
    """How an order ends."""

    CANCELLED = "cancelled"
    EXPIRED = "expired"


@pytest.fixture(autouse=True)
def guarded() -> None:
    """The statements that a till runs on its own files are of one store anyway."""


async def end(desks: Desks, order: str, how: End) -> bool:
    """End an order, where the centre does so now; tell whether it did."""
    centre, store = desks.shop.centre, desks.shop.store
    if how is End.EXPIRED:
        async with centre.session(store) as session:
            await session.execute(text(AGED), {"store_id": store, "order": order})
            await session.commit()
        return bool((await expiry.expire(centre, store, RULES, utc_now())).expired)
    try:
        await placing.cancel(centre, store, order, "web", utc_now())
    except CentreRefusal as refusal:
        if refusal.slug not in ("being_handed_over", "too_late"):
            raise
        return False
    return True


async def kept(desks: Desks, order: str) -> Order:
    """Return an order as the centre keeps it."""
    return (await placing.order_by_id(desks.shop.centre, desks.shop.store, order)).order


@pytest.mark.parametrize("how", End)
@pytest.mark.parametrize("line", Line)
async def test_an_order_that_ends_while_it_is_handed_over_is_had_or_paid_back_or_told(
    desks: Desks, line: Line, how: End
) -> None:
    till, paid = desks.a, {Before.NOTHING: 220, Before.UNDONE: 220, Before.PART: 110}
    befores = (Before.NOTHING, Before.PART, Before.NOTHING, Before.PART)
    for turns, before in zip(TURNS, befores[how is End.EXPIRED :], strict=False):
        held, scan = await desks.ready()
        order, visit = held.order.order, 0 if before is Before.NOTHING else 1
        await desks.visited(before, order, scan)
        await till.lay(line)
        has_ended = False
        for who in turns:
            if who == "e":
                has_ended = await end(desks, order, how)
            else:
                await till.turn(scan)
        await desks.heal(desks.a, desks.b)
        # the centre's word, once it is on its way, comes first; who hears no end hands over
        assert has_ended is (turns[0] == "e" or line is Line.CUT), (turns, before)
        handed = till.handed(order, visit)
        assert bool(handed) is (not has_ended or line is not Line.WHOLE), (turns, before)
        now, told = await kept(desks, order), await desks.inbox(order)
        state = OrderState.HANDED_OVER if handed else OrderState(how)
        assert (now.state, now.refunded) == (state, 0 if handed else paid[before])
        for one in (desks.a, desks.b):
            await one.shows(order, state)
        if not (handed and has_ended):
            assert told == []
            continue
        assert [one.slug for one in told] == ["refund_withdrawn"]
        evidence = json.loads(told[0].evidence)
        assert (evidence["told"], evidence["due"], evidence["state"]) == (paid[before], 0, how)
        assert evidence["step"]["told"]["claim"] == handed[0].claim
        assert (handed[0].outcome, handed[0].risk) == ("offline", "policy")


@pytest.mark.parametrize("how", End)
async def test_goods_that_left_before_a_cut_are_told_although_their_order_ended(
    desks: Desks, how: End
) -> None:
    """The word was given and its till fell silent: released, ended, and then the till is asked."""
    till = desks.a
    held, scan = await desks.ready()
    order = held.order.order
    await till.turn(scan)
    await till.lay(Line.CUT)
    assert not await end(desks, order, how)
    later = utc_now() + claims.ABANDONED_AFTER
    await expiry.expire(desks.shop.centre, desks.shop.store, RULES, later)
    assert await end(desks, order, how) or how is End.EXPIRED
    await desks.heal(till)
    for one in (desks.a, desks.b):
        await one.shows(order, OrderState(how))
    (left,) = hand_over.unfinished(till.desk)
    again = hand_over.resume(till.desk, left, Proof("pass"))
    hand_over.finish(till.desk, hand_over.ask_claim(till.desk, again))
    await desks.heal(till)
    (told,) = await desks.inbox(order)
    evidence = json.loads(told.evidence)
    assert (told.slug, evidence["told"], evidence["due"]) == ("refund_withdrawn", PAID, 0)
    assert (await kept(desks, order)).state is OrderState.HANDED_OVER


async def test_another_till_hands_out_what_one_abandoned_and_says_so(desks: Desks) -> None:
    held, scan = await desks.ready()
    order = held.order.order
    await desks.a.turn(scan)
    await desks.a.lay(Line.CUT)
    later = utc_now() + claims.ABANDONED_AFTER
    await expiry.expire(desks.shop.centre, desks.shop.store, RULES, later)
    await desks.b.ask(scan)
    desks.b.desk.person = MANAGER
    desks.b.end()
    desks.a.end()
    await desks.heal(desks.a, desks.b)
    risks = {one.outcome: one.risk for one in desks.b.handed(order)}
    assert risks == {"granted": "abandoned"}
    assert [(one.outcome, one.risk) for one in desks.a.handed(order)] == [("granted", "")]
    (told,) = await desks.inbox(order)
    assert (told.slug, len(json.loads(told.evidence)["hand_overs"])) == ("double_hand_over", 2)
