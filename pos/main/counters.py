"""The counter of the settings: opening its devices, listing ports, trying everything out."""

from __future__ import annotations

from dataclasses import dataclass, field
from queue import Empty, Queue
from time import monotonic
from typing import Any

import typer

from config import settings as settings_file
from config.devices import Devices, DisplayDevice, PrinterDevice
from config.words import GettextWords, words_for
from devices.counter import Counter, trial_page
from devices.display.protocol import Dialect
from devices.drawer.driver import Wiring
from devices.finding import find
from devices.label.zpl import LabelSize
from devices.printer.profile import PrinterProfile, profile
from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.ports import (
    CardTerminal,
    DeviceEvent,
    DeviceState,
    Display,
    Drawer,
    LabelPrinter,
    PrintEnded,
    Printer,
    PrintOutcome,
    Scale,
    Scanned,
    Scanner,
    StatusChanged,
)
from pos.till.desk import Ports

PRINT_MOST_S = 15.0
DRAWER_S = 2.0

CURRENCIES = {"EUR": "978", "CHF": "756", "GBP": "826", "USD": "840", "XPF": "953"}
"""The numbers that card terminals know currencies by (ISO 4217)."""

STATES = {
    DeviceState.READY: Sentence("ready"),
    DeviceState.BUSY: Sentence("busy"),
    DeviceState.ATTENTION: Sentence("needs someone:"),
    DeviceState.OFFLINE: Sentence("away:"),
    DeviceState.ABSENT: Sentence("absent"),
}
OUTCOMES = {
    PrintOutcome.CONFIRMED: Sentence("the page is printed"),
    PrintOutcome.SENT: Sentence("the page was sent; look whether it is printed"),
    PrintOutcome.UNKNOWN: Sentence("nobody knows whether the page is printed"),
    PrintOutcome.FAILED: Sentence("the page was not printed:"),
}
"""What a device's report is called for whoever installs it."""


def plug_in(
    counter: Counter, devices: Devices, ports: Ports | Plugged, currency: str = "EUR"
) -> None:
    """Open every device of the settings and put it behind its port."""
    for scanner in devices.scanners:
        ports.scanners[scanner.name] = counter.open_scanner(
            scanner.name, scanner.url, not_on_file=scanner.not_on_file.encode("latin-1", "ignore")
        )
    if devices.printer.url:
        printer = counter.open_printer("printer", devices.printer.url, profile_of(devices.printer))
        ports.printer = printer
        if devices.drawer.url == "printer":
            drawer = devices.drawer
            wiring = Wiring(drawer.open_when_high, drawer.open_most_s)
            ports.drawer = counter.open_drawer("drawer", printer, wiring)
    if devices.labels.url:
        plug_labels(counter, devices, ports)
    if devices.spare.url:
        ports.spare = counter.open_printer("spare", devices.spare.url, profile_of(devices.spare))
    if "://" in devices.drawer.url:
        parts = [bytes.fromhex(part) for part in devices.drawer.parts]
        ports.drawer = counter.open_drawer_line("drawer", devices.drawer.url, parts)
    if devices.display.url:
        ports.display = _display(counter, devices.display, ports.printer)
    if devices.scale.url:
        scale = devices.scale
        ports.scale = counter.open_scale(
            "scale", scale.url, scale.protocol, secret=scale.secret_number
        )

    for card in devices.cards:
        ports.cards[card.name] = counter.open_card(
            card.name,
            card.url,
            card.protocol,
            number=card.number,
            currency=CURRENCIES.get(currency, "978"),
            answer_s=float(card.answer_seconds),
            version=card.version,
            with_reference=card.with_reference,
            handshake=card.handshake,
            with_rep=card.with_rep,
        )


def profile_of(printer: PrinterDevice) -> PrinterProfile:
    """Return what a printer of the settings can do."""
    return profile(printer.profile, printer.code_page, printer.slot, logo=printer.logo)


def plug_labels(counter: Counter, devices: Devices, ports: Ports | Plugged) -> None:
    """Open the label printer, or else the receipt printer for labels, where there is one."""
    labels = devices.labels
    if labels.url and labels.language == "zpl":
        size = LabelSize(labels.width, labels.height, labels.dpi)
        ports.labels = counter.open_labels("labels", labels.url, size)
    elif labels.url:
        known = profile(labels.profile)
        ports.labels = counter.open_paper_labels("labels", labels.url, known)
    elif devices.printer.url:
        known = profile_of(devices.printer)
        ports.labels = counter.open_paper_labels("labels", devices.printer.url, known)


