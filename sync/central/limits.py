"""How much one address or one till may ask: buckets of tokens, a bounded number of them.

>>> now = [0.0]
>>> buckets = Buckets(Rate(per_s=1, burst=2), clock=lambda: now[0])
>>> [buckets.wait_s("a"), buckets.wait_s("a"), buckets.wait_s("a")]
[0, 0, 1]
>>> now[0] = 1.0
>>> buckets.wait_s("a")
0
>>> buckets.give_back("a", 1.0)
>>> buckets.wait_s("a")
0
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

KEYS_MOST = 20_000
"""The most addresses or tills remembered; the one unheard for longest is forgotten first."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests a second in the long run, and `burst` at once."""

    per_s: float
    burst: int


class Buckets:
    """One bucket for each key. A key that is forgotten begins anew with a full bucket."""

    def __init__(
        self, rate: Rate, *, most: int = KEYS_MOST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._most = most
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, key: str) -> int:
        """Take a token and return 0, or take none and return the whole seconds until there is one.

        Seconds are at least 1 when it must wait.
        """
        now = self._clock()
        left, since = self._held.pop(key, (float(self._rate.burst), now))
        left = min(float(self._rate.burst), left + (now - since) * self._rate.per_s)
        taken = left >= 1
        self._held[key] = (left - 1 if taken else left, now)
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return 0 if taken else max(1, math.ceil((1 - left) / self._rate.per_s))

    def give_back(self, key: str, share: float) -> None:
        """Put a part of a taken token (0 to 1) back: what was asked was worth it."""
        if key in self._held:
            left, since = self._held[key]
            self._held[key] = (left + share, since)
