"""The centre's tables of click and collect: orders, their steps, and what is told of them.

An order is written under the lock of its store's counter (`feed.advance`), as its stock is, so its
steps come one after the other; `n` counts them. Whom an order concerns (`email`, the name in
`fields`) can be erased; journals and stock never hold it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field

from sync.central.tables import METADATA as METADATA
from sync.central.tables import Big, Centred, Moment


class Channel(Centred, table=True):
    """A sales channel: its key by its hash, where its webhooks go and the secret that signs them.

    It belongs to the company (`store_id` is COMPANY); `stores` are those it may sell for, names
    with spaces between, none for all.
    """

    __tablename__ = "channel"

    store_id: str = Field(primary_key=True, sa_type=Text)
    channel: str = Field(primary_key=True, sa_type=Text)
    key_hash: str = Field(sa_type=Text)
    stores: str = Field(default="", sa_type=Text)
    webhook_url: str = Field(default="", sa_type=Text)
    webhook_secret: str = Field(default="", sa_type=Text)
    made_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)


class Idempotency(Centred, table=True):
    """What a channel asked for under a key: the hash of the body, and the order it names by then.

    Kept with the company, as another body may name another store.
    """

    __tablename__ = "idempotency"
    __table_args__ = (Index(None, "store_id", "made_at"),)

    store_id: str = Field(primary_key=True, sa_type=Text)
    channel: str = Field(primary_key=True, sa_type=Text)
    key: str = Field(primary_key=True, sa_type=Text)
    body_hash: bytes = Field(sa_type=LargeBinary)
    order_id: str = Field(sa_type=Text)
    made_at: datetime = Field(sa_type=Moment)


class CustomerOrder(Centred, table=True):
    """An order as it stands after all its steps: `fields` is a `pos.domain.order.Order` as JSON.

    `state` and `expires_at` are that of the fields, for the clock. `owed` is what the channel was
    told to pay back so far, minor units. `is_request`: the store's stock was not known well
    enough, so the customer was promised nothing until the store accepts. `keep_s` is for how long
    it is kept once it is ready, `steps` how many it has. `is_erased`: it names nobody any more.
    """

    __tablename__ = "customer_order"
    __table_args__ = (
        UniqueConstraint("store_id", "token"),
        UniqueConstraint("store_id", "code"),
        UniqueConstraint("store_id", "channel", "reference"),
        Index(None, "store_id", "state", "expires_at"),
    )

    store_id: str = Field(primary_key=True, sa_type=Text)
    order_id: str = Field(primary_key=True, sa_type=Text)
    token: str = Field(sa_type=Text)
    code: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)
    reference: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    fields: str = Field(sa_type=Text)
    steps: int
    owed: int = Field(sa_type=Big)
    is_request: bool
    keep_s: int
    email: str = Field(default="", sa_type=Text)
    made_at: datetime = Field(sa_type=Moment)
    changed_at: datetime = Field(sa_type=Moment)
    expires_at: datetime | None = Field(default=None, sa_type=Moment)
    reminded_at: datetime | None = Field(default=None, sa_type=Moment)
    is_erased: bool = False


class OrderStep(Centred, table=True):
    """A step of an order: what a till wrote (`kind` is its event's, `source` its entry), or what
    was told at the centre (`centre.placed` and the like, `source` empty).

    `identity` is the hash of the entry that first told it, so it counts once. Steps of an order
    that the centre does not know have `n` 0.
    """

    __tablename__ = "order_step"
    __table_args__ = (Index(None, "store_id", "order_id", "n"),)

    store_id: str = Field(primary_key=True, sa_type=Text)
    identity: bytes = Field(primary_key=True, sa_type=LargeBinary)
    order_id: str = Field(sa_type=Text)
    n: int
    kind: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    at: str = Field(sa_type=Text)
    source: str = Field(default="", sa_type=Text)
    body: str = Field(sa_type=Text)
    told_at: datetime = Field(sa_type=Moment)


class WebhookDelivery(Centred, table=True):
    """What a channel is to be told. `v` and `n` order the deliveries of a store: the version of its
    feed that bore them. `state` is `waiting`, `sent` or `dead`; `next_at` is when to try.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index(None, "store_id", "state", "channel", "v", "n"),)

    store_id: str = Field(primary_key=True, sa_type=Text)
    channel: str = Field(primary_key=True, sa_type=Text)
    v: int = Field(primary_key=True, sa_type=Big)
    n: int = Field(primary_key=True)
    order_id: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    tries: int
    next_at: datetime = Field(sa_type=Moment)
    made_at: datetime = Field(sa_type=Moment)
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    problem: str = Field(default="", sa_type=Text)


class Mail(Centred, table=True):
    """A message to a customer, to be sent by the worker. `kind` is its template, `amount` what is
    paid back (minor units). `v` and `n` as of a delivery: they name it for good.
    """

    __tablename__ = "mail"
    __table_args__ = (
        ForeignKeyConstraint(
            ["store_id", "order_id"], ["customer_order.store_id", "customer_order.order_id"]
        ),
        Index(None, "store_id", "state", "next_at"),
    )

    store_id: str = Field(primary_key=True, sa_type=Text)
    order_id: str = Field(primary_key=True, sa_type=Text)
    v: int = Field(primary_key=True, sa_type=Big)
    n: int = Field(primary_key=True)
    kind: str = Field(sa_type=Text)
    amount: int = Field(sa_type=Big)
    state: str = Field(sa_type=Text)
    tries: int
    next_at: datetime = Field(sa_type=Moment)
    made_at: datetime = Field(sa_type=Moment)
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    problem: str = Field(default="", sa_type=Text)


class Refund(Centred, table=True):
    """What a channel was told to pay back of an order by its step `n`, minor units; below zero for
    what was told before and is not due any more.

    `settled_at` is when somebody said that it is paid: the channel, or a person of the office
    (`settled_by`); `payment` is their own name of it.
    """

    __tablename__ = "refund"
    __table_args__ = (
        ForeignKeyConstraint(
            ["store_id", "order_id"], ["customer_order.store_id", "customer_order.order_id"]
        ),
        Index(
            "ix_refund_open",
            *("store_id", "told_at"),
            postgresql_where=sql("settled_at IS NULL"),
        ),
    )

    store_id: str = Field(primary_key=True, sa_type=Text)
    order_id: str = Field(primary_key=True, sa_type=Text)
    n: int = Field(primary_key=True)
    amount: int = Field(sa_type=Big)
    told_at: datetime = Field(sa_type=Moment)
    settled_at: datetime | None = Field(default=None, sa_type=Moment)
    settled_by: str = Field(default="", sa_type=Text)
    payment: str = Field(default="", sa_type=Text)
