"""The ticket: every block a French receipt needs, in the reader's words, the fiscal block apart.

Blocks follow the union of what certified tills print: seller, document, lines with their VAT
letter, discounts and old prices visible, totals, VAT table, payments, count of lines, the fiscal
plug-in's own block, return policy. The customer gets the ticket's number as a code to scan later.

>>> [str(METHODS[method]) for method in ("cash", "cheque")]
['Cash', 'Cheque']
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pos.domain.events import LineFacts, SaleFinished, SellerFacts
from pos.domain.facts import TenderFacts
from pos.domain.money import PIECE
from pos.domain.words import Amount, Quantity, Sentence, Words
from pos.papers.head import head
from pos.papers.page import Align, Blank, Block, Cut, Page, Qr, Row, Rule, Table, Text

TITLES = {
    "sale": Sentence("TICKET – SALE"),
    "refund": Sentence("TICKET – REFUND"),
    "exchange": Sentence("TICKET – EXCHANGE"),
    "void": Sentence("TICKET – VOID"),
}
"""What a ticket is called, by the sale's operation."""

METHODS = {
    "cash": Sentence("Cash"),
    "card": Sentence("Card"),
    "cheque": Sentence("Cheque"),
    "meal_voucher": Sentence("Meal vouchers"),
}
"""What a tender is called on paper and on screens."""


@dataclass(frozen=True, slots=True)
class TicketParts:
    """What a ticket shows besides the facts of its sale: the local time and the fiscal block."""

    at: datetime
    fiscal: Sequence[Block]


def ticket(sale: SaleFinished, parts: TicketParts, words: Words) -> Page:
    """Return the ticket of a sale; a copy is the same but for its mark in the fiscal block."""
    blocks: list[Block] = [
        *head(sale.seller, words),
        Rule(),
        *_document(sale, parts, words),
        Rule(),
        *(block for line in sale.lines for block in _line(line, words)),
        Rule(),
        *_totals(sale, words),
        Blank(),
        _vat(sale, words),
        Rule(),
        *parts.fiscal,
        *_weighings(sale, words),
        *_policy(sale.seller),
        Blank(),
        Qr(sale.label, level="M", size=4, caption=sale.label),
        Text(words.say(Sentence("Thank you, see you soon")), Align.CENTER),
        Cut(),
    ]
    return Page(tuple(blocks), title=sale.label)


def _policy(shop: SellerFacts) -> list[Block]:
    return [Blank(), Text(shop.return_policy, Align.CENTER)] if shop.return_policy else []


def _weighings(sale: SaleFinished, words: Words) -> list[Block]:
    """Return what a weight on this ticket is worth (directive 2014/31/EU): who approved it."""
    scales = [line.weighing for line in sale.lines if line.weighing and line.weighing.by == "scale"]
    texts = [
        Sentence("Weighing approved: {approval}", approval=one.approval)
        if one.approval
        else Sentence("Weighing not certified: the weights are indicative.")
        for one in scales
    ]
    said = dict.fromkeys(words.say(text) for text in texts)
    return [Text(text) for text in said]


def _document(sale: SaleFinished, parts: TicketParts, words: Words) -> list[Block]:
    return [
        Row(
            words.say(TITLES[sale.operation]),
            words.say(Sentence("No. {number}", number=sale.label)),
            bold=True,
        ),
        Row(
            words.moment(parts.at),
            words.say(Sentence("Till {till} · {staff}", till=sale.till, staff=sale.operator)),
        ),
        *_returns(sale, words),
    ]


def _returns(sale: SaleFinished, words: Words) -> list[Block]:
    """Return which tickets what comes back was sold on, and why it comes back, each once."""
    found = [(line.returned.ticket, line.returned.reason) for line in sale.lines if line.returned]
    texts: list[str] = []
    for label, reason in dict.fromkeys(found):
        origin = Sentence("Of ticket {ticket}", ticket=label)
        texts.append(words.say(origin if label else Sentence("Without a ticket")))
        texts.append(words.say(Sentence("Reason: {reason}", reason=reason)))
    return [Text(text) for text in texts]


