"""What the customer sees, after the fact is safe: the pole display's two lines, a second screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos.domain.events import SaleFinished
from pos.domain.line import Line
from pos.domain.words import Amount, Sentence
from pos.till import customer
from pos.till.desk import Desk

if TYPE_CHECKING:
    from pos.till.weighing import Weighing

WIDTH = 20


def two_ends(left: str, right: str) -> str:
    """Return one display line: left text cut to leave the right one whole.

    >>> two_ends("Pain de campagne complet", "3,20 €")
    'Pain de campa 3,20 €'
    """
    right = right[-WIDTH:]
    room = WIDTH - len(right) - 1
    return f"{left[: max(room, 0)]:<{max(room, 0)}} {right}"[-WIDTH:]


def show_basket(desk: Desk, line: Line | None) -> None:
    """Show the line just changed and the total."""
    customer.show_basket(desk)
    if desk.ports.display is None:
        return
    words = desk.words()
    upper = two_ends(line.name, words.amount(line.total)) if line else ""
    lower = two_ends(words.say(Sentence("TOTAL")), words.amount(desk.basket.total))
    desk.ports.display.show(upper, lower)


def show_weighing(desk: Desk, weighing: Weighing) -> None:
    """Show what lies on the scale and what it costs: the customer may see it before it is taken."""
    if weighing.seen is None or not weighing.price:
        return
    customer.show_weighing(desk, weighing.text, weighing.seen, weighing.price, weighing.amount)
    if desk.ports.display is not None:
        words = desk.words()
        each = words.say(Sentence("{price}/kg", price=Amount(weighing.price)))
        desk.ports.display.show(
            two_ends(weighing.text, words.quantity(weighing.seen, "kg")),
            two_ends(each, words.amount(weighing.amount)),
        )


def show_paid(desk: Desk, sale: SaleFinished) -> None:
    """Show the total and the change, or what was paid back."""
    customer.show_paid(desk, sale)
    if desk.ports.display is None:
        return
    words = desk.words()
    back = -sum(tender.amount for tender in sale.tenders if tender.amount < 0)
    what, amount = (Sentence("Paid back"), back) if back else (Sentence("Change"), sale.change)
    desk.ports.display.show(
        two_ends(words.say(Sentence("TOTAL")), words.amount(sale.total)),
        two_ends(words.say(what), words.amount(amount)),
    )


def show_welcome(desk: Desk) -> None:
    """Show the shop's name between two customers."""
    customer.show_welcome(desk)
    if desk.ports.display is not None:
        welcome = desk.words().say(Sentence("Welcome"))
        desk.ports.display.show(desk.rules.shop.name[:WIDTH], welcome[:WIDTH])
