"""The manager's day: close it, print it, take its figures along, look at earlier closings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from pos.domain.errors import Refusal
from pos.domain.events import PeriodClosed
from pos.domain.staff import Permission
from pos.domain.words import Sentence
from pos.screens.day import Day
from pos.screens.dialogs.print_question import print_and_say
from pos.screens.prompt import ListPrompt
from pos.screens.widgets.choice_list import Choice
from pos.till import closing, earlier, reports
from pos.till.desk import Desk, Loan

if TYPE_CHECKING:
    from pos.screens.session import Session

PAGES = {"left": -1, "up": -1, "pageup": -1, "right": 1, "down": 1, "pagedown": 1, "tab": 1}
"""The keys that turn the page."""


class DayPrompt(ListPrompt):
    """What a manager can do with the day that is shown; the keys at the foot say it, no list."""

    def __init__(self, session: Session, day: Day) -> None:
        super().__init__(session)
        self._day = day

    def question(self) -> Sentence:
        """Return what is shown."""
        if self._day.closed is not None:
            return Sentence("Closing {label}", label=self._day.closed.label)
        return Sentence("The day")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Digit: do it · ←→: page · Esc: back")

    def choices(self) -> Sequence[Choice]:
        """Return what can be done, in the order of the keys at the foot."""
        say = self.session.words.say
        return [Choice(say(text), key=str(n)) for n, text in enumerate(ACTIONS, start=1)]

    def rows(self) -> int:
        """Return no list: the whole screen is for the figures."""
        return 0

    def chosen(self, place: int) -> None:
        """Do it."""
        (self._ask_close, self._print, self._export, self._earlier)[place]()

    def enter(self) -> None:
        """Do nothing: closing a day is never one Enter away."""

    def pick(self, place: int) -> None:
        """Do what a touched key says."""
        self.chosen(place)

    def by_digit(self, character: str) -> None:
        """Do what the key of this digit says."""
        if character in "1234":
            self.session.chose_by_digit()
            self.chosen(int(character) - 1)
        else:
            super().by_digit(character)

    def left(self) -> None:
        """Go back to the sale."""
        self.session.day = None

    def _leave(self) -> None:
        """Go back to the open day, and from there to the sale."""
        if self._day.closed is None:
            super()._leave()
        else:
            self._day.show_open_day()

    def _move(self, key: str) -> None:
        self._day.page += PAGES.get(key, 0)

    def _ask_close(self) -> None:
        if self._day.closed is not None:
            self._day.show_open_day()
        self.session.ask(ClosePrompt(self.session, self._day))

    def _print(self) -> None:
        session, closed = self.session, self._day.closed
        if closed is not None:
            label = closed.label
            print_and_say(
                session,
                lambda loan: reports.print_closing(session.desk, label, self._lent(loan)),
            )
            return
        session.guarded(
            lambda loan: reports.print_x(session.desk, self._lent(loan)),
            lambda: session.say(Sentence("The figures go to the printer.")),
        )

    def _export(self) -> None:
        session, closed = self.session, self._day.closed
        write = session.options.on_export
        if write is None:
            raise Refusal("no_export", "This till has nowhere to write files; see its settings.")
        label = None if closed is None else closed.label
        name = session.desk.business_day().isoformat() if closed is None else closed.label

        def export(loan: Loan | None) -> None:
            text = reports.figures_file(session.desk, label, self._lent(loan))
            path = write(f"{name}.csv", text)
            session.say(Sentence("The figures are in {file}.", file=path))

        session.guarded(export)

    def _lent(self, loan: Loan | None) -> Loan | None:
        return loan or self._day.lent(Permission.REPORTS)

    def _earlier(self) -> None:
        prompt = ClosingsPrompt(self.session, self._day)
        if not prompt.choices():
            raise Refusal("no_closings", "No day was closed on this till yet.")
        self.session.ask(prompt)


ACTIONS = (
    Sentence("Close the day"),
    Sentence("Print"),
    Sentence("CSV file"),
    Sentence("Closings"),
)
"""What the digits of the day's screen do, in order."""


class ClosePrompt(ListPrompt):
    """Close the day? Asked once; what is open is told, and does not hinder."""

    must_choose = Sentence("Choose yes or no.")

    def __init__(
        self, session: Session, day: Day, doubt: Refusal | None = None, loan: Loan | None = None
    ) -> None:
        super().__init__(session)
        self._day = day
        self._doubt = doubt
        self._loan = loan

    def question(self) -> Sentence:
        """Return what is asked, or why it is asked again."""
        if self._doubt is not None:
            return self._doubt.sentence
        return Sentence("Close {day}?", day=self.session.desk.business_day())

    def brief(self) -> Sentence:
        """Return the question in short."""
        return Sentence("Close the day?")

    def choices(self) -> Sequence[Choice]:
        """Return yes and no, then what is still open."""
        say = self.session.words.say
        rows = [Choice(say("Yes, close it"), key="1"), Choice(say("No"), key="2")]
        return rows + [Choice(say(one.sentence)) for one in self._day.matters]

    def chosen(self, place: int) -> None:
        """Close the day when that was chosen."""
        if place > 1:
            return
        self.close()
        if place == 0:
            self.session.guarded(self._close_day)

    def _close_day(self, loan: Loan | None) -> None:
        session, day, doubt = self.session, self._day, self._doubt
        slug = "" if doubt is None else doubt.slug
        loan = loan or self._loan or day.lent(Permission.CLOSE_DAY)
        try:
            closed = closing.close_day(
                session.desk,
                loan,
                ahead=slug == "closed_today",
                confirm=slug == "clock_doubtful",
            )
        except Refusal as refusal:
            if refusal.slug not in ("closed_today", "clock_doubtful") or refusal.slug == slug:
                raise
            session.ask(ClosePrompt(session, day, refusal, loan))
            return
        day.read()
        day.show_closing(closed, _done(session.desk, closed))
        session.refresh()
        session.say(Sentence("{period} is closed.", period=period(closed)))


class ClosingsPrompt(ListPrompt):
    """Earlier closings, the newest first: Enter shows one, which can then be printed again."""

    def __init__(self, session: Session, day: Day) -> None:
        super().__init__(session)
        self._day = day
        self._closings = earlier.last_closings(session.desk)

    def question(self) -> Sentence:
        """Return what is asked."""
        return Sentence("Which closing?")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("↑ ↓ Enter: show it · Esc: back")

    def choices(self) -> Sequence[Choice]:
        """Return each closing with its total."""
        words = self.session.words
        return [
            Choice(f"{one.label}  {words.say(period(one))}", words.amount(one.figures.total))
            for one in self._closings
        ]

    def chosen(self, place: int) -> None:
        """Show that closing."""
        self._day.show_closing(self._closings[place])
        self.close()


def period(closed: PeriodClosed) -> Sentence:
    """Return what a closing closed, as a person calls it.

    >>> str(period(PeriodClosed.model_construct(level="month", key="2026-11")))
    'Month 2026-11'
    """
    if closed.level == "day":
        return Sentence("Day {day}", day=date.fromisoformat(closed.key))
    if closed.level == "month":
        return Sentence("Month {month}", month=closed.key)
    return Sentence("Fiscal year {year}", year=closed.key)


def _done(desk: Desk, closed: PeriodClosed) -> list[Sentence]:
    """Return the steps of a closing that was just made."""
    done = [
        Sentence("✓ {period}: {label}", period=period(one), label=one.label)
        for one in earlier.closed_together(desk, closed)
    ]
    if any(one.document == closed.label for one in desk.prints.values()):
        done.append(Sentence("✓ The Z goes to the printer"))
    return done
