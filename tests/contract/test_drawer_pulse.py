"""A drawer's pulse goes out in time or never, is answered once, and excuses its own opening."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from devices.address import SpoolAddress
from devices.drawer.driver import PrinterDrawer
from devices.link import Link, open_link
from devices.printer import kicks
from devices.printer.driver import EscPosPrinter, Limits
from devices.printer.emulator import EmulatedPrinter
from devices.printer.interpreter import Interpreter
from devices.printer.layout import Line
from devices.printer.profile import PROFILES, PrinterProfile
from devices.printer.protocol import ASB_ON, PULSE_10MS, ask, pulse, pulse_now
from devices.printer.session import Session
from devices.printer.spool import SpooledPrinter
from devices.pty import PtyCable
from pos.domain.events import DrawerOpened
from pos.papers.page import Page, Text
from pos.ports import DeviceEvent, DeviceState, DrawerMoved, PrintEnded, PrintOutcome
from pos.till import tender, tickets
from tests.contract.printer_shop import CALM, EPSON, TICKET, WAIT_S, Post, Shop
from tests.till.shop import BREAD, Till

POLLED = PROFILES["generic-80"]


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop(EPSON, CALM, tcp=False)
    made.post.state(DeviceState.READY)
    yield made
    made.close()


class Answers:
    """What those who asked for a pulse heard."""

    def __init__(self) -> None:
        self.heard: queue.Queue[bool] = queue.Queue()

    def next(self) -> bool:
        return self.heard.get(timeout=WAIT_S)


@pytest.fixture
def answers() -> Answers:
    return Answers()


def test_everyone_who_asks_for_a_pulse_hears_of_it_once(shop: Shop, answers: Answers) -> None:
    for _ in range(5):
        shop.driver.kick(answers.heard.put)
    assert [answers.next() for _ in range(5)] == [True] * 5
    shop.driver.close()
    assert answers.heard.empty()
    assert len(shop.emulator.pulses) == 5


def test_too_many_pulses_at_once_are_refused(answers: Answers) -> None:
    waiting = kicks.Kicks()
    for _ in range(kicks.KICKS_MOST + 1):
        waiting.add(answers.heard.put)
    assert answers.next() is False
    waiting.refuse()
    assert [answers.next() for _ in range(kicks.KICKS_MOST)] == [False] * kicks.KICKS_MOST


def test_a_cable_pulled_in_a_pulse_is_told_once_and_no_drawer_opens_later(
    shop: Shop, answers: Answers
) -> None:
    shop.emulator.mute = True
    before = len(shop.emulator.received)
    shop.driver.kick(answers.heard.put)
    while ask(1) not in shop.emulator.received[before:]:
        threading.Event().wait(0.005)
    shop.emulator.unplug()
    assert answers.next() is False
    shop.emulator.mute = False
    shop.emulator.replug()
    shop.driver.print("1", TICKET)
    assert shop.post.end("1") is PrintOutcome.CONFIRMED
    assert answers.heard.empty()
    assert shop.emulator.pulses == []


def test_a_printer_that_hears_nothing_now_opens_no_drawer_later(
    shop: Shop, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kicks, "KICK_LATE_S", 0.4)
    shop.emulator.stalled = True
    threading.Event().wait(0.5)  # its thread may be in the middle of a reading
    shop.driver.kick(answers.heard.put)
    assert answers.next() is False
    shop.emulator.stalled = False
    shop.driver.print("1", TICKET)
    assert shop.post.end("1") is PrintOutcome.CONFIRMED
    assert shop.emulator.pulses == []


def test_a_driver_that_is_held_up_by_a_page_keeps_nobody_waiting(
    shop: Shop, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kicks, "KICK_LATE_S", 0.2)
    begun, goes_on = threading.Event(), threading.Event()

    def make(_profile: PrinterProfile) -> list[bytes]:
        begun.set()
        goes_on.wait(2 * WAIT_S)
        return [b"Ticket\n"]

    shop.driver.print_pieces("1", make)
    assert begun.wait(WAIT_S)
    shop.driver.kick(answers.heard.put)
    assert answers.next() is False
    goes_on.set()
    assert shop.post.end("1") is PrintOutcome.CONFIRMED
    assert shop.emulator.pulses == []


class NarrowLine:
    """A line that takes a part of the first thing it is given once it is `narrow`."""

    def __init__(self, link: Link) -> None:
        self.narrow = 0
        self.read, self.wake, self.close = link.read, link.wake, link.close
        self._write = link.write

    def write(self, data: bytes, timeout_s: float) -> int:
        taken = data[: self.narrow] if self.narrow else data
        self.narrow = 0
        return self._write(taken, timeout_s)


@pytest.mark.parametrize(
    ("command", "taken"),
    [*[(pulse_now, n) for n in (1, 2, 3, 4)], *[(pulse, n) for n in (1, 2, 3)]],
)
def test_a_pulse_of_which_a_part_left_opens_nothing_and_eats_nothing(
    command: Callable[[int, int], bytes], taken: int
) -> None:
    with closing(PtyCable("printer")) as cable, closing(open_link(cable.url)) as link:
        line = NarrowLine(link)
        session = Session(line, PROFILES["write-only"], lambda _status: None, 0.1)
        session.begin()
        line.narrow = taken
        assert not session.command(command(0, PULSE_10MS), 1)
        session.write(b"A 10.00\n" + ASB_ON, 1)
        printer, received = Interpreter(), b""
        while not received.endswith(ASB_ON):
            received += cable.receive(1)
        printer.receive(received)
        assert printer.pulses == []
        assert printer.paper == [Line("A 10.00")]


# --- a spooler that hangs ---

LP = """#!/bin/sh
echo "$*" >> {folder}/handed
case "$*" in *drawer*) exec sleep 30;; esac
cat > /dev/null
echo "request id is till-1 (1 file(s))"
"""
LPSTAT = """#!/bin/sh
case "$*" in *completed*) echo "till-1 me 1024 now";; *-p*) echo "printer till is idle";; esac
"""


@pytest.fixture
def hanging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spooler that takes tickets, and hangs on a drawer's pulse."""
    for name, text in (("lp", LP), ("lpstat", LPSTAT)):
        (tmp_path / name).write_text(text.format(folder=tmp_path))
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path / "handed"


