"""Who sells, and which tickets a shop prints unasked.

>>> ShopFacts("Au coin", "Au coin SARL", ("1 rue Neuve", "69001 Lyon"), "FR").siret
''
"""

from __future__ import annotations

from dataclasses import dataclass

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
    """Which tickets print unasked: all of them, or only what the country and the shop want."""

    ask: bool = True
    guarantee: bool = True
    weighed: bool = False
