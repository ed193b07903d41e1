"""The steps of a closing: begun, the day, its month, its fiscal year, finished.

Each step is a transaction of its own and is done once: what is left to do is read from the journal
alone, so that a closing that was cut short goes on where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from pos.domain.closing import Doubt, doubts, key_of, levels, merged
from pos.domain.events import (
    ClosingBegun,
    ClosingFinished,
    Figures,
    IntegrityDoubted,
    PeriodClosed,
    RunningTotals,
)
from pos.domain.events.closing import Level
from pos.domain.shift import instant_text
from pos.domain.words import Amount, Sentence
from pos.fiscal.port import ChainHead, TotalToSign
from pos.till.desk import Desk

LETTERS: dict[Level, str] = {"day": "Z", "month": "M", "year": "Y"}
"""What the label of a closing of each level begins its number with."""

PARTS: dict[Level, Level] = {"month": "day", "year": "month"}
"""What a month and a fiscal year are made of."""


@dataclass(frozen=True, slots=True)
class Span:
    """What a closing holds: its figures, the totals at its end, and the closings it is made of."""

    figures: Figures
    running: RunningTotals
    parts: Sequence[PeriodClosed] = ()


def go_on(desk: Desk, begun: ClosingBegun) -> list[Sentence]:
    """Do what is left of a closing, a transaction a step; return what does not add up in it.

    Raises StoreUnavailable when the disk does not take a step; the others stay done.
    """
    day = date.fromisoformat(begun.business_day)
    findings: list[Sentence] = []
    for level in levels(day, desk.rules.closing.year_ends_with):
        if not _is_done(desk, begun, level):
            findings += _close(desk, begun, level)
        desk.closed_through = day
    desk.record(
        ClosingFinished(closing=begun.closing, business_day=begun.business_day, staff=begun.staff)
    )
    desk.running = desk.ports.books.running()
    return findings


def start_of(desk: Desk, day: str) -> datetime:
    """Return the instant at which a business day (an ISO date) begins, in the shop's zone."""
    return datetime.combine(date.fromisoformat(day), time(desk.rules.cut_off_hour), desk.zone)


def _is_done(desk: Desk, begun: ClosingBegun, level: Level) -> bool:
    last = desk.ports.books.last_closing(level)
    return last is not None and last.closing == begun.closing


def _close(desk: Desk, begun: ClosingBegun, level: Level) -> list[Sentence]:
    desk.record()  # what devices reported belongs to the period, and is counted with it
    before = desk.ports.books.last_closing(level)
    span = _day_span(desk) if level == "day" else _merged_span(desk, level)
    closed = _signed(desk, begun, level, span, before)
    found = doubts(closed, before, span.parts)
    desk.record(closed, *(_doubted(closed, doubt) for doubt in found))
    return [_said(closed, doubt) for doubt in found]


def _day_span(desk: Desk) -> Span:
    books = desk.ports.books
    return Span(books.figures(books.closed_at("day"), books.position()), books.running())


def _merged_span(desk: Desk, level: Level) -> Span:
    """A month holds the days after the last closed month, a year its months.

    It ends where its last part does: whatever is sold meanwhile is in neither.
    """
    books = desk.ports.books
    parts = books.closings(PARTS[level], books.closed_at(level))
    return Span(merged([part.figures for part in parts]), parts[-1].running, parts)


def _signed(
    desk: Desk, begun: ClosingBegun, level: Level, span: Span, before: PeriodClosed | None
) -> PeriodClosed:
    rules, place, now = desk.rules, desk.ports.ledger.place, desk.now()
    register = f"{place.till}-{place.epoch}"
    day = date.fromisoformat(begun.business_day)
    key = key_of(level, day, rules.closing.year_ends_with)
    number = before.number + 1 if before is not None else 1
    total = TotalToSign(
        level=level,
        key=key,
        vat=span.figures.vat,
        total=span.figures.total,
        running=span.running,
        till=register,
        at_local=f"{now:%Y%m%d%H%M%S}",
    )
    head = desk.ports.books.heads().get(f"gt_{level}", ChainHead())
    return PeriodClosed(
        closing=begun.closing,
        level=level,
        key=key,
        number=number,
        label=f"{register}-{LETTERS[level]}{number:06d}",
        at=instant_text(now),
        since=_since(desk, before, span, begun),
        zone=rules.zone,
        currency=rules.currency,
        till=place.till,
        staff=begun.staff,
        operator=_operator(desk, begun.staff),
        language=rules.ticket_language,
        seller=rules.shop.as_seller(),
        figures=span.figures,
        running=span.running,
        caught_up=begun.caught_up,
        software=rules.software,
        fiscal=desk.ports.fiscal.total(total, head, desk.ports.signer),
    )


def _since(desk: Desk, before: PeriodClosed | None, span: Span, begun: ClosingBegun) -> str:
    """A period begins where the last of its level ended, the first one with the first day."""
    if before is not None:
        return before.at
    if span.parts:
        return span.parts[0].since
    return instant_text(start_of(desk, desk.ports.books.first_day() or begun.business_day))


def _operator(desk: Desk, staff: str) -> str:
    everyone = desk.ports.people.all()
    return next((person.number for person in everyone if person.ref == staff), "")


def _doubted(closed: PeriodClosed, doubt: Doubt) -> IntegrityDoubted:
    return IntegrityDoubted(
        document=closed.label, rule=doubt.rule, expected=doubt.expected, found=doubt.found
    )


def _said(closed: PeriodClosed, doubt: Doubt) -> Sentence:
    return Sentence(
        "The closing {label} does not add up ({rule}): {expected} was expected and {found} found."
        " It is closed and written down; have the journal verified.",
        label=closed.label,
        rule=doubt.rule,
        expected=Amount(doubt.expected),
        found=Amount(doubt.found),
    )
