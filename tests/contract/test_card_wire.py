"""Card terminals over real sockets and pseudo-terminals: what each fault ends as, and who paid.

The contract of every terminal: a request ends once; APPROVED only when the terminal's own log says
so; DECLINED and CANCELLED only when it says that nothing was paid; UNKNOWN for the rest.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from devices.card.driver import LinkTerminal
from devices.card.emulator import Behaviour, EmulatedTerminal
from devices.card.speech import speech_of
from pos.domain.errors import Refusal
from pos.ports import (
    CardEnded,
    CardOutcome,
    CardTerminal,
    DeviceState,
)
from tests.contract.card_shop import Post

APPROVED, DECLINED, CANCELLED, UNKNOWN = CardOutcome
PATIENT, HASTY = (10.0, 5.0), (0.3, 0.15)
"""How long an answer and a byte are waited for: where they come, and where they never do."""


@dataclass
class Counter:
    """A till's end and a terminal's."""

    terminal: EmulatedTerminal
    driver: LinkTerminal
    post: Post
    is_called: bool

    def ask(self, amount: int, request: str = "REQUEST001") -> CardEnded:
        self.driver.ask(request, amount)
        return self.post.end()


@dataclass(frozen=True)
class Wire:
    """How a terminal and its till are set."""

    protocol: str
    number: str = "01"
    tcp: bool = False
    handshake: bool = True


WIRES = {
    "caisse-ap": Wire("caisse-ap"),
    "concert-e": Wire("concert-e"),
    "concert-e+": Wire("concert-e+"),
    "one digit": Wire("concert-e+", number="1"),
    "concert over tcp": Wire("concert-e+", tcp=True),
    "bare frames": Wire("concert-e+", tcp=True, handshake=False),
}


@pytest.fixture(params=list(WIRES))
def counter(request: pytest.FixtureRequest) -> Iterator[Counter]:
    yield from opened(request.param)


@pytest.fixture
def ap() -> Iterator[Counter]:
    yield from opened("caisse-ap")


@pytest.fixture
def serial() -> Iterator[Counter]:
    yield from opened("concert-e+", (0.3, 0.5))


def opened(wire: str, patience: tuple[float, float] = PATIENT) -> Iterator[Counter]:
    how = WIRES[wire]
    terminal = EmulatedTerminal(
        "card", how.protocol, tcp=how.tcp, handshake=how.handshake, number=how.number
    )
    speech = speech_of(
        how.protocol,
        number=how.number,
        handshake=how.handshake,
        answer_s=patience[0],
        reply_s=patience[1],
    )
    post = Post()
    driver = LinkTerminal("card", terminal.url, speech, post.events.put)
    post.state(DeviceState.READY)
    yield Counter(terminal, driver, post, is_called=terminal.url.startswith("tcp"))
    driver.close()
    terminal.close()


ENDS = {
    Behaviour.APPROVE: {APPROVED},
    Behaviour.FRAGMENTED: {APPROVED},
    Behaviour.BAD_LRC_ONCE: {APPROVED, UNKNOWN},
    Behaviour.REFUSE: {DECLINED},
    Behaviour.ABANDON: {CANCELLED, DECLINED},
    Behaviour.NO_CARD: {CANCELLED, DECLINED},
    Behaviour.NAK: {CANCELLED, UNKNOWN},
    Behaviour.MUTE: {CANCELLED, UNKNOWN},
    Behaviour.SILENT: {UNKNOWN},
    Behaviour.LATE: {UNKNOWN},
    Behaviour.LOST: {UNKNOWN},
    Behaviour.HANGS_UP: {UNKNOWN},
    Behaviour.HALF: {UNKNOWN},
    Behaviour.GARBAGE: {UNKNOWN},
    Behaviour.WRONG_ECHO: {UNKNOWN},
    Behaviour.CONTRADICTS: {UNKNOWN},
    Behaviour.ACCOUNTED: {UNKNOWN},
    Behaviour.BAD_LRC: {UNKNOWN, APPROVED},
}


ALL_DAY = (Behaviour.APPROVE, Behaviour.REFUSE, Behaviour.ABANDON)
FAULTY = ("caisse-ap", "concert-e+", "bare frames")


@pytest.mark.parametrize(
    ("wire", "behaviour"),
    [(wire, one) for wire in WIRES for one in ENDS if wire in FAULTY or one in ALL_DAY],
)
def test_each_fault_ends_as_it_must_and_no_answer_is_made_up(
    wire: str, behaviour: Behaviour
) -> None:
    is_told = UNKNOWN not in ENDS[behaviour] or behaviour is Behaviour.BAD_LRC_ONCE
    for counter in opened(wire, PATIENT if is_told else HASTY):
        counter.terminal.behaviour = behaviour
        ended = counter.ask(1250)
        assert ended.request == "REQUEST001"
        assert ended.outcome in ENDS[behaviour]
        paid = [one.amount for one in counter.terminal.log]
        if ended.outcome is APPROVED:
            assert paid == [1250]
        if ended.outcome in (DECLINED, CANCELLED):
            assert paid == []
        assert ended.detail or ended.outcome is APPROVED


def test_goods_that_come_back_are_paid_back(counter: Counter) -> None:
    assert counter.ask(-500).outcome is APPROVED
    assert [one.amount for one in counter.terminal.log] == [-500]


def test_four_payments_in_a_row_are_each_asked_once(counter: Counter) -> None:
    for number in range(4):
        assert counter.ask(100 + number, f"REQUEST{number:03d}").outcome is APPROVED
    assert counter.terminal.totals == (4, 406)


def test_a_terminal_that_is_unplugged_was_asked_nothing_and_works_when_it_is_back(
    counter: Counter,
) -> None:
    counter.terminal.unplug()
    if not counter.is_called:
        counter.post.state(DeviceState.OFFLINE)
    ended = counter.ask(1250)
    assert ended.outcome is CANCELLED
    counter.terminal.replug()
    if not counter.is_called:
        counter.post.state(DeviceState.READY)
    assert counter.terminal.requests == 0
    assert counter.ask(1250).outcome is APPROVED
    assert counter.terminal.totals == (1, 1250)


def test_the_card_and_the_authorisation_are_told_and_the_number_is_masked(ap: Counter) -> None:
    ap.terminal.receipt = "CARTE BANCAIRE\n4970 1012 3456 7893\nDEBIT 12,50 EUR"
    details = ap.ask(1250).details
    assert details.card == "############7893"
    assert details.authorisation == ap.terminal.log[0].authorisation
    assert details.application == "CB"
    assert details.receipt == ("CARTE BANCAIRE", "#### #### #### 7893", "DEBIT 12,50 EUR")


def test_a_long_answer_gives_the_card_masked() -> None:
    terminal, post = EmulatedTerminal(protocol="concert-e+"), Post()
    speech = speech_of("concert-e+", with_rep=True)
    driver = LinkTerminal("card", terminal.url, speech, post.events.put)
    post.state(DeviceState.READY)
    driver.ask("REQUEST001", 1250)
    assert post.end().details.card == "############7893"
    driver.close()
    terminal.close()


def test_a_second_request_while_one_is_on_the_way_is_not_asked(ap: Counter) -> None:
    ap.terminal.behaviour = Behaviour.LATE
    ap.driver.ask("FIRST00001", 1250)
    ap.driver.ask("SECOND0001", 700)
    second = ap.post.end()
    assert (second.request, second.outcome) == ("SECOND0001", CANCELLED)
    ap.terminal.let_go()
    assert ap.post.end().outcome is APPROVED
    assert ap.terminal.totals == (1, 1250)


@pytest.mark.parametrize("wire", ["caisse-ap", "concert-e+", "concert over tcp"])
def test_what_a_terminal_says_late_is_evidence(wire: str) -> None:
    for counter in opened(wire, HASTY):
        counter.terminal.behaviour = Behaviour.LATE
        assert counter.ask(1250).outcome is UNKNOWN
        counter.terminal.let_go()
        heard = counter.post.heard()
        assert (heard.request, heard.outcome) == ("REQUEST001", APPROVED)


def test_a_late_answer_to_the_payment_before_is_told_from_the_one_of_now(serial: Counter) -> None:
    serial.terminal.behaviour = Behaviour.LATE
    assert serial.ask(1250, "FIRST00001").outcome is UNKNOWN
    serial.driver.ask("SECOND0001", 700)
    serial.terminal.behaviour = Behaviour.APPROVE
    serial.terminal.let_go()
    told = {serial.post.heard().request, serial.post.end().request}
    assert told == {"FIRST00001", "SECOND0001"}
    assert serial.post.ended[-1].outcome in (APPROVED, CANCELLED)


def test_a_till_that_starts_again_hears_the_answer_to_what_it_asked_before() -> None:
    terminal, before, after = EmulatedTerminal(protocol="concert-e+"), Post(), Post()
    terminal.behaviour = Behaviour.LATE
    speech = speech_of("concert-e+", answer_s=30)
    driver = LinkTerminal("card", terminal.url, speech, before.events.put)
    before.state(DeviceState.READY)
    driver.ask("REQUEST001", 1250)
    while not terminal.log:
        threading.Event().wait(0.01)
    driver.close()
    assert before.end().outcome is UNKNOWN
    driver = LinkTerminal("card", terminal.url, speech, after.events.put)
    driver.listen("REQUEST001", 1250)
    after.state(DeviceState.READY)
    terminal.let_go()
    heard = after.heard()
    assert (heard.request, heard.outcome) == ("REQUEST001", APPROVED)
    driver.close()
    terminal.close()


def test_several_tills_share_a_terminal_and_each_gets_its_own_answer() -> None:
    terminal, speech = EmulatedTerminal(), speech_of("caisse-ap", answer_s=10)
    posts = [Post() for _ in range(3)]
    drivers = [LinkTerminal("card", terminal.url, speech, post.events.put) for post in posts]
    for number, driver in enumerate(drivers):
        driver.ask(f"REQUEST{number:03d}", 100 * (number + 1))
    assert [post.end().outcome for post in posts] == [APPROVED] * 3
    assert sorted(one.amount for one in terminal.log) == [100, 200, 300]
    for driver in drivers:
        driver.close()
    terminal.close()


@pytest.mark.parametrize("amount", [0, 100_000_000, -100_000_000])
def test_an_amount_that_a_terminal_cannot_take_is_not_asked(ap: Counter, amount: int) -> None:
    assert ap.ask(amount).outcome is CANCELLED
    assert ap.terminal.requests == 0


def test_a_driver_is_a_card_terminal_and_refuses_an_address_that_can_never_work(
    ap: Counter,
) -> None:
    as_port: CardTerminal = ap.driver
    as_port.listen("REQUEST001", 1250)
    with pytest.raises(Refusal):
        LinkTerminal("card", "fax://12", speech_of("caisse-ap"), ap.post.events.put)
