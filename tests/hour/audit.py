"""What must agree when the hour is over: journal, paper, drawer and the card terminal's own log."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from devices.card.protocol import REFERENCE_LENGTH
from devices.printer.emulator import EmulatedPrinter
from devices.printer.layout import Line
from pos.papers.page import Cut
from tests.e2e.home import Home
from tests.hour.counter import AtWork

_LABEL = re.compile(r"(?:N°|No\.)\s*(T01-K1-\d{6})\b")
_COPY = re.compile(r"DUPLICATA\D{0,6}(\d+)")
_TOTAL = re.compile(r"^TOTAL\s+(\S.*)$")

Copy = tuple[str, int]


def sheets(printer: EmulatedPrinter) -> Iterator[list[str]]:
    """Yield the paper, a list of lines a sheet between two cuts."""
    sheet: list[str] = []
    for item in printer.paper:
        if isinstance(item, Line):
            sheet.append(item.text)
        elif isinstance(item, Cut):
            yield sheet
            sheet = []


def whole_copies(printer: EmulatedPrinter) -> Counter[Copy]:
    """Return how often each copy of a ticket lies on the paper, from its head to its foot."""
    return Counter((label, number) for label, number, _ in _tickets(printer))


def printed_totals(printer: EmulatedPrinter) -> list[tuple[str, int]]:
    """Return the label and the total, in cents, of each whole ticket on the paper."""
    return [(label, total) for label, _, total in _tickets(printer)]


def _tickets(printer: EmulatedPrinter) -> Iterator[tuple[str, int, int]]:
    for sheet in sheets(printer):
        label, number, total = "", 0, 0
        for line in sheet:
            if head := _LABEL.search(line):
                label, number, total = head[1], 0, 0
            if copy := _COPY.search(line):
                number = int(copy[1])
            if sum_ := _TOTAL.search(line):
                total = int(re.sub(r"[^\d-]", "", sum_[1].replace("\u2212", "-")))
            if label and line.strip() == label:
                yield label, number, total
                label = ""


def judge(home: Home, till: AtWork) -> None:
    """Hold the journal, read from its file, against what each device knows of itself."""
    home.check()
    _cards(home, till)
    _papers(home, till)
    _drawer(home, till)


def _cards(home: Home, till: AtWork) -> None:
    amounts = {one["request"]: one["amount"] for one in home.entries("card.asked")}
    ends = {one["request"]: one["outcome"] for one in home.entries("card.answered")}
    assert ends.keys() == amounts.keys(), "a card request has no end"
    assert "unknown" not in ends.values()
    journal = {
        name[-REFERENCE_LENGTH:]: amounts[name] for name, end in ends.items() if end == "approved"
    }
    terminal = {one.reference: one.amount for one in till.wires.card.log}
    assert len(terminal) == len(till.wires.card.log), "the terminal did one request twice"
    assert journal == terminal, dict(journal.items() ^ terminal.items())
    tenders = [tender for sale in home.entries("sale.finished") for tender in sale["tenders"]]
    by_card = [one for one in tenders if one["method"] == "card"]
    assert {one["reference"][-REFERENCE_LENGTH:]: one["amount"] for one in by_card} == terminal
    assert len(by_card) == len(terminal)


def _papers(home: Home, till: AtWork) -> None:
    asked = {one["job"]: one for one in home.entries("print.asked")}
    ends = {one["job"]: one["outcome"] for one in home.entries("print.finished")}
    endless = [one for job, one in asked.items() if job not in ends]
    assert not endless, endless
    assert not {"unknown"} & set(ends.values())
    printed = Counter(
        (one["document"], one["copy_number"])
        for job, one in asked.items()
        if one["paper"] == "ticket" and ends[job] != "failed"
    )
    lies = whole_copies(till.wires.printer)
    assert lies == printed, f"paper only: {lies - printed}, journal only: {printed - lies}"
    assert set(printed.values()) <= {1}
    totals = {one["label"]: one["total"] for one in home.entries("sale.finished")}
    for label, total in printed_totals(till.wires.printer):
        assert total == totals[label], label


def _drawer(home: Home, till: AtWork) -> None:
    causes = Counter(one["cause"] for one in home.entries("drawer.opened"))
    assert causes["forced"] == 0
    assert causes.total() == till.kicks.kicked
    assert len(till.wires.printer.pulses) == till.kicks.due
