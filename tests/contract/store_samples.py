"""A shop's events, made up of nothing but numbers, and a till's file to put them in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pos.domain.events import (
    DiscountFacts,
    FiscalStamp,
    LineFacts,
    SaleFinished,
    SellerFacts,
    TenderFacts,
    VatFacts,
)
from pos.store.open import Store, Who, open_store

WHO = Who("S012", "T03", "comptoir 0.1.0")
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Hand:
    """A clock that a test moves by hand; each look at it moves one second on."""

    def __init__(self, start: datetime = NOON) -> None:
        self.at = start

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


class Counted:
    """Identifiers in order, 26 characters each."""

    def __init__(self, start: int = 0) -> None:
        self.last = start

    def token(self) -> str:
        self.last += 1
        return f"{self.last:026d}"


def opened(folder: Path, *, clock: Hand | None = None, ids: Counted | None = None) -> Store:
    """Open the till whose data and state folders are in `folder`."""
    return open_store(folder / "data", folder / "state", WHO, clock or Hand(), ids or Counted())


def line(n: int, total: int, rate: int = 2000, *, discount: int = 0) -> LineFacts:
    tax = total - (total * 10000 + (10000 + rate) // 2) // (10000 + rate)
    return LineFacts(
        n=n,
        sku=f"A{n}",
        code=f"{n:014d}",
        name=f"Crème brûlée n° {n}",
        quantity=1000,
        unit="piece",
        unit_price=total + discount,
        gross=total + discount,
        discount=DiscountFacts(amount=discount, percent=0, reason="ends") if discount else None,
        total=total,
        vat=f"FR{rate}",
        vat_rate=rate,
        net=total - tax,
        tax=tax,
        department="D1",
        lot="L1" if n % 5 == 0 else None,
    )


def vat_table(lines: list[LineFacts]) -> list[VatFacts]:
    rates = sorted({each.vat_rate for each in lines}, reverse=True)
    found = []
    for rate in rates:
        those = [each for each in lines if each.vat_rate == rate]
        net, tax = sum(each.net for each in those), sum(each.tax for each in those)
        found.append(VatFacts(rate=rate, gross=net + tax, net=net, tax=tax))
    return found


def stamp(number: int, chain: str = "ticket") -> FiscalStamp:
    return FiscalStamp(
        plugin="france",
        fiscal_version="1",
        chain=chain,
        number=number,
        payload=f"2000:{number},20261122120000",
        previous="",
        signature=f"signature-{number}",
        key_id="k1",
        algorithm="ES256",
        extract="abcd",
    )


def sale(
    ticket: int,
    totals: list[int],
    *,
    basket: str = "",
    rounding: int = 0,
    tenders: int = 1,
    training: bool = False,
) -> SaleFinished:
    """A sale that adds up: one line a total, rates in turn, paid in `tenders` parts."""
    lines = [line(n, total, (2000, 1000, 550)[n % 3]) for n, total in enumerate(totals, 1)]
    due = sum(totals) + rounding
    parts = [due // tenders] * (tenders - 1)
    parts.append(due - sum(parts))
    return SaleFinished(
        ticket=ticket,
        label=f"T{ticket}",
        basket=basket or f"B{ticket}",
        at="2026-11-22T12:00:00.000Z",
        business_day="2026-11-22",
        zone="Europe/Paris",
        currency="EUR",
        staff="2",
        till="T03",
        operator="2",
        language="fr",
        seller=SellerFacts(name="Au coin", company="Au coin SARL", country="FR"),
        lines=lines,
        vat=vat_table(lines),
        tenders=[
            TenderFacts(n=n, method="cash", amount=part, given=part)
            for n, part in enumerate(parts, 1)
        ],
        total=sum(totals),
        rounding=rounding,
        training=training,
        software=WHO.software,
        fiscal=stamp(ticket, "training" if training else "ticket"),
    )
