"""What comes out of a scanner's wire, cut into whole scans. Pure: bytes in, texts out.

A scan ends with CR, LF, CR LF, ETX or a silence of 60 ms. GS (0x1D) inside a GS1 code is data, and
so is a line end between STX and ETX. Nothing of a scan is stripped.

>>> framer = Framer()
>>> framer.receive(b"3017620422003\\r\\n]C1103\\x1d21A\\r", now_ms=0)
['3017620422003', ']C1103\\x1d21A']
>>> framer.receive(b"P1ABC", now_ms=10), framer.tick(now_ms=69), framer.tick(now_ms=70)
([], [], ['P1ABC'])
"""

from __future__ import annotations

from collections.abc import Callable

IDLE_MS = 60
"""A silence this long ends a scan that has no suffix."""

SCAN_MAX = 4096
"""The longest scan in bytes; what is longer is noise and is dropped whole."""

_STX, _ETX, _CR, _LF = 0x02, 0x03, 0x0D, 0x0A


class Framer:
    """Cuts one scanner's byte stream into scans; fed any number of bytes at a time."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self._framed = False
        self._noise = False
        self._last_ms = 0

    @property
    def waiting(self) -> bool:
        """Whether a scan has begun and not ended: call `tick` after a silence."""
        return bool(self._pending) or self._framed or self._noise

    def receive(self, data: bytes, now_ms: int) -> list[str]:
        """Take bytes that came at `now_ms` (any monotonic clock); returns the scans they ended.

        Time alone never ends a scan here: a reader that was late finds its bytes together.
        """
        scans: list[str] = []
        for byte in data:
            self._take(byte, scans.append)
        if data:
            self._last_ms = now_ms
        return scans

    def tick(self, now_ms: int) -> list[str]:
        """End the scan in progress when nothing has come for `IDLE_MS`; call it only when idle."""
        scans: list[str] = []
        if self.waiting and now_ms - self._last_ms >= IDLE_MS:
            self._end(scans.append)
        return scans

    def _take(self, byte: int, give: Callable[[str], None]) -> None:
        if byte == _STX:
            self._end(give)
            self._framed = True
        elif byte == _ETX or (byte in (_CR, _LF) and not self._framed):
            self._end(give)
        elif len(self._pending) < SCAN_MAX:
            self._pending.append(byte)
        else:
            self._noise = True

    def _end(self, give: Callable[[str], None]) -> None:
        data = bytes(self._pending)
        if self._framed:
            data = _without_line_end(data)
        if data and not self._noise:
            give(decode(data))
        self._pending.clear()
        self._framed = self._noise = False


def _without_line_end(data: bytes) -> bytes:
    """Take off the one line end that some scanners put before ETX."""
    return data.removesuffix(b"\n").removesuffix(b"\r")


def decode(data: bytes) -> str:
    """Return the text of a scan: UTF-8, or else Latin-1, which knows every byte.

    >>> decode("é".encode()), decode(b"\\xe9")
    ('é', 'é')
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
