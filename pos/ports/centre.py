"""The centre as the till and its courier see it: what goes up, what came down, and how it stands.

The courier reads the journal through an `Outbox` and keeps what it hears in a `Mirror`; the till
reads the mirror through `Centre`. Both live in the store; the network is behind neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

from pos.domain.catalogue import ToldVat
from pos.domain.feed import StaffFields, States, StockFields
from pos.domain.promotion import Promotions
from pos.journal.chain import Head
from pos.journal.entry import Entry


class CourierState(StrEnum):
    """How the courier stands with the centre; `pos.till.readiness` has the words for each."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    SENDING = "sending"
    LOADING = "loading"
    NO_NETWORK = "no_network"
    NAME_NOT_FOUND = "name_not_found"
    NO_ANSWER = "no_answer"
    NOT_TRUSTED = "not_trusted"
    LOGIN_PAGE = "login_page"
    PROXY_ERROR = "proxy_error"
    SERVER_ERROR = "server_error"
    HALF_ANSWER = "half_answer"
    TOO_SLOW = "too_slow"
    CLOCK_WRONG = "clock_wrong"
    NOT_ENROLLED = "not_enrolled"
    REVOKED = "revoked"
    TOO_OLD = "too_old"
    REJECTED = "rejected"
    FORKED = "forked"
    UNOPENED = "unopened"
    MISSING = "missing"
    DISK = "disk"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class LaneKept:
    """How far the centre holds an epoch (see `sync.merge.Lane`); `acked` may go backwards."""

    acked: int = 0
    until: int | None = None
    forked: bool = False


@dataclass(frozen=True, slots=True)
class ForkOrder:
    """The centre's epoch parted from the till's after `number` (`hash`): a new one must open."""

    epoch: str
    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class ReadingKept:
    """How far a scope was read (see `sync.reading.Reading`)."""

    v: int = 0
    nonce: str = ""
    round: int = 0
    sweeping: bool = False


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of a scope to keep, all in one transaction with where the reading stands after it.

    `things` are the states that it tells, by kind. `starts` tells the first page of a snapshot and
    `ends` its last: what neither they nor any page between them named is gone. `included` is how
    far entries count in the scope's stock, by till and epoch (`T01-K1`); None while the scope is
    not all read.
    """

    scope: str
    things: Mapping[str, States]
    reading: ReadingKept
    starts: bool = False
    ends: bool = False
    included: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Whom the till belongs to: the centre's address, name and key, and the scopes it reads."""

    url: str
    centre: str
    centre_key: str
    scopes: tuple[str, ...]
    key_id: str


@dataclass(frozen=True, slots=True)
class CourierReport:
    """What the courier says of itself; instants are texts, empty for never.

    `since` is when this state began, `heard_at` the last answer of the centre, `read_at` when each
    scope was last read to its end. `offset_s` is how far the centre's clock stands ahead of this
    machine's. `coming` is how much of a scope that is being read is here, in thousandths. `detail`
    is for whoever mends it.
    """

    state: CourierState = CourierState.NOT_ENROLLED
    detail: str = ""
    since: str = ""
    heard_at: str = ""
    offset_s: int = 0
    read_at: Mapping[str, str] = field(default_factory=dict)
    coming: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StockThere:
    """The stock of an article in one store of the company, in thousandths, as of an instant."""

    store: str
    name: str
    on_hand: int
    reserved: int
    as_of: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where else an article is; `answered_at` is when the centre said so, "" for not yet."""

    stores: Sequence[StockThere]
    answered_at: str


@dataclass(frozen=True, slots=True)
class ClaimWanted:
    """What the till asks to have alone: under the name of the entry that asked, what, and which."""

    claim: str
    what: Literal["hand_over", "voucher", "points"]
    key: str


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """What the centre said of a claim: who holds it, since when (an instant text).

    `why` is the state of an order of which nothing may leave any more, or `abandoned` when it is
    granted although another had it before and never told the end.
    """

    granted: bool
    holder: str
    at: str
    why: str = ""


class Outbox(Protocol):
    """The journal, read only, while the till may be writing it."""

    def is_judged(self) -> bool:
        """Tell whether the file is the one that the till last wrote.

        A backup that was put back, or a copy, is not: until the till has opened it and begun a new
        epoch, nothing of it may be told to the centre.
        """
        ...

    def heads(self) -> Mapping[str, Head]:
        """Return the last entry of each epoch, the epochs in the order they were opened.

        Those of which a purge took everything are among them.
        """
        ...

    def purged(self) -> Mapping[str, int]:
        """Return up to which number entries of an epoch were purged to an archive."""
        ...

    def entries(self, epoch: str, first: int) -> Iterator[Entry]:
        """Yield the entries of an epoch from a number on, in order, one in memory at a time."""
        ...

    def hash_at(self, epoch: str, number: int) -> bytes | None:
        """Return an entry's hash, also that of the last one purged; None where there is none."""
        ...


