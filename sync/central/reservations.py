"""Reservations: goods that a store keeps for an order, and what may still be promised.

A line of an order is requested, then picked onto the shelf, then collected. Promises are made
under the lock of the store's counter, which every change of its levels takes, with all lines of an
order for one article summed: two orders never get the same piece.

>>> promised(StockNow(on_hand=5_000, reserved=1_000), spare=1_000)
3000
>>> spare(base=1_000, sold_per_hour=2_000, unheard_minutes=45)
3000
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.shift import instant_text
from sync.central.feed import advance
from sync.central.project import SELLABLE, SHELF, MoveRow
from sync.central.stock import Change, append, change
from sync.central.values import CentreRefusal, store_scope

State = Literal["requested", "picked", "collected", "short", "cancelled", "expired", "put_back"]

MOVES: dict[State, frozenset[State]] = {
    "requested": frozenset({"picked", "short", "cancelled", "expired"}),
    "picked": frozenset({"collected", "put_back"}),
    "collected": frozenset(),
    "short": frozenset(),
    "cancelled": frozenset(),
    "expired": frozenset(),
    "put_back": frozenset(),
}
"""What a reservation may become."""

_EFFECTS: dict[State, tuple[int, int, int]] = {
    "picked": (-1, 1, -1),
    "collected": (0, -1, 0),
    "put_back": (1, -1, 0),
    "short": (0, 0, -1),
    "cancelled": (0, 0, -1),
    "expired": (0, 0, -1),
}
"""How often the quantity is added on hand, on the shelf and to what is reserved."""

_LINES = text(
    "SELECT line, sku, quantity, state FROM reservation"
    " WHERE store_id = :store_id AND order_id = :order ORDER BY line"
)
_LEVELS = text(
    "SELECT sku, on_hand, reserved FROM stock_level WHERE store_id = :store_id AND sku = ANY(:skus)"
)
_PUT = text(
    "INSERT INTO reservation (store_id, order_id, line, sku, quantity, state, made_at, expires_at)"
    " VALUES (:store_id, :order, :line, :sku, :quantity, 'requested', :now, :expires_at)"
)
_BECOME = text(
    "UPDATE reservation SET state = :state"
    " WHERE store_id = :store_id AND order_id = :order AND line = ANY(:lines)"
)
_OVERDUE = text(
    "SELECT DISTINCT order_id FROM reservation WHERE store_id = :store_id"
    " AND state = 'requested' AND expires_at <= :now ORDER BY order_id LIMIT :most"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of an order: thousandths of an article."""

    line: int
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class StockNow:
    """What a store has of an article, in thousandths."""

    on_hand: int = 0
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class Short:
    """An article of which less may be promised than was wanted, in thousandths."""

    sku: str
    wanted: int
    available: int


def promised(level: StockNow, spare: int = 0) -> int:
    """Return how much more may be promised: on hand − reserved − what is held back."""
    return max(0, level.on_hand - level.reserved - spare)


