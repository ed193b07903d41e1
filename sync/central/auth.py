"""Whose request it is: the token of `sync.token`, checked against the key as it stands now.

The body is read first, as it came, because the token covers its bytes; it is unpacked and parsed
only for a till that is believed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel

from sync import token as tokens
from sync.central import access
from sync.central.body import read_body, unpacked
from sync.central.problems import Refused
from sync.central.service import Service, service_of
from sync.central.values import TillId
from sync.token import SCHEME, Asked, Claims, TokenRefused

SMALL_BYTES_MOST = 262_144
"""The most bytes of any body but a push, compressed or not."""

_TILL = re.compile(r"^[A-Z][A-Z0-9]{0,15}-[A-Z][A-Z0-9]{0,15}$")

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Caller:
    """The till that asks, and the name of the key that it signed with."""

    who: TillId
    key_id: str


@dataclass(frozen=True, slots=True)
class Told(Generic[M]):
    """A till's message."""

    who: TillId
    message: M


def told(
    model: type[M], most: int = SMALL_BYTES_MOST
) -> Callable[[Request], Coroutine[Any, Any, Told[M]]]:
    """Return the dependency that reads a till's message of `most` bytes."""

    async def dependency(request: Request) -> Told[M]:
        service = service_of(request)
        raw = await read_body(request, most, service.settings.limits.body_s)
        caller = await authenticate(request, raw)
        return Told(caller.who, parsed(request, raw, model, most))

    return dependency


async def caller(request: Request) -> Caller:
    """Return who asks, for a request that has no body."""
    raw = await read_body(request, 0, service_of(request).settings.limits.body_s)
    return await authenticate(request, raw)


Asker = Annotated[Caller, Depends(caller)]


def parsed(request: Request, raw: bytes, model: type[M], most: int) -> M:
    """Return the message in a body. Raises Refused 415 or 413, and ValidationError (422)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(415, "not_json", "The content type is application/json.")
    encoding = request.headers.get("content-encoding", "").strip().lower()
    return model.model_validate_json(unpacked(raw, encoding, most))


async def authenticate(request: Request, raw: bytes) -> Caller:
    """Return who asks. Raises TokenRefused or Refused 401, and 429 when a till asks too much."""
    service = service_of(request)
    text = _token(request)
    name, till = tokens.key_named(text), tokens.issuer_named(text)
    if not _TILL.fullmatch(till):
        raise TokenRefused("malformed", "the token names no till")
    who = TillId.named(till)
    key = await _key(service, who, name)
    claims = tokens.check(
        text,
        key,
        service.settings.name,
        Asked(request.method, _path(request), raw),
        now_s=int(service.now().timestamp()),
    )
    request.state.till = till
    wait_s = service.gates.tills.wait_s(till)
    if wait_s:
        raise Refused(429, "too_many_requests", "This till asks too often.", wait_s)
    await _spend(service, who, name, claims)
    return Caller(who, name)


async def _key(service: Service, who: TillId, name: str) -> bytes:
    known = service.keys.get((str(who), name))
    if known is not None:
        return known
    found = await access.public_key(service.centre, who, name)
    if found is None:
        raise Refused(401, "unknown_key", "No till of that name has this key: enrol it.")
    service.remember(str(who), name, found)
    return found


async def _spend(service: Service, who: TillId, name: str, claims: Claims) -> None:
    forget_at = datetime.fromtimestamp(claims.forget_s + 1, UTC)
    state = await access.spend(service.centre, who, name, claims.jti, forget_at)
    if state == "revoked":
        raise Refused(401, "revoked", "The key of this till was revoked: enrol it again.")
    if state == "replayed":
        raise Refused(401, "replayed", "This token was used before.")


def _token(request: Request) -> str:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != SCHEME.lower() or not text:
        raise Refused(401, "no_token", f"A request bears Authorization: {SCHEME} <token>.")
    return text.strip()


def _path(request: Request) -> str:
    raw: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return (raw + (b"?" + query if query else b"")).decode("latin-1")
