"""An answer that comes late, or never, is not taken for the answer to another question."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace

import pytest

from devices.link import Link, Mute, open_link
from devices.printer.profile import PROFILES, PrinterProfile
from devices.printer.protocol import Status
from devices.printer.session import Session
from devices.pty import PtyCable
from pos.ports import DeviceEvent, DeviceState, DrawerMoved, PrintEnded
from tests.contract.printer_shop import CALM, LONG, TICKET, Shop

POLLED, PUSHED = PROFILES["generic-80"], PROFILES["epson-80"]
WELL, LOW, HIGH = b"\x12", b"\x1e", b"\x16"
ANSWER_S = 0.2
LATE = replace(CALM, answer_s=0.15)


class Talk:
    """A session, and the far end of its line, which says what the test has it say."""

    def __init__(self, cable: PtyCable, link: Link) -> None:
        self.cable = cable
        self.link = link
        self.heard: list[Status] = []
        self.session = self.again(None)
        self.answers = {1: WELL, 2: WELL, 4: LOW}
        self.is_lost: list[int] = []
        """The questions of which the next is not answered, in their order."""
        self.asked: list[int] = []
        self.ends = threading.Event()
        self._thread = threading.Thread(target=self._far, daemon=True)
        self._thread.start()

    def again(self, before: Session | None) -> Session:
        return Session(self.link, POLLED, self.heard.append, ANSWER_S, before)

    def _far(self) -> None:
        received = b""
        while not self.ends.is_set():
            received += self.cable.receive(0.02)
            while asked := re.search(rb"\x10\x04(.)", received):
                n, received = asked[1][0], received[asked.end() :]
                self.asked.append(n)
                if self.is_lost[:1] == [n]:
                    del self.is_lost[0]
                else:
                    self.cable.send(self.answers[n])

    def close(self) -> None:
        self.ends.set()
        self._thread.join(5)

    def misses(self, *questions: int) -> None:
        """Ask, of which these questions are not answered in time."""
        self.is_lost[:] = questions
        with pytest.raises(Mute):
            self.session.check()


@pytest.fixture
def talk() -> Iterator[Talk]:
    with (
        closing(PtyCable("printer")) as cable,
        closing(open_link(cable.url)) as link,
        closing(Talk(cable, link)) as made,
    ):
        made.session.check()
        yield made


def is_told(talk: Talk, *, cover: bool = False, high: bool = False) -> bool:
    """Whether all that was heard says so, of a printer whose paper is low."""
    said = {(one.pin_high, one.cover_open, one.offline, one.paper_low) for one in talk.heard}
    return said == {(high, cover, False, True)}


def test_a_late_answer_is_not_taken_for_the_next_question(talk: Talk) -> None:
    talk.misses(4)
    talk.cable.send(LOW)
    talk.session.check()
    talk.session.ask_pin(2)
    assert is_told(talk)


def test_nothing_is_asked_while_the_answer_to_another_may_come(talk: Talk) -> None:
    talk.session.write(b"Ticket\n", 1)
    talk.misses(1)
    asked = len(talk.asked)
    with pytest.raises(Mute):
        talk.session.ask_pin(0.1)
    assert len(talk.asked) == asked
    talk.cable.send(HIGH)
    talk.session.ask_pin(2)
    assert is_told(talk)


def test_a_question_that_was_dropped_makes_nobody_mute_for_long(talk: Talk) -> None:
    talk.misses(2)
    talk.heard.clear()
    for _ in range(6):
        with suppress(Mute):
            talk.session.check()
    assert len(talk.heard) >= 3
    assert is_told(talk)


def test_an_answer_that_was_given_up_and_comes_at_last_moves_no_drawer(talk: Talk) -> None:
    talk.misses(4)
    threading.Event().wait(3 * ANSWER_S)
    talk.answers[1] = LOW + WELL  # to both questions, one after the other
    talk.session.ask_pin(2)
    talk.answers[1] = WELL
    talk.session.check()
    assert is_told(talk)


def test_what_a_conversation_asked_in_vain_is_not_answered_to_the_next(talk: Talk) -> None:
    talk.misses(4)
    talk.session = talk.again(talk.session)
    talk.answers[1] = LOW + WELL
    talk.session.check()
    assert is_told(talk)


def test_a_level_of_the_pin_that_a_question_told_once_moves_no_drawer(talk: Talk) -> None:
    talk.answers[1] = HIGH + WELL
    talk.session.check()
    assert is_told(talk)


def test_a_level_that_was_told_twice_does(talk: Talk) -> None:
    talk.answers[1] = HIGH
    talk.session.check()
    assert talk.heard[-1].pin_high
    talk.answers[1] = WELL
    talk.session.ask_pin(2)
    assert not talk.heard[-1].pin_high


DRAWERS = {"none": False, "shut": False, "open": True}


@pytest.mark.parametrize("profile", [POLLED, PUSHED], ids=["polled", "pushed"])
@pytest.mark.parametrize("drawer", DRAWERS)
def test_late_answers_move_no_drawer_and_open_no_cover(
    profile: PrinterProfile, drawer: str
) -> None:
    with closing(Shop(profile, LATE, tcp=True)) as shop:
        shop.post.state(DeviceState.READY)
        if drawer != "none":
            shop.emulator.pull_drawer()
            shop.post.until(lambda event: event == DrawerMoved("drawer", True))
        if drawer == "shut":
            shop.emulator.shut_drawer()
            shop.post.until(lambda event: event == DrawerMoved("drawer", False))
        shop.emulator.warn_low()
        shop.post.state(DeviceState.READY, "paper low")
        shop.emulator.bytes_per_s = 8000
        shop.driver.print("1", LONG)
        late_at = len(shop.emulator.paper) + 20
        while len(shop.emulator.paper) < late_at:
            threading.Event().wait(0.005)
        shop.emulator.late_s = 2 * LATE.answer_s
        told = said_until_end(shop)
        shop.emulator.late_s = 0.0
        shop.emulator.bytes_per_s = 0
        shop.driver.print("2", TICKET)
        told += said_until_end(shop)
        assert not [one for one in told if isinstance(one, DrawerMoved)]
        assert not [one for one in told if getattr(one, "detail", "") not in ("", "paper low")]
        assert shop.emulator.drawer_open is DRAWERS[drawer]


def said_until_end(shop: Shop) -> list[DeviceEvent]:
    """Return what the driver told until the ticket's end."""
    told: list[DeviceEvent] = []

    def note(event: DeviceEvent) -> bool:
        told.append(event)
        return isinstance(event, PrintEnded)

    shop.post.until(note)
    return told
