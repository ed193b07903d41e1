"""Errors as RFC 9457 has them: one shape, a stable slug, nothing of the program's inside.

>>> problem(429, "too_many", "Wait.").type
'urn:comptoir:problem:too_many'
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from asyncpg import exceptions as database
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from sync.central.values import CentreRefusal, Corrupt, Impossible, NotYours, Stolen, Unknown
from sync.protocol import Problem
from sync.token import SCHEME, TokenRefused

URN = "urn:comptoir:problem:"
MEDIA_TYPE = "application/problem+json"
RETRY_S = 2
_PLACES_MOST = 5

_AWAY = (
    OSError,
    TimeoutError,
    database.PostgresConnectionError,
    database.CannotConnectNowError,
    database.AdminShutdownError,
    database.CrashShutdownError,
    database.TooManyConnectionsError,
    database.SerializationError,
    database.DeadlockDetectedError,
    database.InterfaceError,
    PoolTimeout,
)
"""What says that the database cannot answer now, and may soon."""

_STATUSES: dict[type[CentreRefusal], int] = {
    NotYours: 403,
    Stolen: 403,
    Unknown: 404,
    Impossible: 422,
}
_SLUGS = {400: "malformed", 404: "no_such_place", 405: "not_that_way", 500: "own_fault"}


class Refused(Exception):
    """A request that is answered with a problem; `retry_s` says when to try again, `scheme` how
    to say who one is (401).
    """

    def __init__(
        self,
        status: int,
        slug: str,
        detail: str,
        retry_s: int | None = None,
        scheme: str = SCHEME,
    ) -> None:
        super().__init__(slug)
        self.status = status
        self.slug = slug
        self.detail = detail
        self.retry_s = retry_s
        self.scheme = scheme


OWN_FAULT = Refused(500, "own_fault", "The centre made a mistake; its log knows which.")


def problem(status: int, slug: str, detail: str, request: str = "") -> Problem:
    """Return the problem of a status; its title is the status in words."""
    return Problem(
        type=URN + slug,
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        request=request,
    )


def answer(refused: Refused, request: str, headers: dict[str, str] | None = None) -> Response:
    """Return the response that tells a problem."""
    told = problem(refused.status, refused.slug, refused.detail, request)
    response = Response(told.model_dump_json(), refused.status, media_type=MEDIA_TYPE)
    response.headers.update(headers or {})
    response.headers["Cache-Control"] = "no-store"
    if refused.retry_s is not None:
        response.headers["Retry-After"] = str(refused.retry_s)
    if refused.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = refused.scheme
    return response


def refusal_of(error: Exception) -> Refused | None:
    """Return what an exception is for the one who asked; None for a fault of the program.

    >>> refusal_of(NotYours("store S002")).status
    403
    """
    if isinstance(error, Refused):
        return error
    if isinstance(error, CentreRefusal):
        return _of_the_centre(error)
    if isinstance(error, TokenRefused):
        return Refused(401, error.slug, str(error).partition(": ")[2])
    if isinstance(error, ValidationError | RequestValidationError):
        return Refused(422, "not_understood", _places(error))
    if isinstance(error, HTTPException):
        return Refused(error.status_code, _slug(error.status_code), str(error.detail))
    if _is(error, database.DataError):
        return Refused(422, "not_understood", "A value is larger than anything that is kept.")
    if _is(error, *_AWAY):
        return Refused(503, "unavailable", "The database does not answer now.", RETRY_S)
    return None


def _of_the_centre(error: CentreRefusal) -> Refused:
    if isinstance(error, Corrupt):
        return Refused(422, error.slug, f"entry {error.number}: {error.why}")
    status = next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), 409)
    return Refused(status, error.slug, error.why)


def install(app: FastAPI) -> None:
    """Make an application answer with problems only."""
    for kind in (Refused, TokenRefused, CentreRefusal, ValidationError, RequestValidationError):
        app.add_exception_handler(kind, _handle)
    app.add_exception_handler(HTTPException, _handle)
    app.add_exception_handler(Exception, _handle)


async def _handle(request: Request, error: Exception) -> Response:
    refused = refusal_of(error) or OWN_FAULT
    request.state.slug = refused.slug
    headers = error.headers if isinstance(error, HTTPException) else None
    return answer(refused, request.state.request_id, dict(headers or {}))


def _slug(status: int) -> str:
    return _SLUGS.get(status, HTTPStatus(status).name.lower())


def _places(error: ValidationError | RequestValidationError) -> str:
    """Say which fields are wrong and why; never what they hold."""
    found: list[Any] = list(
        error.errors(include_url=False, include_context=False, include_input=False)
        if isinstance(error, ValidationError)
        else error.errors()
    )
    told = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found[:_PLACES_MOST]]
    more = len(found) - _PLACES_MOST
    return "; ".join(told) + (f"; and {more} more" if more > 0 else "")


def _is(error: Exception, *kinds: type[Exception]) -> bool:
    """Tell whether an exception is of some kinds, or the database library's wrapping of one."""
    inside = error.orig if isinstance(error, DBAPIError) else None
    return any(isinstance(one, kinds) for one in (error, inside, getattr(inside, "__cause__", 0)))
