"""Promotions of a price zone: rules with instants, sent ahead of time with the zone's prices.

A row is the whole promotion (`pos.domain.feed.PromotionFields`); every till switches it on and off
by its own clock. One that ended is forgotten some days after, not at its end: a till that is
behind may still play a sale of then.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.feed import PromotionFields
from sync.central import feed, prices
from sync.central.engine import Centre, Sessions
from sync.central.values import CATALOGUE, COMPANY, CentreRefusal, Unknown, prices_scope

PROMOTIONS_MOST = 500
"""The most promotions of a zone, those to come among them."""

KEPT = timedelta(days=3)
"""How long an ended promotion stays in the feed."""


async def put(
    centre: Centre, zone: str, promotions: Mapping[str, PromotionFields], now: datetime
) -> None:
    """Let a zone have promotions by key, new ones or in the place of those there; commits.

    All of them or none. Raises Unknown for an article that is not in the catalogue, CentreRefusal
    (`bad_promotion`) for a rule that takes nothing off, ends before it begins, or is one too many,
    (`no_zone`) as `prices.check_zone` does.
    """
    await prices.check_zone(centre, zone)
    for key, one in promotions.items():
        _check(key, one)
    skus = sorted({sku for one in promotions.values() for sku in one.articles})
    scope = prices_scope(zone)

    async def deed(sessions: Sessions) -> None:
        for session in sessions:
            known = await feed.current(session, COMPANY, CATALOGUE, "article", skus)
            missing = set(skus) - known.keys()
            if missing:
                raise Unknown(f"the catalogue has no article {min(missing)}")
            before = await feed.advance(session, COMPANY, scope, len(promotions), now)
            held = await held_in(session, zone)
            if len(held.keys() | promotions.keys()) > PROMOTIONS_MOST:
                raise CentreRefusal(
                    "bad_promotion", f"{zone} may have {PROMOTIONS_MOST} promotions at once"
                )
            things: feed.Things = {
                ("promotion", key): one.fields() for key, one in promotions.items()
            }
            await feed.put(session, COMPANY, scope, things, before)

    await centre.done_everywhere(deed)
    await _forget_ended(centre, zone, now)


async def end(centre: Centre, zone: str, key: str, now: datetime) -> None:
    """Let a promotion hold no more from now on; one that has not begun never will. Commits.

    Raises Unknown, CentreRefusal (`no_zone`).
    """
    await prices.check_zone(centre, zone)

    async def deed(sessions: Sessions) -> None:
        for session in sessions:
            before = await feed.advance(session, COMPANY, prices_scope(zone), 1, now)
            one = (await held_in(session, zone)).get(key)
            if one is None:
                raise Unknown(f"{zone} has no promotion {key}")
            at = int(now.timestamp())
            ended = None if one.since >= at else one.model_copy(update={"until": at}).fields()
            await feed.put(
                session, COMPANY, prices_scope(zone), {("promotion", key): ended}, before
            )

    await centre.done_everywhere(deed)


async def held_in(session: AsyncSession, zone: str) -> dict[str, PromotionFields]:
    """Return the promotions of a zone, by key."""
    found = await feed.current(session, COMPANY, prices_scope(zone), "promotion")
    return {key: PromotionFields.model_validate(fields) for key, fields in found.items()}


async def _forget_ended(centre: Centre, zone: str, now: datetime) -> None:
    last = int((now - KEPT).timestamp())

    async def deed(sessions: Sessions) -> None:
        for session in sessions:
            held = await held_in(session, zone)
            gone: feed.Things = {
                ("promotion", key): None for key, one in held.items() if 0 < one.until < last
            }
            await feed.publish(session, COMPANY, prices_scope(zone), gone, now)

    await centre.done_everywhere(deed)


def _check(key: str, one: PromotionFields) -> None:
    if one.price is None and not one.percent:
        raise CentreRefusal("bad_promotion", f"{key} takes nothing off: give a share or a price")
    if one.price is not None and one.percent:
        raise CentreRefusal("bad_promotion", f"{key} has a share and a price: give one of them")
    if one.until and one.until <= one.since:
        raise CentreRefusal("bad_promotion", f"{key} ends before it begins")
