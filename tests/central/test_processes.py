"""Several API processes on one database, and how they end: in order, or killed in the middle."""

from __future__ import annotations

import asyncio
import signal
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import text

from pos.domain.errors import Refusal
from sync.central.rebuild import compare
from sync.central.server import check_address
from sync.central.settings import checked
from sync.protocol import Pull, PushAnswer
from tests.central.conftest import Databases
from tests.central.serving import (
    Process,
    Shop,
    Speaking,
    command,
    make_centre,
    process,
    slug,
)
from tests.central.tills import rows

PULL = Pull(request="r", heads={}, cursors={})
LABELS = "SELECT label FROM sale WHERE store_id = :store_id ORDER BY label"
NUMBERS = (
    "SELECT till_id, epoch, number FROM journal WHERE store_id = :store_id"
    " ORDER BY till_id, epoch, number"
)


@pytest.fixture(scope="module")
def second(api: Process) -> Iterator[Process]:
    """Another process of the same centre."""
    with process(api.folder) as running:
        yield running


async def deliver(till: Speaking, urls: list[str]) -> None:
    """Send all entries of a till, now to one process and now to another, until all are held."""
    entries, at, turn = till.till.entries, 0, 0
    while at < len(entries):
        part = entries[at : at + 7]
        url = urls[turn % len(urls)]
        turn += 1
        answer = await till.post("/v1/journal", till.till.request(part), url=url)
        if answer.status_code == 200:
            at = PushAnswer.model_validate_json(answer.content).expected - 1
        else:
            assert answer.status_code in (429, 503)
            await asyncio.sleep(0.2)


async def check(shop: Shop, tills: list[Speaking]) -> None:
    """All entries are held, once, in order; every projection is what the journals say."""
    held = await rows(shop.centre, shop.store, NUMBERS)
    wanted = [
        (one.till.who.till, "K1", entry.number) for one in tills for entry in one.till.entries
    ]
    assert held == sorted(wanted)
    sold = [label for (label,) in await rows(shop.centre, shop.store, LABELS)]
    assert len(sold) == sum(one.till.tickets for one in tills)
    async with shop.centre.session(shop.store) as session:
        assert (await compare(session, shop.store)).count == 0


async def test_two_processes_take_pushes_of_many_tills_at_once(shop: Shop, second: Process) -> None:
    tills = [await shop.till(f"T{n:02d}") for n in range(1, 5)]
    for one in tills:
        for _ in range(20):
            one.till.sell({"bread": 1, "jam": 2})
    urls = [shop.url, second.url]
    await asyncio.gather(*(deliver(one, urls) for one in tills))
    await check(shop, tills)
    level = "SELECT on_hand FROM stock_level WHERE store_id = :store_id AND sku = 'bread'"
    assert await rows(shop.centre, shop.store, level) == [(-80_000,)]


async def test_one_till_pushed_twice_at_once_at_two_processes_is_kept_once(
    shop: Shop, second: Process
) -> None:
    till = await shop.till()
    for _ in range(10):
        till.till.sell({"bread": 1})
    message = till.till.request()
    answers = await asyncio.gather(
        *(till.post("/v1/journal", message, url=url) for url in [shop.url, second.url] * 4)
    )
    assert {PushAnswer.model_validate_json(one.content).expected for one in answers} == {12}
    await check(shop, [till])


async def test_a_token_used_at_one_process_is_used_at_the_other(
    shop: Shop, second: Process
) -> None:
    till = await shop.till()
    asked = {"jti": f"one-{shop.store}"}
    assert (await till.post("/v1/pull", PULL, **asked)).status_code == 200
    answer = await till.post("/v1/pull", PULL, url=second.url, **asked)
    assert (answer.status_code, slug(answer)) == (401, "replayed")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_process_that_is_stopped_finishes_what_is_under_way(
    api: Process, shop: Shop, number: int
) -> None:
    with process(api.folder) as running:
        till = await shop.till(url=running.url)
        till.till.sell({"bread": 1})
        listening = await shop.till("T02", running.url)
        headers = {"Authorization": listening.token("GET", "/v1/live", b"")}
        async with (
            asyncio.timeout(60),
            httpx.AsyncClient(base_url=running.url, timeout=30) as client,
            client.stream("GET", "/v1/live", headers=headers) as stream,
        ):
            async with shop.centre.session(shop.store) as session:
                await session.execute(
                    text("SELECT 1 FROM till WHERE store_id = :store FOR UPDATE"),
                    {"store": shop.store},
                )
                await hold(session, shop)
                push = asyncio.create_task(till.post("/v1/journal", till.till.request()))
                await waits(shop)
                running.popen.send_signal(number)
                await refuses(running)
                async for _ in stream.aiter_lines():
                    pass
                assert not push.done()
                await session.rollback()
            answer = await push
        assert PushAnswer.model_validate_json(answer.content).expected == 3
        assert running.popen.wait(30) == 0
    await check(shop, [till])