def spare(base: int, sold_per_hour: int, unheard_minutes: int) -> int:
    """Return what is held back of an article, in thousandths: whole pieces, rounded up.

    It grows with what the store may have sold since its tills were last heard.
    """
    sold = -(-sold_per_hour * max(0, unheard_minutes) // 60)
    return base + -(-sold // 1000) * 1000


async def reserve(
    session: AsyncSession,
    store: str,
    order: str,
    wanted: Sequence[Wanted],
    *,
    now: datetime,
    expires_at: datetime | None = None,
    held_back: int = 0,
) -> list[Short]:
    """Keep goods for an order: all of its lines, or none when the list that is returned has any.

    Asked again for the same order it changes nothing. The caller commits. Raises CentreRefusal
    (`other_order`) when the order is there with other lines.
    """
    sums: Counter[str] = Counter()
    for one in wanted:
        sums[one.sku] += one.quantity
    before = await advance(session, store, store_scope(store), len(sums), now)
    held = (await session.execute(_LINES, {"store_id": store, "order": order})).all()
    if held:
        if [Wanted(*row[:3]) for row in held] != sorted(wanted, key=lambda one: one.line):
            raise CentreRefusal("other_order", f"the order {order} has other lines already")
        return []
    levels = await _levels(session, store, sums)
    short = [
        Short(sku, quantity, promised(levels.get(sku, StockNow()), held_back))
        for sku, quantity in sorted(sums.items())
    ]
    short = [one for one in short if one.available < one.wanted]
    if short:
        return short
    given = {"store_id": store, "order": order, "now": now, "expires_at": expires_at}
    rows = [{**given, "line": one.line, "sku": one.sku, "quantity": one.quantity} for one in wanted]
    await session.execute(_PUT, rows)
    changes = [Change(sku, reserved=quantity) for sku, quantity in sums.items()]
    await change(session, store, changes, before)
    return []


async def become(
    session: AsyncSession,
    store: str,
    order: str,
    state: State,
    *,
    now: datetime,
    lines: Sequence[int] | None = None,
) -> None:
    """Bring the lines of an order (all, or some) to a state; those that are there stay.

    The caller commits. Raises CentreRefusal (`unknown_order`, `illegal_move`) and changes nothing.
    """
    asked = {"store_id": store, "order": order}
    before = await advance(session, store, store_scope(store), await _count(session, asked), now)
    held = (await session.execute(_LINES, asked)).all()
    chosen = [row for row in held if lines is None or row.line in lines]
    if not chosen or (lines is not None and len(chosen) < len(set(lines))):
        raise CentreRefusal("unknown_order", f"{store} keeps nothing for the order {order}")
    moving = [row for row in chosen if row.state != state]
    for row in moving:
        if state not in MOVES[row.state]:
            raise CentreRefusal("illegal_move", f"what is {row.state} does not become {state}")
    if not moving:
        return
    await session.execute(_BECOME, {**asked, "state": state, "lines": [r.line for r in moving]})
    await append(session, list(_ledger(store, order, state, moving, now)))
    await change(session, store, _changes(state, moving), before)


async def expire(session: AsyncSession, store: str, now: datetime, most: int = 100) -> list[str]:
    """Let requested lines whose time is over go; commit after each order and return the orders."""
    asked = {"store_id": store, "now": now, "most": most}
    orders = list((await session.execute(_OVERDUE, asked)).scalars())
    for order in orders:
        held = await session.execute(_LINES, {"store_id": store, "order": order})
        lines = [row.line for row in held if row.state == "requested"]
        await become(session, store, order, "expired", now=now, lines=lines)
        await session.commit()
    return orders


async def _count(session: AsyncSession, asked: dict[str, Any]) -> int:
    held = (await session.execute(_LINES, asked)).all()
    return max(1, len({row.sku for row in held}))


async def _levels(session: AsyncSession, store: str, skus: Iterable[str]) -> dict[str, StockNow]:
    found = await session.execute(_LEVELS, {"store_id": store, "skus": list(skus)})
    return {sku: StockNow(on_hand, reserved) for sku, on_hand, reserved in found}


def _changes(state: State, lines: Sequence[Any]) -> list[Change]:
    on_hand, shelf, reserved = _EFFECTS[state]
    sums: Counter[str] = Counter()
    for row in lines:
        sums[row.sku] += row.quantity
    return [Change(sku, on_hand * q, shelf * q, reserved * q) for sku, q in sums.items()]


def _ledger(
    store: str, order: str, state: State, lines: Sequence[Any], now: datetime
) -> Iterable[MoveRow]:
    """Yield the movements between bins; what is only reserved has not moved."""
    on_hand, shelf, _ = _EFFECTS[state]
    at = instant_text(now)
    for row in lines:
        for place, (bin_name, sign) in enumerate(((SELLABLE, on_hand), (SHELF, shelf))):
            if sign:
                source = f"order/{order}/{state}"
                n = row.line * 2 + place
                yield MoveRow(store, source, n, row.sku, bin_name, sign * row.quantity, state, at)
