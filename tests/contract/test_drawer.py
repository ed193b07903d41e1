"""The drawer: its wiring is learnt, one open for too long says so, and one has its own line."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config import settings
from devices.counter import Counter
from devices.drawer.driver import TOO_LONG, PrinterDrawer, Wiring
from devices.drawer.learn import Step, learn
from devices.drawer.trigger import LinkDrawer
from devices.printer.driver import EscPosPrinter, Limits
from devices.printer.emulator import EmulatedPrinter
from devices.printer.profile import PROFILES
from devices.pty import PtyCable
from pos.main.command import app
from pos.ports import DeviceEvent, DeviceState, DrawerMoved, StatusChanged

QUICK = Limits(answer_s=0.5, heartbeat_s=0.05)
EPSON = PROFILES["epson-80"]


class Bench:
    """A printer with a drawer, and what the till heard."""

    def __init__(self) -> None:
        self.emulator = EmulatedPrinter()
        self.events: queue.Queue[DeviceEvent] = queue.Queue()
        self.printer = EscPosPrinter(
            "printer", self.emulator.url, EPSON, self.events.put, limits=QUICK
        )
        while not self.printer.worker.connected:
            threading.Event().wait(0.01)

    def drawer(self, wiring: Wiring) -> PrinterDrawer:
        return PrinterDrawer("drawer", self.printer, self.events.put, wiring)

    def until(self, event: DeviceEvent) -> None:
        while self.events.get(timeout=10) != event:
            pass

    def close(self) -> None:
        self.printer.close()
        self.emulator.close()


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.close()


def test_a_drawer_that_stays_open_says_so_until_it_is_shut(bench: Bench) -> None:
    drawer = bench.drawer(Wiring(open_most_s=0.05))
    drawer.open()
    bench.until(DrawerMoved("drawer", True))
    bench.until(StatusChanged("drawer", DeviceState.ATTENTION, TOO_LONG))
    bench.emulator.shut_drawer()
    bench.until(DrawerMoved("drawer", False))


def test_a_drawer_that_is_shut_in_time_says_nothing(bench: Bench) -> None:
    drawer = bench.drawer(Wiring(open_most_s=60))
    drawer.open()
    bench.until(DrawerMoved("drawer", True))
    bench.emulator.shut_drawer()
    bench.until(DrawerMoved("drawer", False))
    drawer.close()
    for timer in [one for one in threading.enumerate() if isinstance(one, threading.Timer)]:
        timer.join(5)
        assert not timer.is_alive()


def test_one_that_stands_open_at_the_start_is_told_as_found_so(bench: Bench) -> None:
    bench.emulator.pull_drawer()
    bench.drawer(Wiring())
    bench.until(DrawerMoved("drawer", True, at_first=True))
    bench.emulator.shut_drawer()
    bench.until(DrawerMoved("drawer", False))
    bench.emulator.pull_drawer()
    bench.until(DrawerMoved("drawer", True))


def test_a_drawer_without_a_sensor_is_not_watched(bench: Bench) -> None:
    drawer = bench.drawer(Wiring(open_when_high=None))
    drawer.open()
    bench.until(StatusChanged("drawer", DeviceState.READY))
    bench.emulator.shut_drawer()
    drawer.open()
    bench.until(StatusChanged("drawer", DeviceState.READY))
    assert not [one for one in bench.events.queue if isinstance(one, DrawerMoved)]


def test_paper_that_is_out_keeps_no_drawer_shut(bench: Bench) -> None:
    drawer = bench.drawer(Wiring())
    bench.emulator.run_out()
    drawer.open()
    bench.until(DrawerMoved("drawer", True))
    assert len(bench.emulator.pulses) == 1


def test_the_wiring_is_learnt_from_an_opening_and_a_shutting(bench: Bench) -> None:
    def hands(step: Step) -> None:
        if step is Step.CLOSE_IT:
            bench.emulator.shut_drawer()

    assert learn(bench.printer, hands, 5) is True


def test_a_drawer_wired_the_other_way_is_learnt_with_its_key(bench: Bench) -> None:
    """The emulator's pin is high while its drawer is open: here, that stands for a shut one."""
    drawer = bench.drawer(Wiring())
    drawer.open()
    bench.until(DrawerMoved("drawer", True))

    class OtherWay:
        """A pulse that lets the pin down, as this drawer's does."""

        watch_pin = bench.printer.watch_pin

        def kick(self, kicked: Callable[[bool], None]) -> None:
            bench.emulator.shut_drawer()
            kicked(True)

    def hands(step: Step) -> None:
        if step is Step.CLOSE_IT:
            drawer.open()

    assert learn(OtherWay(), hands, 5) is False


def test_noise_that_reads_as_an_open_drawer_is_asked_after_and_opens_none(bench: Bench) -> None:
    bench.drawer(Wiring())
    while bench.events.get(timeout=10) != StatusChanged("printer", DeviceState.READY):
        pass
    bench.emulator.babble(bytes((0x14, 0, 0, 0)))
    bench.emulator.open_cover()
    heard: list[DeviceEvent] = []
    while not heard or heard[-1] != StatusChanged("printer", DeviceState.ATTENTION, "cover open"):
        heard.append(bench.events.get(timeout=10))
    assert not [one for one in heard if isinstance(one, DrawerMoved)]


