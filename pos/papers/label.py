"""A label for a shelf's edge or a bag: a few lines, a price, a code; how it is laid out is the
printer's business.

>>> Label("shelf", "Comté 12 mois", price="24,90 €", unit_price="24,90 €/kg").kind
'shelf'
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Label:
    """What one label says; every text is ready to print.

    A shelf label bears the price and, where it differs, the price of the kilogram, the litre or
    the piece (arrêté du 16 novembre 1999).
    """

    kind: Literal["shelf", "bag"]
    title: str
    lines: tuple[str, ...] = ()
    price: str = ""
    unit_price: str = ""
    barcode: str = ""  # an EAN, or what Code 128 can write
    qr: str = ""
    copies: int = 1
