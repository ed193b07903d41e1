"""Prices of a zone: each article's prices by the instant from which they hold, sent ahead of time.

The row of an article is all its prices: `{"prices": [[since, amount], …]}`, `since` in seconds
since 1970 (0: always), in order. Every till switches at that instant by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.money import AMOUNT_MAX
from sync.central import feed, stores
from sync.central.dated import with_one
from sync.central.engine import Centre, Sessions
from sync.central.values import CATALOGUE, COMPANY, CentreRefusal, Unknown, prices_scope

Dated = tuple[int, int]
"""From when (seconds since 1970), and how much (minor units)."""

PRICES_MOST = 100
"""The most prices of an article that lie ahead."""

_BEGUN = text(
    "SELECT substr(scope, length(:prices) + 1) FROM feed_head"
    " WHERE store_id = :store_id AND starts_with(scope, :prices)"
)
_PRICED = {"store_id": COMPANY, "prices": prices_scope("")}


async def put(
    centre: Centre, zone: str, sku: str, amount: int, valid_from: datetime, now: datetime
) -> None:
    """Let an article cost `amount` in a zone from an instant on; commits.

    Raises Unknown for an article that is not in the catalogue, CentreRefusal (`bad_price`) for an
    amount out of range or too many prices ahead, (`no_zone`) as `check_zone` does.
    """
    if not 0 <= amount <= AMOUNT_MAX:
        raise CentreRefusal("bad_price", f"a price is from 0 to {AMOUNT_MAX}, not {amount}")
    await check_zone(centre, zone)
    scope, at = prices_scope(zone), (int(valid_from.timestamp()), int(now.timestamp()))

    async def deed(sessions: Sessions) -> None:
        for session in sessions:
            before = await feed.advance(session, COMPANY, scope, 1, now)
            if sku not in await feed.current(session, COMPANY, CATALOGUE, "article", [sku]):
                raise Unknown(f"the catalogue has no article {sku}")
            held = (await held_in(session, zone, [sku])).get(sku, [])
            dated = with_one(held, amount, since=at[0], now=at[1])
            if len(dated) > PRICES_MOST:
                raise CentreRefusal("bad_price", f"{sku} has {len(held)} prices ahead already")
            await feed.put(session, COMPANY, scope, things({sku: dated}), before)

    await centre.done_everywhere(deed)


async def check_zone(centre: Centre, zone: str) -> None:
    """Raise CentreRefusal (`no_zone`) for a price zone that no store has and nothing was told in.

    A zone is begun by a file, ahead of the shop that changes to it.
    """
    zones = {one.price_zone for one in await stores.every(centre)}
    if zone in zones:
        return
    async with centre.everywhere() as sessions:
        zones |= set((await sessions[0].execute(_BEGUN, _PRICED)).scalars())
    if zone not in zones:
        known = ", ".join(sorted(zones)) or "none"
        raise CentreRefusal("no_zone", f"no store has the price zone {zone}; there is {known}")


async def held_in(session: AsyncSession, zone: str, skus: Sequence[str]) -> dict[str, list[Dated]]:
    """Return the prices of some articles in a zone."""
    found = await feed.current(session, COMPANY, prices_scope(zone), "price", skus)
    return {
        sku: [(int(since), int(amount)) for since, amount in fields["prices"]]
        for sku, fields in found.items()
    }


def things(priced: Mapping[str, Iterable[Dated]]) -> feed.Things:
    """Return prices as rows of the feed."""
    return {
        ("price", sku): {"prices": [list(one) for one in dated]} for sku, dated in priced.items()
    }
