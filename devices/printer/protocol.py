"""ESC/POS as bytes: what is sent to ask and to pulse, and what comes back, told apart. Pure.

One stream carries five kinds of answers (devices: Epson TM manuals, "transmission status
identification"): real-time status bytes, 4-byte automatic status blocks, plain answer bytes,
blocks with a header that end with NUL, and XON and XOFF between any of them. `StatusParser` is fed
any number of bytes at a time.

Unverified, recalled only: the power-on notice `3B 31 00`, the notice of cleared buffers `37 25 00`
and the bit of a recoverable error in the answer to DLE EOT 3. Nothing rests on them alone.

>>> parser = StatusParser()
>>> [told] = parser.receive(bytes([0x1C, 0x00, 0x0F, 0x00]))
>>> told.offline, told.pin_high, told.paper_out, told.paper_low
(True, True, True, True)
>>> parser.receive(b'\\x37"0042\\x00')
[JobDone(id=b'0042')]
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

ASB_ON = b"\x1da\x4f"
"""GS a: tell drawer, online, error, paper and panel changes unasked."""

ASK_PAPER = b"\x1dr\x01"
"""GS r 1: answered, in order, once everything before it has left the receive buffer."""

PULSE_10MS = 10
"""The length of a drawer's pulse, in units of 10 ms."""

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_XON, _XOFF = 0x11, 0x13
_HEADERS = {0x37, 0x3D, 0x5F, 0x3B}
_BLOCK_MAX = 128

RESTART = b"\x10\x05\x01"
"""DLE ENQ 1: go on from the line where it stopped; for a printer whose trouble was removed."""


def ask(n: int) -> bytes:
    """DLE EOT `n`: 1 printer, 2 why offline, 3 which fault, 4 paper; answered even offline."""
    return bytes((0x10, 0x04, n))


def pulse(pin: int, length_10ms: int) -> bytes:
    """ESC p: the drawer's pulse in its place among the printed data; `pin` 0 or 1."""
    return bytes((0x1B, 0x70, pin, length_10ms * 5, length_10ms * 5))


