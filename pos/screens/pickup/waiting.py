"""An order that lies ready: its customer proves it by a pass, a code, or a name and a document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pos.domain.errors import Refusal
from pos.domain.events.orders import Document
from pos.domain.order import Order, OrderLine, OrderState
from pos.domain.pickup_pass import short_code
from pos.domain.words import Sentence
from pos.screens.face import Face
from pos.screens.pickup import words
from pos.screens.pickup.head import HeadText
from pos.screens.pickup.menu import Act, MenuPrompt
from pos.screens.pickup.place import OrderPrompt
from pos.screens.pickup.proofs import ask_receiver
from pos.till.pickup import judge, kiosk, papers
from pos.till.pickup.judge import Verdict

if TYPE_CHECKING:
    from pos.screens.session import Session


class Waiting(OrderPrompt):
    """A typed code and Enter, or Enter alone for who has no pass; a scanned pass opens it."""

    def __init__(
        self,
        session: Session,
        order: Order,
        open_code: Callable[[str], None],
        judged: Callable[[Verdict], None],
    ) -> None:
        super().__init__(session, order)
        self._open_code, self._judged = open_code, judged

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Pass or code")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        if self.text:
            return Sentence("Enter: check the code")
        return Sentence("Scan the pass · Enter: no pass")

    def head(self, face: Face) -> HeadText:
        """Return where it lies."""
        told = Sentence("Ask for the pass or its code; without one, for a document.")
        return words.head(self.session.desk, self.order, face, None, (told,))

    def counted(self, line: OrderLine, _face: Face) -> words.Count:
        """Return how much of a line lies ready."""
        return words.Count(line.to_hand, line.quantity)

    def actions(self) -> Sequence[tuple[str, Sentence]]:
        """Return the keys of this screen."""
        return (
            ("enter", Sentence("No pass")),
            ("print", Sentence("Bag labels")),
            ("tab", Sentence("More")),
            ("escape", Sentence("Back")),
        )

    def gesture(self, name: str) -> bool:
        """Print the labels again; the keys of the sale are refused."""
        if name == "print":
            self._print()
            return True
        return super().gesture(name)

    def enter(self) -> None:
        """Check the typed code, or ask who collects it."""
        code, self.text = self.text, ""
        if not code.strip():
            ask_receiver(self.session, self.name, self._by_name)
        elif short_code(code) is None:
            raise Refusal("no_code", "“{typed}” is no code: a code has 8 characters.", typed=code)
        else:
            self._open_code(code)

    def _by_name(self, document: Document, is_proxy: bool) -> None:
        self._judged(judge.by_name(self.session.desk, self.order, document, proxy=is_proxy))

    def _move(self, key: str) -> None:
        if key == "tab":
            self.session.ask(MenuPrompt(self.session, Sentence("What else?"), self._more()))
        else:
            super()._move(key)

    def _more(self) -> Sequence[Act]:
        acts = [Act(Sentence("Print the bag labels again"), self._print)]
        if self.order.state is OrderState.READY:
            acts.insert(0, Act(Sentence("The customer is here"), self._call))
        return acts

    def _call(self) -> None:
        self.order = kiosk.call(self.session.desk, self.order)
        self.session.say(Sentence("The customer has number {number}.", number=self.order.number))

    def _print(self) -> None:
        papers.print_labels(self.session.desk, self.order)
        self.session.say(Sentence("The bag labels go to the printer."))
