"""`POST /v1/claims`: what only one till may have goes to the first who asks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from sync.central import claims
from sync.central.api.described import OF_A_BODY, OF_A_TILL, answers, by_a_till, problems, takes
from sync.central.api.examples import CLAIM, CLAIMED
from sync.central.auth import SMALL_BYTES_MOST, Told, told
from sync.central.service import Here
from sync.protocol import Claim, Claimed

router = APIRouter()


@router.post(
    "/v1/claims",
    response_model=Claimed,
    openapi_extra=by_a_till(takes(Claim, CLAIM)),
    responses={**answers(CLAIMED), **problems(*OF_A_TILL, *OF_A_BODY, 403)},
)
async def claim(
    told: Annotated[Told[Claim], Depends(told(Claim, SMALL_BYTES_MOST))],
    service: Here,
) -> Response:
    """Grant what is claimed, or say who has it since when. Asked again, the answer is the same.

    A claim bears the name of the entry of the till that will tell of it.
    """
    home = claims.home(told.who.store, told.message)
    answer = await service.centre.done(
        home, lambda session: claims.ask(session, told.who, told.message, service.now())
    )
    return Response(answer.model_dump_json(), media_type="application/json")
