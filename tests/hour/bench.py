"""The counter's drivers on their wires, impatient; what was told to display and labels is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from devices.card.driver import LinkTerminal
from devices.card.speech import speech_of
from devices.counter import Counter
from devices.display.driver import LineDisplay
from devices.drawer.driver import PrinterDrawer
from devices.label.driver import ZplPrinter
from devices.label.zpl import LabelSize
from devices.printer.driver import EscPosPrinter
from devices.printer.driver import Limits as PrinterLimits
from devices.scale.driver import Limits as ScaleLimits
from devices.scale.driver import LinkScale
from devices.scale.minds import DIALOG_SECRET
from devices.scanner.driver import LinkScanner
from pos.papers.label import Label
from pos.papers.page import Page
from pos.ports import Display, LabelPrinter, PrintEnded, Printer, PrintOutcome, Sink
from pos.till.desk import Ports
from tests.hour.causes import Jobs, Troubles
from tests.hour.wires import PROFILE, Wires

ANSWER_S = 0.4
"""How long a lost answer of the card terminal is waited for here; three minutes in a shop."""

PRINTER = PrinterLimits(answer_s=0.4, confirm_s=1.5, stall_s=1.5, heartbeat_s=0.3)
SCALE = ScaleLimits(answer_s=0.15, ask_every_s=0.02, empty_every_s=0.02, look_every_s=0.3)

LabelText = tuple[str, str, int]
"""What a label says: its title, its code and its price in minor units."""


@dataclass
class LabelJob:
    """Labels that were asked for in one go, each as often as it was asked for.

    `may_lack`: the printer was switched off meanwhile, which loses what it held and says nothing.
    """

    labels: tuple[LabelText, ...]
    outcome: PrintOutcome | None = None
    may_lack: bool = False


@dataclass
class Told:
    """What the till told its display and its printers, over all its starts.

    `awaited` are the labels that somebody asks for just now.
    """

    lines: tuple[str, str] = ("", "")
    awaited: tuple[LabelText, ...] = ()
    troubles: Troubles = field(default_factory=Troubles)
    jobs: Jobs = field(init=False)
    labels: dict[str, LabelJob] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.jobs = Jobs(self.troubles)

    def cut_labels_short(self) -> None:
        """Keep that the label printer forgets what it holds."""
        for job in self.labels.values():
            job.may_lack = job.may_lack or job.outcome is None

    def stopped(self) -> None:
        """Keep that the till was cut off: nobody hears any more how labels end."""
        for job in self.labels.values():
            job.outcome = job.outcome or PrintOutcome.UNKNOWN

    def ended(self, event: PrintEnded) -> bool:
        """Keep the end of a paper; False for one that is no label."""
        self.jobs.end(event)
        if event.job not in self.labels:
            return False
        self.labels[event.job].outcome = event.outcome
        return True


class _Shown:
    """A display that is listened to on the till's side."""

    def __init__(self, display: Display, told: Told) -> None:
        self._display, self._told = display, told

    def show(self, upper: str, lower: str) -> None:
        self._told.lines = (upper, lower)
        self._display.show(upper, lower)


class _Labelled:
    """A label printer that is listened to on the till's side."""

    def __init__(self, printer: LabelPrinter, told: Told) -> None:
        self._printer, self._told = printer, told

    def print_labels(self, job: str, labels: Sequence[Label]) -> None:
        self._told.labels[job] = LabelJob(self._told.awaited)
        self._told.jobs.begin(job, "labels")
        self._printer.print_labels(job, labels)


class _Handed:
    """A printer that is listened to on the till's side."""

    def __init__(self, printer: Printer, device: str, jobs: Jobs) -> None:
        self._printer, self._device, self._jobs = printer, device, jobs

    def print(self, job: str, page: Page) -> None:
        self._jobs.begin(job, self._device)
        self._printer.print(job, page)

    def withdraw(self, job: str) -> bool:
        return self._printer.withdraw(job)


class Bench(Counter):
    """The counter of one start of the till: real drivers on the emulators' wires."""

    def __init__(self, sink: Sink, wires: Wires, told: Told) -> None:
        super().__init__(sink)
        self._wires, self._told = wires, told

    def plug_in(self, ports: Ports) -> None:
        """Put every device behind its port."""
        wires, sink = self._wires, self._sink
        speech = speech_of(
            wires.card_protocol, answer_s=ANSWER_S, reply_s=ANSWER_S / 2, with_reference=True
        )
        family, limits = wires.scale_family, SCALE
        printer = EscPosPrinter("printer", wires.printer.url, PROFILE, sink, limits=PRINTER)
        spare = EscPosPrinter("spare", wires.spare.url, PROFILE, sink, limits=PRINTER)
        labels = ZplPrinter(
            "labels", wires.labels.url, LabelSize(), sink, answer_s=0.3, stall_s=1.5,
            heartbeat_s=0.3,
        )  # fmt: skip
        display = LineDisplay("display", wires.display.url, sink)
        scale = LinkScale(
            "scale", wires.scale.url, family, sink, secret=DIALOG_SECRET, limits=limits
        )
        card = LinkTerminal("card", wires.card.url, speech, sink)
        self._opened += [printer, spare, labels, display, scale, card]
        for name, scanner in wires.scanners.items():
            ports.scanners[name] = LinkScanner(name, scanner.url, sink)
            self._opened.append(ports.scanners[name])
        ports.printer = _Handed(printer, "printer", self._told.jobs)
        ports.spare, ports.scale = _Handed(spare, "spare", self._told.jobs), scale
        ports.labels = _Labelled(labels, self._told)
        ports.display = _Shown(display, self._told)
        ports.drawer = PrinterDrawer("drawer", printer, sink)
        ports.cards["card"] = card
