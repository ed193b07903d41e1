"""A customer display behind the printer: its frames pass on the printer's own line (ESC =)."""

from __future__ import annotations

from devices.display.protocol import Dialect, frame, start
from devices.printer.driver import EscPosPrinter
from pos.ports import DeviceState, Sink, StatusChanged


class PrinterDisplay:
    """A display that the printer hands its frames on to, between two jobs.

    It answers nothing: it is as well as its printer. Not tried on a device.
    """

    def __init__(
        self,
        name: str,
        printer: EscPosPrinter,
        sink: Sink,
        *,
        dialect: Dialect = Dialect.EPSON,
        codec: str = "cp858",
        slot: int | None = 19,
    ) -> None:
        self._printer = printer
        self._dialect = dialect
        self._codec = codec
        self._slot = slot
        sink(StatusChanged(name, DeviceState.READY))

    def show(self, upper: str, lower: str) -> None:
        """Show two lines of 20; longer ones are cut. Returns at once; the latest call wins."""
        lines = frame(self._dialect, upper, lower, self._codec, self._slot)
        self._printer.pass_on(start(self._dialect), lines)
