"""A till's folder for each test, and the devices on its counter: real wires, this process's end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from devices.display.emulator import EmulatedDisplay
from devices.printer.emulator import EmulatedPrinter
from devices.scanner.emulator import EmulatedScanner
from tests.e2e.home import Home, copy_of, make_shop
from tests.e2e.terminal import TillTerminal

PARIS = ZoneInfo("Europe/Paris")

OpenTill = Callable[..., TillTerminal]


@dataclass
class Counter:
    """What stands on the counter."""

    scanner: EmulatedScanner
    printer: EmulatedPrinter
    display: EmulatedDisplay


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A till with articles and people, made once and copied for each test."""
    return make_shop(tmp_path_factory.mktemp("shop") / "home")


@pytest.fixture
def home(shop: Home, tmp_path: Path) -> Home:
    """A till with no device."""
    return copy_of(shop, tmp_path / "home")


@pytest.fixture(scope="session")
def december_shop(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same till, installed on the morning of 31 December."""
    when = datetime(2026, 12, 31, 9, tzinfo=PARIS)
    return make_shop(tmp_path_factory.mktemp("december") / "home", when)


@pytest.fixture
def counter(home: Home) -> Iterator[Counter]:
    """Devices on the counter of `home`'s till."""
    there = Counter(EmulatedScanner(), EmulatedPrinter(), EmulatedDisplay())
    home.settle(scanner=there.scanner.url, printer=there.printer.url, display=there.display.url)
    yield there
    for device in (there.scanner, there.printer, there.display):
        device.close()


@pytest.fixture
def open_till(home: Home) -> Iterator[OpenTill]:
    """Opens `home`'s till on a terminal; what is still open after the test is put away."""
    opened: list[TillTerminal] = []

    def open_one(**options: Any) -> TillTerminal:
        opened.append(TillTerminal(home, **options))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()
