"""The demonstration shop: its own files, its own people, emulated devices on real wires.

The screen and the scripted sale drive the same code as a real till: scans go through a
pseudo-terminal to the scanner's driver, tickets come out of the printer's as ESC/POS.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import cycle
from pathlib import Path
from queue import Queue
from typing import TypeVar

import typer

from config import settings as settings_file
from config.places import Places, places
from config.sections import Settings
from config.words import GettextWords, words_for
from devices.card.emulator import EmulatedTerminal
from devices.display.emulator import EmulatedDisplay
from devices.label.emulator import EmulatedLabelPrinter
from devices.printer.emulator import EmulatedPrinter
from devices.scale.emulator import EmulatedScale
from devices.scanner.emulator import EmulatedScanner
from pos.console import Console, console_on
from pos.domain.errors import Refusal
from pos.domain.events import StaffAdded
from pos.domain.shift import business_day
from pos.domain.staff import Person
from pos.domain.words import Sentence
from pos.main.catalogues import import_rules, load_catalogue
from pos.main.demo_bench import (
    card_keys,
    display_keys,
    label_keys,
    printer_keys,
    put_down,
    scale_keys,
    scanner_keys,
    spare_keys,
)
from pos.main.join import Joined, join, store_of
from pos.main.plays import play
from pos.main.world import ArgonPins, ShiftedClock, SystemClock
from pos.ports import Clock, DeviceEvent, DeviceState
from pos.screens.options import Extra
from pos.screens.wire import Wire
from pos.till import staff
from pos.till.desk import PRINTER, SPARE

FOLDER = Path(settings_file.__file__).parent
CATALOGUE = FOLDER / "demo_catalogue.csv"
SETTINGS = FOLDER / "demo.toml"
GESTURES = FOLDER / "demo.gestures"

PEOPLE = (
    (Person("demo-cashier", "1", "Caisse 1", "cashier"), "1357"),
    (Person("demo-second", "2", "Caisse 2", "cashier"), "2468"),
    (Person("demo-clerk", "3", "Retrait", "clerk"), "3690"),
    (Person("demo-manager", "9", "Responsable", "manager"), "9753"),
)
"""Who works in the demonstration, named after what they do, with their PINs."""

ARTICLES = (
    "2400000000013",
    "2400000000020",
    "2400000000037",
    "2400000000105",
    "2400000000181",
    "2400000000211",
    "2400000000334",
    "9791234567896",
    "2400000000464",
)
LABELS = ("2100201003454", "0200301012454", "2100101002502")
WRONG = "2400000000014"
"""What the virtual scans read: articles, labels of the scale, a code with a wrong digit."""

READY_MOST_S = 10.0

Device = TypeVar("Device")


def demo_settings(language: str) -> Settings:
    """Return the demonstration's settings in a language; Refusal for one the till lacks."""
    words_for(language)
    environ = {**os.environ, "COMPTOIR__TILL__LANGUAGE": language}
    return settings_file.load(SETTINGS, environ)


def demo_places() -> Places:
    """Return the demonstration's own folders, beside those of a real till."""
    real = places()
    beside = {
        name: folder.with_name(f"{folder.name}-demo")
        for name, folder in (("data", real.data), ("state", real.state), ("log", real.log))
    }
    return replace(real, **beside)


def prepare(
    settings: Settings, found: Places, words: GettextWords, clock: Clock | None = None
) -> None:
    """Give the demonstration its catalogue and its people, as far as they are not there yet."""
    store = store_of(settings, found, clock or SystemClock())
    try:
        known = {person.ref for person in store.people.all()}
        missing = [(person, pin) for person, pin in PEOPLE if person.ref not in known]
        if not missing:
            return
        load_catalogue(store.catalogue, CATALOGUE, import_rules(settings), words)
        pins = ArgonPins()
        for person, pin in missing:
            store.people.add(person, pins.hash(pin))
            store.ledger.record(StaffAdded(staff=person.ref, role=person.role))
    finally:
        store.close()


def play_demo(language: str, on: date | None = None) -> int:
    """Play the scripted day in a shop that is thrown away; print each step and the papers."""
    settings = demo_settings(language)
    clock = ShiftedClock(how_far(on, settings))
    words = words_for(language, settings.shop.currency, settings.shop.zone)
    with tempfile.TemporaryDirectory(prefix="comptoir-demo-") as folder:
        root = Path(folder)
        found = Places(SETTINGS, root / "data", root / "state", root / "cache", root / "log")
        typer.echo(words.say(Sentence("Opening a demonstration shop…")))
        prepare(settings, found, words, clock)
        events: Queue[DeviceEvent] = Queue()
        joined = join(settings, found, sink=events.put, clock=clock)
        scan = emulated(joined, "scanner", EmulatedScanner).scan
        scale = emulated(joined, "scale", EmulatedScale)
        console = console_on(
            joined.desk, events, scan, clock.pass_days, lambda grams: put_down(scale, grams)
        )
        try:
            wait_for_printer(console)
            wrong = play(console, GESTURES.read_text("utf-8").splitlines())
            typer.echo("\n" + emulated(joined, PRINTER, EmulatedPrinter).text())
        finally:
            joined.close()
    return wrong


