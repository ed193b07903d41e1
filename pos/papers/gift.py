"""The gift receipt: what was bought and where to bring it back, with no price on it.

>>> from pos.domain.facts import LineFacts
>>> lamp = LineFacts(n=1, sku="1", name="Lampe", quantity=2000, unit="piece", unit_price=999,
...                  gross=1998, total=1998, vat="FR20", vat_rate=2000, net=1665, tax=333)
>>> class English:
...     def quantity(self, thousandths, unit): return str(thousandths // 1000)
>>> _line(lamp, English())
Row(left='2 × Lampe', right='', bold=False, size=1, indent=0)
"""

from __future__ import annotations

from datetime import datetime

from pos.domain.events import LineFacts, SaleFinished
from pos.domain.money import PIECE
from pos.domain.words import Sentence, Words
from pos.papers.head import head
from pos.papers.page import Align, Blank, Block, Cut, Page, Qr, Row, Rule, Text


def gift(sale: SaleFinished, at: datetime, words: Words) -> Page:
    """Return the gift receipt of a sale, `at` its local time; its code opens the ticket.

    What came back on the ticket was no gift and is left out.
    """
    policy: list[Block] = [Blank(), Text(sale.seller.return_policy, Align.CENTER)]
    blocks: list[Block] = [
        *head(sale.seller, words),
        Rule(),
        Row(
            words.say(Sentence("GIFT RECEIPT")),
            words.say(Sentence("No. {number}", number=sale.label)),
            bold=True,
        ),
        Row(
            words.day(at.date()),
            words.say(Sentence("Till {till} · {staff}", till=sale.till, staff=sale.operator)),
        ),
        Rule(),
        *(_line(line, words) for line in sale.lines if line.returned is None),
        Rule(),
        Text(words.say(Sentence("To exchange it, bring this receipt.")), Align.CENTER),
        *(policy if sale.seller.return_policy else []),
        Blank(),
        Qr(sale.label, level="M", size=4, caption=sale.label),
        Cut(),
    ]
    return Page(tuple(blocks), title=sale.label)


def _line(line: LineFacts, words: Words) -> Row:
    if line.quantity == PIECE and line.unit == "piece":
        return Row(line.name, "")
    return Row(f"{words.quantity(line.quantity, line.unit)} × {line.name}", "")
