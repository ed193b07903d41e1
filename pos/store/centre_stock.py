"""What this till's own sales do to the stock of its store, beside what the centre told of it.

The centre's level holds the entries up to those it names (`included`); what was sold or counted
here after them counts at once, sent or not. What pays for an order comes off the pickup shelf, see
`pos.store.orders`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pos.domain.events import SaleFinished, StockAdjusted
from pos.journal.canonical import read_facts
from pos.journal.entry import Entry
from pos.journal.repeat import KIND, told
from pos.ports.centre import LaneKept
from pos.store.outbox import heads_of
from pos.store.projections import ENTRY_SQL, entry_of

_OF = "SELECT line.sku, -sum(line.quantity)"
_LINES = """
FROM entry JOIN sale ON sale.entry = entry.ordinal JOIN sale_line AS line ON line.sale = sale.entry
WHERE entry.epoch = ? AND entry.number > ? AND entry.number <= ? AND sale.training = 0
AND line.order_line IS NULL
"""
_MOVED = f"{_OF}{_LINES} GROUP BY line.sku"
_MOVED_ONE = f"{_OF}{_LINES} AND line.sku = ? GROUP BY line.sku"
_REPEATED = f"{ENTRY_SQL} WHERE epoch = ? AND number > ? AND kind = '{KIND}'"
_ADJUSTED = (
    f"{ENTRY_SQL} WHERE epoch = ? AND number > ? AND number <= ? AND kind = 'stock.adjusted'"
)
_SOLD = """
SELECT line.sku, sum(line.quantity) FROM sale JOIN sale_line AS line ON line.sale = sale.entry
WHERE sale.training = 0 AND line.order_line IS NULL AND sale.entry > coalesce(
    (SELECT entry FROM sale WHERE business_day < ? ORDER BY entry DESC LIMIT 1), 0)
GROUP BY line.sku
"""
_LEVEL = "SELECT quantity FROM level WHERE sku = ?"
_LARGEST = 1 << 62


def moved(
    connection: Any,
    till: str,
    lanes: Mapping[str, LaneKept],
    included: Mapping[str, int],
    sku: str | None = None,
) -> Mapping[str, int]:
    """Return how own sales beyond `included` move the stock, in thousandths by article.

    `sku` asks for one article alone; `connection` is to the till's file.
    """
    total = Counter[str]()
    for epoch in heads_of(connection):
        counted, lane = included.get(f"{till}-{epoch}", 0), lanes.get(epoch, LaneKept())
        last = _LARGEST if lane.until is None else lane.until
        asked = (epoch, counted, last)
        rows = (
            connection.exec_driver_sql(_MOVED, asked)
            if sku is None
            else connection.exec_driver_sql(_MOVED_ONE, (*asked, sku))
        )
        for article, quantity in rows:
            total[article] += quantity
        for row in connection.exec_driver_sql(_ADJUSTED, asked):
            total.update(_moved_by(entry_of(row), sku))
        for row in connection.exec_driver_sql(_REPEATED, (epoch, counted)):
            total.update(_moved_by(told(entry_of(row)), sku))
    return total


def below_zero(connection: Any, raw: Any, moves: Mapping[str, int], day: str) -> dict[str, int]:
    """Return the articles that this till's sales of a business day took below zero, and where to.

    `raw` is the driver's connection to `centre.db`. What was below zero without them, and what the
    centre told nothing of, is left out: nobody counts it, or it was told on another day.
    """
    found: dict[str, int] = {}
    for sku, sold in connection.exec_driver_sql(_SOLD, (day,)):
        row = raw.execute(_LEVEL, (sku,)).fetchone()
        if row is not None:
            left = row[0] + moves.get(sku, 0)
            if left < 0 <= left + sold:
                found[sku] = left
    return found


def _moved_by(entry: Entry, sku: str | None) -> Counter[str]:
    """Return how a sale or an adjustment moved each article; nothing for any other entry."""
    total = Counter[str]()
    if entry.kind == "stock.adjusted":
        adjusted = StockAdjusted.model_validate(read_facts(entry.body))
        return Counter({adjusted.sku: adjusted.quantity} if sku in (None, adjusted.sku) else {})
    if entry.kind != "sale.finished":
        return total
    sale = SaleFinished.model_validate(read_facts(entry.body))
    for line in () if sale.training else sale.lines:
        if sku in (None, line.sku) and line.order is None:
            total[line.sku] -= line.quantity
    return total
