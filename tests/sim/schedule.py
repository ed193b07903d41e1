"""What a schedule is made of: what is done, what goes wrong, how often, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

STEPS = 250
ROUNDS_MOST = 400
"""How many rounds everything may need to come together when nothing goes wrong any more."""

REAL_KEYS_EVERY = 16
"""One seed in so many signs with Ed25519; the others with a cheap stand-in."""

FAULTS = {
    "crash": 8,
    "crash_courier": 8,
    "back_up_till": 8,
    "restore_till": 5,
    "restore_till_and_marker": 4,
    "lose_marker": 2,
    "clone_till": 4,
    "lose_mirror": 2,
    "destroy_till": 1,
    "back_up_centre": 8,
    "restore_centre": 5,
    "cut_off": 8,
    "half_open": 8,
    "heal": 12,
    "revoke": 2,
    "rotate": 3,
    "lose": 25,
    "double": 25,
    "corrupt": 8,
    "purge": 8,
}
"""What may go wrong, and how often beside what goes well; a seed leaves some out."""

NEVER_BESIDE_A_PURGE = ("restore_centre", "restore_till_and_marker")
"""A centre that forgets what it acknowledged, or a till that writes other entries under numbers
that were, gets what was purged since from its archive: no schedule does that.
"""

WORK = {
    "sell": 120,
    "do_something_else": 25,
    "obey": 30,
    "switch_on": 50,
    "ask": 150,
    "deliver": 260,
    "give_up": 25,
    "begin_write": 20,
    "commit_write": 25,
    "receive": 8,
    "place_order": 8,
    "begin_hand_over": 15,
    "end_hand_over": 20,
    "undo_hand_over": 5,
    "end_order": 4,
    "release_claim": 2,
}


@dataclass(frozen=True, slots=True)
class Done:
    """How a schedule went: what was counted, and how often each thing was done."""

    seed: int
    sales: int
    rounds: int
    counts: dict[str, int]


class Broken(Exception):
    """A schedule that broke an invariant; `trace` is what was done."""

    def __init__(self, seed: int, what: str, trace: list[str]) -> None:
        super().__init__(f"seed {seed}: {what}")
        self.what = what
        self.trace = trace
