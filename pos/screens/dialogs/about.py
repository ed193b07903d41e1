"""What this till is: its software, its fiscal version and digest, its names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.screens.prompt import Prompt
from pos.screens.widgets.cells import wrap
from pos.screens.widgets.choice_list import Choice

if TYPE_CHECKING:
    from pos.screens.session import Session

LINES_MOST = 3
MARGIN = 6


class AboutPrompt(Prompt):
    """Sentences to read; Enter or Esc goes back."""

    holds = False
    is_aside = True

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.cursor = -1

    def question(self) -> Sentence:
        """Return what is shown."""
        return Sentence("About this till")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Enter: go back")

    def choices(self) -> Sequence[Choice]:
        """Return what there is to know, in the lines that the screen has room for."""
        say, width = self.session.words.say, self.session.columns - MARGIN
        return [
            Choice(line)
            for sentence in self.session.options.about
            for line in wrap(say(sentence), width, LINES_MOST)
        ]

    def enter(self) -> None:
        """Go back."""
        self.close()
