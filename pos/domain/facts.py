"""The parts of what happened: frozen groups of facts that the events are made of.

Amounts are minor units, quantities thousandths, rates basis points. Unknown names and wrong types
are refused. No group names a person.

>>> VatFacts(rate=2000, gross=1200, net=1000, tax=200).tax
200
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Fact(BaseModel):
    """A frozen group of facts; unknown names and wrong types are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class VoidedLine(Fact):
    """A line taken out before payment."""

    sku: str
    name: str
    quantity: int
    total: int


class ReturnedTender(Fact):
    """A payment that was given back before the sale was finished."""

    method: str
    amount: int
    given: int


class DiscountFacts(Fact):
    """A discount: what it took off, how it was asked (`percent` in basis points) and why."""

    amount: int
    percent: int = 0
    reason: str = ""


class LineFacts(Fact):
    """A sold line. Amounts in minor units, quantity in thousandths, `vat_rate` in basis points.

    `gross` is quantity × unit price, rounded; `total` = gross − line discount − ticket discount;
    net + tax = total. `price_before` is the catalogue price that a person replaced; `vat_letter`
    stands for the rate on the ticket.
    """

    n: int
    sku: str
    code: str = ""
    name: str
    quantity: int
    unit: str
    unit_price: int
    gross: int
    discount: DiscountFacts | None = None
    ticket_discount: int = 0
    total: int
    vat: str
    vat_rate: int
    vat_letter: str = ""
    net: int
    tax: int
    price_before: int | None = None
    department: str = ""
    eco: int = 0
    guarantee_months: int = 0
    meal_voucher: bool = False
    lot: str | None = None
    expiry: str | None = None


class VatFacts(Fact):
    """One rate of the sale's VAT table."""

    rate: int
    gross: int
    net: int
    tax: int


class TenderFacts(Fact):
    """What was paid with: `amount` counts towards the sale, `given` − `amount` was change."""

    n: int
    method: str
    amount: int
    given: int
    reference: str = ""


class SellerFacts(Fact):
    """Who sold, as the ticket says: public facts of a company, kept so that a copy is identical.

    `vat_exempt` is a shop under art. 293 B of the French CGI, which charges no VAT.
    """

    name: str
    company: str
    address: list[str] = Field(default_factory=list)
    country: str
    phone: str = ""
    siret: str = ""
    naf: str = ""
    vat_number: str = ""
    vat_exempt: bool = False
    return_policy: str = ""


class FiscalStamp(Fact):
    """What the country's fiscal plug-in signed; empty signature where the country asks nothing."""

    plugin: str
    fiscal_version: str
    chain: str
    number: int
    payload: str
    previous: str
    signature: str
    key_id: str
    algorithm: str
    extract: str
