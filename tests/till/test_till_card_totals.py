"""A card terminal's own totals against the till's, in the day's figures and at the close."""

from __future__ import annotations

import pytest

from pos.domain.staff import NeedsPermission
from pos.till import card_totals, cards, closing, matters, reports, tender, training
from tests.till.shop import BREAD, COLLEAGUE, MANAGER, MEAL, slug_of
from tests.till.terminals import DECLINED, PAN, UNKNOWN, Driven, driven


@pytest.fixture
def till() -> Driven:
    return driven()


def test_a_terminals_own_totals_are_compared_with_what_it_approved(till: Driven) -> None:
    till.end(till.ask(MEAL))
    till.end(till.ask(BREAD), DECLINED)
    tender.pay_cash(till.desk)
    till.end(till.ask(BREAD))
    assert "card_totals" in [one.slug for one in matters.matters(till.desk)]
    till.sign_in(MANAGER)
    (desk, floor, manual) = card_totals.totals(till.desk)
    assert (desk.terminal, desk.count, desk.amount) == ("desk", 2, 1360)
    assert (floor.count, manual.count) == (0, 0)
    agreed = card_totals.compare(till.desk, "desk", 2, 1360)
    assert (agreed.difference, agreed.reason) == (0, None)
    assert "card_totals" not in [one.slug for one in matters.matters(till.desk)]
    assert card_totals.totals(till.desk)[0].count == 0


def test_totals_that_differ_want_a_reason_and_the_z_tells_them(till: Driven) -> None:
    request = till.ask(MEAL)
    till.end(request, UNKNOWN)
    tender.answer_card(till.desk, request, "declined")
    tender.pay_cash(till.desk)
    till.sign_in(MANAGER)
    assert slug_of(lambda: card_totals.compare(till.desk, "desk", 1, 1250)) == "no_reason"
    off = card_totals.compare(till.desk, "desk", 1, 1250, f"settled wrong, {PAN}")
    assert (off.difference, off.expected_count) == (1250, 0)
    assert PAN not in (off.reason or "")
    figures = reports.x_report(till.desk).figures
    counters = {one.name: (one.count, one.amount) for one in figures.counters}
    assert counters["settled_cards"] == (1, 1250)
    assert counters["card_difference"] == (1, 1250)
    assert not figures.cards


def test_the_open_day_tells_each_terminal_apart(till: Driven) -> None:
    till.end(till.ask(MEAL))
    cards.choose(till.desk, "manual")
    request = till.ask(BREAD)
    tender.answer_card(till.desk, request, "approved")
    till.sign_in(MANAGER)
    figures = reports.x_report(till.desk).figures
    assert [(one.name, one.count, one.amount) for one in figures.cards] == [
        ("desk", 1, 1250),
        ("manual", 1, 110),
    ]
    reports.print_x(till.desk)
    paper = repr(till.counter.printed[-1])
    assert "desk × 1" in paper


def test_who_may_compare_totals_and_what_is_no_total(till: Driven) -> None:
    with pytest.raises(NeedsPermission):
        card_totals.compare(till.desk, "desk", 0, 0)
    till.sign_in(MANAGER)
    for terminal, count, amount, slug in (
        ("none such", 0, 0, "no_terminal"),
        ("desk", -1, 0, "bad_count"),
        ("desk", 100_000, 0, "bad_count"),
        ("desk", 0, 10**12, "bad_amount"),
    ):
        refused = slug_of(
            lambda t=terminal, c=count, a=amount: card_totals.compare(till.desk, t, c, a, "x")  # type: ignore[misc]
        )
        assert refused == slug
    training.switch(till.desk, True)
    assert slug_of(lambda: card_totals.compare(till.desk, "desk", 0, 0)) == "training_cards"


def test_a_closing_waits_for_no_card_terminal(till: Driven) -> None:
    till.end(till.ask(MEAL), UNKNOWN)
    till.sign_in(COLLEAGUE)
    till.ask(BREAD)
    till.sign_in(MANAGER)
    closed = closing.close_day(till.desk)
    counters = {one.name: one.count for one in closed.figures.counters}
    assert counters["unsettled_cards"] == 2
