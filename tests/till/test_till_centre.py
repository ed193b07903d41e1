"""What the till takes of its centre between sales, its stock, and how ready it says it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.words import words_for
from pos.domain.feed import StaffFields, StockFields
from pos.domain.shift import instant_text
from pos.domain.staff import Person
from pos.domain.words import Sentence
from pos.doubles import ToldCentre
from pos.ports import DeviceState
from pos.ports.centre import (
    CourierReport,
    CourierState,
    Elsewhere,
    ForkOrder,
    Level,
    StaffChange,
    StockThere,
)
from pos.till import readiness, staff, tender
from pos.till.centre import between_sales
from pos.till.readiness import WORDS
from pos.till.stock import StockHere, look_elsewhere, stock_of
from tests.till.shop import BREAD, CASHIER, MANAGER, Till

NEW = StaffFields(number="20", name="Noé", role="cashier", pin_hash="4321")


@pytest.fixture
def centre(till: Till) -> ToldCentre:
    told = ToldCentre()
    till.desk.ports.centre = told
    return told


def people(till: Till) -> set[str]:
    return {one.ref for one in till.desk.ports.people.all()}


def test_someone_whom_the_centre_names_signs_in_and_the_journal_knows(
    till: Till, centre: ToldCentre
) -> None:
    centre.people = [StaffChange("staff-9", NEW, "1")]
    assert between_sales(till.desk) == []
    assert staff.sign_in(till.desk, "20", "4321").name == "Noé"
    assert [one.facts()["staff"] for one in till.events("staff.added")][-1:] == ["staff-9"]
    assert not centre.people


def test_nothing_is_taken_while_a_basket_is_in_hands_and_all_of_it_after(
    till: Till, centre: ToldCentre
) -> None:
    till.sign_in(CASHIER)
    till.scan(BREAD)
    centre.people = [StaffChange("staff-9", NEW, "1")]
    centre.order = order = ForkOrder("K1", 3, bytes(32))
    assert between_sales(till.desk) == []
    assert (len(centre.people), centre.obeyed) == (1, [])
    tender.pay_cash(till.desk)
    (said,) = between_sales(till.desk)
    assert "Numbers start again" in str(said)
    assert (centre.people, centre.obeyed) == ([], [order])


def test_a_new_pin_of_the_centre_counts_and_is_written_as_such(
    till: Till, centre: ToldCentre
) -> None:
    fields = StaffFields(number=CASHIER, name="Camille", role="cashier", pin_hash="8642")
    centre.people = [StaffChange("staff-1", fields, "2")]
    between_sales(till.desk)
    assert till.events("staff.pin_changed")
    assert staff.sign_in(till.desk, CASHIER, "8642").ref == "staff-1"


def test_a_number_that_someone_else_has_here_is_told_once_and_taken_when_it_is_free(
    till: Till, centre: ToldCentre
) -> None:
    centre.people = [StaffChange("staff-9", NEW.model_copy(update={"number": CASHIER}), "1")]
    (said,) = between_sales(till.desk)
    assert said.values["other"] == "Camille"
    assert "staff-9" not in people(till)
    assert between_sales(till.desk) == []
    till.sign_in(MANAGER)
    centre.people.append(StaffChange("staff-1", None, "0"))
    assert between_sales(till.desk) == []
    assert not centre.people
    assert staff.sign_in(till.desk, CASHIER, "4321").ref == "staff-9"


def test_whoever_the_centre_takes_off_leaves_unless_they_stand_here_or_are_the_last_manager(
    till: Till, centre: ToldCentre
) -> None:
    till.sign_in(CASHIER)
    centre.people = [StaffChange(f"staff-{n}", None, "0") for n in (1, 2, 3, 99)]
    between_sales(till.desk)
    assert [one.ref for one in centre.people] == ["staff-1", "staff-3"]
    assert till.events("staff.removed")[-1].facts()["staff"] == "staff-2"
    till.sign_in(MANAGER)
    till.desk.ports.people.add(Person("staff-8", "91", "Lou", "manager"), "x")
    till.sign_in(CASHIER)
    between_sales(till.desk)
    assert [one.ref for one in centre.people] == ["staff-1"]


def test_own_stock_is_the_level_and_what_was_sold_since_below_zero_too(
    till: Till, centre: ToldCentre
) -> None:
    assert stock_of(till.desk, "1") is None
    centre.levels["1"] = Level(StockFields(quantity=2000, shelf=1000, reserved=500))
    centre.moves["1"] = -3000
    centre.said = replace(centre.said, read_at={"catalogue:MAIN": "a", "store:S001": "b"})
    assert stock_of(till.desk, "1") == StockHere(-1000, 1000, 500, "b")
    till.desk.ports.centre = None
    assert stock_of(till.desk, "1") is None


def test_other_stores_are_asked_about_once_and_their_last_answer_is_told_with_its_age(
    till: Till, centre: ToldCentre
) -> None:
    assert look_elsewhere(till.desk, "1") is None
    assert [sku for sku, _ in centre.questions] == ["1"]
    answer = Elsewhere((StockThere("S2", "Gare", 3000, 0, ""),), instant_text(till.clock.now()))
    centre.others["1"] = answer
    assert look_elsewhere(till.desk, "1") == answer
    assert len(centre.questions) == 1
    till.clock.pass_s(60)
    assert look_elsewhere(till.desk, "1") == answer
    assert len(centre.questions) == 2


def test_readiness_tells_ages_and_what_waits_since_when(till: Till, centre: ToldCentre) -> None:
    now = till.clock.now()
    at = instant_text(now)
    till.clock.pass_s(7_300)
    centre.said = CourierReport(CourierState.LOGIN_PAGE, "", at, at, 0, {"store:S001": at})
    centre.oldest = at
    ready = readiness.readiness(till.desk)
    assert (ready.heard_s, ready.unsent_s) == (7_300, 7_300)
    assert ready.unsent == till.desk.ports.ledger.unsent() > 0
    said = [str(one) for one in readiness.sentences(ready)]
    assert said[1] == "The centre was last heard 2 h ago."
    assert said[2].endswith("waits to be sent, the oldest for 2 h.")
    assert "Articles: not read yet." in said
    assert "Stock and staff: 2 h old." in said


def test_readiness_shows_how_much_of_the_articles_is_here(till: Till, centre: ToldCentre) -> None:
    centre.said = CourierReport(CourierState.LOADING, coming={"catalogue:MAIN": 437})
    said = [str(one) for one in readiness.sentences(readiness.readiness(till.desk))]
    assert "Articles: ████████░░░░░░░░░░░░ 43 %" in said
    assert "Prices: not read yet." in said


def test_a_till_without_a_centre_is_told_calmly_that_it_works_alone(till: Till) -> None:
    ready = readiness.readiness(till.desk)
    assert ready.state is CourierState.NOT_ENROLLED
    assert ready.words.light is DeviceState.ABSENT
    assert "works alone" in str(readiness.sentences(ready)[0])


@pytest.mark.parametrize("state", CourierState)
def test_every_state_of_the_courier_has_three_words_and_a_page(state: CourierState) -> None:
    words = WORDS[state]
    assert len(str(words.brief).split()) <= 3
    assert len(str(words.page)) > 20
    for language in ("en", "fr"):
        assert words_for(language).say(Sentence("{state}", state=words.brief))
