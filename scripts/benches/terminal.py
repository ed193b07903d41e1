"""A program on a real terminal (a pty) with a scanner on another, watched from outside."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from devices.scanner.emulator import EmulatedScanner

COLUMNS, ROWS = 120, 40
GIVE_UP_S = 30.0
QUIET_S = 0.03
"""A program that has written nothing for this long has nothing left to write."""

ENVIRONMENT = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONUNBUFFERED": "1"}


class NotSeen(Exception):
    """The text that was waited for did not come; the tail of what did come is in the message."""


class OnTerminal:
    """One program under test; `scan` and `type` go in, `wait_for` sees what comes out."""

    def __init__(self, module: Sequence[str], environ: Mapping[str, str] | None = None) -> None:
        self.scanner = EmulatedScanner("bench")
        self._near, far = os.openpty()
        fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        command = [part.replace("{scanner}", self.scanner.url) for part in module]
        given = {name: text.replace("{scanner}", self.scanner.url)
                 for name, text in (environ or {}).items()}  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command],
            stdin=far,
            stdout=far,
            stderr=far,  # where Textual draws
            env={**os.environ, **ENVIRONMENT, **given},
            cwd=Path(__file__).parents[2],
            preexec_fn=_own_the_terminal,  # which then hangs up when this bench ends early
        )
        os.close(far)

    def scan(self, code: str) -> None:
        """Send one scan; returns when its last byte is in the pty."""
        self.scanner.scan(code)

    def type(self, *keys: str) -> None:
        """Type keys with the pauses of a person, each drawn before the next."""
        for key in keys:
            self.press(key)
            time.sleep(0.06)
            self.drain()

    def press(self, key: str) -> None:
        """Press one key and do not wait."""
        os.write(self._near, key.encode())

    def wait_for(self, text: str) -> float:
        """Return the monotonic instant at which the frame that shows `text` had come out."""
        wanted, seen, until = text.encode(), b"", time.monotonic() + GIVE_UP_S
        while wanted not in seen:
            if not self._readable(until - time.monotonic()):
                raise NotSeen(f"{text!r} in {seen[-400:]!r}")
            seen += os.read(self._near, 65536)
        return time.monotonic()

    def drain(self) -> None:
        """Read on until the program is quiet."""
        while self._readable(QUIET_S):
            os.read(self._near, 65536)

    def resident_mb(self) -> float:
        """Return the program's resident memory in megabytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(kilobytes.split()[1]) / 1024

    def processor_s(self) -> float:
        """Return the processor time the program has used, in seconds."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """End the program and put its terminal and scanner away."""
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self._near)
        self.scanner.close()

    def _readable(self, timeout_s: float) -> bool:
        return bool(select.select([self._near], [], [], max(0.0, timeout_s))[0])


def _own_the_terminal() -> None:
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
