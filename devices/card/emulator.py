"""A card terminal that ships: the real protocols over a real socket or pty, and its own log.

`behaviour` is what the customer, the bank, the terminal or the cable does next; a person or a test
switches it. `log` is what the terminal itself knows to have paid, whatever it told the till: a
shop's totals are compared with it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from devices.card.protocol import caisse_ap, concert
from devices.card.protocol.concert import ACK, ENQ, EOT, NAK, framed, lrc
from devices.card.wire import POLL_S, Buffered, Calls, Gone
from devices.pty import PtyCable
from devices.wired import AtWork

_STX, _ETX = b"\x02", 0x03
_GARBAGE = bytes(range(0x80, 0xC0)) + b"\x02AE00210\x03\x15\x04"


class Behaviour(StrEnum):
    """What happens with the next request; the first ones as real terminals do every day."""

    APPROVE = "approve"
    REFUSE = "refuse"
    ABANDON = "abandon"
    NO_CARD = "no card"
    FRAGMENTED = "fragmented"  # it pays, and answers a byte at a time
    MUTE = "mute"  # it hears nothing
    SILENT = "silent"  # it pays, and never answers
    LATE = "late"  # it pays, and answers once `let_go` is called
    LOST = "lost"  # it pays, and the line breaks before the answer
    HANGS_UP = "hangs up"  # it pays, and says goodbye (on a line: nothing) in place of its answer
    HALF = "half"  # it pays, and half of its answer arrives
    GARBAGE = "garbage"  # it pays, and noise arrives in place of its answer
    WRONG_ECHO = "wrong echo"  # it pays another amount
    CONTRADICTS = "contradicts"  # it says done, and why not
    ACCOUNTED = "accounted"  # it pays, and only says that it was asked
    BAD_LRC = "bad LRC"  # it pays, and its answer is damaged each time
    BAD_LRC_ONCE = "bad LRC once"  # it pays, and its answer is damaged the first time
    NAK = "NAK"  # it cannot read the request


UNPAID = frozenset({"refuse", "abandon", "no card", "mute", "contradicts", "NAK"})
"""What no money moves by."""


@dataclass(frozen=True, slots=True)
class Paid:
    """An operation of the terminal's log: minor units, negative for what it paid back."""

    reference: str
    amount: int
    authorisation: str


