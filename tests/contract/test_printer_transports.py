"""The ways to a printer that carry no answer: a file, and a queue of the system's spooler."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from devices.address import SpoolAddress
from devices.counter import Counter
from devices.drawer.driver import PrinterDrawer
from devices.printer.emulator import EmulatedPrinter
from devices.printer.interpreter import Interpreter
from devices.printer.profile import PROFILES
from devices.printer.spool import SpooledPrinter
from pos.ports import DeviceState, PrintOutcome
from tests.contract.printer_shop import TICKET, Post

DEAF = PROFILES["write-only"]
SPOOLER = next(
    (found for name in ("cupsd", "/usr/sbin/cupsd") if (found := shutil.which(name))), ""
)
BACKENDS = os.environ.get("CUPS_SERVERBIN", "/usr/lib/cups")
TYPES = os.environ.get("CUPS_DATADIR", "/usr/share/cups")


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


@dataclass
class Spooler:
    """A spooler of this test's own, with one raw queue to an emulated network printer."""

    server: str
    emulator: EmulatedPrinter

    def command(self, *argv: str) -> None:
        subprocess.run([argv[0], "-h", self.server, *argv[1:]], check=True, timeout=20)


FILES = """
ServerRoot {root}
ServerBin {bin}
DataDir {data}
CacheDir {root}/cache
StateDir {root}/run
RequestRoot {root}/spool
TempDir {root}/tmp
AccessLog {root}/access
ErrorLog {root}/error
PageLog {root}/page
SystemGroup nogroup
"""
RULES = """
Listen {server}
Browsing Off
DefaultAuthType None
WebInterface No
<Location />
  Order allow,deny
  Allow 127.0.0.1
</Location>
<Policy default>
  <Limit All>
    Order allow,deny
    Allow all
  </Limit>
</Policy>
"""


@pytest.fixture
def spooler() -> Iterator[Spooler]:
    if not SPOOLER:
        pytest.skip("no CUPS on this machine (package cups)")
    with socket.create_server(("127.0.0.1", 0)) as free:
        server = f"127.0.0.1:{free.getsockname()[1]}"
    with (
        tempfile.TemporaryDirectory(prefix="comptoir-cups-") as folder,
        closing(EmulatedPrinter(tcp=True)) as emulator,
        _running(Path(folder), server),
    ):
        made = Spooler(server, emulator)
        made.command("lpadmin", "-p", "till", "-E", "-v", f"socket://{emulator.url[6:]}")
        yield made


@contextmanager
def _running(root: Path, server: str) -> Iterator[None]:
    """Run a spooler as somebody who may do nothing else."""
    for name in ("cache", "run", "spool", "tmp"):
        (root / name).mkdir()
    (root / "files.conf").write_text(FILES.format(root=root, bin=BACKENDS, data=TYPES))
    (root / "cupsd.conf").write_text(RULES.format(server=server))
    is_root = os.getuid() == 0
    for path in (root, *root.iterdir()) if is_root else ():
        shutil.chown(path, "nobody", "nogroup")
    process = subprocess.Popen(
        [SPOOLER, "-f", "-c", str(root / "cupsd.conf"), "-s", str(root / "files.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user="nobody" if is_root else None,
        group="nogroup" if is_root else None,
        extra_groups=[] if is_root else None,
    )
    try:
        _wait_for(server)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(server: str) -> None:
    host, _, port = server.partition(":")

    def listens() -> bool:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            return False
        return True

    until(listens)


def test_a_ticket_goes_through_the_systems_spooler_once(spooler: Spooler) -> None:
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


def until(holds: Callable[[], bool]) -> None:
    for _ in range(400):
        if holds():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it did not come to that")


def _waiting(spooler: Spooler) -> bytes:
    listed = subprocess.run(
        ["lpstat", "-h", spooler.server, "-o", "till"], capture_output=True, check=False, timeout=20
    )
    return listed.stdout
