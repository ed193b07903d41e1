"""What breaks, sticks, restarts or talks nonsense: a ticket is never lost and never doubled."""

from __future__ import annotations

import os
import re
import select
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.link import Link, LinkLost, open_link
from devices.printer.driver import EscPosPrinter, Limits
from devices.printer.emulator import EmulatedPrinter
from devices.printer.profile import PROFILES
from devices.printer.protocol import ask, process_id
from devices.worker import Worker
from pos.papers.page import Cut
from pos.ports import DeviceState, PrintEnded, PrintOutcome
from tests.contract.printer_shop import CALM, EPSON, LONG, QUICK, TICKET, Post, Shop

STUCK = "cutter stuck: open the cover and clear it"
FEED = "waits: press its paper feed button"
PATIENT = replace(QUICK, patience_s=60, unanswered=2)


@pytest.fixture(params=[False, True], ids=["serial", "network"])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """A shop whose driver soon gives up what a person cannot mend."""
    made = Shop(EPSON, PATIENT, tcp=request.param)
    made.post.state(DeviceState.READY)
    yield made
    made.close()


def open_and_shut(printer: EmulatedPrinter) -> None:
    printer.open_cover()
    printer.open_cover(False)


def load(printer: EmulatedPrinter) -> None:
    printer.load_paper()


def begin_long(shop: Shop) -> None:
    """Have a long ticket in the middle of being printed."""
    shop.emulator.bytes_per_s = 4000
    shop.driver.print("1", LONG)
    while not shop.emulator.paper:
        threading.Event().wait(0.01)


TROUBLES: list[
    tuple[str, Callable[[EmulatedPrinter], None], Callable[[EmulatedPrinter], None], str]
] = [
    ("paper", lambda e: e.run_out(after_lines=1), load, "no paper"),
    ("cutter", EmulatedPrinter.jam_cutter, open_and_shut, STUCK),
]


@pytest.mark.parametrize("wants_restart", [False, True], ids=["by itself", "when told"])
@pytest.mark.parametrize(("name", "trouble", "relief", "said"), TROUBLES, ids=["paper", "cutter"])
def test_a_ticket_that_stopped_half_way_goes_on_where_it_stopped(
    shop: Shop,
    name: str,
    trouble: Callable[[EmulatedPrinter], None],
    relief: Callable[[EmulatedPrinter], None],
    said: str,
    wants_restart: bool,
) -> None:
    shop.emulator.want_restart(wants_restart)
    trouble(shop.emulator)
    shop.driver.print("1", TICKET)
    shop.post.state(DeviceState.ATTENTION, said)
    relief(shop.emulator)
    assert shop.post.end("1") is PrintOutcome.CONFIRMED
    assert shop.emulator.text().count("Ticket") == 1
    assert shop.emulator.paper.count(Cut()) == 1


def test_a_printer_that_waits_for_a_sign_is_told_to_go_on_before_the_next_ticket(
    shop: Shop,
) -> None:
    shop.emulator.want_restart()
    shop.emulator.run_out()
    shop.post.state(DeviceState.ATTENTION, "no paper")
    shop.emulator.load_paper()
    shop.post.state(DeviceState.ATTENTION, FEED)
    shop.driver.print("1", TICKET)
    assert shop.post.end("1") is PrintOutcome.CONFIRMED


def test_a_stuck_cutter_is_not_moved_before_somebody_had_the_cover_open(shop: Shop) -> None:
    shop.emulator.want_restart()
    shop.emulator.jam_cutter()
    shop.driver.print("1", TICKET)
    shop.post.state(DeviceState.ATTENTION, STUCK)
    threading.Event().wait(0.5)
    assert b"\x10\x05\x01" not in shop.emulator.received
    open_and_shut(shop.emulator)
    assert shop.post.end("1") is PrintOutcome.CONFIRMED


def test_a_printer_that_restarts_and_tells_nobody_leaves_its_ticket_unknown(shop: Shop) -> None:
    shop.emulator.run_out(after_lines=1)
    shop.driver.print("1", TICKET)
    shop.post.state(DeviceState.ATTENTION, "no paper")
    shop.emulator.power_cycle(silent=True)
    shop.emulator.load_paper()
    assert shop.post.end("1") is PrintOutcome.UNKNOWN
    assert shop.emulator.text().count("Ticket") == 1


def test_half_an_answer_confirms_nothing_and_deafens_nobody(shop: Shop) -> None:
    begin_long(shop)
    shop.emulator.halves = True
    shop.emulator.bytes_per_s = 0
    assert shop.post.end("1") is PrintOutcome.UNKNOWN
    shop.emulator.halves = False
    shop.driver.print("2", TICKET)
    assert shop.post.end("2") is PrintOutcome.CONFIRMED


