"""How a card payment ended on a terminal that the till does not drive: a person reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.events import SaleFinished
from pos.domain.words import Amount, Sentence
from pos.ports import CardRequest
from pos.screens.prompt import ListPrompt
from pos.screens.widgets.choice_list import Choice
from pos.till import tender

if TYPE_CHECKING:
    from pos.screens.session import Session

OUTCOMES = ("approved", "declined", "cancelled", "unknown")


class CardPrompt(ListPrompt):
    """The amount to type on the terminal, then its answer. Not knowing is an answer too."""

    holds = True
    must_choose = Sentence("Choose what the terminal said.")

    def __init__(self, session: Session, request: CardRequest) -> None:
        super().__init__(session)
        self._request = request

    def question(self) -> Sentence:
        """Return what is asked; a negative request pays back."""
        if self._request.amount < 0:
            return Sentence("Pay {amount} back by card: what does the terminal say?",
                            amount=Amount(-self._request.amount))  # fmt: skip
        return Sentence("Card {amount}: what does the terminal say?",
                        amount=Amount(self._request.amount))  # fmt: skip

    def brief(self) -> Sentence:
        """Return the amount; the question is the list's title."""
        if self._request.amount < 0:
            return Sentence("Back by card {amount}", amount=Amount(-self._request.amount))
        return Sentence("Card {amount}", amount=Amount(self._request.amount))

    def choices(self) -> Sequence[Choice]:
        """Return the answers a terminal gives."""
        say = self.session.words.say
        texts = (
            say("Approved"),
            say("Declined"),
            say("Cancelled"),
            say("I do not know yet: read the terminal's ticket"),
        )
        return [Choice(text, key=str(place)) for place, text in enumerate(texts, start=1)]

    def chosen(self, place: int) -> None:
        """Write the answer down."""
        outcome = OUTCOMES[place]
        result = tender.answer_card(self.session.desk, self._request, outcome)
        self.close()
        self.session.refresh()
        if outcome == "unknown":
            self.session.refuse(self._stays_open())
        elif outcome != "approved":
            self.session.refuse(self._not_done())
        elif isinstance(result, SaleFinished) or self._is_mine():
            self.session.paid(result)
        else:
            self.session.say(Sentence("The card payment is settled."))

    def left(self) -> None:
        """Leave it as not known."""
        if self._request.outcome != "unknown":
            tender.answer_card(self.session.desk, self._request, "unknown")
        self.session.refresh()
        self.session.refuse(self._stays_open())

    def _not_done(self) -> Sentence:
        if self._request.amount < 0:
            return Sentence("Nothing was paid back; choose another way.")
        return Sentence("The card was not charged; choose another payment.")

    def _is_mine(self) -> bool:
        mine = self.session.desk.open.get(self.session.desk.signed_in.ref)
        return mine is not None and mine.name == self._request.basket

    def _stays_open(self) -> Sentence:
        if self._is_mine():
            return Sentence("The card payment stays open; press the card key to settle it.")
        return Sentence("The card payment stays open.")
