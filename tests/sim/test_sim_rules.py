"""Every rule of the protocol is needed, and every checker can fail: each is taken away in turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sim.rules import RULES, SEEN_FROM, STRESS
from tests.sim.schedule import Broken
from tests.sim.world import run

SEEDS_MOST = 150
PAGE = Path(__file__).parents[2] / "docs/sync.md"


@pytest.mark.parametrize("rule", RULES)
def test_without_this_rule_some_schedule_goes_wrong(rule: str) -> None:
    first = SEEN_FROM.get(rule, 1)
    for seed in range(first, first + SEEDS_MOST):
        try:
            run(seed, removed=[rule], stress=STRESS.get(rule, ()))
        except Broken:
            return
    pytest.fail(f"{SEEDS_MOST} schedules went well without the rule that {RULES[rule]}")


@pytest.mark.parametrize("stress", sorted(set(STRESS.values())))
def test_with_every_rule_the_same_trouble_does_no_harm(stress: tuple[str, ...]) -> None:
    for seed in range(1, 9):
        run(seed, stress=stress)


def test_the_page_of_the_protocol_lists_every_rule_in_its_words() -> None:
    page = PAGE.read_text("utf-8")
    assert [name for name, says in RULES.items() if f"| `{name}` | {says} |" not in page] == []
