"""The kiosk as a customer meets it: a real terminal, a real scanner, its own journal, no centre."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from devices.printer.emulator import EmulatedPrinter
from devices.scanner.emulator import EmulatedScanner
from pos.domain.order import Order
from pos.ports.centre import Enrolment, FeedPage, ReadingKept
from pos.screens.widgets.letters import huge, lettered_lines
from pos.store.mirror import MirrorFile
from tests.e2e.home import Home
from tests.e2e.terminal import COLUMNS, TillTerminal
from tests.orders import CODE, KEY, ULID, as_ready, order, pass_of

OTHER = "01JD7Z4QFS3WZ8E3Y6M5K0T2RC"
KIOSK = 'kind = "kiosk"\n[centre]\nurl = "https://127.0.0.1:9"\nenabled = false'


def big(text: str) -> str:
    """Return the first row of a text in big letters, as a pattern."""
    lines = lettered_lines(text, COLUMNS - 4)
    assert lines
    return lines[0][1].strip()


SCAN, BROUGHT, NOT_FOUND = map(
    big, ("Scan your code", "Your order is being brought.", "We do not find this order.")
)


def tell(home: Home, *rows: Order) -> None:
    """Let a courier have written orders, the centre's key and its stores; it is gone since."""
    (home.path / "data").mkdir(parents=True, exist_ok=True)
    mirror = MirrorFile(home.path / "data")
    scopes = ("catalogue:MAIN", "store:S001")
    mirror.enrol(Enrolment("https://127.0.0.1:9", "acme", "00", scopes, "k"))
    at = ReadingKept(1, "n")
    keys = {"0": {"public_key": KEY.public_key.hex()}}
    stores = {"S001": {"number": 1, "name": "Au coin"}}
    mirror.apply(FeedPage("catalogue:MAIN", {"pass_key": keys, "store": stores}, at))
    told = {one.order: one.fields() for one in rows}
    mirror.apply(FeedPage("store:S001", {"order": told}, at))
    mirror.close()


@pytest.fixture
def kiosk(tmp_path: Path) -> Home:
    """A kiosk's folder, with two orders that are ready."""
    home = Home(tmp_path / "kiosk")
    home.settle(till=KIOSK)
    soon = f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}.000Z"
    ready = as_ready(order(promised_at=soon))
    tell(home, ready, as_ready(order(order=OTHER, reference="W1043", code_hash="")))
    return home


@pytest.fixture
def scanner(kiosk: Home) -> Iterator[EmulatedScanner]:
    """Its scanner, on a serial line."""
    there = EmulatedScanner()
    kiosk.settle(till=KIOSK, scanner=there.url)
    yield there
    there.close()


def test_a_pass_under_the_scanner_is_a_number_on_the_screen_and_an_entry_of_the_kiosks_journal(
    kiosk: Home, scanner: EmulatedScanner
) -> None:
    screen = TillTerminal(kiosk, "kiosk", as_installed=True)
    try:
        screen.wait_for(SCAN)
        scanner.scan(pass_of(order()))
        screen.wait_for(BROUGHT)
        screen.wait_for(huge("T1-1", 3)[0].strip())
        (called,) = kiosk.entries("order.called")
        assert (called["order"], called["queue"], called["staff"]) == (ULID, 1, "")
        screen.wedge(pass_of(order(order=OTHER)))
        screen.wait(lambda: "two" if len(kiosk.entries("order.called")) == 2 else "", "an entry")
        screen.press_calmly("escape", *CODE.lower(), "enter")
        screen.wait_for("you are number T1-1")
        assert [one["queue"] for one in kiosk.entries("order.called")] == [1, 2]
        screen.press_calmly("escape", *"00000000", "enter")
        screen.wait_for(NOT_FOUND)
        assert "Camille" not in screen.text()
        screen.press("ctrl+q", "ctrl+x")
        screen.wait_for(NOT_FOUND)
        os.kill(screen.pid, signal.SIGTERM)
        assert screen.ended() == 0
    finally:
        screen.close()
    assert kiosk.kinds()[-1] == "till.stopped"
    assert kiosk.closed() == []
    for check in (("journal", "verify"), ("rebuild",)):
        done = kiosk.command(*check)
        assert done.code == 0, done


def test_a_number_comes_out_of_the_kiosks_printer_for_who_wants_it(kiosk: Home) -> None:
    printer = EmulatedPrinter()
    kiosk.settle(till=KIOSK, printer=printer.url)
    screen = TillTerminal(kiosk, "kiosk", "--may-close")
    try:
        screen.wait_for(SCAN)
        screen.press_calmly(*CODE, "enter")
        screen.wait_for("Print my number")
        screen.press("enter")
        screen.wait(lambda: "out" if "Your number" in printer.text() else "", "the paper")
        screen.wait_for(SCAN)
        assert screen.quit() == 0
    finally:
        screen.close()
        printer.close()
    assert "T1-1" in printer.text().split()
    assert "Camille" not in printer.text()


def test_nobody_sells_at_a_kiosk_and_no_customer_comes_to_a_till(kiosk: Home, home: Home) -> None:
    for refused in (("till",), ("play", "-"), ("staff", "list"), ("staff", "add", "9", "Alix")):
        done = kiosk.command(*refused)
        assert (done.code, "This is a kiosk, where nobody sells" in done.err) == (1, True), refused
    done = home.command("kiosk")
    assert (done.code, "A kiosk needs a folder of its own" in done.err) == (1, True)
    home.settle(till=KIOSK)
    tell(home)
    done = home.command("kiosk")
    assert (done.code, "People sell at this till" in done.err) == (1, True)


def test_a_kiosk_that_no_centre_knows_says_how_it_becomes_known(tmp_path: Path) -> None:
    new = Home(tmp_path / "new")
    new.settle(till=KIOSK)
    done = new.command("kiosk")
    assert (done.code, "run: comptoir enrol" in done.err) == (1, True)
