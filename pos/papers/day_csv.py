"""The figures of a day, month or year as a file that any spreadsheet opens.

UTF-8 with its mark, `;` between cells and CRLF after each line, as French spreadsheets read it;
amounts and quantities have a comma. A line is `group;name;count;quantity;amount`.

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
from pos.domain.facts import Figures, RunningTotals, Tally

HEADER = ("group", "name", "count", "quantity", "amount")
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
OBEYED = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula at the head of a text."""

AMOUNTS = ("sold", "returned", "total", "rounding")
COUNTS = ("tickets", "refunds", "voids")
TALLIES = ("tenders", "departments", "hours", "cashiers", "articles", "counters")

Line = tuple[str, str, str, str, str]


def day_csv(figures: Figures, running: RunningTotals, closed: PeriodClosed | None = None) -> str:
    """Return the figures as a file's text; those of a closing name it and its signature first."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    if closed is not None:
        writer.writerows(_closing(closed))
    writer.writerows(_figures(figures))
    writer.writerows(
        ("running", name, "", "", decimal(amount)) for name, amount in running.model_dump().items()
    )
    return MARK + out.getvalue()


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
