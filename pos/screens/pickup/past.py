"""An order that was handed over, or is over: what to say, its undoing, its goods brought back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.catalogue import Unit
from pos.domain.errors import Refusal
from pos.domain.money import PIECE
from pos.domain.order import Order, OrderLine, OrderState
from pos.domain.order_money import back_for
from pos.domain.words import Amount, Quantity, Sentence
from pos.ports.orders import HandedOver
from pos.screens.dialogs.print_question import print_and_say
from pos.screens.dialogs.reasons import ReasonPrompt
from pos.screens.dialogs.ticket import RETURN_REASONS, TicketPrompt
from pos.screens.face import Face
from pos.screens.pickup import words
from pos.screens.pickup.head import HeadText, Verdict
from pos.screens.pickup.menu import ask_yes_no
from pos.screens.pickup.place import OrderPrompt
from pos.screens.typing import is_figure, typed_quantity
from pos.till.desk import Loan
from pos.till.pickup import after, papers

if TYPE_CHECKING:
    from pos.screens.session import Session

UNDO_REASONS = (
    Sentence("The wrong customer"),
    Sentence("The wrong order"),
    Sentence("Entered by mistake"),
)

COLLECTED = frozenset({OrderState.HANDED_OVER, OrderState.RETURNED})


class Past(OrderPrompt):
    """What became of an order; it is undone, or its goods come back, from here."""

    def __init__(
        self,
        session: Session,
        order: Order,
        verdict: Verdict | None = None,
        told: Sequence[Sentence] = (),
    ) -> None:
        super().__init__(session, order)
        self._verdict = verdict
        self._told = tuple(told)

    @property
    def last(self) -> HandedOver | None:
        """The last hand-over of it that this till wrote and nobody undid."""
        return last_handed(self.session, self.order)

    @property
    def _is_collected(self) -> bool:
        """Whether anything of it left, all of it or a part."""
        return self.order.state in COLLECTED or self.last is not None

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Enter: go back")

    def head(self, face: Face) -> HeadText:
        """Return the verdict and what to say."""
        return words.head(self.session.desk, self.order, face, self._verdict, self._told)

    def counted(self, line: OrderLine, _face: Face) -> words.Count:
        """Return how much of a line left."""
        return words.Count(line.handed, line.quantity)

    def actions(self) -> Sequence[tuple[str, Sentence]]:
        """Return the keys of this screen."""
        back = ("enter", Sentence("Back"))
        if not self._is_collected:
            return (back,)
        return (
            back,
            ("undo", Sentence("Undo it")),
            ("refund", Sentence("Goods back")),
            ("print", Sentence("Slip again")),
        )

    def gesture(self, name: str) -> bool:
        """Undo the hand-over, take goods back, print the slip again."""
        acts = {"undo": self._undo, "refund": self._take_back, "print": self._print}
        if name in acts and self._is_collected:
            acts[name]()
            return True
        return super().gesture(name)

    def enter(self) -> None:
        """Go back."""
        self.text = ""
        self._leave()

    def _undo(self) -> None:
        session = self.session

        def undo(reason: str) -> None:
            def done(loan: Loan | None) -> None:
                self.order = after.undo(session.desk, self.order, reason, loan)
                if session.pickup is not None:
                    session.pickup.back()
                session.say(
                    Sentence(
                        "The hand-over of {reference} is undone; its goods are on the shelf again.",
                        reference=self.order.reference,
                    )
                )

            session.guarded(done)

        why = Sentence("Why is this hand-over undone?")
        session.ask(ReasonPrompt(session, why, UNDO_REASONS, undo))

    def _take_back(self) -> None:
        """Goods that were paid at a till come back by their ticket, others by their order."""
        session, last = self.session, self.last
        if last is not None and last.facts.ticket:
            prompt = TicketPrompt(session, last.facts.ticket)
            session.pickup = None
            session.ask(prompt)
        elif session.pickup is not None:
            session.pickup.open(Returning(session, self.order))

    def _print(self) -> None:
        session, last = self.session, self.last
        if last is None:
            raise Refusal("not_here", "This till did not hand this order over last.")
        facts = last.facts
        print_and_say(session, lambda _loan: papers.print_slip(session.desk, facts))


class Returning(OrderPrompt):
    """Goods of a web purchase that are brought back: scanned, or counted by their line."""

    takes = staticmethod(is_figure)

    def __init__(self, session: Session, order: Order) -> None:
        super().__init__(session, order)
        self._back: dict[int, int] = {}

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("What comes back?")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        if self.text or not self._back:
            return Sentence("Scan, or number, Enter · Esc: back")
        return Sentence("Enter: take it back · Esc: back")

    def head(self, face: Face) -> HeadText:
        """Return what it is worth, and who pays it back."""
        worth = sum(back_for(self.order, self._back).values())
        told = Sentence("The web shop pays back what was paid online, here {amount}; no ticket.",
                        amount=Amount(worth))  # fmt: skip
        return words.head(self.session.desk, self.order, face, None, (told,))

    def counted(self, line: OrderLine, _face: Face) -> words.Count:
        """Return how much of a line comes back, of what left."""
        return words.Count(self._back.get(line.n, 0), line.handed - line.returned)

    def actions(self) -> Sequence[tuple[str, Sentence]]:
        """Return the keys of this screen."""
        return (("enter", Sentence("Take back")), ("escape", Sentence("Back")))

    def scanned(self, text: str) -> bool:
        """Count a scanned piece as coming back."""
        self.session.attempt(lambda: self._scanned(text))
        return True

    def _scanned(self, text: str) -> None:
        self.find_line(text)
        known = self._back.get(self.line.n, 0)
        self._count(PIECE + known if self.line.unit == "piece" else self._most)

    @property
    def _most(self) -> int:
        return self.line.handed - self.line.returned

    def _count(self, quantity: int) -> None:
        if quantity > self._most:
            raise Refusal(
                "too_much",
                "“{name}”: {asked} is too much; at most {most}.",
                name=self.line.name,
                asked=Quantity(quantity, self.line.unit),
                most=Quantity(self._most, self.line.unit),
            )
        self._back[self.line.n] = quantity

    def enter(self) -> None:
        """Take a typed quantity; else ask why it comes back, and whether it can be sold."""
        if self.text:
            text, self.text = self.text, ""
            self._count(typed_quantity(text, Unit(self.line.unit)))
        elif not any(self._back.values()):
            raise Refusal("nothing_back", "Say which goods came back.")
        else:
            why = Sentence("Why does it come back?")
            self.session.ask(ReasonPrompt(self.session, why, RETURN_REASONS, self._ask_sellable))

    def _ask_sellable(self, reason: str) -> None:
        question = Sentence("Can it be sold again?")
        ask_yes_no(
            self.session,
            question,
            question,
            lambda: self._take_back(reason, is_sellable=True),
            lambda: self._take_back(reason, is_sellable=False),
        )

    def _take_back(self, reason: str, *, is_sellable: bool) -> None:
        session = self.session

        def done(loan: Loan | None) -> None:
            self.order = after.return_(
                session.desk, self.order, self._back, reason, sellable=is_sellable, loan=loan
            )
            verdict = Verdict(session.words.say(Sentence("Taken back")), "good")
            told = Sentence("Say: the web shop pays you back the way you paid.")
            if session.pickup is not None:
                session.pickup.open(Past(session, self.order, verdict, (told,)))

        session.guarded(done)


def last_handed(session: Session, order: Order) -> HandedOver | None:
    """Return the last hand-over of an order that this till wrote and nobody undid."""
    orders = session.desk.ports.orders
    own = [] if orders is None else [one for one in orders.handed(order.order) if not one.is_undone]
    return own[-1] if own else None


def finished(session: Session, order: Order) -> Past:
    """Return the screen after a hand-over: that it is done, and what to say to the customer."""
    last = last_handed(session, order)
    told = [Sentence("Say: thank you, goodbye.")]
    if last is not None:
        told = list(_to_say(session, order, last))
    verdict = Verdict(session.words.say(Sentence("Order handed over")), "good")
    return Past(session, order, verdict, told)


def _to_say(session: Session, order: Order, last: HandedOver) -> Sequence[Sentence]:
    facts, told = last.facts, []
    if session.desk.ports.printer is not None and session.desk.rules.pickup.slip_copies:
        told.append(Sentence("Give the slip: it says until when the goods may come back."))
    if facts.owed:
        told.append(
            Sentence(
                "Say: {amount} is paid back to you by the web shop.", amount=Amount(facts.owed)
            )
        )
    if facts.rest:
        told.append(Sentence("Say: the rest waits for you on shelf {shelf}.", shelf=order.shelf))
    if any(line.refused for line in facts.lines):
        told.append(Sentence("What was refused is to be put back."))
    if facts.outcome == "offline":
        told.append(Sentence("The centre did not answer: that risk is written down."))
    return told