def test_noise_for_answers_confirms_nothing_and_doubles_nothing(shop: Shop) -> None:
    shop.emulator.run_out(after_lines=1)
    shop.driver.print("1", TICKET)
    shop.post.state(DeviceState.ATTENTION, "no paper")
    shop.emulator.garbage = True
    shop.emulator.load_paper()
    threading.Event().wait(0.5)
    shop.emulator.garbage = False
    assert shop.post.end("1") is PrintOutcome.UNKNOWN
    assert shop.emulator.text().count("Ticket") == 1


def test_a_printer_that_says_stop_for_ever_gets_nothing_and_the_ticket_waits(shop: Shop) -> None:
    shop.emulator.stop_flow()
    shop.driver.print("1", TICKET)
    shop.post.state(DeviceState.OFFLINE, "does not answer")
    assert shop.emulator.text() == ""
    shop.emulator.stop_flow(False)
    assert shop.post.end("1") is PrintOutcome.CONFIRMED
    assert shop.emulator.text().count("Ticket") == 1


def test_a_printer_that_says_stop_in_a_ticket_and_never_go_on_leaves_it_unknown(
    shop: Shop,
) -> None:
    begin_long(shop)
    shop.emulator.stop_flow()
    assert shop.post.end("1") is PrintOutcome.UNKNOWN


def test_a_printer_that_holds_back_as_its_buffer_fills_loses_no_line(shop: Shop) -> None:
    shop.emulator.speak_xon()
    shop.emulator.run_out(after_lines=100)
    shop.driver.print("1", LONG)
    shop.post.state(DeviceState.ATTENTION, "no paper")
    shop.emulator.load_paper()
    assert shop.post.end("1") is PrintOutcome.CONFIRMED
    assert len(shop.emulator.text().splitlines()) == 400


def test_a_line_that_holds_back_by_itself_loses_no_line() -> None:
    post = Post()
    with closing(EmulatedPrinter()) as emulator:
        emulator.speak_xon()
        url = emulator.url.replace("pty://", "serial://") + "?flow=xon&baud=115200"
        with closing(EscPosPrinter("printer", url, EPSON, post, limits=CALM)) as driver:
            emulator.run_out(after_lines=100)
            driver.print("1", LONG)
            post.state(DeviceState.ATTENTION, "no paper")
            emulator.load_paper()
            assert post.end("1") is PrintOutcome.CONFIRMED
            assert len(emulator.text().splitlines()) == 400


def test_a_printer_that_tells_nothing_unasked_is_asked_between_the_pieces_of_a_ticket() -> None:
    clone = Shop(PROFILES["generic-80"], PATIENT, tcp=False)
    clone.post.state(DeviceState.READY)
    clone.emulator.run_out(after_lines=100)
    clone.driver.print("1", LONG)
    clone.post.state(DeviceState.ATTENTION, "no paper")
    clone.emulator.load_paper()
    assert clone.post.end("1") is PrintOutcome.SENT
    assert len(clone.emulator.text().splitlines()) == 400
    clone.close()


def test_a_ticket_is_taken_back_while_nothing_of_it_left_and_never_after(shop: Shop) -> None:
    shop.emulator.unplug()
    shop.post.state(DeviceState.OFFLINE, "not connected")
    shop.driver.print("1", TICKET)
    assert shop.driver.withdraw("1")
    assert not shop.driver.withdraw("1")
    shop.emulator.replug()
    shop.emulator.run_out(after_lines=1)
    shop.driver.print("2", TICKET)
    shop.post.state(DeviceState.ATTENTION, "no paper")
    while b"Ticket" not in shop.emulator.received:
        threading.Event().wait(0.01)
    assert not shop.driver.withdraw("2")
    shop.emulator.load_paper()
    assert shop.post.end("2") is PrintOutcome.CONFIRMED
    assert shop.emulator.text().count("Ticket") == 1


def test_a_printer_that_waited_for_paper_and_answers_nothing_more_is_given_up(shop: Shop) -> None:
    shop.emulator.run_out(after_lines=1)
    shop.driver.print("1", TICKET)
    shop.driver.print("2", TICKET)
    shop.post.state(DeviceState.ATTENTION, "no paper")
    while ask(2) not in bytes(shop.emulator.received).partition(process_id("1"))[2]:
        threading.Event().wait(0.01)
    shop.emulator.mute = True
    assert shop.post.end("1") is PrintOutcome.UNKNOWN
    shop.post.state(DeviceState.OFFLINE, "does not answer")
    shop.emulator.load_paper()
    shop.emulator.mute = False
    assert shop.post.end("2") is PrintOutcome.CONFIRMED
    assert shop.emulator.text().count("Ticket") == 2


