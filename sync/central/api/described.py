"""How a path tells of itself in OpenAPI: its body, its examples, the problems it answers with.

Bodies are read by hand (the token covers their very bytes), so the framework does not know them:
`takes` names the message, and `complete` puts the messages into the document.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from sync.central.orders.messages import Amendment, Cancellation, Event, NewOrder, RefundPaid
from sync.central.problems import MEDIA_TYPE, problem
from sync.protocol import Claim, Enrol, Match, Problem, Pull, Push
from sync.token import SCHEME

VERSION = "1"
SCHEMA = "#/components/schemas/{model}"
MESSAGES: tuple[type[BaseModel], ...] = (
    Enrol, Push, Pull, Match, Claim, Problem, NewOrder, Amendment, Cancellation, Event,
    RefundPaid,
)  # fmt: skip

SECURITY = [{"till": list[str]()}]
OF_A_CHANNEL = [{"channel": list[str]()}]

_DESCRIPTION = f"""
What tills and sales channels say to the centre. A till enrols once; every other request bears
`Authorization: {SCHEME} <token>`: a compact JWS (EdDSA) made with the till's own key, good for one
request within a minute. Sales channels ask with their key, `Authorization: Bearer <key>`. Bodies
are JSON, plain or `Content-Encoding: gzip`. Every error is an RFC 9457 problem whose `type` ends in
a stable slug.
"""

_WORDS: dict[int, tuple[str, str]] = {
    400: ("malformed", "The body is not gzip."),
    401: ("expired", "the token is too old: a clock is wrong, or it came late"),
    403: ("not_yours", "S001-T01 may not read store:S002"),
    404: ("unknown", "there is no till S001-T01"),
    405: ("not_that_way", "Method Not Allowed"),
    408: ("too_slow", "The body did not arrive in time."),
    409: ("out_of_stock", "03400949497706: 2000 wanted, 1000 available"),
    413: ("too_large", "The body may have 262144 bytes."),
    415: ("not_json", "The content type is application/json."),
    422: ("not_understood", "request: Field required"),
    426: ("too_old", "This centre speaks version 1 and later."),
    429: ("too_many_requests", "This till asks too often."),
    500: ("own_fault", "The centre made a mistake; its log knows which."),
    503: ("unavailable", "The database does not answer now."),
}

ALWAYS = (400, 405, 426, 429, 500, 503)
OF_A_TILL = (401, 404)
OF_A_BODY = (408, 413, 415, 422)


def takes(message: type[BaseModel], example: BaseModel) -> dict[str, Any]:
    """Return the description of a path whose body is a message."""
    content = {
        "application/json": {
            "schema": {"$ref": SCHEMA.format(model=message.__name__)},
            "example": example.model_dump(mode="json"),
        }
    }
    return {"requestBody": {"required": True, "content": content}}


def by_a_till(described: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the description of a path that asks for a till's token."""
    return {**(described or {}), "security": SECURITY}


def by_a_channel(described: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the description of a path that asks for a sales channel's key."""
    return {**(described or {}), "security": OF_A_CHANNEL}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of the problems that a path answers with."""
    return {status: _described(status) for status in sorted({*ALWAYS, *statuses})}


def answers(example: BaseModel, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Return the description of a good answer."""
    content = {"application/json": {"example": example.model_dump(mode="json")}}
    return {status: {"content": content, "description": type(example).__name__}}


def complete(app: FastAPI) -> dict[str, Any]:
    """Return the whole OpenAPI document of the application."""
    if app.openapi_schema is None:
        document = get_openapi(
            title="Comptoir centre",
            version=VERSION,
            description=_DESCRIPTION,
            routes=app.routes,
            servers=[{"url": "/"}],
        )
        _, found = models_json_schema(
            [(message, "validation") for message in MESSAGES], ref_template=SCHEMA
        )
        components = document.setdefault("components", {})
        components.setdefault("schemas", {}).update(found["$defs"])
        components["securitySchemes"] = {
            "till": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": f"`{SCHEME} <token>`, see docs/sync.md",
            },
            "channel": {
                "type": "http",
                "scheme": "bearer",
                "description": "the key of a sales channel, see docs/orders.md",
            },
        }
        app.openapi_schema = document
    return app.openapi_schema


def _described(status: int) -> dict[str, Any]:
    slug, detail = _WORDS[status]
    told = problem(status, slug, detail, "1c6f0c9e3ae14b4f9f4f5b7f3f0d2a11")
    return {
        "description": told.title,
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": SCHEMA.format(model="Problem")},
                "example": told.model_dump(mode="json"),
            }
        },
    }
