"""Who stands at the till: a number, then a PIN. Each one's open basket waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.errors import Refusal
from pos.domain.staff import Person
from pos.domain.words import Sentence
from pos.screens.prompt import Prompt
from pos.screens.typing import is_digit
from pos.screens.widgets.choice_list import Choice
from pos.till import staff

if TYPE_CHECKING:
    from pos.screens.session import Session


class PinPrompt(Prompt):
    """A number (typed, or a name from the list) and then its PIN."""

    takes = staticmethod(is_digit)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._people = tuple(self.people())
        self._number = ""

    def people(self) -> Sequence[Person]:
        """Return who is shown to choose from."""
        return self.session.desk.ports.people.all()

    def given(self, number: str, pin: str) -> None:
        """Take the number and the PIN."""
        raise NotImplementedError

    def who(self) -> Sentence:
        """Return the question for the number."""
        raise NotImplementedError

    def question(self) -> Sentence:
        """Return the question of this stage."""
        if not self._number:
            return self.who()
        name = next((one.name for one in self._people if one.number == self._number), "")
        return Sentence("PIN of {name}", name=name or self._number)

    def title(self) -> Sentence:
        """Return the title of the list of people."""
        return self.who()

    def choices(self) -> Sequence[Choice]:
        """Return the people, until one is named."""
        if self._number:
            return ()
        return [Choice(one.name, key=one.number) for one in self._people]

    def changed(self) -> None:
        """Put the cursor on the person whose number is typed."""
        numbers = [one.number for one in self._people]
        if not self._number and self.text in numbers:
            self.cursor = numbers.index(self.text)

    def pick(self, place: int) -> None:
        """Name a person by touch."""
        self.text = ""
        super().pick(place)

    def enter(self) -> None:
        """Go on to the PIN, or take it."""
        text, self.text = self.text, ""
        if self._number:
            if text:
                self._try(self._number, text)
        elif text:
            self._number = text
        elif self._people:
            self._number = self._people[self.cursor].number
        self.secret = bool(self._number)

    def _try(self, number: str, pin: str) -> None:
        """Take a PIN; of a wrong one no more is said than that, the number stands above it."""
        try:
            self.given(number, pin)
        except Refusal as refusal:
            if refusal.slug != "wrong_pin":
                raise
            raise Refusal("wrong_pin", "This PIN does not fit; try again.") from refusal

    def _leave(self) -> None:
        if self._number:
            self._number, self.text, self.secret = "", "", False
        else:
            super()._leave()


class SignIn(PinPrompt):
    """Signing in, or a quick switch to a colleague; no scan waits for whoever that will be."""

    drops = True

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.leaves = session.desk.person is not None

    def who(self) -> Sentence:
        """Return the question for the number."""
        return Sentence("Who sells? Your number")

    def given(self, number: str, pin: str) -> None:
        """Sign in; a wrong PIN asks for the PIN again."""
        person = staff.sign_in(self.session.desk, number, pin)
        self.close()
        self.session.cursor = None
        self.session.say(Sentence("Welcome, {name}.", name=person.name))
        if dropped := self.session.held.take_dropped():
            self.session.say(_welcome_again(person.name, dropped), is_bad=True)
        self.session.asks_card = True

    def left(self) -> None:
        """Say what was scanned meanwhile, before the cashier goes on who stayed."""
        if dropped := self.session.held.take_dropped():
            self.session.say(
                Sentence("{count} scan was not taken; scan again.", count=dropped), is_bad=True
            )


def _welcome_again(name: str, dropped: int) -> Sentence:
    return Sentence(
        "Welcome, {name}. {count} scan was not taken before; scan again.", name=name, count=dropped
    )