def test_a_printer_whose_buffers_are_full_hears_no_question_and_is_waited_for(shop: Shop) -> None:
    shop.emulator.run_out(after_lines=100)
    shop.driver.print("1", LONG)
    shop.post.state(DeviceState.ATTENTION, "no paper")
    threading.Event().wait(2 * (1.0 + PATIENT.answer_s) + 1)  # more than it may leave unanswered
    shop.emulator.load_paper()
    assert shop.post.end("1") is PrintOutcome.CONFIRMED
    assert len(shop.emulator.text().splitlines()) == 400


def test_a_driver_that_fails_in_a_ticket_never_prints_it_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as failing:
        failing.setattr(shop.driver, "_confirm", lambda *_: [][0])
        shop.driver.print("1", TICKET)
        assert shop.post.end("1") is PrintOutcome.UNKNOWN
        shop.post.state(DeviceState.OFFLINE, "not connected")
    shop.driver.print("2", TICKET)
    assert shop.post.end("2") is PrintOutcome.CONFIRMED
    assert shop.emulator.text().count("Ticket") == 2


def test_a_ticket_that_fails_before_its_first_byte_holds_nothing_up(shop: Shop) -> None:
    shop.driver.print_pieces("1", lambda _profile: cast("list[bytes]", ["no bytes"]))
    shop.driver.print("2", TICKET)
    assert [shop.post.end("1"), shop.post.end("2")] == [PrintOutcome.FAILED, PrintOutcome.CONFIRMED]


def test_a_line_that_cannot_even_be_opened_does_not_end_its_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failures: list[Exception] = [ValueError("unforeseen"), LinkLost("gone")]  # type: ignore[arg-type]

    def opens(url: str) -> Link:
        if failures:
            raise failures.pop(0)
        return open_link(url)

    monkeypatch.setattr("devices.worker.open_link", opens)
    served = threading.Event()
    with closing(EmulatedPrinter()) as emulator:
        worker = Worker("printer", emulator.url, Post())
        worker.start(lambda _link: served.set())
        assert served.wait(10)
        assert worker.close()


PICTURE = b"\x1dv0\x00\x80\x00\x00\x08" + b"\xaa" * 0x80 * 0x800
"""More than any line holds."""


def test_no_question_is_asked_in_the_middle_of_a_picture_while_the_drawer_moves() -> None:
    """The far end says that its pin moved once the line took a part of the picture, and no more."""
    post = Post()
    near, far = os.openpty()
    tty.setraw(far)
    received, seen, level = b"", 0, 0
    driver = EscPosPrinter("printer", f"pty://{os.ttyname(far)}", EPSON, post, limits=CALM)
    try:
        driver.print_pieces("1", lambda _profile: (PICTURE,))
        while process_id("1") not in received:
            assert select.select([near], [], [], 20)[0], received[-20:]
            assert not [one for one in post.events.queue if isinstance(one, PrintEnded)]
            received += os.read(near, 4096)
            for asked in re.finditer(rb"\x10\x04(.)", received[seen:]):
                os.write(near, bytes((0x12 | (level if asked[1] == b"\x01" else 0),)))
                seen += asked.end()
                break
            if b"\xaa" in received and not level:
                level = 0x04
                os.write(near, bytes((0x10 | level, 0, 0, 0)))
                threading.Event().wait(0.8)
        os.write(near, b'7"' + process_id("1") + b"\x00")
        assert post.end("1") is PrintOutcome.CONFIRMED
        assert PICTURE in received
    finally:
        driver.close()
        os.close(near)
        os.close(far)


HASTY = Limits(answer_s=0.02, confirm_s=0.1, stall_s=0.2, patience_s=0.2, heartbeat_s=0.05)
TALK = st.lists(
    st.binary(min_size=1, max_size=12)
    | st.sampled_from(
        [b"\x12", b"\x10\x00\x00\x00", b"\x00", b'7"', b"\x11", b"\x13", b"\x3b1\x00", b"_x"]
    ),
    max_size=12,
).map(b"".join)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TALK, st.sampled_from(["epson-80", "generic-80"]))
def test_nothing_that_a_printer_says_confirms_a_ticket_but_its_own_name(
    talk: bytes, name: str
) -> None:
    mark = b'7"' + process_id("1") + b"\x00"
    post, talk = Post(), talk.replace(mark, b"")
    with closing(EmulatedPrinter()) as emulator:
        emulator.mute = True
        url = emulator.url
        with closing(EscPosPrinter("printer", url, PROFILES[name], post, limits=HASTY)) as driver:
            driver.print("1", TICKET)
            emulator.babble(mark + b"\x12\x12\x12" + talk)
            threading.Event().wait(0.1)
            emulator.babble(talk)
        ends = [event for event in post.events.queue if isinstance(event, PrintEnded)]
        assert len(ends) == 1
        assert ends[0].outcome is not PrintOutcome.CONFIRMED
        assert emulator.pulses == []
