"""The conflict inbox: what a person must look at, with its evidence, until someone settles it.

Slugs: `parked` (an entry that could not be understood), `future` (a till's clock), `fork` and
`corrupt` (a push that was refused), `same_ticket` (two tickets under one number), `below_zero` (an
article sold that was not there), `double_hand_over` (an order handed over twice, one of them
offline), `refund_withdrawn` (goods left, or came back, and the channel had been told to pay for
them), `late_step` (a step of an order that could not be taken any more), `unknown_order`,
`lacking` (entries that only archives have).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.journal.entry import Place
from sync.central.values import Unknown

LISTED_MOST = 500
WHY_MOST = 500

GRAVE = (
    *("fork", "corrupt", "lacking"),
    *("double_hand_over", "refund_withdrawn", "same_ticket", "parked"),
)
"""Slugs that stand first: entries or goods may be lost or doubled. The rest is daily life."""

_NOTE = text(
    "INSERT INTO conflict (store_id, name, slug, till_id, epoch, number, why, evidence,"
    " happened_at) VALUES (:store_id, :name, :slug, :till_id, :epoch, :number, :why, :evidence,"
    " :now) ON CONFLICT DO NOTHING"
)

_COLUMNS = (
    "name, slug, till_id, epoch, number, why, evidence, happened_at, settled_at, settled_by, note"
)


@dataclass(frozen=True, slots=True)
class Found:
    """Something for the inbox: `name` is the same each time it is found, and it is told once."""

    name: str
    slug: str
    place: Place
    number: int
    why: str
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conflict:
    """An item of a store's inbox."""

    name: str
    slug: str
    till_id: str
    epoch: str
    number: int
    why: str
    evidence: str
    happened_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    note: str | None


async def note(session: AsyncSession, found: Sequence[Found], now: datetime) -> None:
    """Put what was found into the inbox; what is there already stays as it is."""
    if not found:
        return
    rows = [
        {
            "store_id": one.place.store,
            "name": _storable(one.name),
            "slug": one.slug,
            "till_id": one.place.till,
            "epoch": one.place.epoch,
            "number": one.number,
            "why": _storable(one.why),
            "evidence": json.dumps(one.evidence, ensure_ascii=True, sort_keys=True),
            "now": now,
        }
        for one in found
    ]
    await session.execute(_NOTE, rows)


async def complete(session: AsyncSession, found: Found) -> None:
    """Bring what is known now into an item that is there; a settled one stays as it was."""
    await session.execute(
        text(
            "UPDATE conflict SET evidence = :evidence WHERE store_id = :store_id AND name = :name"
            " AND settled_at IS NULL"
        ),
        {
            "store_id": found.place.store,
            "name": _storable(found.name),
            "evidence": json.dumps(found.evidence, ensure_ascii=True, sort_keys=True),
        },
    )


async def listed(session: AsyncSession, store: str, *, settled: bool = False) -> list[Conflict]:
    """Return `LISTED_MOST` items of a store's inbox, the open ones or all: open ones first, of
    them the grave ones, then the newest.
    """
    found = await session.execute(
        text(
            f"SELECT {_COLUMNS} FROM conflict WHERE store_id = :store_id"
            " AND (:all OR settled_at IS NULL) ORDER BY settled_at IS NOT NULL,"
            " slug <> ALL(:grave), happened_at DESC, name LIMIT :most"
        ),
        {"store_id": store, "all": settled, "grave": list(GRAVE), "most": LISTED_MOST},
    )
    return [Conflict(*row) for row in found]


async def count(session: AsyncSession, store: str, *, settled: bool = False) -> int:
    """Return how many items a store's inbox has: the open ones, or all."""
    found = await session.execute(
        text(
            "SELECT count(*) FROM conflict WHERE store_id = :store_id"
            " AND (:all OR settled_at IS NULL)"
        ),
        {"store_id": store, "all": settled},
    )
    return int(found.scalar_one())


async def find(session: AsyncSession, store: str, name: str) -> Conflict | None:
    """Return an item, open or settled, None when there is none."""
    found = await session.execute(
        text(f"SELECT {_COLUMNS} FROM conflict WHERE store_id = :store_id AND name = :name"),
        {"store_id": store, "name": name},
    )
    row = found.one_or_none()
    return None if row is None else Conflict(*row)


async def named(session: AsyncSession, store: str, name: str) -> Conflict:
    """Return an item, open or settled. Raises Unknown."""
    found = await find(session, store, name)
    if found is None:
        raise Unknown(f"the inbox of {store} has no item {name}")
    return found


async def settle(
    session: AsyncSession, store: str, name: str, *, by: str, note: str, now: datetime
) -> None:
    """Say how an item was settled, by whom; the caller commits. A settled one stays as it was.

    Raises Unknown.
    """
    done = await session.execute(
        text(
            "UPDATE conflict SET settled_at = coalesce(settled_at, :now),"
            " settled_by = coalesce(settled_by, :by), note = coalesce(note, :note)"
            " WHERE store_id = :store_id AND name = :name RETURNING name"
        ),
        {"store_id": store, "name": name, "by": by, "note": note[:WHY_MOST], "now": now},
    )
    if done.one_or_none() is None:
        raise Unknown(f"the inbox of {store} has no item {name}")


def _storable(value: str) -> str:
    return value.replace("\0", "?")[:WHY_MOST]
