"""Orders to collect for tests: a few lines, a key that signs passes, and their codes."""

from __future__ import annotations

from pos.domain.order import Contract, Order, OrderLine, OrderState
from pos.domain.pickup_pass import Pass, code_hash, sealed
from pos.journal.signing import SeedKey

KEY = SeedKey(bytes(range(32)))
"""The centre's key number 0."""

ULID = "01JD7Z4QFS3WZ8E3Y6M5K0T2RB"
CODE = "7K2M9XQ0"


def line(n: int, sku: str, name: str, quantity: int = 1_000, **more: object) -> OrderLine:
    """Return a line; a price of 1.10 unless it is said."""
    told = {"n": n, "sku": sku, "name": name, "quantity": quantity, "unit_price": 110, **more}
    return OrderLine.model_validate(told)


def order(*lines: OrderLine, store: str = "S001", **more: object) -> Order:
    """Return an order that was paid online, of two baguettes and a milk unless it is said."""
    has = lines or (line(1, "1", "Baguette", 2_000), line(2, "2", "Lait 1 L", unit_price=105))
    told: dict[str, object] = {
        "order": ULID,
        "reference": "W1042",
        "channel": "shop",
        "contract": Contract.PAID_ONLINE,
        "placed_at": "2026-11-24T08:00:00.000Z",
        "promised_at": "2026-11-24T10:00:00.000Z",
        "total": sum(one.amount(one.quantity) for one in has),
        "paid": sum(one.amount(one.quantity) for one in has),
        "name": "Camille Martin",
        "code_hash": code_hash(CODE, store),
        "lines": has,
        **more,
    }
    if told["contract"] is not Contract.PAID_ONLINE:
        told["paid"] = 0
    return Order.model_validate(told)


def as_ready(one: Order, **more: object) -> Order:
    """Return an order with all of it picked and on the shelf."""
    lines = tuple(each.model_copy(update={"picked": each.quantity}) for each in one.lines)
    told = {"state": OrderState.READY, "shelf": "A3", "bags": 1, "lines": lines, **more}
    return one.model_copy(update=told)


def pass_of(
    one: Order, *, store: int = 1, expires: int = 1_900_000_000, key: SeedKey = KEY, number: int = 0
) -> str:
    """Return the pass of an order, signed by the centre's key unless it is said."""
    return sealed(Pass(one.order, store, expires, number), key.sign)
