"""The effects of entries on the tables: sales, payments, closings, stock, steps of orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.journal.entry import Place
from sync.central.conflicts import Found
from sync.central.engine import driver
from sync.central.feed import advance
from sync.central.orders import told as orders
from sync.central.project import (
    ClosingRow,
    LineRow,
    MoveRow,
    PaymentRow,
    Projected,
    SaleRow,
    SaleRows,
)
from sync.central.stock import append, change, changes_of
from sync.central.values import store_scope

_KNOWN = text(
    """
SELECT s.identity, s.label FROM unnest(CAST(:identities AS bytea[])) AS asked (identity),
LATERAL (SELECT identity, label FROM sale
    WHERE store_id = :store_id AND identity = asked.identity LIMIT 1) AS s
UNION ALL
SELECT s.identity, s.label FROM unnest(CAST(:labels AS text[])) AS asked (label),
LATERAL (SELECT identity, label FROM sale
    WHERE store_id = :store_id AND label = asked.label LIMIT 1) AS s
UNION ALL
SELECT c.identity, c.label FROM unnest(CAST(:identities AS bytea[])) AS asked (identity),
LATERAL (SELECT identity, label FROM day_closing
    WHERE store_id = :store_id AND identity = asked.identity LIMIT 1) AS c
"""
)
"""One look into an index for each, whatever the planner believes of the tables."""


_SOURCES = text(
    "SELECT source FROM stock_move"
    " WHERE store_id = :store_id AND source = ANY(CAST(:sources AS text[]))"
)


async def write(
    session: AsyncSession, place: Place, projected: Projected, now: datetime
) -> list[Found]:
    """Write the rows that are not known yet, in the session's transaction, levels last.

    An identity that is known has had its effects. Returns what a person should look at.
    """
    found = await _count(session, place, projected, now)
    if projected.steps:
        found += await orders.tell(session, place, projected.steps, now)
    return found


async def _count(
    session: AsyncSession, place: Place, projected: Projected, now: datetime
) -> list[Found]:
    """Write the sales and closings that are not known yet."""
    if not (projected.sales or projected.closings or projected.adjusted):
        return []
    known, labels = await _known(session, place.store, projected)
    fresh = projected.without(known)
    raw = await driver(session)
    await copy_rows(raw, "sale", SaleRow, [one.sale for one in fresh.sales])
    await copy_rows(raw, "sale_line", LineRow, [row for one in fresh.sales for row in one.lines])
    payments = [row for one in fresh.sales for row in one.payments]
    await copy_rows(raw, "payment", PaymentRow, payments)
    await copy_rows(raw, "day_closing", ClosingRow, fresh.closings)
    moves = [row for one in fresh.sales for row in one.moves]
    moves += await _fresh(session, place.store, projected.adjusted)
    below = await _move(session, place.store, moves, now)
    return [
        *_same_tickets(place, fresh, labels),
        *(one for sku in below for one in _below_zero(place, sku, fresh.sales)),
    ]


async def _fresh(session: AsyncSession, store: str, adjusted: Sequence[MoveRow]) -> list[MoveRow]:
    """Return the movements told by people that are not in the ledger yet, each once."""
    if not adjusted:
        return []
    by_source = {one.source: one for one in adjusted}
    asked = {"store_id": store, "sources": list(by_source)}
    known = set((await session.execute(_SOURCES, asked)).scalars())
    return [one for source, one in by_source.items() if source not in known]


async def _move(
    session: AsyncSession, store: str, moves: list[MoveRow], now: datetime
) -> list[str]:
    if not moves:
        return []
    await append(session, moves)
    changes = changes_of(moves)
    before = await advance(session, store, store_scope(store), len(changes), now)
    return await change(session, store, changes, before)


async def copy_rows(raw: Any, name: str, columns: Any, rows: Iterable[Any]) -> None:
    """Copy rows into a table; `columns` is their named tuple."""
    records = list(rows)
    if records:
        await raw.copy_records_to_table(name, columns=columns._fields, records=records)


async def _known(
    session: AsyncSession, store: str, projected: Projected
) -> tuple[set[bytes], dict[str, bytes]]:
    """Return the identities that are in the tables, and the identity of each ticket's label."""
    labels = [one.sale.label for one in projected.sales]
    asked = {"store_id": store, "identities": list(projected.identities), "labels": labels}
    rows = [(bytes(own), label) for own, label in await session.execute(_KNOWN, asked)]
    return {own for own, _ in rows} & projected.identities, {label: own for own, label in rows}


def _same_tickets(place: Place, fresh: Projected, labels: dict[str, bytes]) -> Iterable[Found]:
    """Two different sales under one ticket number: both count, and someone must know."""
    for sale, *_ in fresh.sales:
        held = labels.get(sale.label)
        if held is not None and held != sale.identity:
            yield Found(
                f"same_ticket:{sale.label}:{sale.identity.hex()[:16]}",
                "same_ticket",
                place,
                sale.number,
                f"two different tickets bear the number {sale.label}",
                {"held": held.hex(), "came": sale.identity.hex()},
            )


def _below_zero(place: Place, sku: str, sales: Sequence[SaleRows]) -> Iterable[Found]:
    """What to tell of an article that was sold below zero: once a business day."""
    bearing = (
        (one.sale, move.source)
        for one in reversed(sales)
        for move in reversed(one.moves)
        if move.sku == sku
    )
    for sale, source in islice(bearing, 1):  # none: a person corrected it to below zero
        yield Found(
            f"below_zero:{sku}:{sale.business_day}",
            "below_zero",
            place,
            sale.number,
            f"the stock of {sku} went below zero",
            {"sku": sku, "source": source},
        )
