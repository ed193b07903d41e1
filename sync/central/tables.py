"""The centre's tables: the journals verbatim, what they are projected into, and the feed.

`store_id` comes first in every primary key, unique key and foreign key, and stands in every
query's WHERE: it is the column by which the tables are spread over servers (design.md §5). What
belongs to no store bears `values.COMPANY`. Amounts are minor units, quantities thousandths,
instants of tills their own text (evidence, never order), instants of the centre UTC time stamps.

Foreign keys hold what people set up. The rows that a push copies in have none: a check of each
would cost more than the copy, one transaction writes them all, and `rebuild` compares them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, cast

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

METADATA = MetaData(naming_convention=_NAMES)
"""The centre's own: a till's tables may bear the same names."""

Big: Any = BigInteger
Moment: Any = DateTime(timezone=True)


class Centred(SQLModel):
    """The base of every table of the centre."""

    metadata: ClassVar[MetaData] = METADATA


class Store(Centred, table=True):
    """One shop: its zone of time and of prices, and its number in passes (1 to 65535).

    `address` and `hours` are what its customers read, in lines. `worked_at` is when the worker was
    last there.
    """

    __tablename__ = "store"

    store_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    time_zone: str = Field(sa_type=Text)
    price_zone: str = Field(sa_type=Text)
    opened_at: datetime = Field(sa_type=Moment)
    number: int | None = Field(default=None)
    address: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    hours: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    worked_at: datetime | None = Field(default=None, sa_type=Moment)


class Till(Centred, table=True):
    """A till that may be enrolled; `heard_at` is when it last asked anything, half a minute old at
    most.
    """

    __tablename__ = "till"
    __table_args__ = (ForeignKeyConstraint(["store_id"], ["store.store_id"]),)

    store_id: str = Field(primary_key=True, sa_type=Text)
    till_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(default="", sa_type=Text)
    software: str = Field(default="", sa_type=Text)
    heard_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)


class TillKey(Centred, table=True):
    """A public key of a till. `is_trusted` ones may sign requests until they are revoked; the
    others were announced in its journal and only prove who wrote entries.
    """

    __tablename__ = "till_key"
    __table_args__ = (
        ForeignKeyConstraint(["store_id", "till_id"], ["till.store_id", "till.till_id"]),
    )

    store_id: str = Field(primary_key=True, sa_type=Text)
    till_id: str = Field(primary_key=True, sa_type=Text)
    key_id: str = Field(primary_key=True, sa_type=Text)
    public_key: bytes = Field(sa_type=LargeBinary)
    is_trusted: bool
    since: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)


class EnrolCode(Centred, table=True):
    """A one-time code by which a till becomes known, kept as its hash."""

    __tablename__ = "enrol_code"
    __table_args__ = (
        ForeignKeyConstraint(["store_id", "till_id"], ["till.store_id", "till.till_id"]),
    )

    store_id: str = Field(primary_key=True, sa_type=Text)
    code_hash: str = Field(primary_key=True, sa_type=Text)
    till_id: str = Field(sa_type=Text)
    made_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class TillHead(Centred, table=True):
    """The last entry held of one epoch of a till; its row is locked while a push is judged."""

    __tablename__ = "till_head"
    __table_args__ = (
        ForeignKeyConstraint(["store_id", "till_id"], ["till.store_id", "till.till_id"]),
    )

    store_id: str = Field(primary_key=True, sa_type=Text)
    till_id: str = Field(primary_key=True, sa_type=Text)
    epoch: str = Field(primary_key=True, sa_type=Text)
    number: int = Field(sa_type=Big)
    hash: bytes = Field(sa_type=LargeBinary)
    pushed_at: datetime = Field(sa_type=Moment)


class JournalEntry(Centred, table=True):
    """An entry as the till wrote it, byte for byte; `is_parked` when it could not be understood."""

    __tablename__ = "journal"
    __table_args__ = (
        Index(
            "ix_journal_parked",
            *("store_id", "till_id", "epoch", "number"),
            postgresql_where=text("is_parked"),
        ),
    )

    store_id: str = Field(primary_key=True, sa_type=Text)
    till_id: str = Field(primary_key=True, sa_type=Text)
    epoch: str = Field(primary_key=True, sa_type=Text)
    number: int = Field(primary_key=True, sa_type=Big)
    kind: str = Field(sa_type=Text)
    version: int = Field(sa_type=Big)
    at: str = Field(sa_type=Text)
    body: bytes = Field(sa_type=LargeBinary)
    previous: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)
    signature: bytes = Field(sa_type=LargeBinary)
    key_id: str = Field(sa_type=Text)
    received_at: datetime = Field(sa_type=Moment)
    is_parked: bool


class Sale(Centred, table=True):
    """A paid ticket, named by the entry that bore it here. `identity` is the hash of the entry
    that first told it, so that one that is repeated in a later epoch counts once.
    """

    __tablename__ = "sale"
    __table_args__ = (
        UniqueConstraint("store_id", "identity"),
        Index(None, "store_id", "label"),
    )

    store_id: str = Field(primary_key=True, sa_type=Text)
    till_id: str = Field(primary_key=True, sa_type=Text)
    epoch: str = Field(primary_key=True, sa_type=Text)
    number: int = Field(primary_key=True, sa_type=Big)
    identity: bytes = Field(sa_type=LargeBinary)
    label: str = Field(sa_type=Text)
    at: str = Field(sa_type=Text)
    business_day: str = Field(sa_type=Text)
    staff: str = Field(sa_type=Text)
    operation: str = Field(sa_type=Text)
    currency: str = Field(sa_type=Text)
    total: int = Field(sa_type=Big)
    rounding: int = Field(sa_type=Big)
    change: int = Field(sa_type=Big)
    shift: str | None = Field(default=None, sa_type=Text)


class SaleLine(Centred, table=True):
    """A line of a ticket, sold or (negative) given back."""

    __tablename__ = "sale_line"

    store_id: str = Field(primary_key=True, sa_type=Text)
    till_id: str = Field(primary_key=True, sa_type=Text)
    epoch: str = Field(primary_key=True, sa_type=Text)
    number: int = Field(primary_key=True, sa_type=Big)
    n: int = Field(primary_key=True)
    sku: str = Field(sa_type=Text)
    quantity: int = Field(sa_type=Big)
    unit_price: int = Field(sa_type=Big)
    total: int = Field(sa_type=Big)
    vat: str = Field(sa_type=Text)
    vat_rate: int
    net: int = Field(sa_type=Big)
    tax: int = Field(sa_type=Big)
    department: str = Field(sa_type=Text)
    returned_ticket: str | None = Field(default=None, sa_type=Text)


class Payment(Centred, table=True):
    """What a ticket was paid with; a negative amount went back to the customer."""

    __tablename__ = "payment"

    store_id: str = Field(primary_key=True, sa_type=Text)
    till_id: str = Field(primary_key=True, sa_type=Text)
    epoch: str = Field(primary_key=True, sa_type=Text)
    number: int = Field(primary_key=True, sa_type=Big)
    n: int = Field(primary_key=True)
    method: str = Field(sa_type=Text)
    amount: int = Field(sa_type=Big)
    given: int = Field(sa_type=Big)


class DayClosing(Centred, table=True):
    """The closing of a day, month or year at a till, with its figures as it wrote them."""

    __tablename__ = "day_closing"
    __table_args__ = (UniqueConstraint("store_id", "identity"),)

    store_id: str = Field(primary_key=True, sa_type=Text)
    till_id: str = Field(primary_key=True, sa_type=Text)
    epoch: str = Field(primary_key=True, sa_type=Text)
    number: int = Field(primary_key=True, sa_type=Big)
    identity: bytes = Field(sa_type=LargeBinary)
    label: str = Field(sa_type=Text)
    level: str = Field(sa_type=Text)
    period: str = Field(sa_type=Text)
    at: str = Field(sa_type=Text)
    currency: str = Field(sa_type=Text)
    tickets: int
    total: int = Field(sa_type=Big)
    perpetual: int = Field(sa_type=Big)


class StockMove(Centred, table=True):
    """One movement of the stock ledger. `source` is what bore it (`T01-K1/000481`, an order's
    reservation, a delivery): with `n` it is applied once. `bin` is `sellable` or `shelf`
    (picked, waiting for its customer).
    """

    __tablename__ = "stock_move"

    store_id: str = Field(primary_key=True, sa_type=Text)
    source: str = Field(primary_key=True, sa_type=Text)
    n: int = Field(primary_key=True)
    sku: str = Field(sa_type=Text)
    bin: str = Field(sa_type=Text)
    quantity: int = Field(sa_type=Big)
    reason: str = Field(sa_type=Text)
    at: str = Field(sa_type=Text)


class StockLevel(Centred, table=True):
    """The sum of the movements of an article, and what is reserved of it; a projection. `v` is its
    version in the feed of its store.
    """

    __tablename__ = "stock_level"
    __table_args__ = (Index(None, "store_id", "v"),)

    store_id: str = Field(primary_key=True, sa_type=Text)
    sku: str = Field(primary_key=True, sa_type=Text)
    on_hand: int = Field(sa_type=Big)
    shelf: int = Field(sa_type=Big)
    reserved: int = Field(sa_type=Big)
    v: int = Field(sa_type=Big)


class Reservation(Centred, table=True):
    """What a store still keeps for a line of an order, until it is picked or will not be."""

    __tablename__ = "reservation"

    store_id: str = Field(primary_key=True, sa_type=Text)
    order_id: str = Field(primary_key=True, sa_type=Text)
    line: int = Field(primary_key=True)
    sku: str = Field(sa_type=Text)
    quantity: int = Field(sa_type=Big)


class Claim(Centred, table=True):
    """Who holds what only one may have: a hand-over, a voucher."""

    __tablename__ = "claim"

    store_id: str = Field(primary_key=True, sa_type=Text)
    what: str = Field(primary_key=True, sa_type=Text)
    key: str = Field(primary_key=True, sa_type=Text)
    holder: str = Field(sa_type=Text)
    amount: int = Field(sa_type=Big)
    claimed_at: datetime = Field(sa_type=Moment)


class Conflict(Centred, table=True):
    """Something a person must look at: the conflict inbox. `name` is made of what happened, so
    that it is told once; `evidence` is canonical JSON.
    """

    __tablename__ = "conflict"
    __table_args__ = (Index(None, "store_id", "settled_at"),)

    store_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(primary_key=True, sa_type=Text)
    slug: str = Field(sa_type=Text)
    till_id: str = Field(sa_type=Text)
    epoch: str = Field(sa_type=Text)
    number: int = Field(sa_type=Big)
    why: str = Field(sa_type=Text)
    evidence: str = Field(sa_type=Text)
    happened_at: datetime = Field(sa_type=Moment)
    settled_at: datetime | None = Field(default=None, sa_type=Moment)
    settled_by: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)


class FeedHead(Centred, table=True):
    """The counter of a scope: taken as a row lock last in a writing transaction, so a reader that
    sees version N sees all before it. `nonce` is that of the transaction that made `v`.
    """

    __tablename__ = "feed_head"

    store_id: str = Field(primary_key=True, sa_type=Text)
    scope: str = Field(primary_key=True, sa_type=Text)
    v: int = Field(sa_type=Big)
    nonce: str = Field(sa_type=Text)


class FeedTransaction(Centred, table=True):
    """The transaction that made the versions of a scope up to `v`: a cursor is known when its
    nonce is here.
    """

    __tablename__ = "feed_transaction"

    store_id: str = Field(primary_key=True, sa_type=Text)
    scope: str = Field(primary_key=True, sa_type=Text)
    v: int = Field(primary_key=True, sa_type=Big)
    nonce: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)


class FeedRow(Centred, table=True):
    """The present state of one thing of a scope (canonical JSON); gone when `fields` is null."""

    __tablename__ = "feed_row"
    __table_args__ = (Index(None, "store_id", "scope", "v"),)

    store_id: str = Field(primary_key=True, sa_type=Text)
    scope: str = Field(primary_key=True, sa_type=Text)
    kind: str = Field(primary_key=True, sa_type=Text)
    key: str = Field(primary_key=True, sa_type=Text)
    v: int = Field(sa_type=Big)
    fields: str | None = Field(default=None, sa_type=Text)


class SpentToken(Centred, table=True):
    """A token that was used, until it is too old to be believed anyway. The table is unlogged:
    after a crash of the database it is empty, and a minute later that no longer matters.
    """

    __tablename__ = "spent_token"
    __table_args__ = (Index(None, "store_id", "forget_at"), {"prefixes": ["UNLOGGED"]})

    store_id: str = Field(primary_key=True, sa_type=Text)
    till_id: str = Field(primary_key=True, sa_type=Text)
    jti: str = Field(primary_key=True, sa_type=Text)
    forget_at: datetime = Field(sa_type=Moment)


class ArticleCode(Centred, table=True):
    """A bar code or a scale's key, and the article that it names."""

    __tablename__ = "article_code"

    store_id: str = Field(primary_key=True, sa_type=Text)
    code: str = Field(primary_key=True, sa_type=Text)
    sku: str = Field(sa_type=Text)


def table(model: type[SQLModel]) -> Table:
    """Return the table that a model declares."""
    return cast(Table, cast(Any, model).__table__)
