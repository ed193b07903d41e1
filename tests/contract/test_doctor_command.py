"""`comptoir devices doctor`: what is plugged in is named, written into the settings and tried."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import load
from devices.printer.emulator import EmulatedPrinter
from devices.printer.profile import PROFILES
from devices.scale.emulator import EmulatedScale
from devices.scanner.emulator import EmulatedScanner
from tests.e2e.home import LONG_S, Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path / "home")
    found.path.mkdir()
    found.settle()
    return found


@pytest.fixture
def printer() -> Iterator[EmulatedPrinter]:
    emulated = EmulatedPrinter("printer", PROFILES["epson-80"])
    yield emulated
    emulated.close()


@pytest.fixture
def scanner() -> Iterator[EmulatedScanner]:
    emulated = EmulatedScanner()
    yield emulated
    emulated.close()


@pytest.fixture
def scale() -> Iterator[EmulatedScale]:
    emulated = EmulatedScale("scale", "sics")
    yield emulated
    emulated.close()


def test_a_counter_is_found_written_and_tried(
    home: Home, printer: EmulatedPrinter, scanner: EmulatedScanner, scale: EmulatedScale
) -> None:
    ports = [part for one in (printer, scanner, scale) for part in ("--port", one.url)]
    visit = home.start("devices", "doctor", "--yes", *ports)
    until = time.monotonic() + LONG_S
    while "Scan something with each" not in visit.out() and time.monotonic() < until:
        time.sleep(0.05)
    while f"{scanner.url} is a scanner" not in visit.out() and time.monotonic() < until:
        scanner.scan("3400949497706")
        time.sleep(0.2)
    done = visit.ended()
    assert done.code == 0, done
    assert f"{printer.url} is a receipt printer" in done.out
    assert f"{scale.url} is a scale (sics)" in done.out
    assert "printer: the page was sent" in done.out
    written = load(home.path / "config.toml", {}).devices
    assert (written.printer.url, written.drawer.url) == (printer.url, "printer")
    assert [one.url for one in written.scanners] == [scanner.url]
    assert (written.scale.url, written.scale.protocol) == (scale.url, "sics")
    again = home.command("devices", "doctor", "--yes", "--seconds", "0", "--port", printer.url)
    assert "Nothing new for the settings." in again.out


def test_nothing_is_sent_or_written_without_a_person_who_says_so(
    home: Home, printer: EmulatedPrinter
) -> None:
    before = (home.path / "config.toml").read_text()
    done = home.command("devices", "doctor", "--seconds", "0", "--port", printer.url)
    assert "is a receipt printer" not in done.out
    assert (home.path / "config.toml").read_text() == before
    looked = home.command(
        "devices", "doctor", "--yes", "--no-write", "--seconds", "0", "--port", printer.url
    )
    assert "is a receipt printer" in looked.out
    assert (home.path / "config.toml").read_text() == before
    assert printer.paper == []
