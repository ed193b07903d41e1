"""What else can be done with an open order: a short list, by digit; and questions of yes or no."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.screens.prompt import ListPrompt
from pos.screens.widgets.choice_list import Choice

if TYPE_CHECKING:
    from pos.screens.session import Session


@dataclass(frozen=True, slots=True)
class Act:
    """Something to do, in words."""

    text: Sentence
    action: Callable[[], None]


class MenuPrompt(ListPrompt):
    """One of a few acts; with `must_choose` none is chosen at first."""

    def __init__(
        self,
        session: Session,
        question: Sentence,
        acts: Sequence[Act],
        brief: Sentence | None = None,
        must_choose: Sentence | None = None,
    ) -> None:
        self.must_choose = must_choose
        super().__init__(session)
        self._question = question
        self._brief = brief or question
        self._acts = tuple(acts)

    def question(self) -> Sentence:
        """Return what is asked."""
        return self._question

    def brief(self) -> Sentence:
        """Return the question in short; the whole is the list's title."""
        return self._brief

    def choices(self) -> Sequence[Choice]:
        """Return the acts, the first nine with a digit."""
        say = self.session.words.say
        return [
            Choice(say(act.text), key=str(n) if n < 10 else "")
            for n, act in enumerate(self._acts, start=1)
        ]

    def chosen(self, place: int) -> None:
        """Do it."""
        self.close()
        self._acts[place].action()


def ask_yes_no(
    session: Session,
    question: Sentence,
    brief: Sentence,
    yes: Callable[[], None],
    no: Callable[[], None] = lambda: None,
) -> None:
    """Ask a question that has no answer until one is chosen."""
    acts = (Act(Sentence("Yes"), yes), Act(Sentence("No"), no))
    session.ask(MenuPrompt(session, question, acts, brief, Sentence("Choose yes or no.")))
