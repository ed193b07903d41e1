"""Stock: a ledger of movements, its sums (the levels), and what is reserved of them.

The levels of a store change only under the lock of its scope's counter, so they are read and
written there without a surprise, and a reservation sees every level that it promises from.
Physical truth wins: a sale is never refused for stock, a level may go below zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from sync.central.engine import driver
from sync.central.feed import advance
from sync.central.project import SELLABLE, SHELF, MoveRow
from sync.central.stores import HEARD_AT
from sync.central.values import store_scope

LISTED_MOST = 5_000

_MOVE = text(
    """
WITH told AS (
    SELECT * FROM unnest(
        CAST(:skus AS text[]), CAST(:on_hand AS bigint[]),
        CAST(:shelf AS bigint[]), CAST(:reserved AS bigint[])
    ) WITH ORDINALITY AS told (sku, on_hand, shelf, reserved, place)
), old AS (
    SELECT sku, on_hand FROM stock_level WHERE store_id = :store_id AND sku = ANY(:skus)
), moved AS (
    INSERT INTO stock_level AS l (store_id, sku, on_hand, shelf, reserved, v)
    SELECT :store_id, sku, on_hand, shelf, reserved, :before + place FROM told
    ON CONFLICT (store_id, sku) DO UPDATE SET on_hand = l.on_hand + excluded.on_hand,
        shelf = l.shelf + excluded.shelf, reserved = l.reserved + excluded.reserved,
        v = excluded.v
    RETURNING sku, on_hand
)
SELECT moved.sku FROM moved JOIN old ON old.sku = moved.sku
WHERE old.on_hand >= 0 AND moved.on_hand < 0 ORDER BY moved.sku
"""
)

_LEVELS = text(
    """
SELECT sku, on_hand, shelf, reserved FROM stock_level
WHERE store_id = :store_id AND (:all OR sku = ANY(CAST(:skus AS text[])))
AND (NOT :below OR on_hand < 0)
ORDER BY on_hand >= 0, sku LIMIT :most
"""
)

_OF_ARTICLE = text(
    f"""
SELECT s.store_id, s.name, l.on_hand, l.shelf, l.reserved, {HEARD_AT}
FROM store s JOIN stock_level l ON l.store_id = s.store_id AND l.sku = :sku
WHERE s.store_id = ANY(:store_ids) ORDER BY s.store_id
"""
)


@dataclass(frozen=True, slots=True)
class Change:
    """What changes of an article's level, in thousandths."""

    sku: str
    on_hand: int = 0
    shelf: int = 0
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class LevelOf:
    """The level of an article in a store, in thousandths."""

    sku: str
    on_hand: int
    shelf: int
    reserved: int


@dataclass(frozen=True, slots=True)
class StoreStock:
    """An article in one store; `heard_at` is when the till that was heard longest ago was heard
    (None: one that is let in never was).
    """

    store: str
    name: str
    on_hand: int
    shelf: int
    reserved: int
    heard_at: datetime | None


async def of_article(session: AsyncSession, stores: Sequence[str], sku: str) -> list[StoreStock]:
    """Return the stock of an article in the stores of this server that have ever had it."""
    found = await session.execute(_OF_ARTICLE, {"store_ids": list(stores), "sku": sku})
    return [StoreStock(*row) for row in found]


async def move(
    session: AsyncSession,
    store: str,
    moves: Sequence[MoveRow],
    now: datetime,
    *,
    counted: bool = False,
) -> bool:
    """Write movements that the centre itself bears (a delivery, a count); the caller commits.

    All bear one `source`; a source that is in the ledger already changes nothing and says False.
    `counted` movements say how much there is, an article once: what is written is the difference.
    """
    before = await advance(session, store, store_scope(store), len(changes_of(moves)), now)
    known = await session.execute(
        text("SELECT 1 FROM stock_move WHERE store_id = :store_id AND source = :source LIMIT 1"),
        {"store_id": store, "source": moves[0].source},
    )
    if known.first() is not None:
        return False
    if counted:
        skus = [one.sku for one in moves]
        held = {one.sku: one.on_hand for one in await levels(session, store, skus)}
        moves = [one._replace(quantity=one.quantity - held.get(one.sku, 0)) for one in moves]
    await append(session, moves)
    await change(session, store, changes_of(moves), before)
    return True


async def levels(
    session: AsyncSession, store: str, skus: Sequence[str] | None = None, *, below: bool = False
) -> list[LevelOf]:
    """Return the levels of a store, `LISTED_MOST` at most: of some articles, or those below zero.

    Of all articles, the ones below zero come first.
    """
    given = {"store_id": store, "all": skus is None, "skus": list(skus or ()), "below": below}
    most = LISTED_MOST if skus is None else len(skus)
    found = await session.execute(_LEVELS, {**given, "most": most})
    return [LevelOf(*row) for row in found]


async def append(session: AsyncSession, moves: Sequence[MoveRow]) -> None:
    """Write movements into the ledger alone, in the session's transaction."""
    raw = await driver(session)
    await raw.copy_records_to_table("stock_move", columns=MoveRow._fields, records=list(moves))


def changes_of(moves: Iterable[MoveRow]) -> list[Change]:
    """Return what movements change of the levels, one change an article."""
    sums: Counter[tuple[str, str]] = Counter()
    for one in moves:
        sums[one.sku, one.bin] += one.quantity
    return [Change(sku, sums[sku, SELLABLE], sums[sku, SHELF]) for sku in {sku for sku, _ in sums}]


async def change(
    session: AsyncSession, store: str, changes: Sequence[Change], before: int
) -> list[str]:
    """Change levels, under the versions after `before`; return who went below zero by it.

    An article whose stock was never known does not go below zero: nobody counts it.
    """
    ordered = sorted(changes, key=lambda one: one.sku)
    given = {
        "store_id": store,
        "before": before,
        "skus": [one.sku for one in ordered],
        "on_hand": [one.on_hand for one in ordered],
        "shelf": [one.shelf for one in ordered],
        "reserved": [one.reserved for one in ordered],
    }
    return list((await session.execute(_MOVE, given)).scalars())
