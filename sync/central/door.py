"""The door of the API: every request passes here, is counted, limited, logged, and always answered.

It is plain ASGI, outside of the framework, so that also a fault of the program ends as a problem
and nothing of it is told to the one who asked.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.central.log import fault
from sync.central.problems import OWN_FAULT, Refused, answer, refusal_of
from sync.central.service import Service

LIVE = "/v1/live"
VERSION_LEAST = 1
"""The oldest version of the protocol that is understood; a till says its own in a header."""

RETRY_S = 1
_OUR_OWN = ("/health", "/ready", "/metrics")
_METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"})


@dataclass(slots=True)
class _Passing:
    """One request on its way: what the log says of it."""

    scope: Scope
    send: Send
    request_id: str
    begun: float
    status: int = 0
    sent_bytes: int = 0
    is_over: bool = False

    async def pass_on(self, message: Message) -> None:
        """Send a part of the answer, and note what it was."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", []), (b"request-id", self.request_id.encode())]
            message = {**message, "headers": headers}
        elif message["type"] == "http.response.body":
            self.sent_bytes += len(message.get("body", b""))
            self.is_over = not message.get("more_body", False)
        await self.send(message)


class Door:
    """The outermost part of the application."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passing = _Passing(scope, send, uuid.uuid4().hex, time.perf_counter())
        scope.setdefault("state", {})["request_id"] = passing.request_id
        try:
            await self._enter(passing, receive)
        finally:
            self._note(passing)

    async def _enter(self, passing: _Passing, receive: Receive) -> None:
        refused = self._turned_away(passing.scope)
        if refused is not None:
            await self._refuse(passing, receive, refused)
            return
        counts = passing.scope["path"] not in (LIVE, *_OUR_OWN)
        self._service.under_way += counts
        self._service.meters.under_way.inc()
        try:
            await self._app(passing.scope, receive, passing.pass_on)
        except Exception as error:  # noqa: BLE001  the last door of the API
            await self._fail(passing, receive, error)
        finally:
            self._service.under_way -= counts
            self._service.meters.under_way.dec()

    def _turned_away(self, scope: Scope) -> Refused | None:
        service = self._service
        if scope["path"] in _OUR_OWN:
            return None
        if service.closing.is_set():
            return Refused(503, "closing", "This process is stopping; ask again.", RETRY_S)
        if _version(scope) < VERSION_LEAST:
            return Refused(426, "too_old", f"This centre speaks version {VERSION_LEAST} and later.")
        client = scope.get("client")
        wait_s = service.gates.addresses.wait_s(client[0] if client else "")
        if wait_s:
            return Refused(429, "too_many_requests", "This address asks too often.", wait_s)
        if scope["path"] != LIVE and service.under_way >= service.settings.limits.requests_most:
            return Refused(503, "overloaded", "The centre is busy; ask again.", RETRY_S)
        return None

    async def _fail(self, passing: _Passing, receive: Receive, error: Exception) -> None:
        refused = refusal_of(error) or OWN_FAULT
        level = "error" if refused is OWN_FAULT else "warning"
        if refused is OWN_FAULT:
            self._service.meters.faults.inc()
        told = {"request": passing.request_id, "slug": refused.slug, **fault(error)}
        getattr(structlog.get_logger(), level)("fault", **told)
        if not passing.status:
            await self._refuse(passing, receive, refused)

    async def _refuse(self, passing: _Passing, receive: Receive, refused: Refused) -> None:
        passing.scope["state"]["slug"] = refused.slug
        response = answer(refused, passing.request_id)
        await response(passing.scope, receive, passing.pass_on)

    def _note(self, passing: _Passing) -> None:
        """Count the request, and log it unless it is one of those that only look at us."""
        scope, meters = passing.scope, self._service.meters
        seconds = time.perf_counter() - passing.begun
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        status = passing.status if passing.is_over or scope["path"] == LIVE else 0
        meters.requests.labels(method, route, str(status)).inc()
        slug = scope["state"].get("slug", "")
        if slug:
            meters.refused.labels(slug).inc()
        if scope["path"] != LIVE:
            meters.seconds.labels(route).observe(seconds)
        if route in _OUR_OWN and status == HTTPStatus.OK:
            return
        structlog.get_logger().info(
            "request",
            request=passing.request_id,
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            sent=passing.sent_bytes,
            till=scope["state"].get("till", ""),
            slug=slug,
        )


def _version(scope: Scope) -> int:
    told = dict(scope["headers"]).get(b"comptoir-version", b"")
    return int(told) if told.isdigit() and len(told) < 9 else VERSION_LEAST
