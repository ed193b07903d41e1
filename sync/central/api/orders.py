"""The order API, for sales channels: place, look, amend, cancel; what comes back, what is there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from pydantic import BaseModel

from sync.central import stores
from sync.central.api import order_examples as examples
from sync.central.api.channel import Asked, Caller, asked
from sync.central.api.described import OF_A_BODY, answers, by_a_channel, problems, takes
from sync.central.engine import Centre
from sync.central.orders import idempotency, names, placing, refunds
from sync.central.orders.availability import SKUS_MOST, availability
from sync.central.orders.channels import Channel
from sync.central.orders.held import Held
from sync.central.orders.messages import (
    Amendment,
    Availability,
    Cancellation,
    NewOrder,
    OrderTold,
    RefundPaid,
    Refunds,
    RefundTold,
    Stores,
    StoreTold,
    refund_told,
    told,
)
from sync.central.service import Here
from sync.central.values import NotYours, Unknown

STORES_MOST = 100

router = APIRouter()

Name = Annotated[str, Path(pattern=names.NAMED.pattern, examples=[examples.ORDER.id])]
RefundNumber = Annotated[int, Path(ge=1, lt=2**31, examples=[examples.REFUND.refund])]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Names what is asked: the same key and body are answered alike.",
        examples=["b1946ac92492d234"],
    ),
]
_Plain = r"^[^\x00]*$"
Sku = Annotated[str, Query(min_length=1, max_length=60, pattern=_Plain)]


@router.post(
    "/v1/orders",
    status_code=201,
    response_model=OrderTold,
    openapi_extra=by_a_channel(takes(NewOrder, examples.NEW_ORDER)),
    responses={
        **answers(examples.ORDER, 201),
        **problems(401, *OF_A_BODY, 403, 404, 409),
    },
)
async def place(
    told_by: Annotated[Asked[NewOrder], Depends(asked(NewOrder))], key: Key, service: Here
) -> Response:
    """Place an order and keep its goods in its store, or refuse it whole (`out_of_stock`).

    Under the same key the same body places one order and is answered alike, however often and
    wherever it is sent; another body is refused (`other_body`). What was refused may be tried
    again.
    """
    channel, wanted, now = told_by.channel, told_by.message, service.now()
    _check_may(channel, wanted.store)
    body = wanted.model_dump_json()
    order = await idempotency.order_for(service.centre, channel.name, key, body, now)
    rules = service.settings.orders
    held = await placing.place(service.centre, channel.name, wanted, rules, now, order)
    return _answer(told(held), 201)


@router.get(
    "/v1/orders/{order}",
    response_model=OrderTold,
    openapi_extra=by_a_channel(),
    responses={**answers(examples.ORDER), **problems(401, 404, 413, 422)},
)
async def look(channel: Caller, order: Name, service: Here) -> Response:
    """Tell one of the channel's orders as it stands now; of others nothing is said."""
    return _answer(told(await _own(service.centre, channel, order)))


@router.patch(
    "/v1/orders/{order}",
    response_model=OrderTold,
    openapi_extra=by_a_channel(takes(Amendment, examples.AMENDMENT)),
    responses={**answers(examples.ORDER), **problems(401, *OF_A_BODY, 404, 409)},
)
async def amend(
    told_by: Annotated[Asked[Amendment], Depends(asked(Amendment))], order: Name, service: Here
) -> Response:
    """Change an order that is not being picked yet; what is not named stays as it is.

    `lines` replaces all of them; goods are kept for the new ones, or nothing changes.
    """
    held = await _own(service.centre, told_by.channel, order)
    changed = await placing.amend(
        service.centre,
        held.store,
        held.order.order,
        told_by.message,
        service.settings.orders,
        service.now(),
    )
    return _answer(told(changed))


