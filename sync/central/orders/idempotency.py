"""What a channel asks under a key it asks once: the same key and body name the same order for good.

The key is written down, with the ULID that the order will have, before the order is placed. Placed
again under its ULID an order changes nothing, so a request that is sent twice, also at once and to
two processes, is answered alike. What was refused has placed nothing, and may be tried again.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import text

from sync.central.engine import Centre
from sync.central.orders import names
from sync.central.values import COMPANY, Impossible

KEPT = timedelta(days=30)
"""How long a key is remembered."""

_PUT = text(
    "INSERT INTO idempotency (store_id, channel, key, body_hash, order_id, made_at)"
    " VALUES (:store_id, :channel, :key, :body_hash, :order_id, :now) ON CONFLICT DO NOTHING"
)
_GET = text(
    "SELECT body_hash, order_id FROM idempotency"
    " WHERE store_id = :store_id AND channel = :channel AND key = :key"
)
_FORGET = text("DELETE FROM idempotency WHERE store_id = :store_id AND made_at < :before")


async def order_for(centre: Centre, channel: str, key: str, body: str, now: datetime) -> str:
    """Return the ULID of the order that a channel asks for under a key; commits.

    Raises Impossible `other_body` when something else was asked under that key.
    """
    asked = {"store_id": COMPANY, "channel": channel, "key": key}
    own = hashlib.sha256(body.encode()).digest()
    async with centre.session(COMPANY) as session:
        made = {"body_hash": own, "order_id": names.ulid(now), "now": now}
        await session.execute(_PUT, {**asked, **made})
        body_hash, order = (await session.execute(_GET, asked)).one()
        await session.commit()
    if bytes(body_hash) != own:
        raise Impossible("other_body", "another body was sent under this Idempotency-Key before")
    return str(order)


async def forget(centre: Centre, now: datetime) -> None:
    """Forget the keys of long ago."""
    async with centre.session(COMPANY) as session:
        await session.execute(_FORGET, {"store_id": COMPANY, "before": now - KEPT})
        await session.commit()