def test_a_spooler_that_hangs_on_a_pulse_still_takes_tickets(
    hanging: Path, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kicks, "KICK_LATE_S", 1.0)
    monkeypatch.setattr("devices.printer.spool.COMMAND_MOST_S", 3.0)
    post = Post()
    address = SpoolAddress("till")
    with closing(SpooledPrinter("printer", address, PROFILES["write-only"], post)) as printer:
        post.state(DeviceState.READY)
        printer.kick(answers.heard.put)
        assert answers.next() is False
        printer.print("1", TICKET)
        assert post.end("1") is PrintOutcome.SENT
    assert len(hanging.read_text().splitlines()) == 2


def test_what_fails_in_a_spooled_ticket_ends_it_and_not_its_driver(
    hanging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = Post()
    outcome, failures = SpooledPrinter._outcome, [ValueError("unforeseen")]

    def fails_once(printer: SpooledPrinter, taken: str) -> PrintOutcome | None:
        if failures:
            raise failures.pop()
        return outcome(printer, taken)

    def make(_profile: PrinterProfile) -> list[bytes]:
        raise ValueError("not to be made")

    monkeypatch.setattr(SpooledPrinter, "_outcome", fails_once)
    address = SpoolAddress("till")
    with closing(SpooledPrinter("printer", address, PROFILES["write-only"], post)) as printer:
        printer.print("1", TICKET)
        assert post.end("1") is PrintOutcome.UNKNOWN
        printer.print_pieces("2", make)
        assert post.end("2") is PrintOutcome.FAILED
        printer.print("3", TICKET)
        assert post.end("3") is PrintOutcome.SENT
    assert len(hanging.read_text().splitlines()) == 2


# --- whose opening it was ---


class Counter:
    """A till whose drawer hangs on a real driver and an emulated printer with a slow spring."""

    def __init__(self, profile: PrinterProfile) -> None:
        self.till = Till()
        self.moves: list[bool] = []
        self.jobs = 0
        self._events: queue.Queue[DeviceEvent] = queue.Queue()
        self.emulator = EmulatedPrinter(profile=profile)
        self.emulator.slow_spring(0.15)
        limits = Limits(heartbeat_s=60)  # nothing is asked between two tickets
        self.driver = EscPosPrinter(
            "printer", self.emulator.url, profile, self._events.put, limits=limits
        )
        self.till.desk.ports.drawer = PrinterDrawer("drawer", self.driver, self._events.put)
        while not self.driver.worker.connected:
            threading.Event().wait(0.01)

    def sell(self) -> None:
        self.till.scan(BREAD)
        tender.pay_cash(self.till.desk)

    def hear(self, until: Callable[[DeviceEvent], bool]) -> None:
        while True:
            event = self._events.get(timeout=WAIT_S)
            if isinstance(event, DrawerMoved):
                self.moves.append(event.is_open)
            if isinstance(event, DrawerMoved) or getattr(event, "device", "") == "drawer":
                tickets.on_device(self.till.desk, event)
            if until(event):
                return

    def print_until(self, *moves: bool) -> None:
        """Print tickets, which asks a printer that tells nothing, until the drawer moved so."""
        while self.moves != list(moves):
            self.jobs += 1
            self.driver.print(str(self.jobs), Page((Text("Ticket"),)))
            self.hear(lambda event: isinstance(event, PrintEnded))

    def pulsed(self, pulses: int) -> None:
        self.hear(lambda event: getattr(event, "device", "") == "drawer")
        while len(self.emulator.pulses) < pulses:
            threading.Event().wait(0.005)

    def causes(self) -> list[str]:
        return [one.cause for one in self.till.store.events if isinstance(one, DrawerOpened)]

    def close(self) -> None:
        self.driver.close()
        self.emulator.close()


@pytest.fixture(params=[EPSON, POLLED], ids=["pushed", "polled"])
def counter(request: pytest.FixtureRequest) -> Iterator[Counter]:
    made = Counter(request.param)
    yield made
    made.close()


def test_a_drawer_shut_by_hand_just_before_the_next_sale_was_not_forced(counter: Counter) -> None:
    counter.sell()
    counter.print_until(True)
    counter.emulator.shut_drawer()
    counter.sell()
    counter.print_until(True, False, True)
    assert counter.causes() == ["sale", "sale"]
    assert len(counter.emulator.pulses) == 2


def test_a_pulse_to_a_drawer_that_stands_open_excuses_nobody_with_a_key(counter: Counter) -> None:
    counter.sell()
    counter.print_until(True)
    counter.sell()
    counter.pulsed(2)
    threading.Event().wait(0.3)  # its spring moves nothing
    counter.emulator.shut_drawer()
    counter.print_until(True, False)
    counter.emulator.pull_drawer()
    counter.print_until(True, False, True)
    assert counter.causes() == ["sale", "sale", "forced"]