def wait_for_printer(console: Console) -> None:
    """Let the printer's driver say that it is ready; Refusal when it never does."""
    until = time.monotonic() + READY_MOST_S
    while console.desk.device_state(PRINTER) is not DeviceState.READY:
        if time.monotonic() > until:
            raise Refusal("printer_away", "The emulated printer does not answer.")
        console.drain(0.2)


def emulated(joined: Joined, name: str, kind: type[Device]) -> Device:
    """Return the device that stands behind the wire of that name."""
    found = joined.counter.emulators[name] if joined.counter else None
    assert isinstance(found, kind)
    return found


def open_demo(language: str, *, fresh: bool, on: date | None = None) -> int:
    """Open the screen on the demonstration shop, today or on a later day."""
    from pos.main.tills import show

    settings, found = demo_settings(language), demo_places()
    clock = ShiftedClock(how_far(on, settings))
    if fresh:
        for folder in (found.data, found.state):
            shutil.rmtree(folder, ignore_errors=True)
    words = words_for(language, settings.shop.currency, settings.shop.zone)
    prepare(settings, found, words, clock)
    tomorrow = Extra("", Sentence("One day later"), lambda: clock.pass_days(1))

    def dressed(joined: Joined, wire: Wire) -> tuple[Extra, ...]:
        return (*dress(joined, wire), tomorrow)

    return show(settings, found, dress=dressed, paper=True, hints=(people_hint(),), clock=clock)


def how_far(on: date | None, settings: Settings, now: datetime | None = None) -> timedelta:
    """Return how far a business day is ahead of the one at work; Refusal for one that is past.

    Before the cut-off hour that is still yesterday's, as it is in the shop.
    """
    today = business_day(now or SystemClock().now(), settings.shop.zone, settings.shop.cut_off_hour)
    days = (on - today).days if on else 0
    if days < 0:
        raise Refusal("past_day", "The demonstration's clock only goes forward; take a later day.")
    return timedelta(days=days)


def dress(joined: Joined, wire: Wire) -> tuple[Extra, ...]:
    """Sign the first cashier in, let the paper be seen, return the keys of scans and weights."""
    for name in (PRINTER, SPARE):
        show_paper(emulated(joined, name, EmulatedPrinter), wire)
    if joined.desk.person is None:
        person, pin = PEOPLE[0]
        staff.sign_in(joined.desk, person.number, pin)
    return (
        *scan_keys(emulated(joined, "scanner", EmulatedScanner)),
        *scanner_keys(emulated(joined, "scanner", EmulatedScanner)),
        *printer_keys(emulated(joined, PRINTER, EmulatedPrinter)),
        *spare_keys(emulated(joined, SPARE, EmulatedPrinter)),
        *label_keys(emulated(joined, "labels", EmulatedLabelPrinter), wire.paper),
        *display_keys(emulated(joined, "display", EmulatedDisplay), wire.paper),
        *scale_keys(emulated(joined, "scale", EmulatedScale)),
        *card_keys(emulated(joined, "card", EmulatedTerminal)),
    )


def show_paper(printer: EmulatedPrinter, wire: Wire) -> None:
    """Let each line that the emulated printer lets out be seen beside the till."""
    seen = 0

    def more() -> None:
        nonlocal seen
        lines = printer.text().splitlines()
        wire.paper(lines[seen:])
        seen = len(lines)

    printer.on_paper = more


def people_hint() -> Sentence:
    """Return everyone's number and PIN, for whoever plays."""
    known = ", ".join(f"{person.number} / {pin}" for person, pin in PEOPLE)
    return Sentence("Numbers and PINs: {people}.", people=known)


def scan_keys(scanner: EmulatedScanner) -> tuple[Extra, ...]:
    """Return keys that make the emulated scanner read something."""
    articles, labels = cycle(ARTICLES), cycle(LABELS)

    def one(codes: cycle[str]) -> Callable[[], None]:
        return lambda: _ignore(scanner.scan(next(codes)))

    def ten() -> None:
        for _ in range(10):
            scanner.scan(next(articles))

    return (
        Extra("ctrl+v", Sentence("Scan an article"), one(articles)),
        Extra("ctrl+w", Sentence("Scan a weight label"), one(labels)),
        Extra("ctrl+y", Sentence("Scan a wrong code"), lambda: _ignore(scanner.scan(WRONG))),
        Extra("", Sentence("Ten scans at once"), ten),
    )


def _ignore(_sent: bool) -> None:
    """A virtual scan of an unplugged scanner goes nowhere, as a real one."""
