"""MT-SICS, level 0 (Mettler Toledo): 9600 baud, 8N1, lines.

`SI` is answered at once: `S S weight unit` still, `S D` moving, `S I` busy, `S +` too much, `S -`
below zero. Source: notes on MT-SICS; unverified on a scale. A weight with parts of a gram, or in
another unit than kg and g, is refused rather than rounded.
"""

from __future__ import annotations

import re

from devices.scale.protocol.common import FRAME_MAX, Item, Kind, Reading, Reply, in_unit

_LF = 0x0A
_WEIGHT = re.compile(rb"S ([SD]) +(-?)([0-9.]{1,10}) (kg|g)")
_WORDS = {
    b"S I": Kind.UNCHANGED,
    b"S +": Kind.OVERLOAD,
    b"S -": Kind.BELOW_ZERO,
    b"Z A": Kind.EMPTY,
    b"Z I": Kind.UNCHANGED,
    b"Z +": Kind.NOT_ZEROED,
    b"Z -": Kind.NOT_ZEROED,
    b"ES": Kind.REFUSED,
    b"ET": Kind.DAMAGED,
    b"EL": Kind.REFUSED,
}


class Sics:
    """The till's side of MT-SICS."""

    live = True
    zero = b"Z\r\n"

    def __init__(self) -> None:
        self._line = bytearray()

    def ask(self, _item: Item) -> bytes:
        """Ask for the weight as it is."""
        self._line.clear()
        return b"SI\r\n"

    def look(self) -> bytes:
        """Ask the same."""
        return self.ask(Item())

    def receive(self, data: bytes) -> list[Reply | Reading]:
        """Take bytes; a line ends with CR LF."""
        said: list[Reply | Reading] = []
        for byte in data:
            if byte == _LF:
                if line := bytes(self._line):
                    said.append(_read(line))
                self._line.clear()
            elif len(self._line) < FRAME_MAX:
                self._line.append(byte)
        return said


def _read(line: bytes) -> Reading:
    if not line.endswith(b"\r"):
        return Reading(Kind.DAMAGED)
    line = line[:-1]
    if line in _WORDS:
        return Reading(_WORDS[line])
    found = _WEIGHT.fullmatch(line)
    grams = None if found is None else in_unit(found[3], found[4])
    if found is None or grams is None:
        return Reading(Kind.DAMAGED)
    if found[2] and grams:
        return Reading(Kind.BELOW_ZERO)
    return Reading(Kind.STABLE if found[1] == b"S" else Kind.MOVING, grams)
