"""Caisse-AP over IP (Concert V3): ASCII records over one TCP connection a request. Pure.

A record is a tag of 2 characters, a length of 3 digits and a value. Nothing tells how long the
whole is: an answer is whole when its records end where its bytes end and no more come for
`DRAIN_S`. A payment is approved when AE is 10, there is no AF, and CA, CB, CD and CE are as asked;
AE 10 with an AF has been seen for a request that was not understood. Field meanings beyond those
(AF's codes, AK as the receipt's text, CF echoed by V3.2) are from public programs: unverified.

>>> dialogue = CaisseAp(Asked("8W0XYZABC0", 1590), Manner("01"))
>>> dialogue.start()
b'CZ0040300CJ012012345678901CA00201CE003978BA0010CD0010CB0041590'
>>> dialogue.receive(b"CZ0040300CA00201CE003978CD0010CB004")
b''
>>> dialogue.receive(b"1590AE00210AC006391603AA016873407######6964") + dialogue.silence()
b''
>>> dialogue.answer.outcome.value, dialogue.answer.authorisation, dialogue.answer.card
('approved', '391603', '############6964')
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from devices.card.protocol import (
    ACCOUNTED,
    CALL,
    CONTRADICTS,
    GIVEN_UP,
    LOST,
    NOT_ABLE,
    NOT_DONE,
    NOT_REACHED,
    OTHER,
    REFUSED,
    SILENT,
    TOO_LATE,
    UNREADABLE,
    Answer,
    Asked,
    Outcome,
    card_of,
    receipt_lines,
    told,
)

PORT = 8888
ANSWER_MOST = 8_192
"""The longest answer in bytes; what is longer is noise."""
DRAIN_S = 0.5
"""A silence this long after records that hold a status ends an answer."""
IDENTIFIER = "012345678901"
"""The identifier of the protocol (CJ), the same for every till."""

_DEBIT, _CREDIT = "0", "1"
_DONE, _NOT_DONE, _TAKEN = "10", "01", "11"
_HEAD = 5
_ECHOED = ("CA", "CB", "CD", "CE")
"""What an answer that is believed must echo."""

REASONS: Mapping[str, tuple[Outcome, str]] = {
    "": (Outcome.DECLINED, NOT_DONE),
    "00": (Outcome.DECLINED, NOT_DONE),
    "01": (Outcome.UNKNOWN, CONTRADICTS),
    "02": (Outcome.DECLINED, CALL),
    "03": (Outcome.UNKNOWN, CONTRADICTS),
    "04": (Outcome.DECLINED, REFUSED),
    "05": (Outcome.DECLINED, REFUSED),
    "06": (Outcome.CANCELLED, GIVEN_UP),
    "07": (Outcome.CANCELLED, NOT_DONE),
    "08": (Outcome.CANCELLED, TOO_LATE),
    "09": (Outcome.CANCELLED, NOT_ABLE),
    "10": (Outcome.CANCELLED, NOT_ABLE),
    "11": (Outcome.CANCELLED, GIVEN_UP),
    "12": (Outcome.CANCELLED, NOT_ABLE),
    "13": (Outcome.CANCELLED, NOT_ABLE),
}
"""How a request that was not done (AE 01) ended, by its reason (AF); any other is UNKNOWN."""

APPLICATIONS: Mapping[str, str] = {
    "001": "CB",
    "00B": "CB sans contact",
    "002": "American Express",
    "00D": "American Express sans contact",
    "003": "CB enseigne",
    "005": "Cofinoga",
    "006": "Diners",
    "007": "CB-Pass",
    "008": "Franfinance",
    "009": "JCB",
    "00A": "Accord",
    "00C": "Chèque",
    "00U": "China UnionPay",
}
"""What an application (CC) is called."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How this terminal wants to be spoken to; `answer_s` is how long a customer may take.

    `with_reference` sends the request's name as CF and wants it echoed, which V3.2 does.
    """

    number: str = "01"
    version: str = "0300"
    with_reference: bool = False
    answer_s: float = 180.0


class CaisseAp:
    """One request to a terminal that speaks Caisse-AP (see `Dialogue`)."""

    def __init__(self, asked: Asked, manner: Manner) -> None:
        self.answer: Answer | None = None
        self.left = False
        self.others: list[Answer] = []
        self._asked = asked
        self._manner = manner
        self._sent = _request(asked, manner)
        self._came = bytearray()

    @property
    def patience_s(self) -> float:
        """Return the time left to a customer; short once the answer may be whole."""
        return DRAIN_S if "AE" in self._records() else self._manner.answer_s

    @property
    def is_resting(self) -> bool:
        """Return True: each request has a connection of its own."""
        return True

    def start(self, stale: bytes = b"") -> bytes:  # noqa: ARG002
        """Return the whole request; what came before it on its connection answers nothing."""
        self.left = True
        return write(self._sent)

    def receive(self, data: bytes) -> bytes:
        """Take what came; an answer is read once nothing more comes."""
        self._came += data
        if self.answer is None and len(self._came) > ANSWER_MOST:
            self.answer = Answer(Outcome.UNKNOWN, UNREADABLE)
        return b""

    def silence(self) -> bytes:
        """Read the answer, or give it up."""
        self._end(UNREADABLE if self._came else SILENT)
        return b""

    def hang_up(self) -> None:
        """Read the answer: many terminals end the connection behind it."""
        self._end(LOST)

    def listen_on(self) -> None:
        """Wait for another answer; what came of one that was not whole is its beginning."""
        self.answer = None
        if self._records():
            self._came.clear()

    def _end(self, why: str) -> None:
        if self.answer is not None:
            return
        records = self._records()
        if records:
            self.answer = self._read(records)
        elif self.left:
            self.answer = Answer(Outcome.UNKNOWN, why)
        else:
            self.answer = Answer(Outcome.CANCELLED, NOT_REACHED)

    def _records(self) -> dict[str, str]:
        """Return the records that came, none unless they are whole."""
        return read(bytes(self._came)) or {}

    def _read(self, found: Mapping[str, str]) -> Answer:
        outcome, detail = self._judge(found)
        return Answer(
            outcome,
            detail,
            reference=self._asked.reference if "CF" in self._sent else "",
            card=card_of(found.get("AA", "")),
            authorisation=told(found.get("AC", "")),
            application=APPLICATIONS.get(found.get("CC", ""), told(found.get("CC", ""))),
            contract=told(found.get("CG", "")),
            receipt=receipt_lines(found.get("AK", "")),
        )

    def _judge(self, found: Mapping[str, str]) -> tuple[Outcome, str]:
        if not self._is_mine(found):
            return Outcome.UNKNOWN, OTHER
        status, reason = found.get("AE", ""), found.get("AF", "")
        if status == _DONE:
            is_plain = "AF" not in found
            return (Outcome.APPROVED, "") if is_plain else (Outcome.UNKNOWN, CONTRADICTS)
        if status == _NOT_DONE:
            return REASONS.get(reason, (Outcome.UNKNOWN, UNREADABLE))
        return Outcome.UNKNOWN, ACCOUNTED if status == _TAKEN else UNREADABLE

    def _is_mine(self, found: Mapping[str, str]) -> bool:
        """Tell whether all that must be echoed is there, and all that is echoed is as asked."""
        wanted = {*_ECHOED, *(["CF"] if "CF" in self._sent else [])}
        if not wanted <= found.keys():
            return False
        same = wanted | ({"CJ", "BA"} & found.keys())
        return all(_same(tag, self._sent[tag], found[tag]) for tag in same)


def _same(tag: str, sent: str, found: str) -> bool:
    """Terminals fill the amount with zeros of their own."""
    if tag == "CB":
        return found.isascii() and found.isdigit() and int(found) == int(sent)
    return found == sent


def _request(asked: Asked, manner: Manner) -> dict[str, str]:
    records = {
        "CZ": manner.version,
        "CJ": IDENTIFIER,
        "CA": manner.number.rjust(2, "0"),
        "CE": asked.currency,
        "BA": "0",
        "CD": _DEBIT if asked.amount > 0 else _CREDIT,
        "CB": f"{abs(asked.amount):02d}",
    }
    if manner.with_reference:
        records["CF"] = asked.reference
    return records


def write(records: Mapping[str, str]) -> bytes:
    """Return records as bytes, in their order."""
    return "".join(f"{tag}{len(text):03d}{text}" for tag, text in records.items()).encode("ascii")


def read(data: bytes) -> dict[str, str] | None:
    """Return the records of some bytes, None unless they are whole and each tag is there once.

    >>> read(b"CZ0040300CB00212"), read(b"CZ0040300CB002"), read(b"CZ0010CZ0011")
    ({'CZ': '0300', 'CB': '12'}, None, None)
    """
    text = data.decode("latin-1")
    records: dict[str, str] = {}
    at = 0
    while at < len(text):
        tag, length = text[at : at + 2], text[at + 2 : at + _HEAD]
        if not (tag.isascii() and tag.isalnum() and length.isascii() and length.isdigit()):
            return None
        end = at + _HEAD + int(length)
        if len(length) < _HEAD - 2 or end > len(text) or tag in records:
            return None
        records[tag] = text[at + _HEAD : end]
        at = end
    return records
