"""Worklists and picking: each article scanned, what is missing said, packed, put back."""

from __future__ import annotations

import pytest

from pos.domain.feed import StockFields
from pos.domain.order import LineState, Order, OrderState
from pos.doubles.centre import ToldCentre
from pos.ports.centre import Level
from pos.till.pickup import hand_over, picking, worklists
from pos.till.pickup.kiosk import arrive
from pos.till.pickup.put_back import put_back, put_back_line
from pos.till.pickup.worklists import Lateness
from pos.till.stock import stock_of
from tests.orders import CODE, ULID, as_ready, line, order
from tests.till.pickup_till import PickupTill
from tests.till.shop import (
    APPLES,
    BREAD,
    LAMP,
    MILK,
    PAPER,
    PIECE_OF_CHEESE,
    SLICES_OF_HAM,
    WINE,
    slug_of,
)

HAM = line(1, "12", "Jambon", 400, unit="kg", unit_price=1990)
APPLE = line(1, "4", "Pommes", 1_000, unit="kg", unit_price=249)


def named(n: int) -> str:
    return f"01JD7Z4QFS3WZ8E3Y6M5K0{n:04d}"


def at(minutes: int) -> str:
    """Return an instant so many minutes after the shop's clock."""
    return f"2026-11-24T{9 + (30 + minutes) // 60:02d}:{(30 + minutes) % 60:02d}:00.000Z"


def test_the_lists_come_by_the_time_promised_and_who_waits_comes_first() -> None:
    till = PickupTill(
        order(order=named(1), promised_at=at(60)),
        order(order=named(2), promised_at=at(20), state=OrderState.PICKING),
        as_ready(order(order=named(3), promised_at=at(5))),
        as_ready(order(order=named(4), promised_at=at(50), here_at=at(-1))),
        as_ready(order(order=named(5)), state=OrderState.EXPIRED),
        order(order=named(6), state=OrderState.CANCELLED),
        order(order=named(7), state=OrderState.HANDED_OVER),
    )
    lists = worklists.worklists(till.desk)
    assert [one.order for one in lists.to_pick] == [named(2), named(1)]
    assert [one.order for one in lists.to_collect] == [named(4), named(3)]
    assert [one.order for one in lists.to_put_back] == [named(5)]


@pytest.mark.parametrize(
    ("minutes", "state", "expected"),
    [
        (-1, OrderState.PLACED, Lateness.LATE),
        (15, OrderState.ACCEPTED, Lateness.SOON),
        (16, OrderState.PICKING, Lateness.ON_TIME),
        (-90, OrderState.READY, Lateness.ON_TIME),
    ],
)
def test_an_order_is_late_against_its_promise_until_it_is_ready(
    minutes: int, state: OrderState, expected: Lateness
) -> None:
    till = PickupTill()
    assert worklists.is_late(till.desk, order(promised_at=at(minutes), state=state)) is expected


def test_new_orders_and_customers_who_come_are_told_once() -> None:
    till = PickupTill(order(order=named(1)), as_ready(order(order=named(2))))
    assert worklists.news(till.desk) == ()
    assert worklists.news(till.desk) == ()
    till.orders.put(order(order=named(3)))
    assert [one.order for one in worklists.news(till.desk)] == [named(3)]
    assert till.counter.played[-1] == "attention"
    till.orders.put(as_ready(order(order=named(2), here_at=at(0))))
    assert [one.order for one in worklists.news(till.desk)] == [named(2)]
    till.orders.put(order(order=named(3), state=OrderState.PICKING))
    assert worklists.news(till.desk) == ()


def test_a_customer_who_waits_no_more_is_no_news() -> None:
    till = PickupTill(order(here_at=at(-5)))
    assert worklists.news(till.desk) == ()
    till.orders.put(order())
    assert worklists.news(till.desk) == ()


def test_an_order_is_found_by_its_number_or_by_the_start_of_names() -> None:
    till = PickupTill(
        order(order=named(1), reference="W104", name="Zoé Dupont"),
        order(order=named(2), reference="W1042", name="Camille Martin"),
        order(order=named(3), reference="W7", name="Martin Petit", state=OrderState.CANCELLED),
    )

    def found(text: str) -> list[str]:
        return [one.reference for one in worklists.find(till.desk, text)]

    assert found("w104") == ["W104", "W1042"]
    assert found("mart") == ["W1042", "W7"]
    assert found("cam mar") == ["W1042"]
    assert found(" ") == found("lefebvre") == []


