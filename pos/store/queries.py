"""What the till asks of its own past: where numbers continue, what is still open, what was sold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from pos.domain import events
from pos.domain.events import SaleFinished
from pos.journal.canonical import read_facts
from pos.journal.entry import Entry
from pos.store.engine import reading
from pos.store.projections import ENTRY_SQL, entry_of

_SALE_ENTRY = f"{ENTRY_SQL} WHERE ordinal = (SELECT entry FROM sale "


@dataclass(frozen=True, slots=True)
class FiscalHead:
    """The last fiscal stamp and the running totals (minor units) after it; see `SaleRow`."""

    epoch: str
    chain: str
    number: int
    signature: str
    perpetual: int
    perpetual_abs: int


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A paper asked of a printer, and how far it came."""

    job: str
    document: str
    paper: str
    copy_number: int
    printer: str
    staff: str
    state: str


@dataclass(frozen=True, slots=True)
class CardPayment:
    """A card payment, and how far it came; amounts in minor units."""

    request: str
    basket: str
    amount: int
    terminal: str
    staff: str
    state: str


class Queries:
    """Read-only questions; each is one short read that never waits for a writer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = reading(engine)

    def last_ticket(self, epoch: str) -> int:
        """Return the last ticket number of an epoch, 0 before the first."""
        rows = self._rows("SELECT coalesce(max(ticket), 0) FROM sale WHERE epoch = ?", epoch)
        return int(rows[0][0])

    def fiscal_head(self, *, training: bool = False) -> FiscalHead | None:
        """Return the last stamp of the real (or training) sales, None before the first."""
        rows = self._rows(
            "SELECT epoch, fiscal_chain, fiscal_number, fiscal_signature, perpetual, perpetual_abs"
            f" FROM sale WHERE training = {int(training)} ORDER BY entry DESC LIMIT 1"
        )
        return FiscalHead(*rows[0]) if rows else None

    def last_sale(self) -> tuple[Entry, SaleFinished] | None:
        """Return the latest sale of this till, for a reprint."""
        return self._sale("ORDER BY entry DESC LIMIT 1)")

    def sale(self, epoch: str, ticket: int) -> tuple[Entry, SaleFinished] | None:
        """Return a sale by its epoch and ticket number."""
        return self._sale("WHERE epoch = ? AND ticket = ?)", epoch, ticket)

    def copies(self, document: str) -> int:
        """Return how many papers of a document were asked so far; the next is copy number that."""
        return int(self._rows("SELECT count(*) FROM print_job WHERE document = ?", document)[0][0])

    def open_print_jobs(self) -> list[PrintJob]:
        """Return the jobs that are queued, were being sent, or ended unknown, the oldest first."""
        rows = self._rows(
            "SELECT job, document, paper, copy_number, printer, staff, state FROM print_job"
            " WHERE state IN ('queued', 'sending', 'unknown') ORDER BY entry"
        )
        return [PrintJob(*row) for row in rows]

    def open_card_payments(self) -> list[CardPayment]:
        """Return the card payments whose end is not known, the oldest first."""
        rows = self._rows(
            "SELECT request, basket, amount, terminal, staff, state FROM card_payment"
            " WHERE state IN ('asked', 'unknown') ORDER BY entry"
        )
        return [CardPayment(*row) for row in rows]

    def state(self, key: str) -> str:
        """Return what the till remembers under `key`, "" for nothing."""
        rows = self._rows("SELECT value FROM till_state WHERE key = ?", key)
        return str(rows[0][0]) if rows else ""

    def _sale(self, which: str, *values: object) -> tuple[Entry, SaleFinished] | None:
        rows = self._rows(_SALE_ENTRY + which, *values)
        if not rows:
            return None
        entry = entry_of(rows[0])
        event = events.read(entry.kind, entry.version, read_facts(entry.body))
        assert isinstance(event, SaleFinished)
        return entry, event

    def _rows(self, sql: str, *values: object) -> list[Any]:
        with self._engine.connect() as connection:
            return list(connection.exec_driver_sql(sql, values))


def stream(connection: Connection, after: int = 0) -> Iterator[tuple[int, Entry]]:
    """Yield (ordinal, entry) in the journal's order, a few hundred in memory at a time."""
    sql = ENTRY_SQL.replace("SELECT ", "SELECT ordinal, ", 1)
    rows = connection.execution_options(yield_per=500).exec_driver_sql(
        f"{sql} WHERE ordinal > ? ORDER BY ordinal", (after,)
    )
    for ordinal, *row in rows:
        yield ordinal, entry_of(row)
