"""The business day: the day a shop counts a sale under, which ends at a cut-off hour.

>>> from datetime import datetime, UTC
>>> business_day(datetime(2026, 11, 22, 1, 30, tzinfo=UTC), "Europe/Paris", 5)
datetime.date(2026, 11, 21)
>>> instant_text(datetime(2026, 11, 22, 13, 5, 9, 123456, tzinfo=UTC))
'2026-11-22T13:05:09.123Z'
>>> instant("2026-11-22T13:05:09.123Z").microsecond
123000
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def business_day(at: datetime, zone: str, cut_off_hour: int) -> date:
    """Return the business day of an instant: a sale at 01:30 belongs to the evening before."""
    local = at.astimezone(ZoneInfo(zone))
    return (local - timedelta(hours=cut_off_hour)).date()


def instant_text(at: datetime) -> str:
    """Return an instant as the journal writes it: UTC, to the millisecond."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def instant(text: str) -> datetime:
    """Return the instant of a text that `instant_text` wrote; ValueError for another."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
