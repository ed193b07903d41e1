"""The picking list: what to take from the shelves for an order, with a box to tick for each.

>>> class English:
...     def say(self, sentence): return str(sentence)
...     def quantity(self, thousandths, unit): return str(thousandths // 1000)
>>> bag = OrderLine(n=1, sku="BAG", name="Tote bag", quantity=2_000, unit_price=950)
>>> [block.text if isinstance(block, Text) else block.left for block in _line(bag, English())]
['[ ] Tote bag', '    BAG']
"""

from __future__ import annotations

from datetime import datetime

from pos.domain.money import PIECE
from pos.domain.order import Order, OrderLine
from pos.domain.words import Sentence, Words
from pos.papers.page import Align, Blank, Block, Cut, Page, Row, Rule, Text


def picking_list(order: Order, promised: datetime | None, words: Words) -> Page:
    """Return the list of an order as it stands; what is picked or short is told so."""
    blocks: list[Block] = [
        Text(words.say(Sentence("TO PICK")), Align.CENTER, bold=True),
        Text(order.reference, Align.CENTER, bold=True, size=2),
        Text(order.name, Align.CENTER),
    ]
    if promised is not None:
        told = Sentence("Promised for {at}", at=promised)
        blocks.append(Text(words.say(told), Align.CENTER, bold=True))
    blocks.append(Rule())
    for line in order.lines:
        blocks += _line(line, words)
    if order.note:
        blocks += [Rule(), Text(words.say(Sentence("Note: {note}", note=order.note)))]
    blocks += [Rule(), Row(words.say(Sentence("Picked by")), "." * 20), Blank(), Cut()]
    return Page(tuple(blocks), title=order.reference)


def _line(line: OrderLine, words: Words) -> list[Block]:
    wanted = words.quantity(line.quantity, line.unit)
    is_many = line.quantity != PIECE or line.unit == "kg"
    blocks: list[Block] = [Row(f"[ ] {line.name}", wanted, bold=is_many), Text(f"    {line.sku}")]
    if line.picked:
        done = words.quantity(line.picked, line.unit)
        blocks.append(Text("    " + words.say(Sentence("picked: {quantity}", quantity=done))))
    if line.short:
        gone = words.quantity(line.short, line.unit)
        blocks.append(Text("    " + words.say(Sentence("missing: {quantity}", quantity=gone))))
    return blocks
