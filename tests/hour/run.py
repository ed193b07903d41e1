"""One hour from a seed: a shop, its counter, its cashier, and the judgement."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from random import Random

from tests.e2e.home import make_shop
from tests.hour.actor import Actor
from tests.hour.audit import judge
from tests.hour.counter import AtWork, HourClock
from tests.hour.evidence import Evidence, gather
from tests.hour.wires import Wires

NOON = datetime(2026, 3, 3, 11, 0, tzinfo=UTC)


def work(folder: Path, seed: int, gestures: int) -> Evidence:
    """Stand at the till for so many gestures; return every log, the till's file checked."""
    home = make_shop(folder, when=NOON)
    dice = Random(seed)
    wires = Wires(dice)
    try:
        actor = Actor(AtWork(home, wires, HourClock(NOON)), dice)
        try:
            actor.begin()
            actor.work(gestures)
            actor.shift.till.close()
        except BaseException:
            actor.shift.till.let_go()
            raise
        home.check()
        return gather(actor)
    finally:
        wires.close()


def run(folder: Path, seed: int, gestures: int) -> Evidence:
    """Work and judge what is left."""
    found = work(folder, seed, gestures)
    judge(found)
    return found
