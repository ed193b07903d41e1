"""The orders of a store told again from their steps, and compared with what is kept of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.order import Order
from sync.central import feed
from sync.central.orders import steps
from sync.central.orders.steps import Step
from sync.central.project import MoveRow, StepTold
from sync.central.reservations import Kept

_STEPS = text(
    "SELECT identity, order_id, kind, by, at, source, body, told_at, n FROM order_step"
    " WHERE store_id = :store_id ORDER BY order_id, n, source"
)
_ORDERS = text(
    "SELECT order_id, state, fields, steps, owed, keep_s FROM customer_order"
    " WHERE store_id = :store_id"
)
_KEPT = text("SELECT order_id, line, sku, quantity FROM reservation WHERE store_id = :store_id")
_ROWS = text(
    "SELECT key, fields FROM feed_row WHERE store_id = :store_id AND scope = :scope"
    " AND kind = 'order' AND fields IS NOT NULL"
)
_REFUNDS = text(
    "SELECT order_id, sum(amount) FROM refund WHERE store_id = :store_id GROUP BY order_id"
)
_MOVES = text(
    "SELECT store_id, source, n, sku, bin, quantity, reason, at FROM stock_move"
    " WHERE store_id = :store_id AND reason LIKE 'order.%'"
)

Difference = Callable[[str], None]


@dataclass
class _Told:
    """What an order's steps make of it, all told."""

    order: Order
    keep_s: int
    steps: int = 1

    def row(self) -> tuple[Any, ...]:
        """What of it is kept beside its fields."""
        return (self.order.state.value, self.steps, self.order.refunded)


async def compare(
    session: AsyncSession, store: str, journal: Mapping[bytes, StepTold], differs: Difference
) -> None:
    """Name what of a store's orders is not as their steps say.

    `journal` are the steps that the store's journals tell, by identity: each is kept, and none of
    a till that no journal tells. The caller's transaction sees one moment.
    """
    told: dict[str, _Told] = {}
    moves: dict[tuple[str, int], MoveRow] = {}
    held: set[bytes] = set()
    async for step, n in _steps(session, store):
        if step.source:
            held.add(step.identity)
            one = journal.get(step.identity)
            if one is None or (one.order, one.body) != (step.order, step.body):
                differs(f"order_step {step.source}: no journal tells it so")
        if n:
            _take(store, told, moves, step)
    for identity in journal.keys() - held:
        differs(f"order_step {journal[identity].source}: it is missing")
    await _compare_orders(session, store, told, differs)
    rows = await session.execute(_MOVES, {"store_id": store})
    _same("stock_move", moves, {(row.source, row.n): MoveRow(*row) for row in rows}, differs)


async def _compare_orders(
    session: AsyncSession, store: str, told: dict[str, _Told], differs: Difference
) -> None:
    asked = {"store_id": store, "scope": f"store:{store}"}
    fields, rows = {}, {}
    for row in await session.execute(_ORDERS, asked):
        fields[row.order_id] = row.fields
        rows[row.order_id] = (row.state, row.steps, row.owed)
    written = {name: feed.written(one.order.fields()) for name, one in told.items()}
    for name in written.keys() | fields.keys():
        if written.get(name) != fields.get(name):
            differs(f"customer_order {name}: its fields")  # they name a person
    _same("customer_order", {name: one.row() for name, one in told.items()}, rows, differs)
    back = {name: one.order.refunded for name, one in told.items() if one.order.refunded}
    summed = {name: int(amount) for name, amount in await session.execute(_REFUNDS, asked)}
    _same("refund", back, {name: amount for name, amount in summed.items() if amount}, differs)
    for name, sent in await session.execute(_ROWS, asked):
        if sent != fields.get(name):
            differs(f"feed_row order {name}: it is not the order's")
    kept: dict[str, Kept] = {name: steps.kept(one.order) for name, one in told.items()}
    wanted = {(name, n): value for name, lines in kept.items() for n, value in lines.items()}
    found = await session.execute(_KEPT, asked)
    _same("reservation", wanted, {(name, n): (sku, q) for name, n, sku, q in found}, differs)


def _take(
    store: str, told: dict[str, _Told], moves: dict[tuple[str, int], MoveRow], step: Step
) -> None:
    if step.kind == steps.PLACED:
        told[step.order] = _Told(*steps.placed(step))
        return
    one = told[step.order]
    now = steps.after(one.order, step, one.keep_s)
    for n, move in enumerate(steps.moved(one.order, now, step), start=1):
        row = MoveRow(store, step.source, n, move.sku, move.bin, move.quantity, step.kind, step.at)
        moves[step.source, n] = row
    one.order, one.steps = now, one.steps + 1


async def _steps(session: AsyncSession, store: str) -> AsyncIterator[tuple[Step, int]]:
    async for row in await session.stream(_STEPS, {"store_id": store}):
        yield Step(bytes(row[0]), *row[1:8]), row.n


def _same(name: str, told: Mapping[Any, Any], held: Mapping[Any, Any], differs: Difference) -> None:
    for key in told.keys() | held.keys():
        if told.get(key) != held.get(key):
            differs(f"{name} {key}: {held.get(key)} and not {told.get(key)}")
