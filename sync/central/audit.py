"""A centre's journals checked as anybody could: every number, link, hash and signature.

So a backup that was restored beside the centre proves that it is one, and how much of today it
lacks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.journal.chain import Head
from pos.journal.entry import GENESIS, Entry, Place
from sync.central.project import stored_entry
from sync.central.signed import verify
from sync.merge import judge

CHUNK = 500
NAMED_MOST = 50

_HEADS = text(
    "SELECT till_id, epoch, number, hash FROM till_head WHERE store_id = :store_id"
    " ORDER BY till_id, length(epoch), epoch"
)
_KEYS = text(
    "SELECT key_id, public_key FROM till_key WHERE store_id = :store_id AND till_id = :till_id"
)
_ENTRIES = text(
    "SELECT till_id, epoch, number, kind, version, at, body, previous, hash, signature, key_id"
    " FROM journal WHERE store_id = :store_id AND till_id = :till_id AND epoch = :epoch"
    " AND number > :after ORDER BY number LIMIT :most"
)


@dataclass(slots=True)
class Audit:
    """What a store's journals are: how many entries, the last of each epoch, what is wrong."""

    entries: int = 0
    heads: dict[tuple[str, str], int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def tell(self, place: Place, number: int, why: str) -> None:
        """Remember something wrong, the first ones."""
        if len(self.wrong) < NAMED_MOST:
            self.wrong.append(f"{place.store}-{place.till}-{place.epoch}/{number:06d}: {why}")


async def audit(session: AsyncSession, store: str) -> Audit:
    """Check all journals of a store; memory does not grow with them."""
    found = Audit()
    rows = (await session.execute(_HEADS, {"store_id": store})).all()
    keys: dict[str, dict[str, bytes]] = {}
    for row in rows:
        place = Place(store, row.till_id, row.epoch)
        if row.till_id not in keys:
            asked = {"store_id": store, "till_id": row.till_id}
            keys[row.till_id] = {k: bytes(v) for k, v in await session.execute(_KEYS, asked)}
        head = await _walk(session, place, keys[row.till_id], found)
        found.heads[row.till_id, row.epoch] = head.number
        if (head.number, head.hash) != (row.number, bytes(row.hash)):
            found.tell(place, head.number, "the journal does not end at the till's head")
    await session.rollback()
    return found


async def _walk(session: AsyncSession, place: Place, keys: dict[str, bytes], found: Audit) -> Head:
    """Follow a journal from its first entry; return the last sound one."""
    head = Head(place.epoch, 0, GENESIS)
    async for entries in _chunks(session, place):
        if entries[0].number != head.number + 1:
            found.tell(place, head.number + 1, "missing")
            return head
        verdict = judge(head, entries, {}, keys, verify)
        found.entries += len(verdict.fresh)
        if verdict.fresh:
            last = verdict.fresh[-1]
            head = Head(place.epoch, last.number, last.hash)
        if len(verdict.fresh) < len(entries):
            found.tell(place, head.number + 1, verdict.why or "altered, missing or unlinked")
            return head
    return head


async def _chunks(session: AsyncSession, place: Place) -> AsyncIterator[list[Entry]]:
    asked = {"store_id": place.store, "till_id": place.till, "epoch": place.epoch, "most": CHUNK}
    after = 0
    while True:
        rows = (await session.execute(_ENTRIES, {**asked, "after": after})).all()
        if not rows:
            return
        yield [stored_entry(place.store, row) for row in rows]
        after = rows[-1].number
