"""The till's file in memory: ledger, drafts, past, books and people behind the same ports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from pos.domain.events import (
    BasketAbandoned,
    BasketCut,
    BasketParked,
    BasketRecalled,
    Event,
    FiscalSigned,
    LoanGiven,
    SaleFinished,
    SignInRefused,
    StaffRemoved,
    StaffSignedIn,
)
from pos.domain.shift import instant_text
from pos.doubles.books import MemoryBooks
from pos.doubles.past import MemoryPast
from pos.doubles.world import FixedClock, HashSigner
from pos.journal.canonical import canonical
from pos.journal.entry import GENESIS, Entry, Place, digest
from pos.ports import Batch, Credentials, Draft, Witness


@dataclass
class MemoryStore(MemoryPast, MemoryBooks):
    """Ledger, drafts, past, books and people in memory, behind the same ports as the real store.

    `witness` is asked before each batch, as the real store does; `plugin` names the country whose
    chains go on, "" for whichever signed.
    """

    clock: FixedClock
    signer: HashSigner = field(default_factory=HashSigner)
    place: Place = field(default_factory=lambda: Place("S001", "T01", "K1"))
    entries: list[Entry] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    drafts: dict[str, Draft] = field(default_factory=dict)
    credentials: dict[str, Credentials] = field(default_factory=dict)
    fails_with: Exception | None = None
    marker_behind: bool = False
    witness: Witness | None = None
    plugin: str = ""

    def record(self, *events: Event) -> list[Entry]:
        """Append the events as entries; raises `fails_with` when a test set it."""
        if self.fails_with is not None:
            raise self.fails_with
        batch = [*events, *self._witnessed(events)]
        written: list[Entry] = []
        for event in batch:
            written.append(self._entry(event, (*self.entries, *written)[-1:]))
        self.entries += written
        for event in batch:
            self.events.append(event)
            self._project(event)
        return written

    def _witnessed(self, events: Sequence[Event]) -> list[FiscalSigned]:
        if self.witness is None or not events:
            return []
        batch = Batch(events, self.clock.now(), self.place, self.heads(), self.signer)
        records = list(self.witness(batch))
        return [FiscalSigned(records=records)] if records else []

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

    def all(self) -> list[Draft]:
        """Return every open or parked basket."""
        return list(self.drafts.values())
