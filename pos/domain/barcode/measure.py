"""In-store labels that carry a price, a weight or a count (EAN-13 with prefix 02 or 20 to 29).

No public standard fixes their layout in France, so that each store says its own in plans. A label
is: prefix, item, sometimes a check digit of the value, value, check digit of the whole.

>>> plan = MeasurePlan("21", item_digits=5, value_digits=5, kind="weight", decimals=3)
>>> plan.read("2112345003453")
MeasuredCode(prefix='21', item='12345', kind='weight', value=345)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pos.domain.barcode.codes import MeasuredCode, MeasureKind
from pos.domain.barcode.numbers import is_number, shown
from pos.domain.errors import Refusal

_UNIT_DECIMALS: dict[MeasureKind, int] = {"price": 2, "weight": 3, "count": 3}

# GS1 General Specifications, section 7.9.2: the weighted value of each digit, by its weight.
_MINUS_2 = (0, 2, 4, 6, 8, 9, 1, 3, 5, 7)
_PLUS_3 = (0, 3, 6, 9, 2, 5, 8, 1, 4, 7)
_PLUS_5 = (0, 5, 1, 6, 2, 7, 3, 8, 4, 9)
_MINUS_5 = (0, 5, 9, 4, 8, 3, 7, 2, 6, 1)
_WEIGHTS = {
    4: (_MINUS_2, _MINUS_2, _PLUS_3, _MINUS_5),
    5: (_PLUS_5, _MINUS_2, _MINUS_5, _PLUS_5, _MINUS_2),
}


@dataclass(frozen=True, slots=True)
class MeasurePlan:
    """How a store lays out its labels of one prefix.

    `prefix` begins with 02 or 2; prefix, item, the value's own check digit (when `check` is set)
    and value fill the 12 digits before the last. `decimals` says how many of the value's digits
    stand behind the point: 0 to 2 for a price in euros, 0 to 3 for kilograms or pieces.
    Raises ValueError for a plan that cannot be.
    """

    prefix: str
    item_digits: int
    value_digits: int
    check: bool = False
    kind: MeasureKind = "price"
    decimals: int = 2

    def __post_init__(self) -> None:
        if not is_number(self.prefix) or len(self.prefix) < 2 or not may_be_measured(self.prefix):
            raise ValueError(f"a plan's prefix is 02 or 20 to 29, not {self.prefix!r}")
        total = len(self.prefix) + self.item_digits + self.check + self.value_digits
        if total != 12 or self.item_digits < 1 or self.value_digits < 1:
            raise ValueError(f"the plan {self.prefix} covers {total} digits of a label, not 12")
        if self.check and self.value_digits not in _WEIGHTS:
            raise ValueError(f"the plan {self.prefix} checks a value of neither 4 nor 5 digits")
        if not 0 <= self.decimals <= _UNIT_DECIMALS[self.kind]:
            raise ValueError(f"the plan {self.prefix} has too many decimals: {self.decimals}")

    def read(self, ean13: str) -> MeasuredCode:
        """Return what a label says; its own check digit must have been checked.

        Raises Refusal: `wrong_value_check` (the value's check digit is wrong) or `no_value` (the
        value is zero).
        """
        item_end = len(self.prefix) + self.item_digits
        value = ean13[-1 - self.value_digits : -1]
        if self.check and int(ean13[item_end]) != value_check_digit(value):
            raise Refusal(
                "wrong_value_check",
                "The label {code} has a wrong check digit in its price or weight. "
                "Scan it again, or print a new label.",
                code=shown(ean13),
            )
        if not int(value):
            raise Refusal(
                "no_value",
                "The label {code} carries no price, weight or count. Print a new label.",
                code=shown(ean13),
            )
        scale = 10 ** (_UNIT_DECIMALS[self.kind] - self.decimals)
        item = ean13[len(self.prefix) : item_end]
        return MeasuredCode(self.prefix, item, self.kind, int(value) * scale)


def may_be_measured(digits: str) -> bool:
    """Whether a number lies in the ranges that GS1 leaves to stores: 02 and 20 to 29."""
    return digits[0] == "2" or digits[:2] == "02"


def plan_for(ean13: str, plans: Sequence[MeasurePlan]) -> MeasurePlan | None:
    """Return the plan with the longest prefix that the label begins with, or None."""
    fitting = [plan for plan in plans if ean13.startswith(plan.prefix)]
    return max(fitting, key=lambda plan: len(plan.prefix), default=None)


def value_check_digit(value: str) -> int:
    """Return the check digit of a value of 4 or 5 digits (GS1 General Specifications, 7.9.3-4).

    >>> value_check_digit("2875"), value_check_digit("14685")
    (9, 6)
    """
    weights = _WEIGHTS[len(value)]
    total = sum(table[int(digit)] for table, digit in zip(weights, value, strict=True))
    return total * 3 % 10 if len(value) == 4 else _MINUS_5.index(-total % 10)
