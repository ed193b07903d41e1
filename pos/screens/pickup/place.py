"""The clerk's screen as it is held: its lists, and over them the order that is open.

What is open is a prompt that stays while questions are asked over it, so that nothing of it is
lost when one is answered or left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.errors import Refusal
from pos.domain.order import Order, OrderLine
from pos.domain.words import Sentence
from pos.screens.dialogs.commands import cap
from pos.screens.face import Face
from pos.screens.pickup import words
from pos.screens.pickup.head import HeadText
from pos.screens.prompt import PAGE, Prompt
from pos.screens.wedge import Typed
from pos.screens.widgets.choice_list import Choice
from pos.screens.widgets.key_bar import Cap
from pos.screens.widgets.listing import Row, Table
from pos.till import sell

if TYPE_CHECKING:
    from pos.screens.session import Session

OF_THE_SALE = frozenset(
    {
        "quantity", "discount", "park", "recall", "quick_cash", "cash", "card", "other_tender",
        "settle", "void_line", "undo", "price", "ticket_discount", "abandon", "gift",
    }
)  # fmt: skip
"""Gestures that change or pay the basket: never from a screen on which it is not seen."""


class PickupPrompt(Prompt):
    """What the clerk's screen asks while nothing else is asked: the whole screen answers."""

    holds = False
    judges = False
    """Whether it takes a scanned pass itself."""

    def __init__(self, session: Session, text: str = "") -> None:
        super().__init__(session, text)
        self.place = 0

    def head(self, face: Face) -> HeadText | None:
        """Return what stands above the rows, None on the lists."""
        raise NotImplementedError

    def table(self, face: Face) -> Table | None:
        """Return the rows that are shown, None for none."""
        raise NotImplementedError

    def actions(self) -> Sequence[tuple[str, Sentence]]:
        """Return the keys of this screen: each key, and what it does in a word."""
        raise NotImplementedError

    def count(self) -> int:
        """Return how many rows there are to move over."""
        return 0

    def read(self) -> None:
        """Read again what is shown: something of it may have changed."""

    def rows(self) -> int:
        """Return no list: the screen itself shows the rows."""
        return 0

    def choices(self) -> Sequence[Choice]:
        """Return none."""
        return ()

    def chose(self, place: int) -> None:
        """Take a touch on a row: the cursor goes there; on the row under it, it is Enter."""
        if place == self.place:
            self.enter()
        else:
            self.place = place

    def pick(self, place: int) -> None:
        """Take a touch on a row."""
        if 0 <= place < self.count():
            self.chose(place)

    def gesture(self, name: str) -> bool:
        """Refuse what would change a basket that is not seen here."""
        if name in OF_THE_SALE:
            self.session.refuse(Sentence("This is a key of the sale; Esc goes back to it."))
        return name in OF_THE_SALE

    def _move(self, key: str) -> None:
        last = self.count() - 1
        steps = {"up": -1, "down": 1, "pageup": -PAGE, "pagedown": PAGE, "home": -last, "end": last}
        self.move(steps.get(key, 0))

    def move(self, rows: int) -> None:
        """Move the cursor."""
        self.place = max(0, min(self.count() - 1, self.place + rows))


class Pickup:
    """The lists, and what is open over them. `from_sale`: a scan at the sale opened it."""

    def __init__(self, session: Session, lists: PickupPrompt, *, from_sale: bool) -> None:
        self.session = session
        self.lists = lists
        self.from_sale = from_sale
        self.view: PickupPrompt | None = None

    @property
    def shown(self) -> PickupPrompt:
        """What the screen shows: the open order, or the lists."""
        return self.view or self.lists

    def read(self) -> None:
        """Read again what is shown."""
        self.shown.read()

    def open(self, view: PickupPrompt) -> None:
        """Open an order, or a verdict, over the lists."""
        self.view = view
        self.session.prompt = None

    def leave_view(self) -> None:
        """Leave what is open over the lists, also while a question is asked over it."""
        if self.view is not None:
            self.view.left()
            self.view = None

    def back(self) -> None:
        """Go back to the lists, or to the sale that a scan interrupted."""
        self.view = None
        self.lists.read()
        if self.from_sale:
            self.session.pickup = None


class OrderPrompt(PickupPrompt):
    """One order with its lines; the cursor stands on a line."""

    def __init__(self, session: Session, order: Order) -> None:
        super().__init__(session)
        self.order = order

    @property
    def name(self) -> Sentence:
        """Which order it is."""
        return words.title(self.order)

    def question(self) -> Sentence:
        """Return what is asked: which order it is stands above its lines."""
        return Sentence("Order {reference}", reference=self.order.reference)

    @property
    def line(self) -> OrderLine:
        """The line under the cursor."""
        return self.order.lines[self.place]

    def count(self) -> int:
        """Return how many lines there are."""
        return len(self.order.lines)

    def table(self, face: Face) -> Table:
        """Return the lines, each with how much of it is counted here."""
        shown = self.order.lines

        def row(place: int) -> Row:
            line = shown[place]
            return words.line_row(line, self.counted(line, face), face)

        return Table(words.line_columns(self.order, face), len(shown), row)

    def counted(self, line: OrderLine, face: Face) -> words.Count:
        """Return how much of a line is done, of how much."""
        raise NotImplementedError

    def chose(self, place: int) -> None:
        """Put the cursor on the line that was touched, and no more."""
        self.place = place

    def find_line(self, raw: str) -> None:
        """Stand on the line of a scanned article. Raises Refusal `wrong_article`."""
        article = sell.article_of(self.session.desk, raw)
        places = [n for n, line in enumerate(self.order.lines) if line.sku == article.sku]
        if not places:
            raise Refusal(
                "wrong_article",
                "“{name}” is not of order {reference}.",
                name=article.name,
                reference=self.order.reference,
            )
        self.place = places[0]

    def read(self) -> None:
        """Read the order again, as it is known now."""
        orders = self.session.desk.ports.orders
        known = orders.order(self.order.order) if orders is not None else None
        if known is not None:
            self.order = known

    def _leave(self) -> None:
        """Clear what is typed first, then go back to where the clerk was."""
        if self.text:
            self.text = ""
            return
        super()._leave()
        if self.session.pickup is not None:
            self.session.pickup.back()


_PLAIN = {"tab": Sentence("Tab"), "enter": Sentence("Enter"), "escape": Sentence("Esc")}


def caps(prompt: PickupPrompt, session: Session, face: Face) -> list[Cap]:
    """Return the keys of a screen, a gesture's under the key that it has on this till."""
    found = []
    for key, text in prompt.actions():
        own = session.keys.get(key, key)
        shown = _PLAIN.get(own) or cap(own, face.say)
        found.append(Cap(face.say(shown), face.say(text), key))
    return found


def press(session: Session, name: str) -> None:
    """Take a touch on a key of the screen as the key itself."""
    key = session.keys.get(name, name)
    session.key(Typed(key, None))
