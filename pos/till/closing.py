"""Closing the business day, and catching up with forgotten days.

The rules of the days:

- A closing holds what was done since the last one, whatever the clock says. A day that nobody
  closed is closed by the till itself once the next has begun, days of no activity included; no
  person and no count of cash is needed for it.
- More forgotten days than `ClosingRules.catch_up_days` may be a wrong clock: the till then closes
  none and says so, selling goes on, and a manager who confirms the date closes them all.
- After its day was closed a till sells for the next one. Closing again the same day is refused
  when nothing was sold since; else it closes the next day ahead, only when that is asked for
  (`ahead`), and once a day of the clock, so that a till is never more than one day further ahead
  of its clock than it was this morning. A day on which nobody closes ahead brings it back.
- A clock that went back never makes a day close twice: days only go on.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from pos.domain.closing import ONE_DAY, Days, forgotten
from pos.domain.errors import Refusal
from pos.domain.events import ClosingBegun, IntegrityDoubted, PeriodClosed, PermissionUsed
from pos.domain.shift import business_day, instant
from pos.domain.staff import Permission
from pos.domain.words import Sentence
from pos.ports import StoreUnavailable
from pos.till.closing_steps import go_on
from pos.till.desk import Desk, Loan, spend
from pos.till.earlier import closed_together, unprinted
from pos.till.reports import print_closed


def due_closings(desk: Desk) -> Days:
    """Return the days that ended and are not closed."""
    first = "" if desk.closed_through else desk.ports.books.first_day()
    return forgotten(desk.closed_through, first, clock_day(desk))


def clock_day(desk: Desk) -> date:
    """Return the business day that the clock shows, closed or not."""
    return business_day(desk.ports.clock.now(), desk.rules.zone, desk.rules.cut_off_hour)


def resume(desk: Desk) -> list[Sentence]:
    """Finish the closing that was cut short, if any; return what a manager should know.

    One that a manager began is printed, as `close_day` does.
    """
    begun = desk.ports.books.unfinished()
    if begun is None:
        return []
    day = date.fromisoformat(begun.business_day)
    findings = go_on(desk, begun)
    if not begun.caught_up:
        _print(desk, begun)
    note = Sentence("The closing of {day} was cut short; it is finished now.", day=day)
    return [note, *findings]


def catch_up(desk: Desk) -> list[Sentence]:
    """Close the days that nobody closed; return what a manager should know, a sentence each.

    That is also what closing and selling left untold. Call it at start, now and then, and before a
    sale. Raises StoreUnavailable when the disk does not take it; the next call goes on from there.
    Whatever else goes wrong is told and written down once a day, and keeps nobody from selling.
    """
    try:
        _catch_up(desk)
    except StoreUnavailable:
        raise
    except Exception as trouble:  # noqa: BLE001  whatever a plug-in or the books did wrong
        _not_closed(desk, trouble)
    told = list(dict.fromkeys(desk.untold))
    desk.untold.clear()
    return told


def _catch_up(desk: Desk) -> None:
    desk.untold += resume(desk)
    due = due_closings(desk)
    if is_doubtful(desk, due):
        desk.untold.append(_doubtful(desk, due))
    elif due:
        _close_forgotten(desk, due)
        said = Sentence(
            "{count} day that nobody had closed is closed now, up to {day}.",
            count=len(due),
            day=due.last,
        )
        desk.untold.append(said)


def _not_closed(desk: Desk, trouble: Exception) -> None:
    """Keep that days could not be closed, once a day: in the journal, and for a manager."""
    if _keep_doubt(desk):
        desk.untold.append(_failed(trouble))


def _failed(trouble: Exception) -> Sentence:
    return Sentence(
        "Closing failed ({why}); selling goes on, and what is not closed is closed later."
        " Have the till looked at.",
        why=f"{type(trouble).__name__}: {trouble}",
    )


def _keep_doubt(desk: Desk) -> bool:
    """Write down that closing failed, where the disk takes it; False when that was done today."""
    day = desk.business_day()
    if desk.not_closed == day:
        return False
    desk.not_closed = day
    with suppress(StoreUnavailable):
        desk.record(
            IntegrityDoubted(document=day.isoformat(), rule="not_closed", expected=0, found=0)
        )
    return True


def _close_forgotten(desk: Desk, due: Days) -> None:
    for day in due:
        begun = _begun(desk, day, "", caught_up=True)
        desk.record(begun)
        desk.untold += go_on(desk, begun)


def is_doubtful(desk: Desk, due: Days) -> bool:
    """Tell whether so many days are due that the clock may be wrong."""
    return len(due) > desk.rules.closing.catch_up_days


def close_day(
    desk: Desk, loan: Loan | None = None, *, ahead: bool = False, confirm: bool = False
) -> PeriodClosed:
    """Close the business day, and its month and fiscal year when they end with it; print it.

    Forgotten days are closed before it. Permission `close_day`. Raises Refusal: `training_on`,
    `day_closed` when nothing was sold since the last closing, `closed_today` when the next day
    would be closed, which is done only when asked for (`ahead`), `closed_ahead` when that was done
    today, `clock_doubtful` when so many days are due that the date must be confirmed (`confirm`),
    `not_closed` when a plug-in or the books fail: the steps that were done stay done, and closing
    again goes on from there. What does not add up is told by the next `catch_up`.
    """
    if desk.training:
        raise Refusal("training_on", "Training is on: end it before closing the day.")
    used = desk.permit(Permission.CLOSE_DAY, loan)
    try:
        begun = _resumed_today(desk)
        if begun is None:
            begun = _close_now(desk, _ready_to_close(desk, ahead=ahead, confirm=confirm), used)
    except (Refusal, StoreUnavailable):
        raise
    except Exception as trouble:
        _keep_doubt(desk)
        failed = _failed(trouble)
        raise Refusal("not_closed", failed.template, **failed.values) from trouble
    spend(loan, used)
    return closed_together(desk, begun)[0]


def _resumed_today(desk: Desk) -> ClosingBegun | None:
    """Finish what was cut short; return it when that was the closing of today."""
    begun = desk.ports.books.unfinished()
    desk.untold += resume(desk)
    is_todays = begun is not None and date.fromisoformat(begun.business_day) >= clock_day(desk)
    return begun if is_todays else None


def _ready_to_close(desk: Desk, *, ahead: bool, confirm: bool) -> date:
    """Return the day to close, the forgotten ones before it closed; Refusal where it may not be."""
    day = _day_to_close(desk, ahead=ahead)
    due = due_closings(desk)
    if is_doubtful(desk, due) and not confirm:
        doubt = _doubtful(desk, due)
        raise Refusal("clock_doubtful", doubt.template, **doubt.values)
    _close_forgotten(desk, due)
    return day


def _close_now(desk: Desk, day: date, used: PermissionUsed) -> ClosingBegun:
    begun = _begun(desk, day, desk.signed_in.ref)
    desk.record(used, begun)
    desk.untold += go_on(desk, begun)
    _print(desk, begun)
    return begun


def _print(desk: Desk, begun: ClosingBegun) -> None:
    """Print what a person closed, unless it was printed, then what the till closed before it.

    The till prints no figures by itself: whoever opens it the next morning may not see them. A
    paper that cannot be made hinders no closing: it can be asked for later.
    """
    for one in [*closed_together(desk, begun), *unprinted(desk)]:
        try:
            if desk.ports.past.copies(one.label, "closing") == 0:
                print_closed(desk, one)
        except StoreUnavailable:
            raise
        except Refusal:  # no printer, or one that is behind
            continue
        except Exception as trouble:  # noqa: BLE001  whatever a plug-in did wrong
            said = Sentence(
                "{label} is closed, but its paper could not be made ({why}); ask for it again.",
                label=one.label,
                why=f"{type(trouble).__name__}: {trouble}",
            )
            desk.untold.append(said)


def _day_to_close(desk: Desk, *, ahead: bool) -> date:
    """Return the day a manager closes now: today, or the next one where today is closed."""
    today, closed = clock_day(desk), desk.closed_through
    if closed is None or closed < today:
        return today
    after = closed + ONE_DAY
    if not _has_sold(desk):
        raise Refusal("day_closed", "{day} is closed, and nothing was sold since.", day=closed)
    if closed > today and _closed_on(desk) == today:
        raise Refusal(
            "closed_ahead",
            "{day} was closed ahead today; what is sold now is closed with the next day.",
            day=closed,
        )
    if not ahead:
        raise Refusal(
            "closed_today",
            "{day} is closed; what was sold since counts for {after}, and is closed with it."
            " Close {after} now only if {day} was closed too early.",
            day=closed,
            after=after,
        )
    return after


def _has_sold(desk: Desk) -> bool:
    books = desk.ports.books
    return bool(books.figures(books.closed_at("day"), books.position()).tickets)


def _closed_on(desk: Desk) -> date | None:
    """Return the clock's business day on which the last day was closed."""
    last = desk.ports.books.last_closing("day")
    if last is None:
        return None
    return business_day(instant(last.at), desk.rules.zone, desk.rules.cut_off_hour)


def _begun(desk: Desk, day: date, staff: str, *, caught_up: bool = False) -> ClosingBegun:
    return ClosingBegun(
        closing=desk.ports.ids.token(),
        business_day=day.isoformat(),
        staff=staff,
        caught_up=caught_up,
    )


def _doubtful(desk: Desk, due: Days) -> Sentence:
    return Sentence(
        "The clock says {today}, and {count} day is not closed: check the date."
        " When it is right, a manager closes them; selling goes on.",
        today=clock_day(desk),
        count=len(due),
    )