class Mirror(Protocol):
    """What the courier keeps of the centre; every method is one short transaction."""

    def lanes(self) -> Mapping[str, LaneKept]:
        """Return how far the centre is known to hold each epoch."""
        ...

    def keep_lanes(self, lanes: Mapping[str, LaneKept], order: ForkOrder | None = None) -> None:
        """Keep how far the centre holds each epoch, and an order to part from it."""
        ...

    def readings(self) -> Mapping[str, ReadingKept]:
        """Return how far each scope was read."""
        ...

    def reads(self, scopes: Sequence[str]) -> None:
        """Keep which scopes the till reads from now on; how far others were read is forgotten."""
        ...

    def apply(self, page: FeedPage) -> int:
        """Keep a page; return how many of its rows could not be understood (they are left out).

        What is new in a snapshot of articles is kept and not seen before `show`.
        """
        ...

    def show(self) -> None:
        """Let the till see the articles of a snapshot: all of them and their prices are kept."""
        ...

    def asked(self) -> Sequence[str]:
        """Return the articles whose stock elsewhere a till wants to know, the oldest first."""
        ...

    def answer(self, sku: str, stores: Sequence[StockThere], at: str) -> None:
        """Keep where else an article is, as the centre said at an instant."""
        ...

    def claims(self) -> Sequence[ClaimWanted]:
        """Return the claims that the till asked for and that have no answer yet, newest first."""
        ...

    def claimed(self, claim: str, answer: ClaimAnswer) -> None:
        """Keep what the centre said of a claim."""
        ...

    def report(self, report: CourierReport) -> None:
        """Keep what the courier says of itself."""
        ...


@dataclass(frozen=True, slots=True)
class StaffChange:
    """A person as the centre has them now; None: not of this store any more."""

    ref: str
    fields: StaffFields | None
    digest: str


@dataclass(frozen=True, slots=True)
class Level:
    """The stock of an article in the till's store as the centre told it, and what it counts."""

    fields: StockFields
    included: Mapping[str, int] = field(default_factory=dict)


class Centre(Protocol):
    """What the till reads of its centre, out of the mirror; never waits for the network."""

    def enrolled(self) -> bool:
        """Tell whether this till was ever let in by a centre."""
        ...

    def version(self) -> object:
        """Return a value that changes with whatever the courier wrote."""
        ...

    def report(self) -> CourierReport:
        """Return what the courier last said of itself."""
        ...

    def unsent_since(self) -> str:
        """Return the instant text of the oldest entry that the centre does not hold, or ""."""
        ...

    def level(self, sku: str) -> Level | None:
        """Return the stock of an article in this store, None when the centre told none."""
        ...

    def moved(self, sku: str, included: Mapping[str, int]) -> int:
        """Return how this till's own sales beyond `included` move the stock, in thousandths."""
        ...

    def below_zero(self, day: str) -> Mapping[str, int]:
        """Return the articles that this till sold below zero on a business day, and where to.

        Thousandths by SKU; an article of which the centre told no stock is left out.
        """
        ...

    def ask_elsewhere(self, sku: str, at: str) -> None:
        """Ask the courier for the stock of an article in all stores; `at` is now."""
        ...

    def elsewhere(self, sku: str) -> Elsewhere | None:
        """Return the last answer about an article, None when nobody ever asked."""
        ...

    def promotions(self) -> Promotions:
        """Return the promotions of the store's zone, past ones and those to come among them."""
        ...

    def vat(self) -> ToldVat:
        """Return the rates and codes that the centre told: past ones and those to come."""
        ...

    def staff_changes(self) -> Sequence[StaffChange]:
        """Return the people whose state is not the one that the till took last."""
        ...

    def took(self, change: StaffChange) -> None:
        """Remember that the till took a person's state."""
        ...

    def fork(self) -> ForkOrder | None:
        """Return the order to part that the till has not obeyed yet."""
        ...

    def obey(self, order: ForkOrder) -> None:
        """Open a new epoch and write again in it what the centre does not hold of the old one.

        Raises StoreUnavailable; whatever was written of it then goes on at the next call.
        """
        ...
