"""The drawer's pulses that were asked for: each goes out in time or never, and hears one answer.

Thread-safe: the till's thread asks, the printer's worker takes, and a timer answers for a worker
that is held up.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

KICK_LATE_S = 2.0
"""A drawer does not open later than this after the gesture: it would surprise a customer."""

KICKS_MOST = 8

Kicked = Callable[[bool], None]
"""Hears whether the pulse went out."""


class Kick:
    """One pulse; whoever took it calls `kicked` once."""

    def __init__(self, kicked: Kicked, late: Callable[[Kick], None]) -> None:
        self.kicked = kicked
        self._until = time.monotonic() + KICK_LATE_S
        self.timer = threading.Timer(KICK_LATE_S, late, [self])
        self.timer.daemon = True

    @property
    def left_s(self) -> float:
        """For how long it may still go out."""
        return self._until - time.monotonic()


class Kicks:
    """The pulses that wait for a worker."""

    def __init__(self) -> None:
        self._waiting: deque[Kick] = deque()
        self._lock = threading.Lock()

    def add(self, kicked: Kicked) -> None:
        """Let a pulse wait for `KICK_LATE_S` at most; too many are refused at once."""
        kick = Kick(kicked, self._late)
        with self._lock:
            has_room = len(self._waiting) < KICKS_MOST
            if has_room:
                self._waiting.append(kick)
                kick.timer.start()
        if not has_room:
            kicked(False)

    def take(self) -> Kick | None:
        """Return the pulse whose turn it is; who takes it answers it, before its time is over."""
        with self._lock:
            kick = self._waiting.popleft() if self._waiting else None
        if kick is not None:
            kick.timer.cancel()
        return kick

    def refuse(self) -> None:
        """Tell whoever waits that no pulse goes out."""
        while (kick := self.take()) is not None:
            kick.kicked(False)

    def _late(self, kick: Kick) -> None:
        with self._lock:
            waits = kick in self._waiting
            if waits:
                self._waiting.remove(kick)
        if waits:
            kick.kicked(False)

    def __len__(self) -> int:
        with self._lock:
            return len(self._waiting)
