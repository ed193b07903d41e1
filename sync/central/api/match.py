"""`POST /v1/match`: after a fork, the last entry that both ends hold alike."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from sync.central import feed
from sync.central.api.described import OF_A_BODY, OF_A_TILL, answers, by_a_till, problems, takes
from sync.central.api.examples import MATCH, MATCHED
from sync.central.auth import SMALL_BYTES_MOST, Told, told
from sync.central.service import Here
from sync.protocol import Match, Matched

router = APIRouter()


@router.post(
    "/v1/match",
    response_model=Matched,
    openapi_extra=by_a_till(takes(Match, MATCH)),
    responses={**answers(MATCHED), **problems(*OF_A_TILL, *OF_A_BODY)},
)
async def match(
    told: Annotated[Told[Match], Depends(told(Match, SMALL_BYTES_MOST))],
    service: Here,
) -> Response:
    """Tell the highest of the till's numbers whose entry the centre holds with the same hash."""
    async with service.centre.session(told.who.store) as session:
        answer = await feed.match(session, told.who, told.message)
    return Response(answer.model_dump_json(), media_type="application/json")
