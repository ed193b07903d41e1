"""Steps of orders that tills tell: once each, with stock, letters and conflicts."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from pos.domain.events.orders import (
    HandedLine,
    HandOverUndone,
    OrderAccepted,
    OrderHandedOver,
    OrderPicked,
    OrderPutBack,
    OrderReady,
    OrderRejected,
    OrderReturned,
    OrderShort,
    ReturnedLine,
)
from pos.domain.order import OrderState
from pos.journal.repeat import repeat
from sync.central.engine import Centre
from sync.central.orders import erasure, expiry, placing
from sync.central.orders.messages import Amendment
from sync.protocol import Cursor
from tests.central.ordering import RULES, levels, mails, placed
from tests.central.preparing import Preparing, audit, inbox, preparing
from tests.central.tills import NOON, enrolled, line, rows, sale

STEPS = "SELECT kind, n FROM order_step WHERE store_id = :store_id ORDER BY order_id, n"


async def test_an_order_goes_from_the_shelves_to_its_customer(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000, "jam": 1_000})
    await one.do(OrderAccepted)
    assert await levels(centre) == {"bread": (5_000, 0, 2_000), "jam": (5_000, 0, 1_000)}
    await one.pick(1, "bread", 1_000)
    assert await levels(centre) == {"bread": (4_000, 1_000, 1_000), "jam": (5_000, 0, 1_000)}
    await one.pick(1, "bread", 1_000)
    await one.pick(2, "jam", 1_000)
    await one.do(OrderReady, shelf="A1", bags=1)
    assert await levels(centre) == {"bread": (3_000, 2_000, 0), "jam": (4_000, 1_000, 0)}
    await one.hand_over((1, 2_000, 0), (2, 1_000, 0))
    assert await levels(centre) == {"bread": (3_000, 0, 0), "jam": (4_000, 0, 0)}
    order = await one.order()
    assert (order.state, order.handed_by, order.visits) == ("handed_over", "S001-T01", 1)
    assert await mails(centre) == [("received", 0), ("ready", 0), ("handed_over", 0)]
    assert await inbox(centre) == []
    assert await audit(centre) == []


async def test_the_row_of_the_feed_holds_what_its_vector_says(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000})
    await one.do(OrderAccepted)
    page = (await one.till.pull(centre, {"store:S001": Cursor()})).scopes["store:S001"]
    (fields,) = page.things["order"].values()
    assert fields == (await one.order()).fields()
    assert fields["state"] == "accepted"
    assert page.included == {"T01-K1": one.till.entries[-1].number}


async def test_what_is_short_is_free_again_and_paid_back_at_the_hand_over(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 3_000, "jam": 1_000})
    await one.pick(1, "bread", 1_000)
    await one.do(OrderShort, line=1, reason="stale")
    await one.pick(2, "jam", 1_000)
    await one.do(OrderReady, shelf="", bags=1)
    assert await levels(centre) == {"bread": (4_000, 1_000, 0), "jam": (4_000, 1_000, 0)}
    await one.hand_over((1, 1_000, 0), (2, 0, 1_000), owed=540)
    assert (await mails(centre))[-2:] == [("handed_over", 0), ("refund", 540)]
    await one.do(OrderPutBack, line=2, sku="jam", quantity=1_000)
    assert await levels(centre) == {"bread": (4_000, 0, 0), "jam": (5_000, 0, 0)}
    assert await audit(centre) == []


async def test_a_weight_that_was_less_than_paid_for_is_paid_back_in_parts_that_sum(
    centre: Centre,
) -> None:
    one = await preparing(centre, {"ham": 1_000})
    await one.make_ready(ham=900)
    await one.hand_over((1, 400, 0), rest=True)
    assert (await mails(centre))[-1] == ("ready", 0)
    await one.hand_over((1, 500, 0), visit=1, claim="S001-T01-K1/000009")
    assert (await mails(centre))[-2:] == [("handed_over", 0), ("refund", 240)]
    for amount in (960, 1_200):
        back = [ReturnedLine(line=1, quantity=amount * 10 // 24, amount=amount)]
        facts = {"lines": back, "reason": "salty", "pay_back": "centre", "sellable": False}
        await one.do(OrderReturned, **facts)
        assert (await mails(centre))[-1] == ("refund", amount)
    assert sum(amount for _, amount in await mails(centre)) == (await one.order()).paid
    assert await audit(centre) == []


async def test_a_substitute_comes_off_its_own_stock(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000})
    await one.pick(1, "jam", 2_000, agreed=True, name="Confiture", unit_price=100)
    assert await levels(centre) == {"bread": (5_000, 0, 0), "jam": (3_000, 2_000, 0)}
    await one.do(OrderReady, shelf="", bags=1)
    await one.hand_over((1, 2_000, 0))
    assert (await mails(centre))[-1] == ("refund", 20)
    assert await audit(centre) == []


async def test_what_is_paid_at_the_desk_leaves_the_shelf_once(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000}, contract="pay_at_pickup")
    assert (await one.order()).due == 220
    await one.make_ready(bread=2_000)
    paid = line(1, "bread", 2).model_copy(update={"order": f"{one.name}/1"})
    bought = line(2, "jam", 1)
    ticket = sale(1, {}, "T01-K1-000001", lines=[paid, bought], total=paid.total + bought.total)
    handed = one.event(OrderHandedOver, **one.handing((1, 2_000, 0), ticket="T01-K1-000001"))
    entries = [one.till.record(ticket), one.till.record(handed)]
    await one.till.push(centre, entries)
    assert await levels(centre) == {"bread": (3_000, 0, 0), "jam": (4_000, 0, 0)}
    assert "refund" not in [kind for kind, _ in await mails(centre)]
    assert (await one.order()).due == 0
    assert await audit(centre) == []


async def test_an_undone_hand_over_is_on_the_shelf_again(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000})
    await one.make_ready(bread=2_000)
    await one.hand_over((1, 2_000, 0))
    handed = [HandedLine(line=1, quantity=2_000)]
    await one.do(HandOverUndone, visit=0, lines=handed, reason="the other Ruiz")
    assert (await levels(centre))["bread"] == (3_000, 2_000, 0)
    await one.hand_over((1, 2_000, 0), visit=1, claim="S001-T01-K1/000009")
    assert (await one.order()).state is OrderState.HANDED_OVER
    assert await inbox(centre) == []
    assert await audit(centre) == []


@pytest.mark.parametrize(("sellable", "left"), [(True, 4_000), (False, 3_000)])
async def test_goods_brought_back_are_sold_again_when_they_can_be(
    centre: Centre, sellable: bool, left: int
) -> None:
    one = await preparing(centre, {"bread": 2_000})
    await one.make_ready(bread=2_000)
    await one.hand_over((1, 2_000, 0))
    back = [ReturnedLine(line=1, quantity=1_000, amount=110)]
    facts = {"lines": back, "reason": "stale", "pay_back": "centre", "sellable": sellable}
    await one.do(OrderReturned, **facts)
    assert (await levels(centre))["bread"] == (left, 0, 0)
    assert (await mails(centre))[-1] == ("refund", 110)
    assert await audit(centre) == []


async def test_a_rejected_order_is_told_and_paid_back(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000})
    await one.do(OrderRejected, reason="flooded")
    assert await mails(centre) == [("received", 0), ("rejected", 0), ("refund", 220)]
    assert (await levels(centre))["bread"] == (5_000, 0, 0)
    assert await audit(centre) == []


async def test_a_no_show_is_reminded_once_expires_and_is_put_back(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000})
    await one.make_ready(bread=2_000)
    end = NOON + timedelta(minutes=RULES.prepare_minutes, hours=RULES.keep_hours)
    for early_h in (25, 23, 22, 0):
        await expiry.expire(centre, "S001", RULES, end - timedelta(hours=early_h))
    told = [kind for kind, _ in await mails(centre)]
    assert told == ["received", "ready", "reminder", "expired", "refund"]
    assert (await levels(centre))["bread"] == (3_000, 2_000, 0)
    await one.do(OrderPutBack, line=1, sku="bread", quantity=2_000)
    assert (await levels(centre))["bread"] == (5_000, 0, 0)
    assert (await one.order()).state is OrderState.CLOSED
    assert await audit(centre) == []


async def test_an_order_long_over_names_nobody_and_is_gone_from_the_tills(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000}, note="ring twice")
    await placing.amend(centre, "S001", one.name, Amendment(note="once"), RULES, NOON)
    left = Preparing(centre, one.till, await placed(centre, {"jam": 1_000}))
    late = await placed(centre, {"jam": 1_000})
    await one.make_ready(bread=2_000)
    await one.hand_over((1, 2_000, 0))
    await left.make_ready(jam=1_000)
    await placing.cancel(centre, "S001", left.name, "web", NOON)
    later = NOON + timedelta(days=RULES.forget_days)
    assert await erasure.erase(centre, "S001", RULES, later) == 0
    assert await erasure.erase(centre, "S001", RULES, later + timedelta(seconds=1)) == 2
    assert await erasure.erase(centre, "S001", RULES, later + timedelta(days=9)) == 0
    page = (await one.till.pull(centre, {"store:S001": Cursor()})).scopes["store:S001"]
    shown = {key: fields for key, fields in page.things["order"].items() if fields}
    assert {name: told["name"] for name, told in shown.items()} == {
        left.name: "",
        late.order.order: "Mme Ruiz",
    }
    for table in ("customer_order", "order_step"):
        query = f"SELECT t::text FROM {table} t WHERE t.store_id = :store_id"
        told = [row for (row,) in await rows(centre, "S001", query) if one.name in row]
        assert told
        assert not any(word in row for row in told for word in ("Ruiz", "ring", "ruiz"))
    assert await audit(centre) == []
    await left.do(OrderPutBack, line=1, sku="jam", quantity=1_000)
    assert (await left.order()).state is OrderState.CLOSED
    assert await audit(centre) == []


# Told again, told late


async def test_a_step_told_again_counts_once(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000})
    first = one.till.record(one.event(OrderPicked, line=1, sku="bread", quantity=1_000))
    for _ in range(2):
        await one.till.push(centre, [first])
    again = one.till.record(repeat(first))
    await one.till.push(centre, [again])
    one.till.open_epoch("K2")
    later = one.till.record(repeat(again))
    await one.till.push(centre, one.till.entries[-2:])
    assert later.kind == "entry.repeated"
    assert (await levels(centre))["bread"] == (4_000, 1_000, 1_000)
    assert await rows(centre, "S001", STEPS) == [("centre.placed", 1), ("order.picked", 2)]
    assert await audit(centre) == []


async def test_a_repeated_step_that_comes_first_is_the_step(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000})
    first = one.till.record(one.event(OrderPicked, line=1, sku="bread", quantity=1_000))
    again = one.till.record(repeat(first))
    one.till.entries = [*one.till.entries[:-2], first, again]
    await one.till.push(centre, [first, again])
    assert (await levels(centre))["bread"] == (4_000, 1_000, 1_000)
    assert await audit(centre) == []


async def test_a_step_that_came_too_late_is_kept_and_told(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000})
    await placing.cancel(centre, "S001", one.name, "web", NOON)
    await one.pick(1, "bread", 2_000)
    (item,) = await inbox(centre)
    assert item.slug == "late_step"
    evidence = json.loads(item.evidence)
    assert (evidence["state"], evidence["step"]["by"]) == ("cancelled", "S001-T01")
    order = await one.order()
    assert (order.state, order.is_to_put_back) == (OrderState.CANCELLED, True)
    assert (await levels(centre))["bread"] == (3_000, 2_000, 0)
    assert await audit(centre) == []


async def test_a_step_of_an_order_that_is_not_here_is_kept_and_told(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000})
    one.name = "01M808TX000000000000000000"
    await one.pick(1, "bread", 2_000)
    assert [item.slug for item in await inbox(centre)] == ["unknown_order"]
    assert (await levels(centre))["bread"] == (5_000, 0, 2_000)
    assert await audit(centre) == []


async def test_a_step_of_another_stores_order_changes_nothing_of_it(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000})
    alien = await enrolled(centre, "S002-T01")
    alien.record(one.event(OrderPicked, line=1, sku="bread", quantity=2_000))
    await alien.push(centre)
    assert (await one.order()).state is OrderState.PLACED
    assert [item.slug for item in await inbox(centre, "S002")] == ["unknown_order"]
    assert await inbox(centre) == []


async def test_a_step_that_no_order_can_have_is_parked_and_the_next_ones_go_on(
    centre: Centre,
) -> None:
    one = await preparing(centre, {"bread": 2_000})
    poison = one.event(OrderReady, shelf="a place with far too long a name for a shelf", bags=1)
    entries = [
        one.till.record(one.event(OrderPicked, line=1, sku="bread", quantity=2_000)),
        one.till.record(poison),
        one.till.record(one.event(OrderReady, shelf="A1", bags=1)),
    ]
    answer = await one.till.push(centre, entries)
    assert [(told.number, told.why) for told in answer.parked] == [
        (entries[1].number, "impossible_value")
    ]
    order = await one.order()
    assert (order.state, order.shelf) == (OrderState.READY, "A1")
    assert (await levels(centre))["bread"] == (3_000, 2_000, 0)
    assert await audit(centre) == []


async def test_an_alien_change_of_an_order_is_found_by_the_audit(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000})
    await one.pick(1, "bread", 1_000)
    assert await audit(centre) == []
    for change in (
        "UPDATE customer_order SET fields = replace(fields, '220', '0')",
        "UPDATE order_step SET body = replace(body, '1000', '900')",
        "DELETE FROM reservation",
        "UPDATE stock_move SET quantity = 7",
    ):
        async with centre.session("S001") as session:
            where = " AND reason LIKE 'order%'" if "stock_move" in change else ""
            await session.execute(
                text(f"{change} WHERE store_id = :store_id{where}"), {"store_id": "S001"}
            )
            await session.commit()
    found = {name.split()[0] for name in await audit(centre)}
    assert found >= {"customer_order", "order_step", "reservation", "stock_move", "stock_level"}
