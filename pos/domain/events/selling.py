"""Baskets and sales: put aside, taken up, abandoned, paid.

>>> BasketRecalled(basket="B", staff="2").facts()
{'basket': 'B', 'staff': '2'}
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pos.domain.events.base import BaseEvent
from pos.domain.facts import (
    DiscountFacts,
    FiscalStamp,
    LineFacts,
    ReturnedTender,
    RunningTotals,
    SellerFacts,
    TenderFacts,
    VatFacts,
    VoidedLine,
)

Operation = Literal["sale", "refund", "exchange", "void"]


class BasketParked(BaseEvent):
    """A basket was put aside."""

    kind: Literal["basket.parked"] = "basket.parked"
    basket: str
    staff: str
    lines: int
    total: int


class BasketRecalled(BaseEvent):
    """A parked basket came back to a till's screen."""

    kind: Literal["basket.recalled"] = "basket.recalled"
    basket: str
    staff: str


class BasketCut(BaseEvent):
    """A basket could be read only up to one of its steps after a start; the rest of it is gone.

    What was paid by card towards it still belongs to it.
    """

    kind: Literal["basket.cut"] = "basket.cut"
    basket: str
    staff: str
    steps_kept: int
    lines: int
    total: int


class BasketAbandoned(BaseEvent):
    """A basket ended with no sale (technical event 320): an event, never a number."""

    kind: Literal["basket.abandoned"] = "basket.abandoned"
    basket: str
    staff: str
    lines: int
    total: int
    reason: str
    voided: list[VoidedLine] = Field(default_factory=list)
    returned_tenders: list[ReturnedTender] = Field(default_factory=list)


class SaleFinished(BaseEvent):
    """A paid sale: `ticket` is the till's gap-free number in its epoch, given only now.

    `operation` says whether it sells, gives back, does both, or undoes a whole ticket. `shift` is
    the cash shift it counts in; `running` and `grand_total` are the totals after it and their
    signed record (absent in training). Real and training sales are numbered apart. Lines' totals
    sum to `total`; tenders' amounts sum to `total` + `rounding`. All that the paper shows is
    here, so that a copy is identical: `operator` is the short label of who sold (a staff number,
    never a name), `language` the ticket's, `till` the register's name.
    """

    kind: Literal["sale.finished"] = "sale.finished"
    ticket: int
    label: str
    basket: str
    at: str
    business_day: str
    zone: str
    currency: str
    staff: str
    till: str
    operator: str
    language: str
    seller: SellerFacts
    lines: list[LineFacts]
    ticket_discount: DiscountFacts | None = None
    vat: list[VatFacts]
    tenders: list[TenderFacts]
    total: int
    rounding: int = 0
    change: int = 0
    voided: list[VoidedLine] = Field(default_factory=list)
    returned_tenders: list[ReturnedTender] = Field(default_factory=list)
    age_checked: int = 0
    training: bool = False
    operation: Operation = "sale"
    shift: str | None = None
    running: RunningTotals | None = None
    software: str
    fiscal: FiscalStamp
    grand_total: FiscalStamp | None = None
