"""NCI (Weigh-Tronix SCP-01, called ECR on other makes): 9600 baud, 7E1.

`W CR` is answered by `LF weight unit CR LF S status CR ETX`, without the weight while it moves or
is out of range. Sources: the Diva's manual pp. 40-42, the 7821's p. 25. Unverified on a scale: the
bits of the status bytes are recalled (first: moving, at zero; second: under, over, fault).
"""

from __future__ import annotations

import re

from devices.scale.protocol.common import FRAME_MAX, Item, Kind, Reading, Reply, in_unit

_LF, _ETX = 0x0A, 0x03
_ANSWER = re.compile(rb"\n(?:([0-9. ]{1,10}?) ?([A-Za-z]{1,2})\r\n)?S([0-\x3f]{1,4})\r")


class Nci:
    """The till's side of NCI."""

    live = True
    zero = b"Z\r"

    def __init__(self) -> None:
        self._frame = bytearray()

    def ask(self, _item: Item) -> bytes:
        """Ask for the weight."""
        self._frame.clear()
        return b"W\r"

    def look(self) -> bytes:
        """Ask the same."""
        return self.ask(Item())

    def receive(self, data: bytes) -> list[Reply | Reading]:
        """Take bytes; a frame is whatever stands between LF and ETX."""
        said: list[Reply | Reading] = []
        for byte in data:
            if byte == _ETX and self._frame:
                said.append(_read(bytes(self._frame)))
                self._frame.clear()
            elif (byte == _LF or self._frame) and len(self._frame) < FRAME_MAX:
                self._frame.append(byte)
        return said


def _read(frame: bytes) -> Reading:
    if frame == b"\n?\r":
        return Reading(Kind.REFUSED)
    found = _ANSWER.fullmatch(frame)
    if found is None:
        return Reading(Kind.DAMAGED)
    first, second = (*found[3], 0)[:2]
    grams = in_unit(found[1], found[2]) if found[1] is not None else None
    if second & 0x02:
        return Reading(Kind.OVERLOAD)
    if second & 0x01:
        return Reading(Kind.BELOW_ZERO)
    if second & 0x04:
        return Reading(Kind.REFUSED)
    if first & 0x01:
        return Reading(Kind.MOVING, grams or 0)
    if found[1] is None:
        return Reading(Kind.EMPTY if first & 0x02 else Kind.UNCHANGED)
    return Reading(Kind.DAMAGED) if grams is None else Reading(Kind.STABLE, grams)
