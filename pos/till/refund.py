"""Goods come back: by the ticket they were sold on, or without one; a whole ticket is voided.

They join the basket as lines that give back what was paid for them, beside what is bought instead;
what the basket then owes goes back as it was paid, see `pos.till.payback`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pos.domain.basket import Basket, Returned, check_price, check_quantity
from pos.domain.cash import check_reason
from pos.domain.catalogue import Article
from pos.domain.errors import Refusal
from pos.domain.events import SaleFinished
from pos.domain.line import Line, ReturnOf
from pos.domain.money import line_amount
from pos.domain.refund import Refundable, refundable, returned_line
from pos.domain.staff import Permission
from pos.domain.words import Amount
from pos.till.counter import show_basket
from pos.till.desk import Desk, Loan
from pos.till.given import given_back, ticket_of
from pos.till.offer import check_limit
from pos.till.payback import pay_back as pay_back
from pos.till.payback import ways_back as ways_back

_LABEL = re.compile(r"[A-Z][A-Z0-9]{0,7}-K\d{1,9}(?:X[0-9A-Z]+)?-X?\d{6,12}")


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """An earlier ticket, and what of it may still come back."""

    sale: SaleFinished
    lines: Sequence[Refundable]


def is_label(text: str) -> bool:
    """Tell whether a scan is the code of a ticket.

    >>> [is_label(text) for text in ("T01-K1-000012", "T01-K1-X000003", "3760000000017")]
    [True, True, False]
    """
    return _LABEL.fullmatch(text.strip().upper()) is not None


def open_ticket(desk: Desk, label: str) -> OpenTicket:
    """Return a ticket by its label and what may still come back, open baskets counted.

    Raises Refusal: `unknown_ticket`, and `training_ticket` or `real_ticket` where one is played
    and the other not.
    """
    sale = ticket_of(desk, label.strip().upper())
    return OpenTicket(sale, refundable(sale, given_back(desk, sale.label).lines))


def return_line(
    desk: Desk, label: str, n: int, quantity: int | None, reason: str, loan: Loan | None = None
) -> Basket:
    """Give back `quantity` thousandths of line `n` of a ticket (None: all that is left).

    Permission `refund`; a ticket older than the shop takes goods back for needs
    `refund_without_ticket`. Raises Refusal as `open_ticket` does, `nothing_left`, `over_returned`,
    `bad_quantity`, `part_of_a_piece`, `no_reason`.
    """
    opened = open_ticket(desk, label)
    back = given_back(desk, opened.sale.label).lines
    left = next((one.quantity for one in opened.lines if one.n == n), 0)
    wanted = left if quantity is None else quantity
    number = desk.basket.next_line
    line = returned_line(number, opened.sale, n, wanted, back, reason=reason)
    is_late = _is_late(desk, opened.sale)
    permission = Permission.REFUND_WITHOUT_TICKET if is_late else Permission.REFUND
    return _returned(desk, [line], permission, loan)


def _is_late(desk: Desk, sale: SaleFinished) -> bool:
    most = desk.rules.refunds.days
    age = desk.business_day() - date.fromisoformat(sale.business_day)
    return bool(most) and age.days > most


def return_article(
    desk: Desk,
    article: Article,
    quantity: int,
    unit_price: int,
    reason: str,
    loan: Loan | None = None,
) -> Basket:
    """Give back `quantity` thousandths of an article that comes without a ticket, at a price.

    Permission `refund_without_ticket`. Raises Refusal `without_ticket_most` when the basket gave
    back more than the shop allows, and what no line can be: `bad_quantity`, `part_of_a_piece`,
    `too_many`, `bad_price`, `no_reason`, `unknown_vat`.
    """
    check_quantity(quantity, article.unit)
    check_limit(desk, quantity, article.unit)
    check_price(unit_price)
    amount = line_amount(unit_price, quantity)
    _check_without_ticket(desk, amount)
    vat = desk.vat_of(article)
    line = Line(
        n=desk.basket.next_line,
        sku=article.sku,
        name=article.name,
        vat=vat,
        unit_price=unit_price,
        quantity=-quantity,
        unit=article.unit,
        code=article.codes[0] if article.codes else "",
        department=article.department,
        meal_voucher=article.meal_voucher,
        eco=article.eco,
        returned=ReturnOf(amount=amount, vat_rate=desk.rate_of(vat), reason=check_reason(reason)),
    )
    return _returned(desk, [line], Permission.REFUND_WITHOUT_TICKET, loan)


def _check_without_ticket(desk: Desk, amount: int) -> None:
    most = desk.rules.refunds.without_ticket_most
    already = sum(
        line.returned.amount
        for line in desk.basket.lines
        if line.returned and not line.returned.ticket
    )
    if already + amount > most:
        raise Refusal(
            "without_ticket_most",
            "Without a ticket this shop gives back {most} at most; find the ticket.",
            most=Amount(most),
        )


def void_sale(desk: Desk, label: str, reason: str, loan: Loan | None = None) -> Basket:
    """Undo a whole ticket: all that may still come back of it, in a basket of its own.

    Permission `void_sale`. Raises Refusal as `open_ticket` does, `basket_open`, `no_reason`,
    `nothing_left`, and `gave_back` for a ticket on which goods came back: that is not undone.
    """
    opened = open_ticket(desk, label)
    sale = opened.sale
    if not desk.basket.is_empty:
        raise Refusal("basket_open", "Finish this basket or put it aside before voiding a ticket.")
    if any(line.returned for line in sale.lines):
        raise Refusal(
            "gave_back",
            "Goods came back on ticket {ticket}, so it cannot be voided; give back what was"
            " bought on it line by line.",
            ticket=sale.label,
        )
    if not opened.lines:
        raise Refusal(
            "all_given_back",
            "All of ticket {ticket} was given back already.",
            ticket=sale.label,
        )
    back, first = given_back(desk, sale.label).lines, desk.basket.next_line
    lines = [
        returned_line(number, sale, one.n, one.quantity, back, reason=reason, void=True)
        for number, one in enumerate(opened.lines, first)
    ]
    return _returned(desk, lines, Permission.VOID_SALE, loan)


def _returned(
    desk: Desk, lines: Sequence[Line], permission: Permission, loan: Loan | None
) -> Basket:
    basket = desk.guarded_step(Returned(lines=tuple(lines)), permission, loan)
    desk.armed_quantity = None
    desk.ports.sound.play("accepted")
    show_basket(desk, basket.last)
    return basket
