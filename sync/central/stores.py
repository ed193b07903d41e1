"""The shops and tills of the company, as its office sets them up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from sync.central import feed
from sync.central.engine import Centre
from sync.central.values import TillId, Unknown, store_scope

_PUT = text(
    "INSERT INTO store (store_id, name, time_zone, price_zone, opened_at)"
    " VALUES (:store_id, :name, :time_zone, :price_zone, :now) ON CONFLICT (store_id)"
    " DO UPDATE SET name = :name, time_zone = :time_zone, price_zone = :price_zone"
)
_ALL = text(
    "SELECT store_id, name, time_zone, price_zone FROM store"
    " WHERE store_id = ANY(:store_ids) OR :all ORDER BY store_id"
)
_TILLS = text(
    "SELECT t.store_id, t.till_id, t.software, t.heard_at,"
    " (SELECT count(*) FROM till_key k WHERE k.store_id = t.store_id AND k.till_id = t.till_id"
    " AND k.is_trusted AND k.revoked_at IS NULL) AS keys,"
    " (SELECT coalesce(sum(h.number), 0) FROM till_head h"
    " WHERE h.store_id = t.store_id AND h.till_id = t.till_id) AS entries"
    " FROM till t WHERE t.store_id = ANY(:store_ids) ORDER BY t.store_id, t.till_id"
)


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """A shop: its name, its time zone (`Europe/Paris`) and its price zone (`FR`)."""

    store: str
    name: str
    time_zone: str
    price_zone: str


@dataclass(frozen=True, slots=True)
class TillFacts:
    """A till: its program, when it was last heard, its trusted keys, how many entries are held."""

    who: TillId
    software: str
    heard_at: datetime | None
    keys: int
    entries: int


async def put(centre: Centre, facts: StoreFacts, now: datetime) -> None:
    """Open a shop, or change what is known of it; its tills are told that there is news."""
    given: dict[str, Any] = {
        "store_id": facts.store,
        "name": facts.name,
        "time_zone": facts.time_zone,
        "price_zone": facts.price_zone,
        "now": now,
    }
    async with centre.session(facts.store) as session:
        await session.execute(_PUT, given)
        await feed.advance(session, facts.store, store_scope(facts.store), 1, now)
        await session.commit()


async def every(centre: Centre) -> list[StoreFacts]:
    """Return all shops, of all servers, in order."""
    found: list[StoreFacts] = []
    async with centre.everywhere() as sessions:
        for session in sessions:
            rows = await session.execute(_ALL, {"store_ids": [], "all": True})
            found += [StoreFacts(*row) for row in rows]
    return sorted(found, key=lambda one: one.store)


async def names(sessions: Sequence[AsyncSession]) -> list[list[str]]:
    """Return the names of the shops that each server holds."""
    found: list[list[str]] = []
    for session in sessions:
        rows = await session.execute(_ALL, {"store_ids": [], "all": True})
        found.append([row.store_id for row in rows])
    return found


async def tills(centre: Centre, stores: Sequence[str]) -> list[TillFacts]:
    """Return the tills of some shops, in order."""
    found: list[TillFacts] = []
    for store in stores:
        async with centre.session(store) as session:
            for row in await session.execute(_TILLS, {"store_ids": [store]}):
                who = TillId(row.store_id, row.till_id)
                found.append(TillFacts(who, row.software, row.heard_at, row.keys, row.entries))
    return found


async def known(centre: Centre, who: TillId) -> None:
    """Raise Unknown when the company has no such shop."""
    async with centre.session(who.store) as session:
        rows = await session.execute(_ALL, {"store_ids": [who.store], "all": False})
        if rows.first() is None:
            raise Unknown(f"there is no store {who.store}")
