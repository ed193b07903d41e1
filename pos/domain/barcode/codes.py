"""What a scan can be: frozen values, already checked.

>>> ArticleCode("03400949497706", "GS1 DataMatrix", lot="AB12")
ArticleCode(gtin='03400949497706', symbology='GS1 DataMatrix', lot='AB12')
>>> MeasuredCode("02", "12345", "price", 1245).key
'0212345'
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Literal, TypeAlias

Symbology = Literal[
    "EAN-13",
    "EAN-8",
    "UPC-A",
    "UPC-E",
    "GTIN-14",
    "ISBN-10",
    "GS1-128",
    "GS1 DataBar",
    "GS1 DataMatrix",
    "GS1 QR",
    "GS1 DotCode",
    "GS1 message",
    "GS1 Digital Link",
]
"""What the code was read from, as far as the scan tells. `GS1 message`: the scanner did not say."""

MeasureKind = Literal["price", "weight", "count"]


@dataclass(frozen=True, slots=True, repr=False)
class ArticleCode:
    """A trade item, and whatever its code says about this very piece.

    `gtin` has 14 digits, padded with zeros, its check digit right. `addon` has 2 or 5 digits
    (press issue, book price). `weight` is net, in thousandths of a kilogram (AI 310n); `price` is
    the amount payable in hundredths of its currency (AI 392n, 393n), `currency` the ISO 4217
    number when the code states one; more decimals than these are rounded half up. `expiry` is
    AI 17 (use by), `best_before` AI 15; a day 00 is the last of the month. `count` is in pieces
    (AI 30 or 37). `repaired` says that a French keyboard had mangled the scan.
    """

    gtin: str
    symbology: Symbology
    addon: str | None = None
    weight: int | None = None
    price: int | None = None
    currency: str | None = None
    expiry: date | None = None
    best_before: date | None = None
    lot: str | None = None
    serial: str | None = None
    count: int | None = None
    repaired: bool = False

    def __repr__(self) -> str:
        said = ((f.name, getattr(self, f.name)) for f in fields(self))
        shown = (f"{name}={value!r}" for name, value in said if value not in (None, False))
        return f"ArticleCode({', '.join(shown)})"


@dataclass(frozen=True, slots=True, repr=False)
class MeasuredCode:
    """An in-store label: an item of the store's own and its price, weight or count.

    `value` is in euro cents for a price, in thousandths of a kilogram or of a piece otherwise,
    and never zero.
    """

    prefix: str
    item: str
    kind: MeasureKind
    value: int
    repaired: bool = False

    @property
    def key(self) -> str:
        """The code the article is looked up by: the prefix and the item, nothing invented."""
        return self.prefix + self.item

    def __repr__(self) -> str:
        shown = f"prefix={self.prefix!r}, item={self.item!r}, kind={self.kind!r}"
        repaired = ", repaired=True" if self.repaired else ""
        return f"MeasuredCode({shown}, value={self.value!r}{repaired})"


@dataclass(frozen=True, slots=True, repr=False)
class TextCode:
    """A text that is no number of an article: an internal or a ticket's reference, a web page."""

    text: str
    repaired: bool = False

    def __repr__(self) -> str:
        return f"TextCode(text={self.text!r}{', repaired=True' if self.repaired else ''})"


@dataclass(frozen=True, slots=True, repr=False)
class PassCode:
    """A pickup pass as it was read, in upper case; its signature is still to be checked."""

    text: str
    repaired: bool = False

    def __repr__(self) -> str:
        return f"PassCode(text={self.text!r}{', repaired=True' if self.repaired else ''})"


Scan: TypeAlias = ArticleCode | MeasuredCode | TextCode | PassCode
