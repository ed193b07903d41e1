"""Two lines reach the customer's eyes, whatever the display's command set."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator

import pytest

from devices.display.driver import LineDisplay
from devices.display.emulator import EmulatedDisplay
from devices.display.protocol import Dialect
from pos.ports import DeviceEvent, DeviceState, StatusChanged


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
