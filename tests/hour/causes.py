"""What excuses that nobody knows how a paper ended: trouble in which an answer can be lost.

An empty roll or an open cover is none: their printer says so and is waited for.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from pos.ports import PrintEnded, PrintOutcome

STOPPED = "the till stopped"


@dataclass
class Troubles:
    """Which devices are in grave trouble, and until when they were; instants are monotonic."""

    _now: Counter[str] = field(default_factory=Counter)
    _until: dict[str, float] = field(default_factory=dict)

    def begin(self, device: str) -> None:
        """A grave trouble strikes."""
        self._now[device] += 1

    def end(self, device: str) -> None:
        """It is over."""
        self._now[device] -= 1
        self._until[device] = time.monotonic()

    def cause(self, device: str, since: float) -> str:
        """Return whose trouble overlapped what began at an instant; "" for none."""
        had = self._now[device] > 0 or self._until.get(device, -1.0) >= since
        return f"trouble at {device}" if had else ""


@dataclass
class Jobs:
    """The papers that drivers were handed, and why no good end was known of some.

    `unknown` and `failed` give the cause by job, "" where there was none.
    """

    troubles: Troubles
    is_closing: bool = False
    unknown: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    _begun: dict[str, tuple[str, float]] = field(default_factory=dict)

    def begin(self, job: str, device: str) -> None:
        """A driver is handed a paper."""
        self._begun[job] = (device, time.monotonic())

    def end(self, event: PrintEnded) -> None:
        """A driver tells a paper's end."""
        if event.outcome is PrintOutcome.UNKNOWN:
            self.unknown[event.job] = self.why(event.job)
        elif event.outcome is PrintOutcome.FAILED:
            self.failed[event.job] = STOPPED if self.is_closing else ""

    def why(self, job: str) -> str:
        """Return what excuses that the end of a paper is not known."""
        return STOPPED if self.is_closing else self.troubles.cause(*self._begun[job])

    def cut_off(self, job: str, *, elsewhere: bool) -> None:
        """The till started again and does not know of a paper: one that had been handed over."""
        is_handed = elsewhere or job in self._begun
        self.unknown.setdefault(job, STOPPED if is_handed else "")
