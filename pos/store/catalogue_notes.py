"""What an import leaves for the journal: one note, in the transaction of the import itself.

The catalogue has a file of its own, which may be written while a till runs; the journal has one
writer, the till. Each note becomes an entry once: the till remembers the last one it wrote down,
in the transaction of that entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from pos.domain.events import CatalogueImported
from pos.store.engine import explained, reading

if TYPE_CHECKING:
    from pos.store.unit import Journal

JOURNALED = "imports"
"""The key of `till_state` under which the last note that became an entry is remembered."""


def leave_note(raw: Any, event: CatalogueImported) -> None:
    """Write a note through the driver's connection of an import under way."""
    raw.execute("INSERT INTO import_note (facts) VALUES (?)", (event.model_dump_json(),))


def journal_notes(catalogue: Engine, ledger: Journal, journaled: str) -> None:
    """Record every note after number `journaled` (empty for none) as an entry of its own."""
    with explained(str(catalogue.url.database)), reading(catalogue).connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT id, facts FROM import_note WHERE id > ? ORDER BY id", (int(journaled or 0),)
        ).all()
    for number, facts in rows:
        event = CatalogueImported.model_validate_json(facts)
        ledger.record_with({JOURNALED: str(number)}, event)
