"""The parts of what happened: frozen groups of facts that the events are made of.

Amounts are minor units, quantities thousandths, rates basis points. Unknown names and wrong types
are refused. No group names a person.

>>> VatFacts(rate=2000, gross=1200, net=1000, tax=200).tax
200
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pos.domain.money import half_up

ARTICLES_MOST = 50
"""The most best sellers of a report."""

COUNTED_COPIES = ("ticket", "closing")
"""The papers whose copies after the first are duplicates."""

COUNTERS = (
    "discounts",
    "price_changes",
    "voided_lines",
    "abandoned",
    "duplicates",
    "no_sales",
    "forced_openings",
    "paid_in",
    "paid_out",
    "drops",
    "float",
    "counted",
    "cash_difference",
    "unsettled_cards",
    "settled_cards",
    "card_difference",
)
"""What `Figures.counters` names: how often, and what amount where there is one."""


class Fact(BaseModel):
    """A frozen group of facts; unknown names and wrong types are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


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


class ReturnFacts(Fact):
    """What a line gives back: line `line` of `ticket`, "" and 0 for goods that came without one.

    `reason` is required: the law wants a correction to say why.
    """

    ticket: str = ""
    line: int = 0
    reason: str


class WeighingFacts(Fact):
    """How a weighed article was weighed at the till: by its scale, or a weight typed by hand.

    `tare` grams were taken off: the line's quantity is net. `approval` is the number under which
    scale and till were approved together (directive 2014/31/EU), "" where they were not.
    """

    by: Literal["scale", "hand"]
    tare: int = Field(default=0, ge=0)
    approval: str = ""


class LineFacts(Fact):
    """A line, sold or given back. Amounts in minor units, quantity in thousandths, rates in bp.

    `gross` is quantity × unit price, rounded; `total` = gross − line discount − ticket discount;
    net + tax = total. `price_before` is the catalogue price that a person replaced; `vat_letter`
    stands for the rate on the ticket. A line that gives back (`returned`) has a negative quantity,
    gross and total, and the rate of the day it was sold. `order` names the line of an order to
    collect that is paid by it (`<order>/<line>`). `weighing` is of what was weighed at the till.
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
    returned: ReturnFacts | None = None
    order: str | None = None
    weighing: WeighingFacts | None = None


class VatFacts(Fact):
    """One rate of the sale's VAT table."""

    rate: int
    gross: int
    net: int
    tax: int


class TenderFacts(Fact):
    """What was paid with: `amount` counts towards the sale, `given` − `amount` was change.

    A negative amount went back to the customer; `origin` is then the ticket it came from.
    """

    n: int
    method: str
    amount: int
    given: int
    reference: str = ""
    origin: str | None = None


class RunningTotals(Fact):
    """The fiscal running totals after a document, in minor units.

    `period` since the fiscal year was opened, `perpetual` since the till was first used (never
    reset), `perpetual_abs` the same of absolute amounts. BOI-TVA-DECLA-30-10-30 § 170.
    """

    period: int = 0
    perpetual: int = 0
    perpetual_abs: int = 0

    def plus(self, total: int) -> RunningTotals:
        """Return the totals after a document of `total`; a refund is negative.

        >>> RunningTotals(period=5, perpetual=10, perpetual_abs=20).plus(-3)
        RunningTotals(period=2, perpetual=7, perpetual_abs=23)
        """
        return RunningTotals(
            period=self.period + total,
            perpetual=self.perpetual + total,
            perpetual_abs=self.perpetual_abs + abs(total),
        )

    def new_period(self, closed: RunningTotals) -> RunningTotals:
        """Return these totals in the fiscal year that follows one that ended at `closed`.

        What was sold between that end and its closing belongs to the new year.

        >>> end = RunningTotals(period=5, perpetual=10, perpetual_abs=20)
        >>> end.plus(3).new_period(end)
        RunningTotals(period=3, perpetual=13, perpetual_abs=23)
        """
        return self.model_copy(update={"period": self.perpetual - closed.perpetual})


class CoinCount(Fact):
    """How many of a note or coin of `value` minor units were counted."""

    value: int = Field(gt=0)
    count: int = Field(ge=0, le=1_000_000)


class Tally(Fact):
    """A line of a report: its name, how many, how much (thousandths of pieces or kg), what amount.

    The name is a tender, a department, an hour (`08`), a cashier's number or an article.
    """

    name: str
    count: int = 0
    quantity: int = 0
    amount: int = 0


class Figures(Fact):
    """What a span of the journal holds, training left out; amounts in minor units.

    `sold` sums the lines sold and `returned` (negative) those given back, total = sold + returned;
    the VAT table, tenders − rounding, departments, hours and cashiers each sum to `total`.
    `articles` are the best sellers by amount, no more than `ARTICLES_MOST`. `cards` are the card
    payments and paybacks that were approved, by terminal, sold or not yet.
    """

    first_ticket: str = ""
    last_ticket: str = ""
    tickets: int = 0
    refunds: int = 0
    voids: int = 0
    sold: int = 0
    returned: int = 0
    total: int = 0
    rounding: int = 0
    vat: list[VatFacts] = Field(default_factory=list)
    tenders: list[Tally] = Field(default_factory=list)
    departments: list[Tally] = Field(default_factory=list)
    hours: list[Tally] = Field(default_factory=list)
    cashiers: list[Tally] = Field(default_factory=list)
    articles: list[Tally] = Field(default_factory=list)
    counters: list[Tally] = Field(default_factory=list)
    cards: list[Tally] = Field(default_factory=list)

    @property
    def average(self) -> int:
        """What a ticket brings on average, half up; 0 without a ticket.

        >>> Figures(tickets=2, total=301).average, Figures().average
        (151, 0)
        """
        return half_up(self.total, self.tickets) if self.tickets else 0


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


class FiscalRecord(Fact):
    """A signed record about an entry: `back` is how many entries before this one it stands.

    `subject` is the document's label, or the kind of the entry where it has none.
    """

    subject: str
    back: int
    stamp: FiscalStamp


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


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The last record of a fiscal chain: its number and signature; 0 and "" before the first.

    >>> ChainHead(), ChainHead(41, "c2ln").number + 1
    (ChainHead(number=0, signature=''), 42)
    """

    number: int = 0
    signature: str = ""
