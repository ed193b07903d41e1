"""What a ZPL printer answers to `~HS`: three blocks of numbers between STX and ETX. Pure.

Recalled from Zebra's manual, unverified: the places of the flags within the blocks.

>>> parser = StatusParser()
>>> parser.receive(answer(LabelStatus(paper_out=True, waiting=2)))
[LabelStatus(paper_out=True, paused=False, head_open=False, ribbon_out=False, waiting=2)]
"""

from __future__ import annotations

from dataclasses import dataclass

from pos.domain.words import Sentence

ASK = b"~HS"

_STX, _ETX = 0x02, 0x03
_BLOCK_MOST = 80
_FIELDS = (12, 11, 2)
"""How many numbers each block holds, in order."""


@dataclass(frozen=True, slots=True)
class LabelStatus:
    """How the printer is; `waiting` is how many formats and labels it holds still."""

    paper_out: bool = False
    paused: bool = False
    head_open: bool = False
    ribbon_out: bool = False
    waiting: int = 0

    @property
    def is_stopped(self) -> bool:
        """Whether it waits for a person."""
        return self.paper_out or self.paused or self.head_open or self.ribbon_out


def cause(status: LabelStatus) -> str:
    """Return an English template of what a person should know, "" when all is well."""
    if status.head_open:
        return Sentence("head open").template
    if status.paper_out:
        return Sentence("no labels").template
    if status.ribbon_out:
        return Sentence("no ribbon").template
    return Sentence("paused: press its pause button").template if status.paused else ""


def answer(status: LabelStatus) -> bytes:
    """Return the three blocks in which a printer says `status`."""
    one = f"030,{status.paper_out:d},{status.paused:d},0245,{status.waiting:03d},0,0,0,000,0,0,0"
    two = f"000,0,{status.head_open:d},{status.ribbon_out:d},0,2,4,0,00000000,1,000"
    return b"".join(b"\x02" + block.encode() + b"\x03\r\n" for block in (one, two, "1234,0"))


class StatusParser:
    """Reads answers out of a stream; what is damaged is given up with its answer."""

    def __init__(self) -> None:
        self._block: bytearray | None = None
        self._blocks: list[list[int]] = []

    def receive(self, data: bytes) -> list[LabelStatus]:
        """Take bytes from the printer; returns the answers they completed."""
        found = [self._take(byte) for byte in data]
        return [status for status in found if status is not None]

    def _take(self, byte: int) -> LabelStatus | None:
        if byte == _STX:
            self._block = bytearray()
        elif self._block is not None and byte == _ETX:
            block, self._block = bytes(self._block), None
            return self._whole(block)
        elif self._block is not None:
            self._block.append(byte)
            if len(self._block) > _BLOCK_MOST:
                self._block = None
        return None

    def _whole(self, block: bytes) -> LabelStatus | None:
        parts = block.split(b",")
        place = len(self._blocks)
        if not all(part.isdigit() and len(part) <= 8 for part in parts):
            self._blocks.clear()
            return None
        if len(parts) != _FIELDS[place]:
            self._blocks.clear()
            if place and len(parts) == _FIELDS[0]:  # the rest of the one before was lost
                self._blocks.append([int(part) for part in parts])
            return None
        self._blocks.append([int(part) for part in parts])
        if len(self._blocks) < len(_FIELDS):
            return None
        one, two, _ = self._blocks
        self._blocks.clear()
        return LabelStatus(bool(one[1]), bool(one[2]), bool(two[2]), bool(two[3]), one[4] + two[8])
