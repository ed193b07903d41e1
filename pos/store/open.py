"""Opening the till's file: everything that must be true before the first gesture.

One process, a private key, a schema this program knows, an end of the journal that checks, and a
marker that agrees. What does not agree is told (`Store.findings`) and the till goes on, in a new
epoch where numbers could repeat.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from pos.domain.events import EpochOpened, Event, TillInstalled
from pos.journal.chain import START, Finding, Head, check
from pos.journal.entry import Place, is_tagged, next_epoch
from pos.journal.signing import Signer
from pos.ports import Clock, Ids, StoreUnavailable, Witness
from pos.store.beginning import check_beginning, purged
from pos.store.books import BookFile
from pos.store.centre import CentreFile
from pos.store.chains import record_heads
from pos.store.drafts import DraftFile
from pos.store.end import End, read_end, reason_to_part
from pos.store.engine import explained, open_engine, reading
from pos.store.keys import OWN, file_key, remember_key
from pos.store.lock import FileLock
from pos.store.marker import Mark, Marker, explain
from pos.store.migrations import CATALOGUE_STEPS, migrate
from pos.store.orders import OrderFile
from pos.store.queries import Queries, stream
from pos.store.rebuild import key_in
from pos.store.staff import StaffFile
from pos.store.unit import Country, Journal, Position
from pos.store.writer import Writer

FILE = "till.db"
"""The till's file, in the data folder."""

CATALOGUE_FILE = "catalogue.db"
"""The articles' file beside it: an import may hold it for a minute and no sale waits."""

KEYS = "keys"
"""The folder of the till's keys, in the state folder."""

MARKER = "marker"
"""The head marker's file, in the state folder."""

CHECKED_AT_START = 200
"""How many of the last entries are checked at every start; `verify` checks all."""

_NAME = re.compile(r"[A-Za-z0-9_]{1,16}")
_REMEMBERS = ("marker_ahead", "key_replaced")
"""Reasons under which the marker still knows every epoch that was used."""


@dataclass(frozen=True, slots=True)
class Who:
    """Which till this is, and the program it runs."""

    store: str
    till: str
    software: str


@dataclass(frozen=True, slots=True)
class Store:
    """The till's file, open: the ledger, the drafts, the people, the past, the orders, the key.

    `findings` is what was wrong at the start, for a manager's eyes. `clean` is whether the last
    run ended in order. `public_key` is raw (32 bytes).
    """

    engine: Engine
    catalogue: Engine
    ledger: Journal
    drafts: DraftFile
    people: StaffFile
    past: Queries
    books: BookFile
    centre: CentreFile
    orders: OrderFile
    signer: Signer
    findings: tuple[Finding, ...]
    clean: bool
    public_key: bytes
    _writer: Writer
    _marker: Marker
    _lock: FileLock

    def close(self) -> None:
        """Let go of the file; what was recorded is already safe."""
        self._writer.close()
        self._marker.close()
        self.centre.close()
        self.books.close()
        self.engine.dispose()
        self.catalogue.dispose()
        self._lock.release()


def open_store(
    data: Path,
    state: Path,
    who: Who,
    clock: Clock,
    ids: Ids,
    *,
    signer: Signer | None = None,
    witness: Witness | None = None,
    plugin: str = "",
) -> Store:
    """Open (or make) the till's file in `data`; its key and its marker live in `state`.

    `state` must not be part of what backs `data` up, or a restored backup goes unseen. `witness`
    is asked before every batch, the first entry's included, and `plugin` is the country whose
    chains go on ("": whichever signed). Raises StoreUnavailable with a sentence for whatever
    stands in the way.
    """
    for name in (who.store, who.till):
        if not _NAME.fullmatch(name):
            raise StoreUnavailable(
                "bad_name",
                "{name} cannot name a store or a till: use 1 to 16 letters, digits or _.",
                name=name,
            )
    lock = _folders(data, state)
    try:
        return _open(data / FILE, state, who, (clock, ids), (signer, lock), (witness, plugin))
    except BaseException:
        lock.release()
        raise


def open_catalogue(data: Path) -> Engine:
    """Open (or make) the articles' file in `data`, which needs no till's lock.

    Raises StoreUnavailable with a sentence for whatever stands in the way.
    """
    _private(data)
    engine = open_engine(data / CATALOGUE_FILE)
    migrate(engine, data / CATALOGUE_FILE, CATALOGUE_STEPS)
    return engine


