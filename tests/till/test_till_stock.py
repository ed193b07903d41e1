"""Stock at the till: what is here, what is elsewhere, and what a manager should count."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.words import words_for
from pos.console import console_on
from pos.domain.catalogue import Unit
from pos.domain.errors import Refusal
from pos.domain.events import PermissionUsed
from pos.domain.feed import StockFields
from pos.domain.shift import instant_text
from pos.domain.staff import NeedsPermission, Permission
from pos.doubles import ToldCentre
from pos.ports.centre import CourierReport, CourierState, Elsewhere, Level, StockThere
from pos.till import training
from pos.till.adjust import Told, adjust
from pos.till.matters import matters
from pos.till.stock import stock_lines
from tests.till.shop import BREAD, CASHIER, MANAGER, Till


@pytest.fixture
def centre(till: Till) -> ToldCentre:
    at = instant_text(till.clock.now() - timedelta(minutes=5))
    told = ToldCentre(said=CourierReport(CourierState.CONNECTED, read_at={"store:S001": at}))
    told.levels["1"] = Level(StockFields(quantity=12_000, shelf=1000, reserved=2000))
    till.desk.ports.centre = told
    return told


def lines(till: Till, unit: Unit = Unit.PIECE) -> list[str]:
    say = words_for("en").say
    return [
        say(one.text) + ("" if one.age is None else f" ({say(one.age)})")
        for one in stock_lines(till.desk, "1", unit)
    ]


def test_the_stock_of_an_article_is_read_line_by_line(till: Till, centre: ToldCentre) -> None:
    assert lines(till) == [
        "Here: 12 (5 min)",
        "Of it promised to customers: 2",
        "Picked, waiting for customers: 1",
        "Asking about the other stores…",
    ]
    now = instant_text(till.clock.now())
    own = till.desk.ports.ledger.place.store
    stores = (
        StockThere(own, "Ici", 1000, 0, now),
        StockThere("S2", "Gare", 3000, 1000, now),
        StockThere("S3", "", -2000, 0, ""),
    )
    centre.others["1"] = Elsewhere(stores, now)
    assert lines(till)[3:] == ["Gare: 3, of it promised 1 (0 s)", "S3: -2"]


def test_an_answer_about_other_stores_stays_with_its_age_when_nobody_can_be_asked(
    till: Till, centre: ToldCentre
) -> None:
    now = instant_text(till.clock.now())
    centre.others["1"] = Elsewhere((StockThere("S2", "Gare", 3000, 0, now),), now)
    till.clock.pass_s(2 * 3600)
    centre.said = CourierReport(CourierState.NO_NETWORK, read_at=centre.said.read_at)
    assert lines(till)[3:] == [
        "The other stores cannot be asked now: no network.",
        "Gare: 3 (2 h)",
    ]
    centre.others.clear()
    assert lines(till)[3:] == ["The other stores cannot be asked now: no network."]


def test_weights_and_unknown_articles_and_a_till_alone_are_told_as_they_are(
    till: Till, centre: ToldCentre
) -> None:
    centre.levels["1"] = Level(StockFields(quantity=-3_500))
    assert lines(till, Unit.KG)[:2] == [
        "Here: -3.500\xa0kg (5 min)",
        "More was sold than counted: a manager counts it again.",
    ]
    centre.levels.clear()
    now = instant_text(till.clock.now())
    centre.others["1"] = Elsewhere((), now)
    assert lines(till) == [
        "Here: nothing was ever counted, delivered or sold.",
        "No other store has had it. (0 s)",
    ]
    till.desk.ports.centre = None
    assert lines(till) == ["This till belongs to no centre, which alone knows stock."]


def test_the_console_tells_stock_and_asks_about_the_other_stores(
    till: Till, centre: ToldCentre
) -> None:
    till.sign_in(CASHIER)
    (said,) = console_on(till.desk).play([f"stock {BREAD}"])
    assert said.outcome.startswith("Ici\N{NO-BREAK SPACE}: 12")
    assert [sku for sku, _ in centre.questions] == ["1"]


def test_what_was_sold_below_zero_is_a_matter_for_the_manager_and_stops_nothing(
    till: Till, centre: ToldCentre
) -> None:
    def found() -> list[str]:
        return [str(one.what_to_do) for one in matters(till.desk) if one.slug == "below_zero"]

    assert found() == []
    centre.below = {"2": -1000, "1": -4000, "gone": -2000}
    assert found() == ["Count it: Baguette, gone, Lait 1 L."]
    assert not any(one.blocks for one in matters(till.desk))
    centre.is_enrolled = False
    assert found() == []


def test_a_count_moves_the_stock_by_what_differs_and_a_correction_by_what_is_said(
    till: Till, centre: ToldCentre
) -> None:
    till.sign_in(MANAGER)
    counted = adjust(till.desk, "1", Told(9_000, is_count=True), "Stocktaking")
    assert (counted.quantity, counted.expected, counted.counted) == (-3_000, 12_000, 9_000)
    broken = adjust(till.desk, "1", Told(-2_000, is_count=False), " broken ")
    assert (broken.quantity, broken.counted, broken.reason) == (-2_000, None, "broken")
    unknown = adjust(till.desk, "2", Told(4_000, is_count=True), "Stocktaking")
    assert (unknown.quantity, unknown.expected) == (4_000, 0)
    assert till.events("stock.adjusted") == [counted, broken, unknown]


def test_why_a_stock_is_changed_keeps_no_card_number(till: Till, centre: ToldCentre) -> None:
    till.sign_in(MANAGER)
    told = adjust(till.desk, "1", Told(-1_000, is_count=False), "taken, 4970 1012 3456 7893")
    assert told.reason == "taken, #### #### #### 7893"


def test_who_may_not_change_the_stock_is_lent_it_once(till: Till, centre: ToldCentre) -> None:
    told = Told(9_000, is_count=True)
    with pytest.raises(NeedsPermission):
        adjust(till.desk, "1", told, "Stocktaking")
    loan = till.loan(Permission.STOCK)
    adjust(till.desk, "1", told, "Stocktaking", loan)
    with pytest.raises(NeedsPermission):
        adjust(till.desk, "1", told, "Stocktaking", loan)
    (used,) = [one for one in till.events("permission.used") if isinstance(one, PermissionUsed)]
    assert (used.permission, used.lender) == ("stock", "staff-3")


WRONG = [
    (Told(-1, is_count=True), "why", "bad_quantity"),
    (Told(0, is_count=False), "why", "bad_quantity"),
    (Told(10**9 + 1, is_count=True), "why", "bad_quantity"),
    (Told(-(10**9) - 1, is_count=False), "why", "bad_quantity"),
    (Told(1_000, is_count=True), "  ", "no_reason"),
]


@pytest.mark.parametrize(("told", "reason", "slug"), WRONG, ids=str)
def test_what_no_stock_can_be_is_refused(
    till: Till, centre: ToldCentre, told: Told, reason: str, slug: str
) -> None:
    till.sign_in(MANAGER)
    with pytest.raises(Refusal) as refused:
        adjust(till.desk, "1", told, reason)
    assert refused.value.slug == slug
    assert not till.events("stock.adjusted")


def test_stock_is_neither_counted_in_training_nor_at_a_till_of_no_centre(
    till: Till, centre: ToldCentre
) -> None:
    till.sign_in(MANAGER)
    training.switch(till.desk, on=True)
    with pytest.raises(Refusal, match="end training"):
        adjust(till.desk, "1", Told(1_000, is_count=True), "Stocktaking")
    training.switch(till.desk, on=False)
    centre.is_enrolled = False
    with pytest.raises(Refusal, match="belongs to no centre"):
        adjust(till.desk, "1", Told(1_000, is_count=True), "Stocktaking")


def test_the_console_counts_and_corrects(till: Till, centre: ToldCentre) -> None:
    till.sign_in(MANAGER)
    asked = [f"adjust-stock {BREAD} 10 Stocktaking", f"adjust-stock {BREAD} -3 broken"]
    assert [done.outcome for done in console_on(till.desk).play(asked)] == ["10", "9"]
