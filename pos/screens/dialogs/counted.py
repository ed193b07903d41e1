"""After a blind count: what was expected, the difference and its reason, and what stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pos.domain.words import Amount, Sentence
from pos.ports import ShiftState
from pos.screens.dialogs.count import CountPrompt
from pos.screens.dialogs.reasons import ReasonPrompt
from pos.screens.dialogs.value import AmountPrompt
from pos.screens.prompt import ListPrompt
from pos.screens.widgets.choice_list import Choice
from pos.till import cash
from pos.till.cash import Counted
from pos.till.desk import Loan

if TYPE_CHECKING:
    from pos.screens.session import Session

DIFFERENCE_REASONS = (
    Sentence("Wrong change given"),
    Sentence("A payment was entered wrong"),
    Sentence("Cash moved without being written"),
    Sentence("Not known"),
)


def count_shift(session: Session, shift: ShiftState) -> None:
    """Open the drawer and count it, then show what was found."""

    def ask() -> None:
        what = Sentence("Count of shift {shift}", shift=shift.opened.label)
        session.ask(CountPrompt(session, what, take))

    def take(coins: Mapping[int, int]) -> None:
        def count(loan: Loan | None) -> None:
            found = cash.count(session.desk, shift.opened.shift, coins, loan)
            session.ask(CountedPrompt(session, shift, found))

        session.guarded(count)

    session.guarded(lambda loan: cash.open_to_count(session.desk, loan), ask)


class CountedPrompt(ListPrompt):
    """What was counted, what was expected, and what to do now."""

    holds = True
    must_choose = Sentence("Choose what to do with this count.")

    def __init__(self, session: Session, shift: ShiftState, found: Counted) -> None:
        super().__init__(session)
        self._shift, self._found = shift, found

    def question(self) -> Sentence:
        """Return what was found."""
        counted, expected = Amount(self._found.amount), Amount(self._found.expected)
        if self._found.difference:
            return Sentence(
                "Counted {counted}, expected {expected}: difference {difference}",
                counted=counted,
                expected=expected,
                difference=Amount(self._found.difference),
            )
        return Sentence("Counted {counted}, as expected", counted=counted)

    def brief(self) -> Sentence:
        """Return the difference; the whole is the list's title."""
        return Sentence("Difference {difference}", difference=Amount(self._found.difference))

    def choices(self) -> Sequence[Choice]:
        """Return what can be done."""
        words = self.session.words
        left = self._found.left
        stays = Sentence(
            "Close: {left} stay, {banked} go to the bank",
            left=Amount(left),
            banked=Amount(self._found.amount - left),
        )
        texts = (
            stays,
            Sentence("Close: another amount stays in the drawer"),
            Sentence("Count again; this count is kept too"),
            Sentence("Later: the shift stays open"),
        )
        return [Choice(words.say(text), key=str(n)) for n, text in enumerate(texts, start=1)]

    def chosen(self, place: int) -> None:
        """Close the shift, count again, or leave it open."""
        self.close()
        if place == 0:
            self._why(None)
        elif place == 1:
            question = Sentence("What stays in the drawer?")
            self.session.ask(AmountPrompt(self.session, question, self._why))
        elif place == 2:
            count_shift(self.session, self._shift)

    def _why(self, left: int | None) -> None:
        """Ask for the reason of a difference, then close."""
        if not self._found.difference:
            self._close("", left)
            return
        why = Sentence(
            "Why is there a difference of {difference}?", difference=Amount(self._found.difference)
        )
        self.session.ask(
            ReasonPrompt(
                self.session, why, DIFFERENCE_REASONS, lambda reason: self._close(reason, left)
            )
        )

    def _close(self, reason: str, left: int | None) -> None:
        session, shift = self.session, self._shift.opened.shift

        def close(loan: Loan | None) -> None:
            closed = cash.close_shift(session.desk, shift, reason, left, loan)
            session.say(
                Sentence(
                    "The shift is closed: {left} stay, {banked} go to the bank.",
                    left=Amount(closed.left),
                    banked=Amount(closed.banked),
                )
            )

        session.guarded(close)
