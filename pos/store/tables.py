"""The tables of the till's file: the journal, its sales, papers and cards, and what is no journal.

A sale's lines, VAT and tenders are written before the sale itself, which closes them. What
closings read lies in `book_tables.py`, the triggers that guard all of it in `schema.py`.
Amounts are minor units, quantities thousandths, rates basis points, truth values 0 or 1.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import (
    CheckConstraint,
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

    `period`, `perpetual` and `perpetual_abs` are the fiscal running totals after it: those the
    sale states, else the sums of this and every earlier sale. Training is in none and stands at 0.
    `hour` is the local one (0 to 23); `voided_lines` were taken out before payment.
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
    operator: str
    operation: str
    shift: str | None
    total: int
    rounding: int
    change: int
    age_checked: int
    training: int
    software: str
    hour: int
    ticket_discount: int
    voided_lines: int
    voided_total: int
    period: int
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
    gt_chain: str | None
    gt_number: int | None
    gt_signature: str | None


def _of_sale() -> Any:
    closing = ForeignKey("sale.entry", deferrable=True, initially="DEFERRED")
    return Field(primary_key=True, sa_column_args=[closing])


class SaleLineRow(SQLModel, table=True):
    """A line, sold or given back; `returned_ticket` is "" for goods that came without one.

    `order_line` is the line of an order to collect that it pays.
    """

    __tablename__ = "sale_line"
    __table_args__ = (
        CheckConstraint("net + tax = total"),
        Index(
            "ix_sale_line_returned", "returned_ticket", sqlite_where=text("returned_ticket > ''")
        ),
        _WITHOUT_ROWID,
    )

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
    returned_ticket: str | None
    returned_line: int | None
    returned_reason: str | None
    order_line: str | None


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
    """What a sale was paid with; a negative amount went back, for the ticket `origin`."""

    __tablename__ = "sale_tender"
    __table_args__ = (
        Index("ix_sale_tender_origin", "origin", sqlite_where=text("origin IS NOT NULL")),
        _WITHOUT_ROWID,
    )

    sale: int = _of_sale()
    n: int = Field(primary_key=True)
    method: str
    amount: int
    given: int
    reference: str
    origin: str | None


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
        Index("ix_print_job_copy", "entry", sqlite_where=text("copy_number > 0")),
        _WITHOUT_ROWID,
    )

    job: str = Field(primary_key=True)
    entry: int
    document: str
    paper: str
    copy_number: int
    printer: str
    staff: str
    training: int
    state: str
    settled_by: str | None


class CardPaymentRow(SQLModel, table=True):
    """A card payment: asked → approved | declined | cancelled | unknown.

    `settled` is the ordinal of its answer, once that is not `unknown`; `told` that of what was
    last told of it, late or not.
    """

    __tablename__ = "card_payment"
    __table_args__ = (
        Index("ix_card_payment_open", "entry", sqlite_where=text("state IN ('asked', 'unknown')")),
        Index("ix_card_payment_entry", "entry"),
        Index("ix_card_payment_settled", "settled"),
        _WITHOUT_ROWID,
    )

    request: str = Field(primary_key=True)
    entry: int
    basket: str
    amount: int
    terminal: str
    staff: str
    training: int
    state: str
    settled: int | None
    settled_by: str | None
    told: int | None


class CardComparisonRow(SQLModel, table=True):
    """A terminal's own totals against the till's."""

    __tablename__ = "card_comparison"

    entry: int = Field(primary_key=True)
    terminal: str
    difference: int


class DrawerOpeningRow(SQLModel, table=True):
    """An opening of the drawer."""

    __tablename__ = "drawer_opening"

    entry: int = Field(primary_key=True)
    at: str
    cause: str
    staff: str


class OrderStepRow(SQLModel, table=True):
    """A step of an order to collect that was taken here; "" for what concerns codes of any."""

    __tablename__ = "order_step"
    __table_args__ = (
        Index("ix_order_step_order", "order_id", "entry"),
        Index("ix_order_step_kind", "kind", "entry"),
    )

    entry: int = Field(primary_key=True)
    order_id: str
    kind: str


class LastSaleRow(SQLModel, table=True):
    """A sale that a purge took and that numbers or chains go on from.

    It was the last of its epoch and its country's rules, the last of training, or the last with a
    grand total; its entry lies in the archive that the purge named.
    """

    __tablename__ = "last_sale"
    __table_args__ = (_WITHOUT_ROWID,)

    entry: int = Field(primary_key=True)
    training: int
    label: str
    epoch: str
    version: int
    body: bytes = Field(sa_type=LargeBinary)


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
