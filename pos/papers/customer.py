"""What a customer reads on a second screen: the lines, what is due, the change, a number.

Every text is ready to be shown, in the screen's language; nothing in it names anybody.

>>> CustomerView("welcome", shop="Au coin").lines
()
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LINES_MOST = 30
"""The most lines that are shown: the last ones of a longer basket."""

TEXT_MOST = 200


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """One line of the basket; `note` is its promotion or its discount."""

    name: str
    quantity: str
    amount: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CustomerView:
    """One state of the screen. `label` and `amount` are what is largest: the total, the change, a
    weight; `second` is a smaller pair of them. `number` is a pickup number that is called. `mark`
    is what training says of itself. After `keep_s` seconds it is forgotten; 0 for never.
    """

    kind: Literal["welcome", "basket", "weighing", "paid", "called"]
    shop: str = ""
    welcome: str = ""
    lines: tuple[CustomerLine, ...] = ()
    label: str = ""
    amount: str = ""
    second: tuple[str, str] = ("", "")
    notes: tuple[str, ...] = ()
    number: str = ""
    mark: str = ""
    keep_s: int = 0
