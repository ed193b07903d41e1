"""Is a pass good? Every answer, from the public key alone, and what a wrong code costs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos.domain.errors import Refusal
from pos.domain.events.orders import CodesLocked, HandedLine, OrderHandedOver
from pos.domain.order import Order, OrderState
from pos.domain.pickup_pass import shown_code
from pos.journal.signing import SeedKey
from pos.ports.orders import PassKey, StoreName
from pos.till.pickup import hand_over
from pos.till.pickup.judge import Judged, Proof, by_name, is_pass, judge
from tests.orders import CODE, KEY, ULID, as_ready, order, pass_of
from tests.till.pickup_till import PickupTill, ruled
from tests.till.shop import BREAD, CASHIER, slug_of

READY = as_ready(order())
GONE_BY = as_ready(order(), state=OrderState.EXPIRED)
FORGER = SeedKey(bytes(32))


def altered(text: str) -> str:
    """Return a pass with one character of its signature changed."""
    return text[:-1] + ("A" if text[-1] != "A" else "B")


@pytest.mark.parametrize(
    ("row", "scanned", "kind", "may_go_on"),
    [
        (READY, pass_of(READY), Judged.VALID, True),
        (READY, pass_of(READY).lower(), Judged.VALID, True),
        (READY, pass_of(READY, key=FORGER), Judged.FORGED, False),
        (READY, altered(pass_of(READY)), Judged.FORGED, False),
        (READY, pass_of(READY)[:-9], Judged.BROKEN, False),
        (READY, "P1" + "U" * 140, Judged.BROKEN, False),
        (READY, pass_of(READY, number=3), Judged.UNKNOWN_KEY, False),
        (READY, pass_of(READY, store=2), Judged.OTHER_STORE, False),
        (READY, pass_of(READY, store=9), Judged.OTHER_STORE, False),
        (READY, pass_of(READY, expires=1), Judged.EXPIRED, True),
        (order(), pass_of(READY), Judged.NOT_READY, False),
        (GONE_BY, pass_of(READY), Judged.EXPIRED, True),
        (order(state=OrderState.EXPIRED), pass_of(READY), Judged.EXPIRED, False),
        (order(state=OrderState.CANCELLED), pass_of(READY), Judged.CANCELLED, False),
        (order(state=OrderState.REJECTED, reason="x"), pass_of(READY), Judged.CANCELLED, False),
        (order(state=OrderState.HANDED_OVER), pass_of(READY), Judged.ALREADY_COLLECTED, False),
        (order(order="01JD7Z4QFS3WZ8E3Y6M5K0T2RC"), pass_of(READY), Judged.UNKNOWN_ORDER, False),
    ],
)  # fmt: skip
def test_a_pass_is_judged_by_the_public_key_alone(
    row: Order, scanned: str, kind: Judged, may_go_on: bool
) -> None:
    till = PickupTill(row)
    till.orders.is_online = False
    before = len(till.store.entries)
    verdict = judge(till.desk, scanned)
    assert (verdict.kind, verdict.proof is not None) == (kind, may_go_on), verdict
    assert str(verdict.sentence)
    assert till.counter.played[-1] == ("accepted" if may_go_on else "refused")
    assert len(till.store.entries) == before


def test_a_pass_is_known_from_any_other_scan_and_no_article_is_looked_for() -> None:
    till = PickupTill(READY)
    assert is_pass(till.desk, pass_of(READY))
    assert not is_pass(till.desk, BREAD)
    assert not is_pass(till.desk, "3760000000018")
    assert slug_of(lambda: till.scan(pass_of(READY))) == "pickup_pass"


def test_what_a_withdrawn_key_signed_is_said_to_be_so_and_what_it_did_not_sign_is_forged() -> None:
    till = PickupTill(READY)
    till.orders.keys[0] = PassKey(0, KEY.public_key, is_revoked=True)
    verdict = judge(till.desk, pass_of(READY))
    assert (verdict.kind, verdict.proof) == (Judged.UNKNOWN_KEY, None)
    assert "withdrawn" in str(verdict.sentence)
    assert judge(till.desk, pass_of(READY, key=FORGER)).kind is Judged.FORGED
    assert judge(till.desk, CODE).kind is Judged.VALID


def test_what_was_collected_is_told_with_when_and_where_and_by_whom() -> None:
    there = order(
        state=OrderState.HANDED_OVER, handed_at="2026-11-24T09:00:00.000Z", handed_by="S001-T02"
    )
    till = PickupTill(there)
    told = str(judge(till.desk, pass_of(READY)).sentence)
    assert "S001-T02" in told
    assert "2026-11-24 10:00" in told
    here = PickupTill(READY)
    hand_over.finish(here.desk, here.begun())
    assert "Alix" in str(judge(here.desk, pass_of(READY)).sentence)


def test_a_store_is_named_where_another_ones_order_waits() -> None:
    told = judge(PickupTill(READY).desk, pass_of(READY, store=2)).sentence
    assert "Paris" in str(told)


def test_a_short_code_opens_its_order_however_it_is_typed() -> None:
    till = PickupTill(READY)
    for typed in (CODE, shown_code(CODE).lower(), CODE.replace("0", "o")):
        verdict = judge(till.desk, typed)
        assert (verdict.kind, verdict.proof) == (Judged.VALID, Proof("code"))
    here = verdict.order
    assert here is not None
    assert here.order == ULID


def test_wrong_codes_close_the_till_to_codes_for_a_while_and_not_to_passes() -> None:
    till = PickupTill(READY, rules=ruled(wrong_codes=3, wait_minutes=10))
    for _ in range(2):
        assert judge(till.desk, "00000000").kind is Judged.UNKNOWN_ORDER
    assert slug_of(lambda: judge(till.desk, "00000000")) == "codes_locked"
    assert len(till.events("pickup.code_refused")) == 3
    assert len(till.events("pickup.codes_locked")) == 1
    till.restart(CASHIER)
    assert slug_of(lambda: judge(till.desk, CODE)) == "codes_locked"
    assert judge(till.desk, pass_of(READY)).kind is Judged.VALID
    till.clock.pass_s(601)
    assert judge(till.desk, CODE).kind is Judged.VALID


def test_wrong_codes_count_for_a_while_whatever_comes_between_them_and_after_a_restart() -> None:
    till = PickupTill(READY, rules=ruled(wrong_codes=3, wait_minutes=10))
    assert judge(till.desk, "00000000").kind is Judged.UNKNOWN_ORDER
    assert judge(till.desk, CODE).kind is Judged.VALID
    till.restart(CASHIER)
    till.clock.pass_s(300)
    assert judge(till.desk, "00000001").kind is Judged.UNKNOWN_ORDER
    till.clock.pass_s(299)
    assert judge(till.desk, CODE).kind is Judged.VALID
    assert slug_of(lambda: judge(till.desk, "00000002")) == "codes_locked"
    (locked,) = till.events("pickup.codes_locked")
    assert isinstance(locked, CodesLocked)
    assert (locked.failures, locked.wait_s) == (3, 600)


def test_wrong_codes_that_are_longer_ago_than_the_while_count_no_more() -> None:
    till = PickupTill(READY, rules=ruled(wrong_codes=2, wait_minutes=10))
    for _ in range(4):
        assert judge(till.desk, "00000000").kind is Judged.UNKNOWN_ORDER
        till.clock.pass_s(601)
    till.clock.pass_s(-86_400)  # whoever sets the clock back finds no wrong ones of tomorrow
    assert judge(till.desk, "00000000").kind is Judged.UNKNOWN_ORDER


def test_an_order_that_came_before_the_shops_numbers_is_this_shops() -> None:
    till = PickupTill(READY)
    till.orders.number, till.orders.shops = None, {}
    assert judge(till.desk, pass_of(READY)).kind is Judged.VALID
    till.orders.rows.clear()
    assert judge(till.desk, pass_of(READY)).kind is Judged.UNKNOWN_ORDER
    till.orders.shops = {2: StoreName(2, "S002", "Paris")}
    assert judge(till.desk, pass_of(READY, store=2)).kind is Judged.OTHER_STORE


def test_a_name_needs_a_document_of_which_only_the_kind_is_kept() -> None:
    till = PickupTill(READY)
    assert slug_of(lambda: by_name(till.desk, READY, "")) == "no_document"
    verdict = by_name(till.desk, READY, "passport")
    assert verdict.proof == Proof("name", "passport")
    assert by_name(till.desk, READY, "id_card", proxy=True).proof == Proof("proxy", "id_card")


def test_orders_are_for_people_of_the_shop_that_has_some() -> None:
    till = PickupTill(READY)
    till.desk.training = True
    assert slug_of(lambda: judge(till.desk, pass_of(READY))) == "training"
    till.desk.training = False
    till.desk.ports.orders = None
    with pytest.raises(Refusal, match="belongs to no centre"):
        judge(till.desk, CODE)
    till.desk.person = None
    assert slug_of(lambda: judge(till.desk, CODE)) == "signed_out"


def test_the_double_of_a_signed_pass_is_refused_once_it_was_used() -> None:
    till = PickupTill(READY)
    planned = till.begun()
    hand_over.finish(till.desk, planned)
    again = judge(till.desk, pass_of(READY, key=KEY))
    assert (again.kind, again.proof) == (Judged.ALREADY_COLLECTED, None)
    assert isinstance(till.events("order.handed_over")[0], OrderHandedOver)
    assert replace(planned).lines[0] == HandedLine(line=1, quantity=2_000)
