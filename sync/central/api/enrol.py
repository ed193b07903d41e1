"""`POST /v1/enrol`: a till becomes known by a one-time code, and its earlier keys do not count."""

from __future__ import annotations

from datetime import datetime

import structlog
from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from sync.central import access, codes, feed
from sync.central.access import Asking
from sync.central.api.described import OF_A_BODY, answers, problems, takes
from sync.central.api.examples import ENROL, ENROLLED
from sync.central.auth import parsed
from sync.central.body import read_body
from sync.central.problems import Refused
from sync.central.service import Here
from sync.central.values import TillId
from sync.protocol import Enrol, Enrolled

router = APIRouter()
BODY_BYTES_MOST = 4_096


@router.post(
    "/v1/enrol",
    response_model=Enrolled,
    openapi_extra=takes(Enrol, ENROL),
    responses={**answers(ENROLLED), **problems(*OF_A_BODY, 403)},
)
async def enrol(request: Request, service: Here) -> Response:
    """Let a till in by its one-time code. The same code and key again have the same answer.

    A code that is wrong, used, or older than ten minutes is refused alike (403 `bad_code`). A key
    that was revoked is never let in again (403 `key_revoked`); the code then still serves another.
    """
    client = request.client.host if request.client else ""
    wait_s = service.gates.enrolments.wait_s(client)
    if wait_s:
        raise Refused(429, "too_many_tries", "Wait before you try a code again.", wait_s)
    raw = await read_body(request, BODY_BYTES_MOST, service.settings.limits.body_s)
    asked = parsed(request, raw, Enrol, BODY_BYTES_MOST)
    who = TillId(asked.store, asked.till)
    code = service.secrets.peppered(codes.plain(asked.code))
    asking = Asking(who, code, bytes.fromhex(asked.public_key), asked.software)
    scopes = await service.centre.done(
        who.store, lambda session: _admit(session, asking, service.now())
    )
    request.state.till = str(who)
    structlog.get_logger().info("enrolled", till=str(who))
    answer = Enrolled(
        centre=service.settings.name,
        centre_key=service.secrets.key.public_key.hex(),
        scopes=scopes,
        server_time=service.instant(),
    )
    return Response(answer.model_dump_json(), media_type="application/json")


async def _admit(session: AsyncSession, asking: Asking, now: datetime) -> list[str]:
    """Let a till in, commit, and return its scopes. Raises Refused 403 `bad_code`, Stolen."""
    if not await access.admit(session, asking, now):
        raise Refused(403, "bad_code", "The code is wrong, used, or too old.")
    scopes = await feed.scopes_of(session, asking.who)
    await session.commit()
    return scopes
