"""What passes are read by at the tills: each store's number, and the centre's public keys.

A pass names its store by a number (1 to 65535) that no other store of the company ever has. Rows
of the catalogue's scope tell every till: kind `store` (number and name), kind `pass_key` (by the
number of the key). Both are told again when they changed, at the start of a centre and when a store
is opened.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from sync.central import feed, pass_keys, stores
from sync.central.engine import Centre, Sessions
from sync.central.pass_keys import PassKeys
from sync.central.values import CATALOGUE, COMPANY, CentreRefusal

NUMBER_MOST = 65_535
CLAIM = "store_number"
"""What the claim of a number is for: its holder is the store."""

_STORES = text("SELECT store_id, name, number FROM store WHERE store_id = ANY(:store_ids)")
_LAST = text(
    "SELECT coalesce(max(CAST(key AS integer)), 0) FROM claim"
    " WHERE store_id = :store_id AND what = :what"
)
_TAKE = text(
    "INSERT INTO claim (store_id, what, key, holder, amount, claimed_at)"
    " VALUES (:store_id, :what, :key, :holder, 0, :now) ON CONFLICT DO NOTHING RETURNING 1"
)
_GIVE = text(
    "UPDATE store SET number = :number WHERE store_id = :store_id AND number IS NULL"
    " RETURNING number"
)


async def tell(centre: Centre, keys: PassKeys, now: datetime) -> None:
    """Give a number to each store that has none, and tell all tills of stores and keys.

    Processes that start together may all do so. Raises CentreRefusal when there are no numbers
    left.
    """
    for store in [name for name, (_, number) in (await _stores(centre)).items() if number is None]:
        await _give(centre, store, now)
    shops: dict[tuple[str, str], dict[str, object]] = {
        ("store", store): {"number": number, "name": name}
        for store, (name, number) in (await _stores(centre)).items()
    }

    async def deed(sessions: Sessions) -> None:
        for session in sessions:
            told = await pass_keys.ring(session, keys)
            things = shops | pass_keys.things(told, now)
            held = {
                (kind, key): fields
                for kind in ("store", pass_keys.KIND)
                for key, fields in (await feed.current(session, COMPANY, CATALOGUE, kind)).items()
            }
            news = {key: fields for key, fields in things.items() if held.get(key) != fields}
            await feed.publish(session, COMPANY, CATALOGUE, news, now)

    await centre.done_everywhere(deed)


async def _stores(centre: Centre) -> dict[str, tuple[str, int | None]]:
    found: dict[str, tuple[str, int | None]] = {}
    async with centre.everywhere() as sessions:
        for session, names in zip(sessions, await stores.names(sessions), strict=True):
            rows = await session.execute(_STORES, {"store_ids": names})
            found |= {store: (name, number) for store, name, number in rows}
    return found


async def _give(centre: Centre, store: str, now: datetime) -> None:
    number = await _next(centre, store, now)

    async def deed(session: AsyncSession) -> None:
        await session.execute(_GIVE, {"store_id": store, "number": number})
        await session.commit()

    await centre.done(store, deed)


async def _next(centre: Centre, store: str, now: datetime) -> int:
    """Return a number that is this store's alone."""
    asked = {"store_id": COMPANY, "what": CLAIM}

    async def deed(session: AsyncSession) -> int:
        number = int((await session.execute(_LAST, asked)).scalar_one())
        while number < NUMBER_MOST:
            number += 1
            given = {**asked, "key": str(number), "holder": store, "now": now}
            taken = await session.execute(_TAKE, given)
            if taken.first() is not None:
                await session.commit()
                return number
        raise CentreRefusal("no_number", f"there is no number left for {store}")

    return await centre.done(COMPANY, deed)
