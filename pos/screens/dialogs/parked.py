"""Which basket to take up again, when several are put aside."""

from __future__ import annotations

from collections.abc import Sequence

from pos.domain.words import Sentence
from pos.screens.prompt import ListPrompt
from pos.screens.widgets.choice_list import Choice
from pos.till import sell


class ParkedPrompt(ListPrompt):
    """The baskets that are put aside, the newest last."""

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Which basket?")

    def title(self) -> Sentence:
        """Return the title of the list."""
        return Sentence("Baskets put aside")

    def choices(self) -> Sequence[Choice]:
        """Return each basket: its articles, and its total."""
        words = self.session.words
        rows: list[Choice] = []
        for place, parked in enumerate(self.session.desk.parked, start=1):
            basket = parked.basket
            names = ", ".join(line.name for line in basket.lines[:3])
            count = words.say(Sentence("{count} line", count=len(basket.lines)))
            total = words.amount(basket.total)
            rows.append(Choice(f"{count}: {names}", total, str(place) if place < 10 else ""))
        return rows

    def chosen(self, place: int) -> None:
        """Take a basket up."""
        sell.recall(self.session.desk, self.session.desk.parked[place].name)
        self.session.cursor = None
        self.close()
