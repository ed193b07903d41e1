"""Who may ask what: every path, by every kind of asker that must not get an answer."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlalchemy import text

from pos.journal.signing import SeedKey
from sync.central import access
from sync.central.api import ROUTERS
from sync.central.service import utc_now
from sync.central.values import TillId
from sync.protocol import Claim, Match, Pull
from tests.central.serving import TLS, Process, Shop, Speaking, slug

Path = tuple[str, str]

OPEN: set[Path] = {
    ("GET", "/health"),
    ("GET", "/ready"),
    ("GET", "/metrics"),
    ("POST", "/v1/enrol"),
}
"""The paths that ask for no token; all others are in the table below, or a test fails."""

OF_A_CHANNEL: set[Path] = {
    ("POST", "/v1/orders"),
    ("GET", "/v1/orders/{order}"),
    ("PATCH", "/v1/orders/{order}"),
    ("POST", "/v1/orders/{order}/cancel"),
    ("POST", "/v1/orders/{order}/refunds/{refund}"),
    ("GET", "/v1/refunds"),
    ("GET", "/v1/availability"),
    ("GET", "/v1/stores"),
}
"""The paths that ask for a sales channel's key."""

PULL = Pull(request="r", heads={}, cursors={})
BODIES: dict[Path, BaseModel | None] = {
    ("POST", "/v1/journal"): None,
    ("POST", "/v1/pull"): PULL,
    ("POST", "/v1/match"): Match(request="r", epoch="K1", hashes={}),
    ("POST", "/v1/claims"): Claim(claim="S001-T01-K1/000002", what="voucher", key="1"),
    ("GET", "/v1/live"): None,
    ("GET", "/v1/stock?sku=bread"): None,
}


