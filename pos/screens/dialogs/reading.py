"""Sentences to read, nothing to answer: what this till is, and how it stands with the network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.screens.prompt import Prompt
from pos.screens.widgets.cells import wrap
from pos.screens.widgets.choice_list import Choice
from pos.till.readiness import readiness, sentences

if TYPE_CHECKING:
    from pos.screens.session import Session

LINES_MOST = 3
MARGIN = 6


class ReadingPrompt(Prompt):
    """Sentences to read; Enter or Esc goes back. A subclass says which, anew at each look."""

    holds = False
    is_aside = True

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.cursor = -1

    def told(self) -> Sequence[Sentence]:
        """Return what there is to know."""
        raise NotImplementedError

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Enter: go back")

    def choices(self) -> Sequence[Choice]:
        """Return what there is to know, in the lines that the screen has room for."""
        say, width = self.session.words.say, self.session.columns - MARGIN
        return [
            Choice(line)
            for sentence in self.told()
            for line in wrap(say(sentence), width, LINES_MOST)
        ]

    def enter(self) -> None:
        """Go back."""
        self.close()


class AboutPrompt(ReadingPrompt):
    """What this till is: its software, its fiscal version and digest, its names."""

    def question(self) -> Sentence:
        """Return what is shown."""
        return Sentence("About this till")

    def told(self) -> Sequence[Sentence]:
        """Return what the program was started with."""
        return self.session.options.about


class ReadinessPrompt(ReadingPrompt):
    """How ready the till is to lose the network; it moves with what the courier says."""

    def question(self) -> Sentence:
        """Return what is shown."""
        return Sentence("The network: {state}", state=readiness(self.session.desk).words.brief)

    def told(self) -> Sequence[Sentence]:
        """Return the courier's state, what is unsent, how old all is."""
        return sentences(readiness(self.session.desk))
