"""What the customer reads on a second screen, in whole views, after the fact is safe."""

from __future__ import annotations

from pos.domain.events import SaleFinished
from pos.domain.line import Line
from pos.domain.words import Amount, Sentence, Words
from pos.papers.customer import LINES_MOST, CustomerLine, CustomerView
from pos.till.desk import Desk

BASKET_S = 600
"""How long a basket that nobody touches stays on the customers' screen."""


def show_basket(desk: Desk) -> None:
    """Show the basket's last lines and what is due."""
    screen = desk.ports.customer
    if screen is None:
        return
    words, basket = desk.words(), desk.basket
    notes = []
    if basket.ticket_discount_amount:
        off = Amount(-basket.ticket_discount_amount)
        notes.append(words.say(Sentence("Ticket discount {amount}", amount=off)))
    is_part = bool(basket.tenders)
    paid = (words.say(Sentence("Paid")), words.amount(basket.paid)) if is_part else ("", "")
    label = Sentence("TO PAY BACK") if basket.due < 0 else Sentence("STILL DUE")
    screen.show(
        CustomerView(
            "basket",
            shop=desk.rules.shop.name,
            lines=tuple(_line(line, words) for line in basket.lines[-LINES_MOST:]),
            label=words.say(label if is_part or basket.due < 0 else Sentence("TOTAL")),
            amount=words.amount(abs(basket.due)),
            second=paid,
            notes=tuple(notes),
            mark=_mark(desk),
            keep_s=BASKET_S,
        )
    )


def _line(line: Line, words: Words) -> CustomerLine:
    quantity = words.quantity(line.quantity, line.unit.value)
    note = ""
    if line.discount_amount and line.returned is None:
        name = line.promotion.name if line.promotion and not line.discount else ""
        name = name or words.say(Sentence("Discount"))
        note = f"{name} {words.amount(-line.discount_amount)}"
    return CustomerLine(line.name, quantity, words.amount(line.total), note)


def show_weighing(desk: Desk, name: str, grams: int, price: int, amount: int) -> None:
    """Show what lies on the scale and what it costs, before it is taken."""
    screen, words = desk.ports.customer, desk.words()
    if screen is None:
        return
    cost = (words.say(Sentence("Price")), words.amount(amount))
    each = words.say(Sentence("{price} a kilogram", price=Amount(price)))
    screen.show(
        CustomerView(
            "weighing",
            shop=desk.rules.shop.name,
            label=name,
            amount=words.quantity(grams, "kg"),
            second=cost if price else ("", ""),
            notes=(each,) if price else (),
            mark=_mark(desk),
            keep_s=BASKET_S,
        )
    )


def show_paid(desk: Desk, sale: SaleFinished) -> None:
    """Show the total and the change, or what was paid back, for a while."""
    screen = desk.ports.customer
    if screen is None:
        return
    words = desk.words()
    back = -sum(tender.amount for tender in sale.tenders if tender.amount < 0)
    label, amount = Sentence("TOTAL"), sale.total
    if back or sale.change:
        label, amount = (Sentence("PAID BACK"), back) if back else (Sentence("CHANGE"), sale.change)
    total = (words.say(Sentence("TOTAL")), words.amount(sale.total))
    screen.show(
        CustomerView(
            "paid",
            shop=desk.rules.shop.name,
            label=words.say(label),
            amount=words.amount(amount),
            second=total if amount != sale.total else ("", ""),
            notes=(words.say(Sentence("Thank you, see you soon")),),
            mark=_mark(desk),
            keep_s=desk.rules.customer_s,
        )
    )


def show_welcome(desk: Desk) -> None:
    """Show the shop's name between two customers."""
    if desk.ports.customer is not None:
        welcome = desk.words().say(Sentence("Welcome"))
        shop = desk.rules.shop.name
        view = CustomerView("welcome", shop=shop, welcome=welcome, mark=_mark(desk))
        desk.ports.customer.show(view)


def show_number(desk: Desk, number: str) -> None:
    """Call a customer who came for an order by their number."""
    if desk.ports.customer is not None and number:
        label = desk.words().say(Sentence("Your turn"))
        shop, keep_s = desk.rules.shop.name, desk.rules.customer_s
        view = CustomerView("called", shop=shop, label=label, number=number, keep_s=keep_s)
        desk.ports.customer.show(view)


def _mark(desk: Desk) -> str:
    return desk.ports.fiscal.training_mark() if desk.training else ""
