"""The order API as a sales channel uses it, at a real process: what it may, and what it is told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from sync.central.orders import channels
from sync.central.service import utc_now
from tests.central.ordering import levels, stocked
from tests.central.serving import TLS, WAIT_S, Process, Shop, process, slug
from tests.central.test_auth import OF_A_CHANNEL
from tests.central.tills import rows

ORDERS = "SELECT order_id FROM customer_order WHERE store_id = :store_id"


@dataclass
class Selling:
    """A sales channel that asks a process."""

    name: str
    key: str
    url: str
    shop: Shop

    async def ask(
        self, method: str, path: str, body: Any = None, key: str = "", **headers: str
    ) -> httpx.Response:
        """Send a request; `key` is an Idempotency-Key."""
        told = {"Authorization": f"Bearer {self.key}", **headers}
        if key:
            told["Idempotency-Key"] = key
        async with httpx.AsyncClient(base_url=self.url, timeout=WAIT_S, verify=TLS) as client:
            return await client.request(method, path, json=body, headers=told)

    def wanting(self, **goods: int) -> dict[str, Any]:
        """Return the body of an order of so many pieces of each article."""
        lines = [{"sku": sku, "quantity": pieces * 1000} for sku, pieces in goods.items()]
        return {"store": self.shop.store, "contract": "paid_online", "lines": lines}

    async def place(self, key: str, **goods: int) -> httpx.Response:
        """Place an order."""
        return await self.ask("POST", "/v1/orders", self.wanting(**goods), key)


_NAMES = iter(range(1_000))


async def channel(shop: Shop, url: str, *stores: str) -> Selling:
    """Return a channel that the centre lets in."""
    name = f"web-{next(_NAMES)}"
    added = await channels.add(shop.centre, name, "", stores, utc_now())
    return Selling(name, added.key, url, shop)


@pytest.fixture
async def selling(shop: Shop) -> Selling:
    """A channel, and a store that has five loaves and was heard just now."""
    till = await stocked(shop.centre, {"bread": 5, "jam": 5}, shop.store, heard=False)
    await till.push(shop.centre, now=utc_now())
    return await channel(shop, shop.url)


async def test_an_order_is_placed_looked_at_amended_and_cancelled(selling: Selling) -> None:
    answer = await selling.place("k1", bread=2)
    told = answer.json()
    assert (answer.status_code, told["state"], told["total"]) == (201, "placed", 220)
    assert told["is_confirmed"]
    path = f"/v1/orders/{told['id']}"
    assert (await selling.ask("GET", path)).json() == told
    changed = await selling.ask("PATCH", path, {"lines": [{"sku": "jam", "quantity": 1_000}]})
    assert [line["sku"] for line in changed.json()["lines"]] == ["jam"]
    for _ in range(2):
        done = await selling.ask("POST", f"{path}/cancel", {"reason": "twice"})
        assert (done.status_code, done.json()["state"]) == (200, "cancelled")
    late = await selling.ask("PATCH", path, {"note": "please"})
    assert (late.status_code, slug(late)) == (409, "too_late")
    assert set((await levels(selling.shop.centre, selling.shop.store)).values()) == {(5_000, 0, 0)}


async def test_a_request_sent_many_times_at_once_places_one_order(selling: Selling) -> None:
    answers = await asyncio.gather(*(selling.place("k1", bread=1) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    name = answers[0].json()["id"]
    await selling.ask("POST", f"/v1/orders/{name}/cancel", {})
    assert (await selling.place("k1", bread=1)).text == answers[0].text
    assert len(await rows(selling.shop.centre, selling.shop.store, ORDERS)) == 1


async def test_a_request_sent_to_two_processes_at_once_places_one_order(
    selling: Selling, api: Process
) -> None:
    with process(api.folder) as other:
        there = Selling(selling.name, selling.key, other.url, selling.shop)
        both = [one.place("k1", bread=1) for one in (selling, there) for _ in range(3)]
        answers = await asyncio.gather(*both)
    assert len({answer.text for answer in answers}) == 1
    assert len(await rows(selling.shop.centre, selling.shop.store, ORDERS)) == 1


async def test_another_body_under_the_same_key_is_refused(selling: Selling) -> None:
    assert (await selling.place("k1", bread=1)).status_code == 201
    other = await selling.place("k1", bread=2)
    assert (other.status_code, slug(other)) == (422, "other_body")
    neighbour = await channel(selling.shop, selling.url)
    assert (await neighbour.place("k1", bread=2)).status_code == 201


async def test_a_refused_order_may_be_tried_again_under_its_key(selling: Selling) -> None:
    first = await selling.place("k1", bread=5)
    refused = await selling.place("k2", bread=1)
    assert (refused.status_code, slug(refused)) == (409, "out_of_stock")
    assert "bread: 1000 wanted, 0 available" in refused.json()["detail"]
    await selling.ask("POST", f"/v1/orders/{first.json()['id']}/cancel", {})
    assert (await selling.place("k2", bread=1)).status_code == 201


async def test_the_last_piece_is_ordered_once(selling: Selling) -> None:
    answers = await asyncio.gather(*(selling.place(f"k{n}", bread=5) for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"store": "S999"}, 404, "unknown"),
    ({"lines": [{"sku": "caviar", "quantity": 1_000}]}, 422, "unknown_article"),
    ({"lines": [{"sku": "bread", "quantity": 500}]}, 422, "bad_quantity"),
    ({"lines": []}, 422, "not_understood"),
    ({"contract": "barter"}, 422, "not_understood"),
    ({"colour": "blue"}, 422, "not_understood"),
    ({"paid": 99_999}, 422, "bad_paid"),
    ({"customer": {"email": "nobody"}}, 422, "not_understood"),
    ({"promised_at": "2026-11-22T12:00:00"}, 422, "bad_promise"),
]


@pytest.mark.parametrize(("changed", "status", "why"), REFUSED, ids=[w for _, _, w in REFUSED])
async def test_an_impossible_order_is_refused_with_a_problem(
    selling: Selling, changed: dict[str, Any], status: int, why: str
) -> None:
    body = selling.wanting(bread=1) | changed
    answer = await selling.ask("POST", "/v1/orders", body, "k1")
    assert (answer.status_code, slug(answer)) == (status, why)
    assert await rows(selling.shop.centre, selling.shop.store, ORDERS) == []


async def test_an_order_without_an_idempotency_key_is_refused(selling: Selling) -> None:
    answer = await selling.ask("POST", "/v1/orders", selling.wanting(bread=1))
    assert (answer.status_code, slug(answer)) == (422, "not_understood")


# Who may


@pytest.mark.parametrize(("method", "path"), sorted(OF_A_CHANNEL))
async def test_no_path_of_channels_answers_who_has_no_key(
    selling: Selling, method: str, path: str
) -> None:
    nobody = Selling("nobody", f"web-0.{'0' * 26}", selling.url, selling.shop)
    answer = await nobody.ask(method, path, {} if method != "GET" else None, "k1")
    assert (answer.status_code, slug(answer)) == (401, "unknown_key")


async def test_only_who_has_a_channels_key_is_let_in(selling: Selling) -> None:
    for key in ("-", "web-0", f"{selling.name}.{'0' * 26}", "x" * 1_000, "é"):
        async with httpx.AsyncClient(base_url=selling.url, verify=TLS) as client:
            headers = {b"Authorization": f"Bearer {key}".encode()}
            answer = await client.get("/v1/stores", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    await channels.revoke(selling.shop.centre, selling.name, utc_now())
    assert slug(await selling.ask("GET", "/v1/stores")) == "unknown_key"


async def test_a_tills_token_is_no_key_and_a_key_no_tills_token(selling: Selling) -> None:
    till = await selling.shop.till("T02")
    assert (await till.ask("GET", "/v1/stores")).status_code == 401
    assert (await selling.ask("GET", "/v1/stock?sku=bread")).status_code == 401


async def test_a_channel_sees_its_own_orders_only(selling: Selling) -> None:
    name = (await selling.place("k1", bread=1)).json()["id"]
    neighbour = await channel(selling.shop, selling.url)
    for method, path, body in (
        ("GET", f"/v1/orders/{name}", None),
        ("PATCH", f"/v1/orders/{name}", {"note": "mine"}),
        ("POST", f"/v1/orders/{name}/cancel", {}),
    ):
        answer = await neighbour.ask(method, path, body)
        assert (answer.status_code, slug(answer)) == (404, "unknown")
    assert (await selling.ask("GET", f"/v1/orders/{name}")).json()["state"] == "placed"


async def test_a_channel_sells_for_its_own_stores_only(selling: Selling) -> None:
    other = await selling.shop.other()
    till = await stocked(other.centre, {"bread": 5}, other.store, heard=False)
    await till.push(other.centre, now=utc_now())
    theirs = await channel(selling.shop, selling.url, other.store)
    refused = await theirs.place("k1", bread=1)
    assert (refused.status_code, slug(refused)) == (403, "not_yours")
    seen = await theirs.ask("GET", "/v1/stores")
    assert [one["store"] for one in seen.json()["stores"]] == [other.store]
    for asked in ("", f"&store={selling.shop.store}&store={other.store}"):
        told = (await theirs.ask("GET", f"/v1/availability?sku=bread{asked}")).json()
        assert [(one["store"], one["available"]) for one in told["articles"]] == [
            (other.store, 5_000)
        ]
    both = [selling.shop.store, other.store]
    seen = await selling.ask("GET", "/v1/stores")
    assert {one["store"] for one in seen.json()["stores"]} >= set(both)


async def test_a_channel_that_asks_too_often_waits(api: Process, selling: Selling) -> None:
    limits = '{"channel_per_s": 1, "channel_burst": 3}'
    with process(api.folder, COMPTOIR_CENTRE_LIMITS=limits) as narrow:
        hasty = Selling(selling.name, selling.key, narrow.url, selling.shop)
        answers = [await hasty.ask("GET", "/v1/stores") for _ in range(6)]
    late = [answer for answer in answers if answer.status_code == 429]
    assert late
    assert int(late[0].headers["retry-after"]) >= 1
