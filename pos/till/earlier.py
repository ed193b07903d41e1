"""Finding what was printed earlier: a ticket by the number a person types, or the last of each."""

from __future__ import annotations

from itertools import takewhile

from pos.domain.events import ClosingBegun, PeriodClosed, SaleFinished
from pos.domain.events.closing import Level
from pos.till.desk import Desk

NUMBER_DIGITS = 6
"""The digits of a number in a label; a till that sells for decades needs no more."""

LAST_MOST = 8
"""The most tickets that are offered to choose from."""

CLOSINGS_MOST: dict[Level, int] = {"day": 31, "month": 12, "year": 10}
"""The most closings of each level that are offered to choose from."""


def label_of(desk: Desk, typed: str) -> str:
    """Return the label that a typed number means: digits alone are this till's present series."""
    text = typed.strip().upper()
    if text.isascii() and text.isdigit():
        return f"{_series(desk)}{int(text):0{NUMBER_DIGITS}d}"
    return text


def last_tickets(desk: Desk, most: int = LAST_MOST) -> list[SaleFinished]:
    """Return the last tickets of the till's present series, the newest first."""
    last = desk.ports.past.last_sale(training=desk.training)
    series = _series(desk)
    if last is None or not last.label.startswith(series):
        return []
    numbers = range(last.ticket, max(0, last.ticket - most), -1)
    found = (desk.ports.past.sale(f"{series}{number:0{NUMBER_DIGITS}d}") for number in numbers)
    return [sale for sale in found if sale is not None]


def last_closings(desk: Desk) -> list[PeriodClosed]:
    """Return the last days, months and years that this till closed, the newest first of each."""
    return [closed for level in CLOSINGS_MOST for closed in _closings(desk, level)]


def closed_together(desk: Desk, closed: PeriodClosed | ClosingBegun) -> list[PeriodClosed]:
    """Return the day, month and year that one closing closed, in order."""
    last = [desk.ports.books.last_closing(level) for level in CLOSINGS_MOST]
    return [one for one in last if one is not None and one.closing == closed.closing]


def unprinted(desk: Desk) -> list[PeriodClosed]:
    """Return what the till closed by itself and nobody printed, each level in its order.

    That is since a person last closed; periods in which nothing happened need no paper.
    """
    return [closed for level in CLOSINGS_MOST for closed in reversed(_unprinted(desk, level))]


def _unprinted(desk: Desk, level: Level) -> list[PeriodClosed]:
    newest = desk.ports.books.last_closing("day")
    found = _closings(desk, level)
    if found and newest is not None and found[0].closing == newest.closing:
        found = found if newest.caught_up else found[1:]
    return [
        one
        for one in takewhile(lambda closed: closed.caught_up, found)
        if (one.figures.tickets or one.figures.counters)
        and desk.ports.past.copies(one.label, "closing") == 0
    ]


def _closings(desk: Desk, level: Level) -> list[PeriodClosed]:
    """A till numbers its closings without a gap, so that they are found by their numbers."""
    books = desk.ports.books
    last = books.last_closing(level)
    if last is None:
        return []
    numbers = range(last.number, max(0, last.number - CLOSINGS_MOST[level]), -1)
    found = (books.closing_numbered(level, number) for number in numbers)
    return [closed for closed in found if closed is not None]


def _series(desk: Desk) -> str:
    place = desk.ports.ledger.place
    return f"{place.till}-{place.epoch}-{'X' if desk.training else ''}"