@router.post(
    "/v1/orders/{order}/cancel",
    response_model=OrderTold,
    openapi_extra=by_a_channel(takes(Cancellation, examples.CANCELLATION)),
    responses={**answers(examples.ORDER), **problems(401, *OF_A_BODY, 404, 409)},
)
async def cancel(
    told_by: Annotated[Asked[Cancellation], Depends(asked(Cancellation))],
    order: Name,
    service: Here,
) -> Response:
    """Cancel an order that was not handed over; cancelled again, it stays as it is."""
    channel, reason = told_by.channel, told_by.message.reason
    held = await _own(service.centre, channel, order)
    name, now = held.order.order, service.now()
    done = await placing.cancel(service.centre, held.store, name, channel.name, now, reason)
    return _answer(told(done))


@router.get(
    "/v1/refunds",
    response_model=Refunds,
    openapi_extra=by_a_channel(),
    responses={**answers(examples.REFUNDS), **problems(401, 413, 422)},
)
async def owed(channel: Caller, service: Here) -> Response:
    """Tell what the channel was told to pay back and did not say is paid, the oldest first.

    At most 500 are told; what is paid makes room for the next ones.
    """
    found = await refunds.listed(service.centre, channel.stores, channel.name)
    return _answer(Refunds(refunds=[refund_told(one) for one in found]))


@router.post(
    "/v1/orders/{order}/refunds/{refund}",
    response_model=RefundTold,
    openapi_extra=by_a_channel(takes(RefundPaid, examples.REFUND_PAID)),
    responses={**answers(examples.REFUND), **problems(401, *OF_A_BODY, 404)},
)
async def paid_back(
    told_by: Annotated[Asked[RefundPaid], Depends(asked(RefundPaid))],
    order: Name,
    refund: RefundNumber,
    service: Here,
) -> Response:
    """Say that a refund is paid, as the webhook numbered it; said again, it stays as it was."""
    held = await _own(service.centre, told_by.channel, order)
    named = (held.store, held.order.order, refund)
    payment, by = told_by.message.payment, told_by.channel.name
    done = await refunds.settle(service.centre, named, by, payment, service.now())
    return _answer(refund_told(done))


@router.get(
    "/v1/availability",
    response_model=Availability,
    openapi_extra=by_a_channel(),
    responses={**answers(examples.AVAILABILITY), **problems(401, 413, 422)},
)
async def available(
    channel: Caller,
    sku: Annotated[list[Sku], Query(min_length=1, max_length=SKUS_MOST)],
    service: Here,
    store: Annotated[list[Sku] | None, Query(max_length=STORES_MOST)] = None,
) -> Response:
    """Tell how much of some articles each store can promise now: which stores have it.

    Where `confirm` is true, the store was not heard for long and an order there is a request.
    """
    only = list(channel.stores) or None
    if store is not None:
        only = [one for one in store if channel.may(one)]
    found = await availability(
        service.centre, list(dict.fromkeys(sku)), service.settings.orders, service.now(), only
    )
    return _answer(Availability(articles=found))


@router.get(
    "/v1/stores",
    response_model=Stores,
    openapi_extra=by_a_channel(),
    responses={**answers(examples.STORES), **problems(401, 413, 422)},
)
async def shops(channel: Caller, service: Here) -> Response:
    """Tell the stores that the channel may sell for, in the order of their names."""
    found = [one for one in await stores.every(service.centre) if channel.may(one.store)]
    return _answer(
        Stores(
            stores=[
                StoreTold(store=one.store, name=one.name, time_zone=one.time_zone) for one in found
            ]
        )
    )


def _check_may(channel: Channel, store: str) -> None:
    if not channel.may(store):
        raise NotYours(f"{channel.name} may not sell for {store}")


async def _own(centre: Centre, channel: Channel, name: str) -> Held:
    """Return an order of the channel. Raises Unknown, also for another channel's."""
    store, _, order = name.partition(".")
    held = await placing.order_by_id(centre, store, order)
    if held.channel != channel.name or not channel.may(store):
        raise Unknown(f"there is no order {name}")
    return held


def _answer(message: BaseModel, status: int = 200) -> Response:
    return Response(message.model_dump_json(), status, media_type="application/json")
