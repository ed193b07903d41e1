"""How ready a till says it is: a row for each thing it needs without a network."""

from __future__ import annotations

from pos.domain.shift import instant_text
from pos.doubles import ToldCentre
from pos.ports.centre import CourierReport, CourierState
from pos.till import readiness
from tests.orders import order
from tests.till.pickup_till import PickupTill


def test_readiness_tells_what_a_till_that_hands_orders_over_knows_of_them() -> None:
    till = PickupTill(order())
    at = instant_text(till.clock.now())
    read = {"catalogue:MAIN": at, "prices:FR": at, "store:S001": at}
    till.desk.ports.centre = ToldCentre(said=CourierReport(CourierState.CONNECTED, read_at=read))
    till.clock.pass_s(60)
    said = [str(one) for one in readiness.sentences(readiness.readiness(till.desk))]
    assert said[-5:] == [
        "Articles: 60 s old.",
        "Prices: 60 s old.",
        "Stock and staff: 60 s old.",
        "Orders: 1 here, 60 s old.",
        "Keys of pickup passes: 1 here, 60 s old.",
    ]
    till.desk.ports.centre.said = CourierReport(CourierState.CONNECTED)
    said = [str(one) for one in readiness.sentences(readiness.readiness(till.desk))]
    assert {"Orders: not read yet.", "Keys of pickup passes: not read yet."} <= set(said)
