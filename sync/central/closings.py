"""Day closings beside the sales that they cover: what a till closed and the centre does not count.

A closing holds the tickets of its journal after the one before it. Where one of the two is in
another epoch, or entries were repeated in between, the span is not told by numbers: such a closing
is left out, `rebuild` looks at it.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_DIFFERENT = text(
    """
WITH closed AS (
    SELECT till_id, epoch, number, at, label, tickets, total,
        lag(number) OVER (PARTITION BY till_id, epoch ORDER BY number) AS after
    FROM day_closing WHERE store_id = :store_id AND level = 'day'
), beside AS MATERIALIZED (
    SELECT c.*, coalesce(c.after, 0) AS start, s.tickets AS counted, s.total AS amount
    FROM closed c, LATERAL (
        SELECT count(*) AS tickets, coalesce(sum(total), 0) AS total FROM sale
        WHERE store_id = :store_id AND till_id = c.till_id AND epoch = c.epoch
        AND number > coalesce(c.after, 0) AND number < c.number) s
    WHERE (c.after IS NOT NULL OR c.epoch = 'K1') AND (c.tickets, c.total) <> (s.tickets, s.total)
)
SELECT label, tickets, total, counted, amount FROM beside b WHERE NOT EXISTS (
    SELECT 1 FROM journal WHERE store_id = :store_id AND till_id = b.till_id AND epoch = b.epoch
    AND number > b.start AND number < b.number AND kind = 'entry.repeated')
ORDER BY at, till_id, number
"""
)


class Different(NamedTuple):
    """A day's closing: its tickets and total (minor units), and those that the centre counts."""

    label: str
    tickets: int
    total: int
    counted: int
    amount: int


async def different(session: AsyncSession, store: str) -> list[Different]:
    """Return the day closings of a store that are not the sum of their sales, the first first."""
    found = await session.execute(_DIFFERENT, {"store_id": store})
    return [
        Different(row.label, row.tickets, row.total, row.counted, int(row.amount)) for row in found
    ]
