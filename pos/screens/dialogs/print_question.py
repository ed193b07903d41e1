"""A ticket of which nobody knows whether it came out: the person at the printer looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.screens.prompt import ListPrompt
from pos.screens.widgets.choice_list import Choice
from pos.till import tickets
from pos.till.desk import WaitingPrint

if TYPE_CHECKING:
    from pos.screens.session import Session


class PrintQuestion(ListPrompt):
    """Yes; no, print a counted duplicata; or no paper wanted any more."""

    must_choose = Sentence("Look at the printer, then choose what you see.")

    def __init__(self, session: Session, waiting: WaitingPrint) -> None:
        super().__init__(session)
        self._waiting = waiting

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Did ticket {ticket} come out of the printer?",
                        ticket=self._waiting.document)  # fmt: skip

    def brief(self) -> Sentence:
        """Return the ticket; the question is the list's title."""
        return Sentence("Ticket {ticket}", ticket=self._waiting.document)

    def choices(self) -> Sequence[Choice]:
        """Return the answers."""
        say = self.session.words.say
        texts = (
            say("Yes, it is printed"),
            say("No: print a duplicata"),
            say("No, and it is not wanted any more"),
        )
        return [Choice(text, key=str(place)) for place, text in enumerate(texts, start=1)]

    def chosen(self, place: int) -> None:
        """Write down what was seen, and print again when that is asked."""
        desk = self.session.desk
        tickets.settle_print(desk, self._waiting.job, printed=place == 0)
        self.close()
        if place == 1:
            sale = desk.ports.past.sale(self._waiting.document)
            self.session.guarded(lambda loan: tickets.print_ticket(desk, sale, loan))

    def left(self) -> None:
        """Ask again after the next sale."""
        self.session.later.add(self._waiting.job)
