"""What a country's fiscal plug-in answers: may the till open, what is signed, what is printed.

A plug-in is pure: it is given facts and the till's signer, and returns facts. The core numbers a
document and commits what was signed in the same transaction; nothing here knows a database or a
clock.

>>> ToWitness((), datetime(2026, 11, 22, 14, 5), "T01-K1", {"jet": ChainHead(41, "c2ln")}).till
'T01-K1'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pos.domain.events import Event, FiscalStamp, PeriodClosed, SaleFinished
from pos.domain.facts import ChainHead as ChainHead
from pos.domain.facts import FiscalRecord, RunningTotals, VatFacts
from pos.domain.shop import PrintRules, ShopFacts
from pos.domain.words import Sentence
from pos.journal.signing import Signer
from pos.papers.page import Block

Heads = Mapping[str, ChainHead]
"""The last record of each chain by its name; a chain that is not named has none yet."""


@dataclass(frozen=True, slots=True)
class SaleToSign:
    """The facts of a sale a plug-in signs; amounts in minor units, instants as in the journal.

    `till` is the register with its epoch (`T01-K1`), `at_local` is `YYYYMMDDHHMMSS`.
    """

    facts: dict[str, object]
    till: str
    at_local: str
    training: bool = False


@dataclass(frozen=True, slots=True)
class TotalToSign:
    """A total after a ticket (`level` "ticket"), a day, a month or a year; `key` names which.

    `vat` and `total` are those of the document or period alone, `running` those after it.
    """

    level: str
    key: str
    vat: Sequence[VatFacts]
    total: int
    running: RunningTotals
    till: str
    at_local: str


@dataclass(frozen=True, slots=True)
class ArchiveToSign:
    """An archive's file (`sha256`, hex) and what it holds: `days` is `2026-01-01/2026-12-31`."""

    sha256: str
    days: str
    vat: Sequence[VatFacts]
    total: int
    till: str
    at_local: str


@dataclass(frozen=True, slots=True)
class ToWitness:
    """Entries about to be written together, and where each chain of records stands.

    `at` is their instant, aware, in the shop's zone; `till` is the register with its epoch.
    """

    events: Sequence[Event]
    at: datetime
    till: str
    heads: Heads


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file for the accountant or the tax office: its name and its text (UTF-8)."""

    name: str
    text: str


class FiscalRules(Protocol):
    """A country's rules. `name` and `fiscal_version` are part of every signed document.

    Chains are named by their class: `ticket`, `training`, `gt_ticket`, `gt_day`, `gt_month`,
    `gt_year`, `duplicate`, `jet`, `archive`.
    """

    name: str
    fiscal_version: str

    def missing(self, shop: ShopFacts) -> Sequence[Sentence]:
        """Return what the set-up still lacks, a sentence each; empty when the till may open."""
        ...

    def printing_problems(self, rules: PrintRules) -> Sequence[Sentence]:
        """Return which printing rules of the shop the country forbids, a sentence each."""
        ...

    def stamp(self, sale: SaleToSign, head: ChainHead, signer: Signer) -> FiscalStamp:
        """Return the stamp of a new ticket, chained to `head`."""
        ...

    def total(self, total: TotalToSign, head: ChainHead, signer: Signer) -> FiscalStamp:
        """Return the stamp of a running total, chained to `head` of its level's chain."""
        ...

    def archive(self, archive: ArchiveToSign, head: ChainHead, signer: Signer) -> FiscalStamp:
        """Return the stamp of an archive, chained to `head`."""
        ...

    def witness(self, seen: ToWitness, signer: Signer) -> Sequence[FiscalRecord]:
        """Return the records that the country wants signed about these entries; most want none.

        `FiscalRecord.back` counts entries back from the `fiscal.signed` entry, which comes right
        after `seen.events`: 1 is the last of them.
        """
        ...

    def ticket_block(self, sale: SaleFinished, copy_number: int) -> Sequence[Block]:
        """Return the fiscal block of the ticket; copy 0 is the original."""
        ...

    def closing_block(self, closed: PeriodClosed, copy_number: int) -> Sequence[Block]:
        """Return the fiscal block of a closing's paper (Z report)."""
        ...

    def prints_unasked(self, sale: SaleFinished) -> bool:
        """Tell whether the ticket is printed without being asked for."""
        ...

    def training_mark(self) -> str:
        """Return what every document and screen says in training, in the law's language."""
        ...

    def exports(self, closed: PeriodClosed, accounts: Mapping[str, str]) -> Sequence[ExportFile]:
        """Return the files of a closed day: accounting entries, e-reporting; none where not asked.

        `accounts` are the shop's account numbers by what they are for (see the settings).
        """
        ...
