"""What both protocols of card terminals share: what is asked, what is answered, one dialogue. Pure.

A `Dialogue` is one request from its first byte to its answer: bytes come in, bytes to send come
out, and `answer` is there once it has ended. Whatever happens, it is one of

- APPROVED: the terminal said so and everything that it echoes is what was asked;
- DECLINED, CANCELLED: the terminal said that nothing was paid, or was never asked;
- UNKNOWN: the request may have reached it, and no answer can be trusted.

The protocols know no question for the last payment and no key that makes a second request the
same as the first, so a dialogue never asks twice. Written from public sources and run against
public programs, never on a real terminal: unverified there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pos.domain.masking import masked, masked_card
from pos.domain.words import Sentence

REFERENCE_LENGTH = 10
AMOUNT_MOST = 99_999_999
"""The largest amount of the eight digits that Concert has, in minor units; Caisse-AP has twelve."""
RECEIPT_LINES_MOST = 60
RECEIPT_COLUMNS_MOST = 48
FIELD_MOST = 32
"""The longest text kept of what a terminal tells of itself."""


class Outcome(StrEnum):
    """How a request ended; the words of `pos.ports.CardOutcome`."""

    APPROVED = "approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


NOT_REACHED = Sentence("The terminal was not reached; nothing was asked of it.").template
LOST = Sentence("The connection was lost after the amount was sent.").template
FAILED = Sentence("The till failed while the terminal was at work on the amount.").template
SILENT = Sentence("The terminal gave no answer in time.").template
NOT_TAKEN = Sentence("The terminal did not confirm that it took the amount.").template
REJECTED = Sentence("The terminal did not understand the request; nothing was asked.").template
UNREADABLE = Sentence("The terminal's answer could not be read.").template
OTHER = Sentence("The terminal's answer is of another payment.").template
ACCOUNTED = Sentence("The terminal took the amount and did not say how it ended.").template
CONTRADICTS = Sentence("The terminal's answer contradicts itself.").template
REFUSED = Sentence("The terminal refused the payment.").template
GIVEN_UP = Sentence("The payment was given up at the terminal.").template
TOO_LATE = Sentence("No card was presented in time.").template
CALL = Sentence("The bank wants a call; nothing was paid.").template
NOT_DONE = Sentence("The terminal did not do it; nothing was paid.").template
NOT_ABLE = Sentence("This terminal cannot do that; nothing was paid.").template


@dataclass(frozen=True, slots=True)
class Asked:
    """An amount in minor units (negative: pay back), and the ten characters that name it."""

    reference: str
    amount: int
    currency: str = "978"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request ended, and what the terminal told of the card; `detail` is for people.

    `reference` is what the terminal echoed of it, "" where it echoes none.
    """

    outcome: Outcome
    detail: str = ""
    reference: str = ""
    card: str = ""
    authorisation: str = ""
    application: str = ""
    contract: str = ""
    receipt: tuple[str, ...] = ()


class Dialogue(Protocol):
    """One request. `left` tells whether any of it may have reached the terminal.

    `others` are answers that came meanwhile to requests that were given up before.
    """

    answer: Answer | None
    left: bool
    others: list[Answer]

    @property
    def patience_s(self) -> float:
        """Return how long to wait for the next byte before `silence` is called."""
        ...

    @property
    def is_resting(self) -> bool:
        """Whether nothing was begun that another request would cut off."""
        ...

    def start(self, stale: bytes = b"") -> bytes:
        """Return the first bytes to send; `stale` is what the line still held before."""
        ...

    def receive(self, data: bytes) -> bytes:
        """Take bytes of the terminal, any number at a time; return what to send."""
        ...

    def silence(self) -> bytes:
        """Nothing came for `patience_s`: return what to send, or end."""
        ...

    def hang_up(self) -> None:
        """The connection ended: whatever is whole counts, and anything else is not known."""
        ...

    def listen_on(self) -> None:
        """Forget an answer that came to nothing, and wait for a better one; ask nothing anew."""
        ...


def reference_of(request: str) -> str:
    """Return the ten capital letters and digits that name a request to a terminal.

    >>> reference_of("01JD7ZK3V9M2Q4R6T8W0XYZABC"), reference_of("id-7")
    ('T8W0XYZABC', '0000000ID7')
    """
    bare = "".join(one for one in request.upper() if one.isascii() and one.isalnum())
    return bare[-REFERENCE_LENGTH:].rjust(REFERENCE_LENGTH, "0")


def receipt_lines(text: str) -> tuple[str, ...]:
    """Return the terminal's own receipt as lines, card numbers masked, cut to what a till prints.

    >>> receipt_lines("CARTE BANCAIRE\\r\\n4970101234567893\\r\\nMONTANT 12,50")
    ('CARTE BANCAIRE', '############7893', 'MONTANT 12,50')
    """
    shown = "".join(_shown(one) for one in masked(text))
    lines = [line.rstrip()[:RECEIPT_COLUMNS_MOST] for line in masked(shown).split("\n")]
    return tuple(line for line in lines if line)[:RECEIPT_LINES_MOST]


def _shown(character: str) -> str:
    """Return a character as a till prints it: one of another kind of blank is a blank."""
    if character.isprintable():
        return character
    return " " if character in "\t\xa0" else "\n"


def told(text: str) -> str:
    """Return a text of the terminal as it may be kept: printable, no card number in it, cut.

    It is masked before anything is taken out of it, which could join or cut a number.
    """
    printable = "".join(one for one in masked(text) if one.isprintable())
    return masked(printable.strip())[:FIELD_MOST]


def card_of(text: str) -> str:
    """Return the card's last four digits, whatever the terminal tells of it."""
    return masked_card(text)[:FIELD_MOST]
