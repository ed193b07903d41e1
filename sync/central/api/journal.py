"""`POST /v1/journal`: entries come up, and are kept before the answer goes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from sync.central import ingest
from sync.central.api.described import OF_A_BODY, OF_A_TILL, answers, by_a_till, problems, takes
from sync.central.api.examples import PUSH, PUSH_ANSWER
from sync.central.auth import Told, told
from sync.central.service import Here
from sync.central.values import Corrupt
from sync.protocol import BODY_BYTES_MOST, Push, PushAnswer

router = APIRouter()
WORTH_ENTRIES = 100
"""A push of so many new entries counts nothing against its till's limit: it has much to tell."""


@router.post(
    "/v1/journal",
    response_model=PushAnswer,
    openapi_extra=by_a_till(takes(Push, PUSH)),
    responses={**answers(PUSH_ANSWER), **problems(*OF_A_TILL, *OF_A_BODY)},
)
async def push(
    told: Annotated[Told[Push], Depends(told(Push, BODY_BYTES_MOST))],
    service: Here,
) -> Response:
    """Take consecutive entries of one epoch, all of them or as far as they are sound.

    Sent again they change nothing. `gap`: the centre has less than the till believed. `fork`: it
    has other entries under these numbers. 422 when the first entry is broken; its slug says how.
    An entry that cannot be understood is kept, told in `parked`, and stops nothing.
    """
    meters = service.meters
    try:
        answer, fresh = await service.centre.done(
            told.who.store,
            lambda session: ingest.take(session, told.who, told.message, service.now()),
        )
    except Corrupt:
        meters.entries.labels("corrupt").inc()
        raise
    service.gates.tills.give_back(str(told.who), min(1.0, fresh / WORTH_ENTRIES))
    meters.entries.labels(answer.state).inc(len(told.message.entries))
    meters.parked.inc(len(answer.parked))
    return Response(answer.model_dump_json(), media_type="application/json")
