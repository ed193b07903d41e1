"""The statements that write projections, and the few that they read while doing so.

They go to the driver's cursor directly, compiled once by SQLAlchemy from the tables: on a sale of
20 rows that is half the time of the same statements through a Connection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.dialects import sqlite

from pos.journal.entry import Entry
from pos.store.schema import TABLES
from pos.store.writer import Cursor

Project = Callable[[Cursor, int, Entry, Any], None]
"""Writes what an entry (its ordinal, itself, its event) changes in the projections."""


def insert_sql(table: Table) -> str:
    """Return the INSERT of every column of a table, in their order, for the driver."""
    statement = insert(table).compile(
        dialect=sqlite.dialect(paramstyle="qmark"), column_keys=[c.name for c in table.columns]
    )
    return str(statement)


INSERT = {each.name: insert_sql(each) for each in TABLES}
"""The INSERT of each table, by its name."""

REMEMBER = "INSERT OR REPLACE INTO till_state (key, value) VALUES (?, ?)"
"""What the till remembers beside the journal: a key and its value."""

TRAINING = "SELECT is_on FROM training_switch ORDER BY entry DESC LIMIT 1"
"""Whether training was switched on last."""

RUNNING = """
SELECT coalesce(
    (SELECT last.perpetual - year.perpetual FROM closing AS year
        WHERE level = 'year' AND year.entry >= last.entry ORDER BY year.entry DESC LIMIT 1),
    period), perpetual, perpetual_abs
FROM (
    SELECT *, 1 AS turn FROM (
        SELECT entry, period, perpetual, perpetual_abs FROM sale WHERE training = 0
        ORDER BY entry DESC LIMIT 1
    )
    UNION ALL
    SELECT *, 2 AS turn FROM (
        SELECT entry, period, perpetual, perpetual_abs FROM closing ORDER BY entry DESC LIMIT 1
    )
    ORDER BY turn LIMIT 1
) AS last
"""
"""The running totals after the last sale, or the last closing where all sales were purged."""
