"""When a weight may be taken: still, told twice, on an emptied scale, with something left of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.scale.protocol import Kind, Reading
from devices.scale.rules import AGAIN, EMPTY, MOVING, NOT_EMPTIED, TARE_TWICE, UNDER_TARE, Rules

ZERO, UNCHANGED = Reading(Kind.STABLE), Reading(Kind.UNCHANGED)


def still(grams: int) -> Reading:
    return Reading(Kind.STABLE, grams)


STORIES = [
    ("told once", [still(345)], 0, (345, "", False)),
    ("told twice", [still(345), still(345)], 0, (345, "", True)),
    ("told once, then unchanged", [still(345), UNCHANGED], 0, (345, "", True)),
    ("changed", [still(345), still(346)], 0, (346, "", False)),
    ("moving", [Reading(Kind.MOVING, 345)], 0, (345, MOVING, False)),
    ("unchanged since nobody knows", [UNCHANGED], 0, (0, AGAIN, False)),
    ("nothing on it", [ZERO, ZERO], 0, (0, EMPTY, False)),
    ("less the tare", [still(345), still(345)], 12, (333, "", True)),
    ("only the tare", [still(12), still(12)], 12, (0, UNDER_TARE, False)),
    ("two tares", [Reading(Kind.STABLE, 345, is_net=True)] * 2, 12, (333, TARE_TWICE, False)),
    ("its own tare", [Reading(Kind.STABLE, 345, is_net=True)] * 2, 0, (345, "", True)),
]


@pytest.mark.parametrize(("story", "readings", "tare", "end"), STORIES, ids=lambda v: str(v)[:30])
def test_a_weight_is_taken_when_it_is_sure(
    story: str, readings: list[Reading], tare: int, end: tuple[int, str, bool]
) -> None:
    rules = Rules(live=True)
    verdict = [rules.judge(one, tare) for one in readings][-1]
    assert (verdict.grams, verdict.detail, verdict.is_good) == end, story


@pytest.mark.parametrize("kind", [Kind.EMPTY, Kind.BELOW_ZERO, Kind.STABLE])
def test_a_weighing_is_taken_once_until_the_scale_was_seen_empty(kind: Kind) -> None:
    rules = Rules(live=True)
    for _ in range(2):
        rules.judge(still(345), 0)
    rules.take()
    for heavier in (still(345), still(345), still(700), still(700)):
        assert rules.judge(heavier, 0).detail == NOT_EMPTIED
    rules.hear(Reading(kind))
    assert not rules.waits_for_empty
    assert [rules.judge(still(345), 0).is_good for _ in range(2)] == [False, True]


def test_what_was_told_before_an_answer_was_lost_counts_no_more() -> None:
    rules = Rules(live=True)
    rules.judge(still(345), 0)
    rules.lose()
    assert rules.judge(UNCHANGED, 0).detail == AGAIN
    assert not rules.judge(still(345), 0).is_good


def test_a_scale_that_tells_each_weight_once_keeps_the_rules_itself() -> None:
    rules = Rules(live=False)
    assert rules.judge(Reading(Kind.STABLE, 333, is_net=True), 12).is_good
    rules.take()
    assert rules.judge(Reading(Kind.NOT_EMPTIED), 12).detail == NOT_EMPTIED
    assert rules.judge(still(100), 0).is_good


READINGS = st.builds(Reading, st.sampled_from(Kind), st.sampled_from([0, 100, 345]), st.booleans())


@given(st.lists(st.one_of(READINGS, st.none()), max_size=40), st.sampled_from([0, 12, 345]))
def test_whatever_a_scale_says_a_weight_is_still_positive_and_sold_once(
    said: list[Reading | None], tare: int
) -> None:
    rules, was_empty = Rules(live=True), True
    for reading in said:
        if reading is None:
            rules.lose()
            continue
        verdict = rules.judge(reading, tare)
        was_empty |= reading.kind in (Kind.EMPTY, Kind.BELOW_ZERO) or (
            reading.kind is Kind.STABLE and reading.grams == 0
        )
        if verdict.is_good:
            assert verdict.grams > 0
            assert was_empty
            assert reading.kind in (Kind.STABLE, Kind.UNCHANGED)
            rules.take()
            was_empty = False
