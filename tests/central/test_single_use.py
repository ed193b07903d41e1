"""One pass, two tills that a cable joins to the centre, every order of cuts: handed out once.

Real couriers over real cables to a real process. Each till asks the centre and then hands over;
its cable is whole, or cut before it asks, or lets the question through and loses the answer. The
order is a new one, one whose first hand-over was undone, or one of which a part was collected.
"""

from __future__ import annotations

from itertools import product

import pytest

from tests.central.desks import Before, Desks, Line

TURNS = ("aabb", "abab", "abba")
"""The turns of two tills that each ask and then hand over; the tills are alike, so `a` begins."""

LINES = list(product(Line, Line))


@pytest.fixture(autouse=True)
def guarded() -> None:
    """The statements that a till runs on its own files are of one store anyway."""


@pytest.mark.parametrize(("line_a", "line_b"), LINES)
async def test_an_order_leaves_once_with_the_centres_word_and_else_with_its_risk_and_a_conflict(
    desks: Desks, line_a: Line, line_b: Line
) -> None:
    """The centre's word refuses the second where it hears it; what it cannot refuse, it tells."""
    a, b = desks.a, desks.b
    is_refused = line_b is Line.WHOLE and line_a is not Line.CUT
    healings = [(a, b)] if Line.WHOLE in (line_a, line_b) else [(a, b), (b, a)]
    befores = list(Before)
    first = LINES.index((line_a, line_b))
    for n, (turns, healing) in enumerate(product(TURNS, healings)):
        before = befores[(first + n) % len(befores)]
        held, scan = await desks.ready()
        order = held.order.order
        await desks.visited(before, order, scan)
        for one, line in ((a, line_a), (b, line_b)):
            await one.lay(line)
        for who in turns:
            await {"a": a, "b": b}[who].turn(scan)
        await desks.heal(*healing)
        visit = 0 if before is Before.NOTHING else 1
        handed = [*a.handed(order, visit), *b.handed(order, visit)]
        assert len(handed) == (1 if is_refused else 2), (turns, before)
        await desks.check(order, handed)


async def test_a_cable_that_is_cut_between_question_and_hand_over_takes_no_word_back(
    desks: Desks,
) -> None:
    for cut in (desks.a, desks.b):
        held, scan = await desks.ready()
        for one in (desks.a, desks.b):
            await one.lay(Line.WHOLE)
        await cut.turn(scan)
        await cut.lay(Line.CUT)
        other = desks.b if cut is desks.a else desks.a
        await other.turn(scan)
        await cut.turn(scan)
        await other.turn(scan)
        await desks.heal(desks.a, desks.b)
        order = held.order.order
        (handed,) = [*cut.handed(order), *other.handed(order)]
        assert (handed.outcome, cut.handed(order)) == ("granted", [handed])
        await desks.check(order, [handed])
