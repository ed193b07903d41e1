"""ENQ / DC1: CAS AP-1 and PD-II type 6, Samsung ER, Ohaus Aviator: 9600 baud, 8N1.

`ENQ` is answered by `ACK`; `DC1` then by
`SOH STX state sign dd.ddd kg BCC ETX EOT`, the state `S` still or `U` moving, the sign blank, `-`
or `F` (too much), the BCC the exclusive or of all between STX and itself. Sources: CAS AP-1 and
PD-II manuals, Aviator 7000 p. 36. Unverified on a scale. It knows no command to set zero.
"""

from __future__ import annotations

from functools import reduce
from operator import xor

from devices.scale.protocol.common import Item, Kind, Reading, Reply, kilograms

_ENQ, _ACK, _NAK, _DC1 = b"\x05", 0x06, 0x15, b"\x11"
_HEAD, _TAIL = b"\x01\x02", b"\x03\x04"
_LENGTH = 15


class Enq:
    """The till's side of ENQ / DC1."""

    live = True
    zero = b""

    def __init__(self) -> None:
        self._frame = bytearray()
        self._agreed = False

    def ask(self, _item: Item) -> bytes:
        """Ask whether the scale is there."""
        self._frame.clear()
        self._agreed = False
        return _ENQ

    def look(self) -> bytes:
        """Ask the same."""
        return self.ask(Item())

    def receive(self, data: bytes) -> list[Reply | Reading]:
        """Take bytes: ACK, then a frame of a fixed length, as its check may be any byte."""
        said: list[Reply | Reading] = []
        for byte in data:
            if self._agreed:
                said += self._framed(byte)
            elif byte == _ACK:
                self._agreed = True
                said.append(Reply(_DC1))
            elif byte == _NAK:
                said.append(Reading(Kind.DAMAGED))
        return said

    def _framed(self, byte: int) -> list[Reading]:
        self._frame.append(byte)
        if not _HEAD.startswith(self._frame[:2]):
            del self._frame[:-1]
            if self._frame != _HEAD[:1]:
                self._frame.clear()
        if len(self._frame) < _LENGTH:
            return []
        frame = bytes(self._frame)
        self._frame.clear()
        self._agreed = False
        return [_read(frame)]


def check(body: bytes) -> int:
    """Return the BCC of what stands between STX and it."""
    return reduce(xor, body, 0)


def _read(frame: bytes) -> Reading:
    body, bcc, tail = frame[2:12], frame[12], frame[13:]
    state, sign, grams = body[:1], body[1:2], kilograms(body[2:8])
    if check(body) != bcc or tail != _TAIL or body[8:] != b"kg":
        return Reading(Kind.DAMAGED)
    if sign == b"F":
        return Reading(Kind.OVERLOAD)
    if grams is None or state not in (b"S", b"U") or sign not in (b" ", b"-"):
        return Reading(Kind.DAMAGED)
    if sign == b"-" and grams:
        return Reading(Kind.BELOW_ZERO)
    return Reading(Kind.STABLE if state == b"S" else Kind.MOVING, grams)
