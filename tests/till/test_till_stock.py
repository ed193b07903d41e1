"""Stock at the till: what is here, what is elsewhere, and what a manager should count."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.words import words_for
from pos.console import console_on
from pos.domain.catalogue import Unit
from pos.domain.feed import StockFields
from pos.domain.shift import instant_text
from pos.doubles import ToldCentre
from pos.ports.centre import CourierReport, CourierState, Elsewhere, Level, StockThere
from pos.till.matters import matters
from pos.till.stock import stock_lines
from tests.till.shop import BREAD, CASHIER, Till


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
