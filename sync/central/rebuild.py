"""Projections are nothing but the journals told again: here they are told again, and compared.

What no journal bears (deliveries, picked orders) stays in the ledger and is summed with the rest.
Everything is read at one moment; nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.journal.entry import Entry
from sync.central.orders import compare as orders
from sync.central.project import (
    ADJUSTED,
    SELLABLE,
    ClosingRow,
    LineRow,
    MoveRow,
    PaymentRow,
    SaleRow,
    StepTold,
    project,
    stored_entry,
)

NAMED_MOST = 100

_JOURNAL = text(
    "SELECT till_id, epoch, number, kind, version, at, body, previous, hash, signature, key_id"
    " FROM journal WHERE store_id = :store_id AND NOT is_parked"
    " ORDER BY received_at, till_id, length(epoch), epoch, number"
)
_RESERVED = text(
    "SELECT sku, sum(quantity) FROM reservation WHERE store_id = :store_id GROUP BY sku"
)
_BORNE = f"reason IN ('sale', 'return') OR starts_with(reason, '{ADJUSTED}')"
"""Movements that the tills' journals bear."""

_OTHER_MOVES = text(
    "SELECT sku, bin, sum(quantity) FROM stock_move m WHERE store_id = :store_id"
    f" AND NOT ({_BORNE}) GROUP BY sku, bin"
)
_LEVELS = text("SELECT sku, on_hand, shelf, reserved FROM stock_level WHERE store_id = :store_id")


@dataclass(slots=True)
class Differences:
    """What is not as the journals say: the name of each row, `NAMED_MOST` kept, and how many."""

    count: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        """Count a difference."""
        self.count += 1
        if len(self.names) < NAMED_MOST:
            self.names.append(name)


@dataclass(frozen=True, slots=True)
class _Table:
    """A projection: its name, its rows, and what of a row is its key."""

    name: str
    row: Any
    key: Callable[[Any], tuple[Any, ...]]


def _by_entry(row: Any) -> tuple[Any, ...]:
    return (row.till_id, row.epoch, row.number, getattr(row, "n", 0))


def _by_source(row: Any) -> tuple[Any, ...]:
    return (row.source, row.n)


_TABLES = (
    _Table("sale", SaleRow, _by_entry),
    _Table("sale_line", LineRow, _by_entry),
    _Table("payment", PaymentRow, _by_entry),
    _Table("day_closing", ClosingRow, _by_entry),
    _Table("stock_move", MoveRow, _by_source),
)


async def compare(session: AsyncSession, store: str) -> Differences:
    """Return what of a store's projections is not what its journals say; the session is fresh.

    Memory grows with the store's sales: it is for a check (`doctor`), not for every minute.
    """
    await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    told, steps = await _told(session, store)
    found = Differences()
    await orders.compare(session, store, steps, found.add)
    for one in _TABLES:
        held = {one.key(row): row async for row in _held(session, store, one)}
        _compare(found, one.name, told[one.name], held)
    levels = await _sums(session, store, told["stock_move"].values())
    rows = await session.execute(_LEVELS, {"store_id": store})
    stored = {sku: (on_hand, shelf, reserved) for sku, on_hand, shelf, reserved in rows}
    nothing = (0, 0, 0)
    for sku in levels.keys() | stored.keys():
        if levels.get(sku, nothing) != stored.get(sku, nothing):
            found.add(f"stock_level {sku}: {stored.get(sku)} and not {levels.get(sku)}")
    await session.rollback()
    return found


def _compare(found: Differences, name: str, told: dict[Any, Any], held: dict[Any, Any]) -> None:
    for key in told.keys() | held.keys():
        if told.get(key) != held.get(key):
            found.add(f"{name} {key}: {held.get(key)} and not {told.get(key)}")


async def _told(
    session: AsyncSession, store: str
) -> tuple[dict[str, dict[Any, Any]], dict[bytes, StepTold]]:
    """Return the rows that the journals become, by table and key, and the steps of orders."""
    told: dict[str, dict[Any, Any]] = {one.name: {} for one in _TABLES}
    steps: dict[bytes, StepTold] = {}
    seen: set[bytes] = set()
    async for entry in _journal(session, store):
        fresh = project([entry]).without(seen)
        seen |= fresh.identities
        for step in fresh.steps:
            steps.setdefault(step.identity, step)
        rows: dict[str, list[Any]] = {
            "sale": [one.sale for one in fresh.sales],
            "sale_line": [row for one in fresh.sales for row in one.lines],
            "payment": [row for one in fresh.sales for row in one.payments],
            "day_closing": list(fresh.closings),
            "stock_move": [*(row for one in fresh.sales for row in one.moves), *fresh.adjusted],
        }
        for one in _TABLES:
            told[one.name].update((one.key(row), row) for row in rows[one.name])
    return told, steps


async def _journal(session: AsyncSession, store: str) -> AsyncIterator[Entry]:
    found = await session.stream(_JOURNAL, {"store_id": store})
    async for row in found:
        yield stored_entry(store, row)


async def _held(session: AsyncSession, store: str, of: _Table) -> AsyncIterator[Any]:
    """Yield the stored rows of a projection; of the ledger, what journals bear."""
    only = f" AND ({_BORNE})" if of.name == "stock_move" else ""
    columns = ", ".join(of.row._fields)
    query = text(f"SELECT {columns} FROM {of.name} WHERE store_id = :store_id{only}")
    async for row in await session.stream(query, {"store_id": store}):
        yield of.row(*(bytes(one) if isinstance(one, memoryview) else one for one in row))


async def _sums(
    session: AsyncSession, store: str, moves: Iterable[MoveRow]
) -> dict[str, tuple[int, int, int]]:
    on_hand: Counter[str] = Counter()
    shelf: Counter[str] = Counter()
    for one in moves:
        (on_hand if one.bin == SELLABLE else shelf)[one.sku] += one.quantity
    for sku, bin_name, quantity in await session.execute(_OTHER_MOVES, {"store_id": store}):
        (on_hand if bin_name == SELLABLE else shelf)[sku] += int(quantity)
    rows = await session.execute(_RESERVED, {"store_id": store})
    reserved = {sku: int(quantity) for sku, quantity in rows}
    return {
        sku: (on_hand[sku], shelf[sku], reserved.get(sku, 0))
        for sku in on_hand.keys() | shelf.keys() | reserved.keys()
    }
