"""Putting back what nobody collects: every scan goes back to the shelf where it is sold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pos.domain.catalogue import Unit
from pos.domain.errors import Refusal
from pos.domain.events.orders import Document
from pos.domain.order import OVER, LineState, Order, OrderLine, OrderState
from pos.domain.words import Quantity, Sentence
from pos.screens.face import Face
from pos.screens.pickup import words
from pos.screens.pickup.head import HeadText, Verdict
from pos.screens.pickup.place import OrderPrompt
from pos.screens.pickup.proofs import ask_receiver
from pos.screens.typing import is_figure, typed_quantity
from pos.till.pickup import judge, put_back
from pos.till.pickup.judge import Verdict as Found

if TYPE_CHECKING:
    from pos.screens.session import Session


class PuttingBack(OrderPrompt):
    """The lines with what is to go back; a scan, or a typed number, puts so much back."""

    takes = staticmethod(is_figure)

    def __init__(
        self,
        session: Session,
        order: Order,
        judged: Callable[[Found], None],
        verdict: Verdict | None = None,
        told: Sequence[Sentence] = (),
    ) -> None:
        super().__init__(session, order)
        self._judged = judged
        self._verdict = verdict
        self._told = tuple(told)
        self.place = next((n for n, line in enumerate(order.lines) if order.to_put_back(line)), 0)

    def hint(self) -> Sentence:
        """Return what the keys do."""
        if self.text:
            return Sentence("Enter: so many back · Esc: back")
        return Sentence("Scan, or number, Enter · Esc: back")

    def head(self, face: Face) -> HeadText:
        """Return which order it is, and why it is over."""
        told = [*self._told, Sentence("Scan each article as you put it back on its shelf.")]
        if self.order.reason and self.order.state in OVER and not self._told:
            told.insert(0, Sentence("Why: {reason}", reason=self.order.reason))
        return words.head(self.session.desk, self.order, face, self._verdict, told)

    def counted(self, line: OrderLine, face: Face) -> words.Count:
        """Return how much of a line is back, of what is to go back."""
        left = self.order.to_put_back(line)
        state = face.say(Sentence("to put back")) if left else ""
        return words.Count(line.put_back, line.put_back + left, state, _state(line, left))

    def actions(self) -> Sequence[tuple[str, Sentence]]:
        """Return the keys of this screen."""
        keys = [("enter", Sentence("Put back")), ("escape", Sentence("Back"))]
        if self._is_late_collected:
            keys.insert(1, ("tab", Sentence("Customer here")))
        return keys

    @property
    def _is_late_collected(self) -> bool:
        """Whether its customer may still have it: it expired, and no more than that."""
        return self.order.state is OrderState.EXPIRED

    def _move(self, key: str) -> None:
        if key == "tab" and self._is_late_collected:
            ask_receiver(self.session, self.name, self._by_name)
        else:
            super()._move(key)

    def _by_name(self, document: Document, is_proxy: bool) -> None:
        self._judged(judge.by_name(self.session.desk, self.order, document, proxy=is_proxy))

    def scanned(self, text: str) -> bool:
        """Put back what was scanned."""
        self.text = ""
        self.session.attempt(lambda: self._scanned(text), sound=False)
        return True

    def _scanned(self, raw: str) -> None:
        done = put_back.put_back(self.session.desk, self.order, raw)
        self._took(done.order, done.line, done.quantity)

    def enter(self) -> None:
        """Put the typed quantity of the line back."""
        if not self.text:
            raise Refusal("no_quantity", "Scan the article, or type how many go back.")
        text, self.text = self.text, ""
        quantity = typed_quantity(text, Unit(self.line.unit))
        after = put_back.put_back_line(self.session.desk, self.order, self.line.n, quantity)
        self._took(after, after.line(self.line.n), quantity)

    def _took(self, order: Order, line: OrderLine, quantity: int) -> None:
        session, self.order = self.session, order
        self.place = next(n for n, one in enumerate(order.lines) if one.n == line.n)
        if order.is_to_put_back:
            session.say(
                Sentence(
                    "“{name}”: {quantity} put back.",
                    name=line.name,
                    quantity=Quantity(quantity, line.unit),
                )
            )
            return
        if session.pickup is not None:
            session.prompt = None
            session.pickup.back()
        session.say(Sentence("All of order {reference} is put back.", reference=order.reference))


def _state(line: OrderLine, left: int) -> LineState:
    return LineState.TO_PICK if left else line.state
