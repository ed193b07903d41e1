"""What the centre does by itself: it forgets what is too old, ends what has expired, tries again.

Every step is safe to do twice and at several processes at once; one that fails is told in the log
and done again at the next round.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from sync.central import access, feed, parked, reservations, stores
from sync.central.engine import Centre
from sync.central.log import fault

EVERY_S = 30
RETRY_ROUNDS = 120
"""Parked entries are tried again when the worker starts, and each hour."""

Step = Callable[[Centre, str, datetime], Awaitable[None]]
"""A step for one store, in its own transaction."""


async def work(centre: Centre, stop: asyncio.Event, also: Sequence[Step] = ()) -> None:
    """Go round every half minute until `stop` is set; at least once. Closes the databases.

    `also` are steps that need more than the databases (letters).
    """
    rounds = 0
    try:
        while True:
            await go_round(centre, (*STEPS, *also, *([] if rounds % RETRY_ROUNDS else [retry])))
            rounds += 1
            if stop.is_set():
                return
            try:
                async with asyncio.timeout(EVERY_S):
                    await stop.wait()
            except TimeoutError:
                continue
            return
    finally:
        await centre.close()


async def go_round(centre: Centre, steps: Sequence[Step]) -> None:
    """Do some steps for every store once."""
    now = datetime.now(UTC)
    try:
        names = [one.store for one in await stores.every(centre)]
    except Exception as error:  # noqa: BLE001  the next round may find the database again
        structlog.get_logger().warning("round", **fault(error))
        return
    for store in names:
        for step in steps:
            try:
                await step(centre, store, now)
            except Exception as error:  # noqa: BLE001  one store never stops another
                name = getattr(step, "__name__", "step")
                structlog.get_logger().warning(name, store=store, **fault(error))


async def forget(centre: Centre, store: str, now: datetime) -> None:
    """Forget used tokens, codes and cursors whose time is over."""

    async def deed(session: AsyncSession) -> None:
        await access.forget(session, store, now)
        await feed.forget(session, [store], now)
        await session.commit()

    await centre.done(store, deed)


async def expire(centre: Centre, store: str, now: datetime) -> None:
    """Let reservations go whose time is over."""
    orders = await centre.done(store, lambda session: reservations.expire(session, store, now))
    if orders:
        structlog.get_logger().info("expired", store=store, orders=len(orders))


async def retry(centre: Centre, store: str, now: datetime) -> None:
    """Try parked entries again."""
    count = await parked.retry(centre, store, now)
    if count:
        structlog.get_logger().info("understood", store=store, entries=count)


STEPS: tuple[Step, ...] = (forget, expire)
