"""Orders at the centre: placed, amended, cancelled, expired; the last piece goes to one of two."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from pos.domain.order import Order, OrderState
from pos.domain.pickup_pass import code_hash
from sync.central import worker
from sync.central.engine import Centre
from sync.central.orders import expiry, placing
from sync.central.orders.availability import availability
from sync.central.orders.messages import Amendment, NewLine
from sync.central.orders.placing import OutOfStock
from sync.central.values import CentreRefusal, Unknown
from sync.protocol import Cursor
from tests.central.ordering import RULES, levels, mails, placed, stocked, wanting
from tests.central.preparing import audit
from tests.central.tills import NOON, rows

STEPS = "SELECT kind, n FROM order_step WHERE store_id = :store_id ORDER BY order_id, n"


async def test_an_order_keeps_its_goods_and_is_in_the_stores_feed(centre: Centre) -> None:
    till = await stocked(centre, {"bread": 5})
    held = await placed(centre, {"bread": 2_000})
    assert (held.order.total, held.order.paid, held.order.state) == (220, 220, OrderState.PLACED)
    assert await levels(centre) == {"bread": (5_000, 0, 2_000)}
    page = (await till.pull(centre, {"store:S001": Cursor()})).scopes["store:S001"]
    told = page.things["order"]
    assert told == {held.order.order: held.order.fields()}
    assert Order.model_validate(told[held.order.order]) == held.order
    assert await mails(centre) == [("received", 0)]
    assert not held.is_request


async def test_an_order_is_found_by_the_token_of_its_page(centre: Centre) -> None:
    await stocked(centre, {"bread": 5})
    held = await placed(centre, {"bread": 1_000})
    assert held.token.startswith("S001.")
    assert await placing.order_by_token(centre, held.token) == held
    for nobodys in ("S001." + "0" * 26, "S002" + held.token[4:], "", "S001.", "x" * 500):
        assert await placing.order_by_token(centre, nobodys) is None
    assert held.order.code_hash == code_hash(held.code, "S001")


async def test_the_last_piece_goes_to_one_of_those_who_order_at_once(centre: Centre) -> None:
    await stocked(centre, {"bread": 3, "jam": 10})
    told = await asyncio.gather(
        *(placed(centre, {"bread": 1_000, "jam": 1_000}) for _ in range(6)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, OutOfStock) for one in told) == 3
    assert await levels(centre) == {"bread": (3_000, 0, 3_000), "jam": (10_000, 0, 3_000)}


async def test_lines_of_one_article_are_summed_before_they_are_promised(centre: Centre) -> None:
    await stocked(centre, {"bread": 3})
    lines = (NewLine(sku="bread", quantity=2_000), NewLine(sku="bread", quantity=2_000))
    with pytest.raises(OutOfStock) as refused:
        await placed(centre, {}, lines=lines)
    (short,) = refused.value.shorts
    assert (short.sku, short.wanted, short.available) == ("bread", 4_000, 3_000)
    assert await levels(centre) == {"bread": (3_000, 0, 0)}


async def test_an_order_placed_twice_under_one_name_is_placed_once(centre: Centre) -> None:
    await stocked(centre, {"bread": 5})
    name = "01M808TX000000000000000000"
    asked = wanting({"bread": 1_000})
    told = await asyncio.gather(
        *(placing.place(centre, "web", asked, RULES, NOON, name) for _ in range(4))
    )
    assert all(one == told[0] for one in told)
    await placing.cancel(centre, "S001", name, "web", NOON)
    assert await placing.place(centre, "web", asked, RULES, NOON, name) == told[0]
    assert await levels(centre) == {"bread": (5_000, 0, 0)}


REFUSED: dict[str, dict[str, Any]] = {
    "unknown_article": {"lines": (NewLine(sku="caviar", quantity=1_000),)},
    "bad_quantity": {"lines": (NewLine(sku="bread", quantity=1_500),)},
    "bad_paid": {"paid": 100_000},
    "bad_promise": {"promised_at": NOON + timedelta(days=400)},
    "out_of_stock": {"lines": (NewLine(sku="wine", quantity=1_000),)},
}


@pytest.mark.parametrize("slug", REFUSED)
async def test_an_order_that_cannot_be_kept_is_refused_whole(centre: Centre, slug: str) -> None:
    await stocked(centre, {"bread": 5})
    with pytest.raises(CentreRefusal) as refused:
        await placed(centre, {"bread": 1_000}, **REFUSED[slug])
    assert refused.value.slug == slug
    assert await rows(centre, "S001", STEPS) == []


async def test_a_store_that_nobody_knows_takes_no_order(centre: Centre) -> None:
    await stocked(centre, {"bread": 5})
    with pytest.raises(Unknown):
        await placed(centre, {"bread": 1_000}, store="S009")


async def test_a_number_of_a_channel_is_given_once(centre: Centre) -> None:
    await stocked(centre, {"bread": 5})
    await placed(centre, {"bread": 1_000}, reference="1042")
    with pytest.raises(CentreRefusal) as refused:
        await placed(centre, {"bread": 1_000}, reference="1042")
    assert refused.value.slug == "same_reference"
    assert await levels(centre) == {"bread": (5_000, 0, 1_000)}


# Amended, cancelled, waited for


async def test_an_amended_order_keeps_what_it_wants_now(centre: Centre) -> None:
    await stocked(centre, {"bread": 5, "jam": 5})
    name = (await placed(centre, {"bread": 2_000})).order.order
    lines = (NewLine(sku="bread", quantity=1_000), NewLine(sku="jam", quantity=5_000))
    asked = Amendment(lines=lines, paid=1_710)
    for _ in range(2):
        held = await placing.amend(centre, "S001", name, asked, RULES, NOON)
        assert (held.order.total, held.order.paid, held.steps) == (1_710, 1_710, 2)
    assert await levels(centre) == {"bread": (5_000, 0, 1_000), "jam": (5_000, 0, 5_000)}
    more = Amendment(lines=(NewLine(sku="jam", quantity=6_000),))
    with pytest.raises(OutOfStock):
        await placing.amend(centre, "S001", name, more, RULES, NOON)
    assert await levels(centre) == {"bread": (5_000, 0, 1_000), "jam": (5_000, 0, 5_000)}


async def test_what_was_paid_for_lines_that_are_taken_out_comes_back_once(centre: Centre) -> None:
    await stocked(centre, {"bread": 5, "jam": 5})
    name = (await placed(centre, {"bread": 2_000, "jam": 1_000})).order.order
    fewer = Amendment(lines=(NewLine(sku="bread", quantity=2_000),))
    for _ in range(2):
        held = await placing.amend(centre, "S001", name, fewer, RULES, NOON)
        assert (held.order.total, held.order.paid, held.order.removed) == (220, 220, 320)
        assert held.owed == 320
    assert await mails(centre) == [("received", 0), ("refund", 320)]
    assert held.order.paid == 220
    # who says what was paid has settled the difference already
    one = Amendment(lines=(NewLine(sku="bread", quantity=1_000),), paid=110)
    held = await placing.amend(centre, "S001", name, one, RULES, NOON)
    assert (held.order.paid, held.order.removed, held.owed) == (110, 320, 320)
    held = await placing.cancel(centre, "S001", name, "web", NOON)
    assert held.owed == 430
    assert (await mails(centre))[2:] == [("cancelled", 0), ("refund", 110)]
    assert await audit(centre) == []


async def test_a_cancelled_order_frees_its_goods_and_pays_back(centre: Centre) -> None:
    await stocked(centre, {"bread": 5})
    name = (await placed(centre, {"bread": 2_000})).order.order
    for _ in range(2):
        held = await placing.cancel(centre, "S001", name, "web", NOON, "too late")
        assert (held.order.state, held.order.reason, held.owed) == ("cancelled", "too late", 220)
    assert await levels(centre) == {"bread": (5_000, 0, 0)}
    assert await mails(centre) == [("received", 0), ("cancelled", 0), ("refund", 220)]
    with pytest.raises(CentreRefusal):
        await placing.amend(centre, "S001", name, Amendment(note="x"), RULES, NOON)
    with pytest.raises(CentreRefusal):
        await placing.customer_here(centre, held.token, NOON)


async def test_a_customer_who_waits_is_told_to_the_store_once(centre: Centre) -> None:
    await stocked(centre, {"bread": 5})
    held = await placed(centre, {"bread": 2_000})
    for minutes in (0, 5):
        told = await placing.customer_here(centre, held.token, NOON + timedelta(minutes=minutes))
        assert (told.order.here_at, told.steps) == ("2026-11-22T12:00:00.000Z", 2)
    with pytest.raises(Unknown):
        await placing.customer_here(centre, "S001." + "0" * 26, NOON)


# The clock


async def test_who_never_comes_is_reminded_once_and_then_the_order_expires(centre: Centre) -> None:
    await stocked(centre, {"bread": 5})
    held = await placed(centre, {"bread": 2_000})
    end = NOON + timedelta(minutes=RULES.prepare_minutes, hours=RULES.keep_hours)
    for before in (timedelta(seconds=1), timedelta(0), -timedelta(hours=1)):
        await expiry.expire(centre, "S001", RULES, end - before)
    found = await placing.order_by_token(centre, held.token)
    assert found is not None
    assert (found.order.state, found.owed) == (OrderState.EXPIRED, 220)
    assert await levels(centre) == {"bread": (5_000, 0, 0)}
    assert await mails(centre) == [("received", 0), ("expired", 0), ("refund", 220)]


async def test_the_worker_ends_orders_whose_time_is_over(centre: Centre) -> None:
    await stocked(centre, {"bread": 5})
    held = await placed(centre, {"bread": 2_000})
    stop = asyncio.Event()
    stop.set()
    await worker.go_round(centre, worker.duties(RULES).often)
    found = await placing.order_by_token(centre, held.token)
    assert found is not None
    assert found.order.state is OrderState.PLACED


# What may be promised


async def test_availability_falls_while_a_store_is_not_heard(centre: Centre) -> None:
    await stocked(centre, {"bread": 5})
    await stocked(centre, {"bread": 3}, "S002", heard=False)
    await placed(centre, {"bread": 1_000})

    async def seen(minutes: int) -> list[tuple[str, int, bool]]:
        now = NOON + timedelta(minutes=minutes)
        found = await availability(centre, ["bread"], RULES, now)
        return [(one.store, one.available, one.confirm) for one in found]

    assert await seen(0) == [("S001", 4_000, False), ("S002", 1_000, True)]
    assert await seen(31) == [("S001", 2_000, False), ("S002", 1_000, True)]
    assert await seen(600) == [("S001", 2_000, True), ("S002", 1_000, True)]
    only = await availability(centre, ["jam", "bread"], RULES, NOON, ["S001"])
    assert [(one.sku, one.available) for one in only] == [("jam", 0), ("bread", 4_000)]


async def test_an_order_at_a_store_not_heard_for_long_is_a_request(centre: Centre) -> None:
    await stocked(centre, {"bread": 9}, heard=False)
    assert (await placed(centre, {"bread": 1_000})).is_request
