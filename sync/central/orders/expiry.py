"""The centre's clock on orders: a reminder before the end, then the end. Safe to do twice.

An order that is ready and not collected expires and goes to To put back; so does one that the
store never prepared, whose goods are free again. One that is being handed over does not end
meanwhile; a hand-over of which nobody told the end for long holds nothing back any more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.order import MAY_CANCEL, OrderState
from pos.domain.shift import instant_text
from sync.central import claims
from sync.central.claims import Live
from sync.central.engine import Centre
from sync.central.orders import steps
from sync.central.orders.book import Book
from sync.central.orders.held import body_of
from sync.central.orders.placing import step_of
from sync.central.orders.steps import Step
from sync.central.settings import OrderRules

CLOCK = "centre"
"""Who took a step that the clock took."""

MOST = 100
"""How many orders of a store end in one transaction."""

_DUE = text(
    "SELECT order_id FROM customer_order WHERE store_id = :store_id AND state = ANY(:states)"
    " AND expires_at <= :until AND (:all OR reminded_at IS NULL)"
    " ORDER BY expires_at, order_id LIMIT :most"
)


@dataclass(frozen=True, slots=True)
class Ended:
    """Of a store: how many orders were ended, customers reminded, abandoned claims released."""

    expired: int
    reminded: int
    released: int = 0


async def expire(centre: Centre, store: str, rules: OrderRules, now: datetime) -> Ended:
    """End the orders of a store whose time is over, and remind who has little left; `MOST` each."""

    async def deed(session: AsyncSession) -> Ended:
        soon = now + timedelta(hours=rules.remind_hours)
        if not (
            await claims.abandoned(session, store, now)
            or await _over(session, store, now)
            or await _due(session, store, [OrderState.READY], soon, only_new=True)
        ):
            return Ended(0, 0)
        book = await Book.open(session, store, now)
        released = await _release(book)
        await book.read(await _due(session, store, sorted(MAY_CANCEL), now))
        over = await _over(session, store, now)
        near = await _due(session, store, [OrderState.READY], soon, only_new=True)
        near = [one for one in near if one not in over]
        await book.read(near)
        for name in over:
            book.take(step_of(book.held[name], steps.EXPIRED, CLOCK, {}, now))
        for name in near:
            book.remind(name)
        await book.write()
        await session.commit()
        return Ended(len(over), len(near), released)

    return await centre.done(store, deed)


async def _release(book: Book) -> int:
    """Give up the claims of hand-overs of which nobody told the end; return how many."""
    found = await claims.abandoned(book.session, book.store, book.now)
    await book.read(one.order for one in found)
    for one in found:
        await claims.free(book.session, book.store, one.key, one.claim)
        book.take(_released(one, book.now))
    return len(found)


def _released(one: Live, now: datetime) -> Step:
    identity = hashlib.sha256(f"{one.order}/{steps.RELEASED}/{one.claim}".encode()).digest()
    body = body_of({"claim": one.claim, "visit": one.visit})
    return Step(identity, one.order, steps.RELEASED, CLOCK, instant_text(now), "", body, now)


async def _over(session: AsyncSession, store: str, now: datetime) -> list[str]:
    """Return the orders whose time is over, but for those that are being handed over."""
    found = await _due(session, store, sorted(MAY_CANCEL), now)
    live = await claims.held_back(session, store, found)
    return [one for one in found if one not in live]


async def _due(
    session: AsyncSession,
    store: str,
    states: list[OrderState],
    until: datetime,
    *,
    only_new: bool = False,
) -> list[str]:
    """Return the orders that end by an instant; `only_new`: of which nobody was reminded yet."""
    asked = {"store_id": store, "states": [one.value for one in states], "until": until}
    found = await session.execute(_DUE, {**asked, "all": not only_new, "most": MOST})
    return list(found.scalars())
