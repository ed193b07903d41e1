"""The seams: what the till asks of the world, one to three methods each.

`pos.till` knows these Protocols and nothing behind them; `pos.main` joins each to its driver, and
every one has a double that ships (`pos/doubles.py`, the emulators of `devices/`).
Devices report by events: a driver calls the `Sink` it was given, from its own thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pos.domain.catalogue import Article
from pos.domain.errors import StoreUnavailable as StoreUnavailable
from pos.domain.events import Event, SaleFinished
from pos.domain.staff import Person
from pos.journal.entry import Entry, Place
from pos.journal.signing import Signer as Signer
from pos.papers.page import Page


class Clock(Protocol):
    """Time comes in here and nowhere else."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class Ids(Protocol):
    """Randomness comes in here and nowhere else."""

    def token(self) -> str:
        """Return a new identifier of 26 characters (ULID) that no other till will make."""
        ...


class Catalogue(Protocol):
    """The articles this till can sell, read only."""

    def find(self, key: str) -> Article | None:
        """Return the article whose code (14-digit GTIN, in-store key or SKU) is `key`."""
        ...

    def search(self, text: str, limit: int) -> list[Article]:
        """Return at most `limit` articles whose names fit the typed words, best first."""
        ...


class Ledger(Protocol):
    """The journal and its projections behind one transaction (design.md §1)."""

    def record(self, *events: Event) -> list[Entry]:
        """Append the events as entries, in order, in ONE transaction that also projects them.

        Returns the entries once they are safe on disk; a ClockJumped comes first when the clock
        stands before the last entry by more than the tolerance. The drafts of a basket that ends
        here go in the same transaction. Raises `StoreUnavailable` when the disk is full or locked
        and `pos.journal.chain.JournalBroken` when the journal refuses the entries themselves
        (they do not follow its head, a ticket number is taken, a sale does not add up); nothing
        is written then.
        """
        ...

    @property
    def place(self) -> Place:
        """Return the store, the till and the epoch that entries are written under."""
        ...

    @property
    def marker_behind(self) -> bool:
        """Tell whether the head marker outside the database could not be written last."""
        ...

    def unsent(self) -> int:
        """Return how many entries the centre has not acknowledged."""
        ...


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
    """A device changed state; `detail` is an English template for people (gettext message id)."""

    device: str
    state: DeviceState
    detail: str = ""


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
    """The drawer's sensor changed."""

    device: str
    is_open: bool


DeviceEvent = StatusChanged | Scanned | PrintEnded | DrawerMoved
Sink = Callable[[DeviceEvent], None]


class Printer(Protocol):
    """A receipt printer: one worker owns it, nothing here ever blocks the caller."""

    def print(self, job: str, page: Page) -> None:
        """Queue a page under the name `job`; its end arrives as `PrintEnded`."""
        ...


class Drawer(Protocol):
    """A cash drawer."""

    def open(self) -> None:
        """Send the opening pulse; returns at once."""
        ...


class Display(Protocol):
    """A customer display of 2 lines of 20 characters."""

    def show(self, upper: str, lower: str) -> None:
        """Show two lines; longer ones are cut. Returns at once."""
        ...


class Scanner(Protocol):
    """A scanner that can be told that its last code was refused."""

    def refuse(self) -> None:
        """Make the scanner's own not-on-file sound where it has one; returns at once."""
        ...


class Sound(Protocol):
    """The till's own voice."""

    def play(self, name: str) -> None:
        """Play `accepted`, `refused` or `attention`; returns at once."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """An open or parked basket as it lies on disk: its steps as JSON texts, in order."""

    basket: str
    staff: str
    parked: bool
    steps: Sequence[str]


class Drafts(Protocol):
    """The open baskets' safe place: every step is on disk before a screen shows it.

    The ledger closes, cuts, parks and recalls drafts itself, in the transaction of the entry that
    says so (`sale.finished`, `basket.abandoned`, `basket.cut`, `basket.parked`,
    `basket.recalled`).
    """

    def add_step(self, basket: str, staff: str, number: int, step: str) -> None:
        """Append step `number` (from 1, dense) of a basket, durably; opens the basket if new."""
        ...

    def all(self) -> list[Draft]:
        """Return every basket that is open or parked, the oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class PrintTrouble:
    """A print job that has not ended: `sending` is True once bytes may have left."""

    job: str
    document: str
    copy_number: int
    sending: bool


@dataclass(frozen=True, slots=True)
class CardRequest:
    """A card payment that was asked; `outcome` is empty while nobody knows."""

    request: str
    basket: str
    amount: int
    outcome: str


class Past(Protocol):
    """What the journal's projections remember, read only."""

    def sale(self, label: str | None = None) -> SaleFinished | None:
        """Return the sale of a ticket label, or the last one of all for None."""
        ...

    def last_sale(self, *, training: bool) -> SaleFinished | None:
        """Return the last real sale, or the last one of training."""
        ...

    def copies(self, document: str) -> int:
        """Return the copy number that the next print of a document bears; 0 for the original.

        One more than the highest that may have come out: a print that the printer itself said to
        have failed does not count.
        """
        ...

    def open_prints(self) -> list[PrintTrouble]:
        """Return the print jobs that have not ended, and those whose end is unknown."""
        ...

    def cards(self, basket: str | None = None) -> list[CardRequest]:
        """Return the card requests of a basket, or for None every one whose end is not known."""
        ...


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signing in is checked against; `locked_until` is an instant text, or empty."""

    person: Person
    pin_hash: str
    failures: int = 0
    locked_until: str = ""


class People(Protocol):
    """Who may use the till.

    Failures and locks follow the journal's entries, and a `staff.removed` entry takes the person
    out in its own transaction; the name is kept, the PIN is not, and the number is free again.
    """

    def by_number(self, number: str) -> Credentials | None:
        """Return the credentials of a sign-in number, or None."""
        ...

    def add(self, person: Person, pin_hash: str) -> None:
        """Add a person, or replace the one with the same reference."""
        ...

    def all(self) -> list[Person]:
        """Return everyone who may use the till, by number."""
        ...


class Pins(Protocol):
    """Slow hashing of PINs (argon2id)."""

    def hash(self, pin: str) -> str:
        """Return a salted hash to keep."""
        ...

    def matches(self, pin_hash: str, pin: str) -> bool:
        """Tell whether the PIN is the one that was hashed."""
        ...
