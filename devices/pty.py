"""A cable whose far end is this process: a real pty behind a path that survives unplugging.

Every emulator that ships is plugged into one of these, so that drivers meet a real terminal: real
buffers, real hang-ups, a path that vanishes and comes back.
"""

from __future__ import annotations

import contextlib
import os
import select
import tempfile
import threading
import tty
from pathlib import Path


class PtyCable:
    """The far end of a serial line; the driver opens `url`. Thread-safe."""

    def __init__(self, name: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix=f"comptoir-{name}-")
        self.path = Path(self._folder.name) / name
        self._lock = threading.Lock()
        self._ends: tuple[int, int] | None = None
        self.plug()

    @property
    def url(self) -> str:
        """The address that a driver opens, the same after `unplug` and `plug`."""
        return f"pty://{self.path}"

    def plug(self) -> None:
        """Put the cable in (again)."""
        with self._lock:
            if self._ends is not None:
                return
            near, far = os.openpty()
            tty.setraw(far)
            os.set_blocking(near, False)
            self._ends = (near, far)
            self.path.symlink_to(os.ttyname(far))

    def unplug(self) -> None:
        """Pull the cable out: the driver's next read fails and the path is gone."""
        with self._lock:
            ends, self._ends = self._ends, None
            if ends is not None:
                self.path.unlink()
                for fd in ends:
                    os.close(fd)

    def close(self) -> None:
        """Pull the cable out for good."""
        self.unplug()
        self._folder.cleanup()

    def send(self, data: bytes) -> bool:
        """Send bytes to the driver; returns whether the cable took them all (False: unplugged)."""
        view = data
        while view:
            with self._lock:
                if self._ends is None:
                    return False
                with contextlib.suppress(BlockingIOError):
                    view = view[os.write(self._ends[0], view) :]
            if view:
                threading.Event().wait(0.01)
        return True

    def receive(self, timeout_s: float) -> bytes:
        """Return what the driver sent, at once; b"" after `timeout_s` or when unplugged."""
        with self._lock:
            near = self._ends[0] if self._ends else None
        if near is None:
            threading.Event().wait(timeout_s)
            return b""
        poll = select.poll()
        poll.register(near, select.POLLIN)
        poll.poll(int(timeout_s * 1000))
        with self._lock:
            if self._ends is None or self._ends[0] != near:
                return b""
            try:
                return os.read(near, 4096)
            except OSError:
                return b""
