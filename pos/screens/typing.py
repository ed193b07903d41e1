"""What keys may be typed into a prompt, and a weight as a cashier reads it off a scale. Pure.

>>> typed_quantity("3", Unit.PIECE), typed_quantity("0,345", Unit.KG)
(3000, 345)
>>> typed_amount(""), typed_amount("12,5")
(None, 1250)
"""

from __future__ import annotations

from collections.abc import Callable

from pos.domain.catalogue import Unit
from pos.domain.money import parse_amount
from pos.domain.typed import thousandths

Filter = Callable[[str], bool]
"""Whether a prompt takes a typed character."""


def typed_quantity(text: str, unit: Unit) -> int:
    """Return thousandths: pieces, or kilograms; a weight without a decimal sign is grams.

    Raises Refusal `bad_number` that names the text.
    """
    return thousandths(text + "g" if unit is Unit.KG and text.isdigit() else text)


def typed_amount(text: str) -> int | None:
    """Return the amount typed before a gesture, None when nothing was typed.

    Raises Refusal `bad_amount` that names the text.
    """
    return parse_amount(text) if text else None


def starts_a_name(character: str) -> bool:
    """Tell whether a typed character begins a search rather than a number.

    >>> [starts_a_name(c) for c in "a7é,%"]
    [True, False, True, False, False]
    """
    return character.isalpha()


def is_digit(character: str) -> bool:
    """Take plain digits only."""
    return character.isascii() and character.isdigit()


def is_figure(character: str) -> bool:
    """Take what amounts, weights and shares are written with."""
    return is_digit(character) or character in ",.%"
