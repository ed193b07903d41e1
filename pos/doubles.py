"""Doubles of the ports, which ship: a till in memory, for tests, replays and training.

`MemoryLedger` chains and signs real entries; the only thing it lacks is a disk.

>>> FixedClock().now().isoformat()
'2026-11-24T09:30:00+00:00'
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pos.domain.catalogue import Article
from pos.domain.events import (
    BasketAbandoned,
    BasketCut,
    BasketParked,
    BasketRecalled,
    CardAnswered,
    CardAsked,
    Event,
    LoanGiven,
    PrintAsked,
    PrintFinished,
    PrintSending,
    SaleFinished,
    SignInRefused,
    StaffRemoved,
    StaffSignedIn,
)
from pos.domain.shift import instant_text
from pos.domain.staff import Person
from pos.journal.canonical import canonical
from pos.journal.entry import GENESIS, Entry, Place, digest
from pos.papers.page import Page
from pos.ports import CardRequest, Credentials, Draft, PrintTrouble


@dataclass
class FixedClock:
    """A clock that moves only when told to."""

    at: datetime = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the instant it was set to."""
        return self.at

    def pass_s(self, seconds: int) -> None:
        """Let seconds pass."""
        self.at += timedelta(seconds=seconds)


@dataclass
class CountedIds:
    """Identifiers that count up, so that a test reads the same each time."""

    count: int = 0

    def token(self) -> str:
        """Return the next identifier, 26 characters."""
        self.count += 1
        return f"{self.count:026d}"


@dataclass
class HashSigner:
    """A signer that needs no key: 64 bytes from SHA-512; it proves nothing."""

    key_id: str = "double"
    public_key: bytes = b""

    def sign(self, data: bytes) -> bytes:
        """Return the SHA-512 of the data."""
        return hashlib.sha512(data).digest()


