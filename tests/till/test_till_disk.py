"""A disk that is full changes nothing in memory, and the gesture can be made again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from pos.domain.events import BasketCut, CardAnswered, PrintFinished
from pos.domain.line import Discount
from pos.domain.staff import Permission, Person
from pos.ports import DeviceState, PrintEnded, PrintOutcome, StoreUnavailable
from pos.till import cash, drawer, sell, staff, tender, tickets
from pos.till.sell import Question
from tests.till.shop import (
    BREAD,
    COLLEAGUE,
    LAMP,
    MANAGER,
    MEAL,
    MILK,
    PINS,
    WINE,
    Till,
    check_balance,
    check_numbers,
    shown,
    slug_of,
)

Gesture = Callable[[], object]
WRITES_MOST = 5
CASH = ("shift.opened", "cash.moved", "shift.counted", "shift.closed")


@dataclass
class Case:
    """A till made ready for a gesture, and the gesture."""

    prepare: Callable[[Till], Gesture]

    def ready(self, fiscal: str) -> tuple[Till, Gesture]:
        till = Till(fiscal)
        return till, self.prepare(till)


def scanning(till: Till) -> Gesture:
    till.scan(MILK)
    return lambda: till.scan(BREAD)


def answering_the_age(till: Till) -> Gesture:
    question = sell.scan(till.desk, WINE)
    assert isinstance(question, Question)
    return lambda: sell.answer(till.desk, question)


def changing_a_price(till: Till) -> Gesture:
    till.scan(BREAD)
    loan = till.loan(Permission.PRICE_OVERRIDE)
    return lambda: sell.set_price(till.desk, 1, 100, loan)


def discounting(till: Till) -> Gesture:
    till.scan(BREAD)
    loan = till.loan(Permission.BIG_DISCOUNT)
    return lambda: sell.discount_ticket(till.desk, Discount(percent=5000), loan)


def undoing(till: Till) -> Gesture:
    till.scan(BREAD, MILK)
    return lambda: sell.undo(till.desk)


def parking(till: Till) -> Gesture:
    till.scan(BREAD)
    return lambda: sell.park(till.desk)


def recalling(till: Till) -> Gesture:
    till.scan(BREAD)
    sell.park(till.desk)
    till.scan(MILK)
    sell.void_line(till.desk, 1)
    return lambda: sell.recall(till.desk)


def abandoning(till: Till) -> Gesture:
    till.scan(BREAD)
    return lambda: sell.abandon(till.desk, "client parti")


def paying_in_part(till: Till) -> Gesture:
    till.scan(MEAL)
    return lambda: tender.pay_cash(till.desk, 500)


def paying(till: Till) -> Gesture:
    till.scan(MEAL, LAMP)
    return lambda: tender.pay_cash(till.desk, 5000)


def paying_much_cash(till: Till) -> Gesture:
    till.scan(*[LAMP] * 40)
    loan = till.loan(Permission.CASH_NONRESIDENT)
    return lambda: tender.pay_cash(till.desk, 110_000, nonresident=loan)


def asking_a_card(till: Till) -> Gesture:
    till.scan(MEAL)
    return lambda: tender.ask_card(till.desk)


def a_card_in_part(till: Till) -> Gesture:
    till.scan(MEAL)
    request = tender.ask_card(till.desk, 500)
    return lambda: tender.answer_card(till.desk, request, "approved")


def a_card_that_settles(till: Till) -> Gesture:
    till.scan(MEAL)
    request = tender.ask_card(till.desk)
    return lambda: tender.answer_card(till.desk, request, "approved")


def a_card_declined(till: Till) -> Gesture:
    till.scan(MEAL)
    request = tender.ask_card(till.desk)
    return lambda: tender.answer_card(till.desk, request, "declined")


def printing_again(till: Till) -> Gesture:
    till.scan(MEAL)
    tender.pay_cash(till.desk)
    tickets.print_ticket(till.desk)
    return lambda: tickets.print_ticket(till.desk)


def opening_the_drawer(till: Till) -> Gesture:
    loan = till.loan(Permission.NO_SALE)
    return lambda: drawer.no_sale(till.desk, "un contrôle", loan)


def dropping_cash(till: Till) -> Gesture:
    return lambda: cash.drop(till.desk, 1000, "coffre")


def counting_a_drawer(till: Till) -> Gesture:
    shift = cash.open_shift(till.desk).opened.shift
    return lambda: cash.count(till.desk, shift, {100: 1})


def closing_a_shift(till: Till) -> Gesture:
    shift = cash.open_shift(till.desk).opened.shift
    cash.count(till.desk, shift, {1000: 1})
    loan = till.loan(Permission.CASH_DIFFERENCE)
    return lambda: cash.close_shift(till.desk, shift, "trouvé", loan=loan)


def switching_cashier(till: Till) -> Gesture:
    till.scan(MEAL)
    return lambda: staff.sign_in(till.desk, COLLEAGUE, PINS[COLLEAGUE])


def adding_a_person(till: Till) -> Gesture:
    loan = till.loan(Permission.STAFF)
    person = Person("staff-9", "12", "Charlie", "cashier")
    return lambda: staff.add_person(till.desk, person, "4826", loan)


GESTURES = {
    prepare.__name__: Case(prepare)
    for prepare in (
        scanning,
        answering_the_age,
        changing_a_price,
        discounting,
        undoing,
        parking,
        recalling,
        abandoning,
        paying_in_part,
        paying,
        paying_much_cash,
        asking_a_card,
        a_card_in_part,
        a_card_that_settles,
        a_card_declined,
        printing_again,
        opening_the_drawer,
        dropping_cash,
        counting_a_drawer,
        closing_a_shift,
        switching_cashier,
        adding_a_person,
    )
}


def world(till: Till) -> tuple[object, ...]:
    """Return what a gesture should have changed once, whatever happened on the way."""
    baskets = sorted(
        (one.staff, one in till.desk.parked, one.basket, one.card is None)
        for one in till.desk.baskets()
        if one.basket.steps
    )
    return (
        baskets,
        [(sale.ticket, sale.total, sale.change) for sale in till.sales()],
        [page.title for _, page in till.counter.printed],
        till.counter.opened,
        till.desk.person,
        till.copies(),
        [event.kind for event in till.events(*CASH)],
        sorted(till.store.credentials),
    )


@pytest.mark.parametrize("name", sorted(GESTURES))
def test_a_write_that_fails_changes_nothing_and_the_gesture_can_be_made_again(
    till: Till, name: str
) -> None:
    undisturbed, gesture = GESTURES[name].ready(till.fiscal)
    gesture()
    failures = 0
    for writes in range(WRITES_MOST):
        disturbed, gesture = GESTURES[name].ready(till.fiscal)
        before = shown(disturbed.desk)
        disturbed.store.writes_left = writes
        try:
            gesture()
        except StoreUnavailable:
            failures += 1
            disturbed.store.writes_left = None
            if writes == 0:
                assert shown(disturbed.desk) == before
            gesture()
        disturbed.store.writes_left = None
        assert world(disturbed) == world(undisturbed)
        assert shown(disturbed.after_a_cut()) == shown(disturbed.desk)
        check_numbers(disturbed.sales())
        for sale in disturbed.sales():
            check_balance(sale)
    assert 0 < failures < WRITES_MOST


def test_a_scan_that_the_disk_refuses_is_heard(till: Till) -> None:
    till.store.writes_left = 0
    with pytest.raises(StoreUnavailable):
        till.scan(BREAD)
    assert till.counter.played[-1] == "refused"


@pytest.mark.parametrize("parked", [False, True])
def test_a_basket_that_is_read_only_in_part_is_kept_as_far_as_it_goes(
    till: Till, parked: bool
) -> None:
    till.scan(BREAD, MILK)
    if parked:
        sell.park(till.desk)
    (name,) = till.store.drafts
    till.store.add_step(name, "staff-1", 3, '{"step":"from the future"}')
    till.restart()
    if parked:
        sell.recall(till.desk)
    assert [line.name for line in till.basket.lines] == ["Baguette", "Lait 1 L"]
    till.scan(MEAL)
    assert shown(till.after_a_cut()) == shown(till.desk)
    (cut,) = [one for one in till.store.events if isinstance(one, BasketCut)]
    assert cut.steps_kept == 2
    tender.pay_cash(till.desk)
    assert not till.store.drafts


def test_a_basket_of_which_nothing_can_be_read_ends_on_record(till: Till) -> None:
    till.scan(BREAD)
    (name,) = till.store.drafts
    till.store.drafts[name] = replace(till.store.drafts[name], steps=("spoilt",))
    till.restart()
    assert till.basket.is_empty
    assert till.events("basket.abandoned")
    assert not till.store.drafts


@pytest.mark.parametrize("readable", [0, 1])
@pytest.mark.parametrize("outcome", ["", "unknown", "approved"])
def test_a_card_paid_for_a_basket_that_is_read_only_in_part_counts_once(
    till: Till, readable: int, outcome: str
) -> None:
    till.scan(MEAL, BREAD)
    request = tender.ask_card(till.desk, 500)
    if outcome:
        till.store.record(CardAnswered.model_validate({"request": request.request,
                                                       "outcome": outcome}))  # fmt: skip
    (name,) = till.store.drafts
    draft = till.store.drafts[name]
    spoilt = (*draft.steps[:readable], "spoilt", *draft.steps[readable + 1 :])
    till.store.drafts[name] = replace(draft, steps=spoilt)
    till.restart()
    if outcome != "approved":
        assert slug_of(lambda: till.scan(MEAL)) == "card_open"
        tender.answer_card(till.desk, request, "approved")
    for _ in range(2):
        till.restart()
        assert [one.reference for one in till.basket.tenders] == [request.request]
    till.scan(LAMP)
    tender.pay_cash(till.desk)
    (sale,) = till.sales()
    check_balance(sale)
    assert (sale.tenders[0].method, sale.tenders[0].amount) == ("card", 500)
    assert len(sale.lines) == readable + 1


def outcomes_on_disk(till: Till) -> list[str]:
    return [one.outcome for one in till.store.events if isinstance(one, PrintFinished)]


def sold_and_printing(till: Till) -> str:
    """Sell and print; return the job that the printer is at."""
    till.scan(BREAD)
    tender.pay_cash(till.desk)
    tickets.print_ticket(till.desk)
    return till.counter.printed[-1][0]


@pytest.mark.parametrize("outcome", PrintOutcome)
def test_what_the_printer_says_while_the_disk_is_full_is_written_when_it_is_not(
    till: Till, outcome: PrintOutcome
) -> None:
    job = sold_and_printing(till)
    till.store.writes_left = 0
    with pytest.raises(StoreUnavailable):
        tickets.on_device(till.desk, PrintEnded(job, outcome))
    assert len(tickets.unknown_prints(till.desk)) == (outcome is PrintOutcome.UNKNOWN)
    assert not tickets.retry(till.desk)
    assert outcomes_on_disk(till) == []
    till.store.writes_left = None
    assert tickets.retry(till.desk)
    assert tickets.retry(till.desk)
    assert outcomes_on_disk(till) == [outcome.value]


def test_the_next_gesture_writes_what_the_disk_refused_before(till: Till) -> None:
    job = sold_and_printing(till)
    till.store.writes_left = 0
    with pytest.raises(StoreUnavailable):
        tickets.on_device(till.desk, PrintEnded(job, PrintOutcome.FAILED))
    till.store.writes_left = None
    assert tickets.print_ticket(till.desk) == 0  # nothing came out, so this is the original
    assert outcomes_on_disk(till) == ["failed"]


def test_a_ticket_the_full_disk_kept_from_the_printer_leaves_later(till: Till) -> None:
    till.printer(DeviceState.OFFLINE)
    till.scan(BREAD)
    tender.pay_cash(till.desk)
    tickets.print_ticket(till.desk)
    till.store.writes_left = 0
    with pytest.raises(StoreUnavailable):
        till.printer(DeviceState.READY)
    assert not tickets.retry(till.desk)
    assert till.counter.printed == []
    till.store.writes_left = None
    assert tickets.retry(till.desk)
    assert tickets.retry(till.desk)
    assert len(till.counter.printed) == 1


def test_a_death_between_the_entry_and_the_person_leaves_nobody_who_was_not_written_down(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.sign_in(MANAGER)
    person = Person("staff-9", "12", "Charlie", "cashier")

    def refuse(*_: object) -> None:
        raise StoreUnavailable("disk_full", "The disk is full; make room and try again.")

    with monkeypatch.context() as broken:
        broken.setattr(till.desk.ports.people, "add", refuse)
        with pytest.raises(StoreUnavailable):
            staff.add_person(till.desk, person, "4826")
    assert till.events("staff.added")
    assert slug_of(lambda: staff.sign_in(till.desk, "12", "4826")) == "wrong_pin"
    staff.add_person(till.desk, person, "4826")
    assert staff.sign_in(till.desk, "12", "4826") == person
