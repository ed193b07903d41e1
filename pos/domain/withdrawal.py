"""Until when a customer may withdraw from a contract that was made at a distance.

Fourteen days from the day after the goods were had (Code de la consommation L221-18; directive
2011/83/EU art. 9). A term that would end on a Saturday, a Sunday or a public holiday ends with the
next working day (L221-19; regulation 1182/71 art. 3).

>>> deadline(date(2026, 11, 24), is_weekday)
datetime.date(2026, 12, 8)
>>> deadline(date(2026, 11, 21), is_weekday)
datetime.date(2026, 12, 7)
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

DAYS = 14

IsWorking = Callable[[date], bool]
"""Whether people work on a day in the shop's country."""


def is_weekday(day: date) -> bool:
    """Tell whether a day is neither a Saturday nor a Sunday: where holidays are not known."""
    return day.weekday() < 5


def deadline(handed: date, is_working: IsWorking) -> date:
    """Return the last day to withdraw on, for goods that were had on a day."""
    last = handed + timedelta(days=DAYS)
    while not is_working(last):
        last += timedelta(days=1)
    return last
