"""Handing over: what must be seen, the centre's word or the shop's policy, and the way back."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

import pytest

from pos.domain.errors import Refusal
from pos.domain.events.orders import HandOverDropped, HandOverUndone, OrderHandedOver, OrderReturned
from pos.domain.order import Order, OrderState
from pos.domain.staff import Permission
from pos.ports.orders import ClaimAnswer
from pos.till.matters import matters
from pos.till.pickup import after, hand_over, judge
from pos.till.pickup.claims import WAIT_S, Standing, standing
from pos.till.pickup.hand_over import Proof, Wants
from tests.orders import ULID, as_ready, line, order
from tests.till.pickup_till import PickupTill, ruled
from tests.till.shop import CASHIER, MANAGER, slug_of

READY = as_ready(order())
AT = "2026-11-24T09:29:00.000Z"
WINE = as_ready(order(line(1, "3", "Vin rouge 75 cl", unit_price=790, age=18)))
DEAR = as_ready(order(line(1, "6", "Lampe de bureau", 10_000, unit_price=2999)))


def handed(till: PickupTill) -> OrderHandedOver:
    found = till.events("order.handed_over")[-1]
    assert isinstance(found, OrderHandedOver)
    return found


def test_an_order_that_was_paid_online_leaves_with_a_slip_and_no_ticket() -> None:
    till = PickupTill(READY)
    done = hand_over.finish(till.desk, till.begun())
    assert (done.state, done.visits) == (OrderState.HANDED_OVER, 1)
    fact = handed(till)
    assert (fact.outcome, fact.risk, fact.method, fact.ticket) == ("granted", "", "pass", None)
    assert till.sales() == []
    (slip,) = till.papers("pickup")
    assert "W1042" in slip
    assert "already paid" in slip or "déjà payée" in slip
    assert re.search(r"8/12/2026|08/12/2026", slip)
    assert not re.search(r"\d,\d\d|\d\.\d\d", slip.replace("1 L", ""))


def test_the_country_is_told_nothing_of_a_slip() -> None:
    till = PickupTill(READY)
    before = len(till.events("fiscal.signed"))
    hand_over.finish(till.desk, till.begun())
    till.papers("pickup")
    named = [one for one in till.events("fiscal.signed")[before:] if "order" in str(one)]
    assert named == []


def test_the_customer_may_take_a_part_and_come_back_for_the_rest() -> None:
    till = PickupTill(READY)
    part = hand_over.take(till.desk, till.begun(), 1, 1_000)
    assert part.rest
    assert slug_of(lambda: hand_over.take(till.desk, part, 1, 3_000)) == "too_much"
    done = hand_over.finish(till.desk, part)
    assert (done.state, done.line(1).to_hand, handed(till).rest) == (OrderState.READY, 1_000, True)
    (slip,) = till.papers("pickup")
    assert not re.search(r"8/12/2026|08/12/2026", slip)  # the term runs from the last goods
    rest = till.begun()
    assert (rest.order.visits, [one.quantity for one in rest.lines]) == (1, [1_000])
    assert hand_over.finish(till.desk, rest).state is OrderState.HANDED_OVER
    assert len({one.claim for one in (handed(till), *till.events("order.handed_over"))}) == 2  # type: ignore[union-attr]


def test_a_line_refused_at_the_desk_is_owed_and_goes_back_to_be_sold() -> None:
    till = PickupTill(READY)
    begun = till.begun()
    assert slug_of(lambda: hand_over.refuse(till.desk, begun, 1, 1_000, "")) == "no_reason"
    changed = hand_over.refuse(till.desk, begun, 1, 1_000, "burnt")
    done = hand_over.finish(till.desk, changed)
    assert (done.state, done.is_to_put_back) == (OrderState.HANDED_OVER, True)
    assert (handed(till).owed, done.line(1).refused) == (110, 1_000)


def test_age_document_and_bags_are_seen_before_anything_leaves() -> None:
    till = PickupTill(WINE)
    begun = till.begun()
    assert hand_over.wants(till.desk, begun) == (Wants.AGE,)
    assert slug_of(lambda: hand_over.finish(till.desk, begun)) == "no_age"
    hand_over.finish(till.desk, hand_over.check_age(till.desk, begun))
    assert handed(till).age_checked == 18
    till = PickupTill(DEAR)
    begun = till.begun()
    assert slug_of(lambda: hand_over.finish(till.desk, begun)) == "no_document"
    hand_over.finish(till.desk, hand_over.see_document(till.desk, begun, "passport"))
    assert handed(till).document == "passport"


def test_the_right_bags_are_proven_by_their_labels() -> None:
    till = PickupTill(as_ready(order(), bags=2), rules=ruled(bags_scanned=True))
    begun = till.begun()
    other = "01JD7Z4QFS3WZ8E3Y6M5K0T2RC"
    assert slug_of(lambda: hand_over.scan_bag(till.desk, begun, f"BAG/{other}/1")) == "other_bag"
    assert slug_of(lambda: hand_over.scan_bag(till.desk, begun, f"BAG/{ULID}/3")) == "other_bag"
    assert slug_of(lambda: hand_over.scan_bag(till.desk, begun, "3760000000017")) == "no_bag"
    one = hand_over.scan_bag(till.desk, begun, f"BAG/{ULID}/1")
    assert slug_of(lambda: hand_over.finish(till.desk, one)) == "no_bags"
    both = hand_over.scan_bag(till.desk, one, f"bag/{ULID}/2".upper())
    hand_over.finish(till.desk, both)
    assert handed(till).bags_scanned == 2


@pytest.mark.parametrize("method", ["name", "proxy"])
def test_a_name_alone_for_what_is_dear_wants_a_manager(method: Literal["name", "proxy"]) -> None:
    till = PickupTill(DEAR)
    proof = Proof(method, "id_card")
    begun = hand_over.ask_claim(till.desk, hand_over.begin(till.desk, DEAR, proof))
    assert slug_of(lambda: hand_over.finish(till.desk, begun)) == "needs_permission"
    hand_over.finish(till.desk, begun, till.loan(Permission.PICKUP_UNSURE))
    assert (handed(till).outcome, handed(till).risk) == ("granted", "name_only")


def test_nothing_leaves_before_the_centre_was_asked_and_had_a_moment() -> None:
    till = PickupTill(READY)
    till.orders.is_online = False
    begun = hand_over.begin(till.desk, READY, Proof("pass"))
    assert slug_of(lambda: hand_over.finish(till.desk, begun)) == "unclaimed"
    asked = hand_over.ask_claim(till.desk, begun)
    assert standing(till.desk, asked) is Standing.WAITING
    assert slug_of(lambda: hand_over.finish(till.desk, asked)) == "claim_waiting"
    till.clock.pass_s(WAIT_S)
    assert standing(till.desk, asked) is Standing.OFFLINE
    till.orders.is_online = True
    hand_over.finish(till.desk, asked)
    assert handed(till).outcome == "granted"


@pytest.mark.parametrize(
    ("offline", "row", "alone", "risk"),
    [
        ("allow", READY, True, "policy"),
        ("allow", DEAR, False, "manager"),
        ("manager", READY, False, "manager"),
        ("refuse", READY, False, ""),
    ],
)
def test_without_the_centre_the_shops_policy_decides_and_the_risk_is_written(
    offline: str, row: Order, alone: bool, risk: str
) -> None:
    till = PickupTill(row, rules=ruled(offline=offline))
    till.orders.is_online = False
    begun = hand_over.see_document(till.desk, till.begun(), "id_card")
    till.clock.pass_s(WAIT_S)
    if offline == "refuse":
        assert slug_of(lambda: hand_over.finish(till.desk, begun)) == "claim_offline"
        return
    if not alone:
        assert slug_of(lambda: hand_over.finish(till.desk, begun)) == "needs_permission"
    hand_over.finish(till.desk, begun, None if alone else till.loan(Permission.PICKUP_UNSURE))
    assert (handed(till).outcome, handed(till).risk) == ("offline", risk)


def test_what_another_till_hands_out_is_refused_with_its_name_and_nothing_leaves() -> None:
    till = PickupTill(READY)
    till.orders.held[f"{ULID}:0"] = ("S001-T02-K1/000007", "2026-11-24T09:29:00.000Z")
    begun = till.begun()
    assert standing(till.desk, begun) is Standing.REFUSED
    with pytest.raises(Refusal, match="S001-T02-K1"):
        hand_over.finish(till.desk, begun)
    assert till.events("order.handed_over") == []
    (gone,) = till.events("order.hand_over_dropped")
    assert isinstance(gone, HandOverDropped)
    assert (gone.reason, gone.holder) == ("refused", "S001-T02-K1/000007")
    assert hand_over.unfinished(till.desk) == ()


def test_two_tills_and_one_pass_hand_out_once_while_the_centre_is_heard() -> None:
    here, there = PickupTill(READY), PickupTill(READY)
    there.store.place = replace(there.store.place, till="T02")
    there.orders.held = here.orders.held
    mine, other = here.begun(), there.begun()
    hand_over.finish(here.desk, mine)
    assert slug_of(lambda: hand_over.finish(there.desk, other)) == "claim_refused"
    assert len(here.events("order.handed_over")) + len(there.events("order.handed_over")) == 1


def test_a_pass_that_is_scanned_again_claims_nothing_twice() -> None:
    till = PickupTill(READY)
    first, again = till.begun(), till.begun()
    assert first.claim == again.claim
    assert len(till.events("order.hand_over_asked")) == 1


def test_a_hand_over_that_is_given_up_frees_its_claim_for_another_till() -> None:
    here, there = PickupTill(READY), PickupTill(READY)
    there.store.place = replace(there.store.place, till="T02")
    there.orders.held = here.orders.held
    hand_over.give_up(here.desk, here.begun())
    hand_over.finish(there.desk, there.begun())
    assert there.order().state is OrderState.HANDED_OVER


def test_after_a_cut_a_person_says_whether_the_goods_left() -> None:
    till = PickupTill(READY)
    claim = till.begun().claim
    till.restart(CASHIER)
    (left,) = hand_over.unfinished(till.desk)
    assert [one.slug for one in matters(till.desk) if one.slug == "hand_overs"] == ["hand_overs"]
    again = hand_over.resume(till.desk, left, Proof("pass"))
    done = hand_over.finish(till.desk, hand_over.ask_claim(till.desk, again))
    assert (done.state, handed(till).claim) == (OrderState.HANDED_OVER, claim)
    assert len(till.events("order.hand_over_asked")) == 1
    assert hand_over.unfinished(till.desk) == ()
    till = PickupTill(READY)
    till.begun()
    till.restart(CASHIER)
    (left,) = hand_over.unfinished(till.desk)
    hand_over.give_up(till.desk, hand_over.resume(till.desk, left, Proof("pass")))
    assert hand_over.unfinished(till.desk) == ()
    assert till.order().state is OrderState.READY


@pytest.mark.parametrize(
    ("told", "outcome", "risk"),
    [
        (ClaimAnswer(True, "", AT), "granted", ""),
        (ClaimAnswer(True, "", AT, "abandoned"), "granted", "left"),
        (ClaimAnswer(False, "S001-T02-K1/000007", AT), "refused", "left"),
        (ClaimAnswer(False, "", AT, "cancelled"), "refused", "left"),
        (None, "offline", "left"),
    ],
)
def test_goods_that_left_before_a_cut_are_told_whatever_became_of_the_order(
    told: ClaimAnswer | None, outcome: str, risk: str
) -> None:
    till = PickupTill(DEAR, rules=ruled(offline="refuse", bags_scanned=True))
    till.orders.is_online = False
    claim = till.begun().claim
    till.restart(CASHIER)
    till.orders.put(DEAR.model_copy(update={"state": OrderState.CANCELLED, "refunded": 29_990}))
    till.orders.answers[claim] = told
    (left,) = hand_over.unfinished(till.desk)
    again = hand_over.ask_claim(till.desk, hand_over.resume(till.desk, left, Proof("pass")))
    till.clock.pass_s(WAIT_S)
    done = hand_over.finish(till.desk, again)
    fact = handed(till)
    assert (done.state, done.line(1).handed) == (OrderState.HANDED_OVER, 10_000)
    assert (fact.claim, fact.outcome, fact.risk, fact.visit) == (claim, outcome, risk, 0)
    assert till.events("order.hand_over_dropped") == []
    assert hand_over.unfinished(till.desk) == ()


def test_goods_that_left_are_told_even_where_they_were_put_back_on_paper() -> None:
    till = PickupTill(READY)
    till.begun()
    till.restart(CASHIER)
    lines = [one.model_copy(update={"put_back": one.picked}) for one in READY.lines]
    till.orders.put(READY.model_copy(update={"state": OrderState.CLOSED, "lines": tuple(lines)}))
    (left,) = hand_over.unfinished(till.desk)
    hand_over.finish(till.desk, hand_over.resume(till.desk, left, Proof("pass")))
    assert [one.quantity for one in handed(till).lines] == [2_000, 1_000]


def test_an_expired_order_that_is_paid_back_is_not_handed_out() -> None:
    till = PickupTill(READY)
    begun = hand_over.begin(till.desk, READY, Proof("pass"))
    gone = READY.model_copy(update={"state": OrderState.EXPIRED})
    till.orders.put(gone)
    assert hand_over.ask_claim(till.desk, begun).claim
    till.orders.put(gone.model_copy(update={"refunded": 325}))
    assert slug_of(lambda: hand_over.ask_claim(till.desk, begun)) == "paid_back"
    verdict = judge.by_name(till.desk, gone, "passport")
    assert (verdict.kind, verdict.proof) == (judge.Judged.EXPIRED, None)
    assert "paid back" in str(verdict.sentence)


@pytest.mark.parametrize("state", ["cancelled", "expired"])
def test_what_the_centre_ended_meanwhile_is_refused_with_its_reason(state: str) -> None:
    till = PickupTill(READY)
    till.orders.is_online = False
    begun = till.begun()
    till.orders.answers[begun.claim] = ClaimAnswer(False, "", AT, state)
    with pytest.raises(Refusal, match=state):
        hand_over.finish(till.desk, begun)
    (gone,) = till.events("order.hand_over_dropped")
    assert isinstance(gone, HandOverDropped)
    assert (gone.visit, gone.claim, gone.holder) == (0, begun.claim, "")


def test_a_claim_that_another_abandoned_is_a_risk_for_a_manager() -> None:
    till = PickupTill(READY)
    till.orders.is_online = False
    begun = till.begun()
    till.orders.answers[begun.claim] = ClaimAnswer(True, begun.claim, AT, "abandoned")
    assert slug_of(lambda: hand_over.finish(till.desk, begun)) == "needs_permission"
    hand_over.finish(till.desk, begun, till.loan(Permission.PICKUP_UNSURE))
    assert (handed(till).outcome, handed(till).risk) == ("granted", "abandoned")


def restored(till: PickupTill) -> None:
    """Let the till write in another epoch, as after its file was restored."""
    till.store.place = replace(till.store.place, epoch="K2")


def test_a_claim_from_before_a_restore_is_a_risk_for_a_manager() -> None:
    till = PickupTill(READY)
    claim = till.begun().claim
    restored(till)
    again = till.begun()
    assert (again.claim, again.is_unsure) == (claim, False)
    assert slug_of(lambda: hand_over.finish(till.desk, again)) == "needs_permission"
    hand_over.finish(till.desk, again, till.loan(Permission.PICKUP_UNSURE))
    assert (handed(till).outcome, handed(till).risk) == ("granted", "restored")


def test_goods_that_left_before_a_restore_are_told_with_that_risk() -> None:
    till = PickupTill(READY)
    till.begun()
    restored(till)
    (left,) = hand_over.unfinished(till.desk)
    told = hand_over.ask_claim(till.desk, hand_over.resume(till.desk, left, Proof("pass")))
    hand_over.finish(till.desk, told)
    assert (handed(till).outcome, handed(till).risk) == ("granted", "left")


def test_what_was_claimed_for_one_visit_is_never_written_as_the_next() -> None:
    till = PickupTill(READY)
    begun = till.begun()
    first = READY.line(1).model_copy(update={"handed": 1_000})
    later = READY.model_copy(update={"visits": 1, "lines": (first, *READY.lines[1:])})
    till.orders.put(later)
    till.orders.held.clear()
    assert slug_of(lambda: hand_over.finish(till.desk, begun)) == "other_visit"
    again = hand_over.ask_claim(till.desk, begun)
    (gone,) = till.events("order.hand_over_dropped")
    assert isinstance(gone, HandOverDropped)
    assert (gone.visit, gone.claim) == (0, begun.claim)
    assert (again.visit, again.claim != begun.claim) == (1, True)
    hand_over.give_up(till.desk, again)
    assert [one.visit for one in till.events("order.hand_over_dropped")] == [0, 1]  # type: ignore[union-attr]


def test_a_wrong_hand_over_is_undone_by_a_manager_within_minutes() -> None:
    till = PickupTill(READY)
    hand_over.finish(till.desk, till.begun())
    gone = till.order()
    assert slug_of(lambda: after.undo(till.desk, gone, "wrong person")) == "needs_permission"
    loan = till.loan(Permission.PICKUP_UNDO)
    assert slug_of(lambda: after.undo(till.desk, gone, " ", loan)) == "no_reason"
    back = after.undo(till.desk, gone, "wrong person", loan)
    assert (back.state, back.line(1).to_hand, back.visits) == (OrderState.READY, 2_000, 1)
    (fact,) = till.events("order.hand_over_undone")
    assert isinstance(fact, HandOverUndone)
    assert slug_of(lambda: after.undo(till.desk, back, "again", loan)) == "not_here"
    done = hand_over.finish(till.desk, till.begun())
    till.clock.pass_s(15 * 60 + 1)
    till.sign_in(MANAGER)
    assert slug_of(lambda: after.undo(till.desk, done, "late")) == "too_late"


def test_what_another_till_handed_over_is_not_undone_here() -> None:
    till = PickupTill(order(state=OrderState.HANDED_OVER, visits=1, handed_at="x"))
    assert slug_of(lambda: after.undo(till.desk, till.order(), "wrong")) == "not_here"


def test_a_web_purchase_comes_back_without_a_ticket_and_the_centre_pays() -> None:
    till = PickupTill(READY)
    hand_over.finish(till.desk, till.begun())
    till.sign_in(CASHIER)

    def back(lines: dict[int, int], reason: str = "too hard") -> Order:
        return after.return_(till.desk, till.order(), lines, reason, sellable=True)

    assert slug_of(lambda: back({1: 3_000})) == "too_much"
    assert slug_of(lambda: back({})) == "nothing_back"
    assert slug_of(lambda: back({1: 1_000}, "")) == "no_reason"
    assert back({1: 1_000}).state is OrderState.HANDED_OVER
    assert back({1: 1_000, 2: 1_000}).state is OrderState.RETURNED
    facts = [one for one in till.events("order.returned") if isinstance(one, OrderReturned)]
    assert [[one.amount for one in fact.lines] for fact in facts] == [[110], [110, 105]]
    assert {(fact.pay_back, fact.ticket) for fact in facts} == {("centre", None)}
    assert till.sales() == []
    assert len(till.papers("return")) == 2


def test_an_order_that_was_paid_at_a_till_comes_back_by_its_ticket() -> None:
    till = PickupTill(as_ready(order(contract="pay_at_pickup"), state=OrderState.HANDED_OVER))
    till.sign_in(CASHIER)
    slug = slug_of(lambda: after.return_(till.desk, till.order(), {1: 1}, "x", sellable=True))
    assert slug == "paid_at_till"


def test_an_order_that_is_not_ready_is_not_begun() -> None:
    till = PickupTill(order())
    slug = slug_of(lambda: hand_over.begin(till.desk, till.order(), Proof("pass")))
    assert slug == "nothing_here"
    picked = as_ready(order(), state=OrderState.PICKING)
    till = PickupTill(picked)
    begun = hand_over.begin(till.desk, picked, Proof("pass"))
    assert slug_of(lambda: hand_over.ask_claim(till.desk, begun)) == "order_state"
    assert till.events("order.hand_over_asked") == []
