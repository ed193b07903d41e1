"""One base for what hangs on a cable: emulated devices, whose cable can be pulled and put back.

An emulator says what it does with its cable in `_turn`, which its own thread calls until it is put
away; one that only speaks has no thread.
"""

from __future__ import annotations

import random
import threading
from typing import Generic, Protocol, TypeVar

END_MOST_S = 5.0


class Plug(Protocol):
    """The end of a wire that can be pulled (see `devices.pty.PtyCable`)."""

    @property
    def url(self) -> str: ...
    def plug(self) -> None: ...
    def unplug(self) -> None: ...
    def close(self) -> None: ...


Wire = TypeVar("Wire", bound=Plug)


class Cable(Plug, Protocol):
    """A wire that carries bytes both ways at any time."""

    def send(self, data: bytes) -> bool: ...
    def receive(self, timeout_s: float) -> bytes: ...


class Wired(Generic[Wire]):
    """A device on a wire."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @property
    def url(self) -> str:
        """The address that a driver opens, the same after `unplug` and `replug`."""
        return self._wire.url

    def unplug(self) -> None:
        """Pull the cable: what is on its way is lost, and the address does not open."""
        self._wire.unplug()

    def replug(self) -> None:
        """Put the cable back."""
        self._wire.plug()

    def close(self) -> None:
        """Put the device away for good."""
        self._wire.close()


class AtWork(Wired[Wire]):
    """A device that does something by itself; who inherits it calls `_begin` once it is whole."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="emulated", daemon=True)

    def close(self) -> None:
        """Put the device away for good, once its thread ended."""
        self._closing.set()
        self._wire.unplug()
        self._thread.join(END_MOST_S)
        super().close()

    def _begin(self, name: str) -> None:
        self._thread.name = f"emulated-{name}"
        self._thread.start()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._turn()

    def _turn(self) -> None:
        """Do the next thing, in the device's own thread; waits a moment when there is none."""
        raise NotImplementedError


class Answering(AtWork[Cable]):
    """A device that answers, and the faults of its wire.

    `mute` answers nothing, `halves` loses the second half of each answer, `garbage` answers noise.
    """

    def __init__(self, wire: Cable) -> None:
        super().__init__(wire)
        self.mute = self.halves = self.garbage = False
        self._noise = random.Random(0)

    def _answer(self, data: bytes) -> None:
        if self.halves:
            data = data[: len(data) // 2]
        if self.garbage:
            data = self._noise.randbytes(len(data))
        if data and not self.mute:
            self._wire.send(data)
