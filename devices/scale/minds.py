"""The scale's side of each family: what lies on the pan → the bytes a real scale answers. Pure.

>>> pan = Pan(gross=345)
>>> mind("toledo", pan).receive(b"W")
b'\\x0200.345\\r'
>>> pan.given
[345]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from devices.scale.protocol.dialog06 import check_record
from devices.scale.protocol.enq import check

DIALOG_SECRET = 0x8005
"""The emulator's own; a real scale's is its maker's."""


@dataclass(slots=True)
class Pan:
    """What lies on the scale. `given` is its log: each still weight that it told, in grams.

    `once`: a still weight is told once, then nothing new until it changes. `is_secured`: a Dialog
    06 asks for its check word.
    """

    gross: int = 0
    moving: bool = False
    capacity: int = 15_000
    offset: int = 0
    once: bool = False
    wrong_check: bool = False
    is_secured: bool = False
    given: list[int] = field(default_factory=list)
    told: int | None = None
    moved: bool = True

    @property
    def shown(self) -> int:
        """What the scale shows: negative when it was set to zero with something on it."""
        return self.gross - self.offset

    @property
    def is_over(self) -> bool:
        """Whether more lies on it than it weighs."""
        return self.gross > self.capacity

    def put(self, grams: int) -> None:
        """Let so much lie on it, whatever lay there before."""
        if grams != self.gross:
            self.told, self.moved = None, True
        self.gross = grams

    def set_zero(self) -> bool:
        """Set it to zero where it stands still and nearly empty; return whether it did."""
        may = not self.moving and abs(self.gross) <= self.capacity // 50
        if may:
            self.offset = self.gross
        return may

    def give(self, grams: int) -> None:
        """Keep that a still weight was told."""
        self.given.append(grams)
        self.told = grams

    @property
    def is_old(self) -> bool:
        """Whether this weight was told already and is told but once."""
        return self.once and self.told == self.shown


class Mind(Protocol):
    """One family, as a scale."""

    def receive(self, data: bytes) -> bytes:
        """Take what the till sent; return the answer, b"" for none."""
        ...


def mind(family: str, pan: Pan) -> Mind:
    """Return the mind of a scale of this family."""
    if family == "dialog06":
        return _Dialog(pan)
    kinds: dict[str, Callable[[Pan], Mind]] = {
        "toledo": _Toledo,
        "enq": _Enq,
        "nci": lambda pan: _Lined(pan, b"\r", _nci),
        "sics": lambda pan: _Lined(pan, b"\r\n", _sics),
    }
    return kinds[family](pan)


def _kg(grams: int, width: int = 6) -> bytes:
    return f"{grams // 1000:0{width - 4}d}.{grams % 1000:03d}".encode()


class _Toledo:
    def __init__(self, pan: Pan) -> None:
        self._pan = pan

    def receive(self, data: bytes) -> bytes:
        return b"".join(self._one(byte) for byte in data)

    def _one(self, byte: int) -> bytes:
        if byte == ord("Z"):
            self._pan.set_zero()
        elif byte != ord("W"):
            return b""
        pan = self._pan
        bits = 0x40 | (
            0x02 if pan.is_over else 0x04 if pan.shown < 0 else 0x01 if pan.moving else 0
        )
        if bits & 0x07 or byte == ord("Z") or pan.is_old:
            return b"\x02?" + bytes([bits | (0x10 if not pan.shown else 0)]) + b"\r"
        pan.give(pan.shown)
        return b"\x02" + _kg(pan.shown) + b"\r"


class _Enq:
    def __init__(self, pan: Pan) -> None:
        self._pan = pan

    def receive(self, data: bytes) -> bytes:
        return b"".join(self._one(byte) for byte in data)

    def _one(self, byte: int) -> bytes:
        if byte == 0x05:
            return b"\x06"
        pan = self._pan
        if byte not in (0x11, 0x12) or pan.is_old:
            return b""
        sign = b"F" if pan.is_over else b"-" if pan.shown < 0 else b" "
        is_still = not pan.moving
        if is_still and sign == b" ":
            pan.give(pan.shown)
        weight = _kg(min(abs(pan.shown), 99_999))
        body = (b"S" if is_still else b"U") + sign + weight + b"kg"
        bcc = check(body) ^ (0x20 if pan.wrong_check else 0)
        return b"\x01\x02" + body + bytes([bcc]) + b"\x03\x04"


