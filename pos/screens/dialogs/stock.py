"""An article's stock: what is here, and where else it is, with how old each answer is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pos.domain.catalogue import Unit
from pos.domain.words import Amount, Sentence
from pos.screens.dialogs.adjust import AdjustPrompt
from pos.screens.prompt import Prompt
from pos.screens.widgets.cells import wrap
from pos.screens.widgets.choice_list import Choice
from pos.till import sell
from pos.till.adjust import may_adjust
from pos.till.stock import FRESH_S, look_elsewhere, stock_lines

if TYPE_CHECKING:
    from pos.screens.session import Session

COUNT = Sentence("Count or correct the stock")
MARGIN = 12
"""The columns that a row's cursor and the age at its right take."""


class StockPrompt(Prompt):
    """Lines to read, which fill in as the centre answers; Enter or Esc goes back.

    The first row, or the digit 1, is for whoever counts the goods or corrects the figure.
    """

    holds = False
    is_aside = True

    def __init__(self, session: Session, sku: str, name: str, unit: Unit = Unit.PIECE) -> None:
        super().__init__(session)
        self._sku, self._name, self._unit = sku, name, unit
        self._asked_at: datetime | None = None
        self._adjusts = may_adjust(session.desk)
        self.cursor = 1 if self._adjusts else 0

    def question(self) -> Sentence:
        """Return what is shown."""
        return Sentence("Stock of “{name}”", name=self._name)

    def brief(self) -> Sentence:
        """Return it as the entry line has room for it."""
        return Sentence("Stock")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Enter: go back")

    def choices(self) -> Sequence[Choice]:
        """Return the article's price and promotion, and what is known of its stock now."""
        self._ask()
        say = self.session.words.say
        rows = [
            Choice(line, "" if which.age is None else say(which.age))
            for which in stock_lines(self.session.desk, self._sku, self._unit)
            for line in wrap(say(which.text), self.session.columns - MARGIN, 2)
        ]
        count = [Choice(say(COUNT), key="1")] if self._adjusts else []
        return [*count, *(Choice(say(one)) for one in self._priced()), *rows]

    def _priced(self) -> Iterator[Sentence]:
        desk = self.session.desk
        article = desk.ports.catalogue.find(self._sku)
        price = None if article is None else article.price_at(desk.ports.clock.now())
        if article is None or price is None:
            return
        yield Sentence("Price: {price}", price=Amount(price))
        rule = sell.promotion_of(desk, article)
        if rule is not None:
            yield Sentence("Promotion: {name}", name=rule.name)

    def enter(self) -> None:
        """Go back, or count the article."""
        self.close()
        if self._adjusts and self.cursor == 0:
            session = self.session
            session.ask(AdjustPrompt(session, self._sku, self._name, self._unit))

    def _type(self, character: str) -> None:
        if self._adjusts:
            self.by_digit(character)
        else:
            super()._type(character)

    def _ask(self) -> None:
        """Ask about the other stores, again when the answer is not fresh any more."""
        now = self.session.desk.ports.clock.now()
        if self._asked_at is None or abs((now - self._asked_at).total_seconds()) > FRESH_S:
            self._asked_at = now
            look_elsewhere(self.session.desk, self._sku)
