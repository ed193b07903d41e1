"""What the sales of the benches have in common: the shop, its lines, their VAT, the stamps."""

from __future__ import annotations

from pos.domain.events import (
    FiscalStamp,
    LineFacts,
    RunningTotals,
    SaleFinished,
    SellerFacts,
    TenderFacts,
    VatFacts,
)

LINES = 12
SELLER = SellerFacts(
    name="Au coin",
    company="Au coin SARL",
    address=["1 rue Neuve", "69001 Lyon"],
    country="FR",
    siret="73282932000074",
    naf="4711B",
    vat_number="FR44732829320",
)


def line(n: int, article: int, total: int, rate: int, department: str) -> LineFacts:
    """Return line `n`: a piece of an article, at a rate in basis points."""
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
        department=department,
    )


def vat_of(lines: list[LineFacts]) -> list[VatFacts]:
    """Return the VAT of lines, a row a rate, the highest first."""
    table = []
    for rate in sorted({line.vat_rate for line in lines}, reverse=True):
        those = [line for line in lines if line.vat_rate == rate]
        net, tax = sum(line.net for line in those), sum(line.tax for line in those)
        table.append(VatFacts(rate=rate, gross=net + tax, net=net, tax=tax))
    return table


def stamp(chain: str, number: int) -> FiscalStamp:
    """Return a stamp as long as a real one."""
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


def sale(ticket: int) -> SaleFinished:
    """Return a sale of `LINES` lines and two tenders."""
    lines = [line(n, n, 199 + 37 * n, (2000, 550)[n % 2], "Épicerie") for n in range(1, LINES + 1)]
    total = sum(one.total for one in lines)
    return SaleFinished(
        ticket=ticket,
        label=f"S001-T01-K1-{ticket:06d}",
        basket=f"{ticket:026d}",
        at="2026-11-22T13:05:09.123Z",
        business_day="2026-11-22",
        zone="Europe/Paris",
        currency="EUR",
        staff="2",
        till="T01",
        operator="2",
        language="fr",
        seller=SELLER,
        lines=lines,
        vat=vat_of(lines),
        tenders=[
            TenderFacts(n=1, method="voucher", amount=2500, given=2500),
            TenderFacts(n=2, method="cash", amount=total - 2500, given=total - 2500),
        ],
        total=total,
        shift="S" * 26,
        running=RunningTotals(period=total, perpetual=total, perpetual_abs=total),
        software="comptoir",
        fiscal=stamp("ticket", ticket),
        grand_total=stamp("gt_ticket", ticket),
    )
