"""What an order is worth at the desk: what is owed of it, and which rules its value brings."""

from __future__ import annotations

from pos.domain.events.orders import OrderHandedOver, OrderReturned
from pos.domain.staff import Permission
from pos.till.pickup import after, hand_over
from pos.till.pickup.claims import WAIT_S
from pos.till.pickup.hand_over import Wants
from tests.orders import as_ready, line, order
from tests.till.pickup_till import PickupTill, ruled
from tests.till.shop import CASHIER, slug_of

DEAR = as_ready(order(line(1, "6", "Lampe de bureau", 10_000, unit_price=2999)))


def handed(till: PickupTill) -> OrderHandedOver:
    found = till.events("order.handed_over")[-1]
    assert isinstance(found, OrderHandedOver)
    return found


def test_a_weight_that_is_less_than_was_paid_for_owes_the_difference_at_once_and_in_parts() -> None:
    ham = line(1, "12", "Jambon", 1_000, unit="kg", unit_price=2_390)
    ready = as_ready(order(ham))
    light = ready.model_copy(update={"lines": (ready.line(1).model_copy(update={"picked": 900}),)})
    till = PickupTill(light)
    hand_over.finish(till.desk, till.begun())
    assert handed(till).owed == 239
    till.sign_in(CASHIER)
    for _ in range(3):
        after.return_(till.desk, till.order(), {1: 300}, "salty", sellable=False)
    facts = [one for one in till.events("order.returned") if isinstance(one, OrderReturned)]
    assert [fact.lines[0].amount for fact in facts] == [717, 717, 717]
    till = PickupTill(light)
    hand_over.finish(till.desk, hand_over.take(till.desk, till.begun(), 1, 500))
    assert handed(till).owed == 0
    hand_over.finish(till.desk, till.begun())
    assert handed(till).owed == 239


def test_a_dear_order_is_dear_whatever_part_of_it_leaves_first() -> None:
    till = PickupTill(DEAR, rules=ruled(offline="allow"))
    till.orders.is_online = False
    part = hand_over.take(till.desk, till.begun(), 1, 1_000)
    till.clock.pass_s(WAIT_S)
    assert hand_over.wants(till.desk, part) == (Wants.DOCUMENT,)
    seen = hand_over.see_document(till.desk, part, "id_card")
    assert slug_of(lambda: hand_over.finish(till.desk, seen)) == "needs_permission"
    hand_over.finish(till.desk, seen, till.loan(Permission.PICKUP_UNSURE))
    rest = till.begun()
    assert hand_over.wants(till.desk, rest) == (Wants.DOCUMENT,)
    refused = hand_over.refuse(till.desk, rest, 1, 8_000, "too big")
    assert hand_over.wants(till.desk, refused) == ()
