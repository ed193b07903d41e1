"""The screen's end: connects to the till's socket, hands on each view, and comes back by itself."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path

from devices.screen.feed import near
from devices.screen.protocol import Views
from pos.papers.customer import CustomerView

AGAIN_S = 0.5
"""How long a till that is closed is left alone."""

POLL_S = 0.5


class ScreenViewer:
    """Listens in a thread of its own; `take` gets each view, and None when the till is lost."""

    def __init__(self, path: Path, take: Callable[[CustomerView | None], None]) -> None:
        self._path = path
        self._take = take
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="customer-viewer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no longer."""
        self._closing.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._closing.is_set():
            till = self._connected()
            if till is not None:
                with till:
                    self._listen(till)
                self._take(None)
            self._closing.wait(AGAIN_S)

    def _connected(self) -> socket.socket | None:
        till = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with near(self._path) as address:
                till.connect(address)
        except OSError:
            till.close()
            return None
        till.settimeout(POLL_S)
        return till

    def _listen(self, till: socket.socket) -> None:
        views = Views()
        while not self._closing.is_set():
            try:
                data = till.recv(65_536)
            except TimeoutError:
                continue
            except OSError:
                return
            if not data:
                return
            for view in views.receive(data):
                self._take(view)
