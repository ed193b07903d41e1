"""Reports: the open day looked at (X), papers of closings, figures as a file, days compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Literal

from pos.domain.cash import drawer_number
from pos.domain.closing import Mean, mean_of
from pos.domain.errors import Refusal
from pos.domain.events import Figures, PeriodClosed, ReportMade
from pos.domain.shift import instant
from pos.domain.staff import Permission
from pos.papers.day_csv import day_csv
from pos.papers.report import DayReport, DrawerNow, day_page
from pos.ports import ShiftState
from pos.till.closing_steps import start_of
from pos.till.desk import Desk, Loan
from pos.till.pages import page_of_closing
from pos.till.tickets import print_paper

WEEK = timedelta(days=7)
WEEKS = 4
"""How many of the last same weekdays make a mean."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The open day against the same weekday: a week ago, and the mean of the last four.

    A day on which nothing was sold is no day to compare with.
    """

    today: Figures
    last_week: Figures | None
    mean: Mean | None


def x_report(desk: Desk, loan: Loan | None = None) -> DayReport:
    """Return the open day as it stands (permission `reports`); who looked is written down.

    What a drawer should hold is hidden from everyone until it was counted, and again once cash
    moved since. The tenders of the day are not: who counts blind does not look at the X first.
    """
    _permitted(desk, _made(desk, "x"), loan)
    return _day_report(desk)


def print_x(desk: Desk, loan: Loan | None = None) -> None:
    """Print the open day as it stands (X); Refusal `no_printer` where there is none."""
    _permitted(desk, _made(desk, "print"), loan)
    page = day_page(_day_report(desk), desk.words_in(desk.rules.ticket_language))
    print_paper(desk, "report", page.title, lambda _copy: page)


def print_closing(desk: Desk, label: str, loan: Loan | None = None) -> int:
    """Print the paper of a closing; return 0 for the original, or the number of the duplicata.

    Permission `reports`, for copies as well. Raises Refusal `no_closing` for a label that none
    bears, and what printing refuses.
    """
    closed = _closing(desk, label)
    make = partial(page_of_closing, desk, closed)
    return print_paper(desk, "closing", label, make, loan, permission=Permission.REPORTS)


def print_closed(desk: Desk, closed: PeriodClosed) -> None:
    """Print the paper of a closing that whoever is signed in just made, see `print_closing`."""
    print_paper(desk, "closing", closed.label, partial(page_of_closing, desk, closed))


def figures_file(desk: Desk, label: str | None = None, loan: Loan | None = None) -> str:
    """Return the figures of a closing, or of the open day for None, as the text of a CSV file.

    Permission `reports`; that a file was asked for is written down. See `pos.papers.day_csv`.
    """
    closed = _closing(desk, label) if label is not None else None
    _permitted(desk, _made(desk, "csv"), loan)
    if closed is not None:
        return day_csv(closed.figures, closed.running, desk.words_in(closed.language), closed)
    words = desk.words_in(desk.rules.ticket_language)
    return day_csv(_open_figures(desk), desk.running, words)


def compare(desk: Desk) -> Comparison:
    """Return the open day against the same weekday of the last weeks, from their closings."""
    day = desk.business_day()
    weeks = [_sold_on(desk, day - WEEK * n) for n in range(1, WEEKS + 1)]
    known = [figures for figures in weeks if figures is not None]
    return Comparison(_open_figures(desk), weeks[0], mean_of(known))


def _sold_on(desk: Desk, day: date) -> Figures | None:
    """Return the figures of a closed day, None where nothing was sold or the till remembers none.

    Every day has one closing, so that the day tells its number.
    """
    books = desk.ports.books
    last = books.last_closing("day")
    if last is None:
        return None
    back = (date.fromisoformat(last.key) - day).days
    closed = books.closing_numbered("day", last.number - back)
    is_it = closed is not None and closed.key == day.isoformat()
    return closed.figures if closed is not None and is_it and closed.figures.tickets else None


def _day_report(desk: Desk) -> DayReport:
    books, person, now = desk.ports.books, desk.signed_in, desk.now()
    last = books.last_closing("day")
    begun = start_of(desk, books.first_day() or desk.business_day().isoformat())
    return DayReport(
        day=desk.business_day(),
        since=instant(last.at).astimezone(desk.zone) if last is not None else begun,
        at=now,
        till=desk.ports.ledger.place.till,
        operator=person.number,
        seller=desk.rules.shop.as_seller(),
        figures=_open_figures(desk),
        running=desk.running,
        drawers=[_drawer(state) for state in books.shifts()],
        mark=desk.ports.fiscal.training_mark() if desk.training else "",
    )


def _drawer(state: ShiftState) -> DrawerNow:
    """Return a drawer as a report shows it: nobody learns what is expected before a count of it."""
    count = state.fresh_count
    return DrawerNow(
        label=state.opened.label,
        owner=drawer_number(state.opened.drawer),
        float_amount=state.float_amount,
        expected=None if count is None else count.expected,
        counted=None if count is None else count.amount,
    )


def _open_figures(desk: Desk) -> Figures:
    books = desk.ports.books
    return books.figures(books.closed_at("day"), books.position())


def _closing(desk: Desk, label: str) -> PeriodClosed:
    closed = desk.ports.books.closing(label)
    if closed is None:
        raise Refusal("no_closing", "No closing is called {label}.", label=label)
    return closed


def _made(desk: Desk, report: Literal["x", "csv", "print"]) -> ReportMade:
    day = desk.business_day().isoformat()
    return ReportMade(report=report, staff=desk.signed_in.ref, business_day=day)


def _permitted(desk: Desk, made: ReportMade, loan: Loan | None) -> None:
    used = desk.permit(Permission.REPORTS, loan)
    desk.record_permitted(used, loan, made)
