"""The till on a terminal of its own: keys in, and the screen as a person reads it (pyte)."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte

from tests.e2e.child import Death, Wires
from tests.e2e.home import LONG_S, Home, Running

COLUMNS, ROWS = 120, 40
FINGER_S, SLIP_S = 0.08, 0.5
"""Slower than any scanner types, and than a finger slips from one digit to the next."""

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f9": "\x1b[20~",
    "f10": "\x1b[21~",
    "down": "\x1b[B",
    "end": "\x1b[F",
    "ctrl+f": "\x06",
    "ctrl+g": "\x07",
    "ctrl+q": "\x11",
    "ctrl+t": "\x14",
    "ctrl+x": "\x18",
}
_PRIVATE = re.compile(rb"\x1b\[[<>=?][0-9;]*(?:\$p|[uqcn])|\x1b\[[0-9;]*t|\x1b[P_^][^\x1b]*\x1b\\")
"""What terminals are asked and told that pyte does not know and would draw as text."""


class TillTerminal:
    """`comptoir till` (or another command) on a pty, of 120 by 40 by default."""

    def __init__(
        self,
        home: Home,
        *argv: str,
        as_installed: bool = False,
        dies: Death | None = None,
        size: tuple[int, int] = (COLUMNS, ROWS),
    ) -> None:
        self._argv = argv or ("till",)
        self._deaths = [dies] if dies else []
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self._home = home
        self._near, self._far = os.openpty()
        fcntl.ioctl(self._far, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self._unread = b""
        self._ended: Callable[[], int | None]
        self.pid = self._as_installed() if as_installed else self._forked()

    def _forked(self) -> int:
        name = os.ttyname(self._far)
        running = self._home.spawn(
            self._argv, Wires(name, name, name, is_terminal=True), self._deaths
        )
        self._ended = lambda: _code(running)
        return int(running.process.pid)

    def _as_installed(self) -> int:
        process = subprocess.Popen(
            [sys.executable, "-m", "pos.main", *self._argv],
            stdin=self._far,
            stdout=self._far,
            stderr=self._far,
            env=self._home.environ(),
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )
        self._ended = process.poll
        return process.pid

    # what a person does

    def press(self, *keys: str) -> None:
        """Press keys, by name or by character, with no pause."""
        os.write(self._near, "".join(KEYS.get(key, key) for key in keys).encode())

    def press_calmly(self, *keys: str) -> None:
        """Press keys as fingers do, one after the other."""
        for key in keys:
            time.sleep(FINGER_S)
            self.press(key)

    def choose(self, digit: str) -> None:
        """Choose by a digit, later than one that slipped would come after the last."""
        time.sleep(SLIP_S)
        self.press(digit)

    def type_slowly(self, text: str, seen: Callable[[int], str]) -> None:
        """Type as a hand does: each key when the one before is on the screen as `seen(count)`."""
        for count, key in enumerate(text, start=1):
            self.press(key)
            self.wait_for(seen(count))

    def sign_in(self, number: str = "1", pin: str = "1357") -> None:
        """Type a number and a PIN."""
        self.wait_for("Who sells?")
        self.press(number, "enter")
        self.wait_for("PIN of")
        self.type_slowly(pin, lambda count: "PIN of .* " + "•" * count + r"(?!•)")
        self.press("enter")
        self.wait_for("Welcome")

    def wedge(self, *codes: str) -> None:
        """Scan with a scanner that types, one code right after the other."""
        os.write(self._near, "".join(f"{code}\r" for code in codes).encode())

    # what a person sees

    def text(self) -> str:
        """The screen, one line a row."""
        return "\n".join(self.screen.display)

    def wait_for(self, pattern: str) -> str:
        """Return the text that matches on the screen, as soon as it is there."""
        return self.wait(lambda: _found(pattern, self.text()), pattern)

    def wait_gone(self, pattern: str) -> None:
        """Wait until nothing on the screen matches."""
        self.wait(lambda: "" if _found(pattern, self.text()) else "gone", f"no {pattern}")

    def wait(self, seen: Callable[[], str], what: str) -> str:
        """Read the terminal until `seen` finds something; a bound no machine needs."""
        until = time.monotonic() + LONG_S
        while True:
            found = seen()
            if found:
                return found
            assert time.monotonic() < until, f"never saw {what} in\n{self.text()}"
            self._read(0.1)

    def _read(self, timeout_s: float) -> None:
        if not select.select([self._near], [], [], timeout_s)[0]:
            return
        data = _PRIVATE.sub(b"", self._unread + os.read(self._near, 65536))
        cut = data.rfind(b"\x1b")
        whole = len(data) if cut < 0 or len(data) - cut > 64 or _is_whole(data[cut:]) else cut
        self._unread = data[whole:]
        self._stream.feed(data[:whole])

    # its end

    def kill(self) -> None:
        """Kill it, as a power cut does."""
        os.kill(self.pid, signal.SIGKILL)
        self.ended()

    def quit(self) -> int:
        """Leave as a person does; return the exit code."""
        self.press("ctrl+q")
        return self.ended()

    def ended(self) -> int:
        """Wait for the end; return the exit code."""
        self.wait(lambda: "" if self._ended() is None else "ended", "its end")
        while select.select([self._near], [], [], 0)[0]:
            self._read(0)
        code = self._ended()
        assert code is not None
        return code

    def close(self) -> None:
        """Put the terminal away."""
        if self._ended() is None:
            self.kill()
        os.close(self._near)
        os.close(self._far)


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found.group() if found else ""


def _is_whole(sequence: bytes) -> bool:
    return bool(re.match(rb"\x1b(?:\[[0-9;:<=>?$ ]*[@-~]|[^\[P_^])", sequence))


def _code(running: Running) -> int | None:
    running.process.join(0)
    code: int | None = running.process.exitcode
    return code
