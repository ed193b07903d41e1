"""The tables that closings read: closings and records, shifts and cash, baskets left, training.

Each row is borne by one entry (`entry`, its ordinal). Where a whole event is asked for again, its
canonical body is kept beside the columns that are searched.
"""

from __future__ import annotations

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class ClosingRow(SQLModel, table=True):
    """A closed day, month or year, with the running totals after it; never changed."""

    __tablename__ = "closing"
    __table_args__ = (UniqueConstraint("level", "key"), UniqueConstraint("level", "number"))

    entry: int = Field(primary_key=True)
    level: str
    number: int
    key: str
    label: str = Field(unique=True)
    period: int
    perpetual: int
    perpetual_abs: int
    body: bytes = Field(sa_type=LargeBinary)


class ClosingRunRow(SQLModel, table=True):
    """The steps of a closing: begun, and `finished` by the entry that says so."""

    __tablename__ = "closing_run"
    __table_args__ = (Index("ix_closing_run_open", "entry", sqlite_where=text("finished IS NULL")),)

    entry: int = Field(primary_key=True)
    closing: str = Field(unique=True)
    finished: int | None
    body: bytes = Field(sa_type=LargeBinary)


class FiscalRecordRow(SQLModel, table=True):
    """A signed record other than a ticket's: of a closing, an archive, or one a witness made.

    `entry` bears it; `subject` is what it is about. Numbers are given once in a chain.
    """

    __tablename__ = "fiscal_record"
    __table_args__ = ({"sqlite_with_rowid": False},)

    epoch: str = Field(primary_key=True)
    chain: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    plugin: str = Field(primary_key=True)
    entry: int
    subject: str
    signature: str


class ShiftRow(SQLModel, table=True):
    """A shift on a drawer: what it was opened with, what went in and out, how it ended.

    `closed` is the ordinal of the entry that ended it.
    """

    __tablename__ = "shift"
    __table_args__ = (
        Index("ix_shift_drawer", "drawer", "entry"),
        Index("ix_shift_closed", "closed"),
    )

    entry: int = Field(primary_key=True)
    shift: str = Field(unique=True)
    drawer: str
    at: str
    float_amount: int
    takings: int
    paid_in: int
    paid_out: int
    drops: int
    closed: int | None
    counted: int | None
    difference: int | None
    left_in: int | None
    body: bytes = Field(sa_type=LargeBinary)


class FloatCountRow(SQLModel, table=True):
    """A float that was counted; the last one of a shift counts."""

    __tablename__ = "float_count"
    __table_args__ = (Index("ix_float_count_shift", "shift", "entry"),)

    entry: int = Field(primary_key=True)
    shift: str
    amount: int


class ShiftCountRow(SQLModel, table=True):
    """A blind count of a drawer."""

    __tablename__ = "shift_count"
    __table_args__ = (Index("ix_shift_count_shift", "shift", "entry"),)

    entry: int = Field(primary_key=True)
    shift: str
    body: bytes = Field(sa_type=LargeBinary)


class CashMoveRow(SQLModel, table=True):
    """Cash that left the drawer for the safe, or was paid in or out."""

    __tablename__ = "cash_move"
    __table_args__ = (Index("ix_cash_move_label", "label"),)

    entry: int = Field(primary_key=True)
    shift: str
    label: str
    at: str
    move: str
    amount: int
    body: bytes = Field(sa_type=LargeBinary)


class BasketEndRow(SQLModel, table=True):
    """A basket that ended with no sale, and the lines that were voided in it."""

    __tablename__ = "basket_end"

    entry: int = Field(primary_key=True)
    total: int
    voided_lines: int
    voided_total: int
    training: int


class TrainingSwitchRow(SQLModel, table=True):
    """Training began or ended."""

    __tablename__ = "training_switch"

    entry: int = Field(primary_key=True)
    is_on: int


class PurgeRow(SQLModel, table=True):
    """Entries up to `ordinal` left this file for the archive that the entry names."""

    __tablename__ = "purge"

    entry: int = Field(primary_key=True)
    ordinal: int
