"""The kiosk: what customers are told of their own order, and what nobody can do there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos.domain.errors import Refusal
from pos.domain.order import Contract, Order, OrderState
from pos.domain.staff import Permission
from pos.doubles.centre import ToldCentre
from pos.ports import DeviceState, PrintEnded, PrintOutcome
from pos.till import sell
from pos.till.desk import Desk
from pos.till.pickup import kiosk, picking, worklists
from pos.till.pickup.kiosk import NUMBER_MOST, Arrival, arrive
from tests.orders import CODE, ULID, as_ready, order, pass_of
from tests.till.pickup_till import PickupTill, ruled
from tests.till.shop import BREAD, slug_of

READY = as_ready(order())
SECRETS = ("Camille", "W1042", "Baguette", "A3", "2.20", "S001-T02")
"""What others at the screen must not read: the name, the order, its articles, the shelf, a sum."""


def named(n: int) -> str:
    return f"01JD7Z4QFS3WZ8E3Y6M5K0{n:04d}"


def at_kiosk(*rows: Order, **rules: object) -> PickupTill:
    """Return a kiosk with orders: nobody is signed in."""
    till = PickupTill(*rows, rules=ruled(**rules))
    till.desk.person = None
    return till


def words_of(arrival: Arrival) -> str:
    return " ".join(str(one) for one in (arrival.sentence, *arrival.more))


@pytest.mark.parametrize(
    ("there", "scan", "called", "told"),
    [
        (READY, pass_of(READY), True, "being brought"),
        (READY, CODE, True, "being brought"),
        (as_ready(order(contract=Contract.PAY_AT_PICKUP)), CODE, True, "You pay at the desk"),
        (READY, pass_of(READY, expires=1), True, "being brought"),
        (order(promised_at="2026-11-24T15:00:00.000Z"), CODE, False, "promised for 2026-11-24 16"),
        (order(promised_at=""), CODE, False, "message when it is ready"),
        (order(promised_at="2026-11-24T09:00:00.000Z"), CODE, True, "still being prepared"),
        (order(state=OrderState.PICKING, promised_at="2026-11-24T09:40:00.000Z"),
         CODE, True, "still being prepared"),
        (order(state=OrderState.HANDED_OVER, handed_at="2026-11-24T09:00:00.000Z",
               handed_by="S001-T02"), CODE, False, "collected already"),
        (as_ready(order(), state=OrderState.EXPIRED), CODE, False, "is over"),
        (order(state=OrderState.CANCELLED, reason="out of stock"), CODE, False, "was cancelled"),
        (READY, pass_of(READY, store=2), False, "Paris"),
        (READY, pass_of(READY, number=7), False, "do not know this code"),
        (READY, pass_of(READY)[:-4] + "0000", False, "do not know this code"),
        (READY, pass_of(READY)[:60], False, "not a pickup code"),
        (READY, BREAD, False, "not a pickup code"),
        (READY, "00000000", False, "do not find this order"),
    ],
)  # fmt: skip
def test_a_customer_is_told_of_their_own_order_and_nobody_else_learns_of_it(
    there: Order, scan: str, called: bool, told: str
) -> None:
    till = at_kiosk(there)
    arrival = arrive(till.desk, scan)
    assert told in words_of(arrival)
    assert not any(secret in words_of(arrival) for secret in SECRETS)
    assert (arrival.number, arrival.order) == (("T1-1", ULID) if called else ("", ""))
    assert [event.staff for event in till.events("order.called")] == ([""] if called else [])  # type: ignore[union-attr]
    assert till.order().here_at == (till.store.entries[-1].at if called else "")


def test_a_customer_who_is_called_comes_first_in_the_clerks_lists() -> None:
    before = as_ready(order(order=named(1), promised_at="2026-11-24T09:00:00.000Z", code_hash=""))
    till = at_kiosk(before, READY)
    assert [one.order for one in worklists.worklists(till.desk).to_collect] == [named(1), ULID]
    worklists.news(till.desk)
    arrive(till.desk, CODE)
    assert [one.order for one in worklists.worklists(till.desk).to_collect] == [ULID, named(1)]
    assert [one.order for one in worklists.news(till.desk)] == [ULID]


def test_who_comes_back_waits_with_the_same_number_until_the_day_is_over() -> None:
    till = at_kiosk(READY)
    first = arrive(till.desk, CODE)
    assert arrive(till.desk, pass_of(READY)) == first
    assert len(till.events("order.called")) == 1
    till.clock.pass_s(86_400)
    assert arrive(till.desk, CODE).number == "T1-1"
    assert len(till.events("order.called")) == 2
    assert till.order().here_at == till.store.entries[-1].at


def test_who_waited_yesterday_stands_first_no_more_and_is_not_called_here() -> None:
    early = as_ready(order(order=named(1), promised_at="2026-11-24T09:00:00.000Z", code_hash=""))
    outside = as_ready(order(order=named(2), here_at="2026-11-24T09:00:00.000Z", code_hash="",
                             promised_at="2026-11-24T11:00:00.000Z"))  # fmt: skip
    till = at_kiosk(early, READY, outside)
    arrive(till.desk, CODE)
    names = [one.order for one in worklists.worklists(till.desk).to_collect]
    assert names == [named(2), ULID, named(1)]
    worklists.news(till.desk)
    till.clock.pass_s(86_400)
    names = [one.order for one in worklists.worklists(till.desk).to_collect]
    assert names == [named(1), ULID, named(2)]
    assert not worklists.is_here(till.desk, till.order())
    assert worklists.news(till.desk) == ()
    arrive(till.desk, CODE)
    assert [one.order for one in worklists.news(till.desk)] == [ULID]


def test_two_kiosks_that_do_not_hear_of_each_other_call_no_two_customers_alike() -> None:
    numbers = set()
    for name in ("B01", "B02", "T01"):
        till = at_kiosk(READY)
        till.store.place = replace(till.store.place, till=name)
        numbers.add(arrive(till.desk, CODE).number)
    assert numbers == {"B1-1", "B2-1", "T1-1"}


def test_a_number_goes_on_after_midnight_and_no_two_customers_wait_with_one() -> None:
    others = [
        as_ready(
            order(
                order=named(n),
                here_at="2026-11-24T09:00:00.000Z",
                queue=n,
                queue_by="S001-T01",
                code_hash="",
            )
        )
        for n in (2, 3)
    ]
    late = as_ready(order(order=named(9), code_hash=""))
    till = at_kiosk(READY, late, *others)
    assert arrive(till.desk, CODE).number == "T1-1"
    till.clock.pass_s(16 * 3600)  # half past one in the night, before the day ends
    assert kiosk.call(till.desk, late).number == "T1-4"


def test_when_every_number_is_taken_they_begin_again() -> None:
    others = [
        as_ready(
            order(
                order=named(n),
                here_at="2026-11-24T09:00:00.000Z",
                queue=n,
                queue_by="S001-T01",
                code_hash="",
            )
        )
        for n in range(1, NUMBER_MOST + 1)
    ]
    assert arrive(at_kiosk(READY, *others).desk, CODE).number == "T1-1"


def test_wrong_codes_make_the_kiosk_wait_and_an_articles_code_is_none_of_them() -> None:
    till = at_kiosk(READY, wrong_codes=2, wait_minutes=10)
    for _ in range(5):
        assert "not a pickup code" in words_of(kiosk.scan(till.desk, "96385074"))
    assert arrive(till.desk, "00000000").number == ""
    assert slug_of(lambda: arrive(till.desk, "00000000")) == "codes_locked"
    assert slug_of(lambda: arrive(till.desk, CODE)) == "codes_locked"
    assert kiosk.scan(till.desk, pass_of(READY)).number == "T1-1"


def test_nobody_can_do_anything_else_at_a_kiosk() -> None:
    till = at_kiosk(READY, order(order=named(2), code_hash=""))
    assert slug_of(lambda: sell.scan(till.desk, BREAD)) == "signed_out"
    there = till.order(named(2))
    assert slug_of(lambda: picking.pick(till.desk, there, BREAD)) == "signed_out"
    for asked in Permission:
        assert slug_of(lambda: till.desk.permit(asked)) == "signed_out"  # noqa: B023
    till.desk.training = True
    assert slug_of(lambda: arrive(till.desk, CODE)) == "training"


def opened(till: PickupTill, *, people: bool = False, enrolled: bool = True) -> Desk:
    """Return a desk as `comptoir kiosk` opens it."""
    if not people:
        till.store.credentials.clear()
    till.desk = till.desk_on(till.store)
    till.desk.ports.centre = ToldCentre() if enrolled else None
    kiosk.start(till.desk, clean=True)
    return till.desk


def test_a_kiosk_opens_only_where_a_centre_tells_orders_and_nobody_sells() -> None:
    with pytest.raises(Refusal, match="belongs to no centre"):
        opened(PickupTill(READY), enrolled=False)
    with pytest.raises(Refusal, match="a folder of its own"):
        opened(PickupTill(READY), people=True)
    desk = opened(till := PickupTill(READY))
    assert desk.person is None
    assert len(till.events("till.started")) == 2
    assert arrive(desk, CODE).number == "T1-1"


def test_a_number_is_printed_when_it_is_wanted_and_nothing_of_its_owner_with_it() -> None:
    till = at_kiosk(READY)
    till.printer(DeviceState.READY)
    arrival = arrive(till.desk, CODE)
    assert till.papers(kiosk.QUEUE) == []
    assert kiosk.may_print(till.desk)
    kiosk.print_number(till.desk, arrival)
    (page,) = till.papers(kiosk.QUEUE)
    assert "text='T1-1'" in page
    assert not any(secret in page for secret in SECRETS)
    till.printer(DeviceState.OFFLINE)
    assert not kiosk.may_print(till.desk)


def test_a_number_that_may_not_be_printed_keeps_no_other_from_it_nor_comes_after_a_restart() -> (
    None
):
    till = PickupTill(READY)
    desk = opened(till)
    till.printer(DeviceState.READY)
    arrival = arrive(desk, CODE)
    kiosk.print_number(desk, arrival)
    (job,) = desk.prints
    kiosk.on_device(desk, PrintEnded(job, PrintOutcome.UNKNOWN))
    assert desk.prints == {}
    kiosk.print_number(desk, arrival)
    assert len(desk.prints) == 1
    assert opened(till).prints == {}
    assert till.events("print.finished")[-1].outcome == "failed"  # type: ignore[union-attr]
