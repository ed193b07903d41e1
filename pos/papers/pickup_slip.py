"""What a customer takes along with an order: no ticket, no price, nothing for the tax office.

What was paid online was sold by the web shop. The slip says what left the shop, on which day, and
until when the customer may withdraw (Code de la consommation L221-18).

>>> class English:
...     def quantity(self, thousandths, unit): return str(thousandths // 1000)
>>> bag = OrderLine(n=1, sku="BAG", name="Tote bag", quantity=2_000, unit_price=950)
>>> _named(bag, 2_000, English()), _named(bag, 1_000, English())
('2 × Tote bag', 'Tote bag')
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pos.domain.events.orders import OrderHandedOver
from pos.domain.facts import SellerFacts
from pos.domain.money import PIECE
from pos.domain.order import Contract, Order, OrderLine
from pos.domain.words import Sentence, Words
from pos.papers.head import head
from pos.papers.page import Align, Blank, Block, Cut, Page, Row, Rule, Text


@dataclass(frozen=True, slots=True)
class SlipParts:
    """What the slip says beside the order; `at` is local, `withdraw_until` None for no such right.

    `copy_number` is 0 for the first.
    """

    at: datetime
    till: str
    operator: str
    copy_number: int = 0
    withdraw_until: date | None = None


def pickup_slip(
    order: Order, handed: OrderHandedOver, shop: SellerFacts, parts: SlipParts, words: Words
) -> Page:
    """Return the slip of a hand-over: what left, what was refused, what is still to come."""
    lines = {line.n: line for line in order.lines}
    blocks = _top(Sentence("PICKUP SLIP"), order, shop, parts, words)
    blocks += [Text(words.say(_paid(order, handed)), Align.CENTER, bold=True), Rule()]
    for one in handed.lines:
        line = lines.get(one.line)
        if line is not None and one.quantity:
            blocks.append(_row(line, one.quantity, words))
    blocks += _not_had(lines, handed, words)
    if handed.rest:
        told = Sentence("The rest of the order is kept for another visit.")
        blocks += [Blank(), Text(words.say(told))]
    if parts.withdraw_until is not None:
        until = Sentence("You may withdraw until {day} included.", day=parts.withdraw_until)
        blocks += [Rule(), Text(words.say(until), Align.CENTER)]
    return _page([*blocks, Cut()], order)


def return_slip(order: Order, shop: SellerFacts, parts: SlipParts, words: Words) -> Page:
    """Return the slip of what came back so far of an order that was paid online."""
    blocks = _top(Sentence("RETURN SLIP"), order, shop, parts, words)
    blocks.append(Rule())
    blocks += [_row(line, line.returned, words) for line in order.lines if line.returned]
    told = Sentence("What is due is paid back the way it was paid, by the web shop.")
    blocks += [Rule(), Text(words.say(told), Align.CENTER), Cut()]
    return _page(blocks, order)


def _top(
    title: Sentence, order: Order, shop: SellerFacts, parts: SlipParts, words: Words
) -> list[Block]:
    blocks: list[Block] = [
        *head(shop, words),
        Rule(),
        Row(
            words.say(title),
            words.say(Sentence("Order {reference}", reference=order.reference)),
            bold=True,
        ),
        Row(
            words.moment(parts.at),
            words.say(Sentence("Till {till} · {staff}", till=parts.till, staff=parts.operator)),
        ),
    ]
    if parts.copy_number:
        told = Sentence("Copy {number}", number=parts.copy_number)
        blocks.append(Text(words.say(told), Align.CENTER, bold=True))
    return blocks


def _paid(order: Order, handed: OrderHandedOver) -> Sentence:
    if order.contract is Contract.PAID_ONLINE:
        return Sentence("Order already paid: this is no ticket.")
    if handed.ticket:
        return Sentence("Paid here on ticket {ticket}.", ticket=handed.ticket)
    return Sentence("This is no ticket.")


def _not_had(lines: dict[int, OrderLine], handed: OrderHandedOver, words: Words) -> list[Block]:
    """Return what was refused at the desk, and what the shop could not provide."""
    blocks: list[Block] = []
    for one in handed.lines:
        line = lines.get(one.line)
        if line is not None and one.refused:
            told = Sentence("Not taken: {name}", name=_named(line, one.refused, words))
            blocks.append(Text(words.say(told)))
    for line in lines.values():
        if line.short:
            told = Sentence("Missing: {name}", name=_named(line, line.short, words))
            blocks.append(Text(words.say(told)))
    return [Blank(), *blocks] if blocks else []


def _row(line: OrderLine, quantity: int, words: Words) -> Row:
    return Row(_named(line, quantity, words), "")


def _named(line: OrderLine, quantity: int, words: Words) -> str:
    if quantity == PIECE and line.unit == "piece":
        return line.name
    return f"{words.quantity(quantity, line.unit)} × {line.name}"


def _page(blocks: list[Block], order: Order) -> Page:
    return Page(tuple(blocks), title=order.reference)
