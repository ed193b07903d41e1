"""Card terminals that the till drives: answers that come, come late, or never; and who decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos.domain.basket import Basket
from pos.domain.events import SaleFinished
from pos.ports import (
    CardOutcome,
    CardRequest,
    DeviceState,
    StoreUnavailable,
)
from pos.till import (
    cards,
    matters,
    sell,
    staff,
    tender,
    training,
)
from pos.till.desk import HouseRules
from tests.till.returns import gives_back
from tests.till.shop import (
    BREAD,
    CASHIER,
    COLLEAGUE,
    MANAGER,
    MEAL,
    slug_of,
)
from tests.till.terminals import (
    APPROVED,
    CANCELLED,
    DECLINED,
    PAN,
    RECEIPT,
    UNKNOWN,
    Driven,
    driven,
)


@pytest.fixture
def till() -> Driven:
    return driven()


def test_a_terminals_approval_finishes_the_sale_and_is_kept_with_its_details(till: Driven) -> None:
    request = till.ask(MEAL)
    assert till.counter.asked == [(request.request, 1250)]
    assert till.store.events[-1].kind == "card.asked"
    till.end(request)
    (sale,) = till.sales()
    assert [(one.method, one.amount) for one in sale.tenders] == [("card", 1250)]
    (said,) = till.answers()
    assert (said.card, said.authorisation, said.application) == ("############7893", "391603", "CB")
    assert said.settled_by is None
    assert not tender.unsettled(till.desk)


@pytest.mark.parametrize("outcome", [DECLINED, CANCELLED])
def test_what_was_not_paid_leaves_the_basket_to_pay_otherwise(
    till: Driven, outcome: CardOutcome
) -> None:
    till.end(till.ask(MEAL), outcome)
    assert till.basket.due == 1250
    assert isinstance(tender.pay_cash(till.desk), SaleFinished)


def test_while_a_terminal_is_at_work_its_payment_is_not_one_to_settle(till: Driven) -> None:
    request = till.ask(MEAL)
    assert not tender.unsettled(till.desk)
    assert "cards" not in [one.slug for one in matters.matters(till.desk)]
    assert slug_of(lambda: till.scan(BREAD)) == "card_open"
    till.end(request, UNKNOWN)
    assert [one.request for one in tender.unsettled(till.desk)] == [request.request]


def test_an_unknown_end_locks_the_basket_and_only_a_person_settles_it(till: Driven) -> None:
    request = till.ask(MEAL)
    till.end(request, UNKNOWN)
    for gesture in (lambda: tender.ask_card(till.desk), lambda: tender.pay_cash(till.desk)):
        assert slug_of(gesture) == "card_open"
    assert len(till.counter.asked) == 1
    (waiting,) = tender.unsettled(till.desk)
    done = tender.answer_card(till.desk, waiting, "approved", " 39a603 ")
    assert isinstance(done, SaleFinished)
    said = till.answers()[-1]
    assert (said.authorisation, said.settled_by) == ("39A603", till.desk.signed_in.ref)


@pytest.mark.parametrize("typed", [PAN, "12 34", "39-16", "1234567890123"])
def test_no_card_number_is_taken_for_an_authorisation(till: Driven, typed: str) -> None:
    request = till.ask(MEAL)
    till.end(request, UNKNOWN)
    assert (
        slug_of(lambda: tender.answer_card(till.desk, request, "approved", typed))
        == "bad_authorisation"
    )
    assert tender.unsettled(till.desk)


def test_what_a_terminal_says_late_is_evidence_and_decides_nothing(till: Driven) -> None:
    request = till.ask(MEAL)
    till.end(request, UNKNOWN)
    till.late(request, APPROVED)
    assert slug_of(lambda: till.scan(BREAD)) == "card_open"
    (waiting,) = tender.unsettled(till.desk)
    said = till.desk.ports.past.card_answer(waiting.request)
    assert said is not None
    assert (said.outcome, said.heard, said.authorisation) == ("unknown", "approved", "391603")
    tender.answer_card(till.desk, waiting, "approved")
    assert till.sales()


@pytest.mark.parametrize(
    ("settled", "late", "told"),
    [
        ("declined", APPROVED, 1),
        ("cancelled", APPROVED, 1),
        ("approved", DECLINED, 1),
        ("approved", APPROVED, 0),
        ("declined", CANCELLED, 0),
        ("declined", UNKNOWN, 0),
    ],
)
def test_a_late_word_against_what_a_person_settled_is_told_to_a_manager(
    till: Driven, settled: str, late: CardOutcome, told: int
) -> None:
    request = till.ask(MEAL, amount=500)
    till.end(request, UNKNOWN)
    tender.answer_card(till.desk, request, settled)
    paid = till.basket.due
    till.late(request, late)
    assert len(till.desk.untold) == told
    assert till.basket.due == paid
    found = till.desk.ports.past.card(request.request)
    assert found is not None
    assert found.outcome == settled


@pytest.mark.parametrize(
    ("heard", "settled", "told"),
    [
        (APPROVED, "declined", "did take 12.50"),
        (APPROVED, "cancelled", "did take 12.50"),
        (DECLINED, "approved", "did not take 12.50"),
        (CANCELLED, "approved", "did not take 12.50"),
        (APPROVED, "approved", ""),
        (DECLINED, "cancelled", ""),
        (UNKNOWN, "declined", ""),
        (APPROVED, "unknown", ""),
    ],
)
def test_a_settlement_against_what_the_terminal_said_before_is_told_to_a_manager(
    till: Driven, heard: CardOutcome, settled: str, told: str
) -> None:
    request = till.ask(MEAL)
    tender.answer_card(till.desk, request, "unknown")
    till.end(request, heard)
    assert till.desk.untold == []
    tender.answer_card(till.desk, request, settled)
    assert len(till.desk.untold) == bool(told)
    assert all(told in str(one) for one in till.desk.untold)
    assert len(till.sales()) == (settled == "approved")


def test_who_gives_up_waiting_makes_it_unknown_and_the_answer_that_comes_is_evidence(
    till: Driven,
) -> None:
    request = till.ask(MEAL)
    tender.answer_card(till.desk, request, "unknown")
    assert tender.unsettled(till.desk)
    till.end(request)
    assert till.answers()[-1].heard == "approved"
    assert not till.sales()


def test_a_till_that_died_between_asking_and_hearing_asks_a_person_and_listens(
    till: Driven,
) -> None:
    request = till.ask(MEAL)
    till.restart()
    assert till.counter.listened == [(request.request, 1250)]
    assert len(till.counter.asked) == 1
    assert slug_of(lambda: till.scan(BREAD)) == "card_open"
    till.late(request, APPROVED)
    till.restart()
    (waiting,) = tender.unsettled(till.desk)
    assert isinstance(tender.answer_card(till.desk, waiting, "approved"), SaleFinished)


def test_an_answer_finds_its_basket_whoever_stands_at_the_till(till: Driven) -> None:
    request = till.ask(MEAL)
    till.sign_in(COLLEAGUE)
    till.scan(BREAD)
    till.end(request)
    assert not till.sales()
    assert till.basket.due == 110
    till.sign_in(CASHIER)
    assert till.basket.due == 0
    assert isinstance(tender.pay_cash(till.desk), SaleFinished)


def test_an_answer_is_taken_while_nobody_is_signed_in(till: Driven) -> None:
    request = till.ask(MEAL)
    staff.sign_out(till.desk)
    till.end(request)
    till.sign_in(CASHIER)
    assert till.basket.due == 0


def test_an_answer_finds_a_basket_that_was_put_aside(till: Driven) -> None:
    request = till.ask(MEAL)
    sell.park(till.desk)
    till.scan(BREAD)
    till.end(request)
    tender.pay_cash(till.desk)
    sell.recall(till.desk)
    assert till.basket.due == 0


def test_two_cashiers_wait_for_two_terminals_at_once(till: Driven) -> None:
    first = till.ask(MEAL)
    till.sign_in(COLLEAGUE)
    cards.choose(till.desk, "floor")
    second = till.ask(BREAD)
    till.end(second)
    assert [sale.total for sale in till.sales()] == [110]
    till.sign_in(CASHIER)
    till.end(first)
    assert [sale.total for sale in till.sales()] == [110, 1250]


@pytest.mark.parametrize(("paid", "writes"), [(None, 0), (500, 0), (500, 1)])
def test_an_answer_that_the_disk_refuses_is_heard_again(
    till: Driven, paid: int | None, writes: int
) -> None:
    request = till.ask(MEAL, amount=paid)
    till.store.writes_left = writes
    with pytest.raises(StoreUnavailable):
        till.end(request)
    with pytest.raises(StoreUnavailable):
        tender.hear_again(till.desk)
    till.store.writes_left = None
    tender.hear_again(till.desk)
    tender.hear_again(till.desk)
    if paid is not None:
        assert till.basket.due == 750
        tender.pay_cash(till.desk)
    assert [sale.total for sale in till.sales()] == [1250]
    assert sum(one.method == "card" for one in till.sales()[0].tenders) == 1
    assert {one.heard for one in till.answers()} == {None}


def test_an_answer_to_what_this_till_never_asked_is_not_its_business(till: Driven) -> None:
    till.end(CardRequest("other", "basket", 500, ""))
    assert not till.answers()


def test_goods_that_come_back_are_paid_back_by_the_terminal(till: Driven) -> None:
    till.end(till.ask(MEAL))
    gives_back(till, till.sales()[-1], 1)
    request = tender.ask_card(till.desk)
    assert till.counter.asked[-1] == (request.request, -1250)
    till.end(request)
    assert till.sales()[-1].total == -1250


@pytest.mark.parametrize("away", [("desk",), ("desk", "floor")])
def test_a_terminal_that_is_away_makes_the_till_ask_which_one(
    till: Driven, away: tuple[str, ...]
) -> None:
    assert not cards.must_choose(till.desk)
    for name in away:
        till.away(name)
    assert cards.must_choose(till.desk)
    cards.choose(till.desk, "manual")
    request = till.ask(MEAL)
    assert not till.counter.asked
    assert isinstance(tender.answer_card(till.desk, request, "approved"), SaleFinished)
    assert cards.must_choose(till.desk)
    till.away("desk", DeviceState.READY)
    cards.choose(till.desk, "desk")
    assert not cards.must_choose(till.desk)
    cards.choose(till.desk, "manual")
    assert not cards.must_choose(till.desk)


def test_with_several_terminals_one_is_chosen_once_and_remembered() -> None:
    till = Driven()
    assert cards.must_choose(till.desk)
    cards.choose(till.desk, "floor")
    assert not cards.must_choose(till.desk)
    assert till.ask(MEAL).terminal == "floor"
    assert slug_of(lambda: cards.choose(till.desk, "none such")) == "no_terminal"


def test_training_asks_no_real_terminal(till: Driven) -> None:
    till.sign_in(MANAGER)
    training.switch(till.desk, True)
    request = till.ask(MEAL)
    assert request.terminal == "manual"
    assert not till.counter.asked
    assert isinstance(tender.answer_card(till.desk, request, "approved"), SaleFinished)


@pytest.mark.parametrize(
    ("outcome", "wanted", "printed"),
    [(APPROVED, True, 0), (DECLINED, True, 1), (CANCELLED, True, 1), (DECLINED, False, 0)],
)
def test_a_card_receipt_prints_unasked_only_where_nothing_was_paid(
    outcome: CardOutcome, wanted: bool, printed: int
) -> None:
    def rules(house: HouseRules) -> HouseRules:
        return replace(house, printing=replace(house.printing, card_trouble=wanted))

    till = Driven(change_rules=rules)
    till.end(till.ask(MEAL), outcome, RECEIPT)
    papers = [job for job, page in till.counter.printed if page.title == "card"]
    assert len(papers) == printed
    assert PAN not in repr(till.counter.printed)
    assert PAN not in repr(till.store.events)
    assert tender.print_card(till.desk) == printed


def test_a_terminal_that_gave_no_receipt_has_none_to_print(till: Driven) -> None:
    till.end(till.ask(MEAL))
    assert slug_of(lambda: tender.print_card(till.desk)) == "no_card_slip"


def test_a_card_receipt_waits_for_the_printer_over_a_restart(till: Driven) -> None:
    till.printer(DeviceState.OFFLINE)
    till.end(till.ask(MEAL), DECLINED, RECEIPT)
    till.restart()
    assert [page.title for _, page in till.counter.printed] == ["card"]


def test_an_unknown_payback_may_be_settled_as_not_done(till: Driven) -> None:
    till.end(till.ask(MEAL))
    gives_back(till, till.sales()[-1], 1)
    request = tender.ask_card(till.desk)
    till.end(request, UNKNOWN)
    assert isinstance(tender.answer_card(till.desk, request, "declined"), Basket)
    assert till.basket.due == -1250
