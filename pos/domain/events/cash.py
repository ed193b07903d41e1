"""Cash: a shift on a drawer, its float, what went in and out, and the blind count at its end.

>>> coins = [CoinCount(value=2000, count=3)]
>>> FloatCounted(shift="01J", staff="staff-1", coins=coins, amount=6000).facts()["coins"]
[{'value': 2000, 'count': 3}]
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pos.domain.events.base import BaseEvent
from pos.domain.facts import CoinCount

Move = Literal["drop", "paid_in", "paid_out"]


class ShiftOpened(BaseEvent):
    """A shift began on a drawer; `float_amount` is what lay in it when the last one ended.

    `owner` is the person who has the drawer alone, "" where all cashiers share it. A shift that
    nobody opened begins with its first cash (`implicit`): selling never waits for a float.
    """

    kind: Literal["shift.opened"] = "shift.opened"
    shift: str
    label: str
    drawer: str
    owner: str = ""
    staff: str
    business_day: str
    float_amount: int
    implicit: bool = False


class FloatCounted(BaseEvent):
    """The float was counted by denomination; it replaces what the shift was opened with.

    `reason` is why it is not what the last shift left in the drawer, where it left anything.
    """

    kind: Literal["float.counted"] = "float.counted"
    shift: str
    staff: str
    coins: list[CoinCount]
    amount: int
    reason: str | None = None


class CashMoved(BaseEvent):
    """Cash left the drawer for the safe (`drop`), or was paid in or out, with a reason."""

    kind: Literal["cash.moved"] = "cash.moved"
    shift: str
    label: str
    move: Move
    amount: int = Field(gt=0)
    reason: str
    staff: str


class ShiftCounted(BaseEvent):
    """The drawer was counted blind: `expected` was not shown before. A recount is another entry."""

    kind: Literal["shift.counted"] = "shift.counted"
    shift: str
    staff: str
    attempt: int
    coins: list[CoinCount]
    amount: int
    expected: int


class ShiftClosed(BaseEvent):
    """A shift ended: difference = counted − expected; counted = left in the drawer + banked.

    `agreed_by` is who agreed to a difference over the limit, when it was another person.
    """

    kind: Literal["shift.closed"] = "shift.closed"
    shift: str
    staff: str
    counted: int
    expected: int
    difference: int
    reason: str = ""
    left: int
    banked: int
    agreed_by: str | None = None