def _line(line: LineFacts, words: Words) -> list[Block]:
    star = "* " if line.guarantee_months else ""
    blocks: list[Block] = [Row(star + line.name, f"{words.amount(line.gross)} {line.vat_letter}")]
    if abs(line.quantity) != PIECE or line.unit != "piece":
        blocks.append(
            Row(
                f"{words.quantity(line.quantity, line.unit)} × {words.amount(line.unit_price)}",
                "",
                indent=2,
            )
        )
    blocks += _weighing(line, words)
    if line.price_before is not None:
        before = words.say(Sentence("Price before: {price}", price=Amount(line.price_before)))
        blocks.append(Row(before, "", indent=2))
    if line.discount is not None and line.discount.amount:
        plain = Sentence("Discount when sold") if line.returned else Sentence("Discount")
        reason = line.discount.reason or words.say(plain)
        blocks.append(Row(reason, words.amount(-line.discount.amount) + "  ", indent=2))
    if line.eco:
        eco = words.say(Sentence("incl. eco-participation {amount} each", amount=Amount(line.eco)))
        blocks.append(Row(eco, "", indent=2))
    if line.lot:
        blocks.append(Row(words.say(Sentence("Lot {lot}", lot=line.lot)), "", indent=2))
    return blocks


def _weighing(line: LineFacts, words: Words) -> list[Block]:
    """Return the tare and the gross weight, and that a weight was typed where it was."""
    if line.weighing is None:
        return []
    if line.weighing.by == "hand":
        return [Row(words.say(Sentence("Weight typed by hand")), "", indent=2)]
    if not line.weighing.tare:
        return []
    tare = Quantity(line.weighing.tare, line.unit)
    gross = Quantity(line.quantity + line.weighing.tare, line.unit)
    return [Row(words.say(Sentence("Gross {gross} − tare {tare}", gross=gross, tare=tare)), "",
                indent=2)]  # fmt: skip


def _totals(sale: SaleFinished, words: Words) -> list[Block]:
    blocks: list[Block] = []
    if sale.ticket_discount is not None and sale.ticket_discount.amount:
        subtotal = sale.total + sale.ticket_discount.amount
        reason = sale.ticket_discount.reason or words.say(Sentence("Discount"))
        blocks += [
            Row(words.say(Sentence("Subtotal")), words.amount(subtotal)),
            Row(reason, words.amount(-sale.ticket_discount.amount)),
        ]
    blocks.append(Row(words.say(Sentence("TOTAL")), words.amount(sale.total), bold=True, size=2))
    if sale.rounding:
        blocks.append(Row(words.say(Sentence("Rounding")), words.amount(sale.rounding)))
    for tender in sale.tenders:
        blocks.append(_tender(tender, words))
    if sale.change:
        blocks.append(Row(words.say(Sentence("Change")), words.amount(sale.change)))
    blocks.append(Row(words.say(Sentence("Lines: {count}", count=len(sale.lines))), ""))
    return blocks


def _tender(tender: TenderFacts, words: Words) -> Row:
    method = METHODS[tender.method]
    if tender.amount >= 0:
        return Row(words.say(method), words.amount(tender.given))
    back = words.say(Sentence("Paid back: {tender}", tender=method))
    return Row(back, words.amount(-tender.given))


def _vat(sale: SaleFinished, words: Words) -> Table:
    names = {line.vat_rate: line.vat_letter for line in sale.lines}
    head = (
        words.say(Sentence("VAT")),
        words.say(Sentence("Net")),
        words.say(Sentence("Tax")),
        words.say(Sentence("Gross")),
    )
    rows = [
        (
            f"{names.get(row.rate, '?')} {words.rate(row.rate)}",
            words.amount(row.net),
            words.amount(row.tax),
            words.amount(row.gross),
        )
        for row in sale.vat
    ]
    return Table((head, *rows))
