"""The till's end of a customer screen: the latest view, to every screen that listens.

A Unix socket in the till's own folder, so that only its user reads it. Nothing is taken from the
other end. A screen that does not read is let go; it comes back for the latest view.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devices.screen.protocol import encode
from pos.papers.customer import CustomerView

SCREENS_MOST = 4
PATH_MOST = 100
"""The longest address of a socket in bytes, a little under what systems take."""


@contextmanager
def near(path: Path) -> Iterator[str]:
    """Yield an address of the socket at `path` that the system takes, however deep it lies."""
    if len(os.fsencode(path)) <= PATH_MOST:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


class ScreenFeed:
    """Where customer screens listen; `show` never waits for them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._view: CustomerView | None = None
        self._shown_at = 0.0
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._wake_out, self._wake_in = socket.socketpair()
        self._wake_in.setblocking(False)
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        mask = os.umask(0o177)
        try:
            with near(path) as address:
                self._listener.bind(address)
        finally:
            os.umask(mask)
        self._listener.listen(SCREENS_MOST)
        self._listener.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="customer-screen", daemon=True)
        self._thread.start()

    def show(self, view: CustomerView) -> None:
        """Show a view on every screen; the latest one wins. Returns at once."""
        with self._lock:
            self._view, self._shown_at = view, time.monotonic()
        self._wake()

    def close(self) -> None:
        """Let every screen go."""
        self._closing.set()
        self._wake()
        self._thread.join(5)
        self._path.unlink(missing_ok=True)

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._wake_in.send(b"w")

    # --- its thread ---

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._wake_out, selectors.EVENT_READ)
            screens: set[socket.socket] = set()
            while not self._closing.is_set():
                for key, _ in selector.select():
                    self._heard(key.fileobj, selector, screens)
            for end in (*screens, self._listener, self._wake_out, self._wake_in):
                end.close()

    def _heard(
        self, end: object, selector: selectors.BaseSelector, screens: set[socket.socket]
    ) -> None:
        if end is self._wake_out:
            self._wake_out.recv(4096)
            for screen in list(screens):
                self._send(screen, selector, screens)
        elif end is self._listener:
            self._accept(selector, screens)
        elif isinstance(end, socket.socket) and end in screens and not _listens(end):
            _let_go(end, selector, screens)  # unless it was let go for the view just before

    def _accept(self, selector: selectors.BaseSelector, screens: set[socket.socket]) -> None:
        try:
            screen, _ = self._listener.accept()
        except OSError:
            return
        if len(screens) >= SCREENS_MOST:
            screen.close()
            return
        screen.setblocking(False)
        selector.register(screen, selectors.EVENT_READ)
        screens.add(screen)
        self._send(screen, selector, screens)

    def _send(
        self, screen: socket.socket, selector: selectors.BaseSelector, screens: set[socket.socket]
    ) -> None:
        with self._lock:
            view, age_s = self._view, time.monotonic() - self._shown_at
        if view is None or (view.keep_s and age_s > view.keep_s):
            return
        line = encode(view)
        try:
            is_whole = screen.send(line) == len(line)
        except OSError:
            is_whole = False
        if not is_whole:
            _let_go(screen, selector, screens)


def _listens(screen: socket.socket) -> bool:
    """Throw away what a screen says; tell whether it is still there."""
    try:
        return bool(screen.recv(4096))
    except BlockingIOError:
        return True
    except OSError:
        return False


def _let_go(
    screen: socket.socket, selector: selectors.BaseSelector, screens: set[socket.socket]
) -> None:
    selector.unregister(screen)
    screens.discard(screen)
    screen.close()
