"""A till's folder with its courier, and a small real HTTP server that can misbehave."""

from __future__ import annotations

import asyncio
import gzip
import random
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pos.domain.events import TillStopped
from pos.store.keys import file_key
from pos.store.mirror import MirrorFile
from pos.store.open import FILE, Store
from pos.store.outbox import OutboxFile
from sync.around import Pace, Surroundings
from sync.courier import Courier
from sync.http import HttpWire, Identity, Timeouts
from sync.memory import MemoryCentre, Rejected
from sync.protocol import Claim, Match, Problem, Pull, Push
from sync.token import Asked, check, key_named
from tests.contract.store_samples import opened

QUICK = Pace(look_s=0.01, idle_s=0.1, first_s=0.01, most_s=0.05, beat_s=0)
SHORT = Timeouts(connect_s=2, bytes_s=0.3, whole_s=2, quiet_s=5)
SCOPES = ("catalogue:MAIN", "prices:FR", "store:S012", "till:S012-T03")


@dataclass
class Misbehaving:
    """HTTP over a centre in memory; `orders` says how the next requests of a path are answered."""

    centre: MemoryCentre
    orders: deque[str] = field(default_factory=deque)
    always: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    pushed: list[int] = field(default_factory=list)
    ahead: timedelta = timedelta()
    url: str = ""
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def serving(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[Misbehaving]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        port = server.sockets[0].getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://localhost:{port}"
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                method, path, _ = head[0].split(" ")
                headers = {
                    name.lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in head[1:] if line)
                }
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                if path == "/v1/live":
                    await self._live(writer)
                    break
                order = self.orders.popleft() if self.orders else self.always
                self.asked.append((path, order))
                if not await self._answer(order, (method, path, headers, body), writer):
                    break
        writer.close()

    async def _live(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n: hello\n\n")
        while True:
            await writer.drain()
            await self.news.wait()
            self.news.clear()
            writer.write(b"event: news\ndata: {}\n\n")

    async def _answer(self, order: str, request: Any, writer: asyncio.StreamWriter) -> bool:
        if order == "hang":
            await asyncio.sleep(30)
            return False
        if order == "cut":
            return False
        status, kind, raw, more = _canned(order) or self._own(*request)
        date = format_datetime((datetime.now(UTC) + self.ahead).replace(microsecond=0), usegmt=True)
        packed = gzip.compress(raw) if raw and not more else raw
        lines = [
            f"HTTP/1.1 {status} X",
            f"content-type: {kind}",
            f"content-length: {len(packed)}",
            f"date: {date}",
            *(["content-encoding: gzip"] if packed is not raw else []),
            *more,
        ]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n")
        writer.write(packed[: len(packed) // 2] if order == "half" else packed)
        await writer.drain()
        return order != "half"

    def _own(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Any:
        now_s = int((datetime.now(UTC) + self.ahead).timestamp())
        token = headers["authorization"].split(" ")[1]
        try:
            store, till, key = self.centre.admit(key_named(token))
            check(token, key, "acme", Asked(method, path, body), now_s=now_s)
            plain = gzip.decompress(body) if "content-encoding" in headers else body
            said = self._said(path, plain)(store, till)
        except Rejected as error:
            return _problem(error.status, error.slug)
        except Exception as error:  # noqa: BLE001  told as the centre would
            return _problem(401, getattr(error, "slug", type(error).__name__))
        return 200, "application/json", said.model_dump_json().encode(), []

    def _said(self, path: str, plain: bytes) -> Callable[[str, str], Any]:
        if path == "/v1/journal":
            push = Push.model_validate_json(plain)
            self.pushed.append(len(push.entries))
            return lambda store, till: self.centre.push(store, till, push)
        if path == "/v1/match":
            match = Match.model_validate_json(plain)
            return lambda store, till: self.centre.match(store, till, match)
        if path == "/v1/claims":
            claim = Claim.model_validate_json(plain)
            return lambda _store, _till: self.centre.claim(claim)
        pull = Pull.model_validate_json(plain)
        return lambda store, till: self.centre.pull(store, till, pull)


def _problem(status: int, slug: str, *more: str) -> tuple[int, str, bytes, list[str]]:
    told = Problem(type=f"urn:comptoir:problem:{slug}", title="X", status=status)
    return status, "application/problem+json", told.model_dump_json().encode(), list(more)


def _canned(order: str) -> Any:
    html = "text/html; charset=utf-8"
    name, _, more = order.partition(" ")
    canned: dict[str, Any] = {
        "500": (500, html, b"<h1>Oops</h1>", []),
        "502": (502, html, b"<h1>Bad gateway</h1>", []),
        "407": (407, html, b"", ["proxy-authenticate: Basic"]),
        "login": (200, html, b"<form>password</form>", []),
        "redirect": (302, html, b"", ["location: http://login.example/"]),
        "json": (200, "application/json", b'{"hello": "world"}', []),
        "cut-json": (200, "application/json", b'{"request": "r', []),
        "413": (413, html, b"", []),
        "busy": _problem(503, "overloaded", f"retry-after: {more}"),
        "hasty": _problem(429, "too_many_requests", "retry-after: 0"),
        "problem": _problem(int(more.split("/")[0] or 400), more.split("/")[1])
        if name == "problem"
        else None,
    }
    return canned.get(name)


@dataclass
class Station:
    """A till and its courier, both real; the courier is a task that can be killed."""

    folder: Path
    store: Store
    server: Misbehaving
    pace: Pace = QUICK
    task: asyncio.Task[None] | None = None
    logged: list[tuple[str, Any]] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    mirror: MirrorFile | None = None
    skew: timedelta = timedelta()
    proxy: str = ""

    def __post_init__(self) -> None:
        self.server.centre.name = "acme"
        if file_key_path(self.folder).exists():
            self.server.centre.enrol("S012", "T03", self.store.public_key)

    def record(self, count: int = 1) -> None:
        """Write entries as a till would."""
        self.store.ledger.record(*[TillStopped() for _ in range(count)])

    def start(self) -> None:
        """Start the courier."""
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        outbox = OutboxFile(self.folder / "data" / FILE)
        mirror = self.mirror = MirrorFile(self.folder / "data")
        signer = file_key(file_key_path(self.folder))
        place = self.store.ledger.place
        who = Identity(f"{place.store}-{place.till}", "acme", signer)
        clock = _Clock(self.skew)
        wire = HttpWire(self.server.url, who, clock.now, SHORT, self.proxy)
        around = Surroundings(
            outbox=outbox,
            mirror=mirror,
            wire=wire,
            clock=clock,
            name=lambda: f"{self.chance.getrandbits(64):x}",
            chance=self.chance.random,
            changed=outbox.version,
            log=lambda event, facts: self.logged.append((event, dict(facts))),
        )
        try:
            await Courier(around, SCOPES, self.pace, mirror.last_report()).run()
        finally:
            await wire.close()
            outbox.close()
            mirror.close()

    async def stop(self) -> None:
        """Stop the courier, as a signal would."""
        assert self.task is not None
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task

    def states(self) -> list[str]:
        """Return the states that the courier went through."""
        return [facts["state"] for event, facts in self.logged if event == "state"]

    async def until(self, holds: Callable[[], bool], what: str = "") -> None:
        """Wait until something holds; the courier may not die meanwhile."""
        async with asyncio.timeout(20):
            while not holds():
                if self.task is not None and self.task.done():
                    self.task.result()
                await asyncio.sleep(0.01)

    def is_all_held(self) -> bool:
        """Tell whether the centre holds all that the till wrote, byte for byte."""
        head = self.store.ledger.head
        place = self.store.ledger.place
        return self.server.centre.head(place.store, place.till, place.epoch) == head


class _Clock:
    def __init__(self, skew: timedelta) -> None:
        self.skew = skew

    def now(self) -> datetime:
        return datetime.now(UTC) + self.skew


def file_key_path(folder: Path) -> Path:
    return folder / "state" / "keys" / "till.pem"


@asynccontextmanager
async def station(
    folder: Path, *, tls: ssl.SSLContext | None = None, **more: Any
) -> AsyncIterator[Station]:
    """Yield a till at work with its courier started and a centre that answers well."""
    store = opened(folder)
    async with Misbehaving(MemoryCentre(name="acme")).serving(tls) as server:
        one = Station(folder, store, server, **more)
        one.start()
        try:
            yield one
        finally:
            await one.stop()
            store.close()


def certificate(folder: Path) -> ssl.SSLContext:
    """Return a server's TLS with a certificate for `localhost` that it signed itself (own.pem)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "own.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(secret)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "own.pem", folder / "key.pem")
    return context
