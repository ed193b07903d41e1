"""A scale that ships: speaks every family over a real pty, with things put on it and faults.

A person, a test or the demonstration puts goods on (`put`), takes them off, lets it tremble, and
switches its faults. Its log is `given`: each still weight that it told.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from devices.pty import PtyCable
from devices.scale.minds import Pan, mind
from devices.wired import AtWork

POLL_S = 0.25
NOISE = b"\x00\x7f\xfe?\x02\x15zz\r\n\x03"


class EmulatedScale(AtWork[PtyCable]):
    """A scale on a serial line; a driver opens its `url`.

    `mute`: hears and says nothing. `noise`: answers nonsense. `half`: stops in the middle of each
    answer. `slow_s`: thinks that long first.
    """

    def __init__(self, name: str = "scale", family: str = "toledo") -> None:
        super().__init__(PtyCable(name))
        self.family = family
        self.mute = self.noise = self.half = False
        self.slow_s = 0.0
        self._lock = threading.Lock()
        self._pan = Pan()
        self._mind = mind(family, self._pan)
        self._begin(name)

    @property
    def given(self) -> list[int]:
        """Every still weight that it told, in grams, zeroes too."""
        with self._lock:
            return list(self._pan.given)

    @property
    def shown(self) -> int:
        """What stands on its own display, in grams."""
        with self._lock:
            return self._pan.shown

    # --- what a person does to it ---

    def put(self, grams: int, *, moving: bool = False) -> None:
        """Let so much lie on it, at rest or trembling."""
        with self._lock:
            self._pan.put(grams)
            self._pan.moving = moving

    def take_off(self) -> None:
        """Empty it."""
        self.put(0)

    def change(self, change: Callable[[Pan], object]) -> None:
        """Do something to what lies on it, and to its own faults (see `Pan`)."""
        with self._lock:
            change(self._pan)

    def send(self, data: bytes) -> bool:
        """Say something unasked."""
        return self._wire.send(data)

    # --- its thread ---

    def _turn(self) -> None:
        data = self._wire.receive(POLL_S)
        if data and not self.mute:
            self._closing.wait(self.slow_s)
            with self._lock:
                answer = NOISE if self.noise else self._mind.receive(data)
            self._wire.send(answer[: len(answer) // 2] if self.half else answer)
