"""What the till remembers: open baskets, tickets, prints, cards, shifts and closings; read only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pos.domain.errors import StoreUnavailable as StoreUnavailable
from pos.domain.events import (
    CardAnswered,
    CashMoved,
    ClosingBegun,
    Figures,
    PeriodClosed,
    RunningTotals,
    SaleFinished,
    ShiftCounted,
    ShiftOpened,
)
from pos.domain.facts import ChainHead
from pos.journal.signing import Signer as Signer


@dataclass(frozen=True, slots=True)
class Draft:
    """An open or parked basket as it lies on disk: its steps as JSON texts, in order."""

    basket: str
    staff: str
    parked: bool
    steps: Sequence[str]


class Drafts(Protocol):
    """The open baskets' safe place: every step is on disk before a screen shows it.

    The ledger closes, cuts, parks and recalls drafts itself, in the transaction of the entry that
    says so (`sale.finished`, `basket.abandoned`, `basket.cut`, `basket.parked`,
    `basket.recalled`).
    """

    def add_step(self, basket: str, staff: str, number: int, step: str) -> None:
        """Append step `number` (from 1, dense) of a basket, durably; opens the basket if new."""
        ...

    def all(self) -> list[Draft]:
        """Return every basket that is open or parked, the oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class PrintTrouble:
    """A print job that has not ended: `sending` is True once bytes may have left."""

    job: str
    document: str
    copy_number: int
    sending: bool
    paper: str = "ticket"


@dataclass(frozen=True, slots=True)
class CardRequest:
    """A card payment that was asked of a `terminal`; `outcome` is empty while nobody knows."""

    request: str
    basket: str
    amount: int
    outcome: str
    terminal: str = "manual"


@dataclass(frozen=True, slots=True)
class CardTotals:
    """What a terminal should have done since it was last compared; amount in minor units."""

    terminal: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What went back of a ticket: by line (thousandths, minor units), by tender; all positive."""

    lines: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    tenders: Mapping[str, int] = field(default_factory=dict)


class Past(Protocol):
    """What the journal's projections remember, read only."""

    def sale(self, label: str | None = None) -> SaleFinished | None:
        """Return the sale of a ticket label, or the last one of all for None."""
        ...

    def is_purged(self, label: str) -> bool:
        """Tell whether a ticket left for an archive, and only its numbers and its copies go on.

        What came back of it since is not known any more, so nothing of it may come back by it.
        """
        ...

    def last_sale(self, *, training: bool) -> SaleFinished | None:
        """Return the last real sale, or the last one of training."""
        ...

    def copies(self, document: str, paper: str = "ticket") -> int:
        """Return the copy number that the next such paper of a document bears; 0: the original.

        One more than the highest that may have come out: a print that the printer itself said to
        have failed does not count.
        """
        ...

    def given_back(self, label: str) -> GivenBack:
        """Return what was already given back of a ticket, by line and by tender."""
        ...

    def open_prints(self) -> list[PrintTrouble]:
        """Return the print jobs that have not ended, and those whose end is unknown."""
        ...

    def cards(self, basket: str | None = None) -> list[CardRequest]:
        """Return the card requests of a basket, or for None every one whose end is not known."""
        ...

    def card(self, request: str) -> CardRequest | None:
        """Return a card request by its name, None for one that is not remembered."""
        ...

    def card_answer(self, request: str) -> CardAnswered | None:
        """Return what was told last of a card request, late or not; None for nothing yet."""
        ...

    def last_card(self) -> str | None:
        """Return the last card request, other than one that was played."""
        ...

    def card_totals(self) -> Sequence[CardTotals]:
        """Return what each terminal was paid since it was last compared; none that did nothing."""
        ...


@dataclass(frozen=True, slots=True)
class ShiftState:
    """A shift as the journal left it; amounts in minor units.

    `takings` sums its cash tenders (refunds negative), `paid_in`, `paid_out` and `drops` are
    positive. `counts` are its blind counts, the last one counts. `left` is set once it is closed.
    """

    opened: ShiftOpened
    at: str
    float_amount: int
    is_float_counted: bool
    takings: int
    paid_in: int
    paid_out: int
    drops: int
    counts: Sequence[ShiftCounted] = ()
    left: int | None = None

    @property
    def expected(self) -> int:
        """What should lie in the drawer."""
        return self.float_amount + self.takings + self.paid_in - self.paid_out - self.drops

    @property
    def fresh_count(self) -> ShiftCounted | None:
        """The last count, while what should lie in the drawer is still what it was then."""
        last = self.counts[-1] if self.counts else None
        return last if last is not None and last.expected == self.expected else None


@dataclass(frozen=True, slots=True)
class MovedCash:
    """A movement of cash, and the instant text of its entry."""

    moved: CashMoved
    at: str


class Books(Protocol):
    """What closings read of the journal's projections; each answer is one snapshot."""

    def position(self) -> int:
        """Return the ordinal of the last entry, 0 for none."""
        ...

    def figures(self, since: int, until: int) -> Figures:
        """Return the figures of the entries after ordinal `since`, up to `until`.

        They rest on those entries alone, whatever was written since. `refunds` counts exchanges
        too. Tallies come by name, rates the highest first, articles by what was sold of them less
        what came back. Of the counters those that counted something are there: what discounts and
        changed prices took off lines sold, lines voided in tickets and in abandoned baskets,
        copies that were asked for (`COUNTED_COPIES`), the floats that shifts were opened with or
        were counted to, shifts closed and how many of them differed, and the cards that had no
        answer by the end.
        """
        ...

    def running(self) -> RunningTotals:
        """Return the running totals after the last real sale; `period` is 0 after a closed year."""
        ...

    def closed_at(self, level: str) -> int:
        """Return the ordinal of the last closing of a level, 0 for none."""
        ...

    def closings(self, level: str, since: int = 0) -> Sequence[PeriodClosed]:
        """Return the closings of a level after an ordinal, the oldest first."""
        ...

    def closing(self, label: str) -> PeriodClosed | None:
        """Return a closing by its label."""
        ...

    def closing_numbered(self, level: str, number: int) -> PeriodClosed | None:
        """Return the closing of a level by its number, which no epoch begins again."""
        ...

    def last_closing(self, level: str) -> PeriodClosed | None:
        """Return the last closing of a level."""
        ...

    def first_day(self) -> str:
        """Return the business day of the till's first start or sale, as an ISO date, or ""."""
        ...

    def unfinished(self) -> ClosingBegun | None:
        """Return the closing that was begun and not finished."""
        ...

    def heads(self) -> Mapping[str, ChainHead]:
        """Return the heads of the present epoch's fiscal chains, by chain name."""
        ...

    def training(self) -> bool:
        """Tell whether training was switched on last."""
        ...

    def shifts(self) -> Sequence[ShiftState]:
        """Return the shifts that are not closed, the oldest first."""
        ...

    def last_shift(self, drawer: str | None = None) -> ShiftState | None:
        """Return the last shift of a drawer, or of all for None, open or closed."""
        ...

    def cash_move(self, label: str | None = None) -> MovedCash | None:
        """Return a movement of cash by its label, or the last one of all for None."""
        ...