def test_a_drawer_that_tells_nothing_is_known_for_it(bench: Bench) -> None:
    bench.emulator.unplug()
    assert learn(bench.printer, lambda _step: None, 0.2) is None


def test_the_command_learns_the_wiring_and_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator = EmulatedPrinter()
    monkeypatch.setenv("COMPTOIR_HOME", str(tmp_path))
    config = tmp_path / "config.toml"
    config.write_text(
        f'[devices.printer]\nurl = "{emulator.url}"\n[devices.drawer]\nurl = "printer"\n'
        'open_when = "low"\n[till]\nlanguage = "en"\n',
        "utf-8",
    )

    def person() -> None:
        while not emulator.drawer_open:
            threading.Event().wait(0.01)
        threading.Event().wait(0.1)
        emulator.shut_drawer()

    hands = threading.Thread(target=person, daemon=True)
    hands.start()
    try:
        done = CliRunner().invoke(app, ["devices", "drawer", "--seconds", "10"], input="\n")
        assert done.exit_code == 0, done.output
        assert "Learnt" in done.output
        assert settings.load().devices.drawer.open_when == "high"
    finally:
        hands.join(5)
        emulator.close()


@pytest.mark.parametrize(
    "parts", [(b"\x07",), (bytes.fromhex("A00101A2"), bytes.fromhex("A00100A1"))]
)
def test_a_drawer_with_a_line_of_its_own_is_opened_by_its_bytes(parts: tuple[bytes, ...]) -> None:
    cable = PtyCable("drawer")
    events: queue.Queue[DeviceEvent] = queue.Queue()
    drawer = LinkDrawer("drawer", cable.url, events.put, parts)
    try:
        assert events.get(timeout=10) == StatusChanged("drawer", DeviceState.READY)
        drawer.open()
        heard = b""
        while len(heard) < len(b"".join(parts)):
            heard += cable.receive(1)
        assert heard == b"".join(parts)
        assert events.get(timeout=10) == StatusChanged("drawer", DeviceState.READY)
        cable.unplug()
        while events.get(timeout=10).state is not DeviceState.OFFLINE:  # type: ignore[union-attr]
            pass
        drawer.open()
        told = events.get(timeout=10)
        assert told == StatusChanged(
            "drawer", DeviceState.OFFLINE, "not opened: its line is not there"
        )
    finally:
        drawer.close()
        cable.close()


def test_a_drawer_with_a_line_of_its_own_tells_of_each_pulse_once() -> None:
    events: queue.Queue[DeviceEvent] = queue.Queue()
    with closing(PtyCable("drawer")) as cable:
        with closing(LinkDrawer("drawer", cable.url, events.put, (b"\x07",))) as drawer:
            assert events.get(timeout=10) == StatusChanged("drawer", DeviceState.READY)
            for _ in range(3):
                drawer.open()
            told = [events.get(timeout=10) for _ in range(3)]
            heard = b""
            while len(heard) < 3:
                heard += cable.receive(1)
        assert told == [StatusChanged("drawer", DeviceState.READY)] * 3
        assert heard == b"\x07" * 3
        assert cable.receive(0.2) == b""
    assert events.empty()


def test_a_relay_that_was_left_closed_lets_go_as_soon_as_its_line_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("devices.drawer.trigger.HOLD_S", 0.5)
    closes, lets_go = bytes.fromhex("A00101A2"), bytes.fromhex("A00100A1")
    cable = PtyCable("drawer")
    events: queue.Queue[DeviceEvent] = queue.Queue()
    drawer = LinkDrawer("drawer", cable.url, events.put, (closes, lets_go))
    try:
        assert events.get(timeout=10) == StatusChanged("drawer", DeviceState.READY)
        drawer.open()
        heard = b""
        while heard != closes:
            heard += cable.receive(1)
        cable.unplug()
        while events.get(timeout=10).state is not DeviceState.OFFLINE:  # type: ignore[union-attr]
            pass
        cable.plug()
        while events.get(timeout=10).state is not DeviceState.READY:  # type: ignore[union-attr]
            pass
        assert cable.receive(5) == lets_go
        drawer.open()
        heard = b""
        while heard != closes + lets_go:
            heard += cable.receive(1)
            assert (closes + lets_go).startswith(heard)
    finally:
        drawer.close()
        cable.close()


def test_the_counter_lets_go_of_a_drawer_with_its_line() -> None:
    cable = PtyCable("drawer")
    counter = Counter(lambda _event: None)
    drawer = counter.open_drawer_line("drawer", cable.url, [b"\x07"])
    counter.close()
    assert not drawer.worker.connected
    cable.close()


def test_a_sale_while_the_drawer_stands_open_keeps_it_watched(bench: Bench) -> None:
    drawer = bench.drawer(Wiring(open_most_s=0.3))
    for _ in range(2):
        drawer.open()
        bench.until(StatusChanged("drawer", DeviceState.ATTENTION, "open for too long: shut it"))
