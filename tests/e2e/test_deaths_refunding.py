"""Killed while goods come back: they come back once, and the customer is paid back once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.cases import (
    BREAD,
    CANDLE,
    COMMIT,
    LOAF,
    RECORD,
    SALE,
    SIGN_IN,
    THREE,
    Case,
)
from tests.e2e.child import Death
from tests.e2e.conftest import Counter
from tests.e2e.home import Home, copy_of

STEP = "pos.store.drafts:DraftFile.add_step"
BACK = ("ticket 1", "return 2 rassis")
REFUNDED = ("expect ticket T01-K1-000003", "expect operation refund", "expect lines 0")
TWICE = ("return T01-K1-000001 2 encore", "expect refused nothing_left")
REFUNDS = [
    Case("nothing came back yet", BACK, Death(STEP), ("expect lines 0", *BACK, "cash")),
    Case(
        "who allowed it is written and the line is not",
        BACK,
        Death(RECORD, "permission.used", after=True),
        ("expect lines 0", *BACK, "cash"),
    ),
    Case(
        "the line is on disk",
        BACK,
        Death(STEP, after=True),
        ("expect lines 1", "expect due -3.20", "cash"),
    ),
    Case(
        "a part was paid back",
        (*BACK, "cash 1"),
        Death(STEP, call=2, after=True),
        ("expect due -2.20", "cash"),
    ),
    Case(
        "the refund is decided and not written",
        (*BACK, "cash"),
        Death(COMMIT, SALE),
        ("expect ticket T01-K1-000002", "expect due -3.20", "cash"),
    ),
    Case(
        "the refund is half written",
        (*BACK, "cash"),
        Death("pos.store.unit:project", SALE),
        ("expect ticket T01-K1-000002", "expect due -3.20", "cash"),
    ),
    Case(
        "the refund is written and the marker is behind",
        (*BACK, "cash"),
        Death(COMMIT, SALE, after=True),
        REFUNDED,
    ),
    Case(
        "the refund is written and the drawer is shut",
        (*BACK, "cash"),
        Death("devices.drawer.driver:PrinterDrawer.open"),
        REFUNDED,
    ),
    Case(
        "the refund is written and the customer sees nothing yet",
        (*BACK, "cash"),
        Death("pos.till.finish:show_paid"),
        REFUNDED,
    ),
    Case(
        "the refund's paper is asked for and not handed over",
        (*BACK, "cash", "print"),
        Death("pos.till.tickets:begin"),
        (*REFUNDED, "expect to-check 1", "came-out no", "print", "wait printed"),
    ),
    Case(
        "an exchange is in the basket",
        (*BACK, LOAF, LOAF),
        Death(STEP, call=3, after=True),
        ("expect lines 3", "expect due 3.20", "cash", "expect operation exchange"),
    ),
    Case(
        "an exchange is written",
        (*BACK, LOAF, "cash"),
        Death(COMMIT, SALE, after=True),
        ("expect lines 0", "expect operation exchange", "expect change 0"),
    ),
]


@pytest.fixture(scope="module")
def sold(shop: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A till with two tickets: the first was paid in cash, the second by card."""
    found = copy_of(shop, tmp_path_factory.mktemp("sold") / "home")
    assert found.play(SIGN_IN, *THREE, "cash", CANDLE, "card approved").code == 0
    return found


@pytest.fixture
def home(sold: Home, tmp_path: Path) -> Home:
    """The same till for each test."""
    return copy_of(sold, tmp_path / "home")


def given_back(home: Home) -> list[tuple[object, ...]]:
    """Return what came back of each line of each ticket, in thousandths."""
    return home.rows(
        "SELECT returned_ticket, returned_line, -sum(quantity) FROM sale_line"
        " WHERE returned_ticket IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"
    )


@pytest.mark.parametrize("case", REFUNDS, ids=str)
def test_goods_come_back_once_however_the_till_dies_at_it(
    home: Home, counter: Counter, case: Case
) -> None:
    home.play(SIGN_IN, "wait ready", *case.done, dies=case.death)
    after = home.play(SIGN_IN, "wait ready", *case.found, *TWICE)
    assert after.code == 0, after
    assert home.sold() == [f"T01-K1-{number:06d}" for number in (1, 2, 3)]
    assert given_back(home) == [("T01-K1-000001", 2, 1000)]
    home.check()


