"""What all families of scales share: what is asked, what is learnt, and weights as whole grams."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

FRAME_MAX = 96
"""The most bytes of one answer; a longer one is noise and is dropped."""

_KILOGRAMS = re.compile(rb"([0-9]{1,3})\.([0-9]{1,3})")
_GRAMS = re.compile(rb"([0-9]{1,6})(?:\.0*)?")


class Kind(StrEnum):
    """What a reading tells of the scale."""

    STABLE = "stable"
    MOVING = "moving"
    EMPTY = "empty"  # nothing on it, or less than it weighs
    UNCHANGED = "unchanged"  # as it was when it last told
    OVERLOAD = "overload"
    BELOW_ZERO = "below_zero"
    NOT_ZEROED = "not_zeroed"  # to be set to zero, or to warm up, first
    NOT_EMPTIED = "not_emptied"  # nothing moved since the last weighing
    REFUSED = "refused"  # it does not answer this question
    LOCKED = "locked"  # it wants the maker's secret, or another one
    DAMAGED = "damaged"  # an answer that does not add up


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer of a scale; `grams` is 0 where it told no weight.

    `is_net`: the scale has a tare of its own taken off.
    """

    kind: Kind
    grams: int = 0
    is_net: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """Bytes that the scale waits for before it goes on."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Item:
    """What is weighed: the kilogram's price in minor units, the article's name, the tare in grams.

    Only a scale that shows them looks at them.
    """

    price: int = 0
    text: str = ""
    tare: int = 0


class Conversation(Protocol):
    """One family's way to speak. `live`: it tells the weight as often as it is asked; otherwise it
    gives each weight once, takes the tare off itself, and wants the goods moved between two.
    """

    live: bool
    zero: bytes

    def ask(self, item: Item) -> bytes:
        """Return the bytes that ask for the weight; what was half heard before is forgotten."""
        ...

    def look(self) -> bytes:
        """Return the bytes that ask how the scale is, between two weighings."""
        ...

    def receive(self, data: bytes) -> list[Reply | Reading]:
        """Take what the scale said."""
        ...


def kilograms(text: bytes) -> int | None:
    """Return the grams of a weight in kilograms with at most three decimals, else None.

    >>> kilograms(b" 1.5"), kilograms(b"00.345 "), kilograms(b"1.2345"), kilograms(b"-1.0")
    (1500, 345, None, None)
    """
    found = _KILOGRAMS.fullmatch(text.strip(b" "))
    return None if found is None else int(found[1]) * 1000 + int(found[2].ljust(3, b"0"))


def in_unit(text: bytes, unit: bytes) -> int | None:
    """Return whole grams of a weight in `kg` or `g`; None for another unit or parts of a gram.

    >>> in_unit(b"0.345", b"kg"), in_unit(b"345", b"g"), in_unit(b"0.7", b"lb")
    (345, 345, None)
    """
    if unit.lower() == b"kg":
        return kilograms(text)
    found = _GRAMS.fullmatch(text.strip(b" ")) if unit.lower() == b"g" else None
    return None if found is None else int(found[1])