async def hold(session: object, shop: Shop) -> None:
    """Keep the head of the till locked, so that its push is under way until we let it go."""
    await session.execute(  # type: ignore[attr-defined]
        text(
            "INSERT INTO till_head (store_id, till_id, epoch, number, hash, pushed_at)"
            " VALUES (:store, 'T01', 'K1', 0, :hash, now())"
        ),
        {"store": shop.store, "hash": bytes(32)},
    )


WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


async def waits(shop: Shop) -> None:
    """Return when a push waits for the lock."""
    async with asyncio.timeout(30):
        while not (await rows(shop.centre, shop.store, WAITING))[0][0]:
            await asyncio.sleep(0.05)


async def refuses(running: Process) -> None:
    """Return when nothing new is taken."""
    async with asyncio.timeout(30), httpx.AsyncClient(timeout=5) as client:
        while True:
            try:
                answer = await client.get(running.url + "/ready")
            except httpx.TransportError:
                return
            if answer.status_code == 503:
                return
            await asyncio.sleep(0.05)


async def test_a_process_killed_in_the_middle_of_a_push_loses_and_doubles_nothing(
    api: Process, shop: Shop
) -> None:
    with process(api.folder) as running:
        till = await shop.till(url=running.url)
        for _ in range(5):
            till.till.sell({"bread": 1})
        async with shop.centre.session(shop.store) as session:
            await hold(session, shop)
            push = asyncio.create_task(till.post("/v1/journal", till.till.request()))
            await waits(shop)
            running.end(signal.SIGKILL)
            with pytest.raises(httpx.TransportError):
                await push
            await session.rollback()
    await deliver(till, [shop.url])
    await check(shop, [till])


async def test_processes_killed_again_and_again_lose_and_double_nothing(
    api: Process, shop: Shop
) -> None:
    till = await shop.till()
    for _ in range(60):
        till.till.sell({"bread": 1, "jam": 1})
    at = 1
    for round_ in range(2):
        with process(api.folder) as running:
            until = 20 * (round_ + 1)
            while at < until:
                part = till.till.entries[at - 1 : at + 4]
                answer = await till.post("/v1/journal", till.till.request(part), url=running.url)
                at = PushAnswer.model_validate_json(answer.content).expected
            part = till.till.entries[at - 1 : at + 30]
            last = asyncio.create_task(
                till.post("/v1/journal", till.till.request(part), url=running.url)
            )
            await asyncio.sleep(0.01 * round_)
            running.end(signal.SIGKILL)
            await asyncio.gather(last, return_exceptions=True)
    await deliver(till, [shop.url])
    await check(shop, [till])


async def test_processes_that_start_together_make_the_tables_once(
    databases: Databases, tmp_path: Path
) -> None:
    make_centre(tmp_path, await databases.new(databases.server.url_of("template1")))
    with ExitStack() as stack:
        starting = [process(tmp_path) for _ in range(2)]
        async with asyncio.timeout(60):
            both = await asyncio.gather(
                *(asyncio.to_thread(stack.enter_context, one) for one in starting)
            )
        for running in both:
            assert httpx.get(running.url + "/ready").status_code == 200


def certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for this machine, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "centre")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    files = folder / "centre.pem", folder / "centre.key.pem"
    files[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def test_a_process_with_a_certificate_speaks_tls_only(api: Process, tmp_path: Path) -> None:
    public, private = certificate(tmp_path)
    options = ("--certificate", str(public), "--certificate-key", str(private))
    with process(api.folder, *options) as running:
        assert running.url.startswith("https://")
        trusting = ssl.create_default_context(cafile=str(public))
        assert httpx.get(running.url + "/health", verify=trusting).status_code == 200
        with pytest.raises(httpx.TransportError):
            httpx.get(running.url.replace("https", "http") + "/health")


def test_a_process_is_never_heard_in_the_clear_by_other_machines(api: Process) -> None:
    asked = command(api.folder, "serve", "--port", "0", "--host", "0.0.0.0")
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert "--behind-proxy" in done.stderr


ADDRESSES: list[tuple[dict[str, object], str]] = [
    ({"host": "127.0.0.1"}, ""),
    ({"host": "::1"}, ""),
    ({"host": "localhost"}, ""),
    ({"host": "192.0.2.1"}, "needs_tls"),
    ({"host": "::"}, "needs_tls"),
    ({"host": "centre.example"}, "needs_tls"),
    ({"host": "0.0.0.0", "behind_proxy": True}, ""),
    ({"host": "0.0.0.0", "certificate": "/no.pem", "certificate_key": "/no"}, "bad_certificate"),
]


@pytest.mark.parametrize(("told", "named"), ADDRESSES)
def test_an_address_that_others_reach_needs_tls(told: dict[str, object], named: str) -> None:
    refused = ""
    try:
        check_address(checked(told))
    except Refusal as refusal:
        refused = refusal.slug
    assert refused == named


def test_a_process_behind_a_proxy_may_listen_anywhere(api: Process) -> None:
    with process(api.folder, "--host", "0.0.0.0", "--behind-proxy") as running:
        port = running.url.rpartition(":")[2]
        assert httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
