"""A till's file with a day of many tickets in it, made from a seed and closed by nobody yet."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config.places import Places
from config.sections import Settings
from pos.domain.events import (
    DrawerOpened,
    Event,
    LineFacts,
    RunningTotals,
    SaleFinished,
    TenderFacts,
)
from pos.domain.shift import instant_text
from pos.main.demo import demo_settings
from pos.main.join import store_of
from pos.store.open import Store
from scripts.benches.sales import SELLER, line, stamp, vat_of

SEED = 20_261_121
ARTICLES = 2_000
DEPARTMENTS = ("Boulangerie", "Cave", "Crèmerie", "Épicerie", "Fruits", "Maison", "Presse")
RATES = (2000, 1000, 550, 210)
METHODS = ("cash", "cash", "card", "card", "card", "cheque", "meal_voucher")
OPENS = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
OPEN_H = 11
BATCH = 100


class DayClock:
    """A clock that stands in the day until it is set to its evening."""

    def __init__(self, at: datetime = OPENS) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the instant it was set to."""
        return self.at


EVENING = OPENS + timedelta(hours=OPEN_H + 1)


def till_of(folder: Path, clock: DayClock) -> tuple[Settings, Store]:
    """Open the till whose folders are in `folder`, with the demonstration's settings."""
    settings = demo_settings("fr")
    found = Places(*(folder / name for name in ("config", "data", "state", "cache", "log")))
    return settings, store_of(settings, found, clock)


def fill(folder: Path, tickets: int) -> None:
    """Make a till's folder with a day of that many tickets in it; the same ones each time."""
    _, store = till_of(folder, DayClock())
    chance, batch, running = random.Random(SEED), [], RunningTotals()
    for ticket in range(1, tickets + 1):
        at = OPENS + timedelta(seconds=OPEN_H * 3600 * ticket // tickets)
        sale = _sale(chance, ticket, instant_text(at), running)
        running = sale.running or running
        batch += [sale, *_openings(sale)]
        if ticket % BATCH == 0 or ticket == tickets:
            store.ledger.record(*batch)
            batch = []
    store.close()


def _openings(sale: SaleFinished) -> Iterator[Event]:
    if sale.tenders[0].method == "cash":
        yield DrawerOpened(cause="sale", staff=sale.staff)


def _sale(chance: random.Random, ticket: int, at: str, running: RunningTotals) -> SaleFinished:
    lines = [_line(chance, n) for n in range(1, chance.randint(1, 14) + 1)]
    total = sum(one.total for one in lines)
    operator = str(chance.randint(10, 15))
    return SaleFinished(
        ticket=ticket,
        label=f"T01-K1-{ticket:06d}",
        basket=f"{ticket:026d}",
        at=at,
        business_day="2026-11-21",
        zone="Europe/Paris",
        currency="EUR",
        staff=operator,
        till="T01",
        operator=operator,
        language="fr",
        seller=SELLER,
        lines=lines,
        vat=vat_of(lines),
        tenders=[TenderFacts(n=1, method=chance.choice(METHODS), amount=total, given=total)],
        total=total,
        running=running.plus(total),
        software="comptoir",
        fiscal=stamp("ticket", ticket),
        grand_total=stamp("gt_ticket", ticket),
    )


def _line(chance: random.Random, n: int) -> LineFacts:
    article = int(ARTICLES * chance.random() ** 2)  # some sell more than others
    rate, department = RATES[article % len(RATES)], DEPARTMENTS[article % len(DEPARTMENTS)]
    return line(n, article, 99 + article % 1700, rate, department)
