"""What sales channels ask and are told of orders: the bodies of the order API and of webhooks.

Amounts are minor units with VAT, quantities thousandths, instants UTC texts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pos.domain.feed import Amount
from pos.domain.order import LINES_MOST, QUANTITY_MOST, Contract, OrderState
from pos.domain.shift import instant_text
from sync.central.orders.held import Held
from sync.central.orders.refunds import Refund

StoreName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,15}$")]
_Plain = r"^[^\x00-\x1f\x7f]*$"
Words = Annotated[str, Field(max_length=200, pattern=_Plain)]
Sku = Annotated[str, Field(min_length=1, max_length=60, pattern=_Plain)]
Quantity = Annotated[int, Field(gt=0, le=QUANTITY_MOST)]
Name = Annotated[str, Field(max_length=80, pattern=_Plain)]


class _Asked(BaseModel):
    """What a channel asks; unknown names are refused, so that a slip is not passed over."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Told(BaseModel):
    """What a channel is told."""

    model_config = ConfigDict(frozen=True)


class NewLine(_Asked):
    """An article wanted. Without `unit_price` it costs what the store's catalogue says."""

    sku: Sku
    quantity: Quantity
    unit_price: Amount | None = None


class Customer(_Asked):
    """Who orders: the name to call, an address for messages, the language of these.

    `reference` is the channel's own name for the person.
    """

    name: Name = ""
    email: Annotated[
        str, Field(max_length=254, pattern=r"^$|^[^@\s\x00-\x1f<>\"]+@[^@\s\x00-\x1f<>\"]+$")
    ] = ""
    language: Annotated[str, Field(pattern="^[a-z]{2}$")] = "fr"
    reference: Annotated[str, Field(max_length=40, pattern=_Plain)] = ""


class NewOrder(_Asked):
    """An order to be collected in a store.

    `reference` is its number as people say it (given when empty). `paid` is what was paid online,
    all of it when it is not told; nothing for the other contracts. `promised_at` is when it will
    be ready (as soon as the store's rules say, when empty).
    """

    store: StoreName
    contract: Contract
    lines: Annotated[tuple[NewLine, ...], Field(min_length=1, max_length=LINES_MOST)]
    reference: Annotated[str, Field(max_length=40, pattern=_Plain)] = ""
    customer: Customer = Customer()
    paid: Amount | None = None
    promised_at: datetime | None = None
    note: Words = ""


class Amendment(_Asked):
    """What changes of an order that is not being picked yet; what is not named stays."""

    lines: Annotated[tuple[NewLine, ...], Field(min_length=1, max_length=LINES_MOST)] | None = None
    customer: Customer | None = None
    paid: Amount | None = None
    promised_at: datetime | None = None
    note: Words | None = None


class Cancellation(_Asked):
    """Why an order is cancelled, for the store to read."""

    reason: Words = ""


class RefundPaid(_Asked):
    """That a refund is paid, and the channel's own name of the payment."""

    payment: Words = ""


class RefundTold(_Told):
    """A refund of an order that was told; `amount` is below zero for what is not due any more.

    `settled_at` is when it was said to be paid, "" until then.
    """

    order: str
    refund: int
    reference: str
    amount: int
    currency: str
    told_at: str
    settled_at: str
    payment: str


class Refunds(_Told):
    """The refunds of a channel that nobody said are paid, the oldest first."""

    refunds: list[RefundTold]


class LineTold(_Told):
    """A line as it stands; see `docs/orders.md`."""

    n: int
    sku: str
    name: str
    quantity: int
    unit: str
    unit_price: int
    state: str
    picked: int
    short: int
    handed: int
    refused: int
    returned: int
    ordered: str
    reason: str


class OrderTold(_Told):
    """An order as it stands. `is_confirmed` is false while the store has still to say that it can;
    `page` is the token of the customer's page (`/o/<page>`), `owed` what is to be paid back so far,
    `due` what is still to be paid at the desk for what there is.
    """

    id: str
    store: str
    reference: str
    channel: str
    contract: Contract
    state: OrderState
    is_confirmed: bool
    placed_at: str
    promised_at: str
    ready_at: str
    expires_at: str
    handed_at: str
    reason: str
    currency: str
    total: int
    paid: int
    due: int
    owed: int
    name: str
    language: str
    note: str
    page: str
    code: str
    steps: int
    lines: list[LineTold]


class Event(_Told):
    """What a webhook says: what happened (`order.ready`), when it was told here, the order then.

    `amount` is what is to be paid back now, of an `order.refund`, and what of that is not any more,
    of an `order.refund_withdrawn`; `refund` is the number under which to say that it is done.
    """

    type: str
    at: str
    amount: int = 0
    refund: int = 0
    order: OrderTold


class Available(_Told):
    """How much of an article may be promised in a store, and how sure that is.

    `confirm`: the store was not heard for long, so an order is a request until it accepts.
    `as_of` is when its tills were last heard, "" for never.
    """

    store: str
    sku: str
    available: int
    confirm: bool
    as_of: str


class Availability(_Told):
    """What may be promised, store by store."""

    articles: list[Available]


class StoreTold(_Told):
    """A shop where orders can be collected."""

    store: str
    name: str
    time_zone: str


class Stores(_Told):
    """The shops for which the channel may sell."""

    stores: list[StoreTold]


def told(held: Held) -> OrderTold:
    """Return an order as channels are told of it."""
    order = held.order
    return OrderTold(
        id=held.name,
        store=held.store,
        reference=order.reference,
        channel=order.channel,
        contract=order.contract,
        state=order.state,
        is_confirmed=not (held.is_request and order.state is OrderState.PLACED),
        placed_at=order.placed_at,
        promised_at=order.promised_at,
        ready_at=order.ready_at,
        expires_at=order.expires_at,
        handed_at=order.handed_at,
        reason=order.reason,
        currency=order.currency,
        total=order.total,
        paid=order.paid,
        due=order.due,
        owed=held.owed,
        name=order.name,
        language=order.language,
        note=order.note,
        page=held.token,
        code=held.code,
        steps=held.steps,
        lines=[
            LineTold(
                n=line.n,
                sku=line.sku,
                name=line.name,
                quantity=line.quantity,
                unit=line.unit,
                unit_price=line.unit_price,
                state=line.state.value,
                picked=line.picked,
                short=line.short,
                handed=line.handed,
                refused=line.refused,
                returned=line.returned,
                ordered=line.ordered,
                reason=line.reason,
            )
            for line in order.lines
        ],
    )


def payload(held: Held, kind: str, refund: tuple[int, int], now: datetime) -> str:
    """Return the body of a webhook: `order.<kind>`, with the amount and number of a refund."""
    amount, n = refund
    event = Event(
        type=f"order.{kind}", at=instant_text(now), amount=amount, refund=n, order=told(held)
    )
    return event.model_dump_json()


def refund_told(refund: Refund) -> RefundTold:
    """Return a refund as its channel is told of it."""
    return RefundTold(
        order=refund.order_name,
        refund=refund.n,
        reference=refund.reference,
        amount=refund.amount,
        currency=refund.currency,
        told_at=instant_text(refund.told_at),
        settled_at=instant_text(refund.settled_at) if refund.settled_at else "",
        payment=refund.payment,
    )
