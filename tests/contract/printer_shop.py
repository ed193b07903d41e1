"""An emulated printer on a real wire, its driver, and what the till would hear of them."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from dataclasses import replace

from devices.drawer.driver import PrinterDrawer
from devices.printer.driver import EscPosPrinter, Limits
from devices.printer.emulator import EmulatedPrinter
from devices.printer.profile import PROFILES, PrinterProfile
from pos.papers.page import Cut, Page, Qr, Row, Text
from pos.ports import DeviceEvent, DeviceState, PrintEnded, PrintOutcome, StatusChanged

EPSON = PROFILES["epson-80"]
QUICK = Limits(answer_s=0.3, confirm_s=1.0, stall_s=1.0, patience_s=1.5, heartbeat_s=0.5)
CALM = replace(QUICK, confirm_s=20, stall_s=20, patience_s=60)
TICKET = Page((Text("Ticket"), Row("Café", "4,20 €"), Qr("https://example.org/t/1"), Cut()))
LONG = Page((*[Row(f"Article {n}", "1,00 €") for n in range(400)], Cut()))
WAIT_S = 20


class Post:
    """What the till's sink received; `until` throws away what came before."""

    def __init__(self) -> None:
        self.events: queue.Queue[DeviceEvent] = queue.Queue()

    def __call__(self, event: DeviceEvent) -> None:
        self.events.put(event)

    def until(self, wanted: Callable[[DeviceEvent], bool]) -> DeviceEvent:
        ends = time.monotonic() + 3 * WAIT_S
        while time.monotonic() < ends:
            event = self.events.get(timeout=WAIT_S)
            if wanted(event):
                return event
        raise AssertionError("it never came, among much else")

    def state(self, state: DeviceState, detail: str = "", device: str = "printer") -> None:
        self.until(lambda event: event == StatusChanged(device, state, detail))

    def end(self, job: str) -> PrintOutcome:
        event = self.until(lambda event: isinstance(event, PrintEnded))
        assert isinstance(event, PrintEnded)
        assert event.job == job
        return event.outcome


class Shop:
    """One emulated printer and its driver."""

    def __init__(self, profile: PrinterProfile, limits: Limits, *, tcp: bool) -> None:
        self.post = Post()
        self.emulator = EmulatedPrinter(profile=profile, tcp=tcp)
        self.driver = EscPosPrinter("printer", self.emulator.url, profile, self.post, limits=limits)
        self.drawer = PrinterDrawer("drawer", self.driver, self.post)

    def close(self) -> None:
        self.driver.close()
        self.emulator.close()
