"""What the manager's screen holds: the open day as it was last read, or an earlier closing."""

from __future__ import annotations

from collections.abc import Sequence

from pos.domain.events import Figures, PeriodClosed, RunningTotals
from pos.domain.staff import Permission
from pos.domain.words import Sentence
from pos.till import matters, reports, staff
from pos.till.desk import Desk, Loan

FIRST_PAGE = 0


class Day:
    """The open day; `closed` is the closing that is shown in its place, `done` what was just done.

    `unread` is how many notices of the till nobody has read yet. Who lent the look at the day lends
    what is done with it as well, until it is left.
    """

    def __init__(self, desk: Desk, unread: int, loan: Loan | None = None) -> None:
        self.desk = desk
        self.unread = unread
        self._loan = loan
        self.drawers = reports.x_report(desk, loan).drawers
        self.page = FIRST_PAGE
        self.closed: PeriodClosed | None = None
        self.done: tuple[Sentence, ...] = ()
        self.read()

    @property
    def figures(self) -> Figures:
        """The figures that are shown."""
        return self.comparison.today if self.closed is None else self.closed.figures

    @property
    def running(self) -> RunningTotals:
        """The running totals at the end of what is shown."""
        return self.desk.running if self.closed is None else self.closed.running

    def read(self) -> None:
        """Read the open day again; that it was looked at is written down once."""
        self.comparison = reports.compare(self.desk)
        self.matters = matters.matters(self.desk, self.unread)

    def lent(self, permission: Permission) -> Loan | None:
        """Return what whoever lent the look at the day lends for a deed with it, or None."""
        return None if self._loan is None else staff.lend_on(self.desk, self._loan, permission)

    def show_closing(self, closed: PeriodClosed, done: Sequence[Sentence] = ()) -> None:
        """Show an earlier closing, or the one that was just made and what was done for it."""
        self.closed, self.done, self.page = closed, tuple(done), FIRST_PAGE

    def show_open_day(self) -> None:
        """Show the day that is open."""
        self.closed, self.done, self.page = None, (), FIRST_PAGE
        self.read()
