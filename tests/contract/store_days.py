"""Days of a till's file, and hands that tamper with it between two of them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2

from pos.store.open import FILE, Store
from tests.contract.store_samples import Counted, opened, sale

IDS = Counted()


def start(folder: Path) -> Store:
    return opened(folder, ids=IDS)


def last_ticket(store: Store) -> int:
    """The last ticket number of the present epoch, 0 before the first."""
    with store.engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT max(ticket) FROM sale WHERE epoch = ?", (store.ledger.place.epoch,)
        )
        return found.scalar() or 0


def sell(store: Store, count: int = 3) -> None:
    for _ in range(count):
        store.ledger.record(sale(last_ticket(store) + 1, [500]))


def day(folder: Path, count: int = 3) -> None:
    """Start, sell, stop."""
    store = start(folder)
    sell(store, count)
    store.close()


def tamper(folder: Path, *statements: str) -> None:
    """Change the file as someone with the file and no key would: triggers do not stop them."""
    connection: Any = dbapi2.connect(str(folder / "data" / FILE), isolation_level=None)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        connection.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        connection.execute(statement)
    connection.close()


def copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def lost_key(folder: Path) -> None:
    (folder / "state" / "keys" / "till.pem").unlink()
