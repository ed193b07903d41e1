"""What an hour must have had in it, so that its logs' agreement says something."""

from __future__ import annotations

from tests.hour.evidence import Evidence
from tests.hour.faults import CARDS, FAULTS

GESTURES = 150
"""How many gestures an hour has in CI; every trouble comes in a long one."""

LONG = 2_000
TROUBLES_LEAST = 16

LEAST = {"card": 8, "cash": 4, "cheque": 4, "refund": 1, "drawer": 3, "print": 8, "labels": 2,
         "scan": 40, "weigh": 6, "weight: left lying": 2, "display: read": 7}  # fmt: skip
"""What each hour has at least, by its decks."""

BY_HAND_MOST = 0.15
"""The share of papers that a person settles, those aside that something struck on purpose."""


def demand(found: Evidence, gestures: int) -> None:
    """Raise AssertionError where an hour was too quiet, or went by hand where machines work."""
    did = found.did
    for name, least in LEAST.items():
        assert did[name] >= least, f"{did[name]} × {name}, not {least}, in {did}"
    assert sum(one.amount > 0 for one in found.terminal) > 0, "no card payment"
    assert found.weighed, "no weight came from the scale"
    assert did["scan"] > did["typed"], "most goods are typed"
    asked = len(found.journal["print.asked"])
    by_hand = sum(one.get("settled_by") is not None for one in found.journal["print.finished"])
    struck = sum(count for name, count in did.items() if name.startswith("struck: "))
    assert struck, "nothing struck a printer at work"
    assert by_hand - struck <= BY_HAND_MOST * asked + 1, f"by hand: {by_hand} of {asked} papers"
    assert any(one.outcome == "sent" and one.labels for one in found.asked_labels), "no label"
    assert found.reads, "nobody read the display"
    assert found.stops.total(), "the till never stopped"
    came = {name.removeprefix("fault: ") for name in did if name.startswith("fault: ")}
    if gestures < LONG:
        assert len(came) >= TROUBLES_LEAST, sorted(came)
        return
    assert did["scan"] > 3 * did["typed"], "many goods are typed"
    assert len(found.weighed) > 2 * did["weight: typed"], "many weights are typed"
    lacking = {*FAULTS, *(f"card {one.value}" for one in CARDS)} - came
    assert not lacking, f"never happened: {sorted(lacking)}"
    for name in ("forced", "spare", "card back", "till closed", "till dropped", "till killed"):
        assert did[name], f"no {name} in {did}"
    assert any(one.amount < 0 for one in found.terminal), "nothing was paid back by card"