def _display(counter: Counter, display: DisplayDevice, printer: Printer | None) -> Display:
    habits: dict[str, Any] = {
        "dialect": Dialect(display.protocol),
        "codec": display.code_page,
        "slot": display.slot,
    }
    if display.url == "printer":
        return counter.open_display_behind("display", printer, **habits)
    return counter.open_display("display", display.url, **habits)


def list_devices() -> int:
    """Print the ports of this machine, then the devices of the settings."""
    settings = settings_file.load()
    words = words_for(settings.till.language)
    typer.echo(words.say(Sentence("Ports of this machine:")))
    for port in find():
        typer.echo(f"  {port.url:<44} {port.about}")
    typer.echo(words.say(Sentence("Devices of the settings:")))
    devices = settings.devices
    named = [(one.name, one.url) for one in devices.scanners]
    named += [
        ("printer", devices.printer.url),
        ("spare", devices.spare.url),
        ("labels", devices.labels.url),
        ("drawer", devices.drawer.url),
        ("display", devices.display.url),
        ("scale", devices.scale.url),
    ]
    named += [(card.name, card.url) for card in devices.cards]
    for name, url in named:
        typer.echo(f"  {name:<12} {url or '–'}")
    return 0


@dataclass
class Plugged:
    """The devices of a counter with no till behind it."""

    printer: Printer | None = None
    spare: Printer | None = None
    labels: LabelPrinter | None = None
    drawer: Drawer | None = None
    display: Display | None = None
    scale: Scale | None = None
    scanners: dict[str, Scanner] = field(default_factory=dict)
    cards: dict[str, CardTerminal] = field(default_factory=dict)


def check_devices(seconds: int) -> int:
    """Print a test page, open the drawer, show a line, tell what the scanners read for a while."""
    settings = settings_file.load()
    words = words_for(settings.till.language)
    devices = settings.devices
    if not (devices.scanners or devices.printer.url or devices.display.url):
        raise Refusal("no_devices", "The settings name no device; add one to the settings file.")
    events: Queue[DeviceEvent] = Queue()
    counter, plugged = Counter(events.put), Plugged()
    try:
        plug_in(counter, devices, plugged)
        code = _try_out(plugged, devices, seconds, events, words)
        typer.echo(words.say(Sentence("Done.")))
        return code
    finally:
        counter.close()


def _try_out(
    plugged: Plugged,
    devices: Devices,
    seconds: int,
    events: Queue[DeviceEvent],
    words: GettextWords,
) -> int:
    if plugged.display is not None:
        plugged.display.show("Comptoir", "0123456789 é è à €")
    asked = plugged.printer is not None
    if plugged.printer is not None:
        plugged.printer.print("test", trial_page(profile_of(devices.printer)))
    wait = max(float(seconds), PRINT_MOST_S if asked else 0.0)
    code = _listen(events, words, wait, printing=asked, scanners=set(plugged.scanners))
    if plugged.drawer is not None and code == 0:
        plugged.drawer.open()
        _listen(events, words, DRAWER_S, printing=True, scanners=set())
    return code


def _listen(
    events: Queue[DeviceEvent],
    words: GettextWords,
    wait_s: float,
    *,
    printing: bool,
    scanners: set[str],
) -> int:
    """Say what devices report until the time is over, or the page is out and all have scanned."""
    if scanners:
        typer.echo(words.say(Sentence("Scan something within {seconds} s…", seconds=int(wait_s))))
    until, failed = monotonic() + wait_s, printing
    while (printing or scanners) and monotonic() < until:
        try:
            event = events.get(timeout=max(0.05, until - monotonic()))
        except Empty:
            break
        if isinstance(event, StatusChanged):
            typer.echo(
                f"{event.device}: {words.say(STATES[event.state])} {words.say(event.detail)}"
            )
        elif isinstance(event, Scanned):
            typer.echo(f"{event.device}: {event.text!r}")
            scanners.discard(event.device)
        elif isinstance(event, PrintEnded):
            typer.echo(f"printer: {words.say(OUTCOMES[event.outcome])} {words.say(event.detail)}")
            printing, failed = False, event.outcome.value in ("failed", "unknown")
    return 1 if failed else 0