def test_an_order_is_picked_scan_by_scan_and_only_what_is_of_it() -> None:
    till = PickupTill(order())
    desk = till.desk
    picking.accept(desk, till.order())
    assert till.order().state is OrderState.ACCEPTED
    first = picking.pick(desk, till.order(), BREAD)
    assert (first.line.picked, first.order.state) == (1_000, OrderState.PICKING)
    refused = till.counter.refused
    assert slug_of(lambda: picking.pick(desk, till.order(), PAPER)) == "wrong_article"
    assert (till.counter.played[-1], till.counter.refused) == ("refused", refused + 1)
    assert slug_of(lambda: picking.pick(desk, till.order(), "3760000000018")) != ""
    picking.pick(desk, till.order(), BREAD)
    assert slug_of(lambda: picking.pick(desk, till.order(), BREAD)) == "picked_already"
    assert slug_of(lambda: picking.ready(desk, till.order(), "A3", 1)) == "not_ready"
    picking.pick_line(desk, till.order(), 2, 1_000)
    assert slug_of(lambda: picking.pick_line(desk, till.order(), 2, 1_000)) == "too_much"
    assert slug_of(lambda: picking.pick_line(desk, till.order(), 2, 500)) == "part_of_a_piece"
    picking.unpick(desk, till.order(), 2, 1_000)
    assert slug_of(lambda: picking.unpick(desk, till.order(), 2, 1_000)) == "too_much"
    picking.pick(desk, till.order(), MILK)
    done = picking.ready(desk, till.order(), " a3 ", 2)
    assert (done.state, done.shelf, done.bags) == (OrderState.READY, "A3", 2)


def test_what_is_missing_is_short_with_a_reason_and_the_rest_goes_out() -> None:
    till = PickupTill(order())
    picking.pick(till.desk, till.order(), BREAD)
    assert slug_of(lambda: picking.short(till.desk, till.order(), 1, " ")) == "no_reason"
    picking.short(till.desk, till.order(), 1, "broken")
    picking.short(till.desk, till.order(), 2, "none left")
    done = picking.ready(till.desk, till.order(), "A3", 1)
    assert [one.short for one in done.lines] == [1_000, 1_000]
    assert done.line(2).state is LineState.SHORT


def test_nothing_but_short_lines_is_no_order_to_collect() -> None:
    till = PickupTill(order())
    for n in (1, 2):
        picking.short(till.desk, till.order(), n, "none left")
    assert slug_of(lambda: picking.ready(till.desk, till.order(), "A3", 1)) == "not_ready"
    gone = picking.reject(till.desk, till.order(), "all sold")
    assert (gone.state, gone.reason) == (OrderState.REJECTED, "all sold")


@pytest.mark.parametrize(("shelf", "bags", "slug"), [("", 1, "no_shelf"), ("A", 0, "bad_bags")])
def test_a_ready_order_says_where_it_lies_and_in_how_many_bags(
    shelf: str, bags: int, slug: str
) -> None:
    till = PickupTill(order())
    assert slug_of(lambda: picking.ready(till.desk, till.order(), shelf, bags)) == slug


def test_what_is_weighed_is_picked_by_its_label_or_by_a_typed_weight() -> None:
    till = PickupTill(order(HAM))
    done = picking.pick(till.desk, till.order(), SLICES_OF_HAM)
    assert (done.quantity, done.order.line(1).picked, done.order.line(1).to_pick) == (345, 345, 55)
    till = PickupTill(order(APPLE))
    asked = picking.pick(till.desk, till.order(), APPLES)
    assert (asked.quantity, asked.line.picked) == (0, 0)
    assert slug_of(lambda: picking.pick_line(till.desk, till.order(), 1, 1_300)) == "too_much"
    near = picking.pick_line(till.desk, till.order(), 1, 940)
    assert near.line(1).to_pick == 0


def test_a_label_with_a_price_tells_no_weight() -> None:
    till = PickupTill(order(line(1, "11", "Comté", 300, unit="kg", unit_price=2290)))
    assert picking.pick(till.desk, till.order(), PIECE_OF_CHEESE).quantity == 0


def test_a_substitute_wants_the_customers_word_and_costs_no_more() -> None:
    till = PickupTill(order())
    desk = till.desk

    def replaced(n: int, raw: str, *, agreed: bool = True) -> Order:
        return picking.substitute(desk, till.order(), n, raw, agreed=agreed).order

    assert slug_of(lambda: replaced(2, PAPER, agreed=False)) == "line_started"
    assert slug_of(lambda: replaced(2, MILK)) == "same_article"
    assert slug_of(lambda: replaced(2, APPLES)) == "other_unit"
    done = replaced(2, PAPER).line(2)
    assert (done.sku, done.name, done.ordered) == ("7", "Quotidien", "2")
    assert (done.unit_price, done.ordered_price, done.state) == (105, 105, LineState.SUBSTITUTED)
    picking.pick(desk, till.order(), BREAD)
    assert slug_of(lambda: replaced(1, LAMP)) == "line_started"