def _private(folder: Path) -> None:
    """Make a folder that its owner alone can read, or make it so."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise _not_writable(error, folder) from error


def _not_writable(error: OSError, path: Path) -> StoreUnavailable:
    return StoreUnavailable(
        "not_writable",
        "{file} cannot be opened for writing. Check the folder's permissions.",
        file=str(error.filename or path),
    )


def _folders(data: Path, state: Path) -> FileLock:
    _private(data)
    _private(state)
    try:
        return FileLock(data / "till.lock")
    except OSError as error:
        raise _not_writable(error, data) from error


def _open(
    path: Path,
    state: Path,
    who: Who,
    ports: tuple[Clock, Ids],
    held: tuple[Signer | None, FileLock],
    country: tuple[Witness | None, str],
) -> Store:
    clock, ids = ports
    signer = held[0] or file_key(state / KEYS / OWN)
    remember_key(state / KEYS, signer.public_key)
    engine = open_engine(path)
    migrate(engine, path)
    catalogue = open_catalogue(path.parent)
    marker = Marker(state / MARKER)
    with explained(str(path)):
        with reading(engine).begin() as connection:
            end = read_end(connection)
            _same_till(end, who, path)
            findings = _check_end(connection, end, signer)
            reason = reason_to_part(connection, end, marker.mark, signer.key_id)
            clean = _was_stopped(connection)
        place, events = _beginning(end, who, (reason, marker.mark), (signer, ids))
        if reason:
            findings = (explain(reason, place, marker.mark, end.head), *findings)
        with reading(engine).begin() as connection:
            heads = record_heads(connection, place.epoch, country[1])
        writer = Writer(engine, str(path))
    position = Position(end.head, end.ordinal, end.at)
    seen = Country(country[0], heads)
    journal = Journal(writer, place, position, signer=signer, clock=clock, country=seen)
    _roll_nonce(journal, marker, end.nonce, ids.token(), events)
    books = BookFile(path, place.epoch, country[1])
    centre = CentreFile(path.parent, engine, journal, books, ids)
    journal.count_unsent = centre.unsent
    return Store(
        engine=engine,
        catalogue=catalogue,
        ledger=journal,
        drafts=DraftFile(engine, writer),
        people=StaffFile(engine, writer),
        past=Queries(engine),
        books=books,
        centre=centre,
        orders=OrderFile(centre, engine, journal),
        signer=signer,
        findings=findings,
        clean=clean,
        public_key=signer.public_key,
        _writer=writer,
        _marker=marker,
        _lock=held[1],
    )


def _was_stopped(connection: Connection) -> bool:
    """Whether the till's program last ended in order; tools that wrote since do not count."""
    kind = connection.exec_driver_sql(
        "SELECT kind FROM entry WHERE kind IN ('till.started', 'till.stopped')"
        " ORDER BY ordinal DESC LIMIT 1"
    ).scalar()
    return kind in (None, "till.stopped")


def _same_till(end: End, who: Who, path: Path) -> None:
    if end.last is None or (end.last.place.store, end.last.place.till) == (who.store, who.till):
        return
    raise StoreUnavailable(
        "other_till",
        "{file} belongs to till {found}, and the settings say {asked}. Correct the settings.",
        file=str(path),
        found=f"{end.last.place.store}-{end.last.place.till}",
        asked=f"{who.store}-{who.till}",
    )


def _check_end(connection: Connection, end: End, signer: Signer) -> tuple[Finding, ...]:
    """Check the last entries of the present epoch, whose first entry states its key.

    And that the file begins with its first entry, or with what follows a purge.
    """
    if end.last is None:
        return ()
    first = end.first_of_epoch
    keys = [signer.public_key, *(key_in(first.kind, first.body) if first else ())]
    took = purged(connection)
    gone = 0 if took is None else took.ordinal
    start = end.ordinal - min(CHECKED_AT_START, max(1, end.last.number))
    if start <= gone:
        entries = [entry for _, entry in stream(connection, gone)]
        return check(entries, keys, after=None if took is None else took.after).findings
    before, *entries = (entry for _, entry in stream(connection, start - 1))
    after = (before.place, Head(before.place.epoch, before.number, before.hash))
    return (*check_beginning(connection), *check(entries, keys, after=after).findings)


def _beginning(
    end: End, who: Who, why: tuple[str, Mark | None], ports: tuple[Signer, Ids]
) -> tuple[Place, list[Event]]:
    """Return where the till writes from now on, and the entry that begins a journal or epoch."""
    reason, mark = why
    signer, ids = ports
    key = signer.public_key.hex()
    if not reason and end.last is not None:
        return end.last.place, []
    if not reason:
        place = Place(who.store, who.till, next_epoch(""))
        return place, [TillInstalled(public_key=key, software=who.software)]
    seen = START if mark is None else mark.head
    is_known = reason in _REMEMBERS and not (is_tagged(end.head.epoch) or is_tagged(seen.epoch))
    tag = "" if is_known else ids.token()[-4:].upper()
    epoch = next_epoch(end.head.epoch, seen.epoch, tag=tag)
    opened = EpochOpened(
        reason=reason,
        left_epoch=end.head.epoch,
        left_number=end.head.number,
        seen_epoch=seen.epoch,
        seen_number=seen.number,
        seen_hash=seen.hash.hex(),
        public_key=key,
    )
    return Place(who.store, who.till, epoch), [opened]


def _roll_nonce(
    journal: Journal, marker: Marker, present: str, coming: str, events: list[Event]
) -> None:
    """Change the nonce: announced in the marker, taken by the database, settled in the marker.

    A crash between any two of these leaves a pair that `judge` accepts, or the alarm that stood.
    """
    old = marker.mark
    announced = Mark(START, "", coming) if old is None else Mark(old.head, old.nonce, coming)
    if old is not None and present == old.pending:
        announced = Mark(old.head, present, coming)
    try:
        marker.write(announced, sync=True)
    except OSError as error:
        raise StoreUnavailable(
            "marker_unusable",
            "The marker of the till's file cannot be written: {reason}. Free some space.",
            reason=error.strerror or str(error),
        ) from error
    journal.record_with({"nonce": coming}, *events)
    journal.follow(marker, coming)
