"""Claims by the courier: the centre's word while somebody waits, and late when it could not be."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos.domain.events.orders import HandOverAsked
from sync.protocol import Claim
from tests.contract.courier_shop import Station, station
from tests.orders import ULID

KEY = f"{ULID}:0"


def asked(one: Station) -> str:
    """Write that a hand-over is about to take place, and ask for it as the till does."""
    entry = one.store.ledger.record(HandOverAsked(order=ULID, staff="p", visit=0))[0]
    one.store.orders.claim(entry.name, "hand_over", KEY)
    return entry.name


async def test_the_first_who_asks_is_granted_and_asking_again_changes_nothing(
    tmp_path: Path,
) -> None:
    async with station(tmp_path) as one:
        await one.until(one.is_all_held)
        claim = asked(one)
        await one.until(lambda: one.store.orders.claimed(claim) is not None)
        one.store.orders.claim(claim, "hand_over", KEY)
        answer = one.store.orders.claimed(claim)
        assert answer is not None
        assert (answer.granted, answer.holder) == (True, claim)
        assert [path for path, _ in one.server.asked].count("/v1/claims") == 1


async def test_what_another_till_holds_is_refused_with_its_name(tmp_path: Path) -> None:
    async with station(tmp_path) as one:
        await one.until(one.is_all_held)
        other = "S012-T04-K1/000009"
        one.server.centre.claim(Claim(claim=other, what="hand_over", key=KEY))
        claim = asked(one)
        await one.until(lambda: one.store.orders.claimed(claim) is not None)
        answer = one.store.orders.claimed(claim)
        assert answer is not None
        assert (answer.granted, answer.holder) == (False, other)


@pytest.mark.parametrize("order", ["cut", "500", "half", "busy 0", "json"])
async def test_an_answer_that_is_lost_is_asked_for_until_it_comes(
    tmp_path: Path, order: str
) -> None:
    async with station(tmp_path) as one:
        await one.until(one.is_all_held)
        one.server.always = order
        claim = asked(one)
        await one.until(lambda: [path for path, _ in one.server.asked].count("/v1/claims") > 1)
        assert one.store.orders.claimed(claim) is None
        one.server.always = ""
        await one.until(lambda: one.store.orders.claimed(claim) is not None)


async def test_a_claim_outlives_a_courier_that_was_killed(tmp_path: Path) -> None:
    async with station(tmp_path) as one:
        await one.until(one.is_all_held)
        await one.stop()
        claim = asked(one)
        assert one.store.orders.claimed(claim) is None
        one.start()
        await one.until(lambda: one.store.orders.claimed(claim) is not None)


async def test_a_claim_that_was_given_up_is_not_asked_any_more(tmp_path: Path) -> None:
    async with station(tmp_path) as one:
        await one.until(one.is_all_held)
        await one.stop()
        one.store.orders.unclaim(asked(one))
        again = asked(one)
        one.start()
        await one.until(lambda: one.store.orders.claimed(again) is not None)
        assert [path for path, _ in one.server.asked].count("/v1/claims") == 1
