"""An order as the centre keeps it: the row of `customer_order`, read and written."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.order import MAY_CANCEL, Order
from sync.central import feed
from sync.central.orders import names
from sync.central.orders.steps import Step

_COLUMNS = (
    "order_id, token, code, channel, fields, steps, owed, is_request, keep_s, email, made_at,"
    " reminded_at"
)
_HELD = text(
    f"SELECT {_COLUMNS} FROM customer_order WHERE store_id = :store_id AND order_id = ANY(:orders)"
)
_LOCKED = text(f"{_HELD.text} ORDER BY order_id FOR UPDATE")
_BY_TOKEN = text(
    f"SELECT {_COLUMNS} FROM customer_order WHERE store_id = :store_id AND token = :token"
)
_LISTED = text(
    f"SELECT {_COLUMNS} FROM customer_order WHERE store_id = :store_id"
    " AND (:all OR state = ANY(:states)) ORDER BY made_at DESC, order_id LIMIT :most"
)
LISTED_MOST = 500
_STEPS = text(
    "SELECT identity, order_id, kind, by, at, source, body, told_at FROM order_step"
    " WHERE store_id = :store_id AND order_id = :order AND n > 0 ORDER BY n"
)


@dataclass(frozen=True, slots=True)
class Held:
    """An order of a store as the centre keeps it; see `CustomerOrder`."""

    store: str
    order: Order
    token: str
    code: str
    channel: str
    steps: int
    is_request: bool
    keep_s: int
    email: str
    made_at: datetime
    reminded_at: datetime | None = None

    @property
    def owed(self) -> int:
        """What the channel was told to pay back so far, minor units."""
        return self.order.refunded

    @property
    def name(self) -> str:
        """The order's name at the API: its store and its ULID."""
        return names.public(self.store, self.order.order)


async def by_token(session: AsyncSession, store: str, token: str) -> Held | None:
    """Return the order that a token names, None when there is none."""
    found = await session.execute(_BY_TOKEN, {"store_id": store, "token": token})
    row = found.one_or_none()
    return None if row is None else _held(store, row)


async def by_ids(
    session: AsyncSession, store: str, orders: Collection[str], *, lock: bool = False
) -> dict[str, Held]:
    """Return orders by their ULIDs; those that the store does not have are missing.

    With `lock` their rows stay locked until the transaction ends.
    """
    asked = {"store_id": store, "orders": list(orders)}
    found = await session.execute(_LOCKED if lock else _HELD, asked)
    held = [_held(store, row) for row in found]
    return {one.order.order: one for one in held}


async def listed(session: AsyncSession, store: str, *, over: bool = False) -> list[Held]:
    """Return the orders of a store that are under way, or all; the newest `LISTED_MOST` first."""
    states = [one.value for one in MAY_CANCEL]
    asked = {"store_id": store, "all": over, "states": states, "most": LISTED_MOST}
    return [_held(store, row) for row in await session.execute(_LISTED, asked)]


async def steps_of(session: AsyncSession, store: str, order: str) -> list[Step]:
    """Return the steps of an order, the first one first."""
    found = await session.execute(_STEPS, {"store_id": store, "order": order})
    return [Step(bytes(row[0]), *row[1:]) for row in found]


def _held(store: str, row: Any) -> Held:
    return Held(
        store=store,
        order=Order.model_validate_json(row.fields).model_copy(update={"refunded": row.owed}),
        token=row.token,
        code=row.code,
        channel=row.channel,
        steps=row.steps,
        is_request=row.is_request,
        keep_s=row.keep_s,
        email=row.email,
        made_at=row.made_at,
        reminded_at=row.reminded_at,
    )


def row_of(held: Held) -> dict[str, Any]:
    """Return the row of an order."""
    order = held.order
    return {
        "store_id": held.store,
        "order_id": order.order,
        "token": held.token,
        "code": held.code,
        "channel": held.channel,
        "reference": order.reference,
        "state": order.state.value,
        "fields": feed.written(order.fields()),
        "steps": held.steps,
        "owed": held.owed,
        "is_request": held.is_request,
        "keep_s": held.keep_s,
        "email": held.email,
        "made_at": held.made_at,
        "expires_at": datetime.fromisoformat(order.expires_at) if order.expires_at else None,
        "reminded_at": held.reminded_at,
    }


def step_row(store: str, step: Step, n: int) -> dict[str, Any]:
    """Return a step as a row of `order_step`; `n` is its place, 0 of an unknown order."""
    return {
        "store_id": store,
        "identity": step.identity,
        "order_id": step.order,
        "n": n,
        "kind": step.kind,
        "by": step.by,
        "at": step.at,
        "source": step.source,
        "body": step.body,
        "told_at": step.told_at,
    }


def body_of(facts: dict[str, Any]) -> str:
    """Return the body of a step that the centre takes."""
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
