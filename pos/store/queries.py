"""What the till asks of its own past: where numbers continue, what is still open, what was sold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine

from pos.domain import events
from pos.domain.events import CardAnswered, SaleFinished
from pos.journal.canonical import read_facts
from pos.journal.entry import Entry
from pos.ports import CardRequest, CardTotals, GivenBack, PrintTrouble
from pos.store.engine import reading
from pos.store.projections import ENTRY_SQL, entry_of

_SALES = "SELECT version, body FROM entry WHERE ordinal = (SELECT entry FROM sale"
_CARDS = (
    "SELECT request, basket, amount, CASE state WHEN 'asked' THEN '' ELSE state END, terminal"
    " FROM card_payment WHERE"
)
_KEPT = "SELECT version, body FROM last_sale"


class Queries:
    """The port `Past`, and the till's own memory; each a short read that waits for no writer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = reading(engine)

    def sale(self, label: str | None = None) -> SaleFinished | None:
        """Return the sale of a ticket label, or the last one of all for None."""
        if label is None:
            rows = self._rows(f"{_SALES} ORDER BY entry DESC LIMIT 1)")
            rows = rows or self._rows(f"{_KEPT} ORDER BY entry DESC LIMIT 1")
        else:
            rows = self._rows(f"{_SALES} WHERE label = ?)", label)
            rows = rows or self._rows(f"{_KEPT} WHERE label = ?", label)
        return _sale_of(rows)

    def is_purged(self, label: str) -> bool:
        """Tell whether a ticket left for an archive, so that nothing of it may come back by it."""
        return bool(self._rows("SELECT 1 FROM last_sale WHERE label = ?", label))

    def last_sale(self, *, training: bool) -> SaleFinished | None:
        """Return the last real sale, or the last one of training."""
        which = f"WHERE training = {training:d}"
        rows = self._rows(f"{_SALES} {which} ORDER BY entry DESC LIMIT 1)")
        return _sale_of(rows or self._rows(f"{_KEPT} {which} ORDER BY entry DESC LIMIT 1"))

    def copies(self, document: str, paper: str = "ticket") -> int:
        """Return the copy number of the next such paper: one more than any that may have come out.

        A job of which the printer itself said that nothing was printed does not count.
        """
        sql = (
            "SELECT coalesce(max(copy_number) + 1, 0) FROM print_job WHERE document = ?"
            " AND paper = ? AND NOT (state = 'failed' AND settled_by IS NULL)"
        )
        return int(self._rows(sql, document, paper)[0][0])

    def given_back(self, label: str) -> GivenBack:
        """Return what was already given back of a ticket, by line and by tender."""
        lines = self._rows(
            "SELECT returned_line, -sum(quantity), -sum(total) FROM sale_line"
            " WHERE returned_ticket = ? AND returned_ticket > '' GROUP BY returned_line",
            label,
        )
        tenders = self._rows(
            "SELECT method, -sum(amount) FROM sale_tender WHERE origin = ? GROUP BY method", label
        )
        return GivenBack(
            {line: (quantity, amount) for line, quantity, amount in lines},
            dict(map(tuple, tenders)),
        )

    def open_prints(self) -> list[PrintTrouble]:
        """Return the jobs that are queued, were being sent, or ended unknown, the oldest first."""
        rows = self._rows(
            "SELECT job, document, copy_number, state <> 'queued', paper FROM print_job"
            " WHERE state IN ('queued', 'sending', 'unknown') ORDER BY entry"
        )
        return [
            PrintTrouble(job, document, copy, bool(left), paper)
            for job, document, copy, left, paper in rows
        ]

    def cards(self, basket: str | None = None) -> list[CardRequest]:
        """Return the card requests of a basket, or for None every one whose end is not known."""
        if basket is None:
            rows = self._rows(f"{_CARDS} state IN ('asked', 'unknown') ORDER BY entry")
        else:
            rows = self._rows(f"{_CARDS} basket = ? ORDER BY entry", basket)
        return [CardRequest(*row) for row in rows]

    def card(self, request: str) -> CardRequest | None:
        """Return a card request by its name, None for one that is not remembered."""
        rows = self._rows(f"{_CARDS} request = ?", request)
        return CardRequest(*rows[0]) if rows else None

    def card_answer(self, request: str) -> CardAnswered | None:
        """Return what was told last of a card request; None for nothing that is still here."""
        sql = (
            "SELECT entry.version, entry.body FROM card_payment JOIN entry ON ordinal = told"
            " WHERE request = ?"
        )
        rows = self._rows(sql, request)
        if not rows:
            return None
        event = events.read("card.answered", rows[0][0], read_facts(rows[0][1]))
        assert isinstance(event, CardAnswered)
        return event

    def last_card(self) -> str | None:
        """Return the last card request, other than one that was played."""
        sql = "SELECT request FROM card_payment WHERE training = 0 ORDER BY entry DESC LIMIT 1"
        rows = self._rows(sql)
        return str(rows[0][0]) if rows else None

    def card_totals(self) -> list[CardTotals]:
        """Return what each terminal was paid since it was last compared."""
        sql = """
        SELECT terminal, count(*), sum(amount) FROM card_payment AS paid
        WHERE state = 'approved' AND training = 0 AND settled > coalesce((
            SELECT max(entry) FROM card_comparison AS last WHERE last.terminal = paid.terminal), 0)
        GROUP BY terminal ORDER BY terminal
        """
        return [CardTotals(*row) for row in self._rows(sql)]

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
    version, body = rows[0]
    event = events.read("sale.finished", version, read_facts(body))
    assert isinstance(event, SaleFinished)
    return event


def entry_at(connection: Connection, ordinal: int) -> Entry | None:
    """Return the entry of an ordinal, None where there is none."""
    row = connection.exec_driver_sql(f"{ENTRY_SQL} WHERE ordinal = ?", (ordinal,)).first()
    return None if row is None else entry_of(row)


def stream(connection: Connection, after: int = 0) -> Iterator[tuple[int, Entry]]:
    """Yield (ordinal, entry) in the journal's order, a few hundred in memory at a time."""
    sql = ENTRY_SQL.replace("SELECT ", "SELECT ordinal, ", 1)
    rows = connection.execution_options(yield_per=500).exec_driver_sql(
        f"{sql} WHERE ordinal > ? ORDER BY ordinal", (after,)
    )
    for ordinal, *row in rows:
        yield ordinal, entry_of(row)
