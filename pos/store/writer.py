"""The one connection that writes the till's file in this process.

One thread at a time, BEGIN IMMEDIATE, all or nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine

from pos.store.engine import explained

Cursor = Any
"""A cursor of the SQLite driver, inside a transaction."""


class Writer:
    """The connection that writes; the SQLite driver's own, under SQLAlchemy's settings."""

    def __init__(self, engine: Engine, file: str) -> None:
        self._file = file
        self._held = engine.raw_connection()
        self._driver: Any = self._held.driver_connection
        self.lock = threading.RLock()

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """Commit what the block writes, or nothing.

        Raises StoreUnavailable, and the driver's IntegrityError for what the file refuses.
        """
        with self.lock, explained(self._file):
            cursor = self._driver.cursor()
            try:
                cursor.execute("BEGIN IMMEDIATE")
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                self._driver.rollback()
                raise
            finally:
                cursor.close()

    def execute(self, sql: str, values: Sequence[object]) -> int:
        """Run one statement, which is its own transaction; return the rows it changed."""
        with self.lock, explained(self._file):
            return int(self._driver.execute(sql, values).rowcount)

    def close(self) -> None:
        """Give the connection back."""
        with self.lock:
            self._held.close()
