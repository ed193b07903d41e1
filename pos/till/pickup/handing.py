"""A hand-over under way: what the screen holds until it is written, and what it still wants."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pos.domain.events.orders import Document, HandedLine
from pos.domain.order import Contract, Order
from pos.ports.orders import ClaimAnswer
from pos.till.pickup.judge import Proof


class Wants(StrEnum):
    """What must still be done before goods may leave."""

    DOCUMENT = "document"
    AGE = "age"
    BAGS = "bags"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class HandOver:
    """A hand-over that is not written yet: every function returns another one.

    `lines` is what leaves and what is refused, by line; it begins with all that lies ready. `bags`
    are the numbers of the bags whose labels were scanned; `age_checked` the least age seen.
    `claim` names the entry that asked the centre, for the hand-over that `visit` counts; `answer`
    is what it said. `is_told`: the goods left before the till stopped, so nothing can refuse it.
    """

    order: Order
    proof: Proof
    lines: tuple[HandedLine, ...]
    document: Document = ""
    age_checked: int = 0
    bags: frozenset[int] = field(default_factory=frozenset)
    claim: str = ""
    visit: int = 0
    is_told: bool = False
    asked_at: datetime | None = None
    answer: ClaimAnswer | None = None

    @property
    def is_unsure(self) -> bool:
        """Whether the centre's word is a risk: another till had it, and never told the end."""
        return self.answer is not None and self.answer.granted and bool(self.answer.why)

    @property
    def leaves(self) -> bool:
        """Whether anything of it leaves with the customer."""
        return any(line.quantity for line in self.lines)

    @property
    def rest(self) -> bool:
        """Whether more of the order stays for another visit."""
        gone = {line.line: line.quantity + line.refused for line in self.lines}
        return any(line.to_hand > gone.get(line.n, 0) for line in self.order.lines)

    @property
    def to_pay(self) -> int:
        """What is to be paid here for what leaves, minor units; 0 for what was paid online."""
        if self.order.contract is Contract.PAID_ONLINE:
            return 0
        lines = {line.n: line for line in self.order.lines}
        return sum(lines[one.line].amount(one.quantity) for one in self.lines)

    @property
    def at_stake(self) -> int:
        """What the order costs, minor units: what leaves, left before, or stays for another visit.

        All but what is refused counts, so that no rule on dear orders is evaded part by part.
        """
        refused = {one.line: one.refused for one in self.lines}
        return sum(
            line.amount(line.handed + max(0, line.to_hand - refused.get(line.n, 0)))
            for line in self.order.lines
        )

    @property
    def age(self) -> int:
        """The least age that what leaves asks for, in years."""
        lines = {line.n: line for line in self.order.lines}
        return max((lines[one.line].age for one in self.lines if one.quantity), default=0)
