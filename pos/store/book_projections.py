"""From entries to the tables that closings read: one function a kind of event."""

from __future__ import annotations

from operator import attrgetter

from pos.domain import events
from pos.domain.events import ArchiveMade, FiscalSigned, FiscalStamp, PeriodClosed
from pos.journal.entry import Entry
from pos.store.statements import INSERT, Project
from pos.store.writer import Cursor

_RUNNING = attrgetter("period", "perpetual", "perpetual_abs")
_MOVED = {
    "paid_in": "UPDATE shift SET paid_in = paid_in + ? WHERE shift = ?",
    "paid_out": "UPDATE shift SET paid_out = paid_out + ? WHERE shift = ?",
    "drop": "UPDATE shift SET drops = drops + ? WHERE shift = ?",
}
_CLOSED = "UPDATE shift SET closed = ?, counted = ?, difference = ?, left_in = ? WHERE shift = ?"


def records_of(event: events.Event) -> list[tuple[str, FiscalStamp]]:
    """Return the signed records an entry bears, each with what it is about; tickets bear their own.

    A chain goes on from the last of them.
    """
    if isinstance(event, FiscalSigned):
        return [(record.subject, record.stamp) for record in event.records]
    if isinstance(event, PeriodClosed):
        return [(event.label, event.fiscal)]
    return [(event.kind, event.fiscal)] if isinstance(event, ArchiveMade) else []


def _records(cursor: Cursor, ordinal: int, entry: Entry, event: events.Event) -> None:
    rows = [
        (entry.place.epoch, one.chain, one.number, one.plugin, ordinal, subject, one.signature)
        for subject, one in records_of(event)
    ]
    cursor.executemany(INSERT["fiscal_record"], rows)


def _period_closed(cursor: Cursor, ordinal: int, entry: Entry, event: PeriodClosed) -> None:
    facts = (event.level, event.number, event.key, event.label, *_RUNNING(event.running))
    cursor.execute(INSERT["closing"], (ordinal, *facts, entry.body))
    _records(cursor, ordinal, entry, event)


def _closing_begun(cursor: Cursor, ordinal: int, entry: Entry, event: events.ClosingBegun) -> None:
    cursor.execute(INSERT["closing_run"], (ordinal, event.closing, None, entry.body))


def _closing_finished(
    cursor: Cursor, ordinal: int, _entry: Entry, event: events.ClosingFinished
) -> None:
    cursor.execute(
        "UPDATE closing_run SET finished = ? WHERE closing = ?", (ordinal, event.closing)
    )


def _shift_opened(cursor: Cursor, ordinal: int, entry: Entry, event: events.ShiftOpened) -> None:
    start = (ordinal, event.shift, event.drawer, entry.at, event.float_amount)
    row = (*start, 0, 0, 0, 0, None, None, None, None, entry.body)
    cursor.execute(INSERT["shift"], row)


def _float_counted(cursor: Cursor, ordinal: int, _entry: Entry, event: events.FloatCounted) -> None:
    cursor.execute(INSERT["float_count"], (ordinal, event.shift, event.amount))


def _shift_counted(cursor: Cursor, ordinal: int, entry: Entry, event: events.ShiftCounted) -> None:
    cursor.execute(INSERT["shift_count"], (ordinal, event.shift, entry.body))


def _cash_moved(cursor: Cursor, ordinal: int, entry: Entry, event: events.CashMoved) -> None:
    facts = (event.shift, event.label, entry.at, event.move, event.amount)
    cursor.execute(INSERT["cash_move"], (ordinal, *facts, entry.body))
    cursor.execute(_MOVED[event.move], (event.amount, event.shift))


def _shift_closed(cursor: Cursor, ordinal: int, _entry: Entry, event: events.ShiftClosed) -> None:
    end = (ordinal, event.counted, event.difference, event.left)
    cursor.execute(_CLOSED, (*end, event.shift))


def _training_switched(
    cursor: Cursor, ordinal: int, _entry: Entry, event: events.TrainingSwitched
) -> None:
    cursor.execute(INSERT["training_switch"], (ordinal, event.on))


def _journal_purged(
    cursor: Cursor, ordinal: int, _entry: Entry, event: events.JournalPurged
) -> None:
    cursor.execute(INSERT["purge"], (ordinal, event.ordinal))


PROJECT_BOOKS: dict[str, Project] = {
    "period.closed": _period_closed,
    "closing.begun": _closing_begun,
    "closing.finished": _closing_finished,
    "fiscal.signed": _records,
    "archive.made": _records,
    "shift.opened": _shift_opened,
    "float.counted": _float_counted,
    "shift.counted": _shift_counted,
    "cash.moved": _cash_moved,
    "shift.closed": _shift_closed,
    "training.switched": _training_switched,
    "journal.purged": _journal_purged,
}
