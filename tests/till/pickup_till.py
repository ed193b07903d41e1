"""The small shop with a pickup desk: its orders, the centre's passes, and who hands them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pos.domain.order import Order
from pos.doubles import MemoryOrders, MemoryStore
from pos.ports import PrintEnded, PrintOutcome
from pos.ports.orders import PassKey, StoreName
from pos.till import tickets
from pos.till.desk import Desk, HouseRules, PickupRules
from pos.till.pickup import hand_over, judge
from pos.till.pickup.hand_over import HandOver
from tests.orders import KEY, ULID, pass_of
from tests.till.shop import CLERK, Till


def ruled(**changed: object) -> Callable[[HouseRules], HouseRules]:
    """Return what changes the rules of the pickup desk."""
    return lambda house: replace(house, pickup=replace(PickupRules(), **changed))  # type: ignore[arg-type]


class PickupTill(Till):
    """A till of a shop that hands out orders; the clerk is signed in."""

    def __init__(
        self, *rows: Order, rules: Callable[[HouseRules], HouseRules] = lambda house: house
    ) -> None:
        self.rows = rows
        self.told: MemoryOrders | None = None
        super().__init__("france", change_rules=rules)
        self.sign_in(CLERK)

    def desk_on(self, store: MemoryStore) -> Desk:
        """Return a desk with no memory on a disk; what the centre told is there again."""
        desk = super().desk_on(store)
        before = self.told or MemoryOrders(
            store,
            rows={one.order: one for one in self.rows},
            keys={0: PassKey(0, KEY.public_key)},
            shops={1: StoreName(1, "S001", "Lyon"), 2: StoreName(2, "S002", "Paris")},
        )
        self.told = desk.ports.orders = replace(before, store=store)
        return desk

    @property
    def orders(self) -> MemoryOrders:
        assert self.told is not None
        return self.told

    def order(self, name: str = ULID) -> Order:
        """Return an order as the till shows it."""
        found = self.orders.order(name)
        assert found is not None
        return found

    def begun(self) -> HandOver:
        """Return the hand-over of the order whose pass was scanned, its claim answered."""
        verdict = judge.judge(self.desk, pass_of(self.order()))
        assert verdict.proof is not None, verdict
        handover = hand_over.begin(self.desk, self.order(), verdict.proof)
        return hand_over.claim_answer(self.desk, hand_over.ask_claim(self.desk, handover))

    def papers(self, paper: str) -> list[str]:
        """Let every paper come out, and return the texts of those of a kind."""
        while any(one.sending for one in self.desk.prints.values()):
            job = next(one.job for one in self.desk.prints.values() if one.sending)
            tickets.on_device(self.desk, PrintEnded(job, PrintOutcome.CONFIRMED))
        asked = {one.job for one in self.events("print.asked") if one.paper == paper}  # type: ignore[union-attr]
        return [str(page) for job, page in self.counter.printed if job in asked]
