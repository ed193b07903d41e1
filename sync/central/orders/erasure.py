"""Orders that are long over: tills forget them, and nothing here says any more whose they were.

What was sold, moved and paid back stays, and the audit tells it again as before: the name goes from
the order and from the steps that bore it.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.order import MAY_CANCEL, OrderState
from sync.central import feed
from sync.central.engine import Centre
from sync.central.orders import steps
from sync.central.orders.held import Held, body_of, by_ids, steps_of
from sync.central.settings import OrderRules
from sync.central.values import store_scope

MOST = 100
"""How many orders of a store are forgotten in one transaction."""

_NOBODY = {"name": "", "customer": "", "note": ""}

_DUE = text(
    "SELECT order_id FROM customer_order WHERE store_id = :store_id AND NOT is_erased"
    " AND state = ANY(:states) AND changed_at < :before ORDER BY changed_at, order_id LIMIT :most"
)
_ERASE = text(
    "UPDATE customer_order SET is_erased = true, email = '', fields = :fields"
    " WHERE store_id = :store_id AND order_id = :order"
)
_ERASE_STEP = text(
    "UPDATE order_step SET body = :body WHERE store_id = :store_id AND identity = :identity"
)
_DROP_TOLD = text(
    "DELETE FROM webhook_delivery WHERE store_id = :store_id AND order_id = ANY(:orders)"
    " AND state <> 'waiting'"
)


async def erase(centre: Centre, store: str, rules: OrderRules, now: datetime) -> int:
    """Forget whose the orders were that ended `forget_days` ago; `MOST` of them. Returns how many.

    What still lies to be put back stays on the tills' list, without a name.
    """
    over = sorted(one.value for one in OrderState if one not in MAY_CANCEL)
    asked = {"store_id": store, "states": over, "most": MOST}
    before = now - timedelta(days=rules.forget_days)

    async def deed(session: AsyncSession) -> int:
        due = list((await session.execute(_DUE, {**asked, "before": before})).scalars())
        if not due:
            return 0
        v = await feed.advance(session, store, store_scope(store), len(due), now)
        held = await by_ids(session, store, due)
        bare = {
            name: one.order.model_copy(update=_NOBODY)
            for name, one in held.items()
            if one.order.state.value in over
        }
        things: feed.Things = {
            ("order", name): order.fields() if order.is_to_put_back else None
            for name, order in bare.items()
        }
        await feed.put(session, store, store_scope(store), things, v)
        for name, order in bare.items():
            given = {"store_id": store, "order": name, "fields": feed.written(order.fields())}
            await session.execute(_ERASE, given)
            await _erase_steps(session, held[name])
        await session.execute(_DROP_TOLD, {"store_id": store, "orders": list(bare)})
        await session.commit()
        return len(bare)

    return await centre.done(store, deed)


async def _erase_steps(session: AsyncSession, held: Held) -> None:
    for step in await steps_of(session, held.store, held.order.order):
        if step.kind not in (steps.PLACED, steps.AMENDED):
            continue
        body = json.loads(step.body)
        said = body["order"] if step.kind == steps.PLACED else body
        said.update({name: "" for name in _NOBODY if name in said})
        given = {"store_id": held.store, "identity": step.identity, "body": body_of(body)}
        await session.execute(_ERASE_STEP, given)
