"""The verbs of refunds: a ticket opened, lines of it taken back, a sale voided.

    ticket 3                     return 2 abîmé               return 1 2 trop acheté
    return T01-K1-000003 2 abîmé void-sale T01-K1-000003 erreur
    return-article 2400000000013 1 1.30 rassis

A line is named by its number on the ticket that was opened or scanned last, or on the one that is
named; a quantity may follow, all that is left of the line otherwise.
"""

from __future__ import annotations

from pos.console import typed
from pos.console.console import Console, Gesture, Unexpected
from pos.domain.money import parse_amount
from pos.domain.typed import thousandths
from pos.till import refund, sell
from pos.till.desk import Loan
from pos.till.earlier import label_of


def _ticket(console: Console, rest: str) -> str:
    return console.open_ticket(label_of(console.desk, rest))


def _named(console: Console, rest: str) -> tuple[str, str]:
    """Return the ticket that the words begin with, else the opened one; and the rest."""
    first, _, more = rest.partition(" ")
    if refund.is_label(first):
        return first, more.strip()
    if console.ticket is None:
        raise Unexpected("no ticket is open; `ticket NUMBER` opens one")
    return console.ticket.sale.label, rest


def _return(console: Console, rest: str) -> str:
    label, words = _named(console, rest)
    line, _, after = words.partition(" ")
    n = typed.number(line)
    quantity, reason = typed.quantity_first(after.strip())

    def give_back(loan: Loan | None) -> str:
        refund.return_line(console.desk, label, n, quantity, reason, loan)
        return console.total()

    return console.guarded(give_back)


def _return_article(console: Console, rest: str) -> str:
    code, quantity, price, reason = [*rest.split(" ", 3), "", "", "", ""][:4]
    article = sell.article_of(console.desk, code)
    thousandth, unit_price = thousandths(quantity), parse_amount(price)

    def give_back(loan: Loan | None) -> str:
        refund.return_article(console.desk, article, thousandth, unit_price, reason, loan)
        return console.total()

    return console.guarded(give_back)


def _void_sale(console: Console, rest: str) -> str:
    label, reason = _named(console, rest)

    def void(loan: Loan | None) -> str:
        refund.void_sale(console.desk, label, reason, loan)
        return console.total()

    return console.guarded(void)


VERBS: dict[str, Gesture] = {
    "ticket": _ticket,
    "return": _return,
    "return-article": _return_article,
    "void-sale": _void_sale,
}
