"""What can be read off the paper: each ticket from its head on, to its foot where it is whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from devices.printer.layout import Line
from pos.papers.page import Cut

_LABEL = re.compile(r"(?:N°|No\.)\s*(T01-K1-\d{6})\b")
_COPY = re.compile(r"DUPLICATA\D{0,6}(\d+)")
_TOTAL = re.compile(r"^TOTAL\s+(\S.*)$")
_COUNT = re.compile(r"^Lines: (\d+)$")
_GOODS = re.compile(r"^(\S.*?)\s+(\S*€\S*) [A-Z]$")

Copy = tuple[str, int]


@dataclass
class Printed:
    """A ticket on paper: its number, its copy's, and what it says; whole, or something lacks.

    `count` is how many lines it says that it has.
    """

    label: str
    copy: int = 0
    total: int = 0
    lines: tuple[tuple[str, int], ...] = ()
    count: int = 0
    is_whole: bool = False


def sheets(paper: Sequence[object]) -> Iterator[list[str]]:
    """Yield the paper as lists of lines, one a sheet between two cuts, the one that hangs too."""
    sheet: list[str] = []
    for item in paper:
        if isinstance(item, Line):
            sheet.append(item.text)
        elif isinstance(item, Cut):
            yield sheet
            sheet = []
    yield sheet


def whole_copies(paper: Sequence[object]) -> Counter[Copy]:
    """Return how often each copy of a ticket lies on the paper, from its head to its foot."""
    return Counter((one.label, one.copy) for one in printed(sheets(paper)) if one.is_whole)


def printed(found: Iterable[list[str]]) -> Iterator[Printed]:
    """Yield each ticket of which the head is on the paper."""
    for sheet in found:
        ticket: Printed | None = None
        for line in sheet:
            if head := _LABEL.search(line):
                if ticket is not None:
                    yield ticket
                ticket = Printed(head[1])
            elif ticket is not None and _read(ticket, line):
                yield ticket
                ticket = None
        if ticket is not None:
            yield ticket


def _read(ticket: Printed, line: str) -> bool:
    """Read one more line of a ticket; True when it was the foot."""
    if copy := _COPY.search(line):
        ticket.copy = int(copy[1])
    elif sum_ := _TOTAL.search(line):
        ticket.total = cents(sum_[1])
    elif (goods := _GOODS.search(line)) and not ticket.total:
        ticket.lines += ((goods[1], cents(goods[2])),)
    elif count := _COUNT.search(line):
        ticket.count = int(count[1])
    is_foot = line.strip() == ticket.label
    is_all = bool(ticket.total) and 0 < ticket.count == len(ticket.lines)
    ticket.is_whole = is_foot and is_all
    return is_foot


def cents(text: str) -> int:
    """Return an amount as it is printed, in cents."""
    return int(re.sub(r"[^\d-]", "", text.replace("\N{MINUS SIGN}", "-")) or 0)
