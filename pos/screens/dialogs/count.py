"""Counting a drawer by notes and coins, blind: what should lie in it is told only afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from pos.domain.cash import COUNT_MAX, coins_amount, counted
from pos.domain.facts import CoinCount
from pos.domain.words import Amount, Sentence
from pos.screens.prompt import Prompt
from pos.screens.typing import is_digit
from pos.screens.widgets.choice_list import Choice

if TYPE_CHECKING:
    from pos.screens.session import Session

FIGURES_MOST = len(str(COUNT_MAX)) - 1
"""The most digits of a count, so that any of them is one that can be kept."""


class CountPrompt(Prompt):
    """A row a note or coin: type how many, Enter or ↓ goes on; the last row takes the count.

    Nothing typed leaves a row as it was. No amount is shown but the sum of what was typed.
    """

    takes = staticmethod(is_digit)
    yields = False
    covers = True

    def __init__(
        self, session: Session, what: Sentence, done: Callable[[Mapping[int, int]], None]
    ) -> None:
        super().__init__(session)
        self._what = what
        self._done = done
        self._values = session.desk.rules.cash.denominations
        self._counts: dict[int, int] = {}

    def question(self) -> Sentence:
        """Return which note or coin is counted."""
        if self.cursor == len(self._values):
            return Sentence("Counted: {amount}", amount=Amount(self.running()))
        return Sentence("How many of {amount}?", amount=Amount(self._values[self.cursor]))

    def title(self) -> Sentence:
        """Return what is counted, and the sum so far."""
        return Sentence("{what}: {amount}", what=self._what, amount=Amount(self.running()))

    def hint(self) -> Sentence:
        """Return what the keys do."""
        if self.cursor == len(self._values):
            return Sentence("Enter: take it · ↑: correct")
        return Sentence("Number, Enter · End: done · Esc")

    def choices(self) -> Sequence[Choice]:
        """Return the notes and coins with their counts, then the row that takes the count."""
        words, counts = self.session.words, self._typed()
        rows = [
            Choice(words.amount(value), self._row_sum(value, counts.get(value)))
            for value in self._values
        ]
        total = words.amount(self.running())
        return [*rows, Choice(words.say("Take this count"), total)]

    def running(self) -> int:
        """Return what was counted so far, the number being typed with it."""
        return coins_amount(self._coins())

    def enter(self) -> None:
        """Go on to the next row, or take the count."""
        if self.cursor < len(self._values):
            self._move("down")
            return
        self.close()
        self._done(self._counts)

    def pick(self, place: int) -> None:
        """Go to a row by touch; a touch on the last row takes the count."""
        self._keep()
        self.cursor = place
        if place == len(self._values):
            self.enter()

    def _type(self, character: str) -> None:
        if len(self.text) < FIGURES_MOST and self.cursor < len(self._values):
            super()._type(character)

    def _move(self, key: str) -> None:
        self._keep()
        super()._move(key)

    def _keep(self) -> None:
        """Keep the typed number; one that is too large is refused and stays to be corrected."""
        coins = self._typed()
        counted(coins, self._values)
        self._counts, self.text = coins, ""

    def _typed(self) -> dict[int, int]:
        if not self.text or self.cursor == len(self._values):
            return self._counts
        return {**self._counts, self._values[self.cursor]: int(self.text)}

    def _coins(self) -> list[CoinCount]:
        return [CoinCount(value=value, count=count) for value, count in self._typed().items()]

    def _row_sum(self, value: int, count: int | None) -> str:
        if count is None:
            return "–"
        return f"{count} × = {self.session.words.amount(value * count)}"