class EmulatedTerminal(AtWork[PtyCable | Calls]):
    """A terminal behind a `url`: `caisse-ap`, `concert-e` or `concert-e+`.

    Caisse-AP listens on the loopback network, and Concert with `tcp`; else Concert has a pty.
    `paying_s` is how long its customers take.
    """

    def __init__(
        self,
        name: str = "card",
        protocol: str = "caisse-ap",
        *,
        tcp: bool = False,
        handshake: bool = True,
        number: str = "01",
        paying_s: float = 0.0,
        receipt: str = "",
    ) -> None:
        wire = Calls() if tcp or protocol == "caisse-ap" else PtyCable(name)
        super().__init__(wire)
        self.behaviour = Behaviour.APPROVE
        self.paying_s = paying_s
        self.receipt = receipt
        self.log: list[Paid] = []
        self.requests = 0
        self._plus = protocol == "concert-e+"
        self._handshake = handshake
        self._manner = concert.Manner(number, self._plus, handshake=handshake)
        self._serve_line = self._caisse_ap if protocol == "caisse-ap" else self._concert
        self._let_go = threading.Event()
        self._line = None if isinstance(wire, Calls) else Buffered(wire, self._closing)
        self._begin(name)

    @property
    def totals(self) -> tuple[int, int]:
        """How many operations the terminal did, and their sum: what its own close prints."""
        return len(self.log), sum(paid.amount for paid in self.log)

    def let_go(self) -> None:
        """Let the answer that is held back (`LATE`) go out."""
        self._let_go.set()

    def babble(self, data: bytes) -> None:
        """Say what nobody asked for; a terminal that is called can only answer."""
        if isinstance(self._wire, PtyCable):
            self._wire.send(data)

    def close(self) -> None:
        """Put the terminal away."""
        self._closing.set()
        self._let_go.set()
        super().close()

    # --- its thread ---

    def _turn(self) -> None:
        with contextlib.suppress(Gone):
            if isinstance(self._wire, Calls):
                with self._wire.call(POLL_S) as line:
                    self._serve_line(Buffered(line, self._closing))
            elif self._line is not None:
                self._serve_line(self._line)

    def _caisse_ap(self, line: Buffered) -> None:
        asked = line.until_whole()
        self.requests += 1
        if self.behaviour is Behaviour.MUTE:
            line.wait_for_hang_up()
        paid = self._pay(asked.get("CF", ""), _signed(asked["CB"], asked["CD"]))
        answer = {tag: asked[tag] for tag in ("CZ", "CJ", "CA", "CE", "BA", "CD", "CB")}
        answer |= {"CF": asked["CF"]} if "CF" in asked else {}
        if self.behaviour is Behaviour.WRONG_ECHO:
            answer["CB"] = str(int(answer["CB"]) + 1)
        answer |= _CAISSE_AP_SAYS.get(self.behaviour, {"AE": "10"})
        if answer["AE"] == "10":
            answer |= {"CC": "001", "CI": "1", "AC": paid, "AA": "497010######7893"}
            answer |= {"AK": self.receipt} if self.receipt else {}
        self._answer(line, caisse_ap.write(answer))
        line.wait_for_hang_up()

    def _concert(self, line: Buffered) -> None:
        if self._handshake:
            self._hear_call(line)
        data = self._hear_frame(line)
        if self._handshake:
            line.expect(EOT)
        self.requests += 1
        number = len(self._manner.number)
        reference = data[number + 14 : number + 24].decode()
        amount = _signed(data[number : number + 8].decode(), chr(data[number + 10]))
        self._pay(reference, amount)
        self._say(line, self._concert_answer(data, reference))

    def _concert_answer(self, data: bytes, reference: str) -> bytes:
        number, rep = self._manner.number, data[len(self._manner.number) + 8 :][:1]
        amount = int(data[len(number) : len(number) + 8])
        amount += self.behaviour is Behaviour.WRONG_ECHO
        status = {Behaviour.ACCOUNTED: "9", Behaviour.CONTRADICTS: "5"}.get(self.behaviour, "0")
        status = "7" if self.behaviour in ("refuse", "abandon", "no card") else status
        card = "4970101234567893".ljust(55) if rep == b"1" else ""
        return f"{number}{status}{amount:08d}1{card}978{reference}".encode()

    def _hear_call(self, line: Buffered) -> None:
        while True:
            byte = line.take(1)
            if byte == ENQ and self.behaviour is not Behaviour.MUTE:
                line.send(ACK)
                return

    def _hear_frame(self, line: Buffered) -> bytes:
        """Return the data of a frame; one that is damaged is refused, and comes again."""
        length = len(self._manner.number) + (32 if self._plus else 24)
        while True:
            while line.take(1) != _STX:
                continue
            body, check = line.take(length + 1), line.take(1)[0]
            if self.behaviour is Behaviour.MUTE:
                line.wait_for_hang_up()
            is_good = lrc(body) == check and body[-1] == _ETX
            if is_good and self.behaviour is not Behaviour.NAK:
                line.send(ACK if self._handshake else b"")
                return body[:-1]
            line.send(NAK if self._handshake else b"")
            if self.behaviour is Behaviour.NAK and line.peek() == EOT:
                raise Gone

    def _say(self, line: Buffered, data: bytes) -> None:
        """Call the till and give it the answer, again when it says that it was damaged."""
        if not self._handshake:
            self._answer(line, self._frame(data, 0))
            return
        self._held_back()
        line.send(ENQ)
        line.expect(ACK)
        for attempt in range(concert.TRIES):
            self._answer(line, self._frame(data, attempt))
            if line.take(1) != NAK:
                break
        line.send(EOT)

    def _frame(self, data: bytes, attempt: int) -> bytes:
        frame = framed(data)
        is_bad = self.behaviour is Behaviour.BAD_LRC or (
            self.behaviour is Behaviour.BAD_LRC_ONCE and attempt == 0
        )
        return frame[:-1] + bytes([frame[-1] ^ 0x20]) if is_bad else frame

    def _pay(self, reference: str, amount: int) -> str:
        """Let the customer pay; return the authorisation, "" where no money moved."""
        self._closing.wait(self.paying_s)
        if self.behaviour in UNPAID:
            return ""
        charged = amount + (self.behaviour is Behaviour.WRONG_ECHO)
        authorisation = f"{391600 + len(self.log):06d}"
        self.log.append(Paid(reference, charged, authorisation))
        return authorisation

    def _held_back(self) -> None:
        if self.behaviour is Behaviour.LATE:
            self._let_go.wait()
            self._let_go.clear()
        if self.behaviour is Behaviour.SILENT:
            raise Gone

    def _answer(self, line: Buffered, data: bytes) -> None:
        """Send an answer as the cable lets it through."""
        if not self._handshake or self._serve_line == self._caisse_ap:
            self._held_back_or_mute(line)
        if self.behaviour is Behaviour.LOST:
            self._wire.unplug()
        if self.behaviour in (Behaviour.LOST, Behaviour.HANGS_UP):
            raise Gone
        if self.behaviour is Behaviour.FRAGMENTED:
            for byte in data:
                line.send(bytes([byte]))
                self._closing.wait(0.002)
        elif self.behaviour is Behaviour.HALF:
            line.send(data[: len(data) // 2])
        elif self.behaviour is Behaviour.GARBAGE:
            line.send(_GARBAGE)
        else:
            line.send(data)

    def _held_back_or_mute(self, line: Buffered) -> None:
        try:
            self._held_back()
        except Gone:
            line.wait_for_hang_up()


_CAISSE_AP_SAYS: Mapping[Behaviour, Mapping[str, str]] = {
    Behaviour.REFUSE: {"AE": "01", "AF": "04"},
    Behaviour.ABANDON: {"AE": "01", "AF": "06"},
    Behaviour.NO_CARD: {"AE": "01", "AF": "08"},
    Behaviour.NAK: {"AE": "01", "AF": "09"},
    Behaviour.CONTRADICTS: {"AE": "10", "AF": "09"},
    Behaviour.ACCOUNTED: {"AE": "11"},
}


def _signed(amount: str, kind: str) -> int:
    return -int(amount) if kind == "1" else int(amount)
