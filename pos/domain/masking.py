"""Card numbers are masked wherever a text is kept or shown: PCI DSS, requirement 3.

A card number is 13 to 19 digits whose last one is Luhn's check digit (ISO/IEC 7812-1), written
with single spaces or dashes or without. Only its last four digits are left.

>>> masked("card 4970 1012 3456 7893, ticket 12"), masked("EAN 3017620422003")
('card #### #### #### 7893, ticket 12', 'EAN 3017620422003')
"""

from __future__ import annotations

import re

DIGITS_LEAST, DIGITS_MOST = 13, 19
KEPT = 4
"""How many digits at its end a masked number still shows."""

_DIGIT = re.compile(r"[0-9]")
_GROUPS = re.compile(r"[0-9]+(?:[ -][0-9]+)*")
_GROUP = re.compile(r"[0-9]+")


def is_card_number(digits: str) -> bool:
    """Tell whether some digits could be a card's: their length, and Luhn's check digit.

    >>> is_card_number("4970101234567893"), is_card_number("4970101234567890")
    (True, False)
    """
    if not DIGITS_LEAST <= len(digits) <= DIGITS_MOST:
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def masked(text: str) -> str:
    """Return a text with every card number in it masked; the rest, and its length, stay."""
    return _GROUPS.sub(lambda found: _mask_groups(found[0]), text)


def masked_card(text: str) -> str:
    """Return what a terminal tells of a card, masked whatever its check digit: its last four.

    >>> masked_card("497010######7890"), masked_card("4970101234567891=2512"), masked_card("CB")
    ('############7890', '############7891', '')
    """
    found = re.search(r"[0-9#*xX. -]{12,}", text)
    bare = re.sub(r"[ .-]", "", found[0]) if found else ""
    return "#" * (len(bare) - KEPT) + bare[-KEPT:] if _DIGIT.search(bare) else ""


def _mask_groups(run: str) -> str:
    """Mask the card numbers that consecutive groups of digits make up, the longest first."""
    groups = list(_GROUP.finditer(run))
    at = 0
    while at < len(groups):
        end = _end_of_card(groups, at)
        if end > at:
            first, last = groups[at].start(), groups[end - 1].end()
            run = run[:first] + _mask(run[first:last]) + run[last:]
        at = max(end, at + 1)
    return run


def _end_of_card(groups: list[re.Match[str]], at: int) -> int:
    """Return after which group the card number ends that begins with one; `at` for none."""
    digits, found = "", at
    for end in range(at, len(groups)):
        digits += groups[end][0]
        if len(digits) > DIGITS_MOST:
            break
        if is_card_number(digits):
            found = end + 1
    return found


def _mask(number: str) -> str:
    left = sum(character.isdigit() for character in number) - KEPT
    return _DIGIT.sub("#", number, count=left)
