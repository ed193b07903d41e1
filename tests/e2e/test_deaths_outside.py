"""Killed while a ticket or a card payment is out in the world: what nobody knows, a person says."""

from __future__ import annotations

import pytest

from tests.e2e.cases import COMMIT, KETTLE, MANAGER, RECORD, SIGN_IN, THREE, Case
from tests.e2e.child import Death
from tests.e2e.conftest import Counter
from tests.e2e.home import Home

ASK = ("expect to-check 1", "expect to-print 0")
KNOWN = ("expect to-check 0", "expect to-print 0")
PRINTING = [
    Case(
        "its ticket is asked for and not handed over",
        (KETTLE, "cash"),
        Death("pos.till.finish:begin"),
        ASK,
    ),
    Case(
        "no byte of its ticket has left",
        (KETTLE, "cash"),
        Death("devices.printer.driver:EscPosPrinter._send"),
        ASK,
    ),
    Case(
        "half of its ticket has left",
        (KETTLE, "cash"),
        Death("devices.printer.driver:EscPosPrinter._send_chunk", after=True),
        ASK,
    ),
    Case(
        "its ticket is out and nothing says so",
        (KETTLE, "cash", "wait printed"),
        Death(COMMIT, "print.finished"),
        ASK,
    ),
    Case(
        "its ticket is out and that is written",
        (KETTLE, "cash", "wait printed"),
        Death(COMMIT, "print.finished", after=True),
        KNOWN,
    ),
]


def begun(counter: Counter) -> int:
    """How many tickets began to come out of the printer: each begins with the shop's name."""
    return counter.printer.text().count("Essai\n")


@pytest.mark.parametrize("case", PRINTING, ids=str)
def test_a_till_killed_while_it_prints_asks_and_sends_nothing_twice(
    home: Home, counter: Counter, case: Case
) -> None:
    home.play(SIGN_IN, "wait ready", *case.done, dies=case.death)
    after = home.play(SIGN_IN, "wait ready", "expect ticket T01-K1-000001", *case.found)
    assert after.code == 0, after
    assert begun(counter) <= 1
    before = begun(counter)
    answer = ("came-out no",) if case.found == ASK else ()
    again = home.play(MANAGER, "wait ready", *answer, *KNOWN, "print", "wait printed")
    assert again.code == 0, again
    assert "DUPLICATA n°1" in again.out
    assert begun(counter) == before + 1
    assert home.sold() == ["T01-K1-000001"]
    home.check()


QUEUED = [
    Case(
        "its ticket waits for a printer that is away",
        (),
        Death(COMMIT, "till.stopped"),
        ("expect to-check 0", "wait printed", "expect printed 1"),
    ),
    Case(
        "a ticket that waited is about to be handed over",
        ("wait ready",),
        Death(COMMIT, "print.sending"),
        ("expect to-check 0", "wait printed", "expect printed 1"),
    ),
    Case(
        "a ticket that waited may have left",
        ("wait ready",),
        Death("pos.till.printing:_hand_over"),
        ("expect to-check 1", "expect to-print 0", "expect printed 0"),
    ),
]


@pytest.mark.parametrize("case", QUEUED, ids=str)
def test_a_ticket_that_waited_for_the_printer_is_sent_once_or_asked_about(
    home: Home, counter: Counter, case: Case
) -> None:
    counter.printer.unplug()
    sold = home.play(SIGN_IN, KETTLE, "cash", "expect to-print 1")
    assert sold.code == 0, sold
    if case.done:
        counter.printer.replug()
    home.play(SIGN_IN, *case.done, dies=case.death)
    counter.printer.replug()
    after = home.play(SIGN_IN, "wait ready", *case.found)
    assert after.code == 0, after
    assert begun(counter) == int(case.found[-1].split()[-1])
    later = home.play(SIGN_IN, "wait ready", "expect to-print 0")
    assert later.code == 0, later
    assert begun(counter) == int(case.found[-1].split()[-1])
    home.check()


OPEN = ("expect cards-open 1", THREE[0], "expect refused card_open")
CARDS = [
    Case(
        "the request is not written yet",
        (*THREE, "card approved"),
        Death(COMMIT, "card.asked"),
        ("expect cards-open 0", "expect due 5.75", "cash"),
    ),
    Case(
        "the request is written and the till does not know",
        (*THREE, "card approved"),
        Death(COMMIT, "card.asked", after=True),
        (*OPEN, "settle approved", "expect cards-open 0", "expect lines 0"),
    ),
    Case(
        "the terminal was asked and has not answered",
        (*THREE, "card approved"),
        Death("pos.till.tender:answer_card"),
        (*OPEN, "settle declined", "expect cards-open 0", "expect due 5.75", "cash"),
    ),
    Case(
        "a person did not know either",
        (*THREE, "card unknown"),
        Death(COMMIT, "card.answered", after=True),
        (*OPEN, "settle approved", "expect cards-open 0", "expect lines 0"),
    ),
    Case(
        "the answer that pays all is not written",
        (*THREE, "card approved"),
        Death(COMMIT, "card.answered"),
        (*OPEN, "settle approved", "expect cards-open 0", "expect lines 0"),
    ),
    Case(
        "the answer that pays all is written with its sale",
        (*THREE, "card approved"),
        Death(COMMIT, "card.answered", after=True),
        ("expect cards-open 0", "expect lines 0"),
    ),
    Case(
        "the answer that pays a part is written and not in the basket",
        (*THREE, "card 2.00 approved"),
        Death(RECORD, "card.answered", after=True),
        ("expect cards-open 0", "expect due 3.75", "cash", "expect lines 0"),
    ),
    Case(
        "the answer that pays a part is in the basket",
        (*THREE, "card 2.00 approved"),
        Death("pos.till.desk:Desk.keep", "Tendered", after=True),
        ("expect cards-open 0", "expect due 3.75", "cash", "expect lines 0"),
    ),
    Case(
        "a second card is asked after a first one paid a part",
        (*THREE, "card 2.00 approved", "card approved"),
        Death(COMMIT, "card.asked", call=2, after=True),
        (*OPEN, "expect due 3.75", "settle approved", "expect lines 0"),
    ),
]


@pytest.mark.parametrize("case", CARDS, ids=str)
def test_a_card_payment_that_a_death_left_open_is_charged_once_and_settled_by_a_person(
    home: Home, case: Case
) -> None:
    home.play(SIGN_IN, *case.done, dies=case.death)
    once_more = home.play(SIGN_IN, case.found[0])
    assert once_more.code == 0, once_more
    after = home.play(SIGN_IN, *case.found)
    assert after.code == 0, after
    assert home.sold() == ["T01-K1-000001"]
    paid = home.rows("SELECT sum(amount) FROM sale_tender")
    assert paid == [(575,)]
    approved = home.rows("SELECT count(*) FROM card_payment WHERE state = 'approved'")
    assert approved == home.rows("SELECT count(*) FROM sale_tender WHERE method = 'card'")
    home.check()
