"""What one process takes on at most, and how it says no."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import httpx
import pytest

from sync.central.api.journal import WORTH_ENTRIES
from sync.protocol import Pull
from tests.central.serving import TLS, Process, Shop, process, slug

PULL = Pull(request="r", heads={}, cursors={})


def limits(**changed: int) -> dict[str, str]:
    return {"COMPTOIR_CENTRE_LIMITS": json.dumps(changed)}


@pytest.fixture(scope="module")
def narrow(api: Process) -> Iterator[Process]:
    """A process that takes little from one till and one address, and two streams."""
    few = limits(till_burst=3, till_per_s=1, live_most=2, heartbeat_s=1)
    with process(api.folder, **few) as running:
        yield running


async def test_a_till_that_asks_too_often_waits_and_another_does_not(
    shop: Shop, narrow: Process
) -> None:
    one, other = await shop.till(url=narrow.url), await shop.till("T02", narrow.url)
    answers = [await one.post("/v1/pull", PULL) for _ in range(6)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.status_code for answer in answers} == {200, 429}
    assert slug(refused[0]) == "too_many_requests"
    assert int(refused[0].headers["retry-after"]) >= 1
    assert (await other.post("/v1/pull", PULL)).status_code == 200


async def test_a_till_with_much_to_tell_is_not_held_up_and_one_that_repeats_itself_is(
    shop: Shop, narrow: Process
) -> None:
    speaking = await shop.till(url=narrow.url)
    for _ in range(8 * WORTH_ENTRIES - 1):
        speaking.till.sell({"bread": 1})
    told = speaking.till.entries
    pushes = [
        speaking.till.request(told[at : at + WORTH_ENTRIES])
        for at in range(0, len(told), WORTH_ENTRIES)
    ]
    answers = [await speaking.post("/v1/journal", push, packed=True) for push in pushes]
    assert [answer.status_code for answer in answers] == [200] * 8
    again = [await speaking.post("/v1/journal", pushes[0], packed=True) for _ in range(12)]
    assert {answer.status_code for answer in again} == {200, 429}


def test_an_address_that_asks_too_often_waits(api: Process) -> None:
    with process(api.folder, **limits(address_burst=2, address_per_s=1)) as running:
        answers = [httpx.get(running.url + "/v1/nothing") for _ in range(4)]
        health = httpx.get(running.url + "/health")
    assert 429 in [answer.status_code for answer in answers]
    assert slug(next(one for one in answers if one.status_code == 429)) == "too_many_requests"
    assert health.status_code == 200


async def test_a_stream_says_that_there_is_news_and_beats_when_there_is_none(
    shop: Shop, narrow: Process
) -> None:
    asking = await shop.till(url=narrow.url)
    pushing = await shop.till("T02")
    headers = {"Authorization": asking.token("GET", "/v1/live", b"")}
    async with (
        asyncio.timeout(30),
        httpx.AsyncClient(base_url=narrow.url, timeout=30, verify=TLS) as client,
        client.stream("GET", "/v1/live", headers=headers) as stream,
    ):
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        await after(lines, ": still here")
        await after(lines, ": still here")
        pushing.till.sell({"bread": 1})
        await pushing.post("/v1/journal", pushing.till.request())
        await after(lines, "event: news")


async def after(lines: object, wanted: str) -> None:
    async for line in lines:  # type: ignore[attr-defined]
        if line == wanted:
            return
    raise AssertionError(f"the stream ended before {wanted!r}")


async def test_streams_are_bounded_and_one_a_till(shop: Shop, narrow: Process) -> None:
    tills = [await shop.till(f"T0{n}", narrow.url) for n in (1, 2, 3)]
    async with httpx.AsyncClient(base_url=narrow.url, timeout=30, verify=TLS) as client:

        def asked(n: int) -> httpx.Request:
            headers = {"Authorization": tills[n].token("GET", "/v1/live", b"")}
            return client.build_request("GET", "/v1/live", headers=headers)

        first = await client.send(asked(0), stream=True)
        second = await client.send(asked(1), stream=True)
        refused = await client.send(asked(2))
        assert (refused.status_code, slug(refused)) == (503, "too_many_wait")
        again = await client.send(asked(0), stream=True)
        assert again.status_code == 200
        async with asyncio.timeout(30):
            assert [line async for line in first.aiter_lines()]
        for stream in (second, again):
            await stream.aclose()


async def test_a_body_that_never_ends_is_not_waited_for(api: Process) -> None:
    with process(api.folder, **limits(body_s=1)) as running:
        host, port = running.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            b"POST /v1/pull HTTP/1.1\r\nHost: centre\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n{"
        )
        async with asyncio.timeout(30):
            head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
    assert head.startswith(b"HTTP/1.1 408 ")


async def test_meters_are_told_to_the_addresses_of_the_settings_only(api: Process) -> None:
    with process(api.folder, "--behind-proxy") as running:
        outside = {"X-Forwarded-For": "203.0.113.7"}
        refused = httpx.get(running.url + "/metrics", headers=outside)
        told = httpx.get(running.url + "/metrics")
    assert (refused.status_code, slug(refused)) == (403, "not_for_you")
    assert told.status_code == 200
