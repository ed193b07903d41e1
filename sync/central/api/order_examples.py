"""Examples of the order API: one order of two articles, and what is told of it."""

from __future__ import annotations

from datetime import UTC, datetime

from pos.domain.order import Contract, Order, OrderLine
from sync.central.orders.held import Held
from sync.central.orders.messages import (
    Amendment,
    Availability,
    Available,
    Cancellation,
    Customer,
    Event,
    NewLine,
    NewOrder,
    RefundPaid,
    Refunds,
    RefundTold,
    Stores,
    StoreTold,
    told,
)

_AT = "2026-11-22T08:15:30.000Z"
_READY = "2026-11-22T10:15:30.000Z"
_LINES = (NewLine(sku="03400949497706", quantity=2_000), NewLine(sku="BAG", quantity=1_000))

NEW_ORDER = NewOrder(
    store="S001",
    contract=Contract.PAID_ONLINE,
    lines=_LINES,
    reference="1042",
    customer=Customer(name="Mme Ruiz", email="ruiz@example.org"),
)
AMENDMENT = Amendment(lines=_LINES[:1], paid=1_900)
CANCELLATION = Cancellation(reason="ordered twice")
ORDER = told(
    Held(
        store="S001",
        order=Order(
            order="01JD7Z4QFS3WZ8E3Y6M5K0T2RB",
            reference="1042",
            channel="web",
            contract=Contract.PAID_ONLINE,
            placed_at=_AT,
            promised_at=_READY,
            expires_at="2026-11-29T10:15:30.000Z",
            total=2_850,
            paid=2_850,
            name="Mme Ruiz",
            lines=(
                OrderLine(
                    n=1,
                    sku="03400949497706",
                    name="Miel de châtaignier",
                    quantity=2_000,
                    unit_price=950,
                ),
                OrderLine(n=2, sku="BAG", name="Sac", quantity=1_000, unit_price=950),
            ),
        ),
        token="S001.7K3QX9M2RD5T0W8Y1ZB4C6E7FG",
        code="7K2M9XQ0",
        channel="web",
        steps=1,
        is_request=False,
        keep_s=604_800,
        email="ruiz@example.org",
        made_at=datetime(2026, 11, 22, 8, 15, 30, tzinfo=UTC),
    )
)
EVENT = Event(type="order.placed", at=_AT, order=ORDER)
AVAILABILITY = Availability(
    articles=[
        Available(store="S001", sku="03400949497706", available=12_000, confirm=False, as_of=_AT)
    ]
)
STORES = Stores(stores=[StoreTold(store="S001", name="Au coin", time_zone="Europe/Paris")])
REFUND_PAID = RefundPaid(payment="re_3QXm2")
REFUND = RefundTold(
    order=ORDER.id,
    refund=9,
    reference="1042",
    amount=950,
    currency="EUR",
    told_at=_READY,
    settled_at="",
    payment="",
)
REFUNDS = Refunds(refunds=[REFUND])
