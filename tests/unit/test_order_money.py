"""What comes back of an order that was paid online: never more than was paid, by whatever steps."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos.domain.events.orders import OrderPicked
from pos.domain.money import line_amount
from pos.domain.order import Contract, Order, OrderLine, OrderState
from pos.domain.order_money import back_for, coming_back, owed
from pos.domain.order_steps import after
from tests.orders import ULID, line, order

HAM = line(1, "4", "Jambon", 1_000, unit="kg", unit_price=2_399)
BREAD = line(1, "1", "Baguette", 3_000)


def ended(one: OrderLine, **told: Any) -> Order:
    """Return an order of one line that left the shop, with what became of the line."""
    row = one.model_copy(update={"picked": told.get("handed", 0), **told})
    return order(one).model_copy(update={"lines": (row,), "state": OrderState.HANDED_OVER})


@pytest.mark.parametrize(
    ("row", "comes_back"),
    [
        (ended(HAM, handed=1_000), 0),
        (ended(HAM, handed=900), 2_399 - 2_159),
        (ended(HAM, handed=1_100), 0),
        (ended(HAM, handed=1_100, returned=200), 2_399 - 2_159),
        (ended(HAM, handed=1_100, returned=1_100), 2_399),
        (ended(HAM, handed=900, returned=400), 2_399 - 1_200),
        (ended(HAM, picked=1_000, handed=0, refused=1_000), 2_399),
        (ended(BREAD, handed=2_000, short=1_000), 110),
        (ended(BREAD, picked=3_000, handed=1_000, refused=2_000), 220),
        (ended(BREAD, handed=2_000, short=1_000, returned=1_000), 220),
        (ended(BREAD, handed=3_000, ordered="9", ordered_price=110, unit_price=90), 60),
        (ended(BREAD, handed=2_000, short=1_000, ordered="9", ordered_price=110,
               unit_price=90), 330 - 180),
        (ended(BREAD, handed=3_000).model_copy(update={"paid": 300}), 0),
        (ended(BREAD, handed=2_000).model_copy(update={"paid": 300}), 100),
        (ended(BREAD, handed=2_000).model_copy(update={"removed": 50}), 160),
        (ended(BREAD, handed=1_000).model_copy(update={"contract": Contract.PAY_AT_PICKUP}), 0),
        (ended(BREAD).model_copy(update={"state": OrderState.CANCELLED}), 330),
        (ended(BREAD, handed=1_000).model_copy(update={"state": OrderState.CLOSED}), 220),
    ],
)  # fmt: skip
def test_the_customer_pays_for_what_they_keep(row: Order, comes_back: int) -> None:
    assert owed(row) == coming_back(row) == comes_back


def test_before_it_ends_only_what_was_taken_out_of_an_order_is_owed() -> None:
    row = ended(BREAD, picked=2_000, handed=0, short=1_000)
    row = row.model_copy(update={"state": OrderState.READY, "removed": 70})
    assert (owed(row), coming_back(row)) == (70, 180)


AT_DESK = Contract.PAY_AT_PICKUP


@pytest.mark.parametrize(
    ("told", "state", "due"),
    [
        ({}, OrderState.PLACED, 330),
        ({"picked": 1_000}, OrderState.PICKING, 330),
        ({"picked": 2_000, "short": 1_000}, OrderState.READY, 220),
        ({"picked": 3_000, "handed": 1_000}, OrderState.READY, 220),
        ({"picked": 3_000, "handed": 1_000, "refused": 1_000}, OrderState.READY, 110),
        ({"picked": 3_000, "handed": 3_000}, OrderState.HANDED_OVER, 0),
        ({"picked": 3_000}, OrderState.CANCELLED, 0),
        ({"picked": 2_000, "short": 1_000}, OrderState.EXPIRED, 220),
    ],
)
def test_what_is_due_at_the_desk_is_what_there_is(
    told: dict[str, int], state: OrderState, due: int
) -> None:
    row = order(BREAD.model_copy(update=told), contract=AT_DESK, state=state)
    assert row.due == due
    assert row.model_copy(update={"contract": Contract.PAID_ONLINE}).due == 0


def picked(row: Order, sku: str, quantity: int, price: int | None, age: int = 0) -> Order:
    event = OrderPicked(
        order=ULID, staff="p", line=1, sku=sku, quantity=quantity, agreed=True, unit_price=price,
        age=age, name=sku,
    )  # fmt: skip
    return after(row, event, at="", by="")


def test_a_second_substitute_costs_what_was_ordered_and_not_what_the_first_did() -> None:
    row = picked(picked(order(BREAD), "7", 1_000, 60), "7", -1_000, None)
    other = picked(row, "8", 1_000, 100).line(1)
    assert (other.unit_price, other.ordered, other.ordered_price) == (100, "1", 110)
    back = picked(row, "1", 1_000, 150).line(1)
    assert (back.unit_price, back.ordered, back.ordered_price) == (110, "", 0)


def test_a_substitute_brings_its_own_age() -> None:
    assert picked(order(BREAD), "7", 1_000, 60, age=18).age == 18
    assert picked(order(line(1, "3", "Vin", age=18)), "7", 1_000, 60).age == 0


# Any split


def _line(n: int, unit: str, quantity: int, price: int, ordered_price: int) -> OrderLine:
    told = {"n": n, "sku": f"A{n}", "name": "x", "unit": unit, "unit_price": price}
    if ordered_price > price:
        told |= {"ordered": "B", "ordered_price": ordered_price}
    return OrderLine.model_validate({**told, "quantity": quantity})


@st.composite
def collected(draw: st.DrawFn) -> Order:
    """An order that was collected: pieces and weights, some short, refused, heavier or lighter."""
    lines = []
    for n in range(1, draw(st.integers(1, 5)) + 1):
        is_weighed = draw(st.booleans())
        quantity = draw(st.integers(1, 5_000) if is_weighed else st.integers(1, 9).map(_pieces))
        price = draw(st.integers(0, 5_000))
        dearer = draw(st.integers(0, 500))
        one = _line(n, "kg" if is_weighed else "piece", quantity, price, price + dearer)
        most = one.most if is_weighed else quantity // 1000
        handed = draw(st.integers(0, most))
        handed = handed if is_weighed else _pieces(handed)
        lines.append(one.model_copy(update={"picked": handed, "handed": handed}))
    total = sum(one.promised for one in lines)
    paid = draw(st.one_of(st.just(total), st.integers(0, total)))
    return order(*lines, total=total, paid=paid, state=OrderState.HANDED_OVER)


def _pieces(count: int) -> int:
    return 1_000 * count


def returning(row: Order, back: dict[int, int]) -> Order:
    lines = [
        one.model_copy(update={"returned": one.returned + back.get(one.n, 0)}) for one in row.lines
    ]
    return row.model_copy(update={"lines": tuple(lines)})


@settings(max_examples=300, deadline=None)
@given(collected(), st.data())
def test_what_comes_back_in_parts_sums_to_the_whole_and_is_never_above_what_was_paid(
    row: Order, data: st.DataObject
) -> None:
    told, now = owed(row), row
    assert 0 <= told <= row.paid
    for _ in range(data.draw(st.integers(0, 4))):
        back = {
            one.n: data.draw(st.integers(0, one.handed - one.returned), label=f"back of {one.n}")
            for one in now.lines
        }
        worth = back_for(now, back)
        assert min(worth.values()) >= 0
        then = returning(now, back)
        assert owed(then) - owed(now) == sum(worth.values())
        told, now = told + sum(worth.values()), then
    assert told == owed(now) <= row.paid
    rest = {one.n: one.handed - one.returned for one in now.lines}
    assert told + sum(back_for(now, rest).values()) == row.paid


@settings(max_examples=300, deadline=None)
@given(collected())
def test_of_what_was_paid_whole_each_line_keeps_what_its_goods_cost(row: Order) -> None:
    row = row.model_copy(update={"paid": row.total})
    kept = [line_amount(one.unit_price, min(one.handed, one.quantity)) for one in row.lines]
    assert owed(row) == row.total - sum(kept)
