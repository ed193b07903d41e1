"""A card terminal's own totals, typed off its slip: how many, how much, and why where it is off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.errors import Refusal
from pos.domain.money import parse_amount
from pos.domain.words import Amount, Sentence
from pos.ports import CardTotals
from pos.screens.dialogs.reasons import ReasonPrompt
from pos.screens.prompt import ListPrompt, Prompt
from pos.screens.typing import is_digit, is_figure
from pos.screens.widgets.choice_list import Choice
from pos.till import card_totals, cards
from pos.till.desk import Loan

if TYPE_CHECKING:
    from pos.screens.session import Session

DIFFERENCE_REASONS = (
    Sentence("A payment was settled wrong"),
    Sentence("A payment was typed by hand on it"),
    Sentence("The terminal was closed at another time"),
    Sentence("Not known"),
)


class TotalsPrompt(ListPrompt):
    """Which terminal's totals? Beside each stands what the till wrote down since the last time."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._totals = card_totals.totals(session.desk)

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Which card terminal to compare?")

    def choices(self) -> Sequence[Choice]:
        """Return the terminals with the till's totals."""
        return [
            Choice(self._name(one), self._sum(one), str(place) if place < 10 else "")
            for place, one in enumerate(self._totals, start=1)
        ]

    def chosen(self, place: int) -> None:
        """Ask for what that terminal says."""
        self.session.ask(CountPrompt(self.session, self._totals[place]))

    def _name(self, one: CardTotals) -> str:
        if one.terminal == cards.MANUAL:
            return self.session.words.say("The one whose result is typed")
        return one.terminal

    def _sum(self, one: CardTotals) -> str:
        return f"{one.count} × {self.session.words.amount(one.amount)}"


class CountPrompt(Prompt):
    """How many operations the terminal's slip counts."""

    takes = staticmethod(is_digit)

    def __init__(self, session: Session, expected: CardTotals) -> None:
        super().__init__(session)
        self._expected = expected

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("How many payments and paybacks in all?")

    def brief(self) -> Sentence:
        """Return the same in short."""
        return Sentence("How many in all?")

    def enter(self) -> None:
        """Go on to the amount; a number that is none leaves the question."""
        if not self.text or len(self.text) > len(str(card_totals.COUNT_MOST)):
            raise Refusal("bad_count", "Type how many the terminal's slip counts.")
        self.session.ask(SumPrompt(self.session, self._expected, int(self.text)))


class SumPrompt(Prompt):
    """What the terminal's slip adds up to, paybacks taken off."""

    def __init__(self, session: Session, expected: CardTotals, count: int) -> None:
        super().__init__(session)
        self._expected, self._count = expected, count

    def takes(self, character: str) -> bool:
        """Take what amounts are written with; one may be below nothing."""
        return is_figure(character) or (character == "-" and not self.text)

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Total of its payments less its paybacks")

    def brief(self) -> Sentence:
        """Return the same in short."""
        return Sentence("Total, paybacks taken off")

    def enter(self) -> None:
        """Compare; totals that differ ask why."""
        session, terminal, amount = self.session, self._expected.terminal, parse_amount(self.text)

        def write(reason: str = "") -> None:
            def go(loan: Loan | None) -> None:
                card_totals.compare(session.desk, terminal, self._count, amount, reason, loan)

            session.guarded(go, lambda: session.say(_compared(self._expected, amount)))

        self.close()
        if card_totals.is_off(session.desk, terminal, self._count, amount):
            session.ask(ReasonPrompt(session, self._why(amount), DIFFERENCE_REASONS, write))
        else:
            write()

    def _why(self, amount: int) -> Sentence:
        return Sentence(
            "Terminal {count} × {amount}, till {expected_count} × {expected}: why?",
            count=self._count,
            amount=Amount(amount),
            expected_count=self._expected.count,
            expected=Amount(self._expected.amount),
        )


def _compared(expected: CardTotals, amount: int) -> Sentence:
    difference = amount - expected.amount
    if difference:
        return Sentence("The difference of {amount} is written down.", amount=Amount(difference))
    return Sentence("The card terminal's totals are written down.")
