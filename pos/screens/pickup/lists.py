"""The three worklists, searched by what is typed, and the way into an order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pos.domain.errors import Refusal
from pos.domain.order import Order
from pos.domain.pickup_pass import short_code
from pos.domain.words import Sentence
from pos.screens.dialogs.print_question import print_and_say
from pos.screens.face import Face
from pos.screens.pickup import words
from pos.screens.pickup.head import HeadText
from pos.screens.pickup.place import PickupPrompt
from pos.screens.wedge import Typed
from pos.screens.widgets.listing import Table
from pos.till.pickup import picking, worklists

if TYPE_CHECKING:
    from pos.screens.session import Session

TABS = (Sentence("To pick"), Sentence("To collect"), Sentence("To put back"))
"""The worklists, in the order of their names at the top."""

OLD_S = 120
"""From how many seconds on the age of the orders is told."""

TURNS = {"tab": 1, "right": 1, "left": -1}


class ListsPrompt(PickupPrompt):
    """Rows of orders; what is typed looks for one by number or name in every list."""

    def __init__(
        self,
        session: Session,
        open_order: Callable[[Order], None],
        open_code: Callable[[str], None],
    ) -> None:
        super().__init__(session)
        self._open_order, self._open_code = open_order, open_code
        self.tab = 0
        self._chosen = ["", "", ""]
        self._lists: tuple[tuple[Order, ...], ...] = ((), (), ())
        self._found: tuple[Order, ...] = ()
        self._read: worklists.Worklists | None = None
        self.read()

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Search")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        if self.text:
            return Sentence("Enter: open · Esc: whole list")
        return Sentence("Scan a pass, or type name or code")

    def age(self, face: Face) -> str:
        """Return since when nothing was heard of the orders, "" while that is a moment ago."""
        desk, orders = self.session.desk, self.session.desk.ports.orders
        told = "" if orders is None else orders.read_at()
        at = words.moment(desk, told)
        if at is None or (desk.now() - at).total_seconds() < OLD_S:
            return ""
        return face.say(Sentence("as of {time}", time=words.clock(desk, told)))

    def key(self, typed: Typed) -> None:
        """Take a key; whoever presses one here has seen what is new."""
        self.session.saw_orders()
        super().key(typed)

    def gesture(self, name: str) -> bool:
        """Print the picking list of the order under the cursor; search here, not an article."""
        if name == "search":
            self.text = ""
        elif name == "print":
            self._print()
        else:
            return super().gesture(name)
        return True

    def _print(self) -> None:
        if not self.count():
            raise Refusal("no_order", "There is no order in this list.")
        desk, order = self.session.desk, self.shown[self.place]
        print_and_say(self.session, lambda _loan: picking.print_list(desk, order))

    def head(self, _face: Face) -> HeadText | None:
        """Return none: the names of the lists stand there."""
        return None

    def table(self, face: Face) -> Table:
        """Return the rows of the list that is shown."""
        desk, tab, shown = self.session.desk, self.tab, self.shown
        now = desk.now()
        return Table(
            words.columns(tab, face),
            len(shown),
            lambda place: words.row(tab, desk, shown[place], face),
            words.empty(tab, face, self.text),
            as_of=(self._read, self.text, tab, face.words, f"{now:%d %H:%M}"),
        )

    def actions(self) -> Sequence[tuple[str, Sentence]]:
        """Return the keys of the lists."""
        return (
            ("enter", Sentence("Open")),
            ("tab", Sentence("Next list")),
            ("print", Sentence("Picking list")),
            ("escape", Sentence("To the sale")),
            ("help", Sentence("Help")),
            ("cashier", Sentence("Cashier")),
        )

    @property
    def shown(self) -> Sequence[Order]:
        """The orders that are shown: the list, or what the search found."""
        return self._found if self.text.strip() else self._lists[self.tab]

    def counts(self) -> list[int]:
        """Return how many orders each list holds."""
        return [len(one) for one in self._lists]

    def count(self) -> int:
        """Return how many rows there are."""
        return len(self.shown)

    def read(self) -> None:
        """Read the lists again where something changed; the cursor stays on its order."""
        self.session.hear_orders()
        read = self.session.worklists
        if read is self._read:
            return
        self._read = read
        self._lists = (read.to_pick, read.to_collect, read.to_put_back)
        if self.text.strip():
            self._found = tuple(worklists.find(self.session.desk, self.text))
        self._find_chosen()

    def _find_chosen(self) -> None:
        wanted = self._chosen[self.tab]
        places = (n for n, order in enumerate(self.shown) if order.order == wanted)
        self.place = next(places, max(0, min(self.place, self.count() - 1)))
        self._remember()

    def _remember(self) -> None:
        if not self.text.strip() and self.place < self.count():
            self._chosen[self.tab] = self.shown[self.place].order

    def move(self, rows: int) -> None:
        """Move the cursor; it follows its order when others come before it."""
        super().move(rows)
        self._remember()

    def chose(self, place: int) -> None:
        """Open the order that was touched."""
        self.place = place
        self._remember()
        self.enter()

    def turn_to(self, tab: int) -> None:
        """Show another list, from where the cursor was in it."""
        self._remember()
        self.text, self.tab, self.place = "", tab, 0
        self._find_chosen()

    def _move(self, key: str) -> None:
        if key in TURNS:
            self.turn_to((self.tab + TURNS[key]) % len(TABS))
        else:
            super()._move(key)

    def changed(self) -> None:
        """Search again."""
        self.place = 0
        text = self.text.strip()
        self._found = tuple(worklists.find(self.session.desk, text)) if text else ()
        if not text:
            self._find_chosen()

    def enter(self) -> None:
        """Open the order under the cursor; what finds none may be a short code."""
        if self.count():
            self._remember()
            self._open_order(self.shown[self.place])
        elif short_code(self.text) is not None:
            code, self.text = self.text, ""
            self._open_code(code)

    def _leave(self) -> None:
        """Clear the search first, then go back to the sale."""
        if self.text:
            self.text = ""
            self._find_chosen()
        else:
            super()._leave()
            self.session.pickup = None
