"""What all scales have in common: when a weight may be taken, and that it is taken once. Pure.

A weight is taken when the scale calls it still and says it twice alike; when the scale was seen
empty since the weight taken last; and when something is left after the tare. A scale that gives
each weight once (`live` false, Dialog 06) keeps these rules itself.

>>> rules = Rules(live=True)
>>> still = Reading(Kind.STABLE, 357)
>>> [rules.judge(still, 12).is_good for _ in range(2)]
[False, True]
>>> rules.take()
>>> rules.judge(still, 12).detail
'take off what was weighed before'
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.scale.protocol import Kind, Reading
from pos.domain.words import Sentence

SAYS_ALIKE = 2
"""How often a still weight must be told before it counts: most families' answers have no check."""

MOVING = Sentence("moving").template
EMPTY = Sentence("put it on the scale").template
NOT_EMPTIED = Sentence("take off what was weighed before").template
AGAIN = Sentence("take it off and put it on again").template
TARE_TWICE = Sentence("the scale has a tare of its own: clear it").template
UNDER_TARE = Sentence("less than the tare").template
TROUBLES = {
    Kind.OVERLOAD: Sentence("too heavy: take something off").template,
    Kind.BELOW_ZERO: Sentence("below zero: empty it, then set it to zero").template,
    Kind.NOT_ZEROED: Sentence("set it to zero").template,
    Kind.REFUSED: Sentence("does not know this question: check its protocol").template,
    Kind.LOCKED: Sentence("wants its maker's secret: check the settings").template,
    Kind.DAMAGED: Sentence("cannot be understood: check its settings").template,
}
"""What a person does about a scale that gives no weight."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reading is worth: net grams, why they are not taken, or that they may be."""

    grams: int
    detail: str = ""
    is_good: bool = False


class Rules:
    """The rules over the readings of one scale, for as long as its driver lives."""

    def __init__(self, *, live: bool) -> None:
        self._live = live
        self._is_emptied = True
        self._last: Reading | None = None
        self._alike = 0

    @property
    def waits_for_empty(self) -> bool:
        """Whether the scale must still be seen empty before the next weight."""
        return not self._is_emptied

    def lose(self) -> None:
        """Forget the last weight: an answer was lost, so that nobody knows what changed."""
        self._last, self._alike = None, 0

    def take(self) -> None:
        """Count the last weight as taken."""
        self._is_emptied = not self._live

    def hear(self, reading: Reading) -> Reading:
        """Take a reading; return it, or what it stands for where it says that nothing changed."""
        if reading.kind is Kind.UNCHANGED and self._last is not None:
            reading = self._last
        same = reading == self._last
        self._last = reading if reading.kind in (Kind.STABLE, Kind.EMPTY) else None
        self._alike = self._alike + 1 if same else 1
        is_nothing = reading.kind is Kind.STABLE and reading.grams == 0
        if is_nothing or reading.kind in (Kind.EMPTY, Kind.BELOW_ZERO):
            self._is_emptied = True
        return reading

    def judge(self, heard: Reading, tare: int) -> Verdict:
        """Return what a reading is worth to a weighing with this tare, in grams."""
        reading = self.hear(heard)
        is_ours = not self._live and reading.is_net
        grams = reading.grams if is_ours else reading.grams - tare
        why = self._why_not(reading, grams, tare)
        if why:
            return Verdict(max(grams, 0), why)
        return Verdict(grams, is_good=not self._live or self._alike >= SAYS_ALIKE)

    def _why_not(self, reading: Reading, grams: int, tare: int) -> str:
        if reading.kind in TROUBLES:
            return TROUBLES[reading.kind]
        if reading.kind is Kind.UNCHANGED:
            return AGAIN
        if reading.kind is Kind.NOT_EMPTIED or not self._is_emptied:
            return NOT_EMPTIED
        if reading.kind is Kind.MOVING:
            return MOVING
        if reading.kind is Kind.EMPTY or not reading.grams:
            return EMPTY
        if self._live and reading.is_net and tare:
            return TARE_TWICE
        return "" if grams > 0 else UNDER_TARE
