"""Who sells.

>>> ShopFacts("Au coin", "Au coin SARL", ("1 rue Neuve", "69001 Lyon"), "FR").siret
''
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """Who sells: what the law wants at the head of a ticket, and set-up wants before opening."""

    name: str
    company: str
    address: tuple[str, ...]
    country: str
    phone: str = ""
    siret: str = ""
    naf: str = ""
    vat_number: str = ""
    return_policy: str = ""
