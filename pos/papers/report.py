"""X and Z: the figures of a day, month or year on paper, in the reader's words.

A Z is the paper of a closing and rests on its facts alone, so that a copy is identical. An X is a
look at the day that is open, signed by nobody.

>>> [bar(amount, 400) for amount in (400, 100, 1, 0, -50)]
['############', '###', '#', '', '']
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pos.domain.events import PeriodClosed
from pos.domain.events.cards import MANUAL
from pos.domain.facts import Figures, RunningTotals, SellerFacts, Tally, VatFacts
from pos.domain.words import Sentence, Words
from pos.papers.head import head
from pos.papers.page import Align, Block, Cut, Page, Row, Rule, Text
from pos.papers.ticket import METHODS

BAR_MOST = 12
"""How long the bar of the best hour is, in columns: it fits the narrowest paper."""

BEST_MOST = 10
"""How many best sellers are printed."""

TITLES = {
    "day": Sentence("Z REPORT – DAY CLOSED"),
    "month": Sentence("MONTH CLOSED"),
    "year": Sentence("FISCAL YEAR CLOSED"),
}
"""What the paper of each closing is called."""

COUNTER_NAMES = {
    "discounts": Sentence("Discounts"),
    "price_changes": Sentence("Prices changed"),
    "voided_lines": Sentence("Lines voided"),
    "abandoned": Sentence("Baskets abandoned"),
    "duplicates": Sentence("Duplicatas"),
    "no_sales": Sentence("Drawer opened without a sale"),
    "forced_openings": Sentence("Drawer opened by hand"),
    "paid_in": Sentence("Paid in"),
    "paid_out": Sentence("Paid out"),
    "drops": Sentence("Cash drops"),
    "float": Sentence("Float"),
    "counted": Sentence("Cash counted"),
    "cash_difference": Sentence("Cash difference"),
    "unsettled_cards": Sentence("Cards without an answer"),
    "settled_cards": Sentence("Cards settled by a person"),
    "card_difference": Sentence("Card terminals' difference"),
}
"""What `Figures.counters` are called on paper, on screens and in files."""


@dataclass(frozen=True, slots=True)
class ClosingParts:
    """What a Z shows besides its facts: the local times of its span, and the fiscal block."""

    since: datetime
    at: datetime
    fiscal: Sequence[Block]


@dataclass(frozen=True, slots=True)
class DrawerNow:
    """A drawer's shift as an X shows it; amounts in minor units, None for what is hidden.

    `owner` is the number of the one cashier whose drawer it is, "" for one that all share.
    """

    label: str
    owner: str
    float_amount: int
    expected: int | None = None
    counted: int | None = None


@dataclass(frozen=True, slots=True)
class DayReport:
    """The open day at an instant: its figures, the running totals, its drawers.

    `since` and `at` are local times; `mark` is what every document says in training, or "".
    """

    day: date
    since: datetime
    at: datetime
    till: str
    operator: str
    seller: SellerFacts
    figures: Figures
    running: RunningTotals
    drawers: Sequence[DrawerNow] = ()
    mark: str = ""


def closing_page(closed: PeriodClosed, parts: ClosingParts, words: Words) -> Page:
    """Return the paper of a closing (Z); a copy is the same but for its mark."""
    blocks: list[Block] = [
        *head(closed.seller, words),
        Rule(),
        Text(words.say(TITLES[closed.level]), Align.CENTER, bold=True),
        Row(_period(closed, words), closed.label, bold=True),
        *_span(parts.since, parts.at, words),
        _who(closed.till, closed.operator, words),
    ]
    if closed.caught_up:
        blocks.append(Text(words.say(Sentence("Closed by the till itself: nobody had closed it."))))
    blocks += [
        *figures_blocks(closed.figures, words),
        *_running(closed.running, words),
        Rule(),
        *parts.fiscal,
        Cut(),
    ]
    return Page(tuple(blocks), title=closed.label)


def day_page(report: DayReport, words: Words) -> Page:
    """Return the paper of the open day (X)."""
    mark = [Text(report.mark, Align.CENTER, bold=True)] if report.mark else []
    return Page(
        (
            *mark,
            *head(report.seller, words),
            Rule(),
            Text(words.say(Sentence("X REPORT – NOT A CLOSING")), Align.CENTER, bold=True),
            Row(words.say(Sentence("Business day")), words.day(report.day), bold=True),
            *_span(report.since, report.at, words),
            _who(report.till, report.operator, words),
            *figures_blocks(report.figures, words),
            *_drawers(report.drawers, words),
            *_running(report.running, words),
            *mark,
            Cut(),
        ),
        title=report.day.isoformat(),
    )


def figures_blocks(figures: Figures, words: Words) -> list[Block]:
    """Return the figures, a titled group each; groups that hold nothing are left out."""
    tenders = [(_method(one.name, words), one) for one in figures.tenders]
    cashiers = [
        (words.say(Sentence("Cashier {staff}", staff=one.name)), one) for one in figures.cashiers
    ]
    departments = [
        (one.name or words.say(Sentence("No department")), one) for one in figures.departments
    ]
    counters = [
        (words.say(COUNTER_NAMES[one.name]), one)
        for one in figures.counters
        if one.count or one.amount
    ]
    return [
        *_totals(figures, words),
        *_vat(figures.vat, words),
        *_group(Sentence("Tenders"), tenders, words),
        *_group(Sentence("Card terminals"), card_terminals(figures, words), words),
        *_group(Sentence("Departments"), departments, words),
        *_hours(figures.hours, words),
        *_group(Sentence("Cashiers"), cashiers, words),
        *_best(figures.articles, words),
        *_group(Sentence("Events"), counters, words),
    ]


def card_terminals(figures: Figures, words: Words) -> list[tuple[str, Tally]]:
    """Return what each card terminal was paid; nothing where all of it was typed by hand."""
    if all(one.name == MANUAL for one in figures.cards):
        return []
    by_hand = words.say(Sentence("Typed by hand"))
    return [(by_hand if one.name == MANUAL else one.name, one) for one in figures.cards]


def bar(amount: int, most: int) -> str:
    """Return a bar as long as an amount's share of the largest; "" for nothing or less."""
    if amount <= 0 or most <= 0:
        return ""
    return "#" * max(amount * BAR_MOST // most, 1)


def _period(closed: PeriodClosed, words: Words) -> str:
    if closed.level == "day":
        return words.day(date.fromisoformat(closed.key))
    return "/".join(reversed(closed.key.split("-")))


def _span(since: datetime, at: datetime, words: Words) -> list[Block]:
    return [
        Row(words.say(Sentence("From")), words.moment(since)),
        Row(words.say(Sentence("To")), words.moment(at)),
    ]


def _who(till: str, operator: str, words: Words) -> Block:
    return Row(words.say(Sentence("Till {till} · {staff}", till=till, staff=operator or "–")), "")


def _totals(figures: Figures, words: Words) -> list[Block]:
    blocks: list[Block] = [Rule(), Row(words.say(Sentence("Tickets")), str(figures.tickets))]
    if figures.last_ticket:
        blocks.append(Row(f"{figures.first_ticket} - {figures.last_ticket}", "", indent=2))
    if figures.refunds:
        blocks.append(Row(words.say(Sentence("Refunds")), str(figures.refunds)))
    if figures.voids:
        blocks.append(Row(words.say(Sentence("Sales voided")), str(figures.voids)))
    blocks.append(Row(words.say(Sentence("Sold")), words.amount(figures.sold)))
    if figures.returned:
        blocks.append(Row(words.say(Sentence("Given back")), words.amount(figures.returned)))
    if figures.rounding:
        blocks.append(Row(words.say(Sentence("Rounding")), words.amount(figures.rounding)))
    blocks.append(Row(words.say(Sentence("TOTAL")), words.amount(figures.total), bold=True, size=2))
    return blocks


def _vat(rows: Sequence[VatFacts], words: Words) -> list[Block]:
    if not rows:
        return []
    blocks: list[Block] = [Rule(), Text(words.say(Sentence("VAT")), bold=True)]
    for row in rows:
        blocks += [
            Row(words.rate(row.rate), words.amount(row.gross)),
            Row(words.say(Sentence("Net")), words.amount(row.net), indent=2),
            Row(words.say(Sentence("Tax")), words.amount(row.tax), indent=2),
        ]
    return blocks


def _group(title: Sentence, named: Iterable[tuple[str, Tally]], words: Words) -> list[Block]:
    rows = [
        Row(f"{name} × {one.count}", words.amount(one.amount) if one.amount else "")
        for name, one in named
    ]
    return [Rule(), Text(words.say(title), bold=True), *rows] if rows else []


def _hours(hours: Sequence[Tally], words: Words) -> list[Block]:
    if not hours:
        return []
    most = max(one.amount for one in hours)
    rows = [Row(f"{one.name} h {bar(one.amount, most)}", words.amount(one.amount)) for one in hours]
    return [Rule(), Text(words.say(Sentence("Hours")), bold=True), *rows]


def _best(articles: Sequence[Tally], words: Words) -> list[Block]:
    if not articles:
        return []
    rows = [
        Row(f"{words.quantity(one.quantity, 'piece')} × {one.name}", words.amount(one.amount))
        for one in articles[:BEST_MOST]
    ]
    return [Rule(), Text(words.say(Sentence("Best sellers")), bold=True), *rows]


def _drawers(drawers: Sequence[DrawerNow], words: Words) -> list[Block]:
    blocks: list[Block] = []
    for one in drawers:
        blocks += [
            Rule(),
            Row(_drawer(one, words), one.label, bold=True),
            Row(words.say(Sentence("Float")), words.amount(one.float_amount)),
        ]
        if one.expected is not None:
            blocks.append(Row(words.say(Sentence("Expected")), words.amount(one.expected)))
        if one.counted is not None:
            blocks.append(Row(words.say(Sentence("Cash counted")), words.amount(one.counted)))
    return blocks


def _drawer(drawer: DrawerNow, words: Words) -> str:
    if not drawer.owner:
        return words.say(Sentence("Drawer"))
    return words.say(Sentence("Drawer of {staff}", staff=drawer.owner))


def _running(running: RunningTotals, words: Words) -> list[Block]:
    return [
        Rule(),
        Row(words.say(Sentence("Total of the fiscal year")), words.amount(running.period)),
        Row(words.say(Sentence("Perpetual total")), words.amount(running.perpetual)),
        Row(words.say(Sentence("Perpetual absolute total")), words.amount(running.perpetual_abs)),
    ]


def _method(method: str, words: Words) -> str:
    return words.say(METHODS[method]) if method in METHODS else method
