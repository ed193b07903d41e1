"""What the centre does by itself: it forgets what is too old, ends what has expired, tries again,
and tells customers and channels what happened.

Every step is safe to do twice and at several processes at once; one that fails is told in the log
and done again at the next round.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from sync.central import access, feed, parked, stores
from sync.central.engine import Centre
from sync.central.log import fault
from sync.central.orders import erasure, expiry, idempotency, webhooks
from sync.central.orders.expiry import Ended
from sync.central.settings import OrderRules

EVERY_S = 30
SOON_S = 1
STORES_AT_ONCE = 16
"""For how many stores a step that tells the world is at work at once."""

RETRY_ROUNDS = 120
"""Parked entries are tried again when the worker starts, and each hour."""

Step = Callable[[Centre, str, datetime], Awaitable[None]]
"""A step for one store, in its own transaction."""


@dataclass(frozen=True, slots=True)
class Duties:
    """What is done for every store: each half minute, each hour, and each second."""

    often: tuple[Step, ...]
    hourly: tuple[Step, ...] = ()
    soon: tuple[Step, ...] = ()


def duties(rules: OrderRules, soon: tuple[Step, ...] = ()) -> Duties:
    """Return what a centre with these rules does; `soon` is what more it tells the world."""

    async def expire(centre: Centre, store: str, now: datetime) -> None:
        ended = await expiry.expire(centre, store, rules, now)
        if ended != Ended(0, 0):
            structlog.get_logger().info("orders", store=store, **asdict(ended))

    async def erase(centre: Centre, store: str, now: datetime) -> None:
        count = await erasure.erase(centre, store, rules, now)
        if count:
            structlog.get_logger().info("erased", store=store, orders=count)

    return Duties((forget, expire, attend), (retry, forget_told, erase), (webhooks.deliver, *soon))


async def work(centre: Centre, stop: asyncio.Event, duties: Duties) -> None:
    """Do the duties until `stop` is set; each at least once. Closes the databases."""
    try:
        soon = [_soon(centre, stop, step) for step in duties.soon]
        await asyncio.gather(_often(centre, stop, duties), *soon)
    finally:
        await centre.close()


async def _often(centre: Centre, stop: asyncio.Event, duties: Duties) -> None:
    rounds = 0
    while True:
        hourly = () if rounds % RETRY_ROUNDS else duties.hourly
        await go_round(centre, (*duties.often, *hourly))
        rounds += 1
        if await _is_over(stop, EVERY_S):
            return


async def _soon(centre: Centre, stop: asyncio.Event, step: Step) -> None:
    """Do one step each second: who answers slowly holds up neither other steps nor many stores."""
    while True:
        await go_round(centre, (step,), at_once=STORES_AT_ONCE)
        if await _is_over(stop, SOON_S):
            return


async def _is_over(stop: asyncio.Event, wait_s: float) -> bool:
    """Wait, and tell whether it is time to stop."""
    try:
        async with asyncio.timeout(wait_s):
            await stop.wait()
    except TimeoutError:
        return False
    return True


async def go_round(centre: Centre, steps: Sequence[Step], *, at_once: int = 1) -> None:
    """Do some steps for every store once, for so many stores at once."""
    now = datetime.now(UTC)
    try:
        names = [one.store for one in await stores.every(centre)]
    except Exception as error:  # noqa: BLE001  the next round may find the database again
        structlog.get_logger().warning("round", **fault(error))
        return
    free = asyncio.Semaphore(at_once)

    async def take_care_of(store: str) -> None:
        async with free:
            for step in steps:
                try:
                    await step(centre, store, now)
                except Exception as error:  # noqa: BLE001  one store never stops another
                    structlog.get_logger().warning(step.__name__, store=store, **fault(error))

    await asyncio.gather(*map(take_care_of, names))


async def forget(centre: Centre, store: str, now: datetime) -> None:
    """Forget used tokens, codes and cursors whose time is over."""

    async def deed(session: AsyncSession) -> None:
        await access.forget(session, store, now)
        await feed.forget(session, [store], now)
        await session.commit()

    await centre.done(store, deed)


async def attend(centre: Centre, store: str, now: datetime) -> None:
    """Note that a worker was here, so that `doctor` sees when none is."""

    async def deed(session: AsyncSession) -> None:
        await stores.attended(session, store, now)
        await session.commit()

    await centre.done(store, deed)


async def forget_told(centre: Centre, store: str, now: datetime) -> None:
    """Forget what channels asked and were told long ago."""
    await idempotency.forget(centre, now)
    await webhooks.forget(centre, store, now)


async def retry(centre: Centre, store: str, now: datetime) -> None:
    """Try parked entries again."""
    count = await parked.retry(centre, store, now)
    if count:
        structlog.get_logger().info("understood", store=store, entries=count)
