"""What comes back of orders is on a list until somebody says that it is paid."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from pos.domain.events.orders import HandedLine, HandOverUndone, OrderShort, ReturnedLine
from pos.domain.events.orders import OrderReturned as Returned
from sync.central import settings
from sync.central.engine import Centre
from sync.central.orders import channels, placing, refunds
from sync.central.service import utc_now
from sync.central.values import Unknown
from tests.central.conftest import Databases
from tests.central.ordering import RULES, catalogue, placed, stocked, wanting
from tests.central.preparing import audit, preparing
from tests.central.serving import Shop, make_centre, slug
from tests.central.test_central_command import do
from tests.central.test_orders_api import channel
from tests.central.tills import NOON, open_store, rows

BODIES = (
    "SELECT body FROM webhook_delivery WHERE store_id = :store_id AND kind LIKE 'order.refund%'"
    " ORDER BY v, n"
)


async def owed(centre: Centre, *, settled: bool = False) -> list[tuple[int, int]]:
    """Return the number and amount of each refund on the list."""
    return [(one.n, one.amount) for one in await refunds.listed(centre, ["S001"], settled=settled)]


async def test_a_refund_is_on_the_list_until_somebody_says_that_it_is_paid(centre: Centre) -> None:
    await channels.add(centre, "web", "https://shop.example/hook", (), NOON)
    one = await preparing(centre, {"bread": 2_000, "jam": 1_000})
    await one.make_ready(bread=2_000, jam=1_000)
    await one.hand_over((1, 2_000, 0), (2, 0, 1_000))
    back = [ReturnedLine(line=1, quantity=1_000, amount=110)]
    await one.do(Returned, lines=back, reason="stale", pay_back="centre")
    assert await owed(centre) == [(5, 320), (6, 110)]
    told = [json.loads(body) for (body,) in await rows(centre, "S001", BODIES)]
    assert [(event["refund"], event["amount"]) for event in told] == [(5, 320), (6, 110)]
    for payment in ("re_1", "re_2"):
        done = await refunds.settle(centre, ("S001", one.name, 5), "web", payment, NOON)
        assert (done.payment, done.settled_by, done.amount) == ("re_1", "web", 320)
    assert await owed(centre) == [(6, 110)]
    assert await owed(centre, settled=True) == [(5, 320), (6, 110)]
    with pytest.raises(Unknown):
        await refunds.settle(centre, ("S001", one.name, 4), "web", "", NOON)
    async with centre.session("S001") as session:
        assert await refunds.unpaid(session, "S001", NOON) == 0
        assert await refunds.unpaid(session, "S001", NOON + timedelta(days=1)) == 1
    assert await audit(centre) == []


async def test_what_is_not_due_any_more_is_on_the_list_as_well(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000})
    await one.make_ready(bread=2_000)
    await one.hand_over((1, 1_000, 1_000))
    lines = [HandedLine(line=1, quantity=1_000, refused=1_000)]
    await one.do(HandOverUndone, visit=0, lines=lines, reason="the other Ruiz")
    assert [amount for _, amount in await owed(centre)] == [110, -110]
    assert await audit(centre) == []


async def test_the_list_is_of_all_stores_the_oldest_first_and_asks_each_server_once(
    centre: Centre,
) -> None:
    names = ("S002", "S001", "S003")
    await open_store(centre, "S003")
    for minute, store in enumerate(names):
        await stocked(centre, {"bread": 5}, store)
        made = await placing.place(centre, "web", wanting({"bread": 1_000}, store), RULES, NOON)
        now = NOON + timedelta(minutes=minute)
        await placing.cancel(centre, store, made.order.order, "web", now)
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        found = await refunds.listed(centre)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert tuple(one.store for one in found) == names
    assert len(asked) == 2 * len(centre.engines)  # which stores it has, and their refunds
    assert [one.store for one in await refunds.listed(centre, ["S003", "S002"])] == ["S002", "S003"]
    assert await refunds.listed(centre, channel="other") == []


async def test_a_refund_that_somebody_changed_is_found_by_the_audit(centre: Centre) -> None:
    one = await preparing(centre, {"bread": 2_000})
    await one.pick(1, "bread", 1_000)
    await one.do(OrderShort, line=1, reason="stale")
    await placing.cancel(centre, "S001", one.name, "web", NOON)
    assert await audit(centre) == []
    async with centre.session("S001") as session:
        await session.execute(
            text("UPDATE refund SET amount = 1 WHERE store_id = :store_id"), {"store_id": "S001"}
        )
        await session.commit()
    assert [name.split()[0] for name in await audit(centre)] == ["refund"]


async def test_a_channel_sees_its_own_refunds_and_says_that_they_are_paid(shop: Shop) -> None:
    till = await stocked(shop.centre, {"bread": 5}, shop.store, heard=False)
    await till.push(shop.centre, now=utc_now())
    mine, other = await channel(shop, shop.url), await channel(shop, shop.url)
    name = (await mine.place("r1", bread=2)).json()["id"]
    await mine.ask("POST", f"/v1/orders/{name}/cancel", {})
    (listed,) = (await mine.ask("GET", "/v1/refunds")).json()["refunds"]
    assert (listed["order"], listed["amount"], listed["settled_at"]) == (name, 220, "")
    assert (await other.ask("GET", "/v1/refunds")).json() == {"refunds": []}
    path = f"/v1/orders/{name}/refunds/{listed['refund']}"
    assert slug(await other.ask("POST", path, {})) == "unknown"
    assert slug(await mine.ask("POST", f"/v1/orders/{name}/refunds/1", {})) == "unknown"
    for _ in range(2):
        paid = await mine.ask("POST", path, {"payment": "re_7"})
        assert (paid.status_code, paid.json()["payment"]) == (200, "re_7")
        assert paid.json()["settled_at"]
    assert (await mine.ask("GET", "/v1/refunds")).json() == {"refunds": []}


async def test_the_office_lists_what_is_owed_and_notes_what_is_paid(
    databases: Databases, tmp_path: Path
) -> None:
    url = await databases.new()
    make_centre(tmp_path, url)
    assert (await do(tmp_path, "store", "add", "S001", "Au coin")).code == 0
    centre = Centre.of([settings.load(tmp_path).database])
    await catalogue(centre)
    await stocked(centre, {"bread": 5})
    held = await placed(centre, {"bread": 2_000}, reference="W7")
    name = held.order.order
    await placing.cancel(centre, "S001", name, "web", NOON)
    late = await placing.place(centre, "web", wanting({"bread": 1_000}), RULES, NOON)
    assert late.owed == 0
    await centre.close()
    listed = (await do(tmp_path, "orders", "refunds")).out
    assert f"S001.{name}   2  W7" in listed
    assert "web" in listed
    assert listed.count("\n") == 1
    assert (await do(tmp_path, "orders", "refunded", f"S001.{name}", "1")).code != 0
    done = await do(tmp_path, "orders", "refunded", f"S001.{name}", "2", "--payment", "cheque 9")
    assert (done.code, "W7" in done.out) == (0, True)
    assert (await do(tmp_path, "orders", "refunds")).out == ""
    assert "office cheque 9" in (await do(tmp_path, "orders", "refunds", "--all")).out
