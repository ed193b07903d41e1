"""The emulated terminal's ends of its wires: a socket that is called, and a line read in pieces."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Iterator
from typing import Protocol

from devices.card.protocol import caisse_ap
from devices.tcp import Outlet

POLL_S = 0.1


class Line(Protocol):
    """A wire as the emulator holds it (see `devices.pty.PtyCable`)."""

    def send(self, data: bytes) -> bool: ...
    def receive(self, timeout_s: float) -> bytes: ...


class Gone(Exception):
    """The till hung up, or the emulator is being put away."""


class Buffered:
    """A line read a few bytes at a time; raises `Gone` when the till or the emulator goes."""

    def __init__(self, line: Line, closing: threading.Event) -> None:
        self._line = line
        self._closing = closing
        self._came = bytearray()

    def send(self, data: bytes) -> None:
        """Send bytes."""
        if data and not self._line.send(data):
            raise Gone

    def take(self, count: int) -> bytes:
        """Return the next so many bytes."""
        while len(self._came) < count:
            self._more()
        taken = bytes(self._came[:count])
        del self._came[:count]
        return taken

    def peek(self) -> bytes:
        """Return the next byte, and leave it."""
        while not self._came:
            self._more()
        return bytes(self._came[:1])

    def expect(self, byte: bytes) -> None:
        """Pass over everything up to a byte."""
        while self.take(1) != byte:
            continue

    def until_whole(self) -> dict[str, str]:
        """Return the records of a request that holds all it must."""
        while True:
            found = caisse_ap.read(bytes(self._came))
            if found and {"CA", "CB", "CD", "CE"} <= found.keys():
                self._came.clear()
                return found
            self._more()

    def wait_for_hang_up(self) -> None:
        """Hear nothing more, until the till hangs up."""
        while True:
            self._more()

    def _more(self) -> None:
        if self._closing.is_set():
            raise Gone
        self._came += self._line.receive(POLL_S)


class Calls(Outlet):
    """An outlet whose calls are taken one after the other."""

    @contextlib.contextmanager
    def call(self, timeout_s: float) -> Iterator[_Call]:
        """Take the next call; raises `Gone` when none came in time."""
        with self._lock:
            listener = self._listener
        if listener is None:
            threading.Event().wait(timeout_s)
            raise Gone
        try:
            listener.settimeout(timeout_s)
            call, _ = listener.accept()
        except OSError:
            raise Gone from None
        with self._lock:
            self._connection = call
        try:
            yield _Call(call)
        finally:
            with self._lock:
                self._connection = None
            call.close()


class _Call:
    """One connection of a till."""

    def __init__(self, call: socket.socket) -> None:
        self._call = call

    def send(self, data: bytes) -> bool:
        try:
            self._call.sendall(data)
        except OSError:
            return False
        return True

    def receive(self, timeout_s: float) -> bytes:
        try:
            is_ready, _, _ = select.select([self._call], [], [], timeout_s)
            data = self._call.recv(4096) if is_ready else b""
        except (OSError, ValueError):
            raise Gone from None
        if is_ready and not data:
            raise Gone
        return data
