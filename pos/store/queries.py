"""What the till asks of its own past: where numbers continue, what is still open, what was sold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine

from pos.domain import events
from pos.domain.events import SaleFinished
from pos.journal.canonical import read_facts
from pos.journal.entry import Entry
from pos.ports import CardRequest, PrintTrouble
from pos.store.engine import reading
from pos.store.projections import ENTRY_SQL, entry_of

_SALE_ENTRY = f"{ENTRY_SQL} WHERE ordinal = (SELECT entry FROM sale "


class Queries:
    """The port `Past`, and the till's own memory; each a short read that waits for no writer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = reading(engine)

    def sale(self, label: str | None = None) -> SaleFinished | None:
        """Return the sale of a ticket label, or the last one of all for None."""
        if label is None:
            rows = self._rows(f"{_SALE_ENTRY} ORDER BY entry DESC LIMIT 1)")
        else:
            rows = self._rows(f"{_SALE_ENTRY} WHERE label = ?)", label)
        return _sale_of(rows)

    def last_sale(self, *, training: bool) -> SaleFinished | None:
        """Return the last real sale, or the last one of training."""
        rows = self._rows(
            f"{_SALE_ENTRY} WHERE training = {training:d} ORDER BY entry DESC LIMIT 1)"
        )
        return _sale_of(rows)

    def copies(self, document: str) -> int:
        """Return the copy number of the next print: one more than any that may have come out.

        A job of which the printer itself said that nothing was printed does not count.
        """
        sql = (
            "SELECT coalesce(max(copy_number) + 1, 0) FROM print_job WHERE document = ?"
            " AND NOT (state = 'failed' AND settled_by IS NULL)"
        )
        return int(self._rows(sql, document)[0][0])

    def open_prints(self) -> list[PrintTrouble]:
        """Return the jobs that are queued, were being sent, or ended unknown, the oldest first."""
        rows = self._rows(
            "SELECT job, document, copy_number, state <> 'queued' FROM print_job"
            " WHERE state IN ('queued', 'sending', 'unknown') ORDER BY entry"
        )
        return [PrintTrouble(job, document, copy, bool(left)) for job, document, copy, left in rows]

    def cards(self, basket: str | None = None) -> list[CardRequest]:
        """Return the card requests of a basket, or for None every one whose end is not known."""
        sql = (
            "SELECT request, basket, amount, CASE state WHEN 'asked' THEN '' ELSE state END"
            " FROM card_payment WHERE "
        )
        if basket is None:
            rows = self._rows(f"{sql} state IN ('asked', 'unknown') ORDER BY entry")
        else:
            rows = self._rows(f"{sql} basket = ? ORDER BY entry", basket)
        return [CardRequest(*row) for row in rows]

    def state(self, key: str) -> str:
        """Return what the till remembers under `key`, "" for nothing."""
        rows = self._rows("SELECT value FROM till_state WHERE key = ?", key)
        return str(rows[0][0]) if rows else ""

    def _rows(self, sql: str, *values: object) -> list[Any]:
        with self._engine.connect() as connection:
            return list(connection.exec_driver_sql(sql, values))


def _sale_of(rows: list[Any]) -> SaleFinished | None:
    if not rows:
        return None
    entry = entry_of(rows[0])
    event = events.read(entry.kind, entry.version, read_facts(entry.body))
    assert isinstance(event, SaleFinished)
    return event


def stream(connection: Connection, after: int = 0) -> Iterator[tuple[int, Entry]]:
    """Yield (ordinal, entry) in the journal's order, a few hundred in memory at a time."""
    sql = ENTRY_SQL.replace("SELECT ", "SELECT ordinal, ", 1)
    rows = connection.execution_options(yield_per=500).exec_driver_sql(
        f"{sql} WHERE ordinal > ? ORDER BY ordinal", (after,)
    )
    for ordinal, *row in rows:
        yield ordinal, entry_of(row)
