"""What a country's fiscal plug-in answers: may the till open, what is signed, what is printed.

A plug-in is pure: it is given facts and the till's signer, and returns facts. The core numbers a
sale and commits the stamp in the same transaction; nothing here knows a database or a clock.

>>> ChainHead(), ChainHead(41, "c2ln").number + 1
(ChainHead(number=0, signature=''), 42)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pos.domain.events import FiscalStamp, SaleFinished
from pos.domain.shop import PrintRules, ShopFacts
from pos.domain.words import Sentence
from pos.papers.page import Block

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The last record of a fiscal chain: its number and signature; 0 and "" before the first."""

    number: int = 0
    signature: str = ""


@dataclass(frozen=True, slots=True)
class SaleToSign:
    """The facts of a sale a plug-in signs; amounts in minor units, instants as in the journal."""

    facts: dict[str, object]
    till: str
    at_local: str
    training: bool = False


class FiscalRules(Protocol):
    """A country's rules. `name` and `fiscal_version` are part of every signed document."""

    name: str
    fiscal_version: str

    def missing(self, shop: ShopFacts) -> Sequence[Sentence]:
        """Return what the set-up still lacks, a sentence each; empty when the till may open."""
        ...

    def printing_problems(self, rules: PrintRules) -> Sequence[Sentence]:
        """Return which printing rules of the shop the country forbids, a sentence each."""
        ...

    def stamp(self, sale: SaleToSign, head: ChainHead, sign: Sign, key_id: str) -> FiscalStamp:
        """Return the stamp of a new ticket, chained to `head`."""
        ...

    def ticket_block(self, sale: SaleFinished, copy_number: int) -> Sequence[Block]:
        """Return the fiscal block of the ticket; copy 0 is the original."""
        ...

    def prints_unasked(self, sale: SaleFinished) -> bool:
        """Tell whether the ticket is printed without being asked for."""
        ...