class _Lined:
    """The families whose commands are lines."""

    def __init__(self, pan: Pan, end: bytes, answer: Callable[[Pan, bytes], bytes]) -> None:
        self._pan = pan
        self._end = end
        self._answer = answer
        self._line = bytearray()

    def receive(self, data: bytes) -> bytes:
        said = b""
        for byte in data:
            self._line.append(byte)
            if self._line.endswith(self._end):
                line = bytes(self._line[: -len(self._end)])
                self._line.clear()
                said += self._answer(self._pan, line)
            del self._line[:-64]
        return said


def _nci(pan: Pan, line: bytes) -> bytes:
    if line not in (b"W", b"Z", b"S"):
        return b"\n?\r\x03"
    if line == b"Z":
        pan.set_zero()
    if line == b"W" and pan.is_old:
        return b""
    first = 0x30 | (1 if pan.moving else 0) | (0 if pan.shown else 2)
    second = 0x30 | (2 if pan.is_over else 1 if pan.shown < 0 else 0)
    weight = b""
    if line == b"W" and not (pan.moving or second & 3):
        pan.give(pan.shown)
        weight = b"\n" + _kg(pan.shown) + b"KG\r\n"
    return (weight or b"\n") + b"S" + bytes([first, second]) + b"\r\x03"


def _sics(pan: Pan, line: bytes) -> bytes:
    if line == b"Z":
        return b"Z A\r\n" if pan.set_zero() else b"Z I\r\n"
    if line != b"SI":
        return b"ES\r\n"
    if pan.is_over or pan.shown < 0:
        return b"S +\r\n" if pan.is_over else b"S -\r\n"
    if pan.is_old:
        return b""
    if not pan.moving:
        pan.give(pan.shown)
    return b"S %s %9s kg\r\n" % (b"D" if pan.moving else b"S", _kg(pan.shown, 5))


class _Dialog:
    """Dialog 06: knows the price, wants something moved between two weighings."""

    def __init__(self, pan: Pan) -> None:
        self._pan = pan
        self._record: bytearray | None = None
        self._price: tuple[int, int] | None = None
        self._is_trusted = False
        self._asked_for = 0
        self._after_eot = False

    def receive(self, data: bytes) -> bytes:
        return b"".join(self._one(byte) for byte in data)

    def _one(self, byte: int) -> bytes:
        if self._record is not None and byte != 0x03:
            self._record.append(byte)
        elif self._record is not None:
            record, self._record = bytes(self._record), None
            return self._told(*record.split(b"\x1b"))
        elif byte == 0x02:
            self._record = bytearray()
        elif byte == 0x05 and self._after_eot:
            return self._result()
        self._after_eot = byte == 0x04
        return b""

    def _told(self, number: bytes, *fields: bytes) -> bytes:
        if number in (b"01", b"03", b"04", b"05"):
            tare = int(fields[1]) if number in (b"03", b"05") else 0
            self._price = (int(fields[0]), tare)
            return b"\x06"
        if number == b"10":
            wanted = check_record(self._number(fields[0]), self._asked_for, DIALOG_SECRET)
            self._is_trusted = wanted.endswith(fields[0] + b"\x03")
            return b"\x0211\x1b" + (b"1" if self._is_trusted else b"0") + b"00\x03"
        return b"\x0209\x1b" + self._state() + b"\x03"

    def _number(self, words: bytes) -> int:
        """Turn the number that the till sent back by the high half of Z."""
        turned, by = int(words[:4], 16), self._asked_for >> 4
        return (turned >> by | turned << 16 - by) & 0xFFFF

    def _state(self) -> bytes:
        pan = self._pan
        if pan.is_over or pan.shown < 0:
            return b"32" if pan.is_over else b"31"
        if pan.moving:
            return b"20"
        if not pan.shown:
            return b"30"
        return b"00" if pan.moved else b"21"

    def _result(self) -> bytes:
        if self._pan.is_secured and not self._is_trusted:
            self._asked_for = 0x5A
            return b"\x0211\x1b2%02X\x03" % self._asked_for
        if self._price is None or self._state() != b"00":
            return b"\x15"
        price, tare = self._price
        self._price, self._pan.moved = None, False
        grams = max(self._pan.shown - tare, 0)
        self._pan.give(grams)
        amount = (price * grams + 500) // 1000
        return b"\x0202\x1b3\x1b%05d\x1b%06d\x1b%06d\x03" % (grams, price, amount)
