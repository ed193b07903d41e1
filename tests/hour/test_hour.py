"""An hour at the counter with every device and its troubles: four logs, one truth."""

from __future__ import annotations

import secrets
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from tests.e2e.home import make_shop
from tests.hour.actor import Actor
from tests.hour.audit import judge
from tests.hour.counter import HourClock, at_work

NOON = datetime(2026, 3, 3, 11, 0, tzinfo=UTC)
GESTURES = 200


def run(folder: Path, seed: int, gestures: int) -> Counter[str]:
    """Stand at the till for so many gestures and judge what is left; return what was done."""
    home = make_shop(folder, when=NOON)
    dice = Random(seed)
    with at_work(folder, HourClock(NOON), dice) as till:
        actor = Actor(till, dice)
        actor.begin()
        actor.work(gestures)
    judge(home, till)
    return actor.did


@pytest.mark.parametrize("seed", ["3", "a fresh one"])
def test_journal_paper_drawer_and_terminal_agree_whatever_broke(seed: str, tmp_path: Path) -> None:
    number = int(seed) if seed.isdigit() else secrets.randbelow(1_000_000_000)
    sys.stdout.write(f"scripts/hour --seed {number} --gestures {GESTURES}\n")
    did = run(tmp_path / "home", number, GESTURES)
    assert did["card"]
    assert did["weigh"]
    assert any(name.startswith("fault") for name in did)
