"""Why: a short list, or a few typed words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.screens.prompt import Prompt
from pos.screens.widgets.choice_list import Choice

if TYPE_CHECKING:
    from pos.screens.session import Session


class ReasonPrompt(Prompt):
    """A reason from the list by its digit or the arrows, or typed words; Enter takes it."""

    def __init__(
        self,
        session: Session,
        why: Sentence,
        reasons: Sequence[Sentence],
        done: Callable[[str], None],
    ) -> None:
        super().__init__(session)
        self._why = why
        self._reasons = [session.words.say(reason) for reason in reasons]
        self._done = done

    def question(self) -> Sentence:
        """Return what is asked."""
        return self._why

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Digit, or typed words, then Enter · Esc: go back")

    def choices(self) -> Sequence[Choice]:
        """Return the reasons."""
        return [Choice(text, key=str(n)) for n, text in enumerate(self._reasons, start=1)]

    def changed(self) -> None:
        """Put the cursor on the reason whose digit is typed."""
        if self.text.isdigit() and 1 <= int(self.text) <= len(self._reasons):
            self.cursor = int(self.text) - 1

    def pick(self, place: int) -> None:
        """Choose a reason by touch."""
        self.text = ""
        super().pick(place)

    def enter(self) -> None:
        """Take the reason."""
        words = self.text.strip()
        self.close()
        self._done(self._reasons[self.cursor] if not words or words.isdigit() else words)
