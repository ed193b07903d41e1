"""What a person must look at: card payments and prints whose end nobody knows, to settle each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pos.domain.words import Amount, Sentence
from pos.ports import CardRequest
from pos.screens.dialogs.card import card_prompt
from pos.screens.dialogs.print_question import PrintQuestion, paper_of
from pos.screens.prompt import ListPrompt, Prompt
from pos.screens.widgets.choice_list import Choice
from pos.till import tender, tickets

if TYPE_CHECKING:
    from pos.screens.session import Session


@dataclass(frozen=True, slots=True)
class _Open:
    text: Sentence
    whose: Sentence | str
    prompt: Callable[[], Prompt]


class SettlePrompt(ListPrompt):
    """Every open card payment, whoever's basket it is of, then every print; choose one."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        cards = [self._card(request) for request in tender.unsettled(session.desk)]
        self._rows = (*cards, *self._prints())

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Which one to settle?")

    def choices(self) -> Sequence[Choice]:
        """Return each with whose it is."""
        say = self.session.words.say
        return [
            Choice(say(row.text), say(row.whose), str(place) if place < 10 else "")
            for place, row in enumerate(self._rows, start=1)
        ]

    def chosen(self, place: int) -> None:
        """Ask how that one ended."""
        self.close()
        self.session.ask(self._rows[place].prompt())

    def _card(self, request: CardRequest) -> _Open:
        text = Sentence("Card payment of {amount}", amount=Amount(request.amount))
        return _Open(text, self._whose(request), lambda: card_prompt(self.session, request))

    def _whose(self, request: CardRequest) -> Sentence | str:
        desk = self.session.desk
        if any(one.name == request.basket for one in desk.parked):
            return Sentence("basket put aside")
        mine = next((one for one in desk.open.values() if one.name == request.basket), None)
        if mine is None:
            return Sentence("basket ended")
        people = desk.ports.people.all()
        return next((one.name for one in people if one.ref == mine.staff), mine.staff)

    def _prints(self) -> list[_Open]:
        return [
            _Open(
                paper_of(self.session.desk, waiting),
                Sentence("print to check"),
                lambda waiting=waiting: PrintQuestion(self.session, waiting),  # type: ignore[misc]
            )
            for waiting in tickets.unknown_prints(self.session.desk)
        ]
