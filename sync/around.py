"""What a courier works with and how often it does things: all that tests and simulators exchange.

>>> Pace(idle_s=5).most_s
60
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pos.ports import Clock
from pos.ports.centre import Mirror, Outbox
from sync.wire import Wire


@dataclass(frozen=True, slots=True)
class Pace:
    """How often things are done, in seconds; waits are spread by chance around them.

    `look_s` between two looks at the till's file, `idle_s` between two pulls when nothing calls
    for one, `first_s` after the first failure, doubling up to `most_s`; `beat_s` between two
    reports when nothing changed but the time.
    """

    look_s: float = 0.5
    idle_s: float = 30
    first_s: float = 1
    most_s: float = 60
    beat_s: float = 15


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the courier works with: `chance` returns a number from 0 to 1, `name` a new name."""

    outbox: Outbox
    mirror: Mirror
    wire: Wire
    clock: Clock
    name: Callable[[], str]
    chance: Callable[[], float]
    changed: Callable[[], object]
    """Returns another value when the till's file was written."""
    sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep
    log: Callable[[str, Mapping[str, object]], None] = lambda _event, _facts: None
