"""Every paper that can be made from the journal alone: now, as a copy, after a restart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from zoneinfo import ZoneInfo

from pos.domain.events import PeriodClosed, SaleFinished
from pos.domain.shift import instant
from pos.papers.gift import gift
from pos.papers.label import Label
from pos.papers.page import Align, Page, Text
from pos.papers.report import ClosingParts, closing_page
from pos.papers.ticket import TicketParts, ticket
from pos.till.cards import slip_of
from pos.till.desk import Desk, PageMaker
from pos.till.pickup.pages import LABEL_MAKERS, MAKERS
from pos.till.slips import slip_page


def page_of(desk: Desk, sale: SaleFinished, copy_number: int) -> Page:
    """Return the ticket's paper, as it is printed, shown or mailed.

    It rests on the facts of the sale alone, so that a copy is the same whatever changed since:
    the shop, its people, the language of the screen.
    """
    parts = TicketParts(
        at=instant(sale.at).astimezone(ZoneInfo(sale.zone)),
        fiscal=desk.ports.fiscal.ticket_block(sale, copy_number),
    )
    return _marked(desk, sale, ticket(sale, parts, desk.words_in(sale.language)))


def page_of_gift(desk: Desk, sale: SaleFinished) -> Page:
    """Return the gift receipt of a sale: every one of them is the same."""
    at = instant(sale.at).astimezone(ZoneInfo(sale.zone))
    return _marked(desk, sale, gift(sale, at, desk.words_in(sale.language)))


def _marked(desk: Desk, sale: SaleFinished, page: Page) -> Page:
    """Return the paper of a sale; one that was played says so before anything else."""
    if not sale.training:
        return page
    mark = Text(desk.ports.fiscal.training_mark(), Align.CENTER, bold=True, size=2)
    return replace(page, blocks=(mark, *page.blocks))


def page_of_closing(desk: Desk, closed: PeriodClosed, copy_number: int) -> Page:
    """Return the paper of a closing; it rests on its facts alone, as a ticket does."""
    zone = ZoneInfo(closed.zone)
    parts = ClosingParts(
        since=instant(closed.since).astimezone(zone),
        at=instant(closed.at).astimezone(zone),
        fiscal=desk.ports.fiscal.closing_block(closed, copy_number),
    )
    return closing_page(closed, parts, desk.words_in(closed.language))


def maker_of(desk: Desk, paper: str, document: str) -> PageMaker | None:
    """Return what makes a paper again; None for one that the journal does not hold (a report)."""
    maker = _MAKERS.get(paper)
    return maker(desk, document) if maker is not None else None


def _ticket(desk: Desk, label: str) -> PageMaker | None:
    sale = desk.ports.past.sale(label)
    return partial(page_of, desk, sale) if sale is not None else None


def _gift(desk: Desk, label: str) -> PageMaker | None:
    sale = desk.ports.past.sale(label)
    return None if sale is None else lambda _copy: page_of_gift(desk, sale)


def _closing(desk: Desk, label: str) -> PageMaker | None:
    closed = desk.ports.books.closing(label)
    return partial(page_of_closing, desk, closed) if closed is not None else None


def _slip(desk: Desk, label: str) -> PageMaker | None:
    return partial(slip_page, desk, label) if desk.ports.books.cash_move(label) else None


def _card(desk: Desk, request: str) -> PageMaker | None:
    page = slip_of(desk, request)
    return None if page is None else lambda _copy: page


def labels_of(desk: Desk, paper: str, document: str) -> list[Label]:
    """Return the labels of a document of the pickup desk; none for what nobody knows."""
    return LABEL_MAKERS[paper](desk, document)


_MAKERS: dict[str, Callable[[Desk, str], PageMaker | None]] = {
    "ticket": _ticket,
    "gift": _gift,
    "closing": _closing,
    "cash": _slip,
    "card": _card,
    **MAKERS,
}
