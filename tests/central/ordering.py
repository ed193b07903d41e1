"""Orders of the suite: a store with goods, orders of them, and what is kept then."""

from __future__ import annotations

from typing import Any

from sync.central import feed, stock
from sync.central.engine import Centre
from sync.central.orders import placing
from sync.central.orders.held import Held
from sync.central.orders.messages import Customer, NewLine, NewOrder
from sync.central.project import SELLABLE, MoveRow
from sync.central.settings import OrderRules
from sync.central.values import CATALOGUE, COMPANY, prices_scope
from tests.central.tills import AT, NOON, ScriptedTill, enrolled, rows

RULES = OrderRules()
LEVELS = (
    "SELECT sku, on_hand, shelf, reserved FROM stock_level WHERE store_id = :store_id ORDER BY sku"
)
MAILS = "SELECT kind, amount FROM mail WHERE store_id = :store_id ORDER BY v, n"
NEWS = "SELECT kind FROM webhook_delivery WHERE store_id = :store_id ORDER BY v, n"
GOODS = {"bread": ("Pain", 110, "piece"), "jam": ("Confiture", 320, "piece"),
         "ham": ("Jambon", 2_400, "kg"), "wine": ("Vin", 900, "piece")}  # fmt: skip


async def stocked(
    centre: Centre, goods: dict[str, int], store: str = "S001", *, heard: bool = True
) -> ScriptedTill:
    """Give a store so many pieces of each article; return its till, which was heard at noon."""
    await catalogue(centre)
    moves = [
        MoveRow(store, "delivery/1", n, sku, SELLABLE, pieces * 1000, "delivery", AT)
        for n, (sku, pieces) in enumerate(goods.items())
    ]
    async with centre.session(store) as session:
        await stock.move(session, store, moves, NOON)
        await session.commit()
    till = await enrolled(centre, f"{store}-T01")
    if heard:
        await till.push(centre)
    return till


async def catalogue(centre: Centre) -> None:
    """Let the company have some articles with prices."""
    articles: feed.Things = {
        ("article", sku): {"name": name, "vat": "FR20", "codes": [], "unit": unit}
        for sku, (name, _, unit) in GOODS.items()
    }
    priced: feed.Things = {
        ("price", sku): {"prices": [[0, price]]} for sku, (_, price, _) in GOODS.items()
    }
    async with centre.everywhere() as sessions:
        for session in sessions:
            await feed.publish(session, COMPANY, CATALOGUE, articles, NOON)
            await feed.publish(session, COMPANY, prices_scope("FR"), priced, NOON)
            await session.commit()


def wanting(goods: dict[str, int], store: str = "S001", **changed: Any) -> NewOrder:
    """Return what is asked for an order of so many thousandths of each article, paid online."""
    lines = tuple(NewLine(sku=sku, quantity=quantity) for sku, quantity in goods.items())
    customer = Customer(name="Mme Ruiz", email="ruiz@example.org")
    told: dict[str, Any] = {
        "store": store,
        "contract": "paid_online",
        "lines": lines,
        "customer": customer,
    }
    return NewOrder.model_validate(told | changed)


async def placed(centre: Centre, goods: dict[str, int], **changed: Any) -> Held:
    """Place an order at noon."""
    return await placing.place(centre, "web", wanting(goods, **changed), RULES, NOON)


async def levels(centre: Centre, store: str = "S001") -> dict[str, tuple[int, int, int]]:
    """Return what can be sold, is on the pickup shelf and is reserved, by article."""
    found = await rows(centre, store, LEVELS)
    return {sku: (on_hand, shelf, reserved) for sku, on_hand, shelf, reserved in found}


async def mails(centre: Centre, store: str = "S001") -> list[tuple[str, int]]:
    """Return the messages that wait for customers: kind, and what is paid back."""
    return [(kind, amount) for kind, amount in await rows(centre, store, MAILS)]
