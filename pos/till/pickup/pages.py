"""The papers of the pickup desk, made from what is known of an order: now, or after a restart.

A document's name is the order's ULID, with a bag or a visit after a slash; nobody's name is in it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pos.domain.order import Contract, Order
from pos.domain.shift import instant
from pos.domain.withdrawal import deadline
from pos.domain.words import Words
from pos.papers.bag_label import BagParts, bag_label, bag_sticker
from pos.papers.label import Label
from pos.papers.page import Page
from pos.papers.picking_list import picking_list
from pos.papers.pickup_slip import SlipParts, pickup_slip, return_slip
from pos.ports.orders import HandedOver
from pos.till.desk import Desk, PageMaker
from pos.till.pickup.step import known, orders_of

LIST, BAG, SLIP, RETURN = "picking", "bag", "pickup", "return"
"""The papers of this desk."""


def page_of_list(desk: Desk, order: Order, _copy: int) -> Page:
    """Return the picking list of an order as it stands."""
    promised = instant(order.promised_at).astimezone(desk.zone) if order.promised_at else None
    return picking_list(order, promised, _words(desk))


def page_of_bag(desk: Desk, order: Order, bag: int, _copy: int) -> Page:
    """Return the label of one bag of an order."""
    return bag_label(order, BagParts(bag, bag_code(order, bag)), _words(desk))


def page_of_slip(desk: Desk, order: Order, handed: HandedOver, copy_number: int) -> Page:
    """Return the pickup slip of a hand-over, without prices.

    The term to withdraw is there for what was bought at a distance: a reservation is not. It runs
    from the last of the goods (L221-18), so that it is not there while more is kept.
    """
    at = instant(handed.at).astimezone(desk.zone)
    is_distance = order.contract is not Contract.RESERVATION and not handed.facts.rest
    parts = SlipParts(
        at=at,
        till=desk.ports.ledger.place.till,
        operator=_number(desk, handed.facts.staff),
        copy_number=copy_number,
        withdraw_until=deadline(at.date(), desk.rules.is_working) if is_distance else None,
    )
    shop = desk.rules.shop.as_seller()
    return pickup_slip(order, handed.facts, shop, parts, desk.words_in(order.language))


def page_of_return(desk: Desk, order: Order, copy_number: int) -> Page:
    """Return the slip of what came back of an order that was paid online."""
    back = [each for each in orders_of(desk).steps(order.order) if each[1].kind == "order.returned"]
    at, staff = (back[-1][0], back[-1][1].staff) if back else ("", "")
    parts = SlipParts(
        at=instant(at).astimezone(desk.zone) if at else desk.now(),
        till=desk.ports.ledger.place.till,
        operator=_number(desk, staff),
        copy_number=copy_number,
    )
    shop = desk.rules.shop.as_seller()
    return return_slip(order, shop, parts, desk.words_in(order.language))


def bag_code(order: Order, bag: int) -> str:
    """Return what the code of a bag's label says."""
    return f"BAG/{order.order}/{bag}"


def _words(desk: Desk) -> Words:
    return desk.words_in(desk.rules.ticket_language)


def _number(desk: Desk, staff: str) -> str:
    """Return the number that someone signs in with, a dash for who is gone."""
    return next((one.number for one in desk.ports.people.all() if one.ref == staff), "–")


def _list(desk: Desk, name: str) -> PageMaker | None:
    order = known(desk, name)
    return None if order is None else partial(page_of_list, desk, order)


def _bag(desk: Desk, document: str) -> PageMaker | None:
    name, _, bag = document.partition("/")
    order = known(desk, name)
    return None if order is None else partial(page_of_bag, desk, order, int(bag))


def _slip(desk: Desk, document: str) -> PageMaker | None:
    name, _, visit = document.partition("/")
    order = known(desk, name)
    if order is None:
        return None
    found = [one for one in orders_of(desk).handed(name) if one.facts.visit == int(visit)]
    return partial(page_of_slip, desk, order, found[-1]) if found else None


def _return(desk: Desk, name: str) -> PageMaker | None:
    order = known(desk, name)
    return None if order is None else partial(page_of_return, desk, order)


MAKERS: dict[str, Callable[[Desk, str], PageMaker | None]] = {
    LIST: _list,
    BAG: _bag,
    SLIP: _slip,
    RETURN: _return,
}
"""Each paper of this desk by its name, and what makes it for a document."""


def _bag_labels(desk: Desk, document: str) -> list[Label]:
    name, _, bag = document.partition("/")
    order = known(desk, name)
    return (
        []
        if order is None
        else [bag_sticker(order, BagParts(int(bag), bag_code(order, int(bag))), _words(desk))]
    )


LABEL_MAKERS: dict[str, Callable[[Desk, str], list[Label]]] = {BAG: _bag_labels}
"""Each paper that a label printer prints, and what makes its labels for a document."""
