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
    FiscalStamp,
    LineFacts,
    RunningTotals,
    SaleFinished,
    SellerFacts,
    TenderFacts,
    VatFacts,
)
from pos.domain.shift import instant_text
from pos.main.demo import demo_settings
from pos.main.join import store_of
from pos.store.open import Store

SEED = 20_261_121
ARTICLES = 2_000
DEPARTMENTS = ("Boulangerie", "Cave", "Crèmerie", "Épicerie", "Fruits", "Maison", "Presse")
RATES = (2000, 1000, 550, 210)
METHODS = ("cash", "cash", "card", "card", "card", "cheque", "meal_voucher")
OPENS = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
OPEN_H = 11
BATCH = 100
SELLER = SellerFacts(
    name="Au coin",
    company="Au coin SARL",
    address=["1 rue Neuve", "69001 Lyon"],
    country="FR",
    siret="73282932000074",
    naf="4711B",
    vat_number="FR44732829320",
)


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
    total = sum(line.total for line in lines)
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
        vat=_vat(lines),
        tenders=[TenderFacts(n=1, method=chance.choice(METHODS), amount=total, given=total)],
        total=total,
        running=running.plus(total),
        software="comptoir",
        fiscal=_stamp("ticket", ticket),
        grand_total=_stamp("gt_ticket", ticket),
    )


def _line(chance: random.Random, n: int) -> LineFacts:
    article = int(ARTICLES * chance.random() ** 2)  # some sell more than others
    rate, total = RATES[article % len(RATES)], 99 + article % 1700
    net = (total * 20_000 + 10_000 + rate) // (2 * (10_000 + rate))
    return LineFacts(
        n=n,
        sku=f"SKU-{article:05d}",
        code=f"{3_000_000_000_000 + article:014d}",
        name=f"Confiture de framboises {article} × 370 g",
        quantity=1000,
        unit="piece",
        unit_price=total,
        gross=total,
        total=total,
        vat=f"FR{rate}",
        vat_rate=rate,
        net=net,
        tax=total - net,
        department=DEPARTMENTS[article % len(DEPARTMENTS)],
    )


def _vat(lines: list[LineFacts]) -> list[VatFacts]:
    table = []
    for rate in sorted({line.vat_rate for line in lines}, reverse=True):
        those = [line for line in lines if line.vat_rate == rate]
        net, tax = sum(line.net for line in those), sum(line.tax for line in those)
        table.append(VatFacts(rate=rate, gross=net + tax, net=net, tax=tax))
    return table


def _stamp(chain: str, number: int) -> FiscalStamp:
    return FiscalStamp(
        plugin="france",
        fiscal_version="2.0",
        chain=chain,
        number=number,
        payload="2000:2538|0550:2790," * 4,
        previous="p" * 86,
        signature="s" * 86,
        key_id="k" * 16,
        algorithm="Ed25519",
        extract="abcd",
    )
