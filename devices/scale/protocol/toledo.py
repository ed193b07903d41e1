"""Mettler Toledo 8217, as Ariva, Viva, Diva and many others speak it: 9600 baud, 7E1.

`W` asks; a still scale answers `STX ww.www CR` (`N` before CR: net), any other `STX ? status CR`.
Source: the Diva's manual pp. 45, 50. Unverified on a scale; bit 6 of the status is not looked at.
"""

from __future__ import annotations

from devices.scale.protocol.common import FRAME_MAX, Item, Kind, Reading, Reply, kilograms

_STX, _CR = 0x02, 0x0D
_STATES = (
    (0x02, Kind.OVERLOAD),
    (0x04, Kind.BELOW_ZERO),
    (0x01, Kind.MOVING),
    (0x08, Kind.NOT_ZEROED),
    (0x10, Kind.EMPTY),
)
"""The bits of the status, what matters most first."""


class Toledo:
    """The till's side of 8217."""

    live = True
    zero = b"Z"

    def __init__(self) -> None:
        self._frame: bytearray | None = None

    def ask(self, _item: Item) -> bytes:
        """Ask for the weight."""
        self._frame = None
        return b"W"

    def look(self) -> bytes:
        """Ask the same."""
        return self.ask(Item())

    def receive(self, data: bytes) -> list[Reply | Reading]:
        """Take bytes; a frame is whatever stands between STX and CR."""
        said: list[Reply | Reading] = []
        for byte in data:
            if byte == _STX:
                self._frame = bytearray()
            elif self._frame is None:
                continue
            elif byte == _CR:
                said.append(_read(bytes(self._frame)))
                self._frame = None
            elif len(self._frame) < FRAME_MAX:
                self._frame.append(byte)
        return said


def _read(body: bytes) -> Reading:
    if body[:1] == b"?" and len(body) == 2:
        found = (kind for bit, kind in _STATES if body[1] & bit)
        return Reading(next(found, Kind.UNCHANGED))
    is_net = body.endswith(b"N")
    grams = kilograms(body.removesuffix(b"N"))
    return Reading(Kind.DAMAGED) if grams is None else Reading(Kind.STABLE, grams, is_net)
