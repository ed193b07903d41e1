"""Where a till's file begins: at its first entry, or after what a purge took to an archive.

The entry that says so is signed and stands in the chain itself; a file whose beginning is gone
without one was cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError
from sqlalchemy import Connection

from pos.domain import events
from pos.domain.events import JournalPurged
from pos.journal.canonical import read_facts
from pos.journal.chain import Finding, Head, check
from pos.journal.entry import Place
from pos.store.queries import entry_at

_CUT = frozenset({"missing", "unlinked"})


@dataclass(frozen=True, slots=True)
class Purged:
    """The last entry that a purge took: its ordinal, and where the chain stood after it.

    `ends` are the last entries of earlier epochs, as far as the centre has them, that are gone too.
    """

    ordinal: int
    after: tuple[Place, Head]
    ends: Mapping[str, Head] = field(default_factory=dict)

    def hash_at(self, epoch: str, number: int) -> bytes | None:
        """Return the hash of an entry that is gone, where it is still known."""
        ends = (self.after[1], *self.ends.values())
        known = [one for one in ends if (one.epoch, one.number) == (epoch, number)]
        return known[0].hash if known else None


def purged(connection: Connection) -> Purged | None:
    """Return what a purge took of the file; None when it took nothing, or the file was cut."""
    last = _first(connection) - 1
    if last < 1 or not _has_purges(connection):
        return None
    row = connection.exec_driver_sql(
        "SELECT entry FROM purge WHERE ordinal = ? ORDER BY entry DESC LIMIT 1", (last,)
    ).first()
    entry = None if row is None else entry_at(connection, row[0])
    if entry is None:
        return None
    try:
        said = events.read(entry.kind, entry.version, read_facts(entry.body))
        if not isinstance(said, JournalPurged) or said.ordinal != last:
            return None
        head = Head(said.epoch, said.number, bytes.fromhex(said.hash))
        ends = {
            one.epoch: Head(one.epoch, one.number, bytes.fromhex(one.hash)) for one in said.epochs
        }
    except (ValidationError, ValueError):
        return None  # altered: a check of the journal names it
    return Purged(last, (Place(entry.place.store, entry.place.till, said.epoch), head), ends)


def check_beginning(connection: Connection) -> tuple[Finding, ...]:
    """Return a finding when entries are missing before the first one and no purge took them."""
    first = entry_at(connection, _first(connection))
    if first is None:
        return ()
    took = purged(connection)
    report = check([first], (), after=None if took is None else took.after)
    return tuple(found for found in report.findings if found.slug in _CUT)


def _first(connection: Connection) -> int:
    return connection.exec_driver_sql("SELECT min(ordinal) FROM entry").scalar() or 0


def _has_purges(connection: Connection) -> bool:
    """A file of before there were purges has no table of them."""
    found = connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'purge'")
    return found.first() is not None
