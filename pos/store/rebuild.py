"""Proof that the tables are nothing but the journal: rebuild them from it and compare.

Also the reading of a whole journal for `comptoir journal verify`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2
from sqlalchemy import Connection, Engine, Table

from pos.domain import events
from pos.domain.errors import StoreUnavailable
from pos.domain.events import Event
from pos.journal.canonical import read_facts
from pos.journal.chain import Head, Report, check
from pos.journal.entry import Entry
from pos.store.engine import explained, open_engine, open_reader, reading
from pos.store.projections import insert_entry, project
from pos.store.queries import stream
from pos.store.tables import PROJECTIONS, create_schema

STATED_BY = ("till.installed", "epoch.opened")


@dataclass(frozen=True, slots=True)
class Difference:
    """The first row of a table that is not what the journal says (None where one has none)."""

    table: str
    stored: tuple[Any, ...] | None
    rebuilt: tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How a rebuild went: how many entries it read, and the first difference of each table."""

    entries: int
    differences: tuple[Difference, ...]


def rebuild_check(engine: Engine) -> Rebuilt:
    """Rebuild every projection into a file of its own, compare with the stored ones, and tell.

    The till's file is only read, in one snapshot, so a till may go on selling meanwhile. Raises
    StoreUnavailable when an entry's body is not a known event.
    """
    with (
        tempfile.TemporaryDirectory(prefix="comptoir-rebuild-") as folder,
        reading(engine).begin() as stored,
    ):
        scratch = open_engine(Path(folder) / "scratch.db")
        with scratch.begin() as rebuilt:
            create_schema(rebuilt)
            entries = _replay(stored, rebuilt)
            found = [_compare(table, stored, rebuilt) for table in PROJECTIONS]
        scratch.dispose()
    return Rebuilt(entries, tuple(each for each in found if each is not None))


def _replay(stored: Connection, rebuilt: Connection) -> int:
    cursor = rebuilt.connection.cursor()
    count = 0
    for ordinal, entry in stream(stored):
        event = _event(entry)
        try:
            insert_entry(cursor, ordinal, entry)
            project(cursor, ordinal, entry, event)
        except dbapi2.IntegrityError as error:
            raise _unreadable(entry) from error
        count += 1
    cursor.close()
    return count


def _event(entry: Entry) -> Event:
    try:
        return events.read(entry.kind, entry.version, read_facts(entry.body))
    except ValueError as error:
        raise _unreadable(entry) from error


def _unreadable(entry: Entry) -> StoreUnavailable:
    return StoreUnavailable(
        "unreadable_entry",
        "Entry {name} does not fit the journal; run `comptoir journal verify`.",
        name=entry.name,
    )


def _compare(table: Table, stored: Connection, rebuilt: Connection) -> Difference | None:
    for here, there in zip_longest(_rows(table, stored), _rows(table, rebuilt)):
        if here != there:
            return Difference(table.name, here, there)
    return None


def _rows(table: Table, connection: Connection) -> Iterator[tuple[Any, ...]]:
    query = table.select().order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=500).execute(query):
        yield tuple(row)


def verify(path: Path, public_keys: Sequence[bytes] = (), known: Head | None = None) -> Report:
    """Check the whole journal of a till's file with public keys alone (raw, 32 bytes each).

    Without a key, the ones that the journal states about itself are believed: that finds every
    accident, and every forger who did not also replace them. `known` is a head remembered
    elsewhere. Raises StoreUnavailable when there is no such file or it cannot be read.
    """
    engine = open_reader(path)
    try:
        with explained(str(path)), engine.begin() as connection:
            keys = public_keys or stated_keys(connection)
            return check((entry for _, entry in stream(connection)), keys, known=known)
    finally:
        engine.dispose()


def stated_keys(connection: Connection) -> list[bytes]:
    """Return the public keys that the journal's own first entries state (see `verify`)."""
    rows = connection.exec_driver_sql(
        "SELECT kind, body FROM entry WHERE number = 1 AND kind IN (?, ?)", STATED_BY
    )
    return [key for kind, body in rows for key in key_in(kind, body)]


def key_in(kind: str, body: bytes) -> list[bytes]:
    """Return the public key an entry states, or nothing when it states none."""
    if kind not in STATED_BY:
        return []
    try:
        key = bytes.fromhex(str(read_facts(body).get("public_key", "")))
    except ValueError:
        return []
    return [key] if len(key) == 32 else []
