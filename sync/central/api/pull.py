"""`POST /v1/pull`: what changed in the till's scopes, and how far the centre holds its entries."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from sync.central import feed, lacking
from sync.central.api.described import OF_A_BODY, OF_A_TILL, answers, by_a_till, problems, takes
from sync.central.api.examples import PULL, PULL_ANSWER
from sync.central.auth import SMALL_BYTES_MOST, Told, told
from sync.central.service import Here
from sync.protocol import Pull, PullAnswer

router = APIRouter()


@router.post(
    "/v1/pull",
    response_model=PullAnswer,
    openapi_extra=by_a_till(takes(Pull, PULL)),
    responses={**answers(PULL_ANSWER), **problems(*OF_A_TILL, *OF_A_BODY, 403)},
)
async def pull(
    told: Annotated[Told[Pull], Depends(told(Pull, SMALL_BYTES_MOST))],
    service: Here,
) -> Response:
    """Tell a till its centre's heads, even when it has nothing to send, and what is new.

    A cursor that the centre does not know (it was restored, or the till was away for too long)
    begins a snapshot. More than `limit` rows of a scope come page by page. What a restored centre
    lacks, and the till purged, waits in the conflict inbox.
    """
    if told.message.lacking:
        await service.centre.done(
            told.who.store,
            lambda session: lacking.note(session, told.who, told.message.lacking, service.now()),
        )
    answer = await service.centre.done(
        told.who.store,
        lambda session: feed.pull_text(session, told.who, told.message, service.now()),
    )
    service.meters.rows.inc(answer.rows)
    return Response(answer.text, media_type="application/json")
