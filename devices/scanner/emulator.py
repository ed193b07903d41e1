"""A scanner that ships: virtual scans over a real pty, with cables that can be pulled."""

from __future__ import annotations

from devices.pty import PtyCable


class EmulatedScanner:
    """A scanner on a serial line; a driver opens its `url`."""

    def __init__(self, name: str = "scanner") -> None:
        self._cable = PtyCable(name)

    @property
    def url(self) -> str:
        """The address that the driver opens."""
        return self._cable.url

    def scan(self, text: str, suffix: str = "\r") -> bool:
        """Send one scan as a scanner does; returns False when it is unplugged."""
        return self._cable.send((text + suffix).encode())

    def send(self, data: bytes) -> bool:
        """Send raw bytes, as a scanner with other settings would."""
        return self._cable.send(data)

    def heard(self, timeout_s: float = 1.0) -> bytes:
        """Return the bytes the till sent to the scanner (its refusal), b"" when none came."""
        return self._cable.receive(timeout_s)

    def unplug(self) -> None:
        """Pull the cable."""
        self._cable.unplug()

    def replug(self) -> None:
        """Put the cable back."""
        self._cable.plug()

    def close(self) -> None:
        """Put the scanner away."""
        self._cable.close()
