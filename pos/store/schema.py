"""All tables of the till's file together, and the triggers that guard them.

The journal (`entry`), the sales, the closings and the fiscal records are refused every UPDATE and
DELETE, a sale that does not add up is refused, and so is an entry that does not follow the last.
"""

from __future__ import annotations

from sqlalchemy import Connection
from sqlmodel import SQLModel

from pos.store import book_tables as books
from pos.store import tables
from pos.store.tables import table

ENTRY = table(tables.EntryRow)
PROJECTIONS = [
    table(model)
    for model in (
        tables.SaleRow,
        tables.SaleLineRow,
        tables.SaleVatRow,
        tables.SaleTenderRow,
        tables.PrintJobRow,
        tables.CardPaymentRow,
        tables.CardComparisonRow,
        tables.DrawerOpeningRow,
        tables.OrderStepRow,
        books.ClosingRow,
        books.ClosingRunRow,
        books.FiscalRecordRow,
        books.ShiftRow,
        books.FloatCountRow,
        books.ShiftCountRow,
        books.CashMoveRow,
        books.BasketEndRow,
        books.TrainingSwitchRow,
        books.PurgeRow,
    )
]
WORKING = [
    table(model)
    for model in (
        tables.DraftStepRow,
        tables.BasketHeadRow,
        tables.StaffRow,
        tables.TillStateRow,
        tables.LastSaleRow,
    )
]
TABLES = [ENTRY, *PROJECTIONS, *WORKING]

_OF_A_SALE = ("sale_line", "sale_vat", "sale_tender")
_KEPT = ("entry", "sale", *_OF_A_SALE, "closing", "fiscal_record")

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

TRIGGERS = {
    "entry_follows": _ENTRY_FOLLOWS,
    "sale_adds_up": _SALE_ADDS_UP,
    **{
        f"{name}_never_{verb}": _NEVER.format(table=name, verb=verb)
        for name in _KEPT
        for verb in ("UPDATE", "DELETE")
    },
    **{f"{name}_closed": _SALE_IS_CLOSED.format(table=name) for name in _OF_A_SALE},
}
"""The statements that make the triggers, by the triggers' names."""


def create_schema(connection: Connection) -> None:
    """Create the journal, its projections, the working tables and their triggers."""
    SQLModel.metadata.create_all(connection, tables=TABLES, checkfirst=False)
    create_triggers(connection)


def create_triggers(connection: Connection) -> None:
    """Make every trigger anew."""
    for name, statement in TRIGGERS.items():
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        connection.exec_driver_sql(statement)
