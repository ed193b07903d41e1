"""The machines around the till: what is asked of them, and what they report from their own
threads by calling the `Sink` they were given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from pos.domain.errors import StoreUnavailable as StoreUnavailable
from pos.domain.words import Sentence
from pos.journal.signing import Signer as Signer
from pos.papers.customer import CustomerView
from pos.papers.label import Label
from pos.papers.page import Page


class DeviceState(StrEnum):
    """What the status line says of a device."""

    READY = "ready"
    BUSY = "busy"
    ATTENTION = "attention"  # paper low, cover open, waiting for a person
    OFFLINE = "offline"
    ABSENT = "absent"  # not configured


class PrintOutcome(StrEnum):
    """How a print job ended (design.md §4)."""

    CONFIRMED = "confirmed"  # the printer itself said that the paper is printed
    SENT = "sent"  # every byte was accepted; this printer cannot confirm
    UNKNOWN = "unknown"  # bytes went out and the answer was lost: a person must look
    FAILED = "failed"  # nothing was printed


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A device changed state; `detail` is an English template for people (gettext message id).

    `why` says more of a trouble, for whoever looks after it.
    """

    device: str
    state: DeviceState
    detail: str = ""
    why: Sentence | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Scanned:
    """One whole scan, framing taken off, undecoded; `at_ns` is the monotonic time it was whole."""

    device: str
    text: str
    at_ns: int


@dataclass(frozen=True, slots=True)
class PrintEnded:
    """A job left the printer's worker; `job` is what `Printer.print` was given."""

    job: str
    outcome: PrintOutcome
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DrawerMoved:
    """The drawer's sensor changed; or `at_first`: it says for the first time how the drawer is."""

    device: str
    is_open: bool
    at_first: bool = False


class CardOutcome(StrEnum):
    """How a request to a card terminal ended; the words of `pos.domain.events.CardAnswered`."""

    APPROVED = "approved"  # every field that the terminal echoes matches what was asked
    DECLINED = "declined"
    CANCELLED = "cancelled"  # given up at the terminal, or nothing ever left the till
    UNKNOWN = "unknown"  # the request left and no answer can be trusted: a person must look


@dataclass(frozen=True, slots=True)
class CardDetails:
    """What a terminal tells of a payment; a card number is masked before it gets here."""

    card: str = ""  # masked but for its last four digits, such as ############1234
    authorisation: str = ""
    application: str = ""  # such as CB
    contract: str = ""  # the merchant's
    receipt: tuple[str, ...] = ()  # the terminal's own lines, masked


@dataclass(frozen=True, slots=True)
class CardEnded:
    """A request to a card terminal ended; `detail` is an English template for people."""

    device: str
    request: str
    outcome: CardOutcome
    detail: str = ""
    details: CardDetails = CardDetails()


@dataclass(frozen=True, slots=True)
class CardHeard:
    """What a terminal said of a request after its end was told as unknown: evidence, no more."""

    device: str
    request: str
    outcome: CardOutcome
    detail: str = ""
    details: CardDetails = CardDetails()


class WeighingOutcome(StrEnum):
    """How a weighing ended."""

    STABLE = "stable"
    CANCELLED = "cancelled"
    FAILED = "failed"  # the scale is away, or cannot be understood: `detail`


@dataclass(frozen=True, slots=True)
class WeightSeen:
    """What a scale shows while a weighing goes on: net grams, and why they are not taken yet."""

    device: str
    weighing: str
    grams: int
    detail: str = ""  # an English template: moving, not emptied since the last one; "" is still


@dataclass(frozen=True, slots=True)
class Weighed:
    """A weighing ended: net grams and the tare taken off, both 0 where none is stable."""

    device: str
    weighing: str
    outcome: WeighingOutcome
    grams: int = 0
    tare: int = 0
    detail: str = ""


CardEvent = CardEnded | CardHeard
DeviceEvent = StatusChanged | Scanned | PrintEnded | DrawerMoved | CardEvent | WeightSeen | Weighed
Sink = Callable[[DeviceEvent], None]


class Printer(Protocol):
    """A receipt printer: one worker owns it, nothing here ever blocks the caller."""

    def print(self, job: str, page: Page) -> None:
        """Queue a page under the name `job`; its end arrives as `PrintEnded`."""
        ...

    def withdraw(self, job: str) -> bool:
        """Take a job back; True when no byte of it left or ever will, and no end arrives."""
        ...


class Drawer(Protocol):
    """A cash drawer.

    `StatusChanged` tells of each opening pulse whether it went out: `READY`, or `OFFLINE` for
    never. What its sensor said before the pulse is told before that word.
    """

    def open(self) -> None:
        """Send the opening pulse; returns at once."""
        ...


class Display(Protocol):
    """A customer display of 2 lines of 20 characters."""

    def show(self, upper: str, lower: str) -> None:
        """Show two lines; longer ones are cut. Returns at once."""
        ...


class CustomerScreen(Protocol):
    """A second screen, for customers."""

    def show(self, view: CustomerView) -> None:
        """Show a view in place of the last one; returns at once."""
        ...


class Scanner(Protocol):
    """A scanner that can be told that its last code was refused."""

    def refuse(self) -> None:
        """Make the scanner's own not-on-file sound where it has one; returns at once."""
        ...


class CardTerminal(Protocol):
    """A card terminal: one request at a time, and never the same one twice."""

    def ask(self, request: str, amount: int) -> None:
        """Ask for an amount in minor units, or to pay it back (negative).

        Its end arrives as `CardEnded`, exactly once; whoever calls wrote the request down before.
        Returns at once.
        """
        ...

    def listen(self, request: str, amount: int) -> None:
        """Expect the late answer to a request of before the till's last start; never ask anew.

        It arrives as `CardHeard`, where the terminal still gives it. Returns at once.
        """
        ...


class Scale(Protocol):
    """A scale on the counter."""

    def weigh(self, weighing: str, *, price: int = 0, text: str = "", tare: int = 0) -> None:
        """Begin a weighing under a name: `WeightSeen` tells what lies on the scale.

        `price` is the kilogram's in minor units and `text` the article's name, for the scales
        that show them; `tare` in grams. It ends as one `Weighed`. Returns at once.
        """
        ...

    def take(self, weighing: str) -> None:
        """Take the next still weight; the weighing ends with it. Returns at once."""
        ...

    def cancel(self, weighing: str) -> None:
        """Give a weighing up."""
        ...

    def zero(self) -> None:
        """Set the scale to zero where it lets the till do so; returns at once."""
        ...


class LabelPrinter(Protocol):
    """A printer of labels: for shelf edges and for bags."""

    def print_labels(self, job: str, labels: Sequence[Label]) -> None:
        """Queue labels under the name `job`; its end arrives as `PrintEnded`."""
        ...


class Sound(Protocol):
    """The till's own voice."""

    def play(self, name: str) -> None:
        """Play `accepted`, `refused` or `attention`; returns at once."""
        ...
