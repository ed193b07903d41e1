"""What channels were told to pay back, and what of it somebody said is paid.

The shop never pays an online payment back itself, so a refund is over when whoever pays it says
so: the channel by the order API, or a person of the office. Until then it is on the list.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from sync.central import stores
from sync.central.engine import Centre
from sync.central.orders import names
from sync.central.values import Unknown

_COLUMNS = (
    "r.store_id, r.order_id, r.n, r.amount, r.told_at, r.settled_at, r.settled_by, r.payment,"
    " o.reference, o.channel, CAST(o.fields AS json) ->> 'currency' AS currency"
)
_FROM = "refund r JOIN customer_order o ON o.store_id = r.store_id AND o.order_id = r.order_id"
_LISTED = text(
    f"SELECT {_COLUMNS} FROM {_FROM} WHERE r.store_id = ANY(:stores)"
    " AND (:all OR r.settled_at IS NULL) AND (:channel = '' OR o.channel = :channel)"
    " ORDER BY r.told_at, r.order_id, r.n LIMIT :most"
)
_ONE = text(
    f"SELECT {_COLUMNS} FROM {_FROM} WHERE r.store_id = :store_id AND r.order_id = :order"
    " AND r.n = :n"
)
_PUT = text(
    "INSERT INTO refund (store_id, order_id, n, amount, told_at, settled_by, payment)"
    " VALUES (:store_id, :order_id, :n, :amount, :now, '', '')"
)
_SETTLE = text(
    "UPDATE refund SET settled_at = :now, settled_by = :by, payment = :payment"
    " WHERE store_id = :store_id AND order_id = :order AND n = :n AND settled_at IS NULL"
)
_OLD = text(
    "SELECT count(*) FROM refund WHERE store_id = :store_id AND settled_at IS NULL"
    " AND told_at < :before"
)

LISTED_MOST = 500
PAYMENT_MOST = 200


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund that a channel was told: of which order, by which of its steps, how much (minor
    units, below zero for what is not due any more); who said that it is paid, and when.
    """

    store: str
    order: str
    n: int
    amount: int
    told_at: datetime
    settled_at: datetime | None
    settled_by: str
    payment: str
    reference: str
    channel: str
    currency: str

    @property
    def order_name(self) -> str:
        """The order's name at the API."""
        return names.public(self.store, self.order)


async def note(
    session: AsyncSession, store: str, told: Sequence[tuple[str, int, int]], now: datetime
) -> None:
    """Write refunds down: the order, its step, the amount."""
    rows = [
        {"store_id": store, "order_id": order, "n": n, "amount": amount, "now": now}
        for order, n, amount in told
    ]
    if rows:
        await session.execute(_PUT, rows)


async def listed(
    centre: Centre, only: Collection[str] = (), channel: str = "", *, settled: bool = False
) -> list[Refund]:
    """Return `LISTED_MOST` refunds that nobody said are paid, or all; the oldest first.

    Those of every store, or of `only` some; with `channel` only those of its orders. However many
    stores there are, each server is asked once.
    """
    found: list[Refund] = []
    async with centre.everywhere() as sessions:
        for session, names in zip(sessions, await stores.names(sessions), strict=True):
            chosen = [one for one in names if not only or one in only]
            asked = {"stores": chosen, "channel": channel, "all": settled, "most": LISTED_MOST}
            found += [Refund(*row) for row in await session.execute(_LISTED, asked)]
    return sorted(found, key=lambda one: (one.told_at, one.store, one.order, one.n))[:LISTED_MOST]


async def settle(
    centre: Centre, refund: tuple[str, str, int], by: str, payment: str, now: datetime
) -> Refund:
    """Write down that a refund (store, order, step) is paid; told again it stays as it was.

    Raises Unknown.
    """
    store, order, n = refund
    named = {"store_id": store, "order": order, "n": n}

    async def deed(session: AsyncSession) -> Any:
        await session.execute(_SETTLE, {**named, "by": by, "payment": payment, "now": now})
        row = (await session.execute(_ONE, named)).one_or_none()
        await session.commit()
        return row

    row = await centre.done(store, deed)
    if row is None:
        raise Unknown(f"there is no refund {n} of the order {names.public(store, order)}")
    return Refund(*row)


async def unpaid(session: AsyncSession, store: str, before: datetime) -> int:
    """Return how many refunds were told before an instant and nobody said are paid."""
    asked = {"store_id": store, "before": before}
    return int((await session.execute(_OLD, asked)).scalar_one())
