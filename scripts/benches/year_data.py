"""A year of a till's journal, made from a seed: signed entries with all that the verifier checks.

Tickets with their stamps and running totals, drawer openings, some printed tickets, people who sign
in, and the closing of every day, month and year, by the French rules. The entries are made one
after another and none is kept.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pos.domain.closing import levels
from pos.domain.events import (
    ClosingBegun,
    ClosingFinished,
    DrawerOpened,
    Event,
    Figures,
    FiscalSigned,
    PeriodClosed,
    PrintAsked,
    PrintFinished,
    PrintSending,
    StaffSignedIn,
    TillInstalled,
)
from pos.domain.events.closing import Level
from pos.domain.facts import ChainHead, RunningTotals, Tally, VatFacts
from pos.domain.shift import instant_text
from pos.fiscal.france import FranceRules
from pos.fiscal.port import SaleToSign, TotalToSign, ToWitness
from pos.journal.canonical import canonical
from pos.journal.chain import START, Chain
from pos.journal.entry import Entry, Place
from pos.journal.signing import SeedKey
from scripts.benches.sales import SELLER

SEED = 20_260_101
KEY = SeedKey(bytes(range(32)))
FIRST = date(2026, 1, 1)
DAYS = 365
ARTICLES = 2_000
RATES = (2000, 1000, 550, 210)
METHODS = ("cash", "cash", "card", "card", "card", "cheque", "meal_voucher")
REGISTER = "T01-K1"
PARENT: dict[Level, Level] = {"day": "month", "month": "year"}


class Year:
    """The journal so far: its chain, its fiscal chains, its running totals, what is not closed."""

    def __init__(self) -> None:
        self._chance = random.Random(SEED)
        self._rules = FranceRules()
        self._chain = Chain(Place("S001", "T01", "K1"), START)
        self._heads: dict[str, ChainHead] = {}
        self._running = RunningTotals()
        self._open: dict[Level, Counter[Any]] = {
            level: Counter() for level in ("day", "month", "year")
        }
        self._closed: Counter[Level] = Counter()
        self._at = datetime(2026, 1, 1, tzinfo=UTC)
        self._articles = [self._line(n) for n in range(ARTICLES)]
        self._ticket = 0

    def entries(self, count: int) -> Iterator[tuple[int, Entry]]:
        """Yield about `count` entries with their ordinals: whole days, 365 of them or fewer."""
        ordinal = 0
        days = min(DAYS, max(1, count // 60))
        for number in range(days):
            for entry in self._day(FIRST + timedelta(days=number), count // days):
                ordinal += 1
                yield ordinal, entry

    def _day(self, day: date, count: int) -> Iterator[Entry]:
        self._at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
        left = count
        if not self._chain.head.number:
            opened = TillInstalled(public_key=KEY.public_key.hex(), software="bench")
            yield from self._witnessed(opened)
        yield from self._witnessed(StaffSignedIn(staff="staff-1", role="cashier"))
        left -= 8
        step = timedelta(seconds=max(1, 36_000 * 2 // max(count, 1)))
        while left > 0:
            self._at += step
            for entry in self._sold(day):
                left -= 1
                yield entry
        yield from self._closing(day)

    def _witnessed(self, *events: Event) -> Iterator[Entry]:
        """Write events and the records that the country wants about them."""
        for event in events:
            yield self._write(event.kind, event.facts())
        seen = ToWitness(events, self._at, REGISTER, self._heads)
        records = self._rules.witness(seen, KEY)
        for record in records:
            self._heads[record.stamp.chain] = ChainHead(record.stamp.number, record.stamp.signature)
        if records:
            signed = FiscalSigned(records=list(records))
            yield self._write(signed.kind, signed.facts())

    def _write(self, kind: str, facts: dict[str, Any]) -> Entry:
        return self._chain.append(kind, 1, instant_text(self._at), canonical(facts), KEY)

    def _sold(self, day: date) -> Iterator[Entry]:
        """A ticket; the drawer opens for cash, and one in five is printed."""
        facts = self._sale(day)
        yield self._write("sale.finished", facts)
        if facts["tenders"][0]["method"] == "cash":
            yield from self._witnessed(DrawerOpened(cause="sale", staff="staff-1"))
        if self._ticket % 5 == 0:
            job, label = f"{self._ticket:026d}", str(facts["label"])
            asked = PrintAsked(
                job=job, document=label, paper="ticket", copy_number=0, printer="printer"
            )
            for event in (
                asked,
                PrintSending(job=job),
                PrintFinished(job=job, outcome="confirmed"),
            ):
                yield self._write(event.kind, event.facts())

    def _sale(self, day: date) -> dict[str, Any]:
        self._ticket += 1
        chance = self._chance
        chosen = (int(ARTICLES * chance.random() ** 2) for _ in range(chance.randint(1, 9)))
        lines = [{**self._articles[one], "n": n} for n, one in enumerate(chosen, 1)]
        total = sum(line["total"] for line in lines)
        method = chance.choice(METHODS)
        vat = _rates(lines)
        running = self._running = self._running.plus(total)
        facts: dict[str, Any] = {
            "ticket": self._ticket,
            "label": f"{REGISTER}-{self._ticket:06d}",
            "basket": f"{self._ticket:026d}",
            "at": instant_text(self._at),
            "business_day": day.isoformat(),
            "zone": "Europe/Paris",
            "currency": "EUR",
            "staff": "staff-1",
            "till": "T01",
            "operator": "10",
            "language": "fr",
            "seller": SELLER.model_dump(exclude_none=True),
            "lines": lines,
            "vat": vat,
            "tenders": [
                {"n": 1, "method": method, "amount": total, "given": total, "reference": ""}
            ],
            "total": total,
            "rounding": 0,
            "change": 0,
            "voided": [],
            "returned_tenders": [],
            "age_checked": 0,
            "training": False,
            "operation": "sale",
            "running": running.model_dump(),
            "software": "bench",
        }
        self._sign(facts, vat, total)
        self._add_up(vat, total, method)
        return facts

    def _sign(self, facts: dict[str, Any], vat: list[dict[str, int]], total: int) -> None:
        at = f"{self._at + timedelta(hours=1):%Y%m%d%H%M%S}"
        stamp = self._rules.stamp(SaleToSign(facts, REGISTER, at), self._head("ticket"), KEY)
        rows = [VatFacts(**row) for row in vat]
        of = TotalToSign("ticket", facts["label"], rows, total, self._running, REGISTER, at)
        grand = self._rules.total(of, self._head("gt_ticket"), KEY)
        for one in (stamp, grand):
            self._heads[one.chain] = ChainHead(one.number, one.signature)
        facts["fiscal"], facts["grand_total"] = stamp.model_dump(), grand.model_dump()

    def _head(self, chain: str) -> ChainHead:
        return self._heads.get(chain, ChainHead())

    def _add_up(self, vat: list[dict[str, int]], total: int, method: str) -> None:
        sums = self._open["day"]
        sums.update(tickets=1, total=total)
        sums["tender", method] += total
        for row in vat:
            for name in ("gross", "net", "tax"):
                sums[name, row["rate"]] += row[name]

    def _closing(self, day: date) -> Iterator[Entry]:
        closing = f"{day:%Y%m%d}{0:018d}"
        begun = ClosingBegun(closing=closing, business_day=day.isoformat(), staff="staff-1")
        yield from self._witnessed(begun)
        for level in levels(day, 12):
            yield from self._witnessed(self._closed_period(level, day, closing))
            sums = self._open[level]
            self._open[level] = Counter()
            if level in PARENT:
                self._open[PARENT[level]].update(sums)
            else:
                self._running = self._running.new_period(self._running)
        yield from self._witnessed(
            ClosingFinished(closing=closing, business_day=day.isoformat(), staff="staff-1")
        )

    def _closed_period(self, level: Level, day: date, closing: str) -> PeriodClosed:
        key = {"day": f"{day}", "month": f"{day:%Y-%m}", "year": f"{day:%Y}"}[level]
        figures, at = _figures(self._open[level]), self._at + timedelta(hours=1)
        of = TotalToSign(
            level=level,
            key=key,
            vat=figures.vat,
            total=figures.total,
            running=self._running,
            till=REGISTER,
            at_local=f"{at:%Y%m%d%H%M%S}",
        )
        self._closed[level] += 1
        stamp = self._rules.total(of, self._head(f"gt_{level}"), KEY)
        self._heads[stamp.chain] = ChainHead(stamp.number, stamp.signature)
        return PeriodClosed(
            closing=closing,
            level=level,
            key=key,
            number=self._closed[level],
            label=f"{REGISTER}-{level[0].upper()}{self._closed[level]:06d}",
            at=instant_text(self._at),
            since=instant_text(self._at),
            zone="Europe/Paris",
            currency="EUR",
            till="T01",
            staff="staff-1",
            operator="10",
            language="fr",
            seller=SELLER,
            figures=figures,
            running=self._running,
            software="bench",
            fiscal=stamp,
        )

    def _line(self, article: int) -> dict[str, Any]:
        rate, total = RATES[article % len(RATES)], 99 + article % 1700
        net = (total * 20_000 + 10_000 + rate) // (2 * (10_000 + rate))
        return {
            "n": 0,
            "sku": f"SKU-{article:05d}",
            "code": f"{3_000_000_000_000 + article:014d}",
            "name": f"Confiture n° {article} × 370 g",
            "quantity": 1000,
            "unit": "piece",
            "unit_price": total,
            "gross": total,
            "ticket_discount": 0,
            "total": total,
            "vat": f"FR{rate}",
            "vat_rate": rate,
            "vat_letter": "A",
            "net": net,
            "tax": total - net,
            "department": "Épicerie",
            "eco": 0,
            "guarantee_months": 0,
            "meal_voucher": False,
        }


def _rates(lines: list[dict[str, Any]]) -> list[dict[str, int]]:
    sums: dict[int, list[int]] = {}
    for line in lines:
        held = sums.setdefault(line["vat_rate"], [0, 0])
        held[0] += line["net"]
        held[1] += line["tax"]
    return [
        {"rate": rate, "gross": net + tax, "net": net, "tax": tax}
        for rate, (net, tax) in sorted(sums.items(), reverse=True)
    ]


def _figures(sums: Counter[Any]) -> Figures:
    """Return the figures that the verifier adds up; the others are not its business."""
    rates = sorted({key[1] for key in sums if key[0] == "gross"}, reverse=True)
    return Figures(
        tickets=sums["tickets"],
        sold=sums["total"],
        total=sums["total"],
        vat=[
            VatFacts(
                rate=rate,
                gross=sums["gross", rate],
                net=sums["net", rate],
                tax=sums["tax", rate],
            )
            for rate in rates
        ],
        tenders=[
            Tally(name=key[1], amount=amount)
            for key, amount in sorted(
                (key, amount) for key, amount in sums.items() if key[0] == "tender"
            )
        ],
    )
