"""A line's new quantity or price."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pos.domain.catalogue import Unit
from pos.domain.line import Line
from pos.domain.money import parse_amount
from pos.domain.words import Sentence
from pos.screens.prompt import Prompt
from pos.screens.typing import is_figure, typed_quantity
from pos.till import sell

if TYPE_CHECKING:
    from pos.screens.session import Session


class QuantityPrompt(Prompt):
    """How many, or how many grams."""

    takes = staticmethod(is_figure)

    def __init__(self, session: Session, line: Line) -> None:
        super().__init__(session)
        self._line = line

    def question(self) -> Sentence:
        """Return what is asked."""
        if self._line.unit is Unit.KG:
            return Sentence("Weight of “{name}” in grams", name=self._line.name)
        return Sentence("Quantity of “{name}”", name=self._line.name)

    def enter(self) -> None:
        """Set the quantity; a refused one leaves the question."""
        quantity, n = typed_quantity(self.text, self._line.unit), self._line.n
        desk = self.session.desk
        self.session.guarded(lambda loan: sell.set_quantity(desk, n, quantity, loan), self.close)


class AmountPrompt(Prompt):
    """An amount of money for whoever asked."""

    takes = staticmethod(is_figure)

    def __init__(
        self, session: Session, question: Sentence, done: Callable[[int], None], text: str = ""
    ) -> None:
        super().__init__(session, text)
        self._question = question
        self._done = done

    def question(self) -> Sentence:
        """Return what is asked."""
        return self._question

    def enter(self) -> None:
        """Hand the amount over; a refused one leaves the question."""
        amount = parse_amount(self.text)
        self.close()
        self._done(amount)


class PricePrompt(Prompt):
    """Another unit price; whoever may not set one asks for the permission."""

    takes = staticmethod(is_figure)

    def __init__(self, session: Session, line: Line, text: str) -> None:
        super().__init__(session, text)
        self._line = line

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("New price of “{name}”", name=self._line.name)

    def enter(self) -> None:
        """Set the price."""
        price, n, desk = parse_amount(self.text), self._line.n, self.session.desk
        self.close()
        self.session.guarded(lambda loan: sell.set_price(desk, n, price, loan))
