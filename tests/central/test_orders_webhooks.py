"""Webhooks to a real receiver that fails, is silent and comes back: in order, signed."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from sync.central.engine import Centre
from sync.central.orders import channels, placing, webhooks
from sync.central.orders.channels import Added
from sync.central.orders.webhooks import Listed
from sync.central.values import CentreRefusal, Unknown
from tests.central.conftest import Databases
from tests.central.ordering import placed, stocked, wanting
from tests.central.serving import make_centre, process
from tests.central.tills import NOON, open_store, rows

HALF = timedelta(seconds=0.5)
STATES = "SELECT kind, state, tries FROM webhook_delivery WHERE store_id = :store_id ORDER BY v, n"


@dataclass
class Receiver:
    """A channel's own server: it keeps what came, and answers as `answer` says of each."""

    port: int = 0
    answer: Callable[[], int] = lambda: 204
    came: list[tuple[dict[str, str], str]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    is_silent: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    @property
    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.came]

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request after the other on a connection."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            told = [line.partition(": ") for line in head.splitlines()[1:] if line]
            headers = {name.lower(): value for name, _, value in told}
            body = await reader.readexactly(int(headers["content-length"]))
            self.came.append((headers, body.decode()))
            status = 0 if self.is_silent else self.answer()
            if status:
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n".encode())
                writer.write(b"Connection: close\r\n\r\n")
                await writer.drain()
        finally:
            self.at_once -= 1
            writer.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that listens."""
    found = Receiver()
    server = await asyncio.start_server(found.take, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    yield found
    server.close()
    await server.wait_closed()


async def web(centre: Centre, url: str) -> Added:
    """Let the channel in under which orders are placed."""
    return await channels.add(centre, "web", url, (), NOON)


async def story(centre: Centre) -> str:
    """Let an order be placed, cancelled and paid back; return its name."""
    await stocked(centre, {"bread": 5})
    name = (await placed(centre, {"bread": 2_000})).order.order
    await placing.cancel(centre, "S001", name, "web", NOON)
    return name


async def aside(centre: Centre) -> list[Listed]:
    async with centre.session("S001") as session:
        return await webhooks.listed(session, "S001")


def after(*waits_s: int) -> datetime:
    """Return when these waits are over, one after the other, and a little more for the tries."""
    return NOON + timedelta(seconds=sum(waits_s) + 2 * len(waits_s))


async def test_what_happens_is_told_in_order_and_signed(centre: Centre, receiver: Receiver) -> None:
    added = await web(centre, receiver.url)
    name = await story(centre)
    await webhooks.deliver(centre, "S001", NOON)
    assert receiver.kinds == ["order.placed", "order.cancelled", "order.refund"]
    for headers, body in receiver.came:
        told = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}"
        key = base64.b64decode(added.secret.removeprefix("whsec_"))
        own = base64.b64encode(hmac.digest(key, told.encode(), "sha256")).decode()
        assert headers["webhook-signature"] == f"v1,{own}"
        assert json.loads(body)["order"]["id"] == f"S001.{name}"
    assert json.loads(receiver.came[-1][1])["amount"] == 220
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 3
    await webhooks.deliver(centre, "S001", NOON)
    assert len(receiver.came) == 3


async def test_what_failed_is_tried_again_later_and_holds_up_what_follows(
    centre: Centre, receiver: Receiver
) -> None:
    await web(centre, receiver.url)
    await story(centre)
    answers = iter([500, 302])
    receiver.answer = lambda: next(answers, 200)
    first, second = webhooks.WAITS_S[:2]
    for now in (NOON, NOON + HALF * first, after(first), after(first) + HALF * second):
        await webhooks.deliver(centre, "S001", now)
    assert receiver.kinds == ["order.placed", "order.placed"]
    await webhooks.deliver(centre, "S001", after(first, second))
    assert receiver.kinds[2:] == ["order.placed", "order.cancelled", "order.refund"]
    assert len({headers["webhook-id"] for headers, _ in receiver.came[:3]}) == 1
    assert {state for _, state, _ in await rows(centre, "S001", STATES)} == {"sent"}


async def test_what_never_arrives_is_laid_aside_and_can_be_tried_again(
    centre: Centre, receiver: Receiver
) -> None:
    await web(centre, receiver.url)
    await story(centre)
    receiver.answer = lambda: 503 if len(receiver.came) <= 10 else 200
    now = NOON
    for wait_s in (*webhooks.WAITS_S, 0):
        await webhooks.deliver(centre, "S001", now)
        now += timedelta(seconds=wait_s + 2)
    assert receiver.kinds == ["order.placed"] * 10 + ["order.cancelled", "order.refund"]
    (one,) = await aside(centre)
    assert (one.kind, one.state, one.problem) == ("order.placed", "dead", "answered 503")
    async with centre.session("S001") as session:
        for nobodys in ("7", "0.0", "x.y", "9" * 30):
            with pytest.raises(Unknown):
                await webhooks.retry(session, "S001", nobodys, now)
        assert await webhooks.retry(session, "S001", one.name, now) == 1
    await webhooks.deliver(centre, "S001", now)
    assert receiver.kinds[-1] == "order.placed"
    assert await aside(centre) == []


async def test_a_receiver_that_is_away_is_waited_for(centre: Centre, receiver: Receiver) -> None:
    await web(centre, receiver.url)
    await story(centre)
    receiver.is_silent = True
    await webhooks.deliver(centre, "S001", NOON)
    assert (await rows(centre, "S001", STATES))[0] == ("order.placed", "waiting", 1)
    receiver.is_silent = False
    await webhooks.deliver(centre, "S001", after(webhooks.WAITS_S[0]))
    assert receiver.kinds[1:] == ["order.placed", "order.cancelled", "order.refund"]


async def test_two_workers_make_one_delivery_at_a_time(centre: Centre, receiver: Receiver) -> None:
    await web(centre, receiver.url)
    await story(centre)
    await asyncio.gather(*(webhooks.deliver(centre, "S001", NOON) for _ in range(4)))
    assert sorted(receiver.kinds) == sorted(["order.placed", "order.cancelled", "order.refund"])
    assert receiver.most_at_once == 1


async def test_a_channel_without_an_address_is_told_nothing(centre: Centre) -> None:
    await web(centre, "")
    await story(centre)
    assert await rows(centre, "S001", STATES) == []


async def test_what_waits_for_a_revoked_channel_is_laid_aside(
    centre: Centre, receiver: Receiver
) -> None:
    await web(centre, receiver.url)
    await story(centre)
    await channels.revoke(centre, "web", NOON)
    await webhooks.deliver(centre, "S001", NOON)
    assert receiver.came == []
    assert [one.state for one in await aside(centre)] == ["dead"] * 3


async def test_a_running_centre_tells_by_itself_what_was_ordered_over_its_api(
    databases: Databases, tmp_path: Path, receiver: Receiver
) -> None:
    url = await databases.new()
    make_centre(tmp_path, url)
    centre = Centre.of([url])
    await open_store(centre, "S001")
    await stocked(centre, {"bread": 5})
    key = (await web(centre, receiver.url)).key
    await centre.close()
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "k1"}
    body = wanting({"bread": 1_000}).model_dump(mode="json")
    with process(tmp_path, "--worker") as running:
        async with httpx.AsyncClient(base_url=running.url, headers=headers) as client:
            placed_as = (await client.post("/v1/orders", json=body)).json()
        async with asyncio.timeout(30):
            while not receiver.came:
                await asyncio.sleep(0.05)
    assert json.loads(receiver.came[0][1])["order"] == placed_as


ADDRESSES = [
    "http://shop.example/",
    "ftp://127.0.0.1/",
    "https://",
    "https://user:secret@shop.example/",
    "https://shop.example/" + "x" * 500,
    "https://[::1",
    "https://shop.example/\n",
]


@pytest.mark.parametrize("address", ADDRESSES, ids=range(len(ADDRESSES)))
async def test_webhooks_go_to_no_address_that_others_can_read(centre: Centre, address: str) -> None:
    with pytest.raises(CentreRefusal):
        await web(centre, address)
