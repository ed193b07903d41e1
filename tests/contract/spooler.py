"""A spooler of the system's kind (CUPS) for one test, with a raw queue to an emulated printer."""

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

from devices.printer.emulator import EmulatedPrinter

SPOOLER = next(
    (found for name in ("cupsd", "/usr/sbin/cupsd") if (found := shutil.which(name))), ""
)
BACKENDS = os.environ.get("CUPS_SERVERBIN", "/usr/lib/cups")
TYPES = os.environ.get("CUPS_DATADIR", "/usr/share/cups")


@dataclass
class Spooler:
    """A spooler of this test's own, with one raw queue to an emulated network printer."""

    server: str
    emulator: EmulatedPrinter
    process: subprocess.Popen[bytes]

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
    with spooling() as made:
        yield made


@pytest.fixture
def forgetful() -> Iterator[Spooler]:
    """A spooler that forgets each job as it ends."""
    with spooling("PreserveJobHistory No\n") as made:
        yield made


@contextmanager
def spooling(more_rules: str = "") -> Iterator[Spooler]:
    if not SPOOLER:
        pytest.skip("no CUPS on this machine (package cups)")
    with socket.create_server(("127.0.0.1", 0)) as free:
        server = f"127.0.0.1:{free.getsockname()[1]}"
    with (
        tempfile.TemporaryDirectory(prefix="comptoir-cups-") as folder,
        closing(EmulatedPrinter(tcp=True)) as emulator,
        _running(Path(folder), server, more_rules) as process,
    ):
        made = Spooler(server, emulator, process)
        made.command("lpadmin", "-p", "till", "-E", "-v", f"socket://{emulator.url[6:]}")
        yield made


@contextmanager
def _running(root: Path, server: str, more_rules: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a spooler as somebody who may do nothing else."""
    for name in ("cache", "run", "spool", "tmp"):
        (root / name).mkdir()
    (root / "files.conf").write_text(FILES.format(root=root, bin=BACKENDS, data=TYPES))
    (root / "cupsd.conf").write_text(more_rules + RULES.format(server=server))
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
        yield process
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


def until(holds: Callable[[], bool]) -> None:
    for _ in range(400):
        if holds():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it did not come to that")
