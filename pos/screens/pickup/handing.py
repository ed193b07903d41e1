"""Handing one order over: what is to be seen first, what leaves, and the centre's word for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pos.domain.catalogue import Unit
from pos.domain.errors import Refusal
from pos.domain.events.orders import Document, HandedLine
from pos.domain.order import Contract, LineState, OrderLine
from pos.domain.words import Amount, Quantity, Sentence
from pos.screens.dialogs.reasons import ReasonPrompt
from pos.screens.face import Face
from pos.screens.pickup import words
from pos.screens.pickup.claim import ClaimPrompt
from pos.screens.pickup.head import HeadText, Verdict
from pos.screens.pickup.menu import Act, MenuPrompt, ask_yes_no
from pos.screens.pickup.past import Past, finished
from pos.screens.pickup.place import OrderPrompt
from pos.screens.pickup.proofs import ask_document
from pos.screens.typing import is_figure, typed_quantity
from pos.till.desk import Loan
from pos.till.pickup import hand_over, judge, papers, paying
from pos.till.pickup.claims import refused_by
from pos.till.pickup.hand_over import HandOver, Wants

if TYPE_CHECKING:
    from pos.screens.session import Session

REFUSED_REASONS = (
    Sentence("Changed their mind"),
    Sentence("Faulty or damaged"),
    Sentence("Not what was ordered"),
    Sentence("Does not fit"),
)

WANTED: dict[Wants, Sentence] = {
    Wants.DOCUMENT: Sentence("a document to see"),
    Wants.AGE: Sentence("an age to see"),
    Wants.BAGS: Sentence("bags to scan"),
    Wants.PAYMENT: Sentence("payment"),
}
"""What is still to be done, in the words of the screen."""


class HandingOver(OrderPrompt):
    """All that lies ready leaves, unless a line is refused or left; Enter goes on to the end."""

    judges = True
    takes = staticmethod(is_figure)

    def __init__(
        self,
        session: Session,
        handover: HandOver,
        verdict: Verdict | None = None,
        told: Sequence[Sentence] = (),
    ) -> None:
        super().__init__(session, handover.order)
        self.handover = handover
        self._verdict = verdict
        self._told = tuple(told)
        self._into_basket = False

    def question(self) -> Sentence:
        """Return the line that a typed number means."""
        return Sentence("“{name}”", name=self.line.name)

    def hint(self) -> Sentence:
        """Return what the keys do."""
        if self.text:
            return Sentence("Enter: so many leave · Esc: back")
        if Wants.BAGS in self._wants():
            return Sentence("Scan the bags · Esc: back")
        return Sentence("Enter: go on · Del: refused")

    def head(self, face: Face) -> HeadText:
        """Return the verdict, and what is still to be done."""
        wants = self._wants()
        done = Sentence("Enter hands it over.")
        told = [Sentence("Still: {what}.", what=WANTED[wants[0]])] if wants else [done]
        if self.handover.to_pay:
            told = [Sentence("To pay here: {amount}.", amount=Amount(self.handover.to_pay))]
            told += [Sentence("Still: {what}.", what=WANTED[one]) for one in wants[:-1]]
        if Wants.BAGS in wants or self.handover.bags:
            told.append(
                Sentence(
                    "Bags scanned: {done} of {most}.",
                    done=len(self.handover.bags),
                    most=max(1, self.order.bags),
                )
            )
        said = " ".join(face.say(one) for one in told)
        told_before = self._told if self._verdict and self._verdict.weight != "good" else ()
        return words.head(self.session.desk, self.order, face, self._verdict, (*told_before, said))

    def counted(self, line: OrderLine, face: Face) -> words.Count:
        """Return how much of a line leaves, of what was picked."""
        given = {one.line: one for one in self.handover.lines}
        one = given.get(line.n, HandedLine(line=line.n, quantity=0))
        state = LineState.REFUSED if one.refused else line.state
        return words.Count(one.quantity, line.picked, _leaves(line, one, face), state)

    def actions(self) -> Sequence[tuple[str, Sentence]]:
        """Return the keys of this screen."""
        return (
            ("enter", Sentence("Hand over")),
            ("void_line", Sentence("Refused")),
            ("tab", Sentence("More")),
            ("escape", Sentence("Back")),
        )

    def _wants(self) -> Sequence[Wants]:
        return hand_over.wants(self.session.desk, self.handover)

    def read(self) -> None:
        """Leave the hand-over as it was begun: what changed since is refused at its end."""

    def gesture(self, name: str) -> bool:
        """Refuse a line; the keys of the sale are refused."""
        if name == "void_line":
            self._refuse_line()
            return True
        return super().gesture(name)

    def scanned(self, text: str) -> bool:
        """Take a bag's label, or stand on the line of a scanned article."""
        self.session.attempt(lambda: self._scanned(text))
        return True

    def _scanned(self, text: str) -> None:
        desk = self.session.desk
        if judge.is_pass(desk, text):
            raise Refusal(
                "order_open",
                "Order {reference} is being handed over: finish it, or Esc, then scan again.",
                reference=self.order.reference,
            )
        if papers.bag_of(text) is not None:
            self.handover = hand_over.scan_bag(desk, self.handover, text)
            return
        self.find_line(text)

    def enter(self) -> None:
        """Take a typed quantity; else ask for what is still wanted, then for the centre's word."""
        if self.text:
            quantity = typed_quantity(self.text, Unit(self.line.unit))
            self.text = ""
            self.handover = hand_over.take(self.session.desk, self.handover, self.line.n, quantity)
        else:
            self._go_on()

    def _move(self, key: str) -> None:
        if key == "delete" and self.text:
            self.text = ""
        elif key == "delete":
            self._refuse_line()
        elif key == "tab":
            self.session.ask(MenuPrompt(self.session, Sentence("What else?"), self._more()))
        else:
            super()._move(key)

    def left(self) -> None:
        """Tell the centre that nothing was handed over, when it was asked.

        What left before the till stopped is asked about again.
        """
        if self.handover.claim and not self.handover.is_told:
            hand_over.give_up(self.session.desk, self.handover)
            self.handover = replace(self.handover, claim="", answer=None)

    def _more(self) -> Sequence[Act]:
        name = self.line.name
        return (
            Act(Sentence("“{name}” is refused", name=name), self._refuse_line),
            Act(Sentence("“{name}” stays for another visit", name=name), self._keep_line),
            Act(Sentence("With other articles: into the basket"), self._to_basket),
            Act(Sentence("Print the bag labels again"), self._print),
        )

    def _print(self) -> None:
        papers.print_labels(self.session.desk, self.order)
        self.session.say(Sentence("The bag labels go to the printer."))

    def _keep_line(self) -> None:
        self.handover = hand_over.take(self.session.desk, self.handover, self.line.n, 0)

    def _refuse_line(self) -> None:
        session, line = self.session, self.line
        if not line.to_hand:
            raise Refusal("nothing_here", "Nothing of “{name}” lies ready.", name=line.name)

        def refused(reason: str) -> None:
            self.handover = hand_over.refuse(
                session.desk, self.handover, line.n, line.to_hand, reason
            )

        why = Sentence(
            "Why is {quantity} of “{name}” refused?",
            quantity=Quantity(line.to_hand, line.unit),
            name=line.name,
        )
        session.ask(ReasonPrompt(session, why, REFUSED_REASONS, refused))

    def _to_basket(self) -> None:
        self._into_basket = True
        self._go_on()

    def _go_on(self) -> None:
        wants = self._wants()
        if Wants.DOCUMENT in wants:
            why = Sentence("This order wants a document: which one was seen?")
            ask_document(self.session, why, self._saw)
        elif Wants.AGE in wants:
            self._ask_age()
        elif Wants.BAGS in wants:
            hand_over.check_wants(self.session.desk, self.handover)
        else:
            self._ask_centre()

    def _saw(self, document: Document) -> None:
        self.handover = hand_over.see_document(self.session.desk, self.handover, document)
        self._go_on()

    def _ask_age(self) -> None:
        age = self.handover.age
        question = Sentence("Is whoever collects it {age} or older?", age=age)

        def yes() -> None:
            self.handover = hand_over.check_age(self.session.desk, self.handover)
            self._go_on()

        said = Sentence("Take out what needs the age: Del on its line.")
        brief = Sentence("{age} or older?", age=age)
        ask_yes_no(self.session, question, brief, yes, lambda: self.session.refuse(said))

    def _ask_centre(self) -> None:
        self.handover = hand_over.ask_claim(self.session.desk, self.handover)
        prompt = ClaimPrompt(self.session, self.handover, self._answered)
        self.session.ask(prompt)
        prompt.beat()

    def _answered(self, handover: HandOver) -> None:
        """Go on with the centre's word, or without one as the shop's rules say."""
        self.handover = handover
        answer = handover.answer
        if answer is not None and not answer.granted and not handover.is_told:
            self._nothing_leaves(refused_by(self.session.desk, handover.order, answer))
        elif handover.to_pay or self._into_basket:
            self.session.guarded(self._fill_basket)
        else:
            self.session.guarded(self._finish)

    def _nothing_leaves(self, why: Sentence) -> None:
        verdict = Verdict(self.session.words.say(Sentence("Hand nothing out")), "bad")
        if self.session.pickup is not None:
            self.session.pickup.open(Past(self.session, self.order, verdict, (why,)))

    def _finish(self, loan: Loan | None) -> None:
        session = self.session
        after = hand_over.finish(session.desk, self.handover, loan)
        if session.pickup is not None:
            session.pickup.open(finished(session, after))

    def _fill_basket(self, loan: Loan | None) -> None:
        session = self.session
        paying.basket(session.desk, self.handover, loan)
        session.pickup = None
        session.prompt = None
        session.follow()
        is_paid = self.order.contract is Contract.PAID_ONLINE
        if is_paid:
            said = Sentence("Scan what is bought beside it; the payment hands the order over.")
        else:
            said = Sentence("The order is in the basket; its payment hands it over.")
        session.say(said)


def _leaves(line: OrderLine, one: HandedLine, face: Face) -> str:
    if one.refused:
        return face.say(Sentence("refused: {reason}", reason=one.reason))
    if not line.picked:
        return ""
    if one.quantity < line.to_hand:
        return face.say(Sentence("stays here"))
    return face.say(Sentence("leaves"))
