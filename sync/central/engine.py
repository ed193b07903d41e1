"""The way to PostgreSQL: one server, or several among which the stores are spread.

A store's bucket is a number that never changes; a contiguous range of buckets lives on a server.
What belongs to no store is written to every server, so that a till needs its own store's only.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

BUCKETS = 4096
POOL_MOST = 10
_AWAY = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError)
"""What the driver says, below SQLAlchemy, when a connection is gone in the middle of a COPY."""

_MIGRATIONS = "sync.central:migrations"


def bucket(store: str) -> int:
    """Return the bucket of a store, 0 to 4095.

    >>> bucket("S001"), bucket("S002")
    (1804, 2223)
    """
    return int.from_bytes(hashlib.sha256(store.encode()).digest()[:4], "big") % BUCKETS


@dataclass(frozen=True, slots=True)
class Centre:
    """The servers, in the order of the buckets they hold."""

    engines: tuple[AsyncEngine, ...]

    @classmethod
    def of(cls, urls: Sequence[str], pool: int = POOL_MOST) -> Centre:
        """Return the centre on these servers (`postgresql://…`); nothing is connected yet."""
        return cls(tuple(_engine(url, pool) for url in urls))

    def engine(self, store: str) -> AsyncEngine:
        """Return the server that holds a store."""
        return self.engines[bucket(store) * len(self.engines) // BUCKETS]

    @asynccontextmanager
    async def session(self, store: str) -> AsyncIterator[AsyncSession]:
        """Give a session on the server of a store; what is not committed is undone at the end."""
        async with AsyncSession(self.engine(store), expire_on_commit=False) as session:
            try:
                yield session
            except _AWAY:
                await session.invalidate()
                raise

    @asynccontextmanager
    async def everywhere(self) -> AsyncIterator[tuple[AsyncSession, ...]]:
        """Give a session on each server, for what belongs to no store."""
        sessions = tuple(AsyncSession(one, expire_on_commit=False) for one in self.engines)
        try:
            yield sessions
        finally:
            for session in sessions:
                await session.close()

    async def migrate(self) -> None:
        """Bring every server's tables forward to this program's; repeated, it changes nothing."""
        for engine in self.engines:
            async with engine.begin() as connection:
                await connection.run_sync(_upgrade)

    async def close(self) -> None:
        """Close every connection."""
        for engine in self.engines:
            await engine.dispose()


async def driver(session: AsyncSession) -> Any:
    """Return the asyncpg connection of a session whose transaction has begun, for COPY."""
    raw = await (await session.connection()).get_raw_connection()
    return raw.driver_connection


def _engine(url: str, pool: int) -> AsyncEngine:
    name = url.replace("postgres://", "postgresql://", 1).replace(
        "postgresql://", "postgresql+asyncpg://", 1
    )
    return create_async_engine(name, pool_size=pool, max_overflow=0)


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", _MIGRATIONS)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
