"""The devices of one till, joined from their URLs: the one thing `pos.main` needs of this room.

`emulator://scanner`, `printer`, `display`, `scale` and `card` start the emulator that ships and put
a real driver in front of it; `Counter.emulators` keeps them for a screen or a test.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from devices.address import EmulatorAddress, SpoolAddress, parse_url
from devices.card.driver import LinkTerminal
from devices.card.emulator import EmulatedTerminal
from devices.card.speech import speech_of
from devices.display.behind import PrinterDisplay
from devices.display.driver import LineDisplay
from devices.display.emulator import EmulatedDisplay
from devices.display.protocol import Dialect
from devices.drawer.driver import USUAL, PrinterDrawer, Wiring
from devices.drawer.trigger import LinkDrawer
from devices.label.driver import ZplPrinter
from devices.label.emulator import EmulatedLabelPrinter
from devices.label.paper import PaperLabels
from devices.label.zpl import LabelSize
from devices.printer.driver import EscPosPrinter
from devices.printer.emulator import EmulatedPrinter
from devices.printer.profile import PROFILES, PrinterProfile
from devices.printer.spool import SpooledPrinter
from devices.scale.driver import LinkScale
from devices.scale.emulator import EmulatedScale
from devices.scanner.driver import LinkScanner, Tap
from devices.scanner.emulator import EmulatedScanner
from devices.screen.feed import ScreenFeed
from pos.domain.errors import Refusal
from pos.papers.page import Align, Barcode, Cut, Page, Qr, Row, Rule, Text
from pos.ports import Printer, Sink

Emulator = (
    EmulatedScanner
    | EmulatedPrinter
    | EmulatedDisplay
    | EmulatedScale
    | EmulatedTerminal
    | EmulatedLabelPrinter
)


class Counter:
    """Opens and closes the devices of one till; every event goes to `sink`, from other threads.

    Each `open_*` raises `Refusal` for a URL that can never work; a device that is merely away is
    waited for, and says so to the sink.
    """

    def __init__(self, sink: Sink) -> None:
        self.emulators: dict[str, Emulator] = {}
        self._sink = sink
        self._opened: list[Any] = []

    def open_scanner(
        self, name: str, url: str, *, not_on_file: bytes = b"", tap: Tap | None = None
    ) -> LinkScanner:
        """Open a scanner; `not_on_file` makes it sound its refusal, a `tap` hears its bytes."""
        if isinstance(parse_url(url), EmulatorAddress):
            emulator = EmulatedScanner(name)
            self.emulators[name] = emulator
            url = emulator.url
        scanner = LinkScanner(name, url, self._sink, not_on_file=not_on_file, tap=tap)
        self._opened.append(scanner)
        return scanner

    def open_printer(
        self, name: str, url: str, profile: PrinterProfile = PROFILES["epson-80"]
    ) -> EscPosPrinter | SpooledPrinter:
        """Open a receipt printer."""
        address = parse_url(url)
        if isinstance(address, SpoolAddress):
            spooled = SpooledPrinter(name, address, profile, self._sink)
            self._opened.append(spooled)
            return spooled
        if isinstance(address, EmulatorAddress):
            emulator = EmulatedPrinter(name, profile)
            self.emulators[name] = emulator
            url = emulator.url
        printer = EscPosPrinter(name, url, profile, self._sink)
        self._opened.append(printer)
        return printer

    def open_drawer(
        self, name: str, printer: EscPosPrinter | SpooledPrinter, wiring: Wiring = USUAL
    ) -> PrinterDrawer:
        """Open the drawer that is plugged into `printer`."""
        drawer = PrinterDrawer(name, printer, self._sink, wiring)
        self._opened.append(drawer)
        return drawer

    def open_drawer_line(self, name: str, url: str, parts: Sequence[bytes]) -> LinkDrawer:
        """Open a drawer with a line of its own; the parts open it."""
        drawer = LinkDrawer(name, url, self._sink, parts)
        self._opened.append(drawer)
        return drawer

    def open_labels(self, name: str, url: str, size: LabelSize) -> ZplPrinter:
        """Open a label printer that speaks ZPL."""
        if isinstance(parse_url(url), EmulatorAddress):
            emulator = EmulatedLabelPrinter(name)
            self.emulators[name] = emulator
            url = emulator.url
        printer = ZplPrinter(name, url, size, self._sink)
        self._opened.append(printer)
        return printer

    def open_paper_labels(self, name: str, url: str, profile: PrinterProfile) -> PaperLabels:
        """Open a receipt printer that prints labels."""
        return PaperLabels(self.open_printer(name, url, profile))

    def open_display(
        self, name: str, url: str, *, dialect: Dialect = Dialect.EPSON, codec: str = "cp858",
        slot: int | None = 19,
    ) -> LineDisplay:  # fmt: skip
        """Open a customer display."""
        if isinstance(parse_url(url), EmulatorAddress):
            emulator = EmulatedDisplay(name, codec)
            self.emulators[name] = emulator
            url = emulator.url
        display = LineDisplay(name, url, self._sink, dialect=dialect, codec=codec, slot=slot)
        self._opened.append(display)
        return display

    def open_display_behind(
        self, name: str, printer: Printer | None, **habits: Any
    ) -> PrinterDisplay:
        """Open the display that hangs behind `printer`; habits as of `PrinterDisplay`."""
        if not isinstance(printer, EscPosPrinter):
            raise Refusal(
                "no_display_behind",
                "A display behind the printer wants the printer's own line, not a spooler's queue.",
            )
        return PrinterDisplay(name, printer, self._sink, **habits)

    def open_scale(
        self, name: str, url: str, family: str, *, secret: int | None = None
    ) -> LinkScale:
        """Open a scale of one of `devices.scale.protocol.FAMILIES`."""
        if isinstance(parse_url(url), EmulatorAddress):
            emulator = EmulatedScale(name, family)
            self.emulators[name] = emulator
            url = emulator.url
        scale = LinkScale(name, url, family, self._sink, secret=secret)
        self._opened.append(scale)
        return scale

    def open_card(
        self,
        name: str,
        url: str,
        protocol: str,
        *,
        number: str = "01",
        currency: str = "978",
        **habits: Any,
    ) -> LinkTerminal:
        """Open a card terminal; `currency` is its number (ISO 4217), habits as in `speech_of`."""
        if isinstance(parse_url(url), EmulatorAddress):
            handshake = bool(habits.get("handshake", True))
            emulator = EmulatedTerminal(name, protocol, handshake=handshake, number=number)
            self.emulators[name] = emulator
            url = emulator.url
        speech = speech_of(protocol, number=number, **habits)
        terminal = LinkTerminal(name, url, speech, self._sink, currency=currency)
        self._opened.append(terminal)
        return terminal

    def open_customer_screen(self, path: Path) -> ScreenFeed:
        """Feed the customers' screens that listen at a socket."""
        feed = ScreenFeed(path)
        self._opened.append(feed)
        return feed

    def close(self) -> None:
        """Let every device go; idempotent."""
        for device in (*self._opened, *self.emulators.values()):
            device.close()
        self._opened.clear()
        self.emulators.clear()


def trial_page(profile: PrinterProfile) -> Page:
    """Return the page by which an installer sees that a printer's profile is right."""
    return Page(
        (
            Text(profile.name, Align.CENTER, bold=True, size=2),
            Rule(),
            Row("é è à ç ê ï œ É « »", "1 234,56 €"),
            Row("0123456789" * 10, "|"),
            Qr("https://example.org/", caption="QR"),
            Barcode("TEST-0123"),
            Cut(),
        ),
        title="test",
    )
