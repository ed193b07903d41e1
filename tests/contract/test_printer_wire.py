"""The printer's driver against an emulated printer on a real wire, with everything that happens."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import zxingcpp

from devices.drawer.driver import PrinterDrawer, Wiring
from devices.printer.driver import EscPosPrinter, Limits
from devices.printer.emulator import EmulatedPrinter
from devices.printer.jobs import JOBS_MAX
from devices.printer.profile import PROFILES, PrinterProfile
from pos.domain.errors import Refusal
from pos.papers.page import Cut, Page, Text
from pos.ports import DeviceState, DrawerMoved, PrintOutcome
from tests.contract.printer_shop import CALM, EPSON, LONG, QUICK, TICKET, Post, Shop


@pytest.fixture
def open_shop() -> Iterator[Callable[..., Shop]]:
    shops: list[Shop] = []

    def make(profile: PrinterProfile = EPSON, limits: Limits = CALM, *, tcp: bool = False) -> Shop:
        shops.append(Shop(profile, limits, tcp=tcp))
        return shops[-1]

    yield make
    for shop in shops:
        shop.close()


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    made = open_shop()
    made.post.state(DeviceState.READY)
    return made


@pytest.fixture
def hasty(open_shop: Callable[..., Shop]) -> Shop:
    """A shop whose driver soon gives up."""
    made = open_shop(limits=QUICK)
    made.post.state(DeviceState.READY)
    return made


@pytest.mark.parametrize("tcp", [False, True], ids=["serial", "network"])
@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("epson-80", PrintOutcome.CONFIRMED),
        ("epson-80-old", PrintOutcome.SENT),
        ("generic-58", PrintOutcome.SENT),
        ("write-only", PrintOutcome.SENT),
    ],
)
def test_a_ticket_ends_as_sure_as_the_printer_can_say(
    open_shop: Callable[..., Shop], name: str, outcome: PrintOutcome, tcp: bool
) -> None:
    shop = open_shop(PROFILES[name], tcp=tcp)
    shop.driver.print("1", TICKET)
    assert shop.post.end("1") is outcome


def test_the_printed_qr_code_can_be_scanned(shop: Shop) -> None:
    shop.driver.print("1", TICKET)
    assert shop.post.end("1") is PrintOutcome.CONFIRMED
    assert [c.text for c in zxingcpp.read_barcodes(shop.emulator.picture())] == [
        "https://example.org/t/1"
    ]
    assert shop.emulator.text().splitlines()[0] == "Ticket"
    assert shop.emulator.errors == []
    assert shop.emulator.code_page == 19


def test_tickets_are_printed_in_their_order(shop: Shop) -> None:
    for n in range(10):
        shop.driver.print(str(n), Page((Text(f"Ticket {n}"), Cut())))
    assert [shop.post.end(str(n)) for n in range(10)] == [PrintOutcome.CONFIRMED] * 10
    assert shop.emulator.text().split() == " ".join(f"Ticket {n}" for n in range(10)).split()


def test_a_ticket_longer_than_the_cable_holds_is_confirmed(shop: Shop) -> None:
    shop.driver.print("long", LONG)
    assert shop.post.end("long") is PrintOutcome.CONFIRMED
    assert len(shop.emulator.text().splitlines()) == 400


def test_a_slow_printer_is_waited_for(shop: Shop) -> None:
    shop.emulator.bytes_per_s = 4000
    shop.driver.print("1", Page(LONG.blocks[:150]))
    assert shop.post.end("1") is PrintOutcome.CONFIRMED


@pytest.mark.parametrize("tcp", [False, True], ids=["serial", "network"])
def test_a_printer_that_is_away_keeps_its_tickets_until_it_is_back(
    open_shop: Callable[..., Shop], tcp: bool
) -> None:
    shop = open_shop(tcp=tcp)
    shop.post.state(DeviceState.READY)
    shop.emulator.unplug()
    shop.post.state(DeviceState.OFFLINE, "not connected")
    shop.driver.print("1", TICKET)
    shop.emulator.replug()
    assert shop.post.end("1") is PrintOutcome.CONFIRMED
    assert shop.emulator.text().count("Ticket") == 1


def test_a_mute_printer_is_named_and_gets_nothing_until_it_answers(shop: Shop) -> None:
    shop.emulator.mute = True
    shop.post.state(DeviceState.OFFLINE, "does not answer")
    shop.driver.print("1", TICKET)
    assert shop.emulator.paper == []
    shop.emulator.mute = False
    assert shop.post.end("1") is PrintOutcome.CONFIRMED
    assert shop.emulator.text().count("Ticket") == 1


def test_a_printer_that_falls_silent_before_it_confirms_is_unknown(hasty: Shop) -> None:
    hasty.emulator.run_out(after_lines=1)
    hasty.driver.print("1", TICKET)
    hasty.post.state(DeviceState.ATTENTION, "no paper")
    hasty.emulator.mute = True
    assert hasty.post.end("1") is PrintOutcome.UNKNOWN


def test_a_printer_that_stops_taking_bytes_does_not_hold_the_till(hasty: Shop) -> None:
    hasty.emulator.bytes_per_s = 2000
    hasty.driver.print("1", LONG)
    hasty.post.state(DeviceState.BUSY)
    while not hasty.emulator.paper:
        threading.Event().wait(0.01)
    hasty.emulator.stalled = True
    assert hasty.post.end("1") is PrintOutcome.UNKNOWN
    hasty.post.state(DeviceState.OFFLINE, "does not answer")


def test_paper_that_ends_in_a_ticket_is_waited_for_and_nothing_is_sent_twice(
    open_shop: Callable[..., Shop],
) -> None:
    shop = open_shop(limits=replace(QUICK, patience_s=60))
    shop.post.state(DeviceState.READY)
    shop.emulator.run_out(after_lines=100)
    shop.driver.print("1", LONG)
    shop.post.state(DeviceState.ATTENTION, "no paper")
    threading.Event().wait(2)
    shop.emulator.load_paper()
    assert shop.post.end("1") is PrintOutcome.CONFIRMED
    assert shop.emulator.text().splitlines() == [
        line.ljust(36) + "1,00 €" for line in (f"Article {n}" for n in range(400))
    ]


@pytest.mark.parametrize(
    ("trouble", "relief", "said"),
    [
        (lambda e: e.run_out(), lambda e: e.load_paper(), "no paper"),
        (lambda e: e.open_cover(), lambda e: e.open_cover(False), "cover open"),
    ],
)
def test_a_printer_in_trouble_says_why_and_gets_nothing_until_it_is_well(
    shop: Shop,
    trouble: Callable[[EmulatedPrinter], None],
    relief: Callable[[EmulatedPrinter], None],
    said: str,
) -> None:
    trouble(shop.emulator)
    shop.post.state(DeviceState.ATTENTION, said)
    shop.driver.print("1", TICKET)
    sent = len(shop.emulator.received)
    threading.Event().wait(0.5)
    assert b"Ticket" not in shop.emulator.received[sent:]
    relief(shop.emulator)
    assert shop.post.end("1") is PrintOutcome.CONFIRMED
    shop.post.state(DeviceState.READY)


def test_a_roll_that_nears_its_end_is_said_and_still_prints(shop: Shop) -> None:
    shop.emulator.warn_low()
    shop.post.state(DeviceState.READY, "paper low")
    shop.driver.print("1", TICKET)
    assert shop.post.end("1") is PrintOutcome.CONFIRMED


def test_a_cable_pulled_in_a_ticket_leaves_it_unknown_and_never_prints_it_again(
    shop: Shop,
) -> None:
    shop.emulator.run_out(after_lines=1)
    shop.driver.print("1", TICKET)
    shop.post.state(DeviceState.ATTENTION, "no paper")
    shop.emulator.unplug()
    assert shop.post.end("1") is PrintOutcome.UNKNOWN
    shop.emulator.load_paper()
    shop.emulator.replug()
    shop.driver.print("2", TICKET)
    assert shop.post.end("2") is PrintOutcome.CONFIRMED
    assert shop.emulator.text().count("Ticket") == 2


def test_a_printer_that_restarts_in_a_ticket_leaves_it_unknown(shop: Shop) -> None:
    shop.emulator.run_out(after_lines=1)
    shop.driver.print("1", TICKET)
    shop.post.state(DeviceState.ATTENTION, "no paper")
    shop.emulator.power_cycle()
    assert shop.post.end("1") is PrintOutcome.UNKNOWN


def test_a_late_answer_to_one_ticket_never_confirms_another(hasty: Shop) -> None:
    hasty.emulator.run_out(after_lines=1)
    hasty.driver.print("1", TICKET)
    hasty.post.state(DeviceState.ATTENTION, "no paper")
    hasty.emulator.mute = True
    assert hasty.post.end("1") is PrintOutcome.UNKNOWN
    hasty.emulator.mute = False
    hasty.driver.print("2", TICKET)
    hasty.post.state(DeviceState.ATTENTION, "no paper")
    assert hasty.emulator.text().count("Ticket") == 1
    hasty.emulator.load_paper()
    assert hasty.post.end("2") is PrintOutcome.CONFIRMED
    assert hasty.emulator.text().count("Ticket") == 2


def test_too_many_waiting_tickets_are_refused_at_once(shop: Shop) -> None:
    shop.emulator.unplug()
    shop.post.state(DeviceState.OFFLINE, "not connected")
    for n in range(JOBS_MAX + 1):
        shop.driver.print(str(n), TICKET)
    assert shop.post.end(str(JOBS_MAX)) is PrintOutcome.FAILED


def test_a_till_that_closes_says_that_waiting_tickets_were_not_printed(shop: Shop) -> None:
    shop.emulator.open_cover()
    shop.post.state(DeviceState.ATTENTION, "cover open")
    shop.driver.print("1", TICKET)
    shop.driver.print("2", TICKET)
    shop.driver.close()
    assert [shop.post.end("1"), shop.post.end("2")] == [PrintOutcome.FAILED] * 2
    assert "device-printer" not in {t.name for t in threading.enumerate()}


def test_a_till_that_closes_in_a_ticket_leaves_it_unknown(shop: Shop) -> None:
    shop.emulator.run_out(after_lines=1)
    shop.driver.print("1", TICKET)
    shop.post.state(DeviceState.ATTENTION, "no paper")
    shop.driver.close()
    assert shop.post.end("1") is PrintOutcome.UNKNOWN


def test_the_drawer_opens_and_is_seen_to_open_and_shut(shop: Shop) -> None:
    shop.drawer.open()
    shop.post.until(lambda event: event == DrawerMoved("drawer", True))
    shop.emulator.shut_drawer()
    shop.post.until(lambda event: event == DrawerMoved("drawer", False))


def test_the_drawer_opens_though_the_printer_has_no_paper(shop: Shop) -> None:
    shop.emulator.run_out()
    shop.post.state(DeviceState.ATTENTION, "no paper")
    shop.driver.print("1", TICKET)
    shop.drawer.open()
    shop.post.until(lambda event: event == DrawerMoved("drawer", True))
    assert [pulse.at_once for pulse in shop.emulator.pulses] == [True]


def test_a_drawer_whose_printer_is_away_does_not_open_later(shop: Shop) -> None:
    shop.emulator.unplug()
    shop.post.state(DeviceState.OFFLINE, "not connected")
    shop.drawer.open()
    shop.post.state(DeviceState.OFFLINE, "not opened: its printer does not listen", device="drawer")
    shop.emulator.replug()
    shop.driver.print("1", TICKET)
    assert shop.post.end("1") is PrintOutcome.CONFIRMED
    assert shop.emulator.pulses == []


def test_a_pulse_that_would_come_too_late_is_not_sent(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.printer.kicks.KICK_LATE_S", -1.0)
    shop.drawer.open()
    shop.post.state(DeviceState.OFFLINE, "not opened: its printer does not listen", device="drawer")
    assert shop.emulator.pulses == []


def test_a_drawer_wired_the_other_way_is_understood() -> None:
    post, emulator = Post(), EmulatedPrinter()
    driver = EscPosPrinter("printer", emulator.url, EPSON, post, limits=QUICK)
    drawer = PrinterDrawer("drawer", driver, post, Wiring(open_when_high=False))
    drawer.open()
    post.until(lambda event: event == DrawerMoved("drawer", True, at_first=True))
    driver.close()
    emulator.close()


def test_a_network_printer_that_hangs_up_is_reached_again() -> None:
    post = Post()
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        driver = EscPosPrinter("printer", url, EPSON, post, limits=QUICK)
        for _ in range(2):
            connection, _ = server.accept()
            connection.close()
        post.state(DeviceState.OFFLINE, "not connected")
        driver.close()


def test_a_wrong_address_is_refused_before_any_thread_starts() -> None:
    with pytest.raises(Refusal):
        EscPosPrinter("printer", "printer", EPSON, Post())
