"""Orders for the screens' tests: a shop whose centre told some, and the passes of its customers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos.domain.events import OrderHandedOver
from pos.domain.order import Contract, Order, OrderLine, OrderState
from pos.domain.pickup_pass import Pass, code_hash, sealed
from pos.domain.shift import instant_text
from pos.doubles import ToldCentre
from pos.doubles.orders import MemoryOrders
from pos.ports.centre import CourierReport, CourierState
from pos.ports.orders import PassKey, StoreName
from tests.screens.shop import Shop

NAMES = ("Martine Dubois", "Karim Benali", "Zoé Lefèvre", "Jean-Baptiste Moreau", "Li Wei")
CODE = "7K2M9XQ0"


def ulid(number: int) -> str:
    """Return a ULID of this number."""
    return f"01JD7Z4QFS{number:016d}"


def bread(quantity: int = 2, n: int = 1, **more: int | str) -> OrderLine:
    """Return a line of baguettes."""
    return _line(n, "1", "Baguette tradition", quantity * 1000, 120, more)


def milk(quantity: int = 1, n: int = 2, **more: int | str) -> OrderLine:
    """Return a line of milk."""
    return _line(n, "2", "Lait demi-écrémé 1 L", quantity * 1000, 105, more)


def wine(n: int = 3, **more: int | str) -> OrderLine:
    """Return a line of wine, for adults."""
    return _line(n, "3", "Vin rouge 75 cl", 1000, 790, {"age": 18, **more})


def apples(grams: int = 800, n: int = 4, **more: int | str) -> OrderLine:
    """Return a line of apples, weighed."""
    return _line(n, "4", "Pommes Golden", grams, 249, {"unit": "kg", **more})


def _line(
    n: int, sku: str, name: str, quantity: int, price: int, more: dict[str, int | str]
) -> OrderLine:
    fields = {"n": n, "sku": sku, "name": name, "quantity": quantity, "unit_price": price}
    return OrderLine.model_validate(fields | more)


def lying(line: OrderLine) -> OrderLine:
    """Return a line that is picked."""
    return line.model_copy(update={"picked": line.quantity})


@dataclass
class PickupShop:
    """A shop with orders of its centre."""

    shop: Shop = field(default_factory=Shop)
    told: int = 0

    def __post_init__(self) -> None:
        self.shop.opened()
        self.signer = Ed25519PrivateKey.from_private_bytes(bytes(32))
        public = self.signer.public_key().public_bytes_raw()
        self.orders = MemoryOrders(
            self.shop.store,
            keys={0: PassKey(0, public)},
            shops={1: StoreName(1, "S001", "Au coin"), 2: StoreName(2, "S002", "Au port")},
        )
        self.shop.desk.ports.orders = self.orders
        at = instant_text(self.shop.clock.at)
        self.centre = ToldCentre(said=CourierReport(CourierState.CONNECTED, "", at, at, 0, {}))
        self.shop.desk.ports.centre = self.centre
        rules = self.shop.desk.rules
        self.rules(replace(rules.pickup))

    def rules(self, rules: object) -> None:
        """Set how this shop hands orders out."""
        self.shop.desk.rules = replace(self.shop.desk.rules, pickup=rules)  # type: ignore[arg-type]

    def order(
        self,
        *lines: OrderLine,
        minutes: int = 60,
        state: OrderState = OrderState.PLACED,
        contract: Contract = Contract.PAID_ONLINE,
        **more: object,
    ) -> Order:
        """Let an order come down from the centre, promised in so many minutes."""
        self.told += 1
        now = self.shop.clock.at
        total = sum(line.amount(line.quantity) for line in lines)
        fields = {
            "order": ulid(self.told),
            "reference": f"W-{1040 + self.told}",
            "contract": contract,
            "state": state,
            "placed_at": instant_text(now - timedelta(hours=1)),
            "promised_at": instant_text(now + timedelta(minutes=minutes)),
            "total": total,
            "paid": total if contract is Contract.PAID_ONLINE else 0,
            "name": NAMES[self.told % len(NAMES)],
            "lines": lines,
        }
        made = Order.model_validate(fields | more)
        self.orders.put(made)
        return made

    def ready(self, *lines: OrderLine, **more: object) -> Order:
        """Let an order come down that lies on a shelf; its short code is `CODE`."""
        place = self.shop.store.place
        fields = {
            "state": OrderState.READY,
            "shelf": "A3",
            "bags": 1,
            "code_hash": code_hash(CODE, place.store),
        }
        return self.order(*(lying(line) for line in lines), **(fields | more))  # type: ignore[arg-type]

    def scan_of(self, order: Order, *, store: int = 1, key: int = 0) -> str:
        """Return what a scanner types for the pass of an order."""
        expires = int((self.shop.clock.at + timedelta(days=3)).timestamp())
        return sealed(Pass(order.order, store, expires, key), self.signer.sign) + "\r"

    def now(self, order: Order) -> Order:
        """Return an order as it stands."""
        found = self.orders.order(order.order)
        assert found is not None
        return found


def handed(shop: PickupShop) -> list[OrderHandedOver]:
    """Return the hand-overs in the journal."""
    return [one for one in shop.shop.store.events if isinstance(one, OrderHandedOver)]
