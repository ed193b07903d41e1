"""What holds from an instant on: prices and VAT codes, past ones let go.

>>> with_one([(0, 110)], 99, since=2_000, now=1_000)
[(0, 110), (2000, 99)]
>>> with_one([(0, 110), (500, 120), (2_000, 99)], 130, since=900, now=1_000)
[(900, 130), (2000, 99)]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

V = TypeVar("V")


def with_one(
    held: Sequence[tuple[int, V]], value: V, *, since: int, now: int
) -> list[tuple[int, V]]:
    """Return the values with one more; of those past, only the one in force is kept."""
    dated = dict(held) | {since: value}
    in_force = max((at for at in dated if at <= now), default=None)
    return [(at, dated[at]) for at in sorted(dated) if in_force is None or at >= in_force]
