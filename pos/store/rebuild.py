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

from sqlalchemy import Connection, Engine, Table

from pos.journal.canonical import read_facts
from pos.journal.chain import Head, Report, check
from pos.journal.entry import Entry
from pos.ports import StoreUnavailable
from pos.store.beginning import purged
from pos.store.engine import explained, open_engine, open_reader, reading
from pos.store.migrations import STEPS
from pos.store.queries import stream
from pos.store.replay import replay, unreadable
from pos.store.schema import PROJECTIONS, create_schema
from pos.store.statements import INSERT

STATED_BY = ("till.installed", "epoch.opened")
PURGED_KEYS = "purged_keys"
"""Where `till_state` keeps the keys (hex) that purged entries had stated."""


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

    The till's file is only read, in one snapshot, so a till may go on selling meanwhile. What a
    purge left of entries that are gone (closings, open shifts) is taken as it is: the archive
    proves it. Raises StoreUnavailable when an entry's body is not a known event, and for a file of
    an older schema.
    """
    with (
        tempfile.TemporaryDirectory(prefix="comptoir-rebuild-") as folder,
        reading(engine).begin() as stored,
    ):
        _check_schema(stored)
        scratch = open_engine(Path(folder) / "scratch.db")
        took = purged(stored)
        gone = 0 if took is None else took.ordinal
        with scratch.begin() as rebuilt:
            create_schema(rebuilt)
            cursor = rebuilt.connection.cursor()
            for table in PROJECTIONS if gone else ():
                for row in _rows(table, stored, upto=gone):
                    cursor.execute(INSERT[table.name], row)
            entries = replay(cursor, _followed(stream(stored), gone))
            cursor.close()
            found = [_compare(table, stored, rebuilt, gone) for table in PROJECTIONS]
        scratch.dispose()
    return Rebuilt(entries, tuple(each for each in found if each is not None))


def _followed(entries: Iterator[tuple[int, Entry]], last: int) -> Iterator[tuple[int, Entry]]:
    """Yield entries with no ordinal missing after `last`; StoreUnavailable names a gap."""
    for ordinal, entry in entries:
        if ordinal != last + 1:
            raise unreadable(entry)
        last = ordinal
        yield ordinal, entry


def _check_schema(stored: Connection) -> None:
    version = stored.exec_driver_sql("PRAGMA user_version").scalar_one()
    if version < len(STEPS):
        raise StoreUnavailable(
            "file_older",
            "The till's file is of an older Comptoir (schema {found}; this one knows {known}):"
            " start the till once, which brings it forward.",
            found=version,
            known=len(STEPS),
        )


def _compare(
    table: Table, stored: Connection, rebuilt: Connection, after: int
) -> Difference | None:
    for here, there in zip_longest(
        _rows(table, stored, after=after), _rows(table, rebuilt, after=after)
    ):
        if here != there:
            return Difference(table.name, here, there)
    return None


def _rows(
    table: Table, connection: Connection, *, after: int = 0, upto: int | None = None
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows that entries of a span bore, all of them by default."""
    born = table.columns["entry" if "entry" in table.columns else "sale"]
    query = table.select().where(born > after).order_by(*table.primary_key.columns)
    if upto is not None:
        query = query.where(born <= upto)
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
            took = purged(connection)
            after = None if took is None else took.after
            entries = (entry for _, entry in stream(connection))
            return check(entries, keys, after=after, known=known)
    finally:
        engine.dispose()


def stated_keys(connection: Connection) -> list[bytes]:
    """Return the public keys that the journal's own first entries state (see `verify`).

    Those of first entries that a purge took are remembered beside the journal.
    """
    rows = connection.exec_driver_sql(
        "SELECT kind, body FROM entry WHERE number = 1 AND kind IN (?, ?)", STATED_BY
    )
    stated = [key for kind, body in rows for key in key_in(kind, body)]
    kept = connection.exec_driver_sql("SELECT value FROM till_state WHERE key = ?", (PURGED_KEYS,))
    return [*(bytes.fromhex(text) for text in str(kept.scalar() or "").split()), *stated]


def key_in(kind: str, body: bytes) -> list[bytes]:
    """Return the public key an entry states, or nothing when it states none."""
    if kind not in STATED_BY:
        return []
    try:
        key = bytes.fromhex(str(read_facts(body).get("public_key", "")))
    except ValueError:
        return []
    return [key] if len(key) == 32 else []
