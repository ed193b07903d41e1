"""A till of one store reads and changes nothing of another: told for every path that there is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from fastapi.routing import APIRoute

from sync.central.app import create_app
from sync.central.door import Door
from sync.central.service import Service
from sync.protocol import Claim, Cursor, HeadText, Match, Pull, PullAnswer
from tests.central.serving import Shop, Speaking, slug
from tests.central.tills import rows

Path = tuple[str, str]
NO_HASH = "0" * 64


async def of_the_journal(shop: Shop, asking: Speaking, other: Speaking) -> None:
    stolen = other.till.request()
    assert (await asking.post("/v1/journal", stolen)).status_code == 422
    query = "SELECT count(*) FROM journal WHERE store_id = :store_id"
    assert await rows(shop.centre, asking.till.who.store, query) == [(0,)]
    before = await rows(shop.centre, other.till.who.store, query)
    assert before == [(len(other.till.entries),)]


async def of_pulls(_shop: Shop, asking: Speaking, other: Speaking) -> None:
    mine, theirs = asking.till.who, other.till.who
    for scope in (f"store:{theirs.store}", f"till:{theirs}", f"till:{mine.store}-T02"):
        asked = Pull(request="r", heads={}, cursors={scope: Cursor()})
        answer = await asking.post("/v1/pull", asked)
        assert (answer.status_code, slug(answer)) == (403, "not_yours")
    asked = Pull(request="r", heads={}, cursors={"prices:OTHER": Cursor()})
    assert (await asking.post("/v1/pull", asked)).json()["scopes"] == {}
    last = other.till.entries[-1]
    head = HeadText(number=last.number, hash=last.hash.hex())
    asked = Pull(request="r", heads={"K1": head}, cursors={f"store:{mine.store}": Cursor()})
    told = PullAnswer.model_validate_json((await asking.post("/v1/pull", asked)).content)
    assert told.expected["K1"] == HeadText(number=0, hash=NO_HASH)
    assert [page.things for page in told.scopes.values()] == [{}]


async def of_matches(_shop: Shop, asking: Speaking, other: Speaking) -> None:
    hashes = {entry.number: entry.hash.hex() for entry in other.till.entries}
    answer = await asking.post("/v1/match", Match(request="m", epoch="K1", hashes=hashes))
    assert (answer.json()["number"], answer.json()["held"]) == (0, 0)


async def of_claims(_shop: Shop, asking: Speaking, other: Speaking) -> None:
    name = f"{other.till.who}-K1/000009"
    stolen = Claim(claim=name, what="voucher", key=name)
    answer = await asking.post("/v1/claims", stolen)
    assert (answer.status_code, slug(answer)) == (403, "not_yours")
    order = Claim(claim=f"{asking.till.who}-K1/000009", what="hand_over", key=f"{name}:0")
    assert (await asking.post("/v1/claims", order)).json()["granted"]
    mine = Claim(claim=name, what="hand_over", key=f"{name}:0")
    assert (await other.post("/v1/claims", mine)).json()["granted"]  # of its own store's order


async def of_the_stock(_shop: Shop, asking: Speaking, other: Speaking) -> None:
    """How much another store has is what this path is for; it tells nothing else of it."""
    sku = f"{other.till.who.store}-jam"
    answer = await asking.ask("GET", f"/v1/stock?sku={sku}")
    (there,) = answer.json()["stores"]
    assert (there["store"], there["on_hand"]) == (other.till.who.store, -1_000)
    assert set(there) == {"store", "name", "on_hand", "shelf", "reserved", "as_of"}


async def of_news(_shop: Shop, asking: Speaking, other: Speaking) -> None:
    """News only say that there are some."""
    headers = {"Authorization": asking.token("GET", "/v1/live", b"")}
    async with (
        httpx.AsyncClient(base_url=asking.url, timeout=30) as client,
        client.stream("GET", "/v1/live", headers=headers) as stream,
    ):
        lines = stream.aiter_lines()
        assert (await anext(lines)).startswith(":")
        for till in (other.till, asking.till):
            till.sell({"bread": 1})
            speaking = other if till is other.till else asking
            assert (await speaking.post("/v1/journal", till.request())).status_code == 200
        async with asyncio.timeout(30):
            while (line := await anext(lines)) != "event: news":
                assert other.till.who.store not in line
            assert await anext(lines) == "data: {}"


BORDERS: dict[Path, Callable[[Shop, Speaking, Speaking], Awaitable[None]]] = {
    ("POST", "/v1/journal"): of_the_journal,
    ("POST", "/v1/pull"): of_pulls,
    ("POST", "/v1/match"): of_matches,
    ("POST", "/v1/claims"): of_claims,
    ("GET", "/v1/stock"): of_the_stock,
    ("GET", "/v1/live"): of_news,
}
"""What a till of one store tries with each path, to get at another store."""

OF_NO_STORE: set[Path] = {
    ("POST", "/v1/enrol"),  # the code is of one till of one store: test_enrol
    ("GET", "/health"),
    ("GET", "/ready"),
    ("GET", "/metrics"),
    ("GET", "/o/{token}"),  # a customer's own order, by its secret name: test_pages
    ("GET", "/o/{token}/cancel"),
    ("POST", "/o/{token}/cancel"),
    ("POST", "/o/{token}/here"),
}


OF_CHANNELS: set[Path] = {
    ("POST", "/v1/orders"),
    ("GET", "/v1/orders/{order}"),
    ("PATCH", "/v1/orders/{order}"),
    ("POST", "/v1/orders/{order}/cancel"),
    ("GET", "/v1/refunds"),
    ("POST", "/v1/orders/{order}/refunds/{refund}"),
    ("GET", "/v1/availability"),
    ("GET", "/v1/stores"),
}
"""What web shops ask, by keys of their own: test_orders_api, test_refunds."""


def paths(routes: Iterable[Any]) -> set[Path]:
    """Return every method and path of an application's routes, of included ones too."""
    found: set[Path] = set()
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            found |= paths(inner.routes)
        elif isinstance(route, APIRoute):
            found |= {(method, route.path) for method in route.methods or ()}
    return found


def test_every_path_of_the_application_has_its_border_tried() -> None:
    """Whoever adds a path says here what another store's till tries with it."""
    plain = cast("Service", SimpleNamespace(settings=SimpleNamespace(demo_shop=False)))
    app = create_app(plain)
    assert isinstance(app, Door)
    found = paths(cast("Any", app)._app.routes)
    assert len(found) >= len(BORDERS)
    assert found - BORDERS.keys() - OF_NO_STORE - OF_CHANNELS == set()


@pytest.mark.parametrize("path", BORDERS, ids=str)
async def test_a_till_of_one_store_gets_at_nothing_of_another(shop: Shop, path: Path) -> None:
    asking, other = await shop.till(), await (await shop.other()).till()
    other.till.sell({f"{other.till.who.store}-jam": 1})
    assert (await other.post("/v1/journal", other.till.request())).status_code == 200
    await BORDERS[path](shop, asking, other)


@pytest.mark.parametrize("path", sorted(OF_CHANNELS), ids=str)
async def test_a_till_is_no_sales_channel(shop: Shop, path: Path) -> None:
    asking = await shop.till()
    method, where = path[0], path[1].format(order="01JD7Z4QFS3WZ8E3Y6M5K0T2RB", refund=1)
    answer = await asking.ask(method, where, b"" if method == "GET" else b"{}")
    assert answer.status_code in (401, 404)
    assert slug(answer) in ("no_token", "not_found")
