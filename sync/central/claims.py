"""Claims: what only one may have, and who has it. Who asks again hears the same.

A hand-over belongs to the store of its order; a voucher and a customer's points belong to no
store, so all of them are kept on one server.

>>> home("S001", Claim(claim="S001-T01-K1/000007", what="voucher", key="V1"))
'*'
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.shift import instant_text
from sync.central.values import COMPANY, NotYours, TillId
from sync.protocol import Claim, Claimed

_TAKE = text(
    "INSERT INTO claim (store_id, what, key, holder, amount, claimed_at)"
    " SELECT :store_id, :what, :key, :holder, :amount, :now WHERE NOT EXISTS"
    " (SELECT 1 FROM order_step WHERE store_id = :store_id"
    " AND order_id = split_part(:key, ':', 1) AND kind = 'order.hand_over_dropped'"
    " AND CAST(body AS json) ->> 'claim' = :holder) ON CONFLICT DO NOTHING"
)
"""A request that was long on its way does not take again what its till has given up since."""

_HOLDER = text(
    "SELECT holder, claimed_at FROM claim"
    " WHERE store_id = :store_id AND what = :what AND key = :key"
)


def home(store: str, asked: Claim) -> str:
    """Return the `store_id` under which a claim is kept: ask on the server of that store."""
    return store if asked.what == "hand_over" else COMPANY


async def ask(session: AsyncSession, who: TillId, asked: Claim, now: datetime) -> Claimed:
    """Grant a claim to the first who asks for it, and again to the same entry; commit.

    One that was given up is nobody's: it is not granted, and the holder is "".
    The session is one of `home`. Raises NotYours when the claim is not named after an entry of the
    till that asks.
    """
    if not asked.claim.startswith(f"{who}-"):
        raise NotYours(f"{who} may not claim for {asked.claim}")
    thing = {"store_id": home(who.store, asked), "what": asked.what, "key": asked.key}
    taken = {**thing, "holder": asked.claim, "amount": asked.amount, "now": now}
    await session.execute(_TAKE, taken)
    found = (await session.execute(_HOLDER, thing)).one_or_none()
    await session.commit()
    holder, at = ("", now) if found is None else found
    return Claimed(granted=holder == asked.claim, holder=holder, at=instant_text(at))
