"""The amounts that a customer is likely to hand over, one digit each."""

from __future__ import annotations

from collections.abc import Sequence

from pos.domain.words import Amount, Sentence
from pos.screens.prompt import ListPrompt
from pos.screens.widgets.choice_list import Choice
from pos.till import tender


class QuickCashPrompt(ListPrompt):
    """The exact amount first, then round sums and notes, with the change each would give."""

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Cash received")

    def choices(self) -> Sequence[Choice]:
        """Return the amounts with their change."""
        words, amounts = self.session.words, tender.amounts_for_cash(self.session.desk)
        return [
            Choice(
                words.amount(amount),
                words.say(Sentence("exact"))
                if place == 1
                else words.say(Sentence("change {amount}", amount=Amount(amount - amounts[0]))),
                str(place),
            )
            for place, amount in enumerate(amounts, start=1)
        ]

    def chosen(self, place: int) -> None:
        """Take that amount."""
        amount = tender.amounts_for_cash(self.session.desk)[place]
        outcome = tender.pay_cash(self.session.desk, amount)
        self.close()
        self.session.paid(outcome)
