"""The verbs of the day: its figures, its closing, what is not settled, training.

    x                 x print          matters           closings
    close-day         close-day ahead  close-day confirm print-closing T01-K1-Z000001
    training on       training off     day-passes 2
    card-totals desk 12 345.60         card-totals desk 12 340.60 typed by hand

`day-passes` moves the clock of a demonstration; a real till has none to move.
"""

from __future__ import annotations

from pos.console import typed
from pos.console.console import Console, Gesture, Unexpected
from pos.domain.events import Figures, PeriodClosed
from pos.domain.money import parse_amount
from pos.domain.words import Amount, Sentence
from pos.till import closing, reports
from pos.till.card_totals import compare
from pos.till.desk import Loan
from pos.till.earlier import last_closings
from pos.till.matters import matters
from pos.till.training import switch


def _x(console: Console, rest: str) -> str:
    if rest not in ("", "print"):
        raise Unexpected("`x` shows the open day, `x print` prints it")

    def look(loan: Loan | None) -> str:
        if rest:
            reports.print_x(console.desk, loan)
            return "–"
        return _figures(console, reports.x_report(console.desk, loan).figures)

    return console.guarded(look)


def _figures(console: Console, figures: Figures) -> str:
    return console.desk.words().say(
        Sentence(
            "{tickets} tickets, {refunds} of them gave back · {total}",
            tickets=figures.tickets,
            refunds=figures.refunds,
            total=Amount(figures.total),
        )
    )


def _close_day(console: Console, rest: str) -> str:
    asked = rest.split()
    if not set(asked) <= {"ahead", "confirm"}:
        raise Unexpected("`close-day`, `close-day ahead` or `close-day confirm` closes the day")

    def close(loan: Loan | None) -> str:
        ahead, confirm = "ahead" in asked, "confirm" in asked
        closed = closing.close_day(console.desk, loan, ahead=ahead, confirm=confirm)
        return _closed(console, closed)

    return console.guarded(close)


def _closed(console: Console, closed: PeriodClosed) -> str:
    figures = _figures(console, closed.figures)
    return f"{closed.label}  {closed.key}  {figures}"


def _closings(console: Console, _: str) -> str:
    found = last_closings(console.desk)
    return " | ".join(f"{one.label} {one.key}" for one in found) or "–"


def _print_closing(console: Console, rest: str) -> str:
    def again(loan: Loan | None) -> str:
        copy_number = reports.print_closing(console.desk, rest, loan)
        return f"DUPLICATA n°{copy_number}" if copy_number else "ORIGINAL"

    return console.guarded(again)


def _matters(console: Console, _: str) -> str:
    say = console.desk.words().say
    return " ".join(say(matter.sentence) for matter in matters(console.desk)) or "–"


def _training(console: Console, rest: str) -> str:
    if rest not in ("on", "off"):
        raise Unexpected("`training on` begins it, `training off` ends it")

    def turn(loan: Loan | None) -> str:
        switch(console.desk, rest == "on", loan)
        return console.desk.ports.fiscal.training_mark() if rest == "on" else "–"

    return console.guarded(turn)


def _day_passes(console: Console, rest: str) -> str:
    """Let days pass where the clock is a demonstration's, then do what a till does by itself."""
    if console.pass_days is None:
        raise Unexpected("this till has no clock to move")
    console.pass_days(typed.number(rest or "1"))
    say = console.desk.words().say
    return " ".join(say(note) for note in closing.catch_up(console.desk)) or "–"


def _card_totals(console: Console, rest: str) -> str:
    terminal, _, more = rest.partition(" ")
    count, _, more = more.partition(" ")
    amount, _, reason = more.partition(" ")
    minor = parse_amount(amount)

    def write(loan: Loan | None) -> str:
        found = compare(console.desk, terminal, typed.number(count), minor, reason, loan)
        return console.desk.words().say(
            Sentence("expected {expected}", expected=Amount(found.expected))
        )

    return console.guarded(write)


VERBS: dict[str, Gesture] = {
    "x": _x,
    "close-day": _close_day,
    "closings": _closings,
    "print-closing": _print_closing,
    "matters": _matters,
    "card-totals": _card_totals,
    "training": _training,
    "day-passes": _day_passes,
}
