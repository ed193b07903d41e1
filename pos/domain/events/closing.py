"""Closing: days, months and years, the records a country signs, archives, and training.

>>> TrainingSwitched(on=True, staff="3").facts()
{'on': True, 'staff': '3'}
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pos.domain.events.base import BaseEvent
from pos.domain.facts import Fact, Figures, FiscalRecord, FiscalStamp, RunningTotals, SellerFacts

Level = Literal["day", "month", "year"]


class ClosingBegun(BaseEvent):
    """The closing of a business day began; every later step is an entry that names `closing`.

    `caught_up` is a forgotten day that the till closes by itself, nobody counting.
    """

    kind: Literal["closing.begun"] = "closing.begun"
    closing: str
    business_day: str
    staff: str
    caught_up: bool = False


class PeriodClosed(BaseEvent):
    """A day, month or year was closed: `key` is `2026-11-22`, `2026-11` or the year's `2026`.

    It holds the tickets after the closing of the same level before it, up to this entry: a period
    is a span of the journal, never of a clock. `number` counts closings of the level, across
    epochs; `till` is the register. All that its paper shows is here. CGI art. 286 I 3° bis,
    BOI-TVA-DECLA-30-10-30 § 170: the period's total and the perpetual total, both signed.
    """

    kind: Literal["period.closed"] = "period.closed"
    closing: str
    level: Level
    key: str
    number: int
    label: str
    at: str
    since: str
    zone: str
    currency: str
    till: str
    staff: str
    operator: str
    language: str
    seller: SellerFacts
    figures: Figures
    running: RunningTotals
    caught_up: bool = False
    software: str
    fiscal: FiscalStamp


class ClosingFinished(BaseEvent):
    """Every step of a closing is done."""

    kind: Literal["closing.finished"] = "closing.finished"
    closing: str
    business_day: str
    staff: str


class ReportMade(BaseEvent):
    """Someone looked at the figures of the open day (X report), or exported or printed them."""

    kind: Literal["report.made"] = "report.made"
    report: Literal["x", "csv", "print"]
    staff: str
    business_day: str


class IntegrityDoubted(BaseEvent):
    """A figure of `document` differs from the signed totals it must agree with (event 90).

    `rule` names what does not add up (`pos.domain.closing.Doubt`); amounts in minor units. The
    closing stands: nobody is kept from closing, and an auditor finds both amounts. With the rule
    `not_closed` nothing was closed on that business day, though it was due, for an error of the
    program's; both amounts are 0 then.
    """

    kind: Literal["integrity.doubted"] = "integrity.doubted"
    document: str
    rule: str
    expected: int
    found: int


class TrainingSwitched(BaseEvent):
    """Training began or ended: what is sold in between is played. `staff` answers for it."""

    kind: Literal["training.switched"] = "training.switched"
    on: bool
    staff: str


class FiscalSigned(BaseEvent):
    """Records that the country's rules want signed about entries of the same transaction."""

    kind: Literal["fiscal.signed"] = "fiscal.signed"
    records: list[FiscalRecord]


class ArchiveMade(BaseEvent):
    """An archive was written: its first and last entry, its file's SHA-256 (hex), its stamp."""

    kind: Literal["archive.made"] = "archive.made"
    sha256: str
    first_day: str
    last_day: str
    first_entry: str
    last_entry: str
    entries: int
    total: int
    fiscal: FiscalStamp


class ArchiveVerified(BaseEvent):
    """An archive was read again and is whole."""

    kind: Literal["archive.verified"] = "archive.verified"
    sha256: str
    last_entry: str


class EpochEnd(Fact):
    """The last entry of an epoch that the centre holds of it, with its hash (hex)."""

    epoch: str
    number: int
    hash: str


class JournalPurged(BaseEvent):
    """Entries up to `number` of `epoch` left this till; the verified archive `sha256` holds them.

    `ordinal` is the last one's place in the file and `hash` (hex) its hash: the chain goes on.
    `epochs` are the ends of which the file holds nothing any more, of this purge and all before.
    """

    kind: Literal["journal.purged"] = "journal.purged"
    sha256: str
    ordinal: int = Field(gt=0)
    epoch: str
    number: int
    hash: str
    epochs: list[EpochEnd] = Field(default_factory=list)
    staff: str = ""


class ExportMade(BaseEvent):
    """A file left the till for the accountant or for e-reporting."""

    kind: Literal["export.made"] = "export.made"
    export: str
    first_day: str
    last_day: str
    sha256: str
    staff: str = ""
