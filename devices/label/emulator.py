"""A label printer that ships: real ZPL over a real pty or socket, with faults to switch.

What it printed is `printed` and `picture()`, whose codes can be scanned. Faults of the wire are
attributes: `mute`, `halves` (the second half of each answer is lost), `garbage` (noise instead of
answers), `bytes_per_s` (slow).
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from devices.label.reader import PrintedLabel, Reader
from devices.pty import PtyCable
from devices.tcp import TcpCable
from devices.wired import Answering

if TYPE_CHECKING:
    from PIL import Image

POLL_S = 0.25


class EmulatedLabelPrinter(Answering):
    """One label printer; `tcp=True` puts it on the loopback network instead of a serial line."""

    def __init__(self, name: str = "labels", *, tcp: bool = False) -> None:
        super().__init__(TcpCable() if tcp else PtyCable(name))
        self.bytes_per_s = 0
        self.received = bytearray()
        self._mind = Reader()
        self._lock = threading.RLock()
        self._begin(name)

    @property
    def printed(self) -> list[PrintedLabel]:
        """Every label that came out."""
        with self._lock:
            return list(self._mind.printed)

    @property
    def errors(self) -> list[str]:
        """Every command that it did not know."""
        with self._lock:
            return list(self._mind.errors)

    def picture(self) -> Image.Image:
        """Return the last label as a picture, one pixel a dot."""
        from devices.label.paint import paint

        return paint(self.printed[-1])

    # --- what a person does to it ---

    def run_out(self, after_labels: int = 0) -> None:
        """Let the roll end after so many more labels."""
        self._change(left=after_labels)

    def load(self) -> None:
        """Put a new roll in."""
        self._change(left=None)

    def open_head(self, is_open: bool = True) -> None:
        """Open or shut the print head."""
        self._mind.status = replace(self._mind.status, head_open=is_open)
        self._change(left=self._mind.labels_left)

    def pause(self, is_paused: bool = True) -> None:
        """Press its pause button."""
        self._mind.status = replace(self._mind.status, paused=is_paused)
        self._change(left=self._mind.labels_left)

    def power_cycle(self) -> None:
        """Switch it off and on: what it held is lost."""
        with self._lock:
            self._mind.power_cycle()

    def _change(self, *, left: int | None) -> None:
        with self._lock:
            self._mind.labels_left = left
            self._mind.settle()

    # --- its thread ---

    def _turn(self) -> None:
        data = self._wire.receive(POLL_S)
        if self.bytes_per_s:
            time.sleep(len(data) / self.bytes_per_s)
        with self._lock:
            self.received += data
            said = self._mind.receive(data)
        self._answer(said)