VOID = "void-sale T01-K1-000001 erreur"
VOIDS = [
    Case("nothing is undone yet", (VOID,), Death(STEP), ("expect lines 0", VOID, "cash")),
    Case("all lines are back", (VOID,), Death(STEP, after=True), ("expect lines 3", "cash")),
    Case(
        "the voiding ticket is not written",
        (VOID, "cash"),
        Death(COMMIT, SALE),
        ("expect due -5.75", "cash"),
    ),
    Case("it is written", (VOID, "cash"), Death(COMMIT, SALE, after=True), ("expect lines 0",)),
]


@pytest.mark.parametrize("case", VOIDS, ids=str)
def test_a_sale_is_undone_whole_and_once_however_the_till_dies_at_it(
    home: Home, case: Case
) -> None:
    manager = "sign-in 9 9753"
    home.play(manager, *case.done, dies=case.death)
    after = home.play(manager, *case.found, "expect operation void", VOID)
    assert "All of ticket T01-K1-000001 was given back already." in after.out
    assert [row[1:] for row in given_back(home)] == [(1, 1000), (2, 1000), (3, 1000)]
    home.check()


CANDLE_BACK = ("ticket 2", "return 1 fendue", "expect due -7.50")
OPEN = ("expect cards-open 1", BREAD, "expect refused card_open")
PAID_BACK = ("expect cards-open 0", "expect lines 0", "expect operation refund")
IN_CASH = ("pay-back cash", "expect refused needs_permission", "lend 9 9753")
CARDS = [
    Case(
        "the card was not asked yet",
        (*CANDLE_BACK, "pay-back"),
        Death(COMMIT, "card.asked"),
        ("expect cards-open 0", "expect due -7.50", "pay-back", *PAID_BACK),
    ),
    Case(
        "the card is asked and the till does not know",
        (*CANDLE_BACK, "pay-back"),
        Death(COMMIT, "card.asked", after=True),
        (*OPEN, "settle approved", *PAID_BACK),
    ),
    Case(
        "the terminal has not answered, and refused",
        (*CANDLE_BACK, "pay-back"),
        Death("pos.till.tender:answer_card"),
        (*OPEN, "settle declined", "expect due -7.50", *IN_CASH, *PAID_BACK),
    ),
    Case(
        "a person did not know",
        (*CANDLE_BACK, "pay-back unknown"),
        Death(COMMIT, "card.answered", after=True),
        (*OPEN, "settle approved", *PAID_BACK),
    ),
    Case(
        "the answer is not written",
        (*CANDLE_BACK, "pay-back"),
        Death(COMMIT, "card.answered"),
        (*OPEN, "settle approved", *PAID_BACK),
    ),
    Case(
        "the answer is written with its refund",
        (*CANDLE_BACK, "pay-back"),
        Death(COMMIT, "card.answered", after=True),
        PAID_BACK,
    ),
    Case(
        "a part went back and is not in the basket",
        (*CANDLE_BACK, "pay-back card 2.50"),
        Death(RECORD, "card.answered", after=True),
        ("expect cards-open 0", "expect due -5", "pay-back", *PAID_BACK),
    ),
]


@pytest.mark.parametrize("case", CARDS, ids=str)
def test_a_card_is_paid_back_once_and_what_a_death_left_open_a_person_settles(
    home: Home, case: Case
) -> None:
    home.play(SIGN_IN, *case.done, dies=case.death)
    after = home.play(SIGN_IN, *case.found)
    assert after.code == 0, after
    assert given_back(home) == [("T01-K1-000002", 1, 1000)]
    back = home.rows("SELECT sum(amount) FROM sale_tender WHERE amount < 0")
    assert back == [(-750,)]
    approved = "SELECT request FROM card_payment WHERE state = 'approved' ORDER BY 1"
    shown = "SELECT reference FROM sale_tender WHERE method = 'card' ORDER BY 1"
    assert home.rows(approved) == home.rows(shown)
    home.check()
