"""How a customer is paid back: the way they paid first, another one with someone's agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.ports import CardRequest
from pos.screens.dialogs.card import card_prompt, on_terminal
from pos.screens.dialogs.tenders import METHODS
from pos.screens.prompt import ListPrompt
from pos.screens.widgets.choice_list import Choice
from pos.till import refund
from pos.till.desk import Loan

if TYPE_CHECKING:
    from pos.screens.session import Session


def give_back(session: Session, method: str, amount: int | None) -> None:
    """Pay an amount back (None: all that is owed); a card is asked on its terminal."""

    def give(loan: Loan | None) -> None:
        outcome = refund.pay_back(session.desk, method, amount, loan)
        if isinstance(outcome, CardRequest):
            session.ask(card_prompt(session, outcome))
        else:
            session.paid(outcome)

    if method == "card":
        on_terminal(session, lambda: session.guarded(give))
    else:
        session.guarded(give)


class PayBackPrompt(ListPrompt):
    """The ways back in the order they are proposed, then every other way to pay."""

    def __init__(self, session: Session, amount: int | None) -> None:
        super().__init__(session)
        self._amount = amount
        self._methods, self._rows = self._ways()

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Pay back how?")

    def choices(self) -> Sequence[Choice]:
        """Return the ways, the most each may give back beside it."""
        return [
            Choice(text, amount, str(place))
            for place, (text, amount) in enumerate(self._rows, start=1)
        ]

    def chosen(self, place: int) -> None:
        """Pay back that way."""
        self.close()
        give_back(self.session, self._methods[place], self._amount)

    def _ways(self) -> tuple[list[str], list[tuple[str, str]]]:
        say, amount = self.session.words.say, self.session.words.amount
        ways = refund.ways_back(self.session.desk)
        methods = list(dict.fromkeys(way.method for way in ways))
        rows = [
            (say(METHODS[one]), amount(sum(way.most for way in ways if way.method == one)))
            for one in methods
        ]
        others = [
            one
            for one in METHODS
            if one in self.session.desk.rules.tenders.accepted and one not in methods
        ]
        rows += [(say(METHODS[one]), say(Sentence("another way"))) for one in others]
        return methods + others, rows
