"""Killed while a card terminal is at work: its own log and the till's tickets agree to the cent.

A request leaves the till once at most. What is open after the death is settled by a person, who
reads the terminal's ticket: here, its log.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from devices.card.emulator import Behaviour, EmulatedTerminal
from tests.e2e.cases import COMMIT, SIGN_IN, THREE, Case
from tests.e2e.child import Death
from tests.e2e.home import Home


@pytest.fixture
def terminal(home: Home) -> Iterator[EmulatedTerminal]:
    made = EmulatedTerminal()
    home.settle(card=made.url)
    yield made
    made.close()


OPEN = ("expect cards-open 1", THREE[0], "expect refused card_open")
SOLD = ("expect cards-open 0", "expect lines 0")
DEATHS = [
    Case("the request is written, not sent", THREE, Death("devices.card.driver:LinkTerminal.ask"),
         OPEN),
    Case("the request was handed over", THREE,
         Death("devices.card.driver:LinkTerminal.ask", after=True), OPEN),
    Case("the amount left and nothing came", THREE,
         Death("devices.card.driver:LinkTerminal._write", after=True), OPEN),
    Case("the answer came and is not told", THREE,
         Death("devices.card.driver:LinkTerminal._tell"), OPEN),
    Case("the answer is not written", THREE, Death(COMMIT, "card.answered"), OPEN),
    Case("the answer is written with its sale", THREE, Death(COMMIT, "card.answered", after=True),
         SOLD),
]  # fmt: skip


@pytest.mark.parametrize("case", DEATHS, ids=str)
def test_a_payment_that_a_death_left_open_is_asked_once_and_settled_by_the_terminals_word(
    home: Home, terminal: EmulatedTerminal, case: Case
) -> None:
    died = home.play(SIGN_IN, *case.done, "card", dies=case.death)
    assert died.code == -9, died
    after = home.play(SIGN_IN, *case.found)
    assert after.code == 0, after
    if case.found == OPEN:
        was_paid = bool(terminal.log)
        how = ("settle approved 391600",) if was_paid else ("settle declined", "cash")
        settled = home.play(SIGN_IN, *how, *SOLD)
        assert settled.code == 0, settled
    assert terminal.requests <= 1
    assert len(home.sold()) == 1
    by_card = home.rows("SELECT coalesce(sum(amount), 0) FROM sale_tender WHERE method = 'card'")
    assert by_card == [(terminal.totals[1],)]
    assert home.rows("SELECT sum(amount) FROM sale_tender") == [(575,)]
    home.check()


def test_a_terminal_that_loses_its_answer_leaves_a_question_and_no_second_charge(
    home: Home, terminal: EmulatedTerminal
) -> None:
    terminal.behaviour = Behaviour.WRONG_ECHO
    asked = home.play(SIGN_IN, *THREE, "card", "expect cards-open 1", "card",
                      "expect refused card_open")  # fmt: skip
    assert asked.code == 0, asked
    assert terminal.requests == 1
    settled = home.play(SIGN_IN, "settle declined", "terminal manual", "card approved", *SOLD)
    assert settled.code == 0, settled
    assert terminal.requests == 1
    home.check()
