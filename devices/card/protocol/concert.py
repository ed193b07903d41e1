"""Concert, protocols E and E+ (Telium's "protocole caisse"): frames between ENQ and EOT. Pure.

The till calls (ENQ), sends the amount in a frame, and lets go (EOT); minutes later the terminal
calls in its turn. A frame is STX, data of a fixed length, ETX and the LRC, the exclusive or of all
bytes behind STX: it can be any byte, ETX too. An answer is believed when its LRC fits, its status
is 0, and register, amount, mode, currency and private data are as asked. A frame is sent again
only for the terminal's NAK. Run against a public client; on no real terminal: unverified there.

>>> asked = Asked("8W0XYZABC0", 1250)
>>> dialogue = Concert(asked, Manner(plus=True))
>>> dialogue.start(), dialogue.receive(ACK)
(b'\\x05', b'\\x0201000012500109788W0XYZABC0A010B010\\x03t')
>>> dialogue.receive(ACK), dialogue.receive(ENQ)
(b'\\x04', b'\\x06')
>>> dialogue.receive(framed(b"0100000125019788W0XYZABC0")), dialogue.answer.outcome.value
(b'\\x06', 'approved')
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from devices.card.protocol import (
    ACCOUNTED,
    LOST,
    NOT_REACHED,
    NOT_TAKEN,
    OTHER,
    REFUSED,
    REJECTED,
    SILENT,
    UNREADABLE,
    Answer,
    Asked,
    Outcome,
    card_of,
)

ENQ, ACK, NAK, EOT = b"\x05", b"\x06", b"\x15", b"\x04"
_STX, _ETX = 0x02, 0x03

TRIES = 3
"""How often the terminal is called, a frame is sent for a NAK, and a damaged answer asked anew."""
_REP_LENGTH = 55
_CARD_MODE = "1"
_DEBIT, _CREDIT = "0", "1"


class Stage(StrEnum):
    """How far a request has come."""

    CALLING = "calling"  # nothing of it has left
    SENDING = "sending"  # the frame left, and may have arrived
    WAITING = "waiting"  # the customer pays
    HEARING = "hearing"  # the terminal has called to answer
    ENDED = "ended"


class Heard(StrEnum):
    """What came of the terminal."""

    ACK = "ack"
    NAK = "nak"
    ENQ = "enq"
    FRAME = "frame"
    DAMAGED = "damaged"
    SILENCE = "silence"
    NOTHING = "nothing"


class Deed(StrEnum):
    """What the till does about it."""

    CALL = "call"
    SEND = "send"
    LET_GO = "let go"
    LISTEN = "listen"
    READ = "read"
    ASK_AGAIN = "ask again"
    GIVE_UP = "give up"


MOVES: Mapping[tuple[Stage, Heard], Deed] = {
    (Stage.CALLING, Heard.ACK): Deed.SEND,
    (Stage.CALLING, Heard.NAK): Deed.CALL,
    (Stage.CALLING, Heard.SILENCE): Deed.CALL,
    (Stage.CALLING, Heard.ENQ): Deed.LISTEN,
    (Stage.CALLING, Heard.FRAME): Deed.READ,
    (Stage.CALLING, Heard.DAMAGED): Deed.ASK_AGAIN,
    (Stage.SENDING, Heard.ACK): Deed.LET_GO,
    (Stage.SENDING, Heard.NAK): Deed.SEND,
    (Stage.SENDING, Heard.SILENCE): Deed.GIVE_UP,
    (Stage.WAITING, Heard.ENQ): Deed.LISTEN,
    (Stage.WAITING, Heard.FRAME): Deed.READ,
    (Stage.WAITING, Heard.DAMAGED): Deed.ASK_AGAIN,
    (Stage.WAITING, Heard.SILENCE): Deed.GIVE_UP,
    (Stage.HEARING, Heard.ENQ): Deed.LISTEN,
    (Stage.HEARING, Heard.FRAME): Deed.READ,
    (Stage.HEARING, Heard.DAMAGED): Deed.ASK_AGAIN,
    (Stage.HEARING, Heard.SILENCE): Deed.GIVE_UP,
}
"""The whole conversation; what is not in it is noise and changes nothing."""


STATUSES: Mapping[str, tuple[Outcome, str]] = {
    "0": (Outcome.APPROVED, ""),
    "7": (Outcome.DECLINED, REFUSED),
    "9": (Outcome.UNKNOWN, ACCOUNTED),
}
"""What the status of an answer says; any other is UNKNOWN."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How this terminal wants to be spoken to; `answer_s` is how long a customer may take.

    `reply_s` is how long it may take for a control byte, and between two bytes of a frame.
    `plus` is E+; `with_rep` asks for the long answer; without `handshake` frames go bare, as some
    terminals on a network want them. A `number` of one digit makes every frame one byte shorter.
    """

    number: str = "01"
    plus: bool = False
    with_rep: bool = False
    handshake: bool = True
    answer_s: float = 180.0
    reply_s: float = 2.0

    @property
    def lengths(self) -> tuple[int, int]:
        """Return how long the data of an answer is: short, and with REP."""
        short = len(self.number) + 23
        return short, short + _REP_LENGTH


def lrc(data: bytes) -> int:
    """Return the exclusive or of all bytes."""
    value = 0
    for byte in data:
        value ^= byte
    return value


def framed(data: bytes) -> bytes:
    """Return a frame of some data.

    >>> framed(b"01000001250010978").hex(" ")[-5:]
    '03 33'
    """
    body = data + bytes([_ETX])
    return bytes([_STX]) + body + bytes([lrc(body)])


class Frames:
    """Cuts a terminal's bytes into control bytes and frames of known lengths of data."""

    def __init__(self, lengths: tuple[int, ...]) -> None:
        self._lengths = sorted(lengths)
        self._frame: bytearray | None = None
        self.data = b""

    @property
    def within(self) -> bool:
        """Whether a frame has begun and not ended."""
        return self._frame is not None

    def take(self, byte: int) -> Heard:
        """Take one byte; `data` holds the data of the frame that it ended, if any."""
        if self._frame is None:
            return self._control(byte)
        self._frame.append(byte)
        length = len(self._frame) - 2
        if length in self._lengths and self._frame[length] == _ETX:
            self.data, self._frame = bytes(self._frame[:length]), None
            body = self.data + bytes([_ETX])
            return Heard.FRAME if lrc(body) == byte else Heard.DAMAGED
        if length >= self._lengths[-1]:
            self._frame = None
            return Heard.DAMAGED
        return Heard.NOTHING

    def drop(self) -> None:
        """Forget a frame that was begun."""
        self._frame = None

    def _control(self, byte: int) -> Heard:
        if byte == _STX:
            self._frame = bytearray()
            return Heard.NOTHING
        return {ACK[0]: Heard.ACK, NAK[0]: Heard.NAK, ENQ[0]: Heard.ENQ}.get(byte, Heard.NOTHING)


