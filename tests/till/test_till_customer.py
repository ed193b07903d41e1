"""What customers read on their screen: their lines, promotions, what is due, the change."""

from __future__ import annotations

from dataclasses import replace

from pos.domain.line import Discount
from pos.doubles import RecordedScreen
from pos.papers.customer import LINES_MOST, CustomerView
from pos.ports import WeightSeen
from pos.till import customer, sell, staff, tender, tickets, weighing
from tests.till.shop import BREAD, COLLEAGUE, MANAGER, MILK, PINS, Till


def with_screen(till: Till) -> RecordedScreen:
    till.language = "en"
    till.restart(MANAGER)
    screen = RecordedScreen()
    till.desk.ports.customer = screen
    return screen


def last(screen: RecordedScreen) -> CustomerView:
    return screen.views[-1]


def test_each_line_and_the_total_are_shown_as_they_come(till: Till) -> None:
    screen = with_screen(till)
    till.scan(BREAD, MILK)
    view = last(screen)
    assert (view.kind, view.shop, view.label, view.amount) == (
        "basket",
        "Au coin",
        "TOTAL",
        "€2.15",
    )
    assert [(line.name, line.quantity, line.amount) for line in view.lines] == [
        ("Baguette", "1", "€1.10"),
        ("Lait 1 L", "1", "€1.05"),
    ]
    assert view.keep_s > 0


def test_a_discount_stands_under_its_line_and_that_of_the_ticket_beside_the_total(
    till: Till,
) -> None:
    screen = with_screen(till)
    till.scan(BREAD)
    sell.discount_line(till.desk, 1, Discount(percent=1000, reason="mûr"))
    assert last(screen).lines[0].note == "Discount -€0.11"
    sell.discount_ticket(till.desk, Discount(percent=1000))
    assert last(screen).notes == ("Ticket discount -€0.10",)


def test_what_was_paid_so_far_stands_beside_what_is_still_due(till: Till) -> None:
    screen = with_screen(till)
    till.scan(BREAD)
    tender.pay_cash(till.desk, 100)
    view = last(screen)
    assert (view.label, view.amount, view.second) == ("STILL DUE", "€0.10", ("Paid", "€1.00"))


def test_the_change_is_shown_for_its_seconds_and_no_line_with_it(till: Till) -> None:
    screen = with_screen(till)
    till.desk.rules = replace(till.desk.rules, customer_s=20)
    till.scan(BREAD)
    tender.pay_cash(till.desk, 200)
    view = last(screen)
    assert (view.kind, view.label, view.amount) == ("paid", "CHANGE", "€0.90")
    assert (view.second, view.lines, view.keep_s) == (("TOTAL", "€1.10"), (), 20)


def test_only_the_last_lines_of_a_long_basket_are_told(till: Till) -> None:
    screen = with_screen(till)
    till.scan(*[BREAD] * (LINES_MOST + 5))
    assert len(last(screen).lines) == LINES_MOST


def test_a_basket_put_aside_leaves_nothing_to_read_and_comes_back_with_its_cashier(
    till: Till,
) -> None:
    screen = with_screen(till)
    till.scan(BREAD)
    sell.park(till.desk)
    assert (last(screen).kind, last(screen).lines) == ("welcome", ())
    sell.recall(till.desk)
    assert last(screen).lines
    till.sign_in(COLLEAGUE)
    assert not last(screen).lines
    staff.sign_in(till.desk, MANAGER, PINS[MANAGER])
    assert last(screen).lines


def test_a_weight_is_read_by_the_customer_before_it_is_taken(till: Till) -> None:
    screen = with_screen(till)
    till.desk.ports.scale = till.counter
    one = weighing.begin(till.desk, "Pommes", 249)
    assert one is not None
    tickets.on_device(till.desk, WeightSeen("scale", one.name, 345))
    view = last(screen)
    assert (view.kind, view.label, view.second) == ("weighing", "Pommes", ("Price", "€0.86"))
    assert view.amount.replace("\xa0", " ") == "0.345 kg"
    assert [line.strip() for line in till.counter.shown[-1]] != ["", ""]
    weighing.cancel(till.desk, one)
    assert last(screen).kind == "basket"


def test_training_says_so_to_customers_too(till: Till) -> None:
    screen = with_screen(till)
    till.desk.training = True
    till.scan(BREAD)
    assert last(screen).mark == till.desk.ports.fiscal.training_mark()


def test_a_number_is_called_and_forgotten(till: Till) -> None:
    screen = with_screen(till)
    customer.show_number(till.desk, "B1-42")
    assert (last(screen).kind, last(screen).number) == ("called", "B1-42")
    assert last(screen).keep_s == till.desk.rules.customer_s
    customer.show_number(till.desk, "")
    assert last(screen).number == "B1-42"
