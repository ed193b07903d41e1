"""The slip of cash that left or entered the drawer: what, how much, why, and who signs for it.

>>> [str(TITLES[move]) for move in ("drop", "paid_in", "paid_out")]
['CASH DROP', 'PAID IN', 'PAID OUT']
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pos.domain.events import CashMoved
from pos.domain.words import Sentence, Words
from pos.papers.page import Align, Blank, Block, Cut, Page, Row, Rule, Text

TITLES = {
    "drop": Sentence("CASH DROP"),
    "paid_in": Sentence("PAID IN"),
    "paid_out": Sentence("PAID OUT"),
}
"""What a movement of cash is called on paper."""


@dataclass(frozen=True, slots=True)
class SlipParts:
    """What a slip shows besides its movement: where and when, and the number of who moved it."""

    shop: str
    till: str
    at: datetime
    operator: str
    copy_number: int = 0


def cash_slip(moved: CashMoved, parts: SlipParts, words: Words) -> Page:
    """Return the slip of a movement of cash, with a line for the hand that took or gave it."""
    blocks: list[Block] = [
        Text(parts.shop, Align.CENTER, bold=True, size=2),
        Rule(),
        Row(
            words.say(TITLES[moved.move]),
            words.say(Sentence("No. {number}", number=moved.label)),
            bold=True,
        ),
        Row(
            words.moment(parts.at),
            words.say(Sentence("Till {till} · {staff}", till=parts.till, staff=parts.operator)),
        ),
        *_copy(parts.copy_number, words),
        Rule(),
        Row(words.say(Sentence("AMOUNT")), words.amount(moved.amount), bold=True, size=2),
        Text(words.say(Sentence("Reason: {reason}", reason=moved.reason))),
        Blank(2),
        Row(words.say(Sentence("Signature")), "." * 20),
        Cut(),
    ]
    return Page(tuple(blocks), title=moved.label)


def _copy(copy_number: int, words: Words) -> list[Block]:
    if not copy_number:
        return []
    return [Text(words.say(Sentence("Copy {number}", number=copy_number)), Align.CENTER, bold=True)]
