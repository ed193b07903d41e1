"""The tables of the till's file: the journal, its projections, and what is not journal.

The journal (`entry`) and the sales are refused every UPDATE and DELETE by triggers, a sale that
does not add up is refused by another, and an entry that does not follow the last one by a third.
A sale's lines, VAT and tenders are written before the sale itself, which closes them.
Amounts are minor units, quantities thousandths, rates basis points, truth values 0 or 1.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

_WITHOUT_ROWID = {"sqlite_with_rowid": False}


class EntryRow(SQLModel, table=True):
    """An entry of the journal; `ordinal` is its place in this file, dense across epochs."""

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("epoch", "number"),)

    ordinal: int = Field(primary_key=True)
    store: str
    till: str
    epoch: str
    number: int
    kind: str
    version: int
    at: str
    body: bytes = Field(sa_type=LargeBinary)
    previous: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)
    signature: bytes = Field(sa_type=LargeBinary)
    key_id: str


class SaleRow(SQLModel, table=True):
    """A finished sale; `entry` is the ordinal of the entry that bore it.

    `perpetual` is the sum of the totals of this and every earlier sale, `perpetual_abs` that of
    their absolute values: the fiscal running totals. Training is in neither and stands at 0.
    """

    __tablename__ = "sale"
    __table_args__ = (
        UniqueConstraint("epoch", "ticket", "training"),
        Index("ix_sale_training", "entry", sqlite_where=text("training = 1")),
        Index("ix_sale_label", "label"),
    )

    entry: int = Field(primary_key=True)
    epoch: str
    ticket: int
    label: str
    basket: str
    at: str
    business_day: str
    zone: str
    currency: str
    staff: str
    total: int
    rounding: int
    change: int
    age_checked: int
    training: int
    software: str
    perpetual: int
    perpetual_abs: int
    fiscal_plugin: str
    fiscal_version: str
    fiscal_chain: str
    fiscal_number: int
    fiscal_payload: str
    fiscal_previous: str
    fiscal_signature: str
    fiscal_key_id: str
    fiscal_algorithm: str
    fiscal_extract: str


def _of_sale() -> Any:
    closing = ForeignKey("sale.entry", deferrable=True, initially="DEFERRED")
    return Field(primary_key=True, sa_column_args=[closing])


class SaleLineRow(SQLModel, table=True):
    """A sold line."""

    __tablename__ = "sale_line"
    __table_args__ = (CheckConstraint("net + tax = total"), _WITHOUT_ROWID)

    sale: int = _of_sale()
    n: int = Field(primary_key=True)
    sku: str
    code: str
    name: str
    quantity: int
    unit: str
    unit_price: int
    gross: int
    discount: int
    discount_percent: int
    discount_reason: str
    ticket_discount: int
    total: int
    vat: str
    vat_rate: int
    net: int
    tax: int
    price_before: int | None
    department: str
    eco: int
    guarantee_months: int
    meal_voucher: int
    lot: str | None
    expiry: str | None


class SaleVatRow(SQLModel, table=True):
    """One rate of a sale's VAT table."""

    __tablename__ = "sale_vat"
    __table_args__ = (CheckConstraint("net + tax = gross"), _WITHOUT_ROWID)

    sale: int = _of_sale()
    rate: int = Field(primary_key=True)
    gross: int
    net: int
    tax: int


class SaleTenderRow(SQLModel, table=True):
    """What a sale was paid with."""

    __tablename__ = "sale_tender"
    __table_args__ = (_WITHOUT_ROWID,)

    sale: int = _of_sale()
    n: int = Field(primary_key=True)
    method: str
    amount: int
    given: int
    reference: str


class PrintJobRow(SQLModel, table=True):
    """A paper: queued → sending → sent → confirmed | unknown | failed."""

    __tablename__ = "print_job"
    __table_args__ = (
        Index("ix_print_job_document", "document"),
        Index(
            "ix_print_job_open",
            "entry",
            sqlite_where=text("state IN ('queued', 'sending', 'unknown')"),
        ),
        _WITHOUT_ROWID,
    )

    job: str = Field(primary_key=True)
    entry: int
    document: str
    paper: str
    copy_number: int
    printer: str
    staff: str
    state: str
    settled_by: str | None


class CardPaymentRow(SQLModel, table=True):
    """A card payment: asked → approved | declined | cancelled | unknown."""

    __tablename__ = "card_payment"
    __table_args__ = (
        Index("ix_card_payment_open", "entry", sqlite_where=text("state IN ('asked', 'unknown')")),
        _WITHOUT_ROWID,
    )

    request: str = Field(primary_key=True)
    entry: int
    basket: str
    amount: int
    terminal: str
    staff: str
    state: str
    settled_by: str | None


