"""Learning a drawer's wiring: which level of the printer's pin means open, if it tells at all."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from queue import Empty, Queue
from typing import Protocol

WAIT_S = 20.0
"""How long a person has for each step."""


class Step(StrEnum):
    """What is happening, for whoever stands at the drawer."""

    OPENS = "opens"
    CLOSE_IT = "close_it"


class PinPrinter(Protocol):
    """A printer with a drawer's socket."""

    def kick(self, kicked: Callable[[bool], None]) -> None:
        """Pulse the drawer."""
        ...

    def watch_pin(self, watcher: Callable[[bool], None]) -> None:
        """Have `watcher` called with the pin's level at each status."""
        ...


def learn(printer: PinPrinter, tell: Callable[[Step], None], wait_s: float = WAIT_S) -> bool | None:
    """Open a shut drawer and have it shut again; return whether the pin is high while it is open.

    None when the pin never changed, or not back: this drawer tells nothing. The pulse may be a key.
    """
    levels: Queue[bool] = Queue()
    printer.watch_pin(levels.put)
    try:
        shut = levels.get(timeout=wait_s)
        tell(Step.OPENS)
        printer.kick(lambda _sent: None)
        _wait_for(levels, not shut, wait_s)
        tell(Step.CLOSE_IT)
        _wait_for(levels, shut, wait_s)
    except Empty:
        return None
    return not shut


def _wait_for(levels: Queue[bool], level: bool, wait_s: float) -> None:
    """Take levels until it is this one; `Empty` when none comes for so long that is."""
    ends = time.monotonic() + wait_s
    while levels.get(timeout=max(0.001, ends - time.monotonic())) is not level:
        pass
