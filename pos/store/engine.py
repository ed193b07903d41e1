"""Opening the till's SQLite file: the library that is new enough, and the safe settings.

SQLite before 3.51.3 can corrupt a write-ahead log that two connections use; `pysqlite3` brings a
newer one than the operating system's, and an old one is refused. `synchronous=FULL` is what keeps
an acknowledged sale through a power cut.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2
from sqlalchemy import Engine, create_engine, event

SQLITE_LEAST = (3, 51, 3)
BUSY_MS = 2_000


class StoreUnavailable(Exception):
    """The till's file cannot be written or read now: disk full, locked, or SQLite too old."""


def open_engine(path: Path | None) -> Engine:
    """Return an engine on the file (in memory for None), every connection with our settings.

    Raises StoreUnavailable when the SQLite library is older than 3.51.3.
    """
    if dbapi2.sqlite_version_info < SQLITE_LEAST:
        raise StoreUnavailable(
            f"SQLite {dbapi2.sqlite_version} is too old; 3.51.3 or newer is needed"
        )
    url = "sqlite://" if path is None else f"sqlite:///{path}"
    engine = create_engine(url, module=dbapi2)
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    return engine


def _settle(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours, see _begin
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MS}",
        "wal_autocheckpoint=4000",
        "cache_size=-16384",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
