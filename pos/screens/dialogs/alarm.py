"""What a person must know before selling on: it stays until it is read, and that is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.screens.prompt import Prompt
from pos.screens.wedge import Typed
from pos.screens.widgets.cells import wrap
from pos.screens.widgets.choice_list import Choice
from pos.till import notices

if TYPE_CHECKING:
    from pos.screens.session import Session

LINES_MOST = 8
MARGIN = 6


class AlarmPrompt(Prompt):
    """The first of the session's alarms, whole; Enter says that whoever stands here has read it."""

    leaves = False

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.cursor = -1

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Read this first")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Enter: I have read it")

    def title(self) -> Sentence:
        """Return how many wait."""
        return Sentence("{count} notice to read", count=len(self.session.alarms))

    def choices(self) -> Sequence[Choice]:
        """Return the lines of the alarm."""
        text = self.session.words.say(self.session.alarms[0])
        return [Choice(line) for line in wrap(text, self.session.columns - MARGIN, LINES_MOST)]

    def key(self, typed: Typed) -> None:
        """Take Enter, and nothing else."""
        if typed.key == "enter":
            self.enter()

    def pick(self, _place: int) -> None:
        """Take a touch on the text as Enter."""
        self.enter()

    def enter(self) -> None:
        """Write down who has read it; what cannot be written stays to be read."""
        notices.acknowledge(self.session.desk, self.session.alarms[0])
        self.session.alarms.popleft()
        self.close()
