"""Reservations: goods that a store keeps for orders, and what may still be promised.

Of each line, what is kept is what is still to be picked. Promises are made under the lock of the
store's counter, which every change of its levels takes, with all lines of an order for one article
summed: two orders never get the same piece.

>>> promised(StockNow(on_hand=5_000, reserved=1_000), spare=1_000)
3000
>>> spare(base=1_000, sold_per_hour=2_000, unheard_minutes=45)
3000
>>> kept_by_sku({1: ("BAG", 2_000), 2: ("BAG", 1_000)})
Counter({'BAG': 3000})
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

Kept = Mapping[int, tuple[str, int]]
"""What is kept of each line of an order: the article, and how much (thousandths)."""

_LEVELS = text(
    "SELECT sku, on_hand, reserved FROM stock_level WHERE store_id = :store_id AND sku = ANY(:skus)"
)
_PUT = text(
    "INSERT INTO reservation (store_id, order_id, line, sku, quantity)"
    " VALUES (:store_id, :order, :line, :sku, :quantity) ON CONFLICT (store_id, order_id, line)"
    " DO UPDATE SET sku = excluded.sku, quantity = excluded.quantity"
)
_DROP = text(
    "DELETE FROM reservation"
    " WHERE store_id = :store_id AND order_id = :order AND line = ANY(:lines)"
)


@dataclass(frozen=True, slots=True)
class StockNow:
    """What a store has of an article, in thousandths."""

    on_hand: int = 0
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class Short:
    """An article of which less may be promised than was wanted, in thousandths."""

    sku: str
    wanted: int
    available: int


def promised(level: StockNow, spare: int = 0) -> int:
    """Return how much more may be promised: on hand − reserved − what is held back."""
    return max(0, level.on_hand - level.reserved - spare)


def spare(base: int, sold_per_hour: int, unheard_minutes: int) -> int:
    """Return what is held back of an article, in thousandths: whole pieces, rounded up.

    It grows with what the store may have sold since its tills were last heard.
    """
    sold = -(-sold_per_hour * max(0, unheard_minutes) // 60)
    return base + -(-sold // 1000) * 1000


def kept_by_sku(kept: Kept) -> Counter[str]:
    """Return what is kept of each article."""
    sums: Counter[str] = Counter()
    for sku, quantity in kept.values():
        sums[sku] += quantity
    return sums


async def shorts(
    session: AsyncSession, store: str, more: Mapping[str, int], held_back: int = 0
) -> list[Short]:
    """Return the articles of which so much more may not be promised.

    The session holds the lock of the store's counter, until what is promised is kept.
    """
    levels = await levels_of(session, store, more)
    found = [
        Short(sku, quantity, promised(levels.get(sku, StockNow()), held_back))
        for sku, quantity in sorted(more.items())
        if quantity > 0
    ]
    return [one for one in found if one.available < one.wanted]


async def keep(session: AsyncSession, store: str, order: str, before: Kept, after: Kept) -> None:
    """Keep for the lines of an order what is to be kept now; the levels change elsewhere."""
    asked = {"store_id": store, "order": order}
    gone = [n for n in before if n not in after]
    if gone:
        await session.execute(_DROP, {**asked, "lines": gone})
    rows = [
        {**asked, "line": n, "sku": sku, "quantity": quantity}
        for n, (sku, quantity) in after.items()
        if before.get(n) != (sku, quantity)
    ]
    if rows:
        await session.execute(_PUT, rows)


async def levels_of(
    session: AsyncSession, store: str, skus: Collection[str]
) -> dict[str, StockNow]:
    """Return what a store has of some articles; one that it never had is missing."""
    found = await session.execute(_LEVELS, {"store_id": store, "skus": list(skus)})
    return {sku: StockNow(on_hand, reserved) for sku, on_hand, reserved in found}
