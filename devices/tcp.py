"""A network cable whose far end is this process: a listening socket that survives unplugging.

The far end of `devices.pty.PtyCable` for what hangs on the network.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time

READ_BYTES = 4096


class Outlet:
    """A listening socket on the loopback network that serves one connection at a time."""

    def __init__(self) -> None:
        self._port = 0
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self._connection: socket.socket | None = None
        self.plug()

    @property
    def url(self) -> str:
        """The address that a driver opens, the same after `unplug` and `plug`."""
        return f"tcp://127.0.0.1:{self._port}"

    def plug(self) -> None:
        """Listen (again)."""
        with self._lock:
            if self._listener is None:
                self._listener = socket.create_server(("127.0.0.1", self._port))
                self._port = self._listener.getsockname()[1]

    def unplug(self) -> None:
        """Hang up and stop listening."""
        with self._lock:
            for end in (self._connection, self._listener):
                if end is not None:
                    with contextlib.suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)  # wakes who waits on it
                    end.close()
            self._connection = self._listener = None

    def close(self) -> None:
        """Hang up for good."""
        self.unplug()


class TcpCable(Outlet):
    """One that carries bytes both ways for as long as somebody is connected."""

    def send(self, data: bytes) -> bool:
        """Send bytes to the driver; returns whether there was one."""
        with self._lock:
            if self._connection is None:
                return False
            try:
                self._connection.sendall(data)
            except OSError:
                return False
            return True

    def receive(self, timeout_s: float) -> bytes:
        """Return what the driver sent; b"" after `timeout_s` at most."""
        connection, listener = self._connection, self._listener
        try:
            if connection is None:
                self._accept(listener, timeout_s)
                return b""
            connection.settimeout(timeout_s)
            data = connection.recv(READ_BYTES)
        except TimeoutError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._hang_up(connection)
        return data

    def _accept(self, listener: socket.socket | None, timeout_s: float) -> None:
        if listener is None:
            time.sleep(timeout_s)
            return
        listener.settimeout(timeout_s)
        connection, _ = listener.accept()
        with self._lock:
            if self._listener is listener:
                self._connection = connection
            else:
                connection.close()

    def _hang_up(self, connection: socket.socket | None) -> None:
        with self._lock:
            if connection is not None:
                connection.close()
            if self._connection is connection:
                self._connection = None
