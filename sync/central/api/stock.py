"""`GET /v1/stock?sku=`: where else an article is, and how old that knowledge is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Response

from pos.domain.shift import instant_text
from sync.central import stock, stores
from sync.central.api.described import OF_A_TILL, answers, by_a_till, problems
from sync.central.api.examples import STOCK_ANSWER
from sync.central.auth import Asker
from sync.central.service import Here
from sync.central.stock import StoreStock
from sync.protocol import StockAnswer, StockHere

router = APIRouter()

Sku = Annotated[
    str,
    Query(min_length=1, max_length=60, pattern=r"^[^\x00]*$", examples=["03400949497706"]),
]


@router.get(
    "/v1/stock",
    response_model=StockAnswer,
    openapi_extra=by_a_till(),
    responses={**answers(STOCK_ANSWER), **problems(*OF_A_TILL, 413, 422)},
)
async def of_article(_asker: Asker, sku: Sku, service: Here) -> Response:
    """Tell the stock of an article in all stores of the company; a till may know them all."""
    found: list[StoreStock] = []
    async with service.centre.everywhere() as sessions:
        for session, names in zip(sessions, await stores.names(sessions), strict=True):
            found += await stock.of_article(session, names, sku)
    answer = StockAnswer(sku=sku, stores=list(_told(found)), server_time=service.instant())
    return Response(answer.model_dump_json(), media_type="application/json")


def _told(found: Iterable[StoreStock]) -> Iterable[StockHere]:
    for one in sorted(found, key=lambda here: here.store):
        yield StockHere(
            store=one.store,
            name=one.name,
            on_hand=one.on_hand,
            shelf=one.shelf,
            reserved=one.reserved,
            as_of=instant_text(one.heard_at) if one.heard_at else "",
        )
