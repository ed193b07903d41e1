"""The machines around the till: what is asked of them, and what they report from their own
threads by calling the `Sink` they were given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pos.domain.errors import StoreUnavailable as StoreUnavailable
from pos.journal.signing import Signer as Signer
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
