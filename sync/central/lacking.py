"""What a restored centre lacks and no till can send again: entries that were purged to archives.

The till says so with its pulls (`Pull.lacking`); here it becomes an item of the inbox, and the
doctor tells which archives to import until all of it is there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.journal.entry import Place
from sync.central import conflicts
from sync.central.conflicts import Found
from sync.central.values import TillId

_HELD = text(
    "SELECT coalesce(max(number), 0) FROM till_head"
    " WHERE store_id = :store_id AND till_id = :till_id AND epoch = :epoch"
)
_STATE = text("SELECT settled_at IS NULL FROM conflict WHERE store_id = :store_id AND name = :name")
_REOPEN = text(
    "UPDATE conflict SET settled_at = NULL, settled_by = NULL, note = NULL"
    " WHERE store_id = :store_id AND name = :name"
)
_LAST_AT = text(
    "SELECT coalesce(max(at), '') FROM journal WHERE store_id = :store_id AND till_id = :till_id"
    " AND epoch = :epoch"
)
_LAST_BEFORE = text(
    "SELECT coalesce(max(at), '') FROM journal WHERE store_id = :store_id AND till_id = :till_id"
    " AND (:before = '' OR at < :before)"
)
_OPENED = text(
    "SELECT at, body FROM journal WHERE store_id = :store_id AND till_id = :till_id"
    " AND kind = 'epoch.opened'"
)
_OPEN_ITEMS = text(
    "SELECT c.till_id, c.epoch, c.name, c.evidence, coalesce(h.number, 0) AS held"
    " FROM conflict c LEFT JOIN till_head h ON h.store_id = c.store_id AND h.till_id = c.till_id"
    " AND h.epoch = c.epoch WHERE c.store_id = :store_id AND c.slug = 'lacking'"
    " AND c.settled_at IS NULL ORDER BY c.till_id, c.happened_at, c.name"
)


@dataclass(frozen=True, slots=True)
class Lack:
    """Entries of an epoch that only archives have: those after `held`, up to `last`.

    `since` is the instant of the newest entry before them (text; "" for none): archives that were
    written after it hold them.
    """

    till: str
    epoch: str
    held: int
    last: int
    since: str
    name: str


async def note(
    session: AsyncSession, who: TillId, lacking: Mapping[str, int], now: datetime
) -> None:
    """Put what a till says is lacking (last numbers by epoch) into the inbox, once; commit."""
    whose = {"store_id": who.store, "till_id": who.till}
    for epoch, last in lacking.items():
        held = int((await session.execute(_HELD, {**whose, "epoch": epoch})).scalar_one())
        named = {"store_id": who.store, "name": f"lacking:{who.till}-{epoch}/{last:06d}"}
        is_open = (await session.execute(_STATE, named)).scalar_one_or_none()
        if held >= last or is_open:
            continue
        if is_open is None:
            since = await _since(session, whose, epoch)
            await conflicts.note(session, [_found(who, epoch, (held, last), since)], now)
        else:
            await session.execute(_REOPEN, named)
    await session.commit()


async def listed(session: AsyncSession, store: str) -> list[Lack]:
    """Return what is lacking in a store still."""
    return [one for one in await _items(session, store) if one.held < one.last]


async def settle(session: AsyncSession, who: TillId, now: datetime) -> None:
    """Settle what a till's archives brought back; commit."""
    for one in await _items(session, who.store):
        if one.till == who.till and one.held >= one.last:
            why = "brought back by archives"
            await conflicts.settle(session, who.store, one.name, by="centre", note=why, now=now)
    await session.commit()


async def _items(session: AsyncSession, store: str) -> list[Lack]:
    found: list[Lack] = []
    for row in await session.execute(_OPEN_ITEMS, {"store_id": store}):
        told = json.loads(row.evidence)
        found.append(Lack(row.till_id, row.epoch, row.held, told["last"], told["since"], row.name))
    return found


def _found(who: TillId, epoch: str, span: tuple[int, int], since: str) -> Found:
    held, last = span
    which = f"since {since[:10]}" if since else "that there are"
    why = (
        f"entries {held + 1} to {last} were purged at the till and are not here: import all its"
        f" archives {which}"
    )
    place = Place(who.store, who.till, epoch)
    evidence: dict[str, Any] = {"held": held, "last": last, "since": since}
    name = f"lacking:{who.till}-{epoch}/{last:06d}"
    return Found(name, "lacking", place, held + 1, why, evidence)


async def _since(session: AsyncSession, whose: Mapping[str, str], epoch: str) -> str:
    """Return the instant of the newest entry that is held from before what is lacking."""
    own = str((await session.execute(_LAST_AT, {**whose, "epoch": epoch})).scalar_one())
    if own:
        return own
    opened = await session.execute(_OPENED, whose)
    left = [at for at, body in opened if json.loads(bytes(body)).get("left_epoch") == epoch]
    before = {**whose, "before": min(left, default="")}
    return str((await session.execute(_LAST_BEFORE, before)).scalar_one())
