"""The end of the journal as a till's file holds it, and whether the till itself wrote it last.

The till judges it when it opens the file; the courier, which may run first, waits for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from pos.journal.canonical import read_facts
from pos.journal.chain import START, Head
from pos.journal.entry import Entry
from pos.store.marker import Found, Mark, judge
from pos.store.projections import ENTRY_SQL, entry_of


@dataclass(frozen=True, slots=True)
class End:
    """The end of the journal as the file holds it."""

    last: Entry | None
    ordinal: int
    nonce: str
    first_of_epoch: Entry | None

    @property
    def head(self) -> Head:
        if self.last is None:
            return START
        return Head(self.last.place.epoch, self.last.number, self.last.hash)

    @property
    def at(self) -> datetime | None:
        """The instant of the last entry; None when there is none, or it was altered."""
        try:
            return None if self.last is None else datetime.fromisoformat(self.last.at)
        except ValueError:
            return None

    @property
    def opened_after(self) -> Head:
        """What the marker had said when the present epoch opened."""
        first = self.first_of_epoch
        if first is None or first.kind != "epoch.opened":
            return START
        try:
            facts = read_facts(first.body)
            seen = bytes.fromhex(facts["seen_hash"])
            return Head(facts["seen_epoch"], facts["seen_number"], seen)
        except (ValueError, KeyError, TypeError):
            return START  # altered: `_check_end` or `verify` names it


def read_end(connection: Connection) -> End:
    """Return the end of the journal."""
    sql = ENTRY_SQL.replace("SELECT ", "SELECT ordinal, ", 1)
    row = connection.exec_driver_sql(f"{sql} ORDER BY ordinal DESC LIMIT 1").first()
    nonce = connection.exec_driver_sql("SELECT value FROM till_state WHERE key = 'nonce'")
    known = str(nonce.scalar() or "")
    if row is None:
        return End(None, 0, known, None)
    last = entry_of(row[1:])
    first = connection.exec_driver_sql(
        f"{ENTRY_SQL} WHERE epoch = ? AND number = 1", (last.place.epoch,)
    ).first()
    return End(last, row[0], known, None if first is None else entry_of(first))


def reason_to_part(connection: Connection, end: End, mark: Mark | None, key_id: str) -> str:
    """Return why a new epoch must begin, "" when the till may go on in the present one."""

    def hash_at(epoch: str, number: int) -> bytes | None:
        row = connection.exec_driver_sql(
            f"{ENTRY_SQL} WHERE epoch = ? AND number = ?", (epoch, number)
        ).first()
        return None if row is None else entry_of(row).hash

    reason = judge(mark, Found(end.head, end.nonce, hash_at, end.opened_after))
    if not reason and end.last is not None and end.last.key_id != key_id:
        return "key_replaced"
    return reason
