"""The wire from other threads to the screen: drivers report before it is there, and are heard."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pos.ports import DeviceEvent


@dataclass(frozen=True, slots=True)
class Paper:
    """Lines that the emulated printer let out."""

    lines: tuple[str, ...]


class Wire:
    """Where drivers report, from any thread; what comes before the screen waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[DeviceEvent | Paper] = []
        self._take: Callable[[DeviceEvent | Paper], None] | None = None
        self._bell: Callable[[], None] = lambda: None

    def report(self, event: DeviceEvent) -> None:
        """Take a device's event: this is the drivers' `Sink`."""
        self._put(event)

    def paper(self, lines: Sequence[str]) -> None:
        """Let paper out beside the till."""
        self._put(Paper(tuple(lines)))

    def ring(self) -> None:
        """Ring the terminal's bell."""
        self._bell()

    def connect(
        self, take: Callable[[DeviceEvent | Paper], None], bell: Callable[[], None]
    ) -> None:
        """Give all that waited, in order, and from now on all that comes, to `take`."""
        with self._lock:
            for what in self._waiting:
                take(what)
            self._waiting.clear()
            self._take, self._bell = take, bell

    def _put(self, what: DeviceEvent | Paper) -> None:
        with self._lock:
            if self._take is None:
                self._waiting.append(what)
            else:
                self._take(what)
