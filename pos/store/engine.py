"""Opening the till's SQLite file: the library that is new enough, and the safe settings.

SQLite before 3.51.3 can corrupt a write-ahead log that two connections use; `pysqlite3` brings a
newer one than the operating system's, and an old one is refused. `synchronous=FULL` is what keeps
an acknowledged sale through a power cut. `recursive_triggers` lets the triggers that refuse a
DELETE see the one hidden in INSERT OR REPLACE.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pysqlite3 import dbapi2
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from pos.ports import StoreUnavailable as StoreUnavailable

SQLITE_LEAST = (3, 51, 3)
BUSY_MS = 2_000


def _as_it_is(value: None) -> None:
    return value


# Without these the driver looks in vain for a way to adapt each None and each truth value it is
# given, which takes longer than writing it: a third of the time of a sale's lines.
dbapi2.register_adapter(type(None), _as_it_is)
dbapi2.register_adapter(bool, int)


def open_engine(path: Path | None) -> Engine:
    """Return an engine on the file (in memory for None), every connection with our settings.

    A transaction begins as a writer (BEGIN IMMEDIATE); one on `reading(engine)` does not.
    Raises StoreUnavailable when the SQLite library is older than 3.51.3.
    """
    if dbapi2.sqlite_version_info < SQLITE_LEAST:
        raise StoreUnavailable(
            "sqlite_old",
            "SQLite {version} is too old; 3.51.3 or newer is needed. Reinstall Comptoir.",
            version=dbapi2.sqlite_version,
        )
    if path is not None and not path.exists():
        with explained(str(path)), suppress(OSError):  # SQLite says what is wrong with the path
            os.close(os.open(path, os.O_CREAT | os.O_CLOEXEC, 0o600))
    engine = create_engine("sqlite://" if path is None else f"sqlite:///{path}", module=dbapi2)
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    return engine


def open_reader(path: Path) -> Engine:
    """Return an engine that can only read the file, and leaves it as it is, for those who check.

    Raises StoreUnavailable when there is no such file.
    """
    if not path.is_file():
        raise StoreUnavailable("no_file", "There is no till's file at {file}.", file=str(path))
    engine = create_engine(f"sqlite:///file:{quote(str(path))}?mode=ro&uri=true", module=dbapi2)
    event.listen(engine, "connect", _settle_reader)
    event.listen(engine, "begin", _begin_reading)
    return engine


def reading(engine: Engine) -> Engine:
    """Return the same engine for transactions that only read: they never wait for a writer."""
    return engine.execution_options(comptoir_reading=True)


@contextmanager
def explained(file: str) -> Iterator[None]:
    """Turn what SQLite says inside the block into a StoreUnavailable that a person can act on.

    What SQLite refuses because of the data (a constraint, a trigger) goes through as it is.
    """
    try:
        yield
    except (dbapi2.Error, DBAPIError) as error:
        raw = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(raw, dbapi2.IntegrityError):
            raise
        raise _explanation(raw, file) from error


def _explanation(error: BaseException | None, file: str) -> StoreUnavailable:
    name = str(getattr(error, "sqlite_errorname", ""))
    if name.startswith("SQLITE_FULL"):
        return StoreUnavailable(
            "disk_full",
            "The disk is full: {file} cannot be written. Free some space.",
            file=Path(file).name,
        )
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreUnavailable(
            "locked",
            "Another program keeps {file} locked. Try again, or close that program.",
            file=Path(file).name,
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return StoreUnavailable(
            "damaged", "{file} is damaged: call support, do not delete it.", file=file
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return StoreUnavailable(
            "not_writable",
            "{file} cannot be opened for writing. Check the folder's permissions.",
            file=file,
        )
    return StoreUnavailable(
        "disk_error",
        "The disk refused an operation on {file} ({reason}). Call support.",
        file=file,
        reason=f"{name} {error}".strip(),
    )


def _settle(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours, see _begin
    for pragma in (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "wal_autocheckpoint=4000",
        "cache_size=-16384",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    only_reads = connection.get_execution_options().get("comptoir_reading", False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def _settle_reader(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
