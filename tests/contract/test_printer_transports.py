"""The ways to a printer that carry no answer: a file, and a queue of the system's spooler."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from devices.address import SpoolAddress
from devices.counter import Counter
from devices.drawer.driver import PrinterDrawer
from devices.printer.interpreter import Interpreter
from devices.printer.profile import PROFILES
from devices.printer.spool import SpooledPrinter
from pos.ports import DeviceState, PrintEnded, PrintOutcome
from tests.contract.printer_shop import TICKET, Post
from tests.contract.spooler import Spooler, until
from tests.contract.spooler import forgetful as forgetful
from tests.contract.spooler import spooler as spooler

DEAF = PROFILES["write-only"]


def test_a_ticket_goes_into_a_file_whole_and_after_what_was_there(tmp_path: Path) -> None:
    post, file = Post(), tmp_path / "paper"
    file.write_bytes(b"before\n")
    with closing(Counter(post)) as counter:
        printer = counter.open_printer("printer", f"file://{file}", DEAF)
        printer.print("1", TICKET)
        printer.print("2", TICKET)
        assert [post.end("1"), post.end("2")] == [PrintOutcome.SENT] * 2
    paper = Interpreter()
    paper.receive(file.read_bytes())
    lines = [getattr(item, "text", "") for item in paper.paper]
    assert lines.count("Ticket") == 2
    assert lines[0] == "before"
    assert paper.errors == []


def test_a_file_in_no_folder_is_a_printer_that_is_away(tmp_path: Path) -> None:
    post = Post()
    with closing(Counter(post)) as counter:
        counter.open_printer("printer", f"file://{tmp_path}/none/paper", DEAF)
        post.state(DeviceState.OFFLINE, "not connected")


@pytest.mark.parametrize("is_there", [False, True], ids=["nothing", "a plain file"])
def test_no_ticket_goes_into_a_file_in_place_of_a_device_that_is_away(is_there: bool) -> None:
    """/dev/shm is where a test may leave a file below /dev."""
    post = Post()
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        file = Path(folder) / "lp0"
        if is_there:
            file.touch()
        with closing(Counter(post)) as counter:
            printer = counter.open_printer("printer", f"file://{file}", DEAF)
            printer.print("1", TICKET)
            post.state(DeviceState.OFFLINE, "not connected")
        assert post.end("1") is PrintOutcome.FAILED
        assert file.exists() == is_there
        assert not is_there or file.read_bytes() == b""


def test_a_queue_of_no_spooler_is_a_printer_that_is_away() -> None:
    post = Post()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = f"127.0.0.1:{taken.getsockname()[1]}"
    with closing(SpooledPrinter("printer", SpoolAddress("till", server), DEAF, post)) as printer:
        post.state(DeviceState.OFFLINE, "its queue does not answer")
        printer.print("1", TICKET)
        drawer = PrinterDrawer("drawer", printer, post)
        drawer.open()
        post.state(DeviceState.OFFLINE, "not opened: its printer does not listen", "drawer")
        assert printer.withdraw("1")
        printer.print("2", TICKET)
    assert post.end("2") is PrintOutcome.FAILED


def test_a_ticket_goes_through_the_systems_spooler_once(
    spooler: Spooler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.printer.kicks.KICK_LATE_S", 20.0)  # on a busy machine too
    post = Post()
    address = SpoolAddress("till", spooler.server)
    with closing(SpooledPrinter("printer", address, DEAF, post)) as printer:
        post.state(DeviceState.READY)
        printer.print("1", TICKET)
        assert post.end("1") is PrintOutcome.SENT
        assert spooler.emulator.text().count("Ticket") == 1
        assert spooler.emulator.errors == []
        drawer = PrinterDrawer("drawer", printer, post)
        drawer.open()
        post.state(DeviceState.READY, device="drawer")
        until(lambda: bool(spooler.emulator.pulses))


def test_a_queue_that_was_stopped_keeps_its_ticket_and_opens_no_drawer_later(
    spooler: Spooler,
) -> None:
    post = Post()
    address = SpoolAddress("till", spooler.server)
    with closing(SpooledPrinter("printer", address, DEAF, post)) as printer:
        post.state(DeviceState.READY)
        spooler.command("cupsdisable", "till")
        printer.print("1", TICKET)
        post.state(DeviceState.ATTENTION, "stopped in the system's queue")
        PrinterDrawer("drawer", printer, post).open()
        post.state(DeviceState.OFFLINE, "not opened: its printer does not listen", "drawer")
        spooler.command("cupsenable", "till")
        assert post.end("1") is PrintOutcome.SENT
        assert spooler.emulator.text().count("Ticket") == 1
        assert spooler.emulator.pulses == []


def test_a_pulse_that_the_queue_does_not_let_go_is_taken_back(spooler: Spooler) -> None:
    post = Post()
    spooler.emulator.unplug()
    heard: queue.Queue[bool] = queue.Queue()
    address = SpoolAddress("till", spooler.server)
    with closing(SpooledPrinter("printer", address, DEAF, post)) as printer:
        post.state(DeviceState.READY)
        printer.kick(heard.put)
        assert heard.get(timeout=20) is False
        until(lambda: _waiting(spooler) == b"")
    assert spooler.emulator.pulses == []


def test_a_pulse_is_answered_while_the_spooler_keeps_a_ticket(spooler: Spooler) -> None:
    post = Post()
    spooler.emulator.unplug()
    heard: queue.Queue[bool] = queue.Queue()
    address = SpoolAddress("till", spooler.server)
    with closing(SpooledPrinter("printer", address, DEAF, post)) as printer:
        post.state(DeviceState.READY)
        printer.print("1", TICKET)
        until(lambda: b"till-1" in _waiting(spooler))
        printer.kick(heard.put)
        assert heard.get(timeout=20) is False
        assert not [one for one in post.events.queue if isinstance(one, PrintEnded)]
        assert _waiting(spooler).count(b"till-") == 1


def test_a_pulse_is_answered_while_the_spooler_answers_nothing(
    spooler: Spooler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.printer.kicks.KICK_LATE_S", 0.5)
    post = Post()
    heard: queue.Queue[bool] = queue.Queue()
    address = SpoolAddress("till", spooler.server)
    with closing(SpooledPrinter("printer", address, DEAF, post)) as printer:
        post.state(DeviceState.READY)
        spooler.process.send_signal(signal.SIGSTOP)
        try:
            printer.kick(heard.put)
            assert heard.get(timeout=10) is False
        finally:
            spooler.process.send_signal(signal.SIGCONT)
        printer.print("1", TICKET)
        assert post.end("1") is PrintOutcome.SENT
        assert spooler.emulator.pulses == []


def test_a_ticket_that_somebody_cancelled_in_the_spooler_is_unknown(spooler: Spooler) -> None:
    post = Post()
    spooler.emulator.unplug()
    address = SpoolAddress("till", spooler.server)
    with closing(SpooledPrinter("printer", address, DEAF, post)) as printer:
        post.state(DeviceState.READY)
        printer.print("1", TICKET)
        post.state(DeviceState.BUSY)
        until(lambda: b"till-1" in _waiting(spooler))
        spooler.command("cancel", "till-1")
        assert post.end("1") is PrintOutcome.UNKNOWN


def test_tickets_go_through_a_spooler_that_forgets_what_it_printed(
    forgetful: Spooler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.printer.kicks.KICK_LATE_S", 20.0)
    post, heard = Post(), queue.Queue[bool]()
    address = SpoolAddress("till", forgetful.server)
    with closing(SpooledPrinter("printer", address, DEAF, post)) as printer:
        printer.print("1", TICKET)
        printer.print("2", TICKET)
        assert [post.end("1"), post.end("2")] == [PrintOutcome.SENT] * 2
        assert forgetful.emulator.text().count("Ticket") == 2
        printer.kick(heard.put)
        assert heard.get(timeout=20) is True


def test_a_ticket_that_was_wiped_off_a_spooler_which_keeps_a_history_is_unknown(
    spooler: Spooler,
) -> None:
    post = Post()
    address = SpoolAddress("till", spooler.server)
    with closing(SpooledPrinter("printer", address, DEAF, post)) as printer:
        printer.print("1", TICKET)
        assert post.end("1") is PrintOutcome.SENT
        spooler.emulator.unplug()
        printer.print("2", TICKET)
        until(lambda: b"till-2" in _waiting(spooler))
        spooler.command("cancel", "-x", "till-2")
        assert post.end("2") is PrintOutcome.UNKNOWN


LATE_LP = """#!/bin/sh
case "$*" in *drawer*) {lp} "$@" > /dev/null; exec sleep 30;; *) exec {lp} "$@";; esac
"""


def test_a_pulse_that_the_spooler_took_without_saying_so_is_taken_back(
    spooler: Spooler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lp").write_text(LATE_LP.format(lp=shutil.which("lp")))
    (tmp_path / "lp").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr("devices.printer.kicks.KICK_LATE_S", 4.0)
    post, heard = Post(), queue.Queue[bool]()
    spooler.emulator.unplug()
    address = SpoolAddress("till", spooler.server)
    with closing(SpooledPrinter("printer", address, DEAF, post)) as printer:
        post.state(DeviceState.READY)
        printer.kick(heard.put)
        until(lambda: b"till-1" in _waiting(spooler))
        assert heard.get(timeout=20) is False
        until(lambda: _waiting(spooler) == b"")
        spooler.emulator.replug()
        printer.print("1", TICKET)
        assert post.end("1") is PrintOutcome.SENT
    assert spooler.emulator.pulses == []


def test_a_pulse_that_the_spooler_gave_up_did_not_go_out(
    spooler: Spooler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.printer.kicks.KICK_LATE_S", 20.0)
    post, heard = Post(), queue.Queue[bool]()
    spooler.emulator.unplug()
    address = SpoolAddress("till", spooler.server)
    with closing(SpooledPrinter("printer", address, DEAF, post)) as printer:
        post.state(DeviceState.READY)
        printer.kick(heard.put)
        until(lambda: b"till-1" in _waiting(spooler))
        spooler.command("cancel", "till-1")
        assert heard.get(timeout=25) is False


def _waiting(spooler: Spooler) -> bytes:
    listed = subprocess.run(
        ["lpstat", "-h", spooler.server, "-o", "till"], capture_output=True, check=False, timeout=20
    )
    return listed.stdout
