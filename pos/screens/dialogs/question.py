"""What a scanned article still needs: the buyer's age seen, a weight, or a price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos.domain.catalogue import Unit
from pos.domain.money import parse_amount
from pos.domain.words import Sentence
from pos.screens.prompt import Prompt
from pos.screens.typing import is_figure, typed_quantity
from pos.till import sell
from pos.till.sell import Asks, Question

if TYPE_CHECKING:
    from pos.screens.session import Session


YES, NO = frozenset("oy"), frozenset("n")
"""The letters that answer a question of age, as a cashier of either language types them."""


class ArticleQuestion(Prompt):
    """One question of `pos.till.sell`; left without an answer, nothing is added."""

    yields = False
    takes = staticmethod(is_figure)

    def __init__(self, session: Session, question: Question) -> None:
        super().__init__(session)
        self._question = question

    def question(self) -> Sentence:
        """Return what is asked about the article."""
        name = self._question.offer.article.name
        if self._question.asks is Asks.AGE:
            return Sentence("“{name}”: is the buyer {age} or older?", name=name,
                            age=self._question.age)  # fmt: skip
        if self._question.asks is Asks.PRICE:
            return Sentence("Price of “{name}”", name=name)
        return Sentence("Weight of “{name}” in grams", name=name)

    def brief(self) -> Sentence:
        """Return the question; the article's name is above it where it is long."""
        if self._question.asks is Asks.AGE:
            return Sentence("Is the buyer {age} or older?", age=self._question.age)
        return self.question()

    def hint(self) -> Sentence:
        """Return what the keys do."""
        if self._question.asks is Asks.AGE:
            return Sentence("Enter: yes · Esc: no")
        return Sentence("Enter: confirm · Esc: not sold")

    def _type(self, character: str) -> None:
        if self._question.asks is not Asks.AGE:
            super()._type(character)
        elif character.casefold() in YES:
            self.enter()
        elif character.casefold() in NO:
            self._leave()
        else:
            self.no_choice(Sentence("“{typed}” is no answer: yes or no?", typed=character))

    def enter(self) -> None:
        """Take the answer; a refused one leaves the question."""
        value = 0
        if self._question.asks is Asks.PRICE:
            value = parse_amount(self.text)
        elif self._question.asks is Asks.WEIGHT:
            value = typed_quantity(self.text, Unit.KG)
        answer = sell.answer(self.session.desk, self._question, value)
        self.close()
        self.session.offered(answer)

    def left(self) -> None:
        """Say that nothing was added."""
        name = self._question.offer.article.name
        self.session.refuse(Sentence("“{name}” was not added.", name=name))
