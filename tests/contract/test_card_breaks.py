"""A terminal that hangs up, a driver that breaks: no request vanishes, none is asked twice."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from devices.card.driver import Begin, LinkTerminal, Speech
from devices.card.emulator import Behaviour, EmulatedTerminal
from devices.card.protocol import Asked, Dialogue, caisse_ap, concert
from devices.card.protocol.caisse_ap import CaisseAp
from devices.card.protocol.concert import Concert
from devices.card.speech import speech_of
from pos.ports import CardEnded, CardOutcome, DeviceEvent, DeviceState
from tests.contract.card_shop import Post

APPROVED, DECLINED, CANCELLED, UNKNOWN = CardOutcome


@pytest.mark.parametrize("behaviour", [Behaviour.HANGS_UP, Behaviour.LATE])
def test_what_is_asked_while_the_terminal_hangs_up_is_still_asked(behaviour: Behaviour) -> None:
    terminal, post = EmulatedTerminal(), Post()
    terminal.behaviour = behaviour

    def sink(event: DeviceEvent) -> None:
        """Ask the next one at the very moment at which the first one's end is told."""
        if isinstance(event, CardEnded) and event.request == "FIRST00001":
            terminal.behaviour = Behaviour.APPROVE
            driver.ask("SECOND0001", 700)
            terminal.let_go()
        post.events.put(event)

    driver = LinkTerminal("card", terminal.url, speech_of("caisse-ap", answer_s=0.3), sink)
    driver.ask("FIRST00001", 1250)
    assert [post.end().outcome, post.end().outcome] == [UNKNOWN, APPROVED]
    assert terminal.totals == (2, 1950)
    driver.close()
    terminal.close()


class BreaksAp(CaisseAp):
    """A dialogue of this program that breaks once bytes have left."""

    def receive(self, data: bytes) -> bytes:
        raise ZeroDivisionError(data)


class BreaksConcert(Concert):
    """The same, once the terminal took the amount."""

    def receive(self, data: bytes) -> bytes:
        if self.left:
            raise ZeroDivisionError(data)
        return super().receive(data)


class BreaksLater(CaisseAp):
    """A dialogue that breaks when it is to listen on."""

    def listen_on(self) -> None:
        raise ZeroDivisionError


def breaking(protocol: str, broken: Begin) -> tuple[Speech, list[str]]:
    """Return a speech of which the first request's dialogue is broken, and what was begun."""
    speech, begun = speech_of(protocol, answer_s=0.5, reply_s=0.5), list[str]()

    def begin(asked: Asked, known: Mapping[str, Asked]) -> Dialogue:
        begun.append(asked.reference)
        return (broken if asked.reference == "FIRST00001" else speech.begin)(asked, known)

    return Speech(begin, speech.answer_s, hears_late=False), begun


BROKEN: dict[str, tuple[str, Begin, Behaviour]] = {
    "Caisse-AP": (
        "caisse-ap",
        lambda asked, _known: BreaksAp(asked, caisse_ap.Manner()),
        Behaviour.APPROVE,
    ),
    "Concert": (
        "concert-e+",
        lambda asked, _known: BreaksConcert(asked, concert.Manner(plus=True)),
        Behaviour.APPROVE,
    ),
    "behind its end": (
        "caisse-ap",
        lambda asked, _known: BreaksLater(asked, caisse_ap.Manner(answer_s=0.3)),
        Behaviour.SILENT,
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_request_over_which_the_till_itself_breaks_is_unknown_and_never_asked_again(
    case: str,
) -> None:
    protocol, broken, behaviour = BROKEN[case]
    speech, begun = breaking(protocol, broken)
    terminal, post = EmulatedTerminal(protocol=protocol), Post()
    terminal.behaviour = behaviour
    driver = LinkTerminal("card", terminal.url, speech, post.events.put)
    post.state(DeviceState.READY)
    driver.ask("FIRST00001", 1250)
    ended = post.end()
    assert (ended.request, ended.outcome) == ("FIRST00001", UNKNOWN)
    assert ended.detail
    post.state(DeviceState.OFFLINE)
    terminal.behaviour = Behaviour.APPROVE
    if protocol != "caisse-ap":
        post.state(DeviceState.READY)
    driver.ask("SECOND0001", 700)
    second = post.end()
    assert second.request == "SECOND0001"
    assert begun.count("FIRST00001") == 1
    assert [one.amount for one in terminal.log].count(1250) <= 1
    driver.close()
    terminal.close()


def test_a_request_that_breaks_before_anything_left_is_told_as_not_asked() -> None:
    def breaks(_asked: Asked, _known: Mapping[str, Asked]) -> Dialogue:
        raise ZeroDivisionError

    speech, _ = breaking("caisse-ap", breaks)
    terminal, post = EmulatedTerminal(), Post()
    driver = LinkTerminal("card", terminal.url, speech, post.events.put)
    driver.ask("FIRST00001", 1250)
    assert post.end().outcome is CANCELLED
    post.state(DeviceState.OFFLINE)
    driver.ask("SECOND0001", 700)
    assert post.end().outcome is APPROVED
    assert terminal.totals == (1, 700)
    driver.close()
    terminal.close()
