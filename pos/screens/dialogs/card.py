"""A card payment: a person reads the terminal's answer, or waits for it; an unknown end in words.

The manual terminal is read by the cashier. A driven one answers by itself, and whoever stands at
the till may wait, go on, or say that no answer comes; then its ticket is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pos.domain.basket import Basket
from pos.domain.events import SaleFinished
from pos.domain.words import Amount, Sentence
from pos.ports import CardEnded, CardOutcome, CardRequest
from pos.screens.prompt import ListPrompt, Prompt
from pos.screens.widgets.choice_list import Choice
from pos.till import cards, tender

if TYPE_CHECKING:
    from pos.screens.session import Session

OUTCOMES = ("approved", "declined", "cancelled", "unknown")

HEARD = {
    "approved": Sentence("Later it said: approved, number {number}"),
    "declined": Sentence("Later it said: refused"),
    "cancelled": Sentence("Later it said: given up"),
}
"""What a terminal said after its end was told as unknown."""


def card_prompt(session: Session, request: CardRequest) -> Prompt:
    """Return what is asked about a card payment that has no settled end."""
    if request.terminal == cards.MANUAL:
        return CardPrompt(session, request)
    if cards.is_waiting(session.desk, request):
        return WaitPrompt(session, request)
    return UnknownPrompt(session, request)


def on_terminal(session: Session, action: Callable[[], None]) -> None:
    """Do something with the card terminal; where it is not clear which one, ask that first."""
    if cards.must_choose(session.desk):
        session.ask(TerminalPrompt(session, action))
    else:
        action()


def settle(session: Session, request: CardRequest, outcome: str, authorisation: str = "") -> None:
    """Write down how a person saw a payment end, and say what follows."""
    result = tender.answer_card(session.desk, request, outcome, authorisation)
    session.refresh()
    if outcome == "unknown":
        session.refuse(_stays_open(session, request))
    elif outcome != "approved":
        session.refuse(_not_done(request))
    elif isinstance(result, SaleFinished) or _is_mine(session, request):
        session.paid(result)
    else:
        session.say(Sentence("The card payment is settled."))


def ended(session: Session, event: CardEnded) -> None:
    """Say how a driven terminal answered, whatever the screen shows; close the wait for it."""
    past = session.desk.ports.past
    request, said = past.card(event.request), past.card_answer(event.request)
    if request is None or said is None or said.heard is not None:
        return  # the disk did not take it yet, or a person settled it before
    waiting = session.prompt
    was_waited_for = isinstance(waiting, WaitPrompt) and waiting.request.request == event.request
    if was_waited_for and waiting is not None:
        session.close(waiting)
    session.refresh()
    if request.outcome == "approved":
        _say_approved(session, request)
    elif request.outcome != "unknown":
        session.refuse(_why_not(event, request))
    elif was_waited_for:
        session.ask(UnknownPrompt(session, request))
        session.refuse(Sentence(event.detail))
    else:
        session.refuse(_stays_open(session, request))


def _say_approved(session: Session, request: CardRequest) -> None:
    sale = session.desk.last_sale
    is_sold = session.desk.just_sold and sale is not None and sale.basket == request.basket
    if is_sold and sale is not None:
        session.paid(sale)
        return
    basket: Basket = session.desk.basket
    if _is_mine(session, request):
        session.paid(basket)
    session.say(Sentence("Card {amount}: approved.", amount=Amount(request.amount)))


def _why_not(event: CardEnded, request: CardRequest) -> Sentence:
    if event.outcome is CardOutcome.UNKNOWN or not event.detail:
        return _not_done(request)
    return Sentence("{why} Choose another payment.", why=Sentence(event.detail))


def _not_done(request: CardRequest) -> Sentence:
    if request.amount < 0:
        return Sentence("Nothing was paid back; choose another way.")
    return Sentence("The card was not charged; choose another payment.")


def _is_mine(session: Session, request: CardRequest) -> bool:
    person = session.desk.person
    mine = session.desk.open.get(person.ref) if person is not None else None
    return mine is not None and mine.name == request.basket


def _stays_open(session: Session, request: CardRequest) -> Sentence:
    if _is_mine(session, request):
        return Sentence("The card payment stays open; press the card key to settle it.")
    return Sentence("The card payment stays open.")


class _OfCard(ListPrompt):
    """Something asked about one card payment."""

    holds = True

    def __init__(self, session: Session, request: CardRequest) -> None:
        super().__init__(session)
        self.request = request

    def brief(self) -> Sentence:
        """Return the amount; the question is the list's title."""
        if self.request.amount < 0:
            return Sentence("Back by card {amount}", amount=Amount(-self.request.amount))
        return Sentence("Card {amount}", amount=Amount(self.request.amount))

    def left(self) -> None:
        """Leave it as not known."""
        if self.request.outcome != "unknown":
            tender.answer_card(self.session.desk, self.request, "unknown")
        self.session.refresh()
        self.session.refuse(_stays_open(self.session, self.request))


