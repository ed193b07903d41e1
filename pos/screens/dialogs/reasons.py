"""Why: a short list, or a few typed words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.screens.prompt import Prompt
from pos.screens.typing import is_digit
from pos.screens.widgets.choice_list import Choice

if TYPE_CHECKING:
    from pos.screens.session import Session


class ReasonPrompt(Prompt):
    """A reason from the list by its digit, or by the arrows and Enter; or typed words, Enter."""

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

    def brief(self) -> Sentence:
        """Return the question in one word; the whole is the list's title."""
        return Sentence("Why?")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Digit, or ↑ ↓ or words, Enter · Esc: back")

    def choices(self) -> Sequence[Choice]:
        """Return the reasons."""
        return [Choice(text, key=str(n)) for n, text in enumerate(self._reasons, start=1)]

    def _type(self, character: str) -> None:
        if is_digit(character) and not self.text:
            self.by_digit(character)
        else:
            super()._type(character)

    def pick(self, place: int) -> None:
        """Choose a reason by touch."""
        self.text = ""
        super().pick(place)

    def enter(self) -> None:
        """Take the reason."""
        words = self.text.strip()
        self.close()
        self._done(words or self._reasons[self.cursor])
