"""Why versions come from a counter: many write, one reads, and the naive way loses rows."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import asyncpg

WRITERS, WRITES, THINGS = 6, 40, 5


@dataclass
class Seen:
    """What a reader got: every version, and each thing's values in the order they came."""

    versions: list[int] = field(default_factory=list)
    values: dict[str, list[int]] = field(default_factory=dict)


async def raced(
    url: str,
    write_one: Callable[[asyncpg.Connection, str, int], Awaitable[None]],
    read_after: Callable[[asyncpg.Connection, int], Awaitable[list[tuple[int, str, int]]]],
) -> Seen:
    """Let writers write values that grow, thing by thing, while one reader reads from its cursor.

    A writer bears a value that it took under the lock of the thing, and dawdles before it commits.
    """
    done = asyncio.Event()
    seen = Seen()

    async def writer(number: int) -> None:
        chance = random.Random(number)
        connection = await asyncpg.connect(url)
        for _ in range(WRITES):
            key = f"thing {chance.randrange(THINGS)}"
            async with connection.transaction():
                value = await connection.fetchval(
                    "UPDATE thing SET value = value + 1 WHERE key = $1 RETURNING value", key
                )
                await write_one(connection, key, value)
                await asyncio.sleep(chance.random() / 200)
        await connection.close()

    async def reader() -> None:
        connection = await asyncpg.connect(url)
        cursor, is_last = 0, False
        while not is_last:
            is_last = done.is_set()
            for version, key, value in await read_after(connection, cursor):
                cursor = max(cursor, version)
                seen.versions.append(version)
                seen.values.setdefault(key, []).append(value)
            await asyncio.sleep(0)
        await connection.close()

    setup = await asyncpg.connect(url)
    await setup.execute("CREATE TABLE thing (key text PRIMARY KEY, value int NOT NULL)")
    await setup.execute(
        "CREATE TABLE change (id bigserial PRIMARY KEY, v bigint, key text, value int)"
    )
    for number in range(THINGS):
        await setup.execute("INSERT INTO thing VALUES ($1, 0)", f"thing {number}")
    reading = asyncio.create_task(reader())
    await asyncio.gather(*(writer(number) for number in range(WRITERS)))
    done.set()
    await reading
    await setup.close()
    return seen


async def read_by(
    connection: asyncpg.Connection, column: str, after: int
) -> list[tuple[int, str, int]]:
    found = await connection.fetch(
        f"SELECT {column}, key, value FROM change WHERE {column} > $1 ORDER BY {column}", after
    )
    return [tuple(row) for row in found]


async def test_a_serial_number_as_cursor_loses_rows(url: str) -> None:
    """The naive way, kept as the proof that it is one: rows that commit late are never read."""

    async def write_one(connection: asyncpg.Connection, key: str, value: int) -> None:
        await connection.execute("INSERT INTO change (key, value) VALUES ($1, $2)", key, value)

    async def read_after(connection: asyncpg.Connection, after: int) -> list[tuple[int, str, int]]:
        return await read_by(connection, "id", after)

    seen = await raced(url, write_one, read_after)
    assert len(seen.versions) < WRITERS * WRITES


async def test_the_counter_of_a_scope_loses_and_swaps_nothing(url: str) -> None:
    async def write_one(connection: asyncpg.Connection, key: str, value: int) -> None:
        v = await connection.fetchval(
            "INSERT INTO feed_head AS h (store_id, scope, v, nonce) VALUES ('*', 'race', 1, '')"
            " ON CONFLICT (store_id, scope) DO UPDATE SET v = h.v + 1 RETURNING v"
        )
        await connection.execute(
            "INSERT INTO change (v, key, value) VALUES ($1, $2, $3)", v, key, value
        )

    async def read_after(connection: asyncpg.Connection, after: int) -> list[tuple[int, str, int]]:
        return await read_by(connection, "v", after)

    seen = await raced(url, write_one, read_after)
    assert seen.versions == list(range(1, WRITERS * WRITES + 1))
    assert all(values == sorted(values) for values in seen.values.values())
