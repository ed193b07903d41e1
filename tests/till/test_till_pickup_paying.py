"""An order that is paid at the desk: a sale of this till that hands it over, in one write."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos.domain.events import SaleFinished
from pos.domain.events.orders import (
    HandedLine,
    HandOverDropped,
    OrderHandedOver,
    OrderReturned,
)
from pos.domain.order import Contract, Order, OrderState
from pos.domain.staff import Permission
from pos.ports import StoreUnavailable
from pos.till import refund, sell, tender
from pos.till.pickup import after, hand_over, paying
from pos.till.pickup.claims import WAIT_S
from tests.orders import ULID, as_ready, line, order
from tests.till.pickup_till import PickupTill, ruled
from tests.till.shop import CASHIER, MANAGER, MILK, PAPER, check_balance, slug_of

AT_DESK = as_ready(order(contract=Contract.PAY_AT_PICKUP))
TO_TRY = as_ready(order(contract=Contract.RESERVATION))
PAID = as_ready(order())


def into_basket(row: Order = AT_DESK, *, number: str = CASHIER) -> PickupTill:
    """Return a till whose basket holds an order, in the hands of a cashier."""
    till = PickupTill(row)
    till.sign_in(number)
    paying.basket(till.desk, till.begun())
    return till


def the_sale(till: PickupTill) -> SaleFinished:
    (sale,) = till.sales()
    check_balance(sale)
    return sale


def the_hand_over(till: PickupTill) -> OrderHandedOver:
    (fact,) = till.events("order.handed_over")
    assert isinstance(fact, OrderHandedOver)
    return fact


def test_an_order_to_be_paid_is_not_handed_over_before() -> None:
    till = PickupTill(AT_DESK)
    begun = till.begun()
    assert hand_over.wants(till.desk, begun) == (hand_over.Wants.PAYMENT,)
    assert begun.to_pay == 325
    assert slug_of(lambda: hand_over.finish(till.desk, begun)) == "pay_first"


def test_the_sale_that_pays_an_order_hands_it_over_in_the_same_write() -> None:
    till = into_basket()
    assert (till.basket.due, till.order().state) == (325, OrderState.READY)
    before = len(till.store.entries)
    tender.pay_cash(till.desk)
    sale, fact = the_sale(till), the_hand_over(till)
    assert [one.order for one in sale.lines] == [f"{ULID}/1", f"{ULID}/2"]
    assert (fact.ticket, fact.outcome, fact.owed) == (sale.label, "granted", 0)
    assert till.order().state is OrderState.HANDED_OVER
    kinds = [event.kind for event in till.store.events[before:]]
    assert kinds.index("order.handed_over") == kinds.index("sale.finished") + 1
    assert hand_over.unfinished(till.desk) == ()


def test_an_order_sells_at_the_price_that_was_promised() -> None:
    row = as_ready(order(line(1, "1", "Baguette", unit_price=95), contract="pay_at_pickup"))
    till = into_basket(row)
    tender.pay_cash(till.desk)
    (sold,) = the_sale(till).lines
    assert (sold.unit_price, sold.total, sold.vat, sold.price_before) == (95, 95, "FR055", None)


def test_what_the_customer_adds_is_sold_with_it_and_is_no_part_of_the_order() -> None:
    till = into_basket()
    till.scan(PAPER)
    tender.pay_cash(till.desk)
    assert [one.order for one in the_sale(till).lines][-1] is None
    assert the_hand_over(till).lines[0] == HandedLine(line=1, quantity=2_000)


def test_of_a_reservation_only_what_is_kept_is_sold_and_the_rest_is_refused() -> None:
    till = into_basket(TO_TRY)
    sell.set_quantity(till.desk, 1, 1_000)
    assert slug_of(lambda: sell.set_quantity(till.desk, 1, 2_000)) == "order_line"
    sell.void_line(till.desk, 2)
    tender.pay_cash(till.desk)
    assert the_sale(till).total == 110
    assert [(one.quantity, one.refused) for one in the_hand_over(till).lines] == [
        (1_000, 1_000),
        (0, 1_000),
    ]
    assert till.order().is_to_put_back


def test_nothing_kept_of_a_reservation_is_no_sale() -> None:
    till = PickupTill(TO_TRY)
    begun = till.begun()
    for n, quantity in ((1, 2_000), (2, 1_000)):
        begun = hand_over.refuse(till.desk, begun, n, quantity, "does not fit")
    done = hand_over.finish(till.desk, begun)
    assert (done.state, done.is_to_put_back) == (OrderState.HANDED_OVER, True)
    assert (till.sales(), till.papers("pickup")) == ([], [])


def test_an_order_paid_online_goes_with_what_is_bought_beside_it() -> None:
    till = into_basket(PAID)
    assert till.basket.due == 0
    till.scan(PAPER)
    tender.pay_cash(till.desk)
    assert [one.order for one in the_sale(till).lines] == [None]
    fact = the_hand_over(till)
    assert [(one.quantity, one.refused) for one in fact.lines] == [(2_000, 0), (1_000, 0)]
    assert fact.ticket is None
    assert till.order().state is OrderState.HANDED_OVER


def test_a_power_cut_keeps_the_order_in_its_basket() -> None:
    till = into_basket()
    till.restart(CASHIER)
    assert (till.basket.due, hand_over.unfinished(till.desk)) == (325, ())
    tender.pay_cash(till.desk)
    assert the_hand_over(till).ticket == the_sale(till).label


def test_a_disk_that_is_full_writes_neither_sale_nor_hand_over() -> None:
    till = into_basket()
    till.store.writes_left = 0
    with pytest.raises(StoreUnavailable):
        tender.pay_cash(till.desk)
    till.store.writes_left = None
    assert (till.sales(), till.order().state) == ([], OrderState.READY)
    tender.pay_cash(till.desk)
    assert till.order().state is OrderState.HANDED_OVER


@pytest.mark.parametrize("is_cut", [False, True])
@pytest.mark.parametrize("row", [AT_DESK, PAID])
def test_an_order_that_is_gone_from_the_till_meanwhile_is_sold_and_handed_over_as_it_was(
    row: Order, is_cut: bool
) -> None:
    till = into_basket(row)
    till.scan(PAPER)
    till.orders.rows.clear()
    if is_cut:
        till.restart(CASHIER)
    tender.pay_cash(till.desk)
    sale, fact = the_sale(till), the_hand_over(till)
    assert [(one.quantity, one.refused) for one in fact.lines] == [(2_000, 0), (1_000, 0)]
    is_paid_here = row is AT_DESK
    assert fact.ticket == (sale.label if is_paid_here else None)
    assert len(sale.lines) == (3 if is_paid_here else 1)


def test_a_basket_that_waited_through_a_restore_hands_over_with_that_risk() -> None:
    till = into_basket()
    till.store.place = replace(till.store.place, epoch="K2")
    tender.pay_cash(till.desk)
    assert (the_hand_over(till).outcome, the_hand_over(till).risk) == ("granted", "restored")


def test_an_order_that_is_gone_frees_its_claim_when_its_basket_is_abandoned() -> None:
    till = into_basket(PAID)
    claim = till.basket.collected[0].handed.claim
    till.orders.rows.clear()
    sell.abandon(till.desk, "changed their mind")
    (gone,) = till.events("order.hand_over_dropped")
    assert isinstance(gone, HandOverDropped)
    assert (gone.claim, gone.reason, gone.visit) == (claim, "abandoned", 0)


def test_an_abandoned_basket_hands_nothing_over_and_frees_the_claim() -> None:
    till = into_basket()
    sell.abandon(till.desk, "changed their mind")
    assert [event.kind for event in till.events("order.hand_over_dropped")] != []
    assert (till.order().state, hand_over.unfinished(till.desk)) == (OrderState.READY, ())


def test_taking_the_order_back_out_leaves_a_hand_over_to_be_ended() -> None:
    till = into_basket()
    sell.undo(till.desk)
    assert till.basket.collected == ()
    assert len(hand_over.unfinished(till.desk)) == 1


def test_an_order_that_was_paid_online_is_taken_back_out_of_its_basket() -> None:
    till = into_basket(PAID)
    till.scan(PAPER)
    sell.undo(till.desk)
    assert [len(till.basket.collected)] == [1]
    sell.undo(till.desk)
    assert not till.basket.collected
    till.scan(PAPER)
    paying.basket(till.desk, till.begun())
    sell.undo(till.desk)
    assert (len(till.basket.lines), till.basket.collected) == (1, ())


def test_an_order_joins_a_basket_once() -> None:
    till = into_basket()
    assert slug_of(lambda: paying.basket(till.desk, till.begun())) == "order_in_basket"


def test_an_article_that_this_till_cannot_sell_is_said_before_anything_is_written() -> None:
    row = as_ready(order(line(1, "nowhere", "Ghost"), contract="pay_at_pickup"))
    till = PickupTill(row)
    begun = till.begun()
    assert slug_of(lambda: paying.basket(till.desk, begun)) == "unknown_code"
    assert till.basket.is_empty


def test_without_the_centre_a_dear_order_joins_the_basket_by_a_manager() -> None:
    till = PickupTill(AT_DESK, rules=ruled(offline_most=300))
    till.orders.is_online = False
    begun = till.begun()
    till.clock.pass_s(WAIT_S)
    assert slug_of(lambda: paying.basket(till.desk, begun)) == "needs_permission"
    paying.basket(till.desk, begun, till.loan(Permission.PICKUP_UNSURE))
    tender.pay_cash(till.desk)
    assert (the_hand_over(till).outcome, the_hand_over(till).risk) == ("offline", "manager")


def test_the_age_that_was_seen_at_the_hand_over_serves_the_basket() -> None:
    row = as_ready(order(line(1, "3", "Vin", unit_price=790, age=18), contract="pay_at_pickup"))
    till = PickupTill(row)
    paying.basket(till.desk, hand_over.check_age(till.desk, till.begun()))
    tender.pay_cash(till.desk)
    assert the_sale(till).age_checked == 18


def test_what_was_sold_with_an_order_is_given_back_by_its_ticket_and_not_undone() -> None:
    till = into_basket(number=MANAGER)
    tender.pay_cash(till.desk)
    assert slug_of(lambda: after.undo(till.desk, till.order(), "wrong")) == "paid_here"


def test_goods_that_come_back_by_the_ticket_are_told_to_their_order() -> None:
    till = into_basket(number=MANAGER)
    tender.pay_cash(till.desk)
    label = the_sale(till).label
    refund.return_line(till.desk, label, 1, 1_000, "burnt")
    tender.pay_cash(till.desk)
    (back,) = till.events("order.returned")
    assert isinstance(back, OrderReturned)
    given = till.sales()[-1]
    assert (back.pay_back, back.ticket, back.reason) == ("till", given.label, "burnt")
    assert [(one.line, one.quantity, one.amount) for one in back.lines] == [(1, 1_000, 110)]
    assert till.order().line(1).returned == 1_000
    assert till.orders.moved("1").on_hand == 0
    assert given.lines[0].order is None


def test_the_same_article_bought_beside_the_order_is_no_line_of_it() -> None:
    till = into_basket()
    till.scan(MILK)
    assert [one.order for one in till.basket.lines] == [f"{ULID}/1", f"{ULID}/2", None]
