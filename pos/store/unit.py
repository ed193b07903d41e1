"""One gesture, one transaction: the entries, their projections and the drafts they close.

What SQLite refuses leaves the file and the chain's head in memory as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pysqlite3 import dbapi2

from pos.domain.events import ClockJumped, EpochOpened, Event, FiscalSigned
from pos.domain.facts import ChainHead
from pos.domain.shift import instant_text
from pos.journal.canonical import canonical
from pos.journal.chain import Chain, Head, JournalBroken
from pos.journal.entry import Entry, Place
from pos.journal.signing import Signer
from pos.ports import Batch, Clock, Witness
from pos.store.book_projections import records_of
from pos.store.drafts import follow_drafts
from pos.store.marker import Mark, Marker
from pos.store.projections import insert_entry, project
from pos.store.staff import follow_staff
from pos.store.statements import REMEMBER
from pos.store.writer import Cursor, Writer

CLOCK_TOLERANCE = timedelta(minutes=2)
"""How far the clock may stand before the last entry and nobody is told."""


@dataclass(slots=True)
class Position:
    """Where the journal stands: its head, the head's ordinal in this file, and its instant."""

    head: Head
    ordinal: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Country:
    """What a ledger knows of the country: whom it asks before a batch, and where chains stand.

    `heads` are those of the fiscal records of the present epoch; a ticket's are not among them.
    """

    witness: Witness | None = None
    heads: Mapping[str, ChainHead] = field(default_factory=dict)


class Journal:
    """The ledger of a till (port `Ledger`): record, then remember the head outside the file."""

    def __init__(
        self,
        writer: Writer,
        place: Place,
        position: Position,
        *,
        signer: Signer,
        clock: Clock,
        country: Country | None = None,
    ) -> None:
        self._writer = writer
        self.place = place
        self._position = position
        self._signer = signer
        self._clock = clock
        self._country = country or Country()
        self._marker: Marker | None = None
        self._nonce = ""
        self.marker_behind = False
        self.count_unsent: Callable[[], int] | None = None

    @property
    def head(self) -> Head:
        """The last entry that is safe on disk."""
        return self._position.head

    def record(self, *events: Event) -> list[Entry]:
        """See `pos.ports.Ledger.record`."""
        return self.record_with({}, *events)

    def record_with(self, state: Mapping[str, str], *events: Event) -> list[Entry]:
        """Record, and remember `state` (till_state) in the same transaction."""
        return self.record_and(
            lambda cursor: cursor.executemany(REMEMBER, list(state.items())), *events
        )

    def record_and(self, also: Callable[[Cursor], object], *events: Event) -> list[Entry]:
        """Record, and let `also` write in the same transaction, after the entries.

        The country's records about the events come last, in one entry of their own.
        """
        with self._writer.lock:
            now = self._clock.now()
            batch = [*self._clock_jump(now), *events]
            batch += self._witnessed(batch, now)
            chain = Chain(self.place, self._position.head)
            at = instant_text(now)
            entries = [
                chain.append(event.kind, event.version, at, canonical(event.facts()), self._signer)
                for event in batch
            ]
            self._commit(list(zip(entries, batch, strict=True)), also)
            ordinal = self._position.ordinal + len(entries)
            self._position = Position(chain.head, ordinal, now if entries else self._position.at)
            self._follow_chains(batch)
            self._mark()
            return entries

    def unsent(self) -> int:
        """Return how many entries the centre has not acknowledged: all of a till that has none."""
        return self._position.ordinal if self.count_unsent is None else self.count_unsent()

    @property
    def public_key(self) -> bytes:
        """The key (raw) that proves what is written from now on."""
        return self._signer.public_key

    def turn(self, place: Place, opened: EpochOpened) -> None:
        """Go on in a new epoch, which `opened` begins; the country's chains begin anew there.

        Raises what `record` raises; the epoch is the old one then.
        """
        with self._writer.lock:
            before = self.place, self._country
            self.place, self._country = place, replace(self._country, heads={})
            try:
                self.record(opened)
            except BaseException:
                self.place, self._country = before
                raise

    def follow(self, marker: Marker, nonce: str) -> None:
        """Keep the marker at the head from now on."""
        self._marker, self._nonce = marker, nonce
        self._mark(sync=True)

    def _witnessed(self, events: Sequence[Event], now: datetime) -> list[Event]:
        witness = self._country.witness
        if witness is None or not events:
            return []
        seen = Batch(events, now, self.place, self._country.heads, self._signer)
        records = list(witness(seen))
        return [FiscalSigned(records=records)] if records else []

    def _follow_chains(self, batch: Sequence[Event]) -> None:
        """Move the chains' heads to the records that are now safe on disk."""
        moved = {
            stamp.chain: ChainHead(stamp.number, stamp.signature)
            for event in batch
            for _, stamp in records_of(event)
        }
        if moved:
            self._country = replace(self._country, heads={**self._country.heads, **moved})

    def _commit(self, batch: list[tuple[Entry, Event]], also: Callable[[Cursor], object]) -> None:
        try:
            with self._writer.transaction() as cursor:
                for ordinal, (entry, event) in enumerate(batch, self._position.ordinal + 1):
                    insert_entry(cursor, ordinal, entry)
                    project(cursor, ordinal, entry, event)
                    follow_drafts(cursor, event)
                    follow_staff(cursor, entry, event)
                also(cursor)
        except dbapi2.IntegrityError as error:
            raise _broken(str(error)) from error

    def _clock_jump(self, now: datetime) -> list[ClockJumped]:
        last = self._position.at
        if last is None or now >= last - CLOCK_TOLERANCE:
            return []
        back_ms = (last - now) // timedelta(milliseconds=1)
        return [ClockJumped(last=instant_text(last), back_ms=back_ms)]

    def _mark(self, *, sync: bool = False) -> None:
        """Bring the marker to the head; one that fails lags, which never undoes a commit."""
        if self._marker is None:
            return
        try:
            self._marker.write(Mark(self._position.head, self._nonce), sync=sync)
            self.marker_behind = False
        except OSError:
            self.marker_behind = True


def _broken(reason: str) -> JournalBroken:
    if "does not follow" in reason or "entry." in reason:
        return JournalBroken(
            "head_moved",
            "The journal's end is not the one this till wrote. Close the till and start it again.",
        )
    if "sale.epoch, sale.ticket" in reason:
        return JournalBroken("ticket_taken", "This ticket number is already used in the journal.")
    if "add up" in reason or "CHECK" in reason:
        return JournalBroken(
            "unbalanced", "The journal refuses this sale: its amounts do not add up."
        )
    return JournalBroken("refused", "The journal refuses this entry: {reason}.", reason=reason)