class MemoryCatalogue:
    """Articles in a dict; search is by folded prefix of any word."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self.articles = list(articles)
        self._by_key = {
            key: article for article in self.articles for key in (article.sku, *article.codes)
        }

    def find(self, key: str) -> Article | None:
        """Return the article of a code or SKU."""
        return self._by_key.get(key)

    def search(self, text: str, limit: int) -> list[Article]:
        """Return articles with words that start with each word typed."""
        wanted = text.casefold().split()
        found = [
            article
            for article in self.articles
            if wanted
            and all(
                any(word.startswith(want) for word in article.name.casefold().split())
                for want in wanted
            )
        ]
        return found[:limit]


@dataclass
class MemoryStore:
    """Ledger, drafts, past and people in memory, behind the same ports as the real store."""

    clock: FixedClock
    signer: HashSigner = field(default_factory=HashSigner)
    place: Place = field(default_factory=lambda: Place("S001", "T01", "K1"))
    entries: list[Entry] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    drafts: dict[str, Draft] = field(default_factory=dict)
    credentials: dict[str, Credentials] = field(default_factory=dict)
    fails_with: Exception | None = None
    marker_behind: bool = False

    def record(self, *events: Event) -> list[Entry]:
        """Append the events as entries; raises `fails_with` when a test set it."""
        if self.fails_with is not None:
            raise self.fails_with
        written: list[Entry] = []
        for event in events:
            written.append(self._entry(event, (*self.entries, *written)[-1:]))
        self.entries += written
        for event in events:
            self.events.append(event)
            self._project(event)
        return written

    def _entry(self, event: Event, last: Sequence[Entry]) -> Entry:
        previous = last[0].hash if last else GENESIS
        at = instant_text(self.clock.now())
        number = last[0].number + 1 if last and last[0].place == self.place else 1
        body = canonical(event.facts())
        hashed = digest(self.place, number, (event.kind, event.version, at), body, previous)
        return Entry(
            place=self.place,
            number=number,
            kind=event.kind,
            version=event.version,
            at=at,
            body=body,
            previous=previous,
            hash=hashed,
            signature=self.signer.sign(hashed),
            key_id=self.signer.key_id,
        )

    def _project(self, event: Event) -> None:
        if isinstance(event, SaleFinished | BasketAbandoned):
            self.drafts.pop(event.basket, None)
        elif isinstance(event, BasketCut) and event.basket in self.drafts:
            draft = self.drafts[event.basket]
            self.drafts[event.basket] = replace(draft, steps=draft.steps[: event.steps_kept])
        elif isinstance(event, BasketParked) and event.basket in self.drafts:
            self.drafts[event.basket] = replace(self.drafts[event.basket], parked=True)
        elif isinstance(event, BasketRecalled) and event.basket in self.drafts:
            draft = self.drafts[event.basket]
            self.drafts[event.basket] = replace(draft, parked=False, staff=event.staff)
        else:
            self._follow_staff(event)

    def _follow_staff(self, event: Event) -> None:
        if isinstance(event, SignInRefused):
            until = instant_text(self.clock.now() + timedelta(seconds=event.wait_s))
            self._note(event.staff, event.failures, until if event.wait_s else "")
        elif isinstance(event, StaffSignedIn):
            self._note(event.staff, 0, "")
        elif isinstance(event, LoanGiven):
            self._note(event.lender, 0, "")
        elif isinstance(event, StaffRemoved):
            self.credentials = {
                number: known
                for number, known in self.credentials.items()
                if known.person.ref != event.staff
            }

    def _note(self, staff: str, failures: int, until: str) -> None:
        for number, known in self.credentials.items():
            if known.person.ref == staff:
                self.credentials[number] = replace(known, failures=failures, locked_until=until)

    def unsent(self) -> int:
        """Nothing is ever acknowledged here."""
        return len(self.entries)

    def add_step(self, basket: str, staff: str, number: int, step: str) -> None:
        """Keep a step; raises `fails_with` when a test set it."""
        if self.fails_with is not None:
            raise self.fails_with
        draft = self.drafts.get(basket, Draft(basket, staff, False, ()))
        if number != len(draft.steps) + 1:
            raise ValueError(f"step {number} after {len(draft.steps)}")
        self.drafts[basket] = replace(draft, steps=(*draft.steps, step))

    def sale(self, label: str | None = None) -> SaleFinished | None:
        """Return a sale by label, or the last."""
        sales = [event for event in self.events if isinstance(event, SaleFinished)]
        return next((one for one in reversed(sales) if label in (None, one.label)), None)

    def last_sale(self, *, training: bool) -> SaleFinished | None:
        """Return the last real sale, or the last one of training."""
        sales = [event for event in self.events if isinstance(event, SaleFinished)]
        return next((one for one in reversed(sales) if one.training is training), None)

    def copies(self, document: str) -> int:
        """Return the copy number of the next print: one more than any that may have come out."""
        failed = {
            event.job
            for event in self.events
            if isinstance(event, PrintFinished)
            and event.outcome == "failed"
            and event.settled_by is None
        }
        asked = [event for event in self.events if isinstance(event, PrintAsked)]
        out = [e.copy_number for e in asked if e.document == document and e.job not in failed]
        return max(out, default=-1) + 1

    def open_prints(self) -> list[PrintTrouble]:
        """Return the jobs with no settled end."""
        jobs: dict[str, PrintTrouble] = {}
        for event in self.events:
            if isinstance(event, PrintAsked):
                jobs[event.job] = PrintTrouble(
                    event.job, event.document, event.copy_number, sending=False
                )
            elif isinstance(event, PrintSending):
                jobs[event.job] = replace(jobs[event.job], sending=True)
            elif isinstance(event, PrintFinished) and event.outcome != "unknown":
                jobs.pop(event.job, None)
        return list(jobs.values())

    def cards(self, basket: str | None = None) -> list[CardRequest]:
        """Return the card requests of a basket, or those with no known end."""
        found: dict[str, CardRequest] = {}
        for event in self.events:
            if isinstance(event, CardAsked):
                found[event.request] = CardRequest(event.request, event.basket, event.amount, "")
            elif isinstance(event, CardAnswered):
                found[event.request] = replace(found[event.request], outcome=event.outcome)
        if basket is None:
            return [one for one in found.values() if one.outcome in ("", "unknown")]
        return [one for one in found.values() if one.basket == basket]

    def all(self) -> list[Draft]:
        """Return every open or parked basket."""
        return list(self.drafts.values())


@dataclass
class MemoryPeople:
    """The people port over a `MemoryStore`."""

    store: MemoryStore

    def by_number(self, number: str) -> Credentials | None:
        """Return the credentials of a number."""
        return self.store.credentials.get(number)

    def add(self, person: Person, pin_hash: str) -> None:
        """Add a person."""
        self.store.credentials[person.number] = Credentials(person, pin_hash)

    def all(self) -> list[Person]:
        """Return everyone by number."""
        return [known.person for _, known in sorted(self.store.credentials.items())]


class PlainPins:
    """Pins that are not hashed: tests would wait for argon2 otherwise."""

    def hash(self, pin: str) -> str:
        """Return the PIN."""
        return pin

    def matches(self, pin_hash: str, pin: str) -> bool:
        """Compare the PINs."""
        return bool(pin_hash) and pin_hash == pin


@dataclass
class RecordedCounter:
    """A printer, drawer, display, scanner and sound that remember what they were asked."""

    printed: list[tuple[str, Page]] = field(default_factory=list)
    opened: int = 0
    shown: list[tuple[str, str]] = field(default_factory=list)
    refused: int = 0
    played: list[str] = field(default_factory=list)

    def print(self, job: str, page: Page) -> None:
        """Remember a page."""
        self.printed.append((job, page))

    def open(self) -> None:
        """Count an opening."""
        self.opened += 1

    def show(self, upper: str, lower: str) -> None:
        """Remember two lines."""
        self.shown.append((upper, lower))

    def refuse(self) -> None:
        """Count a refusal."""
        self.refused += 1

    def play(self, name: str) -> None:
        """Remember a sound."""
        self.played.append(name)
