"""The wire over HTTP: TLS that is checked, tokens signed by the till's key, gzip both ways.

Everything between the till and the centre may lie: a login page answers 200, a proxy answers for
the centre, half an answer looks whole. Only what is a message of ours is believed; each other end
is a `Trouble` of its own.
"""

from __future__ import annotations

import asyncio
import gzip
import secrets
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from urllib.request import getproxies, proxy_bypass

import httpx
from pydantic import ValidationError

from pos.journal.signing import Signer
from pos.ports.centre import CourierState
from sync.protocol import BODY_BYTES_MOST, Message, Problem
from sync.token import SCHEME, Asked, Claims, sign
from sync.wire import M, Trouble

COMPRESS_FROM = 1_024
"""The least bytes of a body that is compressed."""

PACKING = 5
"""The level of its compression."""

RETRY_MOST_S = 600
"""How long a `Retry-After` is heeded at most, in seconds."""

NEWS = b"event: news"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds: for a connection, for the next bytes, for a whole answer.

    `quiet_s` is how long a live stream may say nothing.
    """

    connect_s: float = 8
    bytes_s: float = 20
    whole_s: float = 90
    quiet_s: float = 90


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks whom: the till's name (`S001-T01`), the centre's, and the key that signs."""

    till: str
    centre: str
    signer: Signer


