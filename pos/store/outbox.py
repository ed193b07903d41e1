"""The journal as the courier reads it: the till's file, read only, in a process of its own.

The till may write it meanwhile, and a person may put a backup in its place: the file that bears
the name now is the one that is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pos.journal.chain import Head
from pos.journal.entry import Entry
from pos.store.beginning import purged
from pos.store.end import read_end, reason_to_part
from pos.store.engine import explained, open_reader
from pos.store.marker import read_mark
from pos.store.projections import ENTRY_SQL, entry_of

_EPOCHS = """
WITH RECURSIVE each (epoch) AS (
    SELECT min(epoch) FROM entry
    UNION ALL
    SELECT (SELECT min(epoch) FROM entry WHERE epoch > each.epoch)
    FROM each WHERE each.epoch IS NOT NULL
)
SELECT epoch, (SELECT ordinal FROM entry WHERE entry.epoch = each.epoch
               ORDER BY number DESC LIMIT 1) AS last
FROM each WHERE epoch IS NOT NULL ORDER BY last
"""
_HEADS = f"SELECT entry.epoch, number, hash FROM ({_EPOCHS}) JOIN entry ON ordinal = last"
_AT_ONCE = 50
"""How many entries are fetched at once; an entry may be large."""


def heads_of(connection: Connection) -> dict[str, Head]:
    """Return the last entry of each epoch in the file, in the order they were opened."""
    rows = connection.exec_driver_sql(_HEADS)
    return {epoch: Head(epoch, number, own) for epoch, number, own in rows}


def _gone(connection: Connection) -> dict[str, Head]:
    """Return the ends of the epochs that purges took, in the order they were opened."""
    took = purged(connection)
    if took is None:
        return {}
    last = took.after[1]
    return {**took.ends, **({} if last.epoch in took.ends else {last.epoch: last})}


class OutboxFile:
    """The port `Outbox` on the till's file."""

    def __init__(self, path: Path, marker: Path | None = None, key_id: str = "") -> None:
        """`marker` and `key_id` are what the till would judge the file by (None: by nothing).

        Raises StoreUnavailable where there is no such file.
        """
        self._path = path
        self._marker = marker
        self._key_id = key_id
        self._inode = 0
        self._engine = open_reader(path)
        self._watching: Any = None

    def heads(self) -> Mapping[str, Head]:
        """See `pos.ports.centre.Outbox.heads`."""
        with self._reading() as connection:
            return {**_gone(connection), **heads_of(connection)}

    def purged(self) -> Mapping[str, int]:
        """See `pos.ports.centre.Outbox.purged`."""
        with self._reading() as connection:
            took = purged(connection)
            if took is None:
                return {}
            last = took.after[1]
            return {**{epoch: end.number for epoch, end in took.ends.items()},
                    last.epoch: last.number}  # fmt: skip

    def entries(self, epoch: str, first: int) -> Iterator[Entry]:
        """See `pos.ports.centre.Outbox.entries`."""
        number = first
        while True:
            with self._reading() as connection:
                rows = connection.exec_driver_sql(
                    f"{ENTRY_SQL} WHERE epoch = ? AND number >= ? ORDER BY number LIMIT ?",
                    (epoch, number, _AT_ONCE),
                ).all()
            for row in rows:
                entry = entry_of(row)
                if entry.number != number:
                    return  # purged: what follows cannot be linked to what was asked for
                yield entry
                number += 1
            if len(rows) < _AT_ONCE:
                return

    def hash_at(self, epoch: str, number: int) -> bytes | None:
        """See `pos.ports.centre.Outbox.hash_at`."""
        with self._reading() as connection:
            found = connection.exec_driver_sql(
                "SELECT hash FROM entry WHERE epoch = ? AND number = ?", (epoch, number)
            ).scalar()
            took = purged(connection) if found is None else None
        if took is not None:
            return took.hash_at(epoch, number)
        return None if found is None else bytes(found)

    def is_judged(self) -> bool:
        """See `pos.ports.centre.Outbox.is_judged`.

        The marker is read first, for it never leads the file; when the till started between the
        two, it is read again.
        """
        if self._marker is None:
            return True
        mark = read_mark(self._marker)
        while True:
            with self._reading() as connection:
                if not reason_to_part(connection, read_end(connection), mark, self._key_id):
                    return True
            before, mark = mark, read_mark(self._marker)
            if mark == before:
                return False

    def version(self) -> tuple[int, int]:
        """Return a value that changes when someone wrote the file, or exchanged it."""
        with explained(str(self._path)):
            self._follow()
            if self._watching is None:
                self._watching = self._engine.raw_connection()
            (version,) = self._watching.driver_connection.execute("PRAGMA data_version").fetchone()
        return self._inode, version

    def close(self) -> None:
        """Let go of the file."""
        if self._watching is not None:
            self._watching.close()
            self._watching = None
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(str(self._path)):
            self._follow()
            with self._engine.connect() as connection:
                yield connection

    def _follow(self) -> None:
        """Read the file that has the name now."""
        try:
            inode = self._path.stat().st_ino
        except FileNotFoundError:
            inode = 0
        if inode != self._inode:
            self.close()
            self._engine = open_reader(self._path)
            self._inode = inode
