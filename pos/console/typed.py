"""How the words after a verb are read; what they may be is said when they are not."""

from __future__ import annotations

from pos.console.console import Unexpected
from pos.domain.money import parse_amount
from pos.domain.typed import thousandths

NUMBER_DIGITS = 6
OUTCOMES = ("approved", "declined", "cancelled", "unknown")
"""How a card payment can end."""


def amount(text: str) -> int | None:
    """Return the minor units of a typed amount, None for nothing typed."""
    return parse_amount(text) if text else None


def number(text: str) -> int:
    """Return the number of a line, a payment, a note or how many of them."""
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS):
        raise Unexpected(f"“{text}” is not a number")
    return int(text)


def outcome(text: str) -> str:
    """Return how a card terminal answered."""
    if text not in OUTCOMES:
        raise Unexpected(f"“{text}” is no answer of a card terminal; {', '.join(OUTCOMES)} are")
    return text


def quantity_first(text: str) -> tuple[int | None, str]:
    """Return the quantity (thousandths) that the words begin with, None for none, and the rest."""
    first, _, rest = text.partition(" ")
    if not first[:1].isdigit():
        return None, text
    return thousandths(first), rest.strip()


def coins_first(text: str) -> tuple[dict[int, int], str]:
    """Return the count that the words begin with, and the reason after it ("" for none)."""
    words = text.split()
    end = next((n for n, word in enumerate(words) if n and not word[0].isdigit()), len(words))
    return coins(" ".join(words[:end])), " ".join(words[end:])


def coins(text: str) -> dict[int, int]:
    """Return a count of notes and coins, written as `2000x3 50x4`: value in cents × how many."""
    found: dict[int, int] = {}
    for word in text.split():
        value, _, count = word.partition("x")
        found[number(value)] = found.get(number(value), 0) + number(count)
    return found
