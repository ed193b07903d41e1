"""Entries that were kept and not understood are tried again: a newer program may know them.

They are those that the journal says so of, whatever a person said of them in the inbox: a sale
counts however its item was settled. A small index finds them. What is understood now has its
effects, as if it had come just then, and leaves the inbox.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from pos.journal.entry import Entry
from sync.central import conflicts, effects
from sync.central.engine import Centre
from sync.central.project import project, source_of, stored_entry
from sync.central.values import Unknown

PAGE = 200

_PARKED = text(
    "SELECT till_id, epoch, number, kind, version, at, body, previous, hash, signature, key_id"
    " FROM journal WHERE store_id = :store_id AND is_parked"
    " AND (till_id, epoch, number) > (:till_id, :epoch, :number)"
    " ORDER BY till_id, epoch, number LIMIT :most"
)
_COUNT = text("SELECT count(*) FROM journal WHERE store_id = :store_id AND is_parked")
_TAKE = text(
    "UPDATE journal SET is_parked = false WHERE store_id = :store_id AND till_id = :till_id"
    " AND epoch = :epoch AND number = :number AND is_parked RETURNING number"
)


async def count(session: AsyncSession, store: str) -> int:
    """Return how many entries of a store are kept and count for nothing."""
    return int((await session.execute(_COUNT, {"store_id": store})).scalar_one())


async def retry(centre: Centre, store: str, now: datetime) -> int:
    """Try every parked entry of a store again, each in its own transaction; return how many went.

    Two processes may do so at once: the row of the journal is taken by one of them.
    """
    taken, after = 0, {"till_id": "", "epoch": "", "number": 0}
    while True:
        async with centre.session(store) as session:
            asked = {"store_id": store, "most": PAGE, **after}
            rows = (await session.execute(_PARKED, asked)).all()
        for row in rows:
            taken += await _try(centre, store, row, now)
        if len(rows) < PAGE:
            return taken
        last = rows[-1]
        after = {"till_id": last.till_id, "epoch": last.epoch, "number": last.number}


async def _try(centre: Centre, store: str, row: Any, now: datetime) -> bool:
    entry = stored_entry(store, row)
    projected = project([entry])
    if projected.parked:
        return False

    async def deed(session: AsyncSession) -> bool:
        if not await _take(session, entry):
            return False
        found = await effects.write(session, entry.place, projected, now)
        await conflicts.note(session, found, now)
        note = "understood by a newer program"
        name = f"parked:{source_of(entry)}"
        with suppress(Unknown):  # it counts, whatever the inbox has of it
            await conflicts.settle(session, store, name, by="centre", note=note, now=now)
        await session.commit()
        return True

    try:
        return await centre.done(store, deed)
    except (DBAPIError, asyncpg.PostgresError, ValueError, OverflowError):
        return False  # what no table can hold stays in the inbox


async def _take(session: AsyncSession, entry: Entry) -> bool:
    place = entry.place
    whose = {"store_id": place.store, "till_id": place.till, "epoch": place.epoch}
    done = await session.execute(_TAKE, {**whose, "number": entry.number})
    return done.one_or_none() is not None
