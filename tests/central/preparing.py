"""A till of the suite that prepares an order and hands it over, and what is seen of it then."""

from __future__ import annotations

from typing import Any

from pos.domain.events.base import BaseEvent
from pos.domain.events.orders import HandedLine, OrderHandedOver, OrderPicked, OrderReady
from pos.domain.order import Order
from sync.central import conflicts, rebuild
from sync.central.conflicts import Conflict
from sync.central.engine import Centre
from sync.central.orders import placing
from sync.central.orders.held import Held
from tests.central.ordering import placed, stocked
from tests.central.tills import ScriptedTill, enrolled


class Preparing:
    """A till that prepares an order and hands it over."""

    def __init__(self, centre: Centre, till: ScriptedTill, held: Held) -> None:
        self.centre, self.till, self.name = centre, till, held.order.order
        self.token = held.token

    async def do(self, kind: type[BaseEvent], **facts: Any) -> None:
        entry = self.till.record(self.event(kind, **facts))
        await self.till.push(self.centre, [entry])

    def event(self, kind: type[BaseEvent], **facts: Any) -> BaseEvent:
        return kind.model_validate({"order": self.name, "staff": "2", **facts})

    async def pick(self, line: int, sku: str, quantity: int, **more: Any) -> None:
        await self.do(OrderPicked, line=line, sku=sku, quantity=quantity, **more)

    async def make_ready(self, **goods: int) -> None:
        for n, (sku, quantity) in enumerate(goods.items(), start=1):
            await self.pick(n, sku, quantity)
        await self.do(OrderReady, shelf="A1", bags=1)

    async def hand_over(self, *lines: tuple[int, int, int], **more: Any) -> None:
        await self.do(OrderHandedOver, **self.handing(*lines, **more))

    def handing(self, *lines: tuple[int, int, int], **more: Any) -> dict[str, Any]:
        told = [HandedLine(line=n, quantity=took, refused=left) for n, took, left in lines]
        facts = {"visit": 0, "lines": told, "method": "pass", "outcome": "granted"}
        return {**facts, "claim": f"{self.till.who}-K1/000001", **more}

    async def order(self) -> Order:
        found = await placing.order_by_token(self.centre, self.token)
        assert found is not None
        return found.order


async def audit(centre: Centre, store: str = "S001") -> list[str]:
    async with centre.session(store) as session:
        return (await rebuild.compare(session, store)).names


async def inbox(centre: Centre, store: str = "S001") -> list[Conflict]:
    async with centre.session(store) as session:
        return await conflicts.listed(session, store)


async def preparing(centre: Centre, goods: dict[str, int], **changed: Any) -> Preparing:
    till = await stocked(centre, {"bread": 5, "jam": 5} | dict.fromkeys(goods, 5))
    return Preparing(centre, till, await placed(centre, goods, **changed))


async def at_another_till(centre: Centre, one: Preparing) -> Preparing:
    """Return the second till of the store, at the same order."""
    found = await placing.order_by_token(centre, one.token)
    assert found is not None
    return Preparing(centre, await enrolled(centre, "S001-T02"), found)
