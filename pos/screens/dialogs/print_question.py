"""A paper of which nobody knows whether it came out: the person at the printer looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pos.domain.words import Sentence
from pos.screens.prompt import ListPrompt
from pos.screens.widgets.choice_list import Choice
from pos.till import tickets
from pos.till.desk import Desk, Loan, WaitingPrint

if TYPE_CHECKING:
    from pos.screens.session import Session

PAPERS: dict[str, Sentence] = {
    "ticket": Sentence("Ticket {document}"),
    "gift": Sentence("Gift receipt {document}"),
    "closing": Sentence("Closing {document}"),
    "report": Sentence("Figures {document}"),
    "cash": Sentence("Cash slip {document}"),
    "card": Sentence("Card receipt"),
    "picking": Sentence("Picking list {document}"),
    "bag": Sentence("Bag label {document}"),
    "pickup": Sentence("Pickup slip {document}"),
    "return": Sentence("Return slip {document}"),
}
"""What each paper is called beside its document's label."""

Printing = Callable[[Loan | None], int]
"""Asks for a paper; returns 0 for the original, or the copy's number."""


def paper_of(desk: Desk, waiting: WaitingPrint) -> Sentence:
    """Return what a paper is called; an order's by the number that people know."""
    name, orders = waiting.document.partition("/")[0], desk.ports.orders
    order = None if orders is None else orders.order(name)
    document = waiting.document if order is None else order.reference
    return Sentence(PAPERS[waiting.paper].template, document=document)


TICKET_GOES = Sentence("The ticket goes to the printer.")
PAPER_GOES = Sentence("The paper goes to the printer.")


def print_and_say(session: Session, printing: Printing, said: Sentence = PAPER_GOES) -> None:
    """Print a paper and say so, or which copy it is; a copy may need a permission."""

    def print_it(loan: Loan | None) -> None:
        number = printing(loan)
        if number:
            session.say(Sentence("Duplicata number {number} goes to the printer.", number=number))
        else:
            session.say(said)

    session.guarded(print_it)


class PrintQuestion(ListPrompt):
    """Yes; no, print a counted duplicata; or no paper wanted any more."""

    must_choose = Sentence("Look at the printer, then choose what you see.")

    def __init__(self, session: Session, waiting: WaitingPrint) -> None:
        super().__init__(session)
        self._waiting = waiting

    def question(self) -> Sentence:
        """Return what is asked."""
        if self._waiting.paper == "ticket":
            return Sentence("Did ticket {ticket} come out of the printer?",
                            ticket=self._waiting.document)  # fmt: skip
        return Sentence("{paper}: did it come out of the printer?", paper=self.brief())

    def brief(self) -> Sentence:
        """Return the paper; the question is the list's title."""
        return paper_of(self.session.desk, self._waiting)

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
        desk, lost = self.session.desk, self._waiting
        tickets.settle_print(desk, lost.job, printed=place == 0)
        self.close()
        if place == 1:
            print_and_say(
                self.session,
                lambda loan: tickets.print_paper(desk, lost.paper, lost.document, lost.make, loan),
            )

    def left(self) -> None:
        """Ask again after the next sale."""
        self.session.later.add(self._waiting.job)
