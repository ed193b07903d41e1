"""The gestures of selling: what each key does with what was typed before it.

An amount or a quantity is typed first and the key says what it is for, so that most gestures need
no prompt; a key with nothing typed asks, or takes the obvious value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos.domain.catalogue import Unit
from pos.domain.errors import Refusal
from pos.domain.line import Line
from pos.domain.words import Quantity, Sentence
from pos.screens.dialogs.abandon import AbandonPrompt
from pos.screens.dialogs.discount import DiscountPrompt, TicketDiscountPrompt
from pos.screens.dialogs.parked import ParkedPrompt
from pos.screens.dialogs.search import SearchPrompt
from pos.screens.dialogs.sign_in import SignIn
from pos.screens.dialogs.stock import StockPrompt
from pos.screens.dialogs.value import PricePrompt, QuantityPrompt
from pos.screens.prompt import TEXT_MOST
from pos.screens.typing import starts_a_name, typed_quantity
from pos.screens.wedge import Typed
from pos.till import sell

if TYPE_CHECKING:
    from pos.screens.session import Session

PAGE = 10
_MOVES = {"up": -1, "down": 1, "pageup": -PAGE, "pagedown": PAGE}


def chosen_line(session: Session) -> Line:
    """Return the line that a gesture means: the one under the cursor, or the last one.

    Raises Refusal `empty_basket`.
    """
    basket = session.desk.basket
    line = basket.last if session.cursor is None else basket.line(session.cursor)
    if line is None:
        raise Refusal("empty_basket", "The basket is empty; scan an article first.")
    return line


def sale_key(session: Session, typed: Typed) -> None:
    """Take a key while nothing is asked."""
    if typed.character is None:
        _bare_key(session, typed.key)
    elif typed.character == "*":
        multiply(session)
    elif starts_a_name(typed.character):
        search(session, session.take_text() + typed.character)
    elif len(session.text) < TEXT_MOST:
        session.text += typed.character


def _bare_key(session: Session, key: str) -> None:
    """Take a key that has no character."""
    if key == "enter":
        if session.text:
            session.offered(sell.scan(session.desk, session.take_text()))
    elif key == "backspace":
        session.text = session.text[:-1]
    elif key == "delete":
        session.text = ""
    elif key == "escape":
        _step_back(session)
    elif key in _MOVES:
        move_cursor(session, _MOVES[key])
    elif key in ("home", "end"):
        move_cursor(session, (1 if key == "end" else -1) * len(session.desk.basket.lines))


def _step_back(session: Session) -> None:
    if session.text:
        session.text = ""
    else:
        session.cursor = session.desk.armed_quantity = None


def move_cursor(session: Session, rows: int) -> None:
    """Move the cursor over the lines; on the last line it follows the scans again."""
    lines = session.desk.basket.lines
    if not lines:
        return
    places = [line.n for line in lines]
    here = len(lines) - 1 if session.cursor not in places else places.index(session.cursor)
    there = max(0, min(len(lines) - 1, here + rows))
    session.cursor = None if there == len(lines) - 1 else places[there]


def multiply(session: Session) -> None:
    """Keep the typed quantity for the next article; with nothing typed, ask for a quantity."""
    if not session.text:
        quantity(session)
        return
    text = session.take_text()
    sell.arm_quantity(session.desk, typed_quantity(text, Unit.PIECE))


def quantity(session: Session) -> None:
    """Set the chosen line's quantity, or the next article's when there is no line."""
    text = session.take_text()
    if session.desk.basket.last is None:
        if not text:
            raise Refusal("no_quantity", "Type the quantity first, then this key.")
        sell.arm_quantity(session.desk, typed_quantity(text, Unit.PIECE))
        return
    line = chosen_line(session)
    if not text:
        session.ask(QuantityPrompt(session, line))
        return
    wanted = typed_quantity(text, line.unit)
    said = Sentence(
        "“{name}”: quantity {quantity}.",
        name=line.name,
        quantity=Quantity(wanted, line.unit.value),
    )
    session.guarded(
        lambda loan: sell.set_quantity(session.desk, line.n, wanted, loan),
        lambda: session.say(said),
    )


def void_line(session: Session) -> None:
    """Take the chosen line out."""
    line = chosen_line(session)

    def done() -> None:
        session.cursor = None
        session.say(Sentence("“{name}” is taken out.", name=line.name))

    session.guarded(lambda loan: sell.void_line(session.desk, line.n, loan), done)


def undo(session: Session) -> None:
    """Take the last step back."""
    sell.undo(session.desk)
    session.cursor = None
    session.say(Sentence("The last step is taken back."))


def search(session: Session, text: str = "") -> None:
    """Look for an article by its name."""
    session.ask(SearchPrompt(session, text))


def stock(session: Session) -> None:
    """Show the stock of the article whose code was typed, else of the chosen line's."""
    text = session.take_text()
    if text:
        article = sell.article_of(session.desk, text)
        session.ask_aside(StockPrompt(session, article.sku, article.name, article.unit))
        return
    line = chosen_line(session)
    session.ask_aside(StockPrompt(session, line.sku, line.name, line.unit))


def discount(session: Session) -> None:
    """Discount the chosen line."""
    session.ask(DiscountPrompt(session, session.take_text(), chosen_line(session)))


def ticket_discount(session: Session) -> None:
    """Discount the whole ticket."""
    chosen_line(session)
    session.ask(TicketDiscountPrompt(session, session.take_text()))


def price(session: Session) -> None:
    """Replace the chosen line's price."""
    line = chosen_line(session)
    prompt = PricePrompt(session, line, session.take_text())
    session.ask(prompt)
    if prompt.text:
        prompt.enter()


def park(session: Session) -> None:
    """Put the basket aside."""
    sell.park(session.desk)
    session.cursor = None
    session.say(Sentence("The basket is put aside."))


def recall(session: Session) -> None:
    """Take up the basket that is put aside, or ask which."""
    if len(session.desk.parked) > 1:
        session.ask(ParkedPrompt(session))
    else:
        sell.recall(session.desk)
        session.cursor = None


def abandon(session: Session) -> None:
    """End the basket with no sale."""
    if not session.desk.basket.is_empty:
        session.ask(AbandonPrompt(session))


def cashier(session: Session) -> None:
    """Let someone else take the till; each one's basket stays theirs."""
    session.ask(SignIn(session))
