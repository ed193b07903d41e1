"""The open baskets' safe place: every step is on disk before a screen shows it.

Not journal: a basket that is neither sold nor abandoned yet is only the till's own memory, and it
goes in the transaction of the entry that ends it.
"""

from __future__ import annotations

from sqlalchemy import Engine

from pos.domain.events import (
    BasketAbandoned,
    BasketCut,
    BasketParked,
    BasketRecalled,
    Event,
    SaleFinished,
)
from pos.ports import Draft
from pos.store.engine import reading
from pos.store.writer import Cursor, Writer

_OPEN = "INSERT OR IGNORE INTO basket_head (basket, staff, state) VALUES (?, ?, 'open')"
_ADD = """
INSERT INTO draft_step (basket, number, step) SELECT ?1, ?2, ?3
WHERE ?2 = coalesce((SELECT max(number) FROM draft_step WHERE basket = ?1), 0) + 1
"""


class DraftFile:
    """The port `Drafts` on the till's file."""

    def __init__(self, engine: Engine, writer: Writer) -> None:
        self._engine = reading(engine)
        self._writer = writer

    def add_step(self, basket: str, staff: str, number: int, step: str) -> None:
        """Append step `number` (from 1, dense) of a basket, durably; the first opens it.

        Raises ValueError when `number` is not the next one, StoreUnavailable when the disk refuses.
        """
        if number == 1:
            with self._writer.transaction() as cursor:
                cursor.execute(_OPEN, (basket, staff))
                cursor.execute(_ADD, (basket, number, step))
                added = cursor.rowcount
        else:
            added = self._writer.execute(_ADD, (basket, number, step))
        if added != 1:
            raise ValueError(f"step {number} is not the next one of basket {basket}")

    def all(self) -> list[Draft]:
        """Return every basket that is open or parked, the oldest first."""
        with self._engine.connect() as connection:
            heads = connection.exec_driver_sql(
                "SELECT basket, staff, state FROM basket_head ORDER BY basket"
            ).all()
            steps: dict[str, list[str]] = {}
            rows = connection.exec_driver_sql(
                "SELECT basket, step FROM draft_step ORDER BY basket, number"
            )
            for basket, step in rows:
                steps.setdefault(basket, []).append(step)
        return [
            Draft(basket, staff, state == "parked", tuple(steps.get(basket, ())))
            for basket, staff, state in heads
        ]


def follow_drafts(cursor: Cursor, event: Event) -> None:
    """Bring the drafts to what an entry says, inside its transaction."""
    if isinstance(event, SaleFinished | BasketAbandoned):
        _forget(cursor, event.basket)
    elif isinstance(event, BasketCut):
        cursor.execute(
            "DELETE FROM draft_step WHERE basket = ? AND number > ?",
            (event.basket, event.steps_kept),
        )
    elif isinstance(event, BasketParked):
        cursor.execute(
            "INSERT OR REPLACE INTO basket_head (basket, staff, state) VALUES (?, ?, 'parked')",
            (event.basket, event.staff),
        )
    elif isinstance(event, BasketRecalled):
        cursor.execute(
            "UPDATE basket_head SET state = 'open', staff = ? WHERE basket = ?",
            (event.staff, event.basket),
        )


def _forget(cursor: Cursor, basket: str) -> None:
    cursor.execute("DELETE FROM draft_step WHERE basket = ?", (basket,))
    cursor.execute("DELETE FROM basket_head WHERE basket = ?", (basket,))
