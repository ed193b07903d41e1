"""What the tests of closings share: days of selling, the manager's gesture, what the books say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pos.domain.closing import doubts
from pos.domain.events import Event, FiscalStamp, PeriodClosed, SaleFinished
from pos.domain.shop import ClosingRules
from pos.doubles import FixedClock
from pos.till import closing, tender
from pos.till.desk import HouseRules
from tests.till.shop import CASHIER, MANAGER, Till, check_chain

PARIS = ZoneInfo("Europe/Paris")


def local(text: str, fold: int = 0) -> datetime:
    """Return the instant of a local time in Paris, e.g. `2026-11-24 10:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS, fold=fold).astimezone(UTC)


def till_at(text: str, fiscal: str = "france", rules: ClosingRules | None = None) -> Till:
    """Return a till that starts for the first time at a local time in Paris."""
    chosen: Callable[[HouseRules], HouseRules] = lambda house: replace(  # noqa: E731
        house, closing=rules or ClosingRules()
    )
    return Till(fiscal, clock=FixedClock(local(text)), change_rules=chosen)


def sells(till: Till, *codes: str) -> SaleFinished:
    """Sell some articles for cash."""
    till.scan(*codes)
    sold = tender.pay_cash(till.desk)
    assert isinstance(sold, SaleFinished)
    return sold


def closes(till: Till, *, ahead: bool = False, confirm: bool = False) -> PeriodClosed:
    """Let the manager sign in and close the day, then give the till back to the cashier."""
    till.sign_in(MANAGER)
    try:
        return closing.close_day(till.desk, ahead=ahead, confirm=confirm)
    finally:
        till.sign_in(CASHIER)


def closings(till: Till, level: str | None = None) -> list[PeriodClosed]:
    """Return the closings of a level, or all of them, in the journal's order."""
    found = [event for event in till.store.events if isinstance(event, PeriodClosed)]
    return [one for one in found if level in (None, one.level)]


def keys(till: Till, level: str = "day") -> list[str]:
    return [one.key for one in closings(till, level)]


def spans(events: list[Event], level: str) -> list[tuple[PeriodClosed, list[SaleFinished]]]:
    """Return each closing of a level with the real sales between it and the one before it."""
    found: list[tuple[PeriodClosed, list[SaleFinished]]] = []
    held: list[SaleFinished] = []
    for event in events:
        if isinstance(event, SaleFinished) and not event.training:
            held.append(event)
        elif isinstance(event, PeriodClosed) and event.level == level:
            found.append((event, held))
            held = []
    return found


def check_books(till: Till) -> None:
    """Assert that every closing holds its sales, once, and that the totals go on from each.

    The records of a register are a chain for each country's rules.
    """
    for level in ("day", "month", "year"):
        closed = closings(till, level)
        assert [one.number for one in closed] == list(range(1, len(closed) + 1))
        assert [one.key for one in closed] == sorted({one.key for one in closed})
        for before, after in zip([None, *closed], closed, strict=False):
            assert doubts(after, before) == []
            assert after.since == (before.at if before else after.since)
        chains: dict[tuple[str, str], list[FiscalStamp]] = {}
        for one in closed:
            chain = one.label.rpartition("-")[0], one.fiscal.plugin
            chains.setdefault(chain, []).append(one.fiscal)
        for (_, plugin), stamps in chains.items():
            check_chain(plugin, stamps)
    for closed_day, sales in spans(till.store.events, "day"):
        assert closed_day.figures.total == sum(sale.total for sale in sales)
        assert closed_day.figures.tickets == len(sales)
    assert not till.events("integrity.doubted")


def check_days(till: Till) -> None:
    """Assert that no sale is in an earlier day than its own: so while no clock goes back."""
    for closed_day, sales in spans(till.store.events, "day"):
        assert all(sale.business_day <= closed_day.key for sale in sales)
