"""The centre's clock on orders: a reminder before the end, then the end. Safe to do twice.

An order that is ready and not collected expires and goes to To put back; so does one that the
store never prepared, whose goods are free again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.order import MAY_CANCEL, OrderState
from sync.central.engine import Centre
from sync.central.orders import steps
from sync.central.orders.book import Book
from sync.central.orders.placing import step_of
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
    """How many orders of a store were ended, and how many customers reminded."""

    expired: int
    reminded: int


async def expire(centre: Centre, store: str, rules: OrderRules, now: datetime) -> Ended:
    """End the orders of a store whose time is over, and remind who has little left; `MOST` each."""
    may_end = sorted(MAY_CANCEL)

    async def deed(session: AsyncSession) -> Ended:
        soon = now + timedelta(hours=rules.remind_hours)
        if not await _due(session, store, may_end, now) and not await _due(
            session, store, [OrderState.READY], soon, only_new=True
        ):
            return Ended(0, 0)
        book = await Book.open(session, store, now)
        over = await _due(session, store, may_end, now)
        near = await _due(session, store, [OrderState.READY], soon, only_new=True)
        near = [one for one in near if one not in over]
        await book.read([*over, *near])
        for name in over:
            book.take(step_of(book.held[name], steps.EXPIRED, CLOCK, {}, now))
        for name in near:
            book.remind(name)
        await book.write()
        await session.commit()
        return Ended(len(over), len(near))

    return await centre.done(store, deed)


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
