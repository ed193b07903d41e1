"""Labels for the shelf's edge: of the article under the cursor, or of prices that change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pos.domain.catalogue import Article
from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.screens.prompt import ListPrompt
from pos.screens.widgets.choice_list import Choice
from pos.till import shelf
from pos.till.desk import Loan


class LabelsPrompt(ListPrompt):
    """Which labels; a manager's permission is asked for the print itself."""

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Which shelf labels?")

    def choices(self) -> Sequence[Choice]:
        """Return the articles that may be meant."""
        texts = (
            Sentence("The article of the line"),
            Sentence("Every price that changed today"),
            Sentence("Every price that changes by tomorrow night"),
        )
        say = self.session.words.say
        return [Choice(say(text), key=str(place)) for place, text in enumerate(texts, start=1)]

    def chosen(self, place: int) -> None:
        """Print them."""
        session = self.session
        articles, at = self._meant(place)
        self.close()

        def print_them(loan: Loan | None) -> None:
            count = shelf.print_shelf_labels(session.desk, articles, at, loan)
            session.say(Sentence("{count} label goes to its printer.", count=count))

        session.guarded(print_them)

    def _meant(self, place: int) -> tuple[Sequence[Article], datetime]:
        desk = self.session.desk
        if place == 1:
            return shelf.changed_today(desk)
        if place == 2:
            return shelf.changing_tomorrow(desk)
        basket, cursor = desk.basket, self.session.cursor
        line = basket.last if cursor is None else basket.line(cursor)
        article = None if line is None else desk.ports.catalogue.find(line.sku)
        if article is None:
            raise Refusal("no_line", "Scan the article first; its label is printed then.")
        return [article], desk.now()
