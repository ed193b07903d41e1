"""The pickup desk with no screen: the same gestures, a line each."""

from __future__ import annotations

from collections.abc import Iterable

from pos.console.console import Console, Said
from pos.console.gestures import VERBS
from pos.domain.order import Contract, OrderState
from tests.orders import CODE, ULID, as_ready, order, pass_of
from tests.till.pickup_till import PickupTill
from tests.till.shop import BREAD, CASHIER, MANAGER, MILK, PAPER, PINS


def play(till: PickupTill, *lines: str) -> list[Said]:
    return list(Console(till.desk, VERBS).play(lines))


def check(said: Iterable[Said]) -> None:
    assert [one for one in said if not one.fine] == []


def test_an_order_is_picked_and_handed_over_line_by_line() -> None:
    till = PickupTill(order())
    check(
        play(
            till,
            "orders",
            "order W1042",
            "accept",
            f"pick {BREAD}",
            f"pick {PAPER}",
            "expect refused wrong_article",
            "pick-line 1 1",
            "unpick 1 1",
            "short 1 cassé",
            f"pick {MILK}",
            "print-list",
            "ready A3 2",
            "expect order ready",
            "print-labels",
            f"scan {pass_of(order())}",
            "expect verdict valid",
            "refuse 2 1 trop chaud",
            f"bag BAG/{ULID}/1",
            "hand-over",
            "expect order handed_over",
            f"code {CODE}",
            "expect verdict already_collected",
            "undo-hand-over mauvaise personne",
            f"lend {MANAGER} {PINS[MANAGER]}",
            "expect order ready",
            "name passport",
            "take 1 1",
            "hand-over",
        )
    )
    assert till.order().state is OrderState.HANDED_OVER


def test_an_order_is_paid_at_the_desk_and_what_is_left_is_put_back() -> None:
    till = PickupTill(as_ready(order(contract=Contract.RESERVATION)))
    till.sign_in(CASHIER)
    check(
        play(
            till,
            f"code {CODE}",
            "seen id_card",
            "hand-over",
            "expect due 3.25",
            "void 1",
            "cash",
            "order W1042",
            "expect order handed_over",
            f"put-back {BREAD}",
            f"put-back {BREAD}",
            "expect matters shifts unsent",
        )
    )
    assert (till.sales()[0].total, till.order().line(1).put_back) == (105, 2_000)


def test_a_customer_arrives_gives_up_and_brings_goods_back() -> None:
    till = PickupTill(as_ready(order()))
    check(play(till, f"arrive {CODE}", f"pass {pass_of(order())}", "age-seen", "give-up"))
    assert till.order().queue == 1
    till.sign_in(CASHIER)
    check(
        play(
            till,
            f"code {CODE}",
            "proxy id_card",
            "hand-over",
            "return-order 1 1 trop petit",
            "unfinished",
            "expect order handed_over",
        )
    )


def test_what_is_unknown_is_said() -> None:
    till = PickupTill(order())
    said = play(till, "accept", "hand-over", "name library_card", "resume", "order nobody")
    assert [one.fine for one in said] == [False] * 5


def test_a_hand_over_that_was_cut_short_is_taken_up_again() -> None:
    till = PickupTill(as_ready(order()))
    till.begun()
    till.restart(CASHIER)
    check(play(till, "unfinished", "resume id_card", "hand-over", "expect order handed_over"))
    assert till.order().state is OrderState.HANDED_OVER
