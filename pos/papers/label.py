"""A label for a shelf's edge or a bag: a few lines, a price, a code; how it is laid out is the
printer's business.

>>> Label("shelf", "Comté 12 mois", price="24,90 €", unit_price="24,90 €/kg").kind
'shelf'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pos.papers.page import Align, Barcode, Block, Cut, Page, Qr, Text


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


def label_page(labels: Sequence[Label]) -> Page:
    """Return labels one under the other, each cut off, for a printer of receipts.

    >>> [type(block).__name__ for block in label_page([Label("shelf", "Tea", price="3 €")]).blocks]
    ['Text', 'Text', 'Cut']
    """
    return Page(tuple(block for label in labels for block in _blocks(label) * label.copies))


def _blocks(label: Label) -> list[Block]:
    is_bag = label.kind == "bag"
    blocks: list[Block] = [Text(label.title, Align.CENTER, bold=True, size=2 if is_bag else 1)]
    if label.price:
        blocks.append(Text(label.price, Align.CENTER, bold=True, size=2))
    texts = (label.unit_price, *label.lines)
    blocks += [Text(text, Align.CENTER) for text in texts if text]
    if label.barcode:
        blocks.append(Barcode(label.barcode))
    if label.qr:
        blocks.append(Qr(label.qr, level="M", size=5))
    return [*blocks, Cut()]