def test_every_path_is_open_on_purpose_or_asks_for_a_token() -> None:
    routes = [route for router in ROUTERS for route in router.routes]
    found = {
        (method, route.path)
        for route in routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    guarded = {(method, path.partition("?")[0]) for method, path in BODIES}
    assert found == OPEN | OF_A_CHANNEL | guarded


def body_of(asking: Speaking, path: Path) -> bytes:
    if path[1] == "/v1/journal":
        return asking.till.request().model_dump_json().encode()
    message = BODIES[path]
    return b"" if message is None else message.model_dump_json().encode()


async def send(shop: Shop, path: Path, body: bytes, authorization: str) -> httpx.Response:
    headers = {"Content-Type": "application/json"} if body else {}
    if authorization:
        headers["Authorization"] = authorization
    async with httpx.AsyncClient(base_url=shop.url, timeout=30, verify=TLS) as client:
        return await client.request(path[0], path[1], content=body, headers=headers)


Wrong = tuple[str, dict[str, Any], str]
WRONG: list[Wrong] = [
    ("an expired token", {"issued_s": -200}, "expired"),
    ("a token from the future", {"issued_s": 200}, "not_yet"),
    ("a token that lives too long", {"life_s": 3_600}, "too_long"),
    ("a token for another centre", {"audience": "other"}, "audience"),
    ("a till that nobody knows", {"issuer": "S999-T01"}, "unknown_key"),
    ("another till of the store", {"issuer": "T02"}, "unknown_key"),
    ("a name that is none", {"issuer": "S001"}, "malformed"),
]


def claims(shop: Shop, changed: dict[str, Any]) -> dict[str, Any]:
    told = dict(changed)
    if "issued_s" in told:
        told["issued_s"] += int(time.time())
    if told.get("issuer") == "T02":
        told["issuer"] = f"{shop.store}-T02"
    return told


@pytest.mark.parametrize("path", BODIES, ids=str)
@pytest.mark.parametrize(("_who", "changed", "named"), WRONG, ids=[one[0] for one in WRONG])
async def test_a_token_that_is_not_as_it_should_be_opens_nothing(
    shop: Shop, path: Path, _who: str, changed: dict[str, Any], named: str
) -> None:
    asking = await shop.till()
    body = body_of(asking, path)
    answer = await send(shop, path, body, asking.token(*path, body, **claims(shop, changed)))
    assert (answer.status_code, slug(answer)) == (401, named)
    assert answer.headers["www-authenticate"] == "Comptoir"


@pytest.mark.parametrize("path", BODIES, ids=str)
@pytest.mark.parametrize("authorization", ["", "Bearer abc", "Comptoir", "Comptoir a.b.c"])
async def test_a_request_without_a_token_is_not_answered(
    shop: Shop, path: Path, authorization: str
) -> None:
    asking = await shop.till()
    answer = await send(shop, path, body_of(asking, path), authorization)
    assert answer.status_code == 401
    assert slug(answer) in ("no_token", "malformed")


@pytest.mark.parametrize("path", BODIES, ids=str)
async def test_a_key_that_was_revoked_opens_nothing_from_the_next_request_on(
    shop: Shop, path: Path
) -> None:
    asking = await shop.till()
    assert (await asking.post("/v1/pull", PULL)).status_code == 200
    async with shop.centre.session(shop.store) as session:
        await access.revoke(session, asking.till.who, utc_now())
        await session.commit()
    body = body_of(asking, path)
    answer = await send(shop, path, body, asking.token(*path, body))
    assert (answer.status_code, slug(answer)) == (401, "revoked")


@pytest.mark.parametrize("path", BODIES, ids=str)
async def test_a_key_that_only_proves_who_wrote_opens_nothing(shop: Shop, path: Path) -> None:
    asking = await shop.till()
    async with shop.centre.session(shop.store) as session:
        await session.execute(
            text("UPDATE till_key SET is_trusted = false WHERE store_id = :store"),
            {"store": shop.store},
        )
        await session.commit()
    body = body_of(asking, path)
    answer = await send(shop, path, body, asking.token(*path, body))
    assert (answer.status_code, slug(answer)) == (401, "unknown_key")


@pytest.mark.parametrize("path", BODIES, ids=str)
async def test_a_signature_by_another_key_opens_nothing(shop: Shop, path: Path) -> None:
    asking = await shop.till()
    body = body_of(asking, path)
    token = asking.token(*path, body)
    forger = Speaking(replace(asking.till, key=SeedKey(b"f" * 32)), shop.url)
    answer = await send(shop, path, body, forger.token(*path, body))
    assert (answer.status_code, slug(answer)) == (401, "unknown_key")
    altered = token[:-8] + ("AAAAAAAA" if not token.endswith("AAAAAAAA") else "BBBBBBBB")
    answer = await send(shop, path, body, altered)
    assert answer.status_code == 401
    assert slug(answer) in ("forged", "malformed")


@pytest.mark.parametrize("path", [path for path in BODIES if path[1] != "/v1/live"], ids=str)
async def test_a_token_serves_one_request_only(shop: Shop, path: Path) -> None:
    asking = await shop.till()
    body = body_of(asking, path)
    token = asking.token(*path, body)
    first = await send(shop, path, body, token)
    assert first.status_code != 401
    again = await send(shop, path, body, token)
    assert (again.status_code, slug(again)) == (401, "replayed")


@pytest.mark.parametrize("path", BODIES, ids=str)
async def test_a_token_serves_one_body_and_one_place_only(shop: Shop, path: Path) -> None:
    asking = await shop.till()
    body = body_of(asking, path)
    other = await send(shop, path, body, asking.token(*path, body + b" "))
    assert (other.status_code, slug(other)) == (401, "body")
    elsewhere = await send(shop, path, body, asking.token("POST", "/v1/other", body))
    assert (elsewhere.status_code, slug(elsewhere)) == (401, "path")


async def test_no_secret_is_ever_in_the_log(api: Process, shop: Shop) -> None:
    asking = await shop.till()
    asking.till.sell({"SECRETARTICLE": 1})
    body = asking.till.request().model_dump_json().encode()
    token = asking.token("POST", "/v1/journal", body)
    assert (await send(shop, ("POST", "/v1/journal"), body, token)).status_code == 200
    await send(shop, ("POST", "/v1/journal"), body, token)
    await send(shop, ("POST", "/v1/enrol"), b'{"code": "SECRETCODE"}', "")
    log = api.log.read_text("utf-8")
    assert str(asking.till.who) in log
    for secret in (token.split(" ")[1], "SECRETARTICLE", "SECRETCODE", asking.till.key.key_id):
        assert secret not in log


async def test_a_stream_ends_when_the_key_of_its_till_is_revoked(shop: Shop) -> None:
    asking = await shop.till()
    headers = {"Authorization": asking.token("GET", "/v1/live", b"")}
    async with (
        httpx.AsyncClient(base_url=shop.url, timeout=30) as client,
        client.stream("GET", "/v1/live", headers=headers) as stream,
    ):
        lines = stream.aiter_lines()
        assert (await anext(lines)).startswith(":")
        async with shop.centre.session(shop.store) as session:
            await access.revoke(session, TillId(shop.store, "T01"), utc_now())
            await session.commit()
        async with asyncio.timeout(30):
            rest = [line async for line in lines]
    assert "event: news" not in rest[-1:]
