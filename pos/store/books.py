"""What closings read of the till's file (port `Books`); each answer is one snapshot.

It reads through a connection of its own that cannot write: figures of a long span never hold a
sale up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from pos.domain.events import (
    CashMoved,
    ClosingBegun,
    Figures,
    PeriodClosed,
    RunningTotals,
    ShiftCounted,
    ShiftOpened,
)
from pos.domain.events.base import BaseEvent
from pos.domain.facts import ChainHead
from pos.journal.canonical import read_facts
from pos.ports import MovedCash, ShiftState
from pos.store.chains import record_heads, ticket_heads
from pos.store.engine import explained, open_reader
from pos.store.figures import figures
from pos.store.statements import RUNNING, TRAINING

Known = TypeVar("Known", bound=BaseEvent)

_SHIFT = """
SELECT shift, body, at, coalesce(
        (SELECT amount FROM float_count WHERE float_count.shift = shift.shift
            ORDER BY entry DESC LIMIT 1), float_amount),
    EXISTS (SELECT 1 FROM float_count WHERE float_count.shift = shift.shift),
    takings, paid_in, paid_out, drops, left_in
FROM shift
"""
_FIRST_DAY = """
SELECT coalesce(
    (SELECT key FROM closing WHERE level = 'day' ORDER BY entry LIMIT 1),
    (SELECT min(day) FROM (
        SELECT * FROM (SELECT substr(at, 1, 10) AS day FROM entry ORDER BY ordinal LIMIT 1)
        UNION ALL SELECT min(business_day) FROM sale)), '')
"""


class BookFile:
    """The port `Books` on the till's file, for an epoch and a country ("" for any)."""

    def __init__(self, path: Path, epoch: str, plugin: str = "") -> None:
        self._engine = open_reader(path)
        self._file = str(path)
        self._epoch = epoch
        self._plugin = plugin

    def turn(self, epoch: str) -> None:
        """Read the chains of another epoch from now on."""
        self._epoch = epoch

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def position(self) -> int:
        """Return the ordinal of the last entry, 0 for none."""
        return int(self._one("SELECT coalesce(max(ordinal), 0) FROM entry"))

    def figures(self, since: int, until: int) -> Figures:
        """Return the figures of the entries after ordinal `since`, up to `until`."""
        with self._snapshot() as connection:
            return figures(connection, since, until)

    def running(self) -> RunningTotals:
        """Return the running totals after the last real sale, and after a year closed since."""
        found = self._rows(RUNNING)
        if not found:
            return RunningTotals()
        period, perpetual, absolute = found[0]
        return RunningTotals(period=period, perpetual=perpetual, perpetual_abs=absolute)

    def closed_at(self, level: str) -> int:
        """Return the ordinal of the last closing of a level, 0 for none."""
        sql = "SELECT coalesce(max(entry), 0) FROM closing WHERE level = ?"
        return int(self._one(sql, level))

    def closings(self, level: str, since: int = 0) -> Sequence[PeriodClosed]:
        """Return the closings of a level after an ordinal, the oldest first."""
        return self._closings("WHERE level = ? AND entry > ? ORDER BY entry", level, since)

    def closing(self, label: str) -> PeriodClosed | None:
        """Return a closing by its label."""
        return next(iter(self._closings("WHERE label = ?", label)), None)

    def closing_numbered(self, level: str, number: int) -> PeriodClosed | None:
        """Return the closing of a level by its number."""
        return next(iter(self._closings("WHERE level = ? AND number = ?", level, number)), None)

    def last_closing(self, level: str) -> PeriodClosed | None:
        """Return the last closing of a level."""
        found = self._closings("WHERE level = ? ORDER BY entry DESC LIMIT 1", level)
        return next(iter(found), None)

    def first_day(self) -> str:
        """Return the first day that was closed, else the day of the first entry or sale, or ""."""
        return str(self._one(_FIRST_DAY))

    def unfinished(self) -> ClosingBegun | None:
        """Return the last closing that was begun and not finished."""
        found = self._rows(
            "SELECT body FROM closing_run WHERE finished IS NULL ORDER BY entry DESC LIMIT 1"
        )
        return None if not found else _of(ClosingBegun, found[0][0])

    def heads(self) -> Mapping[str, ChainHead]:
        """Return the heads of the present epoch's fiscal chains, by chain name."""
        with self._snapshot() as connection:
            return {
                **ticket_heads(connection, self._epoch, self._plugin),
                **record_heads(connection, self._epoch, self._plugin),
            }

    def training(self) -> bool:
        """Tell whether training was switched on last."""
        found = self._rows(TRAINING)
        return bool(found and found[0][0])

    def shifts(self) -> Sequence[ShiftState]:
        """Return the shifts that are not closed, the oldest first."""
        return self._shifts("WHERE closed IS NULL ORDER BY entry")

    def last_shift(self, drawer: str | None = None) -> ShiftState | None:
        """Return the last shift of a drawer, or of all for None, open or closed."""
        if drawer is None:
            found = self._shifts("ORDER BY entry DESC LIMIT 1")
        else:
            found = self._shifts("WHERE drawer = ? ORDER BY entry DESC LIMIT 1", drawer)
        return next(iter(found), None)

    def cash_move(self, label: str | None = None) -> MovedCash | None:
        """Return a movement of cash by its label, or the last one of all for None."""
        where = "" if label is None else "WHERE label = ?"
        sql = f"SELECT body, at FROM cash_move {where} ORDER BY entry DESC LIMIT 1"
        found = self._rows(sql, *(() if label is None else (label,)))
        return MovedCash(_of(CashMoved, found[0][0]), found[0][1]) if found else None

    def _closings(self, which: str, *values: object) -> list[PeriodClosed]:
        rows = self._rows(f"SELECT body FROM closing {which}", *values)
        return [_of(PeriodClosed, body) for (body,) in rows]

    def _shifts(self, which: str, *values: object) -> list[ShiftState]:
        with self._snapshot() as connection:
            rows = connection.exec_driver_sql(f"{_SHIFT} {which}", values).all()
            return [_shift(row, _counts(connection, row[0])) for row in rows]

    def _one(self, sql: str, *values: object) -> Any:
        return self._rows(sql, *values)[0][0]

    def _rows(self, sql: str, *values: object) -> list[Any]:
        with self._snapshot() as connection:
            return list(connection.exec_driver_sql(sql, values))

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        with explained(self._file), self._engine.begin() as connection:
            yield connection


def _counts(connection: Connection, shift: str) -> tuple[ShiftCounted, ...]:
    rows = connection.exec_driver_sql(
        "SELECT body FROM shift_count WHERE shift = ? ORDER BY entry", (shift,)
    )
    return tuple(_of(ShiftCounted, body) for (body,) in rows)


def _shift(row: Any, counts: tuple[ShiftCounted, ...]) -> ShiftState:
    _, body, at, float_amount, is_counted, takings, paid_in, paid_out, drops, left = row
    return ShiftState(
        opened=_of(ShiftOpened, body),
        at=at,
        float_amount=float_amount,
        is_float_counted=bool(is_counted),
        takings=takings,
        paid_in=paid_in,
        paid_out=paid_out,
        drops=drops,
        counts=counts,
        left=left,
    )


def _of(kind: type[Known], body: bytes) -> Known:
    return kind.model_validate(read_facts(body))
