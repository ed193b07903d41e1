"""Claims: what only one may have, and who has it. Who asks again hears the same.

A hand-over belongs to the store of its order; a voucher and a customer's points belong to no
store, so all of them are kept on one server. A hand-over is granted under the lock of its order's
row, which whoever ends an order takes too (`orders.book`): nothing is granted of an order that is
over, and none ends while it is being handed over (`held_back`).

>>> home("S001", Claim(claim="S001-T01-K1/000007", what="voucher", key="V1"))
'*'
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.order import MAY_CANCEL, OrderState
from pos.domain.shift import instant_text
from sync.central.orders.held import by_ids
from sync.central.orders.steps import RELEASED
from sync.central.values import COMPANY, NotYours, TillId
from sync.protocol import Claim, Claimed

HAND_OVER = "hand_over"
"""What a claim of an order is for (`sync.protocol.Claim.what`)."""

ABANDONED_AFTER = timedelta(minutes=30)
"""After how long without a word of its end a claim is given to whoever comes next, as a risk."""

RELEASED_MOST = 100
"""How many claims of a store are released in one transaction."""

ABANDONED = "abandoned"
"""Why a claim is granted that another had, who never told the end (`Claimed.why`)."""

_TAKE = text(
    "INSERT INTO claim (store_id, what, key, holder, amount, claimed_at)"
    " SELECT :store_id, :what, :key, :holder, :amount, :now WHERE NOT EXISTS"
    " (SELECT 1 FROM order_step WHERE store_id = :store_id"
    " AND order_id = split_part(:key, ':', 1)"
    " AND kind IN ('order.hand_over_dropped', 'centre.claim_released')"
    " AND CAST(body AS json) ->> 'claim' = :holder) ON CONFLICT DO NOTHING"
)
"""A request that was long on its way does not take again what its till has given up since."""

_HOLDER = text(
    "SELECT holder, claimed_at, EXISTS (SELECT 1 FROM order_step WHERE store_id = :store_id"
    " AND order_id = split_part(:key, ':', 1) AND kind = :released"
    " AND CAST(body AS json) ->> 'visit' = split_part(:key, ':', 2)) FROM claim"
    " WHERE store_id = :store_id AND what = :what AND key = :key"
)
_LIVE = (
    "SELECT claim.key, o.order_id, visit, claim.holder, claim.claimed_at FROM customer_order o"
    " CROSS JOIN LATERAL generate_series(CAST(CAST(o.fields AS json) ->> 'visits' AS integer),"
    " CAST(CAST(o.fields AS json) ->> 'visits' AS integer) + 2) AS visit"
    " JOIN claim ON claim.store_id = o.store_id AND claim.what = 'hand_over'"
    " AND claim.key = o.order_id || ':' || visit WHERE o.store_id = :store_id"
    " AND NOT EXISTS (SELECT 1 FROM order_step WHERE store_id = :store_id"
    " AND order_id = o.order_id AND kind = 'order.handed_over'"
    " AND CAST(body AS json) ->> 'claim' = claim.holder)"
)
"""Claims of visits that are still to come, told or not yet: orders are few that lie ready, claims
of all that ever were are many.
"""

_HELD_BACK = text(f"{_LIVE} AND o.order_id = ANY(:orders)")
_ABANDONED = text(
    f"{_LIVE} AND o.state = ANY(:states) AND claim.claimed_at <= :until"
    " ORDER BY claim.key LIMIT :most"
)
_FREE = text(
    "DELETE FROM claim WHERE store_id = :store_id AND what = :what AND key = :key"
    " AND holder = :holder"
)


class Live(NamedTuple):
    """A hand-over that was granted and of which nobody told the end."""

    key: str
    order: str
    visit: int
    claim: str
    since: datetime


def home(store: str, asked: Claim) -> str:
    """Return the `store_id` under which a claim is kept: ask on the server of that store."""
    return store if asked.what == HAND_OVER else COMPANY


async def ask(session: AsyncSession, who: TillId, asked: Claim, now: datetime) -> Claimed:
    """Grant a claim to the first who asks for it, and again to the same entry; commit.

    One that was given up is nobody's: it is not granted, and the holder is "". Of an order that is
    over nothing is granted any more; `why` says how it ended. The session is one of `home`. Raises
    NotYours when the claim is not named after an entry of the till that asks.
    """
    if not asked.claim.startswith(f"{who}-"):
        raise NotYours(f"{who} may not claim for {asked.claim}")
    thing = {"store_id": home(who.store, asked), "what": asked.what, "key": asked.key}
    over = await _over(session, who.store, asked)
    if not over:
        taken = {**thing, "holder": asked.claim, "amount": asked.amount, "now": now}
        await session.execute(_TAKE, taken)
    found = (await session.execute(_HOLDER, {**thing, "released": RELEASED})).one_or_none()
    await session.commit()
    if found is None:
        return Claimed(granted=False, holder="", at=instant_text(now), why=over)
    holder, at, is_released = found
    granted = holder == asked.claim
    why = ABANDONED if granted and is_released else ""
    return Claimed(granted=granted, holder=holder, at=instant_text(at), why=why)


async def _over(session: AsyncSession, store: str, asked: Claim) -> str:
    """Return how an order ended of which nothing may leave, "" else; its row stays locked."""
    if asked.what != HAND_OVER:
        return ""
    name = asked.key.partition(":")[0]
    held = (await by_ids(session, store, [name], lock=True)).get(name)
    return "" if held is None or held.order.may_leave else held.order.state.value


async def held_back(session: AsyncSession, store: str, orders: Collection[str]) -> dict[str, Live]:
    """Return which of these orders, whose rows are locked, are being handed over, and by whom."""
    asked = {"store_id": store, "orders": list(orders)}
    return {row.order_id: Live(*row) for row in await session.execute(_HELD_BACK, asked)}


async def abandoned(session: AsyncSession, store: str, now: datetime) -> list[Live]:
    """Return the hand-overs that were granted so long ago that they hold nothing back any more."""
    asked = {
        "store_id": store,
        "states": [one.value for one in (*MAY_CANCEL, OrderState.EXPIRED)],
        "until": now - ABANDONED_AFTER,
        "most": RELEASED_MOST,
    }
    return [Live(*row) for row in await session.execute(_ABANDONED, asked)]


async def free(session: AsyncSession, store: str, key: str, claim: str) -> None:
    """Free a claim; it is never granted again once the step that says why is written."""
    given = {"store_id": store, "what": HAND_OVER, "key": key, "holder": claim}
    await session.execute(_FREE, given)
