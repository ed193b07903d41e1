"""The label of a bag: large enough to be found on a shelf, with a code that proves whose it is.

>>> from pos.domain.order import Contract, OrderLine
>>> class English:
...     def say(self, sentence): return str(sentence)
>>> order = Order(order="01JD7Z4QFS3WZ8E3Y6M5K0T2RB", reference="W1042", placed_at="",
...     promised_at="", contract=Contract.PAID_ONLINE, shelf="A3", bags=2,
...     lines=(OrderLine(n=1, sku="BAG", name="Tote bag", quantity=1_000, unit_price=950),))
>>> bag_label(order, BagParts(1, "BAG/…/1"), English()).blocks[2]
Row(left='Shelf A3', right='Bag 1 of 2', bold=True, size=1, indent=0)
"""

from __future__ import annotations

from dataclasses import dataclass

from pos.domain.order import Order
from pos.domain.words import Sentence, Words
from pos.papers.label import Label
from pos.papers.page import Align, Block, Cut, Page, Qr, Row, Text


@dataclass(frozen=True, slots=True)
class BagParts:
    """Which bag of its order it is, from 1, and what its code says."""

    bag: int
    code: str


def bag_label(order: Order, parts: BagParts, words: Words) -> Page:
    """Return the label of a bag; the order's name is on it as the desk will call it."""
    blocks: list[Block] = [
        Text(order.reference, Align.CENTER, bold=True, size=2),
        Text(order.name, Align.CENTER, bold=True, size=2),
        Row(
            words.say(Sentence("Shelf {shelf}", shelf=order.shelf)),
            words.say(Sentence("Bag {bag} of {most}", bag=parts.bag, most=max(1, order.bags))),
            bold=True,
        ),
        Qr(parts.code, level="M", size=5),
        Cut(),
    ]
    return Page(tuple(blocks), title=order.reference)


def bag_sticker(order: Order, parts: BagParts, words: Words) -> Label:
    """Return the same label for a printer of labels."""
    return Label(
        "bag",
        order.reference,
        (
            order.name,
            words.say(Sentence("Shelf {shelf}", shelf=order.shelf)),
            words.say(Sentence("Bag {bag} of {most}", bag=parts.bag, most=max(1, order.bags))),
        ),
        qr=parts.code,
    )