class CardPrompt(_OfCard):
    """The amount to type on the terminal, then its answer. Not knowing is an answer too."""

    must_choose = Sentence("Choose what the terminal said.")

    def question(self) -> Sentence:
        """Return what is asked; a negative request pays back."""
        if self.request.amount < 0:
            return Sentence("Pay {amount} back by card: what does the terminal say?",
                            amount=Amount(-self.request.amount))  # fmt: skip
        return Sentence("Card {amount}: what does the terminal say?",
                        amount=Amount(self.request.amount))  # fmt: skip

    def choices(self) -> Sequence[Choice]:
        """Return the answers a terminal gives."""
        say = self.session.words.say
        texts = (
            say("Approved"),
            say("Declined"),
            say("Cancelled"),
            say("I do not know yet: read the terminal's ticket"),
        )
        return [Choice(text, key=str(place)) for place, text in enumerate(texts, start=1)]

    def chosen(self, place: int) -> None:
        """Write the answer down."""
        settle(self.session, self.request, OUTCOMES[place])
        self.close()


class WaitPrompt(_OfCard):
    """A driven terminal is at work: what the customer does now, and the way out of a dead one."""

    must_choose = Sentence("The terminal is at work; wait for its answer.")

    def question(self) -> Sentence:
        """Return what happens."""
        name = self.request.terminal
        if self.request.amount < 0:
            amount = Amount(-self.request.amount)
            return Sentence("{amount} go back on the terminal “{name}”", amount=amount, name=name)
        amount = Amount(self.request.amount)
        return Sentence("{amount} to pay on the terminal “{name}”", amount=amount, name=name)

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Waiting… · Esc: go on meanwhile")

    def choices(self) -> Sequence[Choice]:
        """Return what the customer does, how to give up, and what to do when no answer comes."""
        say = self.session.words.say
        return [
            Choice(say("The customer presents the card and follows the terminal.")),
            Choice(say("To give up: the terminal's red key.")),
            Choice(say("No answer comes: read the terminal's ticket"), key="1"),
        ]

    def chosen(self, place: int) -> None:
        """Stop waiting: nobody knows then how it ends."""
        if place < len(self.choices()) - 1:
            return
        tender.answer_card(self.session.desk, self.request, "unknown")
        self.session.refresh()
        unknown = replace(self.request, outcome="unknown")
        self.session.ask(UnknownPrompt(self.session, unknown))

    def left(self) -> None:
        """Go on with something else; the answer is taken when it comes."""
        self.session.say(
            Sentence("The terminal is still at work; the card key shows it.")
            if _is_mine(self.session, self.request)
            else Sentence("The terminal is still at work.")
        )


class UnknownPrompt(_OfCard):
    """A terminal that gave no answer to believe: a person reads its ticket, and says."""

    must_choose = Sentence("Read the terminal's ticket, then choose.")

    def question(self) -> Sentence:
        """Return what is asked."""
        name, amount = self.request.terminal, Amount(abs(self.request.amount))
        if self.request.amount < 0:
            return Sentence("Did the terminal “{name}” pay {amount} back?",
                            name=name, amount=amount)  # fmt: skip
        return Sentence("Did the terminal “{name}” take {amount}?", name=name, amount=amount)

    def choices(self) -> Sequence[Choice]:
        """Return the answers, then what the terminal told."""
        say = self.session.words.say
        texts = (
            say("Yes: its ticket says approved"),
            say("No: refused, given up, or no trace of it"),
            say("I do not know yet"),
        )
        answers = [Choice(text, key=str(place)) for place, text in enumerate(texts, start=1)]
        told = self._told()
        return answers if told is None else [*answers, Choice(say(told))]

    def _told(self) -> Sentence | None:
        said = self.session.desk.ports.past.card_answer(self.request.request)
        if said is None:
            return None
        if said.heard is not None:
            return Sentence(HEARD[said.heard].template, number=said.authorisation or "–")
        return Sentence(said.why) if said.why else None

    def chosen(self, place: int) -> None:
        """Write the answer down; an approved one has a number on its ticket."""
        if place == 0:
            self.session.ask(AuthorisationPrompt(self.session, self.request))
        elif place == 1:
            settle(self.session, self.request, "declined")
            self.close()
        elif place == len(OUTCOMES) - 2:
            self.session.leave(self)


class AuthorisationPrompt(Prompt):
    """The authorisation number that the terminal's ticket bears, or nothing."""

    def __init__(self, session: Session, request: CardRequest) -> None:
        said = session.desk.ports.past.card_answer(request.request)
        super().__init__(session, (said.authorisation or "") if said is not None else "")
        self.request = request

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Authorisation number on its ticket")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Enter, with or without it · Esc")

    def enter(self) -> None:
        """Settle the payment as approved; a number that is none leaves the question."""
        settle(self.session, self.request, "approved", self.text)
        self.close()

    def left(self) -> None:
        """Leave it as not known."""
        self.session.refuse(_stays_open(self.session, self.request))


class TerminalPrompt(ListPrompt):
    """Which card terminal? It is asked from now on."""

    def __init__(self, session: Session, then: Callable[[], None]) -> None:
        super().__init__(session)
        self._then = then
        self._names = cards.terminals(session.desk)

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Which card terminal?")

    def choices(self) -> Sequence[Choice]:
        """Return the terminals and how each is, the manual one last."""
        return [
            Choice(self._text(name), self._state(name), str(place) if place < 10 else "")
            for place, name in enumerate(self._names, start=1)
        ]

    def chosen(self, place: int) -> None:
        """Ask that one."""
        cards.choose(self.session.desk, self._names[place])
        self.close()
        self._then()

    def _text(self, name: str) -> str:
        if name == cards.MANUAL:
            return self.session.words.say("Another one: I type its result")
        return name

    def _state(self, name: str) -> str:
        said = self.session.desk.devices.get(name)
        if said is None or not cards.is_away(self.session.desk, name):
            return ""
        return self.session.words.say(said.detail)
