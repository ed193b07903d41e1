"""Movements of stock that people order at the centre: counts, deliveries, corrections, transfers.

Each has a name and moves the stock once: told again under the same name, it changes nothing. A
count says how much there is; its movement is the difference to what the ledger says then, so what
a till has sold and not sent yet still comes off when it arrives (`unheard` names such tills).

>>> Order(Kind.DELIVERY, "BL-7741", "").source, Order(Kind.COUNT, "june", "stocktaking").because
('delivery/BL-7741', 'count: stocktaking')
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.shift import instant_text
from sync.central import feed, stock, stores
from sync.central.engine import Centre
from sync.central.project import SELLABLE, MoveRow
from sync.central.values import CATALOGUE, COMPANY, CentreRefusal, Unknown

NAME_MOST, REASON_MOST = 60, 80
ARTICLES_MOST = 200_000
MOVED_MOST = 1_000_000_000
"""The most thousandths that one movement may move."""

UNHEARD = timedelta(minutes=10)
"""A till that was not heard for this long may hold sales that the ledger lacks."""


class Kind(StrEnum):
    """Why stock moves."""

    COUNT = "count"
    DELIVERY = "delivery"
    CORRECTION = "correction"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Order:
    """An order to move stock: its kind, the name by which it is known, a person's words."""

    kind: Kind
    name: str
    reason: str

    @property
    def source(self) -> str:
        """What bears the movements in the ledger."""
        return f"{self.kind.value}/{self.name}"

    @property
    def because(self) -> str:
        """The reason in the ledger."""
        return f"{self.kind.value}: {self.reason}" if self.reason else self.kind.value


async def record(
    centre: Centre, store: str, order: Order, goods: Mapping[str, int], now: datetime
) -> bool:
    """Move goods (thousandths by SKU) in a store; commits. False when the order was done before.

    Of a count, the figures are what is there; of a correction they may be below zero. Raises
    Unknown for an article that the catalogue has not, CentreRefusal (`bad_quantity`, `bad_name`).
    """
    _check(order, goods)
    return await _moved(centre, store, order, goods, now)


async def transfer(
    centre: Centre, way: tuple[str, str], order: Order, goods: Mapping[str, int], now: datetime
) -> bool:
    """Move goods from one store to another; commits. False when all of it was done before.

    Cut between the two stores, the same order told again does the rest. Raises as `record` does.
    """
    origin, target = way
    if origin == target:
        raise CentreRefusal("bad_name", "a transfer is between two stores")
    _check(order, goods)
    out = {sku: -quantity for sku, quantity in goods.items()}
    is_new = False
    for store, moved in ((origin, out), (target, dict(goods))):
        is_new |= await _moved(centre, store, order, moved, now)
    return is_new


async def unheard(centre: Centre, store: str, now: datetime) -> list[str]:
    """Return the tills of a store whose last sales may not be in the ledger yet."""
    found = await stores.tills(centre, [store])
    return [
        str(one.who)
        for one in found
        if one.keys and (one.heard_at is None or now - one.heard_at > UNHEARD)
    ]


async def _moved(
    centre: Centre, store: str, order: Order, goods: Mapping[str, int], now: datetime
) -> bool:
    at = instant_text(now)
    moves: Sequence[MoveRow] = [
        MoveRow(store, order.source, n, sku, SELLABLE, quantity, order.because, at)
        for n, (sku, quantity) in enumerate(sorted(goods.items()), start=1)
    ]

    async def deed(session: AsyncSession) -> bool:
        await _check_known(session, goods)
        counted = order.kind is Kind.COUNT
        is_new = await stock.move(session, store, moves, now, counted=counted)
        await session.commit()
        return is_new

    return await centre.done(store, deed)


def _check(order: Order, goods: Mapping[str, int]) -> None:
    if not 0 < len(order.name) <= NAME_MOST or len(order.reason) > REASON_MOST:
        raise CentreRefusal(
            "bad_name",
            f"a name has 1 to {NAME_MOST} characters and a reason {REASON_MOST} at most",
        )
    if not 0 < len(goods) <= ARTICLES_MOST:
        raise CentreRefusal("bad_quantity", f"an order moves 1 to {ARTICLES_MOST} articles")
    least = {Kind.COUNT: 0, Kind.CORRECTION: -MOVED_MOST}.get(order.kind, 1)
    for sku, quantity in goods.items():
        if not least <= quantity <= MOVED_MOST:
            raise CentreRefusal("bad_quantity", f"{sku} cannot move by {quantity / 1000:g}")


async def _check_known(session: AsyncSession, goods: Mapping[str, int]) -> None:
    known = await feed.current(session, COMPANY, CATALOGUE, "article", list(goods))
    missing = goods.keys() - known.keys()
    if missing:
        raise Unknown(f"the catalogue has no article {min(missing)}")
