"""A till at work with every device: a real file, real drivers, and the emulators at their wires."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, Queue
from random import Random

from config import settings as settings_file
from config.places import places
from devices.card.driver import LinkTerminal
from devices.card.emulator import EmulatedTerminal
from devices.card.speech import PROTOCOLS, speech_of
from devices.display.driver import LineDisplay
from devices.display.emulator import EmulatedDisplay
from devices.drawer.driver import PrinterDrawer
from devices.printer.driver import EscPosPrinter
from devices.printer.driver import Limits as PrinterLimits
from devices.printer.emulator import EmulatedPrinter
from devices.printer.profile import PROFILES
from devices.scale.driver import Limits as ScaleLimits
from devices.scale.driver import LinkScale
from devices.scale.emulator import EmulatedScale
from devices.scale.protocol import FAMILIES
from devices.scanner.driver import LinkScanner
from devices.scanner.emulator import EmulatedScanner
from pos.main.join import Joined, join
from pos.ports import DeviceEvent, DeviceState, Scanned, StatusChanged
from pos.till import heard, tickets
from pos.till.desk import Desk

PROFILE = PROFILES["epson-80"]
ANSWER_S = 0.4
"""How long a lost answer of the card terminal is waited for here; three minutes in a shop."""

PRINTER = PrinterLimits(answer_s=0.4, confirm_s=2.0, stall_s=2.0, heartbeat_s=0.3)
SCALE = ScaleLimits(answer_s=0.15, ask_every_s=0.02, empty_every_s=0.02, look_every_s=0.3)
LONG_S = 30.0
"""The longest that anything may take on a busy machine; nothing waits for it otherwise."""


class HourClock:
    """The machine's clock, put forward by each gesture so that thousands fill an hour."""

    def __init__(self, begins: datetime) -> None:
        self._ahead = begins - datetime.now(UTC)

    def now(self) -> datetime:
        """Return the present instant of the hour, in UTC."""
        return datetime.now(UTC) + self._ahead

    def pass_s(self, seconds: float) -> None:
        """Let time pass."""
        self._ahead += timedelta(seconds=seconds)


class Wires:
    """The far end of every cable; the scale and the card terminal speak what a seed chooses."""

    def __init__(self, dice: Random) -> None:
        self.scale_family = dice.choice([one for one in FAMILIES if one != "dialog06"])
        self.card_protocol = dice.choice(PROTOCOLS)
        self.printer = EmulatedPrinter("printer", PROFILE)
        self.scanner = EmulatedScanner()
        self.display = EmulatedDisplay("display", "cp858")
        self.scale = EmulatedScale("scale", self.scale_family)
        self.card = EmulatedTerminal("card", self.card_protocol)

    def close(self) -> None:
        """Put every device away."""
        for one in (self.printer, self.scanner, self.display, self.scale, self.card):
            one.close()


class Kicks:
    """A sink that counts what became of the drawer's pulses.

    A missed one never left the till, which says so; a lost one left it as the cable was pulled.
    """

    def __init__(self, events: Queue[DeviceEvent]) -> None:
        self.kicked = self.missed = self.lost = self.away = 0
        self._events = events

    @property
    def due(self) -> int:
        """How many pulses the printer must have had."""
        return self.kicked - self.missed - self.lost

    def __call__(self, event: DeviceEvent) -> None:
        """Take an event of the printer or the drawer."""
        if isinstance(event, StatusChanged) and event.device == "drawer":
            self.kicked += 1
            self.missed += event.state is DeviceState.OFFLINE
        if isinstance(event, StatusChanged) and event.device == "printer":
            self.away += event.state is DeviceState.OFFLINE
        self._events.put(event)


@dataclass
class AtWork:
    """The till, its wires, and what its devices reported."""

    joined: Joined
    wires: Wires
    clock: HourClock
    events: Queue[DeviceEvent]
    scans: deque[str] = field(default_factory=deque)
    kicks: Kicks = field(init=False)

    def __post_init__(self) -> None:
        self.kicks = Kicks(self.events)

    @property
    def desk(self) -> Desk:
        """The desk."""
        return self.joined.desk

    def pump(self, wait_s: float = 0.0) -> bool:
        """Take what devices reported; with a wait, until something came. True when it did."""
        came = False
        while True:
            try:
                event = self.events.get(timeout=wait_s) if wait_s else self.events.get_nowait()
            except Empty:
                return came
            came, wait_s = True, 0.0
            if isinstance(event, Scanned):
                self.scans.append(event.text)
            else:
                heard.on_device(self.desk, event)

    def until(self, done: Callable[[], bool], long_s: float = LONG_S) -> bool:
        """Take events until something holds; False when it does not within `long_s`."""
        ends = time.monotonic() + long_s
        self.pump()
        while not done():
            if time.monotonic() > ends:
                return False
            self.pump(0.05)
        return True

    def is_ready(self, device: str) -> bool:
        """Whether a device works."""
        return self.desk.device_state(device) in (DeviceState.READY, DeviceState.BUSY)

    def let_papers_end(self) -> bool:
        """Wait until no paper is on its way; one nobody knows of is for a person."""

        def idle() -> bool:
            tickets.retry(self.desk)
            return not any(not one.unknown for one in self.desk.prints.values())

        return self.until(idle)


@contextmanager
def at_work(folder: Path, clock: HourClock, dice: Random) -> Iterator[AtWork]:
    """Open a till that was set up in `folder` (its settings name no device) with every device."""
    wires = Wires(dice)
    events: Queue[DeviceEvent] = Queue()
    found = places({"COMPTOIR_HOME": str(folder)})
    settings = settings_file.load(folder / "config.toml")
    till = AtWork(join(settings, found, sink=events.put, clock=clock), wires, clock, events)
    kicks = till.kicks
    speech = speech_of(
        wires.card_protocol, answer_s=ANSWER_S, reply_s=ANSWER_S / 2, with_reference=True
    )
    printer = EscPosPrinter("printer", wires.printer.url, PROFILE, kicks, limits=PRINTER)
    scanner = LinkScanner("scanner", wires.scanner.url, events.put)
    display = LineDisplay("display", wires.display.url, events.put)
    scale = LinkScale("scale", wires.scale.url, wires.scale_family, events.put, limits=SCALE)
    card = LinkTerminal("card", wires.card.url, speech, events.put)
    ports = till.desk.ports
    ports.printer, ports.display, ports.scale = printer, display, scale
    ports.drawer = PrinterDrawer("drawer", printer, kicks)
    ports.scanners["scanner"], ports.cards["card"] = scanner, card
    try:
        yield till
    finally:
        for device in (printer, scanner, display, scale, card):
            device.close()
        till.joined.close()
        wires.close()