class Concert:
    """One request to a terminal that speaks Concert (see `Dialogue`).

    `known` are the requests by their reference that were given up and may still be answered.
    """

    def __init__(
        self, asked: Asked, manner: Manner, known: Mapping[str, Asked] = MappingProxyType({})
    ) -> None:
        self.answer: Answer | None = None
        self.left = False
        self.others: list[Answer] = []
        self._asked = asked
        self._known = known
        self._manner = manner
        self._frames = Frames(manner.lengths)
        self._stage = Stage.CALLING
        self._tries = 0

    @property
    def patience_s(self) -> float:
        """Return the time left to a customer, or to a byte that must come at once."""
        is_waiting = self._stage is Stage.WAITING and not self._frames.within
        return self._manner.answer_s if is_waiting else self._manner.reply_s

    @property
    def is_resting(self) -> bool:
        """Whether the terminal is not in the middle of telling something."""
        return self._stage is not Stage.HEARING and not self._frames.within

    def start(self, stale: bytes = b"") -> bytes:
        """Return the call, or the frame where there is no handshake.

        Of what the line still held only the terminal's own call counts: it speaks first then.
        """
        if not self._manner.handshake:
            self._stage, self.left = Stage.WAITING, True
            return framed(request(self._asked, self._manner))
        self._tries = 1
        call = stale.rfind(ENQ)
        return ENQ + self.receive(stale[call:]) if call >= 0 else ENQ

    def receive(self, data: bytes) -> bytes:
        """Take what came; return what to send."""
        return b"".join(self._do(self._frames.take(byte)) for byte in data)

    def silence(self) -> bytes:
        """Call again, or give up."""
        if self._frames.within:
            self._frames.drop()
            return self._do(Heard.DAMAGED)
        return self._do(Heard.SILENCE)

    def hang_up(self) -> None:
        """The line is gone."""
        if self.answer is None:
            self._end(Outcome.UNKNOWN if self.left else Outcome.CANCELLED,
                      LOST if self.left else NOT_REACHED)  # fmt: skip

    def listen_on(self) -> None:
        """Wait for the terminal to call with a late answer."""
        self.answer, self._stage, self._tries, self.left = None, Stage.WAITING, 0, True
        self._frames.drop()

    def _do(self, heard: Heard) -> bytes:
        deed = MOVES.get((self._stage, heard))
        if deed is Deed.LISTEN:
            return self._listen()
        if deed is Deed.READ:
            return self._read()
        if deed is Deed.ASK_AGAIN:
            return self._ask_again()
        if deed is Deed.GIVE_UP:
            silent = NOT_TAKEN if self._stage is Stage.SENDING else SILENT
            self._end(Outcome.UNKNOWN, silent)
            return b""
        return b"" if deed is None else self._speak(deed)

    def _speak(self, deed: Deed) -> bytes:
        """Call, send the frame, or let go; three times at most."""
        if deed is Deed.LET_GO:
            self._stage, self._tries = Stage.WAITING, 0
            return EOT
        if deed is Deed.SEND and self._stage is Stage.CALLING:
            self._stage, self._tries = Stage.SENDING, 0
        if self._tries >= TRIES:
            is_calling = self._stage is Stage.CALLING
            self._end(Outcome.CANCELLED, NOT_REACHED if is_calling else REJECTED)
            return EOT
        self._tries += 1
        if deed is Deed.CALL:
            return ENQ
        self.left = True
        return framed(request(self._asked, self._manner))

    def _listen(self) -> bytes:
        """Let the terminal speak; where the till was calling, it calls again after that."""
        if self._stage is Stage.WAITING:
            self._stage, self._tries = Stage.HEARING, 0
        return ACK

    def _read(self) -> bytes:
        found = read_answer(self._frames.data, self._manner)
        other = self._known.get(found["private"])
        if other is not None and found["private"] != self._asked.reference:
            self.others.append(self._judged(found, other))
            if self._stage is Stage.HEARING:
                self._stage = Stage.WAITING
        elif self._stage is not Stage.CALLING:  # before it was asked, nothing answers it
            self.answer, self._stage = self._judged(found, self._asked), Stage.ENDED
        return self._confirm(ACK)

    def _judged(self, found: Mapping[str, str], asked: Asked) -> Answer:
        outcome, detail = STATUSES.get(found["status"], (Outcome.UNKNOWN, UNREADABLE))
        if not self._is_of(found, asked):
            outcome, detail = Outcome.UNKNOWN, OTHER
        return Answer(outcome, detail, reference=asked.reference, card=card_of(found["rep"]))

    def _is_of(self, found: Mapping[str, str], asked: Asked) -> bool:
        sent = {
            "number": self._manner.number,
            "amount": f"{abs(asked.amount):08d}",
            "mode": _CARD_MODE,
            "currency": asked.currency,
            "private": asked.reference,
        }
        return all(found[name] == text for name, text in sent.items())

    def _ask_again(self) -> bytes:
        self._tries += 1
        if self._tries < TRIES and self._manner.handshake:
            return NAK
        if self._stage is not Stage.CALLING:
            self._end(Outcome.UNKNOWN, UNREADABLE)
        return self._confirm(EOT)

    def _confirm(self, byte: bytes) -> bytes:
        return byte if self._manner.handshake else b""

    def _end(self, outcome: Outcome, detail: str) -> None:
        if self.answer is None:
            self.answer, self._stage = Answer(outcome, detail), Stage.ENDED


def request(asked: Asked, manner: Manner) -> bytes:
    """Return the data of a request: 26 bytes for E, 34 for E+, with a number of two digits."""
    kind = _DEBIT if asked.amount > 0 else _CREDIT
    rep = "1" if manner.with_rep else "0"
    text = (
        f"{manner.number}{abs(asked.amount):08d}{rep}{_CARD_MODE}{kind}"
        f"{asked.currency}{asked.reference}"
    )
    return f"{text}{'A010B010' if manner.plus else ''}".encode("ascii")


def read_answer(data: bytes, manner: Manner) -> dict[str, str]:
    """Return the fields of an answer's data by name; `rep` is "" in a short one."""
    text = data.decode("latin-1")
    rep = _REP_LENGTH if len(data) == manner.lengths[1] else 0
    widths = {
        "number": len(manner.number),
        "status": 1,
        "amount": 8,
        "mode": 1,
        "rep": rep,
        "currency": 3,
        "private": 10,
    }
    found, at = {}, 0
    for name, width in widths.items():
        found[name], at = text[at : at + width], at + width
    return found
