"""A cash drawer on the printer's own socket: pulsed by the printer, watched through its pin 3."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from devices.printer.driver import EscPosPrinter
from devices.printer.spool import SpooledPrinter
from pos.domain.words import Sentence
from pos.ports import DeviceState, DrawerMoved, Sink, StatusChanged

_NOT_OPENED = Sentence("not opened: its printer does not listen").template
TOO_LONG = Sentence("open for too long: shut it").template


@dataclass(frozen=True, slots=True)
class Wiring:
    """How a drawer tells that it is open: by a high or a low pin, or (None) not at all.

    One that is open for `open_most_s` seconds says so; 0 for never.
    """

    open_when_high: bool | None = True
    open_most_s: float = 0


USUAL = Wiring()


class PrinterDrawer:
    """A drawer behind `printer`, wired as was learnt when it was installed."""

    def __init__(
        self,
        name: str,
        printer: EscPosPrinter | SpooledPrinter,
        sink: Sink,
        wiring: Wiring = Wiring(),
    ) -> None:
        self._name = name
        self._printer = printer
        self._sink = sink
        self._wiring = wiring
        self._is_open = False
        self._is_known = False
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        printer.watch_pin(self._pin)

    def open(self) -> None:
        """Send the opening pulse, at once or (when the printer is away) never."""
        self._printer.kick(self._kicked)

    def _kicked(self, sent: bool) -> None:
        state = DeviceState.READY if sent else DeviceState.OFFLINE
        with self._lock:
            self._sink(StatusChanged(self._name, state, "" if sent else _NOT_OPENED))
            if self._is_open:  # nobody shut it since: it is watched from now on again
                self._watch_time(is_open=True)

    def _pin(self, high: bool) -> None:
        if self._wiring.open_when_high is None:
            return
        is_open = high == self._wiring.open_when_high
        with self._lock:
            at_first, self._is_known = not self._is_known, True
            if is_open == self._is_open:
                return
            self._is_open = is_open
            self._sink(DrawerMoved(self._name, is_open, at_first))
            self._watch_time(is_open)

    def _watch_time(self, is_open: bool) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if is_open and self._wiring.open_most_s:
            self._timer = threading.Timer(self._wiring.open_most_s, self._too_long)
            self._timer.daemon = True
            self._timer.start()

    def _too_long(self) -> None:
        with self._lock:  # one that is shut meanwhile is not open too long
            if self._is_open:
                self._sink(StatusChanged(self._name, DeviceState.ATTENTION, TOO_LONG))

    def close(self) -> None:
        """Watch it no longer."""
        with self._lock:
            self._watch_time(is_open=False)
