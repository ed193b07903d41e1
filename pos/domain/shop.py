"""Who sells, and which tickets a shop prints unasked.

>>> ShopFacts("Au coin", "Au coin SARL", ("1 rue Neuve", "69001 Lyon"), "FR").siret
''
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pos.domain.facts import SellerFacts


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """Who sells: what the law wants at the head of a ticket, and set-up wants before opening.

    `vat_exempt` is a shop under art. 293 B of the French CGI, which charges no VAT.
    """

    name: str
    company: str
    address: tuple[str, ...]
    country: str
    phone: str = ""
    siret: str = ""
    naf: str = ""
    vat_number: str = ""
    return_policy: str = ""
    vat_exempt: bool = False

    def as_seller(self) -> SellerFacts:
        """Return the facts that a sale keeps of its seller."""
        return SellerFacts(
            name=self.name,
            company=self.company,
            address=list(self.address),
            country=self.country,
            phone=self.phone,
            siret=self.siret,
            naf=self.naf,
            vat_number=self.vat_number,
            vat_exempt=self.vat_exempt,
            return_policy=self.return_policy,
        )


@dataclass(frozen=True, slots=True)
class PrintRules:
    """Which papers print unasked: all tickets, or only what the country and the shop want.

    `card_trouble` are the receipts of card payments that were refused or given up, and of paybacks.
    """

    ask: bool = True
    guarantee: bool = True
    weighed: bool = False
    card_trouble: bool = True


@dataclass(frozen=True, slots=True)
class ScaleRules:
    """How the till's scale is used: `automatic` takes a still weight without a key.

    `approval` is the number under which scale and till were approved together, "" for none.
    """

    automatic: bool = False
    approval: str = ""


@dataclass(frozen=True, slots=True)
class RefundRules:
    """How goods come back; amounts in minor units.

    `without_ticket_most` is what one refund without a ticket may give at most, `days` how long
    after the sale goods come back without a manager (0: always). `instead` names the tender that
    stands in for one that cannot be given back; a tender that it does not name goes back as it
    came.
    """

    without_ticket_most: int = 5_000
    days: int = 0
    instead: Mapping[str, str] = field(default_factory=lambda: {"cheque": "cash"})


@dataclass(frozen=True, slots=True)
class CashRules:
    """Who shares a drawer, what is counted in it, and which difference needs a manager.

    `denominations` are minor units, largest first; `float_target` is what stays in the drawer for
    the next shift.
    """

    drawers: Literal["shared", "each"] = "shared"
    denominations: tuple[int, ...] = (
        *(50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500),
        *(200, 100, 50, 20, 10, 5, 2, 1),
    )
    difference_limit: int = 500
    float_target: int = 10_000


@dataclass(frozen=True, slots=True)
class ClosingRules:
    """When fiscal years end, and how many forgotten days the till closes by itself.

    `year_ends_with` is a month (12: the calendar year). A gap longer than `catch_up_days` may be a
    wrong clock, so a manager confirms the date first. `accounts` are the accounting numbers of
    the shop by what they are for.
    """

    year_ends_with: int = 12
    catch_up_days: int = 45
    accounts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PickupRules:
    """How orders are prepared and handed out; amounts in minor units.

    When the centre does not answer, `offline` says whether an order is handed out all the same
    (`allow`, `manager`, `refuse`); one worth more than `offline_most` then needs a manager too.
    One worth more than `high_value` wants a document seen whatever the customer shows. A hand-over
    can be undone for `undo_minutes`; an order is about to be late `soon_minutes` before its time.
    `wrong_codes` wrong short codes within `wait_minutes` close the till to codes for as long.
    """

    offline: Literal["allow", "manager", "refuse"] = "allow"
    offline_most: int = 10_000
    high_value: int = 15_000
    undo_minutes: int = 15
    soon_minutes: int = 15
    slip_copies: int = 1
    bag_labels: bool = True
    bags_scanned: bool = False
    wrong_codes: int = 5
    wait_minutes: int = 10
