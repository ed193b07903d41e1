"""The shops and tills of the company, as its office sets them up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, text
from sqlalchemy.ext.asyncio import AsyncSession

from sync.central import access, feed
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
HEARD_AT = """
(SELECT CASE WHEN bool_and(t.at IS NOT NULL) THEN min(t.at) END FROM (
    SELECT greatest(t.heard_at, (SELECT max(h.pushed_at) FROM till_head h
        WHERE h.store_id = t.store_id AND h.till_id = t.till_id)) AS at
    FROM till t WHERE t.store_id = s.store_id AND t.closed_at IS NULL AND EXISTS (
        SELECT 1 FROM till_key k WHERE k.store_id = t.store_id AND k.till_id = t.till_id
        AND k.is_trusted AND k.revoked_at IS NULL)
) t) AS heard_at
"""
"""When the till of the store `s` that was heard longest ago was heard, of those that are let in.

Nothing while one of them was never heard. One that is closed or revoked is waited for no more.
"""

_CLOSE = text(
    "UPDATE till SET closed_at = :now WHERE store_id = :store AND till_id = :till"
    " AND closed_at IS NULL"
)
_WORKED = text("UPDATE store SET worked_at = :now WHERE store_id = :store_id")
_UNATTENDED = text(
    "SELECT store_id FROM store WHERE (store_id = ANY(:store_ids) OR :all)"
    " AND (worked_at IS NULL OR worked_at < :since) ORDER BY store_id"
)
_TILLS = text(
    "SELECT t.store_id, t.till_id, t.software, t.heard_at, t.closed_at,"
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
    closed_at: datetime | None = None


async def put(centre: Centre, facts: StoreFacts, now: datetime) -> None:
    """Open a shop, or change what is known of it; its tills are told that there is news."""
    given: dict[str, Any] = {
        "store_id": facts.store,
        "name": facts.name,
        "time_zone": facts.time_zone,
        "price_zone": facts.price_zone,
        "now": now,
    }

    async def deed(session: AsyncSession) -> None:
        await session.execute(_PUT, given)
        await feed.advance(session, facts.store, store_scope(facts.store), 1, now)
        await session.commit()

    await centre.done(facts.store, deed)


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


async def attended(session: AsyncSession, store: str, now: datetime) -> None:
    """Note that the worker was with a store; the caller commits."""
    await session.execute(_WORKED, {"store_id": store, "now": now})


async def unattended(centre: Centre, since: datetime) -> list[str]:
    """Return the stores where no worker was since then."""
    found: list[str] = []
    async with centre.everywhere() as sessions:
        for session in sessions:
            asked = {"store_ids": [], "all": True, "since": since}
            found += [row.store_id for row in await session.execute(_UNATTENDED, asked)]
    return sorted(found)


async def tills(centre: Centre, stores: Sequence[str]) -> list[TillFacts]:
    """Return the tills of some shops, in order."""
    found: list[TillFacts] = []
    for store in stores:
        async with centre.session(store) as session:
            for row in await session.execute(_TILLS, {"store_ids": [store]}):
                who = TillId(row.store_id, row.till_id)
                found.append(
                    TillFacts(who, row.software, row.heard_at, row.keys, row.entries, row.closed_at)
                )
    return found


async def known(centre: Centre, who: TillId) -> None:
    """Raise Unknown when the company has no such shop."""
    async with centre.session(who.store) as session:
        rows = await session.execute(_ALL, {"store_ids": [who.store], "all": False})
        if rows.first() is None:
            raise Unknown(f"there is no store {who.store}")


async def close_till(session: AsyncSession, who: TillId, now: datetime) -> None:
    """Let a till go for good: no key or code of it is good, and nobody waits for it; commit.

    What it wrote stays. A code made later opens it again. Raises Unknown for one that is not open.
    """
    asked = {"store": who.store, "till": who.till, "now": now}
    done = await session.execute(_CLOSE, asked)
    assert isinstance(done, CursorResult)
    if done.rowcount != 1:
        raise Unknown(f"no till {who} is open")
    await access.drop_codes(session, who)
    await access.revoke(session, who, now)
    await session.commit()