def pulse_now(pin: int, length_10ms: int) -> bytes:
    """DLE DC4 1: the drawer's pulse at once, before anything that waits; 100 to 800 ms."""
    return bytes((0x10, 0x14, 0x01, pin, min(max(length_10ms // 10, 1), 8)))


def ask_done(process_id: bytes) -> bytes:
    """GS ( H fn 48: answer with these 4 bytes when everything before is on paper."""
    return b"\x1d(H\x06\x0000" + process_id


def process_id(job: str) -> bytes:
    """Return the 4 letters by which the printer names a job: the same for the same job.

    Made from the job's name, so that a late answer to an earlier job is never taken for this one.

    >>> process_id("S012-T03-K7/000481") == process_id("S012-T03-K7/000482")
    False
    """
    digest = hashlib.blake2s(job.encode(), digest_size=4).digest()
    return bytes(_ALPHABET[byte % 32] for byte in digest)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to `ask` (DLE EOT): the byte, of which `kind` the asker knows."""

    byte: int


class Fault(StrEnum):
    """What is wrong inside a printer."""

    NONE = ""
    CUTTER = "cutter"
    HOT = "hot"  # it goes on by itself when it has cooled down
    BROKEN = "broken"  # only switching it off and on, or a repair, helps
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Status:
    """How the printer is; `waits` is that it wants a sign to go on after its trouble is over."""

    offline: bool = False
    pin_high: bool = False
    cover_open: bool = False
    paper_out: bool = False
    paper_low: bool = False
    fault: Fault = Fault.NONE
    waits: bool = False


def status_of(printer: int, cause: int, paper: int, error: int = 0x12) -> Status:
    """Return what the answers to `ask` 1, 2, 4 and 3 say together; 3 is asked for a fault only.

    >>> status_of(0x1A, 0x32, 0x7E).paper_out, status_of(0x12, 0x12, 0x1E).paper_low
    (True, True)
    >>> status_of(0x1A, 0x52, 0x12, 0x1A).fault
    <Fault.CUTTER: 'cutter'>
    """
    return Status(
        offline=bool(printer & 0x08),
        pin_high=bool(printer & 0x04),
        cover_open=bool(cause & 0x04),
        paper_out=bool(cause & 0x20) or paper & 0x60 == 0x60,
        paper_low=paper & 0x0C == 0x0C,
        fault=_fault(error, other=has_fault(cause)),
        waits=bool(printer & 0x20),
    )


def has_fault(cause: int) -> bool:
    """Return whether the answer to `ask` 2 says that `ask` 3 knows more."""
    return bool(cause & 0x40)


def _fault(bits: int, *, other: bool) -> Fault:
    """Return the fault of DLE EOT 3, whose bits are those of an automatic block's second byte."""
    if bits & 0x20:
        return Fault.BROKEN
    if bits & 0x08:
        return Fault.CUTTER
    if bits & 0x40:
        return Fault.HOT
    return Fault.OTHER if other or bits & 0x04 else Fault.NONE


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain answer byte (GS r, GS I): only meaningful to who asked."""

    byte: int


@dataclass(frozen=True, slots=True)
class JobDone:
    """Everything before the request with this `id` is on paper."""

    id: bytes


@dataclass(frozen=True, slots=True)
class PoweredOn:
    """The printer says that it has just started, or was cleared: what was in its buffer is gone."""


@dataclass(frozen=True, slots=True)
class Flow:
    """XON or XOFF: whether it takes more bytes."""

    is_open: bool


@dataclass(frozen=True, slots=True)
class Info:
    """A block of identification (GS I): its text."""

    text: bytes


StatusEvent = Answer | Status | Plain | JobDone | PoweredOn | Flow | Info


class StatusParser:
    """Tells a printer's answers apart; no bytes can confuse it for longer than one answer."""

    def __init__(self) -> None:
        self._block = bytearray()  # an automatic status block that has begun
        self._headed = bytearray()  # a header block that has begun

    def receive(self, data: bytes) -> list[StatusEvent]:
        """Take bytes from the printer; returns the answers they completed, in order."""
        events = (self._take(byte) for byte in data)
        return [event for event in events if event is not None]

    def fell_silent(self) -> None:
        """Give up what has begun: an answer comes in one go, and its rest was lost."""
        self._block.clear()
        self._headed.clear()

    def _take(self, byte: int) -> StatusEvent | None:
        if byte in (_XON, _XOFF):  # never part of another answer
            return Flow(byte == _XON)
        if self._headed and (byte == 0 or 0x20 <= byte <= 0x7E):
            return self._header(byte)
        self._headed.clear()  # a damaged block is given up
        if self._block and byte & 0x90 == 0:
            return self._asb(byte)
        self._block.clear()
        if byte in _HEADERS:
            self._headed.append(byte)
            return None
        return self._single(byte)

    def _single(self, byte: int) -> StatusEvent | None:
        if byte & 0x93 == 0x12:
            return Answer(byte)
        if byte & 0x93 == 0x10:
            self._block.append(byte)
            return None
        return Plain(byte) if byte & 0x90 == 0 else None

    def _asb(self, byte: int) -> Status | None:
        self._block.append(byte)
        if len(self._block) < 4:
            return None
        one, two, three, _ = self._block
        self._block.clear()
        return Status(
            offline=bool(one & 0x08),
            pin_high=bool(one & 0x04),
            cover_open=bool(one & 0x20),
            paper_out=three & 0x0C == 0x0C,
            paper_low=three & 0x03 == 0x03,
            fault=_fault(two, other=False),
            waits=bool(two & 0x01),
        )

    def _header(self, byte: int) -> StatusEvent | None:
        self._headed.append(byte)
        if byte != 0 and len(self._headed) < _BLOCK_MAX:
            return None
        block = bytes(self._headed[:-1])
        self._headed.clear()
        if block[0] == 0x3B or block == b"7%":
            return PoweredOn()
        if block[:2] == b'7"':
            return JobDone(block[2:]) if len(block) == 6 else None
        return Info(block[1:])
