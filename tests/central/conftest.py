"""A real PostgreSQL for the suite, and a database of its own for each test."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import asyncpg
import pytest
import structlog
from sqlalchemy import Engine, event

from sync.central import embedded
from sync.central.embedded import DATABASE, Embedded
from sync.central.engine import Centre
from tests.central import guard
from tests.central.desks import Desks, opened
from tests.central.serving import Process, Shop, make_centre, open_shop, process
from tests.central.tills import open_store

FAST = ("fsync=off", "max_connections=60", "deadlock_timeout=50ms")


SERVERS = int(os.environ.get("COMPTOIR_CENTRE_SERVERS", "1"))
"""Over how many databases the suite spreads its stores."""


@dataclass
class Databases:
    """Databases with the centre's tables, on one server."""

    server: Embedded
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def new(self, of: str = "") -> str:
        """Make a database, empty or a copy of another (its URL), and return its URL."""
        name = f"shop_{next(self.numbers)}"
        like = of.partition("@/")[2].partition("?")[0] or DATABASE
        admin = await asyncpg.connect(self.server.url_of("postgres"))
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        await admin.close()
        return self.server.url_of(name)


async def _migrate(url: str) -> None:
    centre = Centre.of([url])
    await centre.migrate()
    await centre.close()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The server of the whole run; nothing is kept, so it need not reach the disk."""
    server = embedded.start(tmp_path_factory.mktemp("postgres"), FAST)
    try:
        asyncio.run(_migrate(server.url))
        yield Databases(server)
    finally:
        server.stop()


@pytest.fixture(autouse=True)
def guarded() -> Iterator[None]:
    """Let no statement pass that does not say of which store."""
    event.listen(Engine, "before_cursor_execute", guard.hook)
    yield
    event.remove(Engine, "before_cursor_execute", guard.hook)


@pytest.fixture(autouse=True)
def unlogged() -> Iterator[None]:
    """Leave no test the error output that a command logged to in the test before."""
    yield
    structlog.reset_defaults()


@pytest.fixture
async def url(databases: Databases) -> str:
    """The URL of a fresh database with the centre's tables."""
    return await databases.new()


@pytest.fixture
async def centre(databases: Databases, url: str) -> AsyncIterator[Centre]:
    """A centre with the stores S001 and S002 on a fresh database, or spread over `SERVERS`."""
    centre = Centre.of([url, *[await databases.new() for _ in range(SERVERS - 1)]])
    for store in ("S001", "S002"):
        await open_store(centre, store)
    yield centre
    await centre.close()


@pytest.fixture(scope="session")
def api(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """One process of the centre for all tests that need no more; its folder and database too."""
    folder = tmp_path_factory.mktemp("api")
    make_centre(folder, asyncio.run(databases.new()))
    with process(folder, COMPTOIR_CENTRE_LIMITS='{"enrolments_burst": 1000}') as running:
        yield running


@pytest.fixture
async def shop(api: Process) -> AsyncIterator[Shop]:
    """A store of its own at the running process."""
    centre = Centre.of([api.database])
    yield await open_shop(centre, api.url)
    await centre.close()


@pytest.fixture
async def desks(api: Process, shop: Shop, tmp_path: Path) -> AsyncIterator[Desks]:
    """Two tills at work in a shop that has bread."""
    async with opened(api, shop, tmp_path) as found:
        yield found
