"""Picking one order: every scan picks, what is typed picks more of a line, and all is packed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.catalogue import Unit
from pos.domain.errors import Refusal
from pos.domain.facts import WeighingFacts
from pos.domain.order import TO_PICK, Order, OrderLine, OrderState
from pos.domain.words import Quantity, Sentence
from pos.screens.dialogs.reasons import ReasonPrompt
from pos.screens.dialogs.weighing import WeighingPrompt
from pos.screens.face import Face
from pos.screens.pickup import words
from pos.screens.pickup.head import HeadText, Verdict
from pos.screens.pickup.menu import Act, MenuPrompt, ask_yes_no
from pos.screens.pickup.place import OrderPrompt
from pos.screens.pickup.questions import ShelfPrompt, SubstitutePrompt
from pos.screens.typing import is_figure, typed_quantity
from pos.till.pickup import kiosk, picking

if TYPE_CHECKING:
    from pos.screens.session import Session

SHORT_REASONS = (
    Sentence("Not on the shelf"),
    Sentence("Damaged"),
    Sentence("Past its date"),
)
REJECT_REASONS = (
    Sentence("Nothing of it is here"),
    Sentence("No time to prepare it"),
    Sentence("The shop closes"),
)


class Picking(OrderPrompt):
    """The lines with what is done of them; Enter takes a new order on, and packs a picked one."""

    takes = staticmethod(is_figure)

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
        self._done: list[tuple[int, int]] = []
        self._to_next()

    def question(self) -> Sentence:
        """Return the line that a typed number picks."""
        if not self.line.to_pick:
            return Sentence("“{name}”", name=self.line.name)
        left = Quantity(self.line.to_pick, self.line.unit)
        return Sentence("“{name}”: {left} left", name=self.line.name, left=left)

    def hint(self) -> Sentence:
        """Return what the keys do."""
        if self.text:
            return Sentence("Enter: so many more · Esc: back")
        if self.order.state is OrderState.PLACED:
            return Sentence("Scan, or Enter: take it on")
        if self.is_picked:
            return Sentence("Enter: packed · Esc: back")
        return Sentence("Scan, or number, Enter")

    @property
    def is_picked(self) -> bool:
        """Whether no line is left to pick."""
        return not any(line.to_pick for line in self.order.lines)

    def head(self, face: Face) -> HeadText:
        """Return which order it is, and how far it is picked."""
        order = self.order
        told = Sentence("{done} of {count} lines are done.", done=order.lines_done,
                        count=len(order.lines))  # fmt: skip
        return words.head(self.session.desk, order, face, self._verdict, (*self._told, told))

    def counted(self, line: OrderLine, _face: Face) -> words.Count:
        """Return how much of a line is picked."""
        return words.Count(line.picked, line.quantity)

    def actions(self) -> Sequence[tuple[str, Sentence]]:
        """Return the keys of this screen."""
        return (
            ("enter", Sentence("Go on")),
            ("void_line", Sentence("Short")),
            ("undo", Sentence("Undo")),
            ("print", Sentence("Picking list")),
            ("tab", Sentence("More")),
            ("escape", Sentence("Back")),
        )

    def gesture(self, name: str) -> bool:
        """Undo the last pick, print the list; the keys of the sale are refused."""
        acts = {"undo": self._undo, "print": self._print, "void_line": self._short}
        if name in acts:
            acts[name]()
            return True
        return super().gesture(name)

    def scanned(self, text: str) -> bool:
        """Pick what was scanned."""
        session = self.session
        self.text = ""
        done = session.attempt(lambda: self._pick(text), sound=False)
        if done and self.is_picked:
            session.say(Sentence("All is picked: Enter says where it lies."))
        return True

    def _pick(self, raw: str) -> None:
        picked = picking.pick(self.session.desk, self.order, raw)
        if picked.quantity:
            self._took(picked.order, picked.line, picked.quantity)
        else:
            self._stand_on(picked.line.n)
            self._weigh(picked.line)

    def _weigh(self, line: OrderLine) -> None:
        """Ask the scale, or the clerk, for the weight; left without one, nothing is picked."""
        session = self.session

        def take(grams: int, _how: WeighingFacts) -> None:
            self._take(line, grams)

        session.ask(WeighingPrompt(session, line.name, line.unit_price, take))

    def _took(self, order: Order, line: OrderLine, quantity: int) -> None:
        self.order = order
        self._done.append((line.n, quantity))
        self._stand_on(line.n)
        self.session.say(
            Sentence(
                "“{name}”: {picked} of {quantity}.",
                name=line.name,
                picked=Quantity(line.picked, line.unit),
                quantity=Quantity(line.quantity, line.unit),
            )
        )

    def _take(self, line: OrderLine, quantity: int) -> None:
        after = picking.pick_line(self.session.desk, self.order, line.n, quantity)
        self._took(after, after.line(line.n), quantity)

    def enter(self) -> None:
        """Pick the typed quantity; with none, take the order on, or pack it."""
        if self.text:
            quantity, line = typed_quantity(self.text, Unit(self.line.unit)), self.line
            self.text = ""
            self._take(line, quantity)
        elif self.order.state is OrderState.PLACED:
            self.order = picking.accept(self.session.desk, self.order)
            self.session.say(Sentence("The order is taken on."))
        elif self.is_picked:
            self._pack()
        else:
            left = len(self.order.lines) - self.order.lines_done
            raise Refusal(
                "not_ready",
                "{count} line is still to be picked: scan it, or say it is short.",
                count=left,
            )

    def _move(self, key: str) -> None:
        if key == "delete":
            self._correct()
        elif key == "tab":
            self.session.ask(MenuPrompt(self.session, Sentence("What else?"), self._more()))
        else:
            super()._move(key)

    def _correct(self) -> None:
        """Delete clears what is typed before it says that a line is short."""
        if self.text:
            self.text = ""
        else:
            self._short()

    def _stand_on(self, n: int) -> None:
        self.place = next(at for at, line in enumerate(self.order.lines) if line.n == n)

    def _to_next(self) -> None:
        """Stand on the first line that is still to pick."""
        left = (at for at, line in enumerate(self.order.lines) if line.to_pick)
        self.place = next(left, self.place)

    def _short(self) -> None:
        session, line = self.session, self.line
        if not line.to_pick:
            raise Refusal("nothing_short", "Nothing of “{name}” is missing.", name=line.name)

        def short(reason: str) -> None:
            self.order = picking.short(session.desk, self.order, line.n, reason)
            self._to_next()
            session.say(Sentence("“{name}” is short: {reason}.", name=line.name, reason=reason))

        missing = Quantity(line.to_pick, line.unit)
        why = Sentence("Why is {quantity} of “{name}” short?", quantity=missing, name=line.name)
        session.ask(ReasonPrompt(session, why, SHORT_REASONS, short))

    def _undo(self) -> None:
        if not self._done:
            raise Refusal("nothing_to_undo", "Nothing was picked since this order was opened.")
        n, quantity = self._done[-1]
        self.order = picking.unpick(self.session.desk, self.order, n, quantity)
        self._done.pop()
        self._stand_on(n)
        self.session.say(Sentence("The last pick is taken back."))

    def _print(self) -> None:
        picking.print_list(self.session.desk, self.order)
        self.session.say(Sentence("The picking list goes to the printer."))

    def _more(self) -> Sequence[Act]:
        name = self.line.name
        acts = [
            Act(Sentence("Replace “{name}”", name=name), self._substitute),
            Act(Sentence("Put back what was picked of “{name}”", name=name), self._put_back),
            Act(Sentence("“{name}” is short", name=name), self._short),
            Act(Sentence("The customer is here"), self._call),
            Act(Sentence("Print the picking list"), self._print),
            Act(Sentence("Reject the order"), self._reject),
        ]
        return acts if self.line.picked else [acts[0], *acts[2:]]

    def _put_back(self) -> None:
        line = self.line
        self.order = picking.unpick(self.session.desk, self.order, line.n, line.picked)
        self._done = [one for one in self._done if one[0] != line.n]
        self.session.say(Sentence("“{name}” is to pick again.", name=line.name))

    def _call(self) -> None:
        self.order = kiosk.call(self.session.desk, self.order)
        self.session.say(Sentence("The customer has number {number}.", number=self.order.number))

    def _reject(self) -> None:
        session = self.session

        def reject(reason: str) -> None:
            self.order = picking.reject(session.desk, self.order, reason)
            self._back()
            session.say(Sentence("The order is rejected; its customer is told."))

        why = Sentence("Why is this order rejected? The customer reads it.")
        session.ask(ReasonPrompt(session, why, REJECT_REASONS, reject))

    def _back(self) -> None:
        if self.session.pickup is not None:
            self.session.pickup.back()

    def _substitute(self) -> None:
        session, line = self.session, self.line
        question = Sentence("Did the customer agree to another “{name}”?", name=line.name)
        ask_yes_no(
            session,
            question,
            Sentence("Agreed?"),
            lambda: session.ask(SubstitutePrompt(session, line, self._replace)),
            lambda: session.refuse(Sentence("Ask the customer first, or say it is short.")),
        )

    def _replace(self, line: OrderLine, raw: str) -> None:
        desk = self.session.desk
        picked = picking.substitute(desk, self.order, line.n, raw, agreed=True)
        self._took(picked.order, picked.line, picked.quantity)

    def _pack(self) -> None:
        session = self.session
        if self.order.state not in TO_PICK:
            self._back()
            return

        def packed(shelf: str, bags: int) -> None:
            self.order = picking.ready(session.desk, self.order, shelf, bags)
            self._back()
            session.say(
                Sentence(
                    "Order {reference} is ready on {shelf}; its customer is told.",
                    reference=self.order.reference,
                    shelf=self.order.shelf,
                )
            )

        session.ask(ShelfPrompt(session, packed))
