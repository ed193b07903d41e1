"""New passes for orders that are ready, when the key of theirs was withdrawn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.order import OrderState
from sync.central.engine import Centre
from sync.central.orders.book import Book
from sync.central.pass_keys import Ring

AT_ONCE = 200
_READY = text(
    "SELECT order_id, made_at FROM customer_order WHERE store_id = :store_id AND state = :state"
    " AND order_id > :after ORDER BY order_id LIMIT :most"
)


async def say_passes_again(
    centre: Centre, store: str, keys: Ring, number: int, now: datetime
) -> int:
    """Write again to whoever may hold a ready order's pass of that key; return how many."""
    count, after = 0, ""

    async def deed(session: AsyncSession) -> tuple[int, str]:
        asked = {"store_id": store, "state": OrderState.READY, "after": after, "most": AT_ONCE}
        found = (await session.execute(_READY, asked)).all()
        book = await Book.open(session, store, now)
        ready = [one.order_id for one in found if keys.may_have_signed(number, one.made_at)]
        await book.read(ready)
        told = [one for one in ready if book.held[one].email]
        for one in told:
            book.say_again(one)
        await book.write()
        await session.commit()
        return len(told), found[-1].order_id if found else ""

    while True:
        more, after = await centre.done(store, deed)
        count += more
        if not after:
            return count
