"""Closing: which days, months and fiscal years end, what is due, and figures that must add up.

A closing of a day brings that of the month when the next day lies in another month, and that of
the fiscal year when it lies in another one. Every calendar day is closed once and in order, days
of no activity too, so that no month can end unseen (BOI-TVA-DECLA-30-10-30 § 170).

>>> levels(date(2026, 11, 29), 12), levels(date(2026, 12, 31), 12)
(('day',), ('day', 'month', 'year'))
>>> key_of("year", date(2026, 7, 1), 6)
'2027'
>>> forgotten(date(2026, 11, 21), "2026-01-02", date(2026, 11, 24)).last.isoformat()
'2026-11-23'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pos.domain.events.closing import Level, PeriodClosed
from pos.domain.facts import ARTICLES_MOST, Figures, Tally, VatFacts

ONE_DAY = timedelta(days=1)

SUMS = (
    *("tickets", "refunds", "voids"),
    *("sold", "returned", "total", "rounding"),
)
"""The figures that are plain sums."""

TALLIES = ("tenders", "departments", "hours", "cashiers", "counters", "cards")
"""The figures that are sums by name."""


def key_of(level: Level, day: date, year_ends_with: int) -> str:
    """Return the key of the period a day lies in: `2026-11-22`, `2026-11`, or the year it ends in.

    >>> [key_of(level, date(2026, 12, 31), 12) for level in ("day", "month", "year")]
    ['2026-12-31', '2026-12', '2026']
    """
    if level == "day":
        return day.isoformat()
    if level == "month":
        return f"{day:%Y-%m}"
    return f"{day.year + (day.month > year_ends_with):04d}"


def levels(day: date, year_ends_with: int) -> tuple[Level, ...]:
    """Return what the closing of a day closes, in order: the day, its month, its fiscal year."""
    after = day + ONE_DAY
    ending: tuple[Level, ...] = ("month", "year")
    return (
        "day",
        *(
            level
            for level in ending
            if key_of(level, day, year_ends_with) != key_of(level, after, year_ends_with)
        ),
    )


@dataclass(frozen=True, slots=True)
class Days:
    """`count` days in a row from `first` on; none when `count` is 0.

    >>> [day.day for day in Days(date(2026, 2, 27), 3)]
    [27, 28, 1]
    """

    first: date
    count: int

    @property
    def last(self) -> date:
        """The last of them."""
        return self.first + timedelta(days=self.count - 1)

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range(self.count))

    def __len__(self) -> int:
        return self.count


def forgotten(closed_through: date | None, first_day: str, today: date) -> Days:
    """Return the days before `today` that nobody closed.

    They follow `closed_through`, or begin with the till's first day (an ISO date, "" before it).
    """
    if closed_through is not None:
        first = closed_through + ONE_DAY
    else:
        first = date.fromisoformat(first_day) if first_day else today
    return Days(first, max((today - first).days, 0))


def merged(parts: Sequence[Figures]) -> Figures:
    """Return the figures of a month from those of its days, or of a year from its months.

    The best sellers are ranked anew among those that the parts kept.

    >>> bread = Figures(total=110, articles=[Tally(name="Pain", count=1, amount=110)])
    >>> milk = Figures(total=315, articles=[Tally(name="Lait", count=3, amount=315)])
    >>> month = merged([bread, milk, bread])
    >>> month.total, [(one.name, one.amount) for one in month.articles]
    (535, [('Lait', 315), ('Pain', 220)])
    """
    tickets = [part for part in parts if part.last_ticket]
    sums = {name: sum(getattr(part, name) for part in parts) for name in SUMS}
    tallies = {name: _summed(getattr(part, name) for part in parts) for name in TALLIES}
    articles = _summed(part.articles for part in parts)
    return Figures.model_validate(
        {
            "first_ticket": tickets[0].first_ticket if tickets else "",
            "last_ticket": tickets[-1].last_ticket if tickets else "",
            "vat": _vat(parts),
            "articles": sorted(articles, key=lambda one: (-one.amount, one.name))[:ARTICLES_MOST],
            **sums,
            **tallies,
        }
    )


def _summed(groups: Iterable[Sequence[Tally]]) -> list[Tally]:
    sums: dict[str, Tally] = {}
    for tally in (tally for group in groups for tally in group):
        before = sums.get(tally.name, Tally(name=tally.name))
        sums[tally.name] = Tally(
            name=tally.name,
            count=before.count + tally.count,
            quantity=before.quantity + tally.quantity,
            amount=before.amount + tally.amount,
        )
    return [sums[name] for name in sorted(sums)]


def _vat(parts: Sequence[Figures]) -> list[VatFacts]:
    rates = sorted({row.rate for part in parts for row in part.vat}, reverse=True)
    rows = [row for part in parts for row in part.vat]

    def total(rate: int, amount: Callable[[VatFacts], int]) -> int:
        return sum(amount(row) for row in rows if row.rate == rate)

    return [
        VatFacts(
            rate=rate,
            gross=total(rate, lambda row: row.gross),
            net=total(rate, lambda row: row.net),
            tax=total(rate, lambda row: row.tax),
        )
        for rate in rates
    ]


@dataclass(frozen=True, slots=True)
class Mean:
    """What `days` days sold on average: an amount in minor units, and tickets."""

    days: int
    total: int
    tickets: int


def mean_of(days: Sequence[Figures]) -> Mean | None:
    """Return the mean of some days, rounded down; None of none.

    >>> mean_of([Figures(total=100, tickets=3), Figures(total=300, tickets=4)])
    Mean(days=2, total=200, tickets=3)
    """
    if not days:
        return None
    return Mean(
        days=len(days),
        total=sum(day.total for day in days) // len(days),
        tickets=sum(day.tickets for day in days) // len(days),
    )


@dataclass(frozen=True, slots=True)
class Doubt:
    """A figure of a closing that differs from what it must be; amounts in minor units.

    `rule` is `perpetual` (it grows by the period's total, from closing to closing of a level),
    `parts` (it is the same at the end of a month and of its last day), `period` (the fiscal
    year's total), or the name of the table that does not sum to the total.
    """

    rule: str
    expected: int
    found: int


def doubts(
    closed: PeriodClosed, before: PeriodClosed | None, parts: Sequence[PeriodClosed] = ()
) -> list[Doubt]:
    """Return what does not add up in a closing; empty when all does.

    `before` is the closing of the same level before it, `parts` the days of a month, or the months
    of a year.
    """
    figures, running = closed.figures, closed.running
    was = before.running.perpetual if before is not None else 0
    checked = [Doubt("perpetual", was + figures.total, running.perpetual), *_tables(figures)]
    if parts:
        checked.append(Doubt("parts", parts[-1].running.perpetual, running.perpetual))
    if closed.level == "year":
        checked.append(Doubt("period", figures.total, running.period))
    return [doubt for doubt in checked if doubt.expected != doubt.found]


def _tables(figures: Figures) -> list[Doubt]:
    sums = {
        "sales": figures.sold + figures.returned,
        "vat": sum(row.gross for row in figures.vat),
        "tenders": sum(one.amount for one in figures.tenders) - figures.rounding,
        "departments": sum(one.amount for one in figures.departments),
        "hours": sum(one.amount for one in figures.hours),
        "cashiers": sum(one.amount for one in figures.cashiers),
    }
    return [Doubt(name, figures.total, found) for name, found in sums.items()]
