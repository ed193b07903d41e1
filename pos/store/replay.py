"""The journal read again into empty projections: for the rebuild that compares, and migrations."""

from __future__ import annotations

from collections.abc import Iterable

from pysqlite3 import dbapi2

from pos.domain import events
from pos.domain.errors import StoreUnavailable
from pos.domain.events import Event
from pos.journal.canonical import read_facts
from pos.journal.entry import Entry
from pos.store.projections import project
from pos.store.writer import Cursor


def replay(cursor: Cursor, entries: Iterable[tuple[int, Entry]]) -> int:
    """Project entries, each with its ordinal, one at a time; return how many there were.

    Raises StoreUnavailable when an entry's body is not a known event.
    """
    count = 0
    for ordinal, entry in entries:
        try:
            project(cursor, ordinal, entry, _event(entry))
        except dbapi2.IntegrityError as error:
            raise unreadable(entry) from error
        count += 1
    return count


def _event(entry: Entry) -> Event:
    try:
        return events.read(entry.kind, entry.version, read_facts(entry.body))
    except ValueError as error:
        raise unreadable(entry) from error


def unreadable(entry: Entry) -> StoreUnavailable:
    """Return what is said of an entry that does not fit the journal."""
    return StoreUnavailable(
        "unreadable_entry",
        "Entry {name} does not fit the journal; run `comptoir journal verify`.",
        name=entry.name,
    )
