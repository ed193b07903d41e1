"""Beginning and ending training: never by a slip of the hand."""

from __future__ import annotations

from collections.abc import Sequence

from pos.domain.words import Sentence
from pos.screens.prompt import ListPrompt
from pos.screens.widgets.choice_list import Choice
from pos.till import training
from pos.till.desk import Loan


class TrainingPrompt(ListPrompt):
    """Yes or no, nothing chosen at first."""

    must_choose = Sentence("Choose yes or no.")

    def question(self) -> Sentence:
        """Return what is asked."""
        if self.session.desk.training:
            return Sentence("End training and sell for real?")
        return Sentence("Begin training? Nothing that is sold then counts.")

    def brief(self) -> Sentence:
        """Return the question in short; the whole is the list's title."""
        return Sentence("Training")

    def choices(self) -> Sequence[Choice]:
        """Return yes and no."""
        say = self.session.words.say
        return [Choice(say("Yes"), key="1"), Choice(say("No"), key="2")]

    def chosen(self, place: int) -> None:
        """Switch, when that is wanted."""
        session = self.session
        is_on = not session.desk.training
        self.close()

        def switch(loan: Loan | None) -> None:
            training.switch(session.desk, is_on, loan)
            if is_on:
                session.say(Sentence("Training begins: nothing that is sold counts."))
            else:
                session.say(Sentence("Training is over: sales count again."))

        if place == 0:
            session.guarded(switch)
