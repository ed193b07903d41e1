"""An hour at the counter with every device and its troubles: every log, one truth."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

import pytest

from tests.hour.demands import GESTURES, demand
from tests.hour.run import run


@pytest.mark.parametrize("seed", ["3", "a fresh one"])
def test_every_log_agrees_with_the_journal_whatever_broke(seed: str, tmp_path: Path) -> None:
    number = int(seed) if seed.isdigit() else secrets.randbelow(1_000_000_000)
    sys.stdout.write(f"scripts/hour --seed {number} --gestures {GESTURES}\n")
    found = run(tmp_path / "home", number, GESTURES)
    demand(found, GESTURES)
