"""What is left when the hour is over, from everybody who kept a log of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devices.card.emulator import Paid
from devices.printer.layout import Line
from pos.papers.page import Cut
from tests.hour.bench import LabelJob, LabelText

if TYPE_CHECKING:
    from tests.hour.actor import Actor

_LABEL = re.compile(r"(?:N°|No\.)\s*(T01-K1-\d{6})\b")
_COPY = re.compile(r"DUPLICATA\D{0,6}(\d+)")
_TOTAL = re.compile(r"^TOTAL\s+(\S.*)$")

KINDS = ("card.asked", "card.answered", "sale.finished", "print.asked", "print.finished",
         "drawer.opened", "till.started")  # fmt: skip

WIDTH = 20


@dataclass(frozen=True)
class Read:
    """What a customer read of the display, and what it was told: of a basket or a paid ticket."""

    what: str
    told: tuple[str, str]
    lines: tuple[str, str]
    total: int
    label: str = ""

    @property
    def due(self) -> tuple[str, str]:
        """What it must show: the two lines, cut to its width, without the blanks at the ends."""
        upper, lower = (line[:WIDTH].rstrip() for line in self.told)
        return upper, lower


@dataclass
class Pulses:
    """The drawer: pulses that the printer had, what the till says of them, and the key."""

    came: int
    kicked: int
    missed: int
    lost: int
    forced: int
    noisy: int


@dataclass
class Evidence:
    """All logs of an hour.

    `journal` holds the facts by kind, `paper` each printer's sheets, `rung` what was brought to
    each ticket, `weighed` what the till took off the scale and `told` what the scale gave; `stops`
    counts the till's ends.
    """

    journal: dict[str, list[dict[str, Any]]]
    paper: dict[str, list[list[str]]]
    pulses: Pulses
    terminal: list[Paid]
    sent: dict[str, list[str]]
    heard: dict[str, list[str]]
    noise: list[str]
    rung: dict[str, list[str]]
    weighed: list[int]
    told: list[int]
    asked_labels: list[LabelJob]
    labels: list[LabelText]
    reads: list[Read]
    stops: Counter[str]
    did: Counter[str]


def gather(actor: Actor) -> Evidence:
    """Collect what every device and the journal, read from its file, know of the hour."""
    shift, drawer = actor.shift, actor.drawer
    till, heard, wires = shift.till, shift.till.heard, shift.till.wires
    pulses = Pulses(
        came=len(wires.printer.pulses),
        kicked=heard.kicked,
        missed=heard.missed,
        lost=drawer.lost,
        forced=drawer.forced,
        noisy=heard.noisy,
    )
    return Evidence(
        journal={kind: till.home.entries(kind) for kind in KINDS},
        paper={name: list(sheets(wires.printer_of(name).paper)) for name in ("printer", "spare")},
        pulses=pulses,
        terminal=list(wires.card.log),
        sent=wires.sent,
        heard=heard.scans,
        noise=wires.noise,
        rung=shift.sold,
        weighed=shift.weighed,
        told=wires.scale.given,
        asked_labels=list(till.told.labels.values()),
        labels=[(one.fields[0].data, _code(one.fields)) for one in wires.labels.printed],
        reads=shift.reads,
        stops=till.stops,
        did=shift.did,
    )


def _code(fields: Sequence[Any]) -> str:
    return next((field.data for field in fields if field.kind != "text"), "")


Copy = tuple[str, int]


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
    return Counter((label, number) for label, number, _ in printed(sheets(paper)))


def printed(found: Iterator[list[str]] | list[list[str]]) -> Iterator[tuple[str, int, int]]:
    """Yield the label, the copy's number and the total, in cents, of each whole ticket."""
    for sheet in found:
        label, number, total = "", 0, 0
        for line in sheet:
            if head := _LABEL.search(line):
                label, number, total = head[1], 0, 0
            if copy := _COPY.search(line):
                number = int(copy[1])
            if sum_ := _TOTAL.search(line):
                total = cents(sum_[1])
            if label and line.strip() == label:
                yield label, number, total
                label = ""


def cents(text: str) -> int:
    """Return an amount as it is printed, in cents."""
    return int(re.sub(r"[^\d-]", "", text.replace("\N{MINUS SIGN}", "-")) or 0)