class HttpWire:
    """The port `sync.wire.Wire` over HTTP."""

    def __init__(
        self,
        url: str,
        who: Identity | None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeouts: Timeouts | None = None,
        proxy: str = "",
    ) -> None:
        """`who` is None before the till is enrolled: nothing is signed then.

        `proxy` is an address such as http://name:password@proxy.example:3128; without one that of
        the environment is taken (`HTTPS_PROXY`, `NO_PROXY`). None stands before this very machine.
        """
        self._proxy = proxy_of(url, proxy)
        self._who = who
        self._now = now
        self._wait = timeouts or Timeouts()
        self.offset_s = 0
        self._prepared: tuple[Message, bytes, dict[str, str]] | None = None
        self._client = httpx.AsyncClient(
            base_url=url,
            timeout=httpx.Timeout(self._wait.bytes_s, connect=self._wait.connect_s),
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=3),
            follow_redirects=False,
            proxy=self._proxy or None,
            trust_env=False,
            verify=ssl.create_default_context() if url.startswith("https:") else False,
            headers={"Accept-Encoding": "gzip", "User-Agent": "comptoir"},
        )

    async def ask(self, path: str, message: Message | None, answer: type[M]) -> M:
        """See `sync.wire.Wire.ask`."""
        headers = {"Accept": "application/json"}
        if message is None:
            request = self._request("GET", path, b"", headers)
        else:
            body, packed = self._ready(message)
            request = self._request("POST", path, body, {**headers, **packed})
        with self._explained():
            async with asyncio.timeout(self._wait.whole_s):
                response = await self._client.send(request, stream=True)
                try:
                    raw = await _read(response)
                finally:
                    await response.aclose()
        return self._understood(response, raw, answer)

    def prepare(self, message: Message) -> None:
        """See `sync.wire.Wire.prepare`."""
        self._prepared = (message, *_packed(message))

    async def live(self) -> AsyncIterator[None]:
        """See `sync.wire.Wire.live`."""
        request = self._request("GET", "/v1/live", b"", {"Accept": "text/event-stream"})
        request.extensions["timeout"] = httpx.Timeout(
            self._wait.quiet_s, connect=self._wait.connect_s
        ).as_dict()
        with self._explained():
            response = await self._client.send(request, stream=True)
            try:
                if not _is_a(response, "text/event-stream"):
                    raise self._refused(response, await _read(response))
                rest = b""
                async for chunk in response.aiter_bytes():
                    rest += chunk
                    heard = NEWS in rest
                    rest = rest[-len(NEWS) + 1 :] if not heard else b""
                    if heard:
                        yield
            finally:
                await response.aclose()

    async def close(self) -> None:
        """Let go of every connection."""
        await self._client.aclose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what the network does inside the block into Trouble."""
        try:
            yield
        except (httpx.TimeoutException, TimeoutError) as error:
            is_far = isinstance(error, httpx.ConnectTimeout)
            state = CourierState.NO_NETWORK if is_far else CourierState.TOO_SLOW
            raise Trouble(state, type(error).__name__) from error
        except httpx.ProxyError as error:
            raise _unproxied(error) from error
        except httpx.ConnectError as error:
            raise _unconnected(error, by_proxy=bool(self._proxy)) from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            told = f"{type(error).__name__} {error}"[:100]
            raise Trouble(CourierState.HALF_ANSWER, told) from error

    def _ready(self, message: Message) -> tuple[bytes, dict[str, str]]:
        """Return a message's bytes and headers, as they were prepared if they were."""
        if self._prepared is None or self._prepared[0] is not message:
            return _packed(message)
        _, body, headers = self._prepared
        self._prepared = None
        return body, headers

    def _request(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> httpx.Request:
        request = self._client.build_request(method, path, content=body, headers=headers)
        if self._who is not None:
            asked = Asked(method, request.url.raw_path.decode("ascii"), body)
            issued_s = int(self._now().timestamp()) + self.offset_s
            claims = Claims(self._who.till, self._who.centre, issued_s, secrets.token_hex(16))
            request.headers["Authorization"] = f"{SCHEME} {sign(self._who.signer, claims, asked)}"
        return request

    def _understood(self, response: httpx.Response, raw: bytes, answer: type[M]) -> M:
        if response.status_code != httpx.codes.OK:
            raise self._refused(response, raw)
        if not _is_a(response, "application/json"):
            raise Trouble(CourierState.LOGIN_PAGE, _told(response))
        try:
            understood = answer.model_validate_json(raw)
        except ValidationError as error:
            is_cut = any(one["type"] == "json_invalid" for one in error.errors())
            state = CourierState.HALF_ANSWER if is_cut else CourierState.LOGIN_PAGE
            raise Trouble(state, f"{_told(response)}: not a message of the centre") from None
        self._set_clock(response)
        return understood

    def _refused(self, response: httpx.Response, raw: bytes) -> Trouble:
        """Return what an answer that is no answer means."""
        slug = _slug(response, raw)
        if slug:
            self._set_clock(response)
        state = _of_slug(response.status_code, slug) if slug else _of_status(response.status_code)
        return Trouble(
            state,
            f"{_told(response)} {slug}".strip(),
            retry_s=self._retry_s(response),
            is_large=response.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE,
            is_hasty=response.status_code == httpx.codes.TOO_MANY_REQUESTS and bool(slug),
        )

    def _retry_s(self, response: httpx.Response) -> float:
        text = response.headers.get("retry-after", "").strip()
        if text.isdigit():
            return min(int(text), RETRY_MOST_S)
        at = _date(text)
        seconds = 0.0 if at is None else (at - self._now()).total_seconds()
        return min(max(seconds, 0), RETRY_MOST_S)

    def _set_clock(self, response: httpx.Response) -> None:
        """Believe the clock of an answer that is the centre's own."""
        at = _date(response.headers.get("date", ""))
        if at is not None:
            self.offset_s = round((at - self._now()).total_seconds())


def proxy_of(url: str, proxy: str = "") -> str:
    """Return the address of the proxy on the way to `url`, "" for none.

    >>> proxy_of("https://centre.example", "http://proxy.example:3128")
    'http://proxy.example:3128'
    >>> proxy_of("http://127.0.0.1:8000", "http://proxy.example:3128")
    ''
    """
    host = httpx.URL(url).host
    if _is_loopback(host):
        return ""
    if not proxy and not proxy_bypass(host):
        known = getproxies()
        told = known.get(httpx.URL(url).scheme) or known.get("all", "")
        proxy = told if "://" in told or not told else f"http://{told}"
    return proxy if proxy.startswith(("http://", "https://")) else ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _packed(message: Message) -> tuple[bytes, dict[str, str]]:
    """Return a message's bytes, compressed when that is worth it, and their headers."""
    body = message.model_dump_json().encode()
    headers = {"Content-Type": "application/json"}
    if len(body) < COMPRESS_FROM:
        return body, headers
    return gzip.compress(body, PACKING, mtime=0), {**headers, "Content-Encoding": "gzip"}


async def _read(response: httpx.Response) -> bytes:
    """Return a body, unpacked, `BODY_BYTES_MOST` at most. Raises Trouble: what is longer and of the
    kind that was asked for is asked for again in smaller parts; a page of anybody else's is not.
    """
    chunks, size = [], 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > BODY_BYTES_MOST:
            is_ours = _is_a(response, "application/json")
            state = CourierState.HALF_ANSWER if is_ours else CourierState.LOGIN_PAGE
            raise Trouble(state, f"{_told(response)}: far too long", is_large=is_ours)
        chunks.append(chunk)
    return b"".join(chunks)


def _is_a(response: httpx.Response, kind: str) -> bool:
    told: str = response.headers.get("content-type", "")
    is_ok = response.status_code == httpx.codes.OK
    return is_ok and told.partition(";")[0].strip().lower() == kind


def _slug(response: httpx.Response, raw: bytes) -> str:
    """Return the slug of a problem of the centre's, "" when the answer is none."""
    kind: str = response.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() != "application/problem+json":
        return ""
    try:
        return Problem.model_validate_json(raw).type.rpartition(":")[2]
    except ValidationError:
        return ""


_STATES = {
    "not_yet": CourierState.CLOCK_WRONG,
    "expired": CourierState.CLOCK_WRONG,
    "revoked": CourierState.REVOKED,
    "unknown_key": CourierState.NOT_ENROLLED,
    "unknown": CourierState.NOT_ENROLLED,
    "replayed": CourierState.SERVER_ERROR,
    "cut": CourierState.HALF_ANSWER,
    "too_slow": CourierState.TOO_SLOW,
}
"""The centre's own words."""

_BUSY = (429, 503)


def _of_slug(status: int, slug: str) -> CourierState:
    if slug in _STATES:
        return _STATES[slug]
    if status == httpx.codes.UPGRADE_REQUIRED:
        return CourierState.TOO_OLD
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status in _BUSY:
        return CourierState.SERVER_ERROR
    return CourierState.REJECTED


def _of_status(status: int) -> CourierState:
    """Return what a status means when somebody else may have answered."""
    if status == httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
        return CourierState.PROXY_ERROR
    if status == httpx.codes.REQUEST_TIMEOUT:
        return CourierState.TOO_SLOW
    if status == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        return CourierState.REJECTED
    is_login = status == httpx.codes.NETWORK_AUTHENTICATION_REQUIRED
    if not is_login and (status >= httpx.codes.INTERNAL_SERVER_ERROR or status in _BUSY):
        return CourierState.SERVER_ERROR
    return CourierState.LOGIN_PAGE


def _told(response: httpx.Response) -> str:
    kind = response.headers.get("content-type", "no content type")
    return f"{response.status_code} {kind[:60]}"


def _date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _unproxied(error: httpx.ProxyError) -> Trouble:
    """Return what a proxy's answer means: it may be well, and not reach the centre."""
    is_far = str(error)[:3] in ("502", "503", "504")
    state = CourierState.NO_ANSWER if is_far else CourierState.PROXY_ERROR
    return Trouble(state, str(error)[:100])


def _unconnected(error: BaseException, *, by_proxy: bool) -> Trouble:
    """Return why there is no connection, from the deepest cause that says something."""
    causes = list(_causes(error))
    for kind, state in (
        (ssl.SSLEOFError, CourierState.HALF_ANSWER),
        (ssl.SSLError, CourierState.NOT_TRUSTED),
        (socket.gaierror, CourierState.NAME_NOT_FOUND),
        (ConnectionRefusedError, CourierState.NO_ANSWER),
        (ConnectionResetError, CourierState.HALF_ANSWER),
    ):
        found = next((one for one in causes if isinstance(one, kind)), None)
        if found is not None:
            is_proxys = by_proxy and isinstance(found, socket.gaierror | ConnectionRefusedError)
            return Trouble(CourierState.PROXY_ERROR if is_proxys else state, str(found)[:200])
    return Trouble(CourierState.NO_NETWORK, str(causes[-1])[:100])


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that it came from."""
    yield error
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _causes(one)
    under = error.__cause__ or error.__context__
    if under is not None:
        yield from _causes(under)
