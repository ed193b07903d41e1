"""A till at work with every device: a real file, real drivers, and the emulators at their wires."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from queue import Empty, Queue

from config import settings as settings_file
from config.places import places
from pos.main.join import Joined, Relay, desk_of, journal_imports, store_of
from pos.ports import (
    DeviceEvent,
    DeviceState,
    DrawerMoved,
    PrintEnded,
    PrintOutcome,
    Scanned,
    StatusChanged,
    StoreUnavailable,
)
from pos.till import heard, start, tickets
from pos.till.desk import Desk
from tests.e2e.home import Home
from tests.hour.bench import Bench, Told
from tests.hour.wires import PRINTERS, SCANNERS, Wires

LONG_S = 30.0
"""The longest that anything may take on a busy machine; nothing waits for it otherwise."""


class HourClock:
    """The machine's clock, put forward by each gesture so that thousands fill an hour."""

    def __init__(self, begins: datetime) -> None:
        self.ahead = begins - datetime.now(UTC)

    def now(self) -> datetime:
        """Return the present instant of the hour, in UTC."""
        return datetime.now(UTC) + self.ahead

    def pass_s(self, seconds: float) -> None:
        """Let time pass."""
        self.ahead += timedelta(seconds=seconds)


@dataclass
class Heard:
    """What the devices reported over all starts of the till.

    Of the drawer's pulses a `missed` one never left the till, which says so. `scans` are in their
    order, by scanner. `noisy` counts what a printer that talks noise said of the drawer.
    """

    kicked: int = 0
    missed: int = 0
    noisy: int = 0
    away: Counter[str] = field(default_factory=Counter)
    ready: Counter[str] = field(default_factory=Counter)
    confirmed: Counter[str] = field(default_factory=Counter)
    scans: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in SCANNERS})

    def status(self, event: StatusChanged) -> None:
        """Count what a device says of itself."""
        self.away[event.device] += event.state is DeviceState.OFFLINE
        self.ready[event.device] += event.state is DeviceState.READY
        if event.device == "drawer":
            self.kicked += 1
            self.missed += event.state is DeviceState.OFFLINE


class AtWork:
    """The till, its wires, what its devices reported, and the scans that nobody rang up yet."""

    def __init__(self, home: Home, wires: Wires, clock: HourClock) -> None:
        self.home, self.wires, self.clock = home, wires, clock
        self.heard, self.told = Heard(), Told()
        self.scans: deque[str] = deque()
        self.stops: Counter[str] = Counter()
        self._events: Queue[DeviceEvent] = Queue()
        self._doubts: dict[str, dict[str, int]] = {}
        self._was_elsewhere = False
        self.joined = self._open()

    @property
    def desk(self) -> Desk:
        """The desk."""
        return self.joined.desk

    # starting and stopping

    def _open(self) -> Joined:
        settings = settings_file.load(self.home.path / "config.toml")
        store = store_of(settings, places({"COMPTOIR_HOME": str(self.home.path)}), self.clock)
        desk = desk_of(settings, store, clock=self.clock)
        self._events = Queue()
        relay = Relay(self._events.put)
        joined = Joined(desk, store, settings, relay, language=settings.till.language)
        desk.words = joined.words
        bench = joined.counter = Bench(relay.report, self.wires, self.told)
        bench.plug_in(desk.ports)
        start.start(desk, clean=store.clean)
        journal_imports(store)
        self._doubts = {job: self._ready(*PRINTERS) for job in desk.prints}
        for job in (one.job for one in desk.prints.values() if one.unknown):
            self.told.jobs.cut_off(job, elsewhere=self._was_elsewhere)
        self._was_elsewhere = False
        return joined

    def reopen(self) -> None:
        """Start the till anew from its folder."""
        self.joined = self._open()

    def close(self) -> None:
        """Close the till in order; the devices' last words are heard."""
        self.pump()
        self.stops["closed"] += 1
        self.told.jobs.is_closing = True
        self.joined.close()
        for event in self.joined.relay.late:
            self._note(event)
        self.told.jobs.is_closing = False

    def drop(self) -> None:
        """Let the till go as a kill does: nothing more is heard and nothing more is written."""
        self.pump()
        self.stops["dropped"] += 1
        self.let_go()
        self.told.stopped()

    def was_elsewhere(self) -> None:
        """Keep that another process was the till meanwhile, and was killed."""
        self.stops["killed"] += 1
        self._was_elsewhere = True

    def let_go(self) -> None:
        """Let go of every device and of the till's file, whatever it is in the middle of."""
        self.joined.relay.sink = lambda _event: None
        if self.joined.counter is not None:
            self.joined.counter.close()
        with suppress(StoreUnavailable):
            self.joined.store.close()

    # hearing

    def pump(self, wait_s: float = 0.0) -> bool:
        """Take what devices reported; with a wait, until something came. True when it did."""
        came = False
        while True:
            try:
                event = self._events.get(timeout=wait_s) if wait_s else self._events.get_nowait()
            except Empty:
                return came
            came, wait_s = True, 0.0
            self._note(event)
            if isinstance(event, Scanned):
                self.scans.append(event.text)
            else:
                heard.on_device(self.desk, event)

    def _note(self, event: DeviceEvent) -> None:
        match event:
            case Scanned(device, text):
                self.heard.scans[device].append(text)
            case StatusChanged():
                self.heard.status(event)
            case PrintEnded() if not self.told.ended(event):
                self._note_end(event)
            case DrawerMoved(is_open=True):
                self.heard.noisy += self.wires.is_noisy

    def _note_end(self, event: PrintEnded) -> None:
        waiting = self.desk.prints.get(event.job)
        printer = waiting.printer if waiting else "printer"
        if event.outcome is PrintOutcome.UNKNOWN:
            self._doubts[event.job] = self._ready(printer)
        elif event.outcome is PrintOutcome.CONFIRMED:
            self.heard.confirmed[event.job] += 1

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

    def is_away(self, device: str) -> bool:
        """Whether a device said that it is away."""
        return self.desk.device_state(device) is DeviceState.OFFLINE

    def spoke_since(self, job: str) -> bool:
        """Whether whatever may hold a paper was ready again since nobody knows of it.

        What a printer took of that paper it has carried out then.
        """
        doubt = self._doubts.get(job, {})
        return all(self.heard.ready[one] > was and self.is_ready(one) for one, was in doubt.items())

    def _ready(self, *printers: str) -> dict[str, int]:
        return {name: self.heard.ready[name] for name in printers}

    def let_papers_end(self) -> bool:
        """Wait until no paper is on its way; one nobody knows of is for a person."""

        def idle() -> bool:
            tickets.retry(self.desk)
            jobs = self.told.labels.values()
            is_labelled = all(one.outcome is not None for one in jobs)
            return is_labelled and all(one.unknown for one in self.desk.prints.values())

        return self.until(idle)
