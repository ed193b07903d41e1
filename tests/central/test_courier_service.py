"""`comptoir courier` as a service of the machine: it may run long before the till does."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pos.ports.centre import CourierReport, CourierState
from pos.store.engine import reading
from pos.store.mirror import MirrorFile
from pos.store.open import FILE, Store
from sync.central import conflicts
from tests.central.machines import held, labels
from tests.central.serving import Process, Shop
from tests.central.test_courier_processes import LONG_S, comptoir, home, opened, until
from tests.central.test_enrol import code_for
from tests.central.tills import sale

__all__ = ["home"]


@pytest.fixture(autouse=True)
def guarded() -> None:
    """The statements that a till runs on its own files are of one store anyway."""


@contextmanager
def service() -> Iterator[subprocess.Popen[bytes]]:
    """Run the courier as systemd would: no till above it, no input."""
    command = [sys.executable, "-m", "pos.main", "courier"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(LONG_S)


def told(home: Path) -> CourierReport:
    """Return what the courier says of itself."""
    mirror = MirrorFile(home / "data")
    try:
        return mirror.last_report()
    finally:
        mirror.close()


def put_back(home: Path, kept: Path) -> None:
    """Put a backup of the till's file in its place, as a person would."""
    for beside in (f"{FILE}-wal", f"{FILE}-shm"):
        (home / "data" / beside).unlink(missing_ok=True)
    shutil.copy(kept, home / "data" / f"{FILE}.new")
    (home / "data" / f"{FILE}.new").rename(home / "data" / FILE)


def sell(store: Store, first: int, last: int) -> None:
    epoch = store.ledger.place.epoch
    for ticket in range(first, last + 1):
        store.ledger.record(sale(ticket, {"bread": 1}, f"T01-{epoch}-{ticket:06d}"))


@pytest.mark.parametrize("under", [False, True], ids=["before_it_starts", "under_its_eyes"])
async def test_a_service_sends_nothing_of_a_restored_file_before_the_till_has_judged_it(
    home: Path, api: Process, shop: Shop, under: bool
) -> None:
    code = await code_for(api, shop)
    assert comptoir("enrol", code, "--url", api.url).returncode == 0
    store = opened(home, shop)
    sell(store, 1, 5)
    with service():
        until(lambda: store.ledger.unsent() == 0)
    store.close()
    shutil.copy(home / "data" / FILE, home / "backup.db")
    store = opened(home, shop)
    sell(store, 6, 20)
    count = store.ledger.head.number
    store.close()
    with service() as running:
        await all_held(shop, count)
        if not under:
            running.terminate()
            running.wait(LONG_S)
        put_back(home, home / "backup.db")
        if under:
            until(lambda: told(home).state is CourierState.UNOPENED)
    with service():
        until(lambda: told(home).state is CourierState.UNOPENED)
        assert comptoir("staff", "list").returncode == 0  # opens the till's file, as the till does
        store = opened(home, shop)
        assert store.ledger.place.epoch != "K1"
        sell(store, 101, 103)
        until(lambda: store.ledger.unsent() == 0)
        until(lambda: told(home).state is CourierState.CONNECTED)
    with reading(store.engine).connect() as connection:
        opened_for = connection.exec_driver_sql(
            "SELECT body FROM entry WHERE kind = 'epoch.opened'"
        ).scalars()
        assert [b'"reason":"marker_ahead"' in body for body in opened_for] == [True]
    assert store.centre.fork() is None  # nobody was told that the machine was copied
    store.close()
    assert len(await labels(shop)) == 20 + 3
    async with shop.centre.session(shop.store) as session:
        assert await conflicts.listed(session, shop.store) == []


async def all_held(shop: Shop, count: int) -> None:
    """Wait until the centre holds so many entries of the first epoch."""
    import asyncio

    async with asyncio.timeout(LONG_S):
        while len(await held(shop)) < count:
            await asyncio.sleep(0.05)
