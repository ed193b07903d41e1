"""What is left when the hour is over, from everybody who kept a log of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devices.card.emulator import Paid
from tests.hour.bench import LabelJob, LabelText
from tests.hour.purse import Slip
from tests.hour.reading import cents, sheets

if TYPE_CHECKING:
    from tests.hour.actor import Actor

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
    by_hand: int
    forced: int
    noisy: int


@dataclass
class Evidence:
    """All logs of an hour.

    `journal` holds the facts by kind, `paper` each printer's sheets, `slips` what the cashier
    noted of each ticket; `unknown` and `failed` give the cause by paper, "" for none; `weighed` is
    what the till took off the scale and `told` what the scale gave; `stops` counts the till's
    ends.
    """

    journal: dict[str, list[dict[str, Any]]]
    paper: dict[str, list[list[str]]]
    pulses: Pulses
    terminal: list[Paid]
    cancelled: dict[str, Paid]
    sent: dict[str, list[str]]
    heard: dict[str, list[str]]
    noise: list[str]
    slips: dict[str, Slip]
    weighed: list[int]
    told: list[int]
    asked_labels: list[LabelJob]
    unknown: dict[str, str]
    failed: dict[str, str]
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
        by_hand=drawer.by_hand,
        forced=drawer.forced,
        noisy=heard.noisy,
    )
    return Evidence(
        journal={kind: till.home.entries(kind) for kind in KINDS},
        paper={name: list(sheets(wires.printer_of(name).paper)) for name in ("printer", "spare")},
        pulses=pulses,
        terminal=list(wires.card.log),
        cancelled=wires.cancelled,
        sent=wires.sent,
        heard=heard.scans,
        noise=wires.noise,
        slips=shift.slips,
        weighed=shift.weighed,
        told=wires.scale.given,
        asked_labels=list(till.told.labels.values()),
        unknown=till.told.jobs.unknown,
        failed=till.told.jobs.failed,
        labels=[_label_text(one.fields) for one in wires.labels.printed],
        reads=shift.reads,
        stops=till.stops,
        did=shift.did,
    )


def _label_text(fields: Sequence[Any]) -> LabelText:
    code = next((field.data for field in fields if field.kind != "text"), "")
    price = next((cents(field.data) for field in fields if "€" in field.data), 0)
    return fields[0].data, code, price
