"""A till's devices are opened from their addresses, emulated ones included."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest

from devices.counter import Counter, trial_page
from devices.display.emulator import EmulatedDisplay
from devices.printer.emulator import EmulatedPrinter
from devices.printer.profile import PROFILES, PrinterProfile
from devices.printer.render import render_text
from devices.scanner.emulator import EmulatedScanner
from pos.domain.errors import Refusal
from pos.ports import (
    DeviceEvent,
    DeviceState,
    Display,
    Drawer,
    DrawerMoved,
    PrintEnded,
    Printer,
    PrintOutcome,
    Scanned,
    Scanner,
    StatusChanged,
)


class Post:
    """What the till's sink received, in order."""

    def __init__(self) -> None:
        self.events: queue.Queue[DeviceEvent] = queue.Queue()

    def until(self, kind: type[DeviceEvent]) -> DeviceEvent:
        while True:
            event = self.events.get(timeout=20)
            if isinstance(event, kind) and not (
                isinstance(event, StatusChanged) and event.state is not DeviceState.READY
            ):
                return event


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def counter(post: Post) -> Iterator[Counter]:
    made = Counter(post.events.put)
    yield made
    made.close()


def test_a_whole_emulated_counter_works_and_leaves_nothing_behind(
    counter: Counter, post: Post
) -> None:
    before = {thread.name for thread in threading.enumerate()}
    printer = counter.open_printer("till-printer", "emulator://printer")
    drawer: Drawer = counter.open_drawer("drawer", printer)
    display: Display = counter.open_display("till-display", "emulator://display")
    scanner = counter.open_scanner("till-scanner", "emulator://scanner")
    refusing: Scanner = scanner
    refusing.refuse()
    display.show("A", "B")
    as_port: Printer = printer
    as_port.print("trial", trial_page(PROFILES["epson-80"]))
    ended = post.until(PrintEnded)
    assert isinstance(ended, PrintEnded)
    assert ended.outcome is PrintOutcome.CONFIRMED
    drawer.open()
    assert post.until(DrawerMoved) == DrawerMoved("drawer", True)
    while not scanner.worker.connected:
        threading.Event().wait(0.01)
    emulated = counter.emulators["till-scanner"]
    assert isinstance(emulated, EmulatedScanner)
    emulated.scan("96385074")
    scanned = post.until(Scanned)
    assert isinstance(scanned, Scanned)
    assert scanned.text == "96385074"
    assert isinstance(counter.emulators["till-printer"], EmulatedPrinter)
    assert isinstance(counter.emulators["till-display"], EmulatedDisplay)
    counter.close()
    counter.close()
    assert {t.name for t in threading.enumerate() if "till-" in t.name} <= before


@pytest.mark.parametrize("profile", PROFILES.values(), ids=str)
def test_the_trial_page_fits_every_printer(profile: PrinterProfile) -> None:
    text = render_text(trial_page(profile), profile.columns, profile.codec)
    assert "1 234,56 €" in text


def test_a_wrong_address_opens_nothing(counter: Counter) -> None:
    with pytest.raises(Refusal):
        counter.open_scanner("scanner", "emulator://toaster")
    assert counter.emulators == {}
