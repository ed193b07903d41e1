"""What went back of a ticket: on disk, and in every basket that is still open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pos.domain.basket import Basket
from pos.domain.errors import Refusal
from pos.domain.events import SaleFinished
from pos.domain.refund import check_lines
from pos.ports import GivenBack
from pos.till.desk import Desk


def ticket_of(desk: Desk, label: str) -> SaleFinished:
    """Return the sale of a ticket's label, if goods may come back by it.

    Raises Refusal: `unknown_ticket`, `purged_ticket`, `training_ticket` or `real_ticket`.
    """
    sale = desk.ports.past.sale(label)
    if sale is None:
        raise Refusal(
            "unknown_ticket",
            "This till has no ticket {ticket}; check its number, or give the goods back without"
            " a ticket.",
            ticket=label,
        )
    if desk.ports.past.is_purged(label):
        raise Refusal(
            "purged_ticket",
            "Ticket {ticket} left this till with an archive, so that nobody sees here what came"
            " back of it; give the goods back without a ticket.",
            ticket=label,
        )
    if sale.training and not desk.training:
        raise Refusal(
            "training_ticket",
            "Ticket {ticket} was played in training: nothing was paid on it.",
            ticket=label,
        )
    if desk.training and not sale.training:
        raise Refusal(
            "real_ticket",
            "Ticket {ticket} is a real one; leave training first.",
            ticket=label,
        )
    return sale


def given_back(desk: Desk, label: str) -> GivenBack:
    """Return what went back of a ticket, and what open and parked baskets are about to."""
    return _plus(desk.ports.past.given_back(label), label, (one.basket for one in desk.baskets()))


def _plus(past: GivenBack, label: str, baskets: Iterable[Basket]) -> GivenBack:
    lines, tenders = dict(past.lines), dict(past.tenders)
    for basket in baskets:
        for line in basket.lines:
            of = line.returned
            if of is not None and of.ticket == label:
                quantity, amount = lines.get(of.line, (0, 0))
                lines[of.line] = (quantity - line.quantity, amount + of.amount)
        for tender in basket.tenders:
            if tender.origin == label:
                tenders[tender.method] = tenders.get(tender.method, 0) - tender.amount
    return GivenBack(lines, tenders)


def check_returns(desk: Desk, basket: Basket) -> None:
    """Refuse a basket that gives back more of a ticket than is left of it.

    `basket` is, or is about to be, that of whoever is signed in; what the other open and parked
    baskets give back counts as gone. Raises Refusal as `check_lines` does.
    """
    mine = desk.mine()
    _check(desk, basket, [one.basket for one in desk.baskets() if one is not mine])


def check_on_disk(desk: Desk, basket: Basket) -> None:
    """Refuse a basket that gives back more of a ticket than is left of it on disk by now.

    That is all that may keep a basket that is paid from being a sale; see `check_returns`.
    """
    _check(desk, basket, ())


def _check(desk: Desk, basket: Basket, others: Sequence[Basket]) -> None:
    for label in {line.returned.ticket for line in basket.lines if line.returned} - {""}:
        back = _plus(desk.ports.past.given_back(label), label, others)
        check_lines(ticket_of(desk, label), basket.lines, back.lines)
