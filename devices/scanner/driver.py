"""A scanner on any link: one reader thread, whole scans to the sink, reopened by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from devices.address import Address, EvdevAddress, HidrawAddress, parse_url
from devices.link import Link
from devices.scanner.hidpos import HidFramer
from devices.scanner.protocol import Framer
from devices.scanner.wedge import WedgeFramer
from devices.worker import Worker
from pos.ports import DeviceState, Scanned, Sink

WRITE_TIMEOUT_S = 1.0
READ_IDLE_S = 5.0
READ_SCAN_S = 0.065
"""Just over `protocol.IDLE_MS`, so that a read that returns nothing means silence."""


Tap = Callable[[bytes, list[str]], None]
"""Hears the bytes that came and the scans that they ended, in the driver's thread."""


class Frames(Protocol):
    """What cuts a wire's bytes into scans, see `protocol.Framer`."""

    @property
    def waiting(self) -> bool:
        """Whether a scan has begun and not ended."""
        ...

    def receive(self, data: bytes, now_ms: int) -> list[str]:
        """Take bytes; return the scans they ended."""
        ...

    def tick(self, now_ms: int) -> list[str]:
        """Return the scan that a silence ended."""
        ...


def framer_for(address: Address) -> Frames:
    """Return the framer of a kind of wire."""
    match address:
        case EvdevAddress():
            return WedgeFramer()
        case HidrawAddress():
            return HidFramer()
        case _:
            return Framer()


class LinkScanner:
    """A scanner behind a URL (`serial:` `tcp:` `evdev:` `hidraw:` …).

    Scans arrive at the sink as `Scanned`; a `tap` hears the bytes themselves beside it.

    `not_on_file` are the bytes that make the scanner sound its own refusal: `b"FE"` for Datalogic
    (F beeps three times and disables, E enables). Raises `Refusal` when the URL can never work.
    """

    def __init__(
        self, name: str, url: str, sink: Sink, *, not_on_file: bytes = b"", tap: Tap | None = None
    ) -> None:
        self._address = parse_url(url)
        self._tap = tap
        self._name = name
        self._sink = sink
        self._not_on_file = not_on_file
        self._refused = False
        self.worker = Worker(name, url, sink)
        self.worker.start(self._serve)

    def refuse(self) -> None:
        """Make the scanner sound its not-on-file, where it has one; returns at once."""
        if self._not_on_file and self.worker.connected:
            self._refused = True
            self.worker.poke()

    def close(self) -> None:
        """Stop reading and let the device go."""
        self.worker.close()

    def _serve(self, link: Link) -> None:
        framer = framer_for(self._address)
        self._refused = False
        self.worker.report(DeviceState.READY)
        while not self.worker.stopping:
            data = link.read(READ_SCAN_S if framer.waiting else READ_IDLE_S)
            now_ns = time.monotonic_ns()
            now_ms = now_ns // 1_000_000
            scans = framer.receive(data, now_ms) if data else framer.tick(now_ms)
            if self._tap is not None and (data or scans):
                self._tap(data, scans)
            for text in scans:
                self._sink(Scanned(self._name, text, now_ns))
            if self._refused:
                self._refused = False
                link.write(self._not_on_file, WRITE_TIMEOUT_S)
