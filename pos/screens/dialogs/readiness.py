"""How ready the till is to lose the network: its state, what is unsent, how old all is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.screens.prompt import Prompt
from pos.screens.widgets.cells import wrap
from pos.screens.widgets.choice_list import Choice
from pos.till import readiness

if TYPE_CHECKING:
    from pos.screens.session import Session

LINES_MOST = 3
MARGIN = 6


class ReadinessPrompt(Prompt):
    """Sentences to read, which move with what the courier says; Enter or Esc goes back."""

    holds = False
    is_aside = True

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.cursor = -1

    def question(self) -> Sentence:
        """Return what is shown."""
        return Sentence("The network: {state}", state=self._ready().words.brief)

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Enter: go back")

    def choices(self) -> Sequence[Choice]:
        """Return what there is to know, in the lines that the screen has room for."""
        say, width = self.session.words.say, self.session.columns - MARGIN
        return [
            Choice(line)
            for sentence in readiness.sentences(self._ready())
            for line in wrap(say(sentence), width, LINES_MOST)
        ]

    def enter(self) -> None:
        """Go back."""
        self.close()

    def _ready(self) -> readiness.Readiness:
        return readiness.readiness(self.session.desk)
