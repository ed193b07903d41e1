"""What a scanned article still needs: the buyer's age seen, a price, or a weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos.domain.facts import WeighingFacts
from pos.domain.money import parse_amount
from pos.domain.words import Sentence
from pos.screens.dialogs.weighing import WeighingPrompt
from pos.screens.prompt import Prompt
from pos.screens.typing import is_figure
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
        return Sentence("Price of “{name}”", name=name)

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
        value = parse_amount(self.text) if self._question.asks is Asks.PRICE else 0
        answer = sell.answer(self.session.desk, self._question, value)
        self.close()
        self.session.offered(answer)

    def left(self) -> None:
        """Say that nothing was added."""
        self.session.refuse(_not_added(self._question))


def _not_added(question: Question) -> Sentence:
    return Sentence("“{name}” was not added.", name=question.offer.article.name)


def question_of(session: Session, question: Question) -> Prompt:
    """Return the prompt that asks a question of `pos.till.sell`."""
    if question.asks is not Asks.WEIGHT:
        return ArticleQuestion(session, question)

    def weighed(grams: int, how: WeighingFacts) -> None:
        session.offered(sell.answer(session.desk, question, grams, how))

    offer = question.offer
    return WeighingPrompt(
        session,
        offer.article.name,
        offer.unit_price or 0,
        weighed,
        not_done=_not_added(question),
    )
