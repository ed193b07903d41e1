"""The way to PostgreSQL: one server, or several among which the stores are spread.

A store's bucket is a number that never changes; a contiguous range of buckets lives on a server.
What belongs to no store is written to every server, so that a till needs its own store's only.
A transaction that PostgreSQL undid because another stood in its way is done again here
(`Centre.done`, `done_everywhere`) and nowhere else.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

BUCKETS = 4096
POOL_MOST = 10
_AWAY = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError)
"""What the driver says, below SQLAlchemy, when a connection is gone in the middle of a COPY."""

_COLLISIONS = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
TRIES = 5
"""How often a transaction is begun at most when others stand in its way (40001, 40P01)."""

FIRST_WAIT_S = 0.02
"""The longest wait before the second try; each next one may be twice as long."""

_MIGRATIONS = "sync.central:migrations"

T = TypeVar("T")

Sessions = tuple[AsyncSession, ...]
"""A session on each server, in the order of the buckets."""


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

    async def done(self, store: str, deed: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Do a deed in a session of its own on the server of a store, and return what it returns.

        A deed that PostgreSQL undid as a deadlock or for what ran beside it is done again from its
        beginning, `TRIES` times at most: it has no effect but its transaction, which it commits.
        """

        async def once() -> T:
            async with self.session(store) as session:
                return await deed(session)

        return await _again(once)

    async def done_everywhere(self, deed: Callable[[Sessions], Awaitable[T]]) -> T:
        """Do a deed in a session on each server, for what belongs to no store, as `done` does.

        What it wrote is committed here, on each server, when all of it is done.
        """

        async def once() -> T:
            async with self.everywhere() as sessions:
                found = await deed(sessions)
                for session in sessions:
                    await session.commit()
                return found

        return await _again(once)

    @asynccontextmanager
    async def everywhere(self) -> AsyncIterator[Sessions]:
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


async def _again(once: Callable[[], Awaitable[T]]) -> T:
    """Do something until no other transaction stands in its way, `TRIES` times at most."""
    for number in range(1, TRIES):
        try:
            return await once()
        except (DBAPIError, asyncpg.PostgresError) as error:
            if not is_collision(error):
                raise
        await asyncio.sleep(random.uniform(0, FIRST_WAIT_S * 2 ** (number - 1)))
    return await once()


def is_collision(error: BaseException) -> bool:
    """Tell whether PostgreSQL undid a transaction only because of another one.

    >>> is_collision(asyncpg.DeadlockDetectedError()), is_collision(asyncpg.DataError())
    (True, False)
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    return any(isinstance(one, _COLLISIONS) for one in (cause, getattr(cause, "__cause__", None)))


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
