"""Who asks at the order API: a sales channel, by its key as a bearer token (RFC 6750)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel

from sync.central.auth import SMALL_BYTES_MOST, parsed
from sync.central.body import read_body
from sync.central.orders import channels
from sync.central.orders.channels import Channel
from sync.central.problems import Refused
from sync.central.service import service_of

SCHEME = "Bearer"
KEY_MOST = 200

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Asked(Generic[M]):
    """A channel's message."""

    channel: Channel
    message: M


def asked(model: type[M]) -> Callable[[Request], Coroutine[Any, Any, Asked[M]]]:
    """Return the dependency that reads a channel's message; the channel is known first."""

    async def dependency(request: Request) -> Asked[M]:
        found = await _authenticated(request)
        seconds = service_of(request).settings.limits.body_s
        raw = await read_body(request, SMALL_BYTES_MOST, seconds)
        return Asked(found, parsed(request, raw, model, SMALL_BYTES_MOST))

    return dependency


async def _authenticated(request: Request) -> Channel:
    """Return who asks. Raises Refused 401, and 429 when a channel asks too much."""
    service = service_of(request)
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    key = key.strip()
    if scheme.lower() != SCHEME.lower() or not 0 < len(key) <= KEY_MOST:
        told = f"A request bears Authorization: {SCHEME} <the channel's key>."
        raise Refused(401, "no_token", told, scheme=SCHEME)
    found = await channels.by_key(service.centre, key)
    if found is None:
        raise Refused(401, "unknown_key", "No channel has this key.", scheme=SCHEME)
    wait_s = service.gates.channels.wait_s(found.name)
    if wait_s:
        raise Refused(429, "too_many_requests", "This channel asks too often.", wait_s)
    return found


async def _caller(request: Request) -> Channel:
    """Return who asks, for a request that has no body."""
    found = await _authenticated(request)
    await read_body(request, 0, service_of(request).settings.limits.body_s)
    return found


Caller = Annotated[Channel, Depends(_caller)]
