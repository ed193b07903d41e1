"""What steps make of an order: bounded whatever comes, and the same at the till and the centre."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pos.domain.errors import Refusal
from pos.domain.events.orders import (
    HandedLine,
    HandOverAsked,
    HandOverDropped,
    HandOverUndone,
    OrderAccepted,
    OrderCalled,
    OrderEvent,
    OrderHandedOver,
    OrderPicked,
    OrderPutBack,
    OrderReady,
    OrderRejected,
    OrderReturned,
    OrderShort,
    ReturnedLine,
)
from pos.domain.order import Contract, Order, OrderState
from pos.domain.order_money import coming_back, owed
from pos.domain.order_moves import Moves, is_sellable
from pos.domain.order_steps import FROM, after, may
from tests.orders import ULID, line, order

LINES = (line(1, "1", "Baguette", 3_000), line(2, "4", "Pommes", 1_500, unit="kg"))
AT, BY = "2026-11-24T09:30:00.000Z", "S001-T01"
NUMBER = st.integers(1, 2)
QUANTITY = st.sampled_from((1, 500, 1_000, 2_000, 3_000, 9_000))
HANDED = st.builds(
    HandedLine, line=NUMBER, quantity=QUANTITY, refused=st.sampled_from((0, 0, 1_000))
)
VISIT = st.integers(0, 2)
OF = {"order": st.just(ULID), "staff": st.just("p")}
STEPS = st.one_of(
    st.builds(OrderAccepted, **OF),
    st.builds(OrderRejected, **OF, reason=st.just("x")),
    st.builds(OrderPicked, **OF, line=NUMBER, sku=st.sampled_from(("1", "4")), quantity=QUANTITY),
    st.builds(OrderPicked, **OF, line=NUMBER, sku=st.just("1"), quantity=st.just(-1_000)),
    st.builds(
        *(OrderPicked,),
        **OF,
        line=NUMBER,
        sku=st.just("7"),
        quantity=QUANTITY,
        agreed=st.just(True),
        name=st.just("Autre"),
        unit_price=st.sampled_from((None, 90, 900)),
    ),
    st.builds(OrderShort, **OF, line=NUMBER, reason=st.just("none left")),
    st.builds(OrderReady, **OF, shelf=st.just("A"), bags=st.just(1)),
    st.builds(OrderCalled, **OF, queue=st.integers(1, 99)),
    st.builds(HandOverAsked, **OF, visit=VISIT),
    st.builds(HandOverDropped, **OF, visit=VISIT, claim=st.just("C"), reason=st.just("x")),
    st.builds(
        OrderHandedOver,
        **OF,
        visit=VISIT,
        lines=st.lists(HANDED, min_size=1, max_size=2),
        method=st.just("pass"),
        claim=st.just("C"),
        outcome=st.just("granted"),
        rest=st.booleans(),
    ),
    st.builds(
        HandOverUndone,
        **OF,
        visit=VISIT,
        lines=st.lists(HANDED, min_size=1, max_size=2),
        reason=st.just("x"),
    ),
    st.builds(OrderPutBack, **OF, line=NUMBER, sku=st.just("1"), quantity=QUANTITY),
    st.builds(
        OrderReturned,
        **OF,
        lines=st.lists(
            st.builds(ReturnedLine, line=NUMBER, quantity=QUANTITY, amount=st.just(1)),
            min_size=1,
            max_size=2,
        ),
        reason=st.just("x"),
        pay_back=st.just("centre"),
        sellable=st.booleans(),
    ),
)


def folded(row: Order, steps: list[OrderEvent]) -> Order:
    for step in steps:
        row = after(row, step, at=AT, by=BY)
    return row


def allowed(steps: list[OrderEvent]) -> list[OrderEvent]:
    """Return the steps that a till would take, each judged by the order as it is by then."""
    row, taken = order(*LINES), []
    for step in steps:
        try:
            may(row, step)
        except Refusal:
            continue
        taken.append(step)
        row = after(row, step, at=AT, by=BY)
    return taken


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_whatever_happened_an_order_stays_one_that_both_ends_can_keep(
    steps: list[OrderEvent],
) -> None:
    row = folded(order(*LINES), steps)
    assert Order.model_validate(row.fields()) == row
    for one in row.lines:
        assert min(one.to_pick, one.on_shelf, one.to_hand) >= 0
    assert 0 <= owed(row) <= coming_back(row) <= row.paid


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_what_a_till_may_do_never_takes_more_than_there_is(steps: list[OrderEvent]) -> None:
    row = folded(order(*LINES), allowed(steps))
    for one in row.lines:
        assert one.picked <= one.most
        assert one.handed + one.put_back <= one.picked
        assert one.returned <= one.handed
        assert one.refused + one.handed <= one.picked


@settings(max_examples=100, deadline=None)
@given(st.lists(STEPS, max_size=20), st.data())
def test_own_steps_on_the_centres_row_are_what_the_centre_will_say(
    steps: list[OrderEvent], data: st.DataObject
) -> None:
    counted = data.draw(st.integers(0, len(steps)))
    whole = folded(order(*LINES), steps)
    told = Order.model_validate(folded(order(*LINES), steps[:counted]).fields())
    assert folded(told, steps[counted:]) == whole


@settings(max_examples=100, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_goods_are_always_somewhere(steps: list[OrderEvent]) -> None:
    row, moves = order(*LINES), Moves()
    for step in allowed(steps):
        then = after(row, step, at=AT, by=BY)
        moves = moves.plus(Moves.between(row, then, is_sellable=is_sellable(step)))
        row = then
    shelf = sum(one.picked - one.handed - one.put_back for one in row.lines)
    assert sum(moves.shelf.values()) == shelf >= 0
    assert sum(moves.on_hand.values()) <= sum(one.put_back + one.returned for one in row.lines)


@settings(max_examples=100, deadline=None)
@given(STEPS, st.sampled_from(OrderState))
def test_a_step_is_refused_outside_its_states_and_then_changes_nothing(
    step: OrderEvent, state: OrderState
) -> None:
    row = order(*LINES, state=state)
    try:
        may(row, step)
    except Refusal:
        return
    assert state in FROM[step.kind]


def test_a_hand_over_and_its_undoing_leave_the_order_as_it_was_but_for_the_visit() -> None:
    lines = [HandedLine(line=1, quantity=3_000)]
    ready = folded(
        order(*LINES, contract=Contract.PAID_ONLINE),
        [
            OrderPicked(order=ULID, staff="p", line=1, sku="1", quantity=3_000),
            OrderShort(order=ULID, staff="p", line=2, reason="x"),
            OrderReady(order=ULID, staff="p", shelf="A", bags=1),
        ],
    )
    handed = OrderHandedOver(
        order=ULID, staff="p", visit=0, lines=lines, method="pass", claim="C", outcome="granted"
    )
    undone = HandOverUndone(order=ULID, staff="p", visit=0, lines=lines, reason="x")
    back = folded(ready, [handed, undone])
    assert back == ready.model_copy(update={"visits": 1})
    assert folded(back, [undone]).line(1).handed == 0
    assert folded(ready, [handed]).state is OrderState.HANDED_OVER
