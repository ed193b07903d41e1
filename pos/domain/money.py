"""Money and quantities are integers; rounding has one name and one place.

Amounts are minor units of the store's currency (euro cents); quantities are thousandths (grams for
what is weighed, pieces × 1000 for what is counted).

>>> half_up(5, 2), half_up(-5, 2), half_up(4, 3)
(3, -3, 1)
>>> line_amount(unit_price=1299, quantity=345)  # 0.345 kg at 12.99
448
>>> share(100, [1, 1, 1])
[34, 33, 33]
>>> parse_amount("1 466,29"), parse_amount("1466.29"), parse_amount("-3")
(146629, 146629, -300)
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pos.domain.errors import Refusal

PIECE = 1000
"""One piece, in thousandths."""

AMOUNT_MAX = 99_999_999
"""The largest amount a gesture may name, in minor units: 999 999.99."""

QUANTITY_MAX = 9_999_999
"""The largest quantity of one line, in thousandths: 9 999.999."""

_GROUPING = " .,'\u2009\u00a0\u202f\u2019"
_AMOUNT = re.compile(
    rf"([+-]?)(\d{{1,3}}(?:([{_GROUPING}])\d{{3}})(?:\3\d{{3}})*|\d+)(?:(?!\3)[.,](\d{{1,2}}))?",
    re.ASCII,
)
_EITHER = re.compile(r"[+-]?\d{1,3}[.,]\d{3}", re.ASCII)
_UNGROUPED = str.maketrans("", "", _GROUPING)
_TEXT_MAX = 24


def half_up(numerator: int, denominator: int) -> int:
    """Return numerator / denominator rounded to an integer, halves away from zero.

    Raises ZeroDivisionError for a zero denominator.
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def line_amount(unit_price: int, quantity: int) -> int:
    """Return the amount of `quantity` thousandths at `unit_price` minor units, rounded half up."""
    return half_up(unit_price * quantity, PIECE)


def share(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` in proportion to `weights` by largest remainder; the parts sum to `total`.

    Ties go to the earlier place. With no weight at all everything goes to the first place.
    Raises ValueError when there is no place, or weights of both signs.
    """
    if not weights:
        raise ValueError("nothing to share over")
    if min(weights) < 0 < max(weights):
        raise ValueError("weights of both signs cannot share an amount")
    whole = abs(sum(weights))
    if whole == 0:
        return [total] + [0] * (len(weights) - 1)
    sign = -1 if total < 0 else 1
    parts = [abs(total) * abs(weight) // whole for weight in weights]
    rest = [abs(total) * abs(weight) % whole for weight in weights]
    missing = abs(total) - sum(parts)
    for place in sorted(range(len(weights)), key=lambda i: (-rest[i], i))[:missing]:
        parts[place] += 1
    return [sign * part for part in parts]


def parse_amount(text: str) -> int:
    """Return the minor units written in `text`; French and English figures are both understood.

    Accepts `1 466,29`, `1466.29`, `1,466.29`, `1.466,29`, a sign and at most two decimals. One
    comma or point before three digits (`1,466`) could be either and is refused, never guessed.
    Raises Refusal (`bad_amount`) that names the text.
    """
    bare = text.strip().removesuffix("€").removesuffix("EUR").strip()
    found = _AMOUNT.fullmatch(bare)
    if found is None or len(bare) > _TEXT_MAX or _EITHER.fullmatch(bare):
        shown = text[:_TEXT_MAX]
        raise Refusal("bad_amount", "“{text}” is not an amount; write it as 12,50.", text=shown)
    sign, whole, _, cents = found.groups()
    value = int(whole.translate(_UNGROUPED)) * 100 + int((cents or "0").ljust(2, "0"))
    return -value if sign == "-" else value
