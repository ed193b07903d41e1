"""What may be promised: on hand − reserved − what is held back while a store is not heard.

>>> from datetime import UTC
>>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
>>> sureness(noon - timedelta(minutes=45), OrderRules(spare_per_hour=2), noon)
Sureness(held_back=2000, is_sure=True)
>>> sureness(None, OrderRules(), noon).is_sure
False
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.shift import instant_text
from sync.central import reservations, stores
from sync.central.engine import Centre
from sync.central.orders.messages import Available
from sync.central.reservations import StockNow
from sync.central.settings import OrderRules
from sync.central.values import Unknown

SKUS_MOST = 50

_SHOPS = text(
    f"SELECT s.store_id, s.name, s.time_zone, s.price_zone, {stores.HEARD_AT}"
    " FROM store s WHERE s.store_id = ANY(:store_ids) ORDER BY s.store_id"
)
_LEVELS = text(
    "SELECT store_id, sku, on_hand, reserved FROM stock_level"
    " WHERE store_id = ANY(:store_ids) AND sku = ANY(:skus)"
)


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop where orders are collected; `heard_at` is when the till that was heard longest ago
    was heard (None: one that is let in never was).
    """

    store: str
    name: str
    time_zone: str
    price_zone: str
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sureness:
    """How sure the stock of a store is: what is held back of each article (thousandths), and
    whether an order may be promised at all before the store has said yes.
    """

    held_back: int
    is_sure: bool


def sureness(heard_at: datetime | None, rules: OrderRules, now: datetime) -> Sureness:
    """Return how sure the stock of a store is that was last heard at an instant."""
    most = rules.unheard_minutes
    minutes = most + 1 if heard_at is None else int((now - heard_at) / timedelta(minutes=1))
    held_back = reservations.spare(
        rules.spare * 1000, rules.spare_per_hour * 1000, min(most, minutes)
    )
    return Sureness(held_back, minutes <= most)


async def shop(session: AsyncSession, store: str) -> Shop:
    """Return a shop. Raises Unknown."""
    found = (await session.execute(_SHOPS, {"store_ids": [store]})).one_or_none()
    if found is None:
        raise Unknown(f"there is no store {store}")
    return Shop(*found)


async def availability(
    centre: Centre,
    skus: Sequence[str],
    rules: OrderRules,
    now: datetime,
    only: Sequence[str] | None = None,
) -> list[Available]:
    """Return what may be promised of some articles: in every store, or in `only` some.

    Every store is named for every article, by store and then as the articles were asked.
    """
    found: list[Available] = []
    async with centre.everywhere() as sessions:
        for session, names in zip(sessions, await stores.names(sessions), strict=True):
            chosen = [one for one in names if only is None or one in only]
            found += await _of(session, chosen, skus, rules, now)
    return sorted(found, key=lambda one: one.store)


async def _of(
    session: AsyncSession, names: list[str], skus: Sequence[str], rules: OrderRules, now: datetime
) -> list[Available]:
    rows = await session.execute(_LEVELS, {"store_ids": names, "skus": list(skus)})
    levels = {(store, sku): StockNow(*level) for store, sku, *level in rows}
    found = []
    for row in await session.execute(_SHOPS, {"store_ids": names}):
        here = Shop(*row)
        sure = sureness(here.heard_at, rules, now)
        for sku in skus:
            level = levels.get((here.store, sku), StockNow())
            found.append(
                Available(
                    store=here.store,
                    sku=sku,
                    available=reservations.promised(level, sure.held_back),
                    confirm=not sure.is_sure,
                    as_of=instant_text(here.heard_at) if here.heard_at else "",
                )
            )
    return found
