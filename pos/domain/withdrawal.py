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


_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_AFTER_EASTER = (1, 39, 50)


def is_weekday(day: date) -> bool:
    """Tell whether a day is neither a Saturday nor a Sunday: where holidays are not known."""
    return day.weekday() < 5


def is_french_working_day(day: date) -> bool:
    """Tell whether people work in France on a day: the public holidays of L3133-1 Code du travail.

    >>> [is_french_working_day(date(2027, *day)) for day in ((3, 29), (5, 6), (7, 14), (7, 15))]
    [False, False, False, True]
    """
    from_easter = (day - _easter(day.year)).days
    is_holiday = (day.month, day.day) in _FIXED or from_easter in _AFTER_EASTER
    return is_weekday(day) and not is_holiday


def _easter(year: int) -> date:
    """Return Easter Sunday of a Gregorian year (the algorithm of Meeus, Jones and Butcher).

    >>> [_easter(year).isoformat() for year in (2024, 2026, 2038)]
    ['2024-03-31', '2026-04-05', '2038-04-25']
    """
    golden, (century, rest) = year % 19, divmod(year, 100)
    leap, odd = divmod(century, 4)
    moved = (century + 8) // 25
    epact = (19 * golden + century - leap - (century - moved + 1) // 3 + 15) % 30
    to_sunday = (32 + 2 * odd + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, last = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, last + 1)


def working_days(country: str) -> IsWorking:
    """Return the working days of a country; only weekends are known of most."""
    return is_french_working_day if country == "FR" else is_weekday


def deadline(handed: date, is_working: IsWorking) -> date:
    """Return the last day to withdraw on, for goods that were had on a day."""
    last = handed + timedelta(days=DAYS)
    while not is_working(last):
        last += timedelta(days=1)
    return last
