"""The file's schema by version (`PRAGMA user_version`): made, brought up to date, or refused.

The first step always builds today's tables in a new file; each later one brings a file of the
version before to its own. All that a start has to do is one transaction, so a till killed in the
middle starts again from what it had; a copy of the old file is kept beside it first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pysqlite3 import dbapi2
from sqlalchemy import Connection, Engine, inspect
from sqlmodel import SQLModel

from pos.ports import StoreUnavailable
from pos.store.catalogue_tables import create_catalogue_schema
from pos.store.engine import explained, reading
from pos.store.keys import sync_folder
from pos.store.queries import stream
from pos.store.replay import replay
from pos.store.schema import ENTRY, PROJECTIONS, WORKING, create_schema, create_triggers

Step = Callable[[Connection], None]

_STAYS = frozenset({ENTRY.name, *(each.name for each in WORKING)})


def rebuild_projections(connection: Connection) -> None:
    """Make today's projections anew from the journal; the journal and the rest stay as they are.

    One entry at a time is in memory. Raises StoreUnavailable when one cannot be read.
    """
    have = set(inspect(connection).get_table_names())
    for name in _children_first(have - _STAYS):
        connection.exec_driver_sql(f"DROP TABLE {name}")
    missing = [each for each in (*PROJECTIONS, *WORKING) if each.name not in have & _STAYS]
    SQLModel.metadata.create_all(connection, tables=missing, checkfirst=False)
    create_triggers(connection)
    cursor = connection.connection.cursor()
    replay(cursor, stream(connection))
    cursor.close()


def _children_first(names: Iterable[str]) -> list[str]:
    """A sale's rows refer to it and go before it."""
    return sorted(names, key=lambda name: name == "sale")


def add_orders(connection: Connection) -> None:
    """Add what orders to collect need; no journal of the version before has any step of one.

    The projections are not made anew: a purge may have left rows whose entries are gone.
    """
    steps = next(each for each in PROJECTIONS if each.name == "order_step")
    SQLModel.metadata.create_all(connection, tables=[steps])
    columns = {each["name"] for each in inspect(connection).get_columns("sale_line")}
    if "order_line" not in columns:
        connection.exec_driver_sql("ALTER TABLE sale_line ADD COLUMN order_line VARCHAR")


def add_cards(connection: Connection) -> None:
    """Add what card terminals tell; what is told of a request is looked up in its entry."""
    rows = next(each for each in PROJECTIONS if each.name == "card_comparison")
    SQLModel.metadata.create_all(connection, tables=[rows])
    columns = {each["name"] for each in inspect(connection).get_columns("card_payment")}
    if "told" not in columns:
        connection.exec_driver_sql("ALTER TABLE card_payment ADD COLUMN told INTEGER")
        connection.exec_driver_sql(_TOLD)
        connection.exec_driver_sql("CREATE INDEX ix_card_payment_settled ON card_payment (settled)")


_TOLD = """
UPDATE card_payment SET told = (
    SELECT max(ordinal) FROM entry WHERE kind = 'card.answered'
    AND json_extract(CAST(body AS TEXT), '$.request') = card_payment.request)
"""


STEPS: Sequence[Step] = (create_schema, rebuild_projections, add_orders, add_cards)
"""The till's own file."""

CATALOGUE_STEPS: Sequence[Step] = (create_catalogue_schema, create_catalogue_schema)
"""The catalogue's file, apart so that a long import never holds a sale up.

A file of version 1 lacks a table, which the same step adds.
"""


def migrate(engine: Engine, path: Path, steps: Sequence[Step] = STEPS) -> Path | None:
    """Bring the file at `path` to the schema this program knows.

    Returns the copy that was kept of an older file (`till.db.before-v2`), None when there was
    nothing to bring forward. Raises StoreUnavailable for a file newer than the program, and when
    the disk refuses.
    """
    with explained(str(path)):
        version = _version(engine)
        if version > len(steps):
            raise StoreUnavailable(
                "file_newer",
                "{file} was written by a newer Comptoir (schema {found}; this one knows {known})."
                " Install that version again: this one would damage it.",
                file=str(path),
                found=version,
                known=len(steps),
            )
        if version == len(steps):
            return None
        kept = _copy_or_refuse(path, len(steps)) if version else None
        with engine.begin() as connection:
            for step in steps[version:] if version else steps[:1]:
                step(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {len(steps)}")
        engine.dispose()  # the driver's few cached statements are for selling, not for schemas
        return kept


def _version(engine: Engine) -> int:
    with reading(engine).connect() as connection:
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def _copy_or_refuse(path: Path, version: int) -> Path:
    try:
        return _keep_copy(path, version)
    except OSError as error:
        raise StoreUnavailable(
            "copy_refused",
            "No copy of {file} can be kept before it is brought up to date: {reason}.",
            file=str(path),
            reason=error.strerror or str(error),
        ) from error


def _keep_copy(path: Path, version: int) -> Path:
    """Copy the file as it is (its log included) and only then give the copy its name."""
    kept = path.with_name(f"{path.name}.before-v{version}")
    partial = path.with_name(f"{kept.name}.partial")
    partial.unlink(missing_ok=True)
    source = dbapi2.connect(str(path))
    target = dbapi2.connect(str(partial))
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()
    with partial.open("rb") as written:
        os.fsync(written.fileno())
    partial.chmod(0o600)
    partial.replace(kept)
    sync_folder(kept.parent)
    return kept
