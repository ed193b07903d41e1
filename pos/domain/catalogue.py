"""What the shop sells: articles, the codes that name them, and their prices by date.

>>> from datetime import datetime, UTC
>>> noel = datetime(2026, 12, 24, tzinfo=UTC)
>>> bread = Article("100", "Baguette", vat="FR055", prices=(Price(110), Price(99, noel)))
>>> bread.price_at(datetime(2026, 12, 1, tzinfo=UTC)), bread.price_at(noel)
(110, 99)
>>> Article("200", "Pommes", vat="FR055", unit=Unit.KG).price_at(noel) is None
True
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

NAME_MAX = 200
"""The longest article name, in characters."""

FIRST = datetime(1970, 1, 1, tzinfo=UTC)
"""The instant from which a price without a date is valid."""


class Unit(StrEnum):
    """How an article is counted; quantities are thousandths of it."""

    PIECE = "piece"
    KG = "kg"


@dataclass(frozen=True, slots=True)
class Price:
    """A price including VAT, minor units for one unit, valid from an instant on."""

    amount: int
    since: datetime = FIRST


@dataclass(frozen=True, slots=True)
class Article:
    """One thing the shop sells.

    `vat` is a code of the country's VAT table, never a rate. `codes` are 14-digit GTINs, in-store
    keys of variable-measure codes (`02` + item number) or the shop's own codes. `age` is the
    buyer's least age in years, 0 for none. `guarantee_months` is set for the durable goods of
    C. consom. D211-6. `eco` is the eco-participation included in the price of one unit.
    An article without a price is sold at a price the cashier types.
    """

    sku: str
    name: str
    vat: str
    codes: tuple[str, ...] = ()
    unit: Unit = Unit.PIECE
    prices: tuple[Price, ...] = ()
    department: str = ""
    age: int = 0
    meal_voucher: bool = False
    guarantee_months: int = 0
    eco: int = 0

    def price_at(self, instant: datetime) -> int | None:
        """Return the price in force at `instant`, or None when the cashier must type one."""
        found: Price | None = None
        for price in self.prices:
            if price.since <= instant and (found is None or price.since >= found.since):
                found = price
        return None if found is None else found.amount


@dataclass(frozen=True, slots=True)
class VatRate:
    """A rate in basis points (5.5 % = 550), valid from a day on."""

    basis_points: int
    since: date


@dataclass(frozen=True, slots=True)
class VatTable:
    """A country's VAT codes and their rates by date; the letter is what a ticket prints."""

    rates: Mapping[str, Sequence[VatRate]]
    letters: Mapping[str, str]

    def with_rates(self, told: Mapping[str, Sequence[VatRate]]) -> VatTable:
        """Return the table with rates from elsewhere; of the same day, they stand for its own.

        >>> old = VatTable({"FR20": (VatRate(2000, date(2014, 1, 1)),)}, {})
        >>> new = old.with_rates({"FR20": (VatRate(2100, date(2027, 1, 1)),)})
        >>> new.rate_on("FR20", date(2026, 12, 31)), new.rate_on("FR20", date(2027, 1, 1))
        (2000, 2100)
        """
        if not told:
            return self
        joined = {code: (*dated, *self.rates.get(code, ())) for code, dated in told.items()}
        return VatTable({**self.rates, **joined}, self.letters)

    def rate_on(self, code: str, day: date) -> int:
        """Return the rate of `code` on `day` in basis points; KeyError for an unknown code."""
        valid = [rate for rate in self.rates[code] if rate.since <= day]
        if not valid:
            raise KeyError(f"{code} has no rate on {day}")
        return max(valid, key=lambda rate: rate.since).basis_points


@dataclass(frozen=True, slots=True)
class ToldVat:
    """What the centre told of VAT: rates by code, and by article the codes it gets, dated.

    >>> told = ToldVat(codes={"100": [(10, "FR10"), (20, "FR20")]})
    >>> [told.code_of("100", now, "FR055") for now in (9, 10, 19, 20)]
    ['FR055', 'FR10', 'FR10', 'FR20']
    """

    rates: Mapping[str, Sequence[VatRate]] = field(default_factory=dict)
    codes: Mapping[str, Sequence[tuple[int, str]]] = field(default_factory=dict)

    def code_of(self, sku: str, now: int, own: str) -> str:
        """Return an article's code at an instant (seconds since 1970); `own` is its row's."""
        past = [one for one in self.codes.get(sku, ()) if one[0] <= now]
        return max(past)[1] if past else own
