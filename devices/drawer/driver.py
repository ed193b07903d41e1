"""A cash drawer on the printer's own socket: pulsed by the printer, watched through its pin 3."""

from __future__ import annotations

from devices.printer.driver import EscPosPrinter
from devices.printer.spool import SpooledPrinter
from pos.domain.words import Sentence
from pos.ports import DeviceState, DrawerMoved, Sink, StatusChanged

_NOT_OPENED = Sentence("not opened: its printer does not listen").template


class PrinterDrawer:
    """A drawer behind `printer`; `open_when_high` is its wiring, learned when it is installed."""

    def __init__(
        self,
        name: str,
        printer: EscPosPrinter | SpooledPrinter,
        sink: Sink,
        *,
        open_when_high: bool = True,
    ) -> None:
        self._name = name
        self._printer = printer
        self._sink = sink
        self._open_when_high = open_when_high
        self._is_open = False
        printer.watch_pin(self._pin)

    def open(self) -> None:
        """Send the opening pulse, at once or (when the printer is away) never."""
        self._printer.kick(self._kicked)

    def _kicked(self, sent: bool) -> None:
        state = DeviceState.READY if sent else DeviceState.OFFLINE
        self._sink(StatusChanged(self._name, state, "" if sent else _NOT_OPENED))

    def _pin(self, high: bool) -> None:
        is_open = high == self._open_when_high
        if is_open != self._is_open:
            self._is_open = is_open
            self._sink(DrawerMoved(self._name, is_open))
