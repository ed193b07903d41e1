"""Two lines reach the customer's eyes, whatever the display's command set."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

import pytest

from devices.display.behind import PrinterDisplay
from devices.display.driver import LineDisplay
from devices.display.emulator import EmulatedDisplay, Glass
from devices.display.protocol import Dialect
from devices.printer.driver import EscPosPrinter
from devices.printer.emulator import EmulatedPrinter
from devices.printer.profile import PROFILES
from pos.papers.page import Page, Text
from pos.ports import DeviceEvent, DeviceState, StatusChanged

EPSON = PROFILES["epson-80"]


class Window:
    """An emulated display that tells each change."""

    def __init__(self) -> None:
        self.changed: queue.Queue[tuple[str, str]] = queue.Queue()
        self.emulator = EmulatedDisplay(on_change=self._changed)

    def _changed(self) -> None:
        self.changed.put(self.emulator.lines)

    def reads(self, upper: str, lower: str) -> None:
        while self.changed.get(timeout=10) != (upper, lower):
            pass


@pytest.fixture
def window() -> Iterator[Window]:
    made = Window()
    yield made
    made.emulator.close()


@pytest.fixture
def open_display(window: Window) -> Iterator[Callable[..., LineDisplay]]:
    opened: list[LineDisplay] = []

    def make(dialect: Dialect, events: queue.Queue[DeviceEvent] | None = None) -> LineDisplay:
        sink = (events or queue.Queue[DeviceEvent]()).put
        opened.append(LineDisplay("display", window.emulator.url, sink, dialect=dialect))
        return opened[-1]

    yield make
    for display in opened:
        display.close()


@pytest.mark.parametrize("dialect", list(Dialect))
def test_two_lines_are_shown_with_their_accents_and_cut_at_twenty(
    window: Window, open_display: Callable[..., LineDisplay], dialect: Dialect
) -> None:
    display = open_display(dialect)
    display.show("Crème brûlée 3 pots de plus", "3 x 1,20   3,60 €")
    window.reads("Crème brûlée 3 pots", "3 x 1,20   3,60 €")
    display.show("À payer", "\x1b@ 12,50")
    window.reads("À payer", "@ 12,50")
    assert window.emulator.errors == []


def test_the_last_of_many_lines_is_shown_and_most_are_passed_over(
    window: Window, open_display: Callable[..., LineDisplay]
) -> None:
    display = open_display(Dialect.EPSON)
    for n in range(1000):
        display.show("Article", str(n))
    window.reads("Article", "999")
    assert window.emulator.frames < 100


def test_a_display_plugged_in_again_shows_the_present_lines(
    window: Window, open_display: Callable[..., LineDisplay]
) -> None:
    events: queue.Queue[DeviceEvent] = queue.Queue()
    display = open_display(Dialect.CD5220, events)
    display.show("A", "B")
    window.reads("A", "B")
    window.emulator.unplug()
    while events.get(timeout=10) != StatusChanged("display", DeviceState.OFFLINE, "not connected"):
        pass
    display.show("C", "D")
    window.emulator.replug()
    window.reads("C", "D")


class Behind:
    """A printer with a display on its own line."""

    def __init__(self) -> None:
        self.emulator = EmulatedPrinter()
        self.events: queue.Queue[DeviceEvent] = queue.Queue()
        self.printer = EscPosPrinter("printer", self.emulator.url, EPSON, self.events.put)
        self.display = PrinterDisplay("display", self.printer, self.events.put)

    def until(self, seen: Callable[[], bool]) -> None:
        while not seen():
            threading.Event().wait(0.01)

    def lines(self) -> tuple[str, str]:
        glass = Glass("cp858")
        glass.receive(self.emulator.passed_on)
        assert glass.errors == []
        return glass.lines


@pytest.fixture
def behind() -> Iterator[Behind]:
    made = Behind()
    yield made
    made.printer.close()
    made.emulator.close()


def test_a_display_behind_the_printer_shows_the_lines_and_the_printer_prints(
    behind: Behind,
) -> None:
    behind.display.show("Pain", "1,20 €")
    behind.until(lambda: behind.lines() == ("Pain", "1,20 €"))
    behind.printer.print("job", Page((Text("Bonjour"),), title="t"))
    behind.until(lambda: "Bonjour" in behind.emulator.text())
    for n in range(50):
        behind.display.show("Lait", str(n))
    behind.until(lambda: behind.lines() == ("Lait", "49"))
    assert "Lait" not in behind.emulator.text()
    assert behind.emulator.errors == []


def test_a_display_behind_a_printer_that_comes_back_shows_the_present_lines(
    behind: Behind,
) -> None:
    behind.display.show("A", "B")
    behind.until(lambda: behind.lines() == ("A", "B"))
    behind.emulator.unplug()
    while behind.events.get(timeout=10) != StatusChanged(
        "printer", DeviceState.OFFLINE, "not connected"
    ):
        pass
    behind.display.show("C", "D")
    behind.emulator.replug()
    behind.until(lambda: behind.lines() == ("C", "D"))


def test_a_printer_out_of_paper_is_handed_no_frame_until_it_is_well(behind: Behind) -> None:
    behind.display.show("A", "B")
    behind.until(lambda: behind.lines() == ("A", "B"))
    behind.emulator.run_out()
    while behind.events.get(timeout=10) != StatusChanged(
        "printer", DeviceState.ATTENTION, "no paper"
    ):
        pass
    behind.display.show("C", "D")
    behind.emulator.load_paper()
    behind.until(lambda: behind.lines() == ("C", "D"))
    behind.printer.print("job", Page((Text("Bonjour"),), title="t"))
    behind.until(lambda: "Bonjour" in behind.emulator.text())
