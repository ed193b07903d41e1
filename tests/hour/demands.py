"""What an hour must have had in it, so that its logs' agreement says something."""

from __future__ import annotations

from tests.hour.evidence import Evidence
from tests.hour.faults import CARDS, FAULTS

GESTURES = 150
"""How many gestures an hour has in CI; every trouble comes in a long one."""

LONG = 2_000
TROUBLES_LEAST = 12


def demand(found: Evidence, gestures: int) -> None:
    """Raise AssertionError where an hour was too quiet, or went by hand where machines work."""
    did = found.did
    for name in ("card", "cash", "cheque", "refund", "drawer", "print", "labels", "scan", "weigh"):
        assert did[name], f"no {name} in {did}"
    assert sum(one.amount > 0 for one in found.terminal) > 0, "no card payment"
    assert found.weighed, "no weight came from the scale"
    assert did["scan"] > did["typed"], "most goods are typed"
    asked = len(found.journal["print.asked"])
    by_hand = sum(one.get("settled_by") is not None for one in found.journal["print.finished"])
    assert asked > by_hand, "a person looks at most papers"
    assert any(one.outcome == "sent" and one.labels for one in found.asked_labels), "no label"
    assert found.reads, "nobody read the display"
    assert found.stops.total(), "the till never stopped"
    came = {name.removeprefix("fault: ") for name in did if name.startswith("fault: ")}
    if gestures < LONG:
        assert len(came) >= TROUBLES_LEAST, sorted(came)
        return
    assert did["scan"] > 3 * did["typed"], "many goods are typed"
    assert len(found.weighed) > 2 * did["weight: typed"], "many weights are typed"
    assert asked > 2 * by_hand, "a person looks at many papers"
    lacking = {*FAULTS, *(f"card {one.value}" for one in CARDS)} - came
    assert not lacking, f"never happened: {sorted(lacking)}"
    for name in ("forced", "spare", "card back", "till closed", "till dropped", "till killed"):
        assert did[name], f"no {name} in {did}"
    assert any(one.amount < 0 for one in found.terminal), "nothing was paid back by card"
