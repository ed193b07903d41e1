"""The figures of a day, month or year as a file that any spreadsheet opens.

UTF-8 with its mark, `;` between cells and CRLF after each line, as French spreadsheets read it;
amounts and quantities have a comma. A line is a group, a name, what a person calls it, a count, a
quantity and an amount. The first line and the third cells are in the reader's language; groups and
names never change with it, so that a program finds them and the columns by their place.

>>> decimal(123456), decimal(-5), decimal(2345, 3)
('1234,56', '-0,05', '2,345')
>>> cell("=1+1"), cell("Pain")
("'=1+1", 'Pain')
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from pos.domain.events import PeriodClosed
from pos.domain.events.cards import MANUAL
from pos.domain.facts import Figures, RunningTotals, Tally
from pos.domain.words import Sentence, Words
from pos.papers.report import COUNTER_NAMES
from pos.papers.ticket import METHODS

HEADER = (
    Sentence("Group"),
    Sentence("Name"),
    Sentence("What it is"),
    Sentence("Count"),
    Sentence("Quantity"),
    Sentence("Amount"),
)
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
OBEYED = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula at the head of a text."""

AMOUNTS = ("sold", "returned", "total", "rounding")
COUNTS = ("tickets", "refunds", "voids")
TALLIES = ("tenders", "departments", "hours", "cashiers", "articles", "counters", "cards")

LABELS = {
    ("closing", "label"): Sentence("Closing"),
    ("closing", "level"): Sentence("Day, month or year"),
    ("closing", "key"): Sentence("Period"),
    ("closing", "till"): Sentence("Till"),
    ("closing", "since"): Sentence("From"),
    ("closing", "at"): Sentence("To"),
    ("closing", "signature"): Sentence("Signature"),
    ("tickets", "first"): Sentence("First ticket"),
    ("tickets", "last"): Sentence("Last ticket"),
    ("tickets", "tickets"): Sentence("Tickets"),
    ("tickets", "refunds"): Sentence("Refunds"),
    ("tickets", "voids"): Sentence("Sales voided"),
    ("totals", "sold"): Sentence("Sold"),
    ("totals", "returned"): Sentence("Given back"),
    ("totals", "total"): Sentence("TOTAL"),
    ("totals", "rounding"): Sentence("Rounding"),
    **{("tenders", name): called for name, called in METHODS.items()},
    **{("counters", name): called for name, called in COUNTER_NAMES.items()},
    ("cards", MANUAL): Sentence("Typed by hand"),
    ("departments", ""): Sentence("No department"),
    ("running", "period"): Sentence("Total of the fiscal year"),
    ("running", "perpetual"): Sentence("Perpetual total"),
    ("running", "perpetual_abs"): Sentence("Perpetual absolute total"),
}
"""What a person calls a line, by its group and name."""

RATES = {
    "vat_gross": Sentence("VAT included"),
    "vat_net": Sentence("Net"),
    "vat_tax": Sentence("Tax"),
}
"""What a person calls the amounts of a rate."""

Line = tuple[str, str, str, str, str]


def day_csv(
    figures: Figures, running: RunningTotals, words: Words, closed: PeriodClosed | None = None
) -> str:
    """Return the figures as a file's text; those of a closing name it and its signature first."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([words.say(heading) for heading in HEADER])
    totals = running.model_dump().items()
    lines = [
        *(_closing(closed) if closed is not None else ()),
        *_figures(figures),
        *(("running", name, "", "", decimal(amount)) for name, amount in totals),
    ]
    for group, name, *values in lines:
        writer.writerow((group, name, _called(group, name, words), *values))
    return MARK + out.getvalue()


def _called(group: str, name: str, words: Words) -> str:
    """Return what a person calls a line; what names itself is repeated."""
    if group in RATES:
        return f"{words.say(RATES[group])} {name} %"
    if group == "cashiers":
        return words.say(Sentence("Cashier {staff}", staff=name))
    if group == "hours":
        return f"{name} h"
    found = LABELS.get((group, name))
    return name if found is None else words.say(found)


def decimal(number: int, places: int = 2) -> str:
    """Return an integer of hundredths (or thousandths) with its comma."""
    whole, rest = divmod(abs(number), 10**places)
    return f"{'-' if number < 0 else ''}{whole},{rest:0{places}d}"


def cell(text: str) -> str:
    """Return a text on one line that no spreadsheet takes for a formula."""
    line = " ".join(text.splitlines())
    return f"'{line}" if line.startswith(OBEYED) else line


def _closing(closed: PeriodClosed) -> Iterator[Line]:
    facts = {
        "label": closed.label,
        "level": closed.level,
        "key": closed.key,
        "till": closed.till,
        "since": closed.since,
        "at": closed.at,
        "signature": closed.fiscal.signature,
    }
    for name, text in facts.items():
        yield "closing", name, cell(text), "", ""


def _figures(figures: Figures) -> Iterator[Line]:
    yield "tickets", "first", figures.first_ticket, "", ""
    yield "tickets", "last", figures.last_ticket, "", ""
    for name in COUNTS:
        yield "tickets", name, str(getattr(figures, name)), "", ""
    for name in AMOUNTS:
        yield "totals", name, "", "", decimal(getattr(figures, name))
    for row in figures.vat:
        rate = decimal(row.rate)
        yield "vat_gross", rate, "", "", decimal(row.gross)
        yield "vat_net", rate, "", "", decimal(row.net)
        yield "vat_tax", rate, "", "", decimal(row.tax)
    for group in TALLIES:
        for one in getattr(figures, group):
            yield _tally(group, one)


def _tally(group: str, one: Tally) -> Line:
    return group, cell(one.name), str(one.count), decimal(one.quantity, 3), decimal(one.amount)
