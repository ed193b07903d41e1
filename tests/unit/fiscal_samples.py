"""A French shop's facts for the tests of the fiscal plug-ins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pos.domain.events import FiscalStamp, PeriodClosed, SaleFinished
from pos.domain.facts import Figures, RunningTotals, Tally, VatFacts
from pos.domain.shop import ShopFacts
from pos.doubles import HashSigner
from pos.fiscal.france import FranceRules
from pos.fiscal.port import ChainHead, SaleToSign, TotalToSign
from pos.journal.signing import SeedKey
from pos.papers.page import Block, Text

# The number of the standards' own examples: its check digits are right and it names no shop here.
SHOP = ShopFacts(
    "Au coin",
    "Au coin SARL",
    ("1 rue Neuve", "69001 Lyon"),
    "FR",
    siret="73282932000074",
    naf="4711B",
    vat_number="FR44732829320",
)
SIGNER = HashSigner()
KEY = SeedKey(bytes(range(32)))
LINE: dict[str, Any] = {
    "n": 1,
    "sku": "1",
    "code": "",
    "name": "Lampe, halogène",
    "quantity": 1000,
    "unit": "piece",
    "unit_price": 1200,
    "gross": 1200,
    "total": 1200,
    "vat": "FR20",
    "vat_rate": 2000,
    "net": 1000,
    "tax": 200,
}
RETURNED: dict[str, Any] = {
    **LINE,
    "quantity": -1000,
    "gross": -1200,
    "total": -1200,
    "net": -1000,
    "tax": -200,
    "returned": {"ticket": "T01-K1-000001", "line": 1, "reason": "cassée"},
}
VAT = [VatFacts(rate=2000, gross=1200, net=1000, tax=200)]


def facts(**changed: Any) -> dict[str, Any]:
    """Return the facts of a sale of one line, as the journal keeps them."""
    whole = {
        "ticket": 1,
        "label": "T01-K1-000001",
        "basket": "B",
        "at": "2026-11-22T13:05:09.123Z",
        "business_day": "2026-11-22",
        "zone": "Europe/Paris",
        "currency": "EUR",
        "staff": "staff-1",
        "till": "T01",
        "operator": "10",
        "language": "fr",
        "seller": {"name": "Au coin", "company": "Au coin SARL", "country": "FR"},
        "lines": [LINE],
        "vat": [row.model_dump() for row in VAT],
        "tenders": [{"n": 1, "method": "cash", "amount": 1200, "given": 2000}],
        "total": 1200,
        "change": 800,
        "software": "Comptoir 0.1.0",
    }
    return {**whole, **changed}


def to_sign(**changed: Any) -> SaleToSign:
    """Return a sale as the till hands it to be signed."""
    return SaleToSign(facts(**changed), "T01-K1", "20261122140509")


def stamped(**changed: Any) -> FiscalStamp:
    """Return the stamp of the first ticket."""
    return FranceRules().stamp(to_sign(**changed), ChainHead(), SIGNER)


def sale_of(stamp: FiscalStamp, **changed: Any) -> SaleFinished:
    """Return a sale as the journal holds it."""
    return SaleFinished.model_validate({**facts(**changed), "fiscal": stamp})


def total_of(level: str = "day", key: str = "2026-11-22", **changed: Any) -> TotalToSign:
    """Return a total to sign."""
    running = RunningTotals(period=2411, perpetual=4822, perpetual_abs=9999)
    values: dict[str, Any] = {
        "vat": VAT,
        "total": 1200,
        "running": running,
        "till": "T01-K1",
        "at_local": "20261122200000",
        **changed,
    }
    return TotalToSign(level, key, **values)


FIGURES = Figures(
    first_ticket="T01-K1-000001",
    last_ticket="T01-K1-000007",
    tickets=7,
    refunds=1,
    sold=24_110,
    returned=-2_700,
    total=21_410,
    rounding=1,
    vat=[
        VatFacts(rate=2000, gross=16_000, net=13_333, tax=2_667),
        VatFacts(rate=550, gross=5_410, net=5_128, tax=282),
    ],
    tenders=[
        Tally(name="cash", count=5, amount=-589),
        Tally(name="card", count=3, amount=22_000),
    ],
)


def closed_of(figures: Figures = FIGURES, level: str = "day", **changed: Any) -> PeriodClosed:
    """Return a closing of a period."""
    keys = {"day": "2026-11-22", "month": "2026-11", "year": "2026"}
    whole = {
        "closing": "C",
        "level": level,
        "key": keys[level],
        "number": 3,
        "label": "T01-K1-Z000003",
        "at": "2026-11-22T19:00:00.000Z",
        "since": "2026-11-21T19:00:00.000Z",
        "zone": "Europe/Paris",
        "currency": "EUR",
        "till": "T01",
        "staff": "staff-3",
        "operator": "90",
        "language": "fr",
        "seller": SHOP.as_seller(),
        "figures": figures,
        "running": RunningTotals(period=123_456, perpetual=1_234_567, perpetual_abs=2_000_000),
        "software": "Comptoir 0.1.0",
        "fiscal": FranceRules().total(total_of(level, keys[level]), ChainHead(2, "abc"), SIGNER),
    }
    return PeriodClosed.model_validate({**whole, **changed})


def texts(blocks: Sequence[Block]) -> list[str]:
    """Return what blocks of paper say."""
    return [block.text for block in blocks if isinstance(block, Text)]
