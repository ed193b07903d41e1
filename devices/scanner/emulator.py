"""A scanner that ships: virtual scans over a real pty, with cables that can be pulled."""

from __future__ import annotations

from devices.pty import PtyCable
from devices.wired import Wired


class EmulatedScanner(Wired[PtyCable]):
    """A scanner on a serial line; a driver opens its `url`."""

    def __init__(self, name: str = "scanner") -> None:
        super().__init__(PtyCable(name))

    def scan(self, text: str, suffix: str = "\r") -> bool:
        """Send one scan as a scanner does; returns False when it is unplugged."""
        return self._wire.send((text + suffix).encode())

    def send(self, data: bytes) -> bool:
        """Send raw bytes, as a scanner with other settings would."""
        return self._wire.send(data)

    def heard(self, timeout_s: float = 1.0) -> bytes:
        """Return the bytes the till sent to the scanner (its refusal), b"" when none came."""
        return self._wire.receive(timeout_s)
