"""The counter of the settings: opening its devices, listing ports, trying everything out."""

from __future__ import annotations

from queue import Empty, Queue
from time import monotonic

import typer

from config import settings as settings_file
from config.sections import Devices, DisplayDevice
from config.words import GettextWords, words_for
from devices.counter import Counter, list_ports, trial_page
from devices.display.driver import LineDisplay
from devices.display.protocol import Dialect
from devices.printer.profile import profile
from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.ports import DeviceEvent, PrintEnded, Scanned, StatusChanged
from pos.till.desk import Ports

PRINT_MOST_S = 15.0


def plug_in(counter: Counter, devices: Devices, ports: Ports) -> None:
    """Open every device of the settings and put it behind its port."""
    for scanner in devices.scanners:
        ports.scanners[scanner.name] = counter.open_scanner(
            scanner.name, scanner.url, not_on_file=scanner.not_on_file.encode("latin-1", "ignore")
        )
    if devices.printer.url:
        printer = counter.open_printer(
            "printer", devices.printer.url, profile(devices.printer.profile)
        )
        ports.printer = printer
        if devices.drawer.url == "printer":
            ports.drawer = counter.open_drawer(
                "drawer", printer, open_when_high=devices.drawer.open_when_high
            )
    if devices.display.url:
        ports.display = _display(counter, devices.display)


def _display(counter: Counter, display: DisplayDevice) -> LineDisplay:
    return counter.open_display(
        "display",
        display.url,
        dialect=Dialect(display.protocol),
        codec=display.code_page,
        slot=display.slot,
    )


def list_devices() -> int:
    """Print the ports of this machine, then the devices of the settings."""
    settings = settings_file.load()
    words = words_for(settings.till.language)
    typer.echo(words.say(Sentence("Ports of this machine:")))
    for port in list_ports():
        typer.echo(f"  {port.url:<44} {port.about}")
    typer.echo(words.say(Sentence("Devices of the settings:")))
    devices = settings.devices
    named = [(one.name, one.url) for one in devices.scanners]
    named += [
        ("printer", devices.printer.url),
        ("drawer", devices.drawer.url),
        ("display", devices.display.url),
    ]
    for name, url in named:
        typer.echo(f"  {name:<12} {url or '–'}")
    return 0


def check_devices(seconds: int) -> int:
    """Print a test page, show a line, and tell what the scanners read for some seconds."""
    settings = settings_file.load()
    words = words_for(settings.till.language)
    devices = settings.devices
    if not (devices.scanners or devices.printer.url or devices.display.url):
        raise Refusal("no_devices", "The settings name no device; add one to the settings file.")
    events: Queue[DeviceEvent] = Queue()
    counter = Counter(events.put)
    try:
        for scanner in devices.scanners:
            counter.open_scanner(scanner.name, scanner.url)
        if devices.display.url:
            _display(counter, devices.display).show("Comptoir", "0123456789 é è à €")
        asked = bool(devices.printer.url)
        if asked:
            paper = profile(devices.printer.profile)
            printer = counter.open_printer("printer", devices.printer.url, paper)
            printer.print("test", trial_page(paper))
            if devices.drawer.url:
                counter.open_drawer("drawer", printer).open()
        wait = max(float(seconds), PRINT_MOST_S if asked else 0.0)
        return _listen(events, words, wait, printing=asked, scanning=bool(devices.scanners))
    finally:
        counter.close()


def _listen(
    events: Queue[DeviceEvent],
    words: GettextWords,
    wait_s: float,
    *,
    printing: bool,
    scanning: bool,
) -> int:
    """Say what devices report until the time is over, or the page is out and nothing else comes."""
    until, failed = monotonic() + wait_s, printing
    while (printing or scanning) and monotonic() < until:
        try:
            event = events.get(timeout=max(0.05, until - monotonic()))
        except Empty:
            break
        if isinstance(event, StatusChanged):
            typer.echo(f"{event.device}: {event.state.value} {words.say(event.detail)}")
        elif isinstance(event, Scanned):
            typer.echo(f"{event.device}: {event.text!r}")
        elif isinstance(event, PrintEnded):
            typer.echo(f"printer: {event.outcome.value} {words.say(event.detail)}")
            printing, failed = False, event.outcome.value in ("failed", "unknown")
    return 1 if failed else 0