def test_a_substitute_that_asks_for_an_age_is_not_handed_over_without_it() -> None:
    till = PickupTill(order())
    desk = till.desk
    done = picking.substitute(desk, till.order(), 2, WINE, agreed=True).order
    assert (done.line(2).age, done.age) == (18, 18)
    picking.pick_line(desk, till.order(), 1, 2_000)
    picking.ready(desk, till.order(), "A3", 1)
    begun = till.begun()
    assert hand_over.wants(desk, begun) == (hand_over.Wants.AGE,)
    assert slug_of(lambda: hand_over.finish(desk, begun)) == "no_age"
    hand_over.finish(desk, hand_over.check_age(desk, begun))
    assert till.order().state is OrderState.HANDED_OVER


def test_the_list_and_the_labels_are_printed_and_counted() -> None:
    till = PickupTill(order())
    assert picking.print_list(till.desk, till.order()) == 0
    assert picking.print_list(till.desk, till.order()) == 1
    listed = till.papers("picking")
    assert len(listed) == 2
    assert "Camille Martin" in listed[0]
    for code in (BREAD, BREAD, MILK):
        picking.pick(till.desk, till.order(), code)
    picking.ready(till.desk, till.order(), "A3", 3)
    labels = till.papers("bag")
    assert [f"BAG/{ULID}/{n}" in label for n, label in enumerate(labels, 1)] == [True] * 3
    assert "110" not in "".join(labels)


def test_a_list_that_waits_for_the_printer_prints_after_a_restart() -> None:
    till = PickupTill(order())
    till.desk.devices.clear()
    picking.print_list(till.desk, till.order())
    assert till.counter.printed == []
    till.restart("50")
    assert len(till.papers("picking")) == 1


def test_stock_shows_what_was_picked_here_before_the_centre_knows() -> None:
    till = PickupTill(order())
    till.desk.ports.centre = ToldCentre(levels={"1": Level(StockFields(quantity=9_000, shelf=500))})
    picking.pick(till.desk, till.order(), BREAD)
    here = stock_of(till.desk, "1")
    assert here is not None
    assert (here.on_hand, here.shelf) == (8_000, 1_500)


def test_what_nobody_collects_is_put_back_by_scanning_and_the_order_is_closed() -> None:
    till = PickupTill(as_ready(order(), state=OrderState.EXPIRED))
    desk = till.desk
    assert slug_of(lambda: put_back(desk, till.order(), PAPER)) == "wrong_article"
    assert put_back(desk, till.order(), BREAD).order.line(1).put_back == 1_000
    put_back(desk, till.order(), BREAD)
    assert slug_of(lambda: put_back(desk, till.order(), BREAD)) == "nothing_back"
    assert slug_of(lambda: put_back_line(desk, till.order(), 2, 2_000)) == "too_much"
    done = put_back_line(desk, till.order(), 2, 1_000)
    assert (done.state, done.is_to_put_back) == (OrderState.CLOSED, False)
    assert till.orders.moved("1").on_hand == 2_000


def test_what_is_weighed_goes_back_whole() -> None:
    till = PickupTill(as_ready(order(APPLE), state=OrderState.CANCELLED))
    done = put_back(till.desk, till.order(), APPLES)
    assert (done.quantity, done.order.state) == (1_000, OrderState.CLOSED)


def test_a_ready_order_is_not_put_back() -> None:
    till = PickupTill(as_ready(order()))
    assert slug_of(lambda: put_back(till.desk, till.order(), BREAD)) == "nothing_back"


def test_a_customer_is_given_a_number_and_the_same_one_again() -> None:
    till = PickupTill(as_ready(order()), as_ready(order(order=named(2), code_hash="")))
    arrived = arrive(till.desk, CODE)
    assert (arrived.number, till.order().queue, bool(till.order().here_at)) == ("T1-1", 1, True)
    assert arrive(till.desk, CODE).number == "T1-1"
    assert len(till.events("order.called")) == 1
    assert arrive(till.desk, "00000000").number == ""
    till.clock.pass_s(86_400)
    assert till.orders.last_queue("2026-11-25T03:00:00.000Z") == 0


def test_a_kiosk_where_nobody_is_signed_in_gives_numbers_and_hands_nothing_out() -> None:
    till = PickupTill(as_ready(order()))
    till.desk.person = None
    assert arrive(till.desk, CODE).number == "T1-1"
    assert slug_of(lambda: picking.pick(till.desk, till.order(), BREAD)) == "signed_out"
    till.desk.training = True
    assert slug_of(lambda: arrive(till.desk, CODE)) == "training"


def test_a_till_with_no_permission_or_in_training_touches_no_order() -> None:
    till = PickupTill(order())
    till.desk.training = True
    assert slug_of(lambda: picking.pick(till.desk, till.order(), BREAD)) == "training"
    assert till.events("order.picked") == []