class DrawerOpeningRow(SQLModel, table=True):
    """An opening of the drawer."""

    __tablename__ = "drawer_opening"

    entry: int = Field(primary_key=True)
    at: str
    cause: str
    staff: str


class DraftStepRow(SQLModel, table=True):
    """A step of a basket that is not sold yet (JSON text); not journal, gone when it ends."""

    __tablename__ = "draft_step"
    __table_args__ = (_WITHOUT_ROWID,)

    basket: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    step: str


class BasketHeadRow(SQLModel, table=True):
    """A basket that is neither sold nor abandoned: in someone's hands (`open`) or `parked`."""

    __tablename__ = "basket_head"
    __table_args__ = (_WITHOUT_ROWID,)

    basket: str = Field(primary_key=True)
    staff: str
    state: str


class StaffRow(SQLModel, table=True):
    """A person who may use the till; the name stays here and never enters the journal.

    Someone who was `removed` keeps the row with no PIN, and the number is free again.
    """

    __tablename__ = "staff"
    __table_args__ = (
        Index("ix_staff_number", "number", unique=True, sqlite_where=text("removed = 0")),
        _WITHOUT_ROWID,
    )

    ref: str = Field(primary_key=True)
    number: str
    name: str
    role: str
    pin_hash: str
    failures: int
    locked_until: str
    removed: int


class TillStateRow(SQLModel, table=True):
    """What the till remembers beside the journal: `nonce`, `settings`, `acknowledged`…"""

    __tablename__ = "till_state"
    __table_args__ = (_WITHOUT_ROWID,)

    key: str = Field(primary_key=True)
    value: str


def table(model: type[SQLModel]) -> Table:
    """Return the SQLAlchemy table of a model."""
    return cast(Table, cast(Any, model).__table__)


ENTRY = table(EntryRow)
PROJECTIONS = [
    table(model)
    for model in (
        SaleRow,
        SaleLineRow,
        SaleVatRow,
        SaleTenderRow,
        PrintJobRow,
        CardPaymentRow,
        DrawerOpeningRow,
    )
]
WORKING = [table(model) for model in (DraftStepRow, BasketHeadRow, StaffRow, TillStateRow)]
TABLES = [ENTRY, *PROJECTIONS, *WORKING]

_KEPT = ("entry", "sale", "sale_line", "sale_vat", "sale_tender")

_VERBS = ("UPDATE", "DELETE")

_NEVER = """
CREATE TRIGGER {table}_never_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is never changed'); END
"""

_ENTRY_FOLLOWS = """
CREATE TRIGGER entry_follows BEFORE INSERT ON entry
WHEN NOT EXISTS (
    SELECT 1 FROM entry WHERE ordinal = NEW.ordinal - 1 AND CAST(hash AS BLOB) = NEW.previous
    AND NEW.number = CASE WHEN epoch = NEW.epoch THEN number + 1 ELSE 1 END
) AND NOT (NEW.ordinal = 1 AND NEW.number = 1)
BEGIN SELECT RAISE(ABORT, 'the entry does not follow the last one'); END
"""

_SALE_ADDS_UP = """
CREATE TRIGGER sale_adds_up BEFORE INSERT ON sale
WHEN (SELECT coalesce(sum(total), 0) FROM sale_line WHERE sale = NEW.entry) <> NEW.total
  OR (SELECT coalesce(sum(gross), 0) FROM sale_vat WHERE sale = NEW.entry) <> NEW.total
  OR (SELECT coalesce(sum(amount), 0) FROM sale_tender WHERE sale = NEW.entry)
     <> NEW.total + NEW.rounding
BEGIN SELECT RAISE(ABORT, 'the sale does not add up'); END
"""

_SALE_IS_CLOSED = """
CREATE TRIGGER {table}_closed BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM sale WHERE entry = NEW.sale)
BEGIN SELECT RAISE(ABORT, 'the sale is closed'); END
"""


def create_schema(connection: Connection) -> None:
    """Create the journal, its projections, the working tables and their triggers."""
    SQLModel.metadata.create_all(connection, tables=TABLES, checkfirst=False)
    triggers = [_ENTRY_FOLLOWS, _SALE_ADDS_UP]
    triggers += [_NEVER.format(table=name, verb=verb) for name in _KEPT for verb in _VERBS]
    triggers += [_SALE_IS_CLOSED.format(table=name) for name in _KEPT[2:]]
    for trigger in triggers:
        connection.exec_driver_sql(trigger)
