"""A keyboard-like scanner read below the keyboard: Linux input events → scans. Pure.

The scanner's own layout is US, so the computer's layout no longer matters; Enter ends a scan and
Control with ] is GS. Same shape as `protocol.Framer`, so one driver serves both.

>>> def key(code, value):
...     return EVENT.pack(0, 0, 1, code, value)
>>> tap = lambda code: key(code, 1) + key(code, 0)
>>> WedgeFramer().receive(key(42, 1) + tap(25) + key(42, 0) + tap(2) + tap(28), now_ms=0)
['P1']
"""

from __future__ import annotations

import struct

from devices.scanner.protocol import SCAN_MAX

EVENT = struct.Struct("llHHi")
"""`struct input_event` of linux/input.h: seconds, microseconds, type, code, value."""

IDLE_MS = 200
"""A silence this long ends a scan of a wedge that sends no Enter."""

_EV_KEY = 1
_RELEASED, _REPEATED = 0, 2
_ENDS = {28, 96, 15}  # Enter, keypad Enter, Tab
_SHIFTS = {42, 54}
_CONTROLS = {29, 97}
_RIGHT_BRACKET = 27

# key code: (plain, shifted), US layout, codes of linux/input-event-codes.h
_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
    (71, "789-456+1230.", "789-456+1230."),
    (98, "/", "/"),
    (55, "*", "*"),
)
_KEYS = {
    first + i: pair
    for first, plain, shifted in _ROWS
    for i, pair in enumerate(zip(plain, shifted, strict=True))
}


class WedgeFramer:
    """Turns key events of one input device into scans."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._held: set[int] = set()
        self._text = ""
        self._last_ms = 0

    @property
    def waiting(self) -> bool:
        """Whether a scan has begun and not ended."""
        return bool(self._text)

    def receive(self, data: bytes, now_ms: int) -> list[str]:
        """Take raw input events that came at `now_ms`; returns the scans they ended."""
        self._bytes += data
        self._last_ms = now_ms
        scans: list[str] = []
        while len(self._bytes) >= EVENT.size:
            _, _, kind, code, value = EVENT.unpack(self._bytes[: EVENT.size])
            del self._bytes[: EVENT.size]
            if kind == _EV_KEY:
                self._key(code, value, scans)
        return scans

    def tick(self, now_ms: int) -> list[str]:
        """End the scan in progress after a silence of `IDLE_MS`."""
        scans: list[str] = []
        if self.waiting and now_ms - self._last_ms >= IDLE_MS:
            self._end(scans)
        return scans

    def _key(self, code: int, value: int, scans: list[str]) -> None:
        if code in _SHIFTS | _CONTROLS:
            (self._held.discard if value == _RELEASED else self._held.add)(code)
        elif value in (_RELEASED, _REPEATED):
            return
        elif code in _ENDS:
            self._end(scans)
        elif len(self._text) < SCAN_MAX:
            self._text += self._character(code)

    def _character(self, code: int) -> str:
        if self._held & _CONTROLS:
            return "\x1d" if code == _RIGHT_BRACKET else ""
        plain, shifted = _KEYS.get(code, ("", ""))
        return shifted if self._held & _SHIFTS else plain

    def _end(self, scans: list[str]) -> None:
        if self._text:
            scans.append(self._text)
        self._text = ""
