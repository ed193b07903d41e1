"""The open baskets' safe place: every step is on disk before a screen shows it.

Not journal: a basket that is neither sold nor abandoned yet is only the till's own memory, and it
goes in the transaction of the entry that ends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from pos.domain.events import BasketAbandoned, BasketParked, BasketRecalled, Event, SaleFinished
from pos.journal.entry import Entry
from pos.store.engine import reading
from pos.store.writer import Cursor, Writer

_ADD = """
INSERT INTO draft_step (basket, number, step) SELECT ?1, ?2, ?3
WHERE ?2 = coalesce((SELECT max(number) FROM draft_step WHERE basket = ?1), 0) + 1
"""


@dataclass(frozen=True, slots=True)
class ParkedBasket:
    """A basket put aside: who did, when (UTC text), how many lines, for how much."""

    basket: str
    staff: str
    lines: int
    total: int
    at: str


class DraftFile:
    """The port `Drafts` on the till's file."""

    def __init__(self, engine: Engine, writer: Writer) -> None:
        self._engine = reading(engine)
        self._writer = writer

    def add_step(self, basket: str, number: int, step: str) -> None:
        """Append step `number` (from 1, dense) of a basket, durably.

        Raises ValueError when `number` is not the next one, StoreUnavailable when the disk refuses.
        """
        if self._writer.execute(_ADD, (basket, number, step)) != 1:
            raise ValueError(f"step {number} is not the next one of basket {basket}")

    def steps(self) -> dict[str, Sequence[str]]:
        """Return the steps of every basket that is open or parked, by basket."""
        found: dict[str, list[str]] = {}
        with self._engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT basket, step FROM draft_step ORDER BY basket, number"
            )
            for basket, step in rows:
                found.setdefault(basket, []).append(step)
        return dict(found)

    def parked(self) -> list[ParkedBasket]:
        """Return the baskets put aside, the oldest first."""
        with self._engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT basket, staff, lines, total, at FROM basket_head"
                " WHERE state = 'parked' ORDER BY at, basket"
            )
            return [ParkedBasket(*row) for row in rows]

    def drop(self, basket: str) -> None:
        """Forget a basket that ends with no entry; idempotent."""
        with self._writer.transaction() as cursor:
            _forget(cursor, basket)


def follow_drafts(cursor: Cursor, entry: Entry, event: Event) -> None:
    """Bring the drafts to what an entry says, inside its transaction."""
    if isinstance(event, SaleFinished | BasketAbandoned):
        _forget(cursor, event.basket)
    elif isinstance(event, BasketParked):
        row = (event.basket, event.staff, "parked", event.lines, event.total, entry.at)
        cursor.execute(
            "INSERT OR REPLACE INTO basket_head (basket, staff, state, lines, total, at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            row,
        )
    elif isinstance(event, BasketRecalled):
        cursor.execute(
            "UPDATE basket_head SET state = 'open', staff = ? WHERE basket = ?",
            (event.staff, event.basket),
        )


def _forget(cursor: Cursor, basket: str) -> None:
    cursor.execute("DELETE FROM draft_step WHERE basket = ?", (basket,))
    cursor.execute("DELETE FROM basket_head WHERE basket = ?", (basket,))
