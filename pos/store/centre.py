"""What the till reads of its centre (port `Centre`): `centre.db`, and its own journal beside it.

The courier writes `centre.db` from another process; what was read is kept until SQLite says that
it changed (`PRAGMA data_version`). A till that was never enrolled has no such file, and nothing
here then costs anything.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Engine

from pos.domain.catalogue import ToldVat
from pos.domain.events import EpochOpened
from pos.domain.feed import StaffFields, StockFields
from pos.domain.promotion import Promotions
from pos.journal.canonical import read_facts
from pos.journal.entry import Entry, Place, next_epoch
from pos.journal.repeat import KIND, repeat, told
from pos.ports import Ids
from pos.ports.centre import (
    CourierReport,
    Elsewhere,
    Enrolment,
    ForkOrder,
    LaneKept,
    Level,
    StaffChange,
    StockThere,
)
from pos.store.books import BookFile
from pos.store.centre_stock import below_zero, moved
from pos.store.engine import explained, open_engine, open_reader, reading
from pos.store.mirror_facts import FILE, INCLUDED, SCHEMA, enrolment_of, fact, lanes_of, report_of
from pos.store.outbox import heads_of
from pos.store.projections import ENTRY_SQL, entry_of
from pos.store.told_rules import ToldRules, rules_of
from pos.store.unit import Journal

REPEATED_AT_ONCE = 500
"""How many entries are repeated in one transaction."""

_STAFF = "SELECT key, fields FROM thing WHERE kind = 'staff'"
_TAKEN = "SELECT key, digest FROM taken WHERE kind = 'staff'"
_TAKE = "INSERT OR REPLACE INTO taken VALUES ('staff', ?, ?)"
_ASK = (
    "INSERT INTO elsewhere VALUES (?, ?, '', '[]')"
    " ON CONFLICT (sku) DO UPDATE SET asked_at = excluded.asked_at"
)
_ELSEWHERE = "SELECT stores, answered_at FROM elsewhere WHERE sku = ?"
_FORGET_ASKED = """
DELETE FROM elsewhere WHERE sku NOT IN
    (SELECT sku FROM elsewhere ORDER BY asked_at DESC LIMIT 200)
"""
_LEVEL = "SELECT quantity, shelf, reserved FROM level WHERE sku = ?"
_LAST = "SELECT epoch, max(number) FROM entry WHERE ordinal <= ? GROUP BY epoch"
_FORKS = "SELECT ordinal, body FROM entry WHERE kind = 'epoch.opened' ORDER BY ordinal"
_LARGEST = 1 << 62


@dataclass(frozen=True, slots=True)
class _Seen:
    """What `centre.db` said when it was last read."""

    report: CourierReport = field(default_factory=CourierReport)
    enrolment: Enrolment | None = None
    lanes: Mapping[str, LaneKept] = field(default_factory=dict)
    included: Mapping[str, int] = field(default_factory=dict)
    staff: Sequence[StaffChange] = ()
    forks: Sequence[ForkOrder] = ()
    rules: ToldRules = field(default_factory=ToldRules)


class CentreFile:
    """The port `Centre` on the files of a data folder."""

    def __init__(
        self, data: Path, till: Engine, ledger: Journal, books: BookFile, ids: Ids
    ) -> None:
        self._path = data / FILE
        self._till = reading(till)
        self._ledger = ledger
        self._books = books
        self._ids = ids
        self._raw: Any = None
        self._engine: Engine | None = None
        self._version = (0, 0)
        self._seen = _Seen()
        self._lock = threading.RLock()
        self._is_whole = False

    def enrolled(self) -> bool:
        """See `pos.ports.centre.Centre.enrolled`."""
        return self._read().enrolment is not None

    def version(self) -> tuple[int, int]:
        """See `pos.ports.centre.Centre.version`."""
        self._read()
        return self._version

    def report(self) -> CourierReport:
        """See `pos.ports.centre.Centre.report`."""
        return self._read().report

    def unsent(self) -> int:
        """Return how many entries the centre is not known to hold."""
        lanes = self._read().lanes
        with self._till.connect() as connection:
            heads = heads_of(connection)
        current = self._ledger.place.epoch
        count = 0
        for epoch, head in heads.items():
            lane = lanes.get(epoch, LaneKept())
            is_bounded = lane.until is not None and epoch != current
            last = min(head.number, lane.until or 0) if is_bounded else head.number
            count += max(0, last - lane.acked)
        return count

    def unheld(self, until: int) -> int:
        """Return how many entries up to an ordinal may be on this till alone.

        0 for a till of no centre. While an epoch is being compared (`forked`) nothing of it counts
        as held; what lies after its last shared entry is held when its repetitions are.
        """
        seen = self._read()
        if seen.enrolment is None:
            return 0
        with self._till.connect() as connection:
            rows = connection.exec_driver_sql(_LAST, (until,))
            last = {epoch: number for epoch, number in rows}  # noqa: C416  rows are no pairs
        count = parted = 0
        for epoch, number in last.items():
            lane = seen.lanes.get(epoch, LaneKept())
            bound = number if lane.until is None else min(number, lane.until)
            count += max(0, bound - (0 if lane.forked else lane.acked))
            parted += number - bound
        if parted and (self.fork() is not None or self.unsent()):
            count += parted
        return count

    def unsent_since(self) -> str:
        """See `pos.ports.centre.Centre.unsent_since`."""
        lanes = self._read().lanes
        with self._till.connect() as connection:
            for epoch in heads_of(connection):
                lane = lanes.get(epoch, LaneKept())
                last = _LARGEST if lane.until is None else lane.until
                found = connection.exec_driver_sql(
                    "SELECT at FROM entry WHERE epoch = ? AND number > ? AND number <= ?"
                    " ORDER BY number LIMIT 1",
                    (epoch, lane.acked, last),
                ).scalar()
                if found is not None:
                    return str(found)
        return ""

    def level(self, sku: str) -> Level | None:
        """See `pos.ports.centre.Centre.level`."""
        with self._lock, explained(str(self._path)):
            seen = self._read()
            row = None if self._raw is None else self._raw.execute(_LEVEL, (sku,)).fetchone()
        if row is None:
            return None
        quantity, shelf, reserved = row
        fields = StockFields(quantity=quantity, shelf=shelf, reserved=reserved)
        return Level(fields, seen.included)

    def moved(self, sku: str, included: Mapping[str, int]) -> int:
        """See `pos.ports.centre.Centre.moved`."""
        lanes = self._read().lanes
        with self._till.connect() as connection:
            moves = moved(connection, self._ledger.place.till, lanes, included, sku)
        return moves.get(sku, 0)

    def below_zero(self, day: str) -> Mapping[str, int]:
        """See `pos.ports.centre.Centre.below_zero`."""
        till = self._ledger.place.till
        with self._lock, explained(str(self._path)):
            seen = self._read()
            if self._raw is None:
                return {}
            with self._till.connect() as connection:
                moves = moved(connection, till, seen.lanes, seen.included)
                return below_zero(connection, self._raw, moves, day)

    def promotions(self) -> Promotions:
        """See `pos.ports.centre.Centre.promotions`."""
        return self._read().rules.promotions

    def vat(self) -> ToldVat:
        """See `pos.ports.centre.Centre.vat`."""
        return self._read().rules.vat

    def staff_changes(self) -> Sequence[StaffChange]:
        """See `pos.ports.centre.Centre.staff_changes`."""
        return self._read().staff

    def told(self, statement: str, *values: object) -> list[Any]:
        """Return rows of `centre.db`; none where the courier has not made what is asked for."""
        with self._lock, explained(str(self._path)):
            self._read()
            if self._raw is None or not _is_made(self._raw, SCHEMA):
                return []
            return list(self._raw.execute(statement, values))

    def standing(self) -> tuple[Mapping[str, int], Mapping[str, LaneKept]]:
        """Return how far entries are counted in what the centre told, and how far it holds them."""
        seen = self._read()
        return seen.included, seen.lanes

    def took(self, change: StaffChange) -> None:
        """See `pos.ports.centre.Centre.took`."""
        self.write("INSERT OR REPLACE INTO taken VALUES ('staff', ?, ?)", change.ref, change.digest)

    def ask_elsewhere(self, sku: str, at: str) -> None:
        """See `pos.ports.centre.Centre.ask_elsewhere`."""
        if self.enrolled():
            self.write(_ASK, sku, at)

    def elsewhere(self, sku: str) -> Elsewhere | None:
        """See `pos.ports.centre.Centre.elsewhere`."""
        with self._lock, explained(str(self._path)):
            self._read()
            row = None if self._raw is None else self._raw.execute(_ELSEWHERE, (sku,)).fetchone()
        if row is None:
            return None
        return Elsewhere([StockThere(**one) for one in json.loads(row[0])], row[1])

    def write(self, statement: str, *values: object) -> None:
        """Write one row of what the till asks and takes, in a short transaction of its own."""
        engine = open_engine(self._path)
        try:
            with explained(str(self._path)), engine.begin() as connection:
                connection.exec_driver_sql(statement, values)
                connection.exec_driver_sql(_FORGET_ASKED)
        finally:
            engine.dispose()

    def fork(self) -> ForkOrder | None:
        """See `pos.ports.centre.Centre.fork`."""
        forks = self._read().forks
        if not forks:
            return None
        with self._till.connect() as connection:
            known = heads_of(connection).keys()
            obeyed = {
                (facts["seen_epoch"], facts["seen_number"]) for _, facts in _forks(connection)
            }
        due = [one for one in forks if one.epoch in known]
        late = [one for one in due if (one.epoch, one.number) not in obeyed]
        if late:
            return late[0]
        if self._is_whole:
            return None
        unfinished = [one for one in due if next(self._left(one), None) is not None]
        self._is_whole = not unfinished
        return unfinished[0] if unfinished else None

    def obey(self, order: ForkOrder) -> None:
        """See `pos.ports.centre.Centre.obey`."""
        with self._till.connect() as connection:
            obeyed = {
                (facts["seen_epoch"], facts["seen_number"]) for _, facts in _forks(connection)
            }
        if (order.epoch, order.number) not in obeyed:
            self._is_whole = False
            self._open_epoch(order)
        left = self._left(order)
        while batch := list(islice(left, REPEATED_AT_ONCE)):
            self._ledger.record(*[repeat(entry) for entry in batch])

    def close(self) -> None:
        """Let go of `centre.db`."""
        with self._lock:
            if self._engine is not None:
                self._raw = None
                self._engine.dispose()
                self._engine = None

    def _open_epoch(self, order: ForkOrder) -> None:
        left, place = self._ledger.head, self._ledger.place
        tag = self._ids.token()[-4:].upper()
        epoch = next_epoch(left.epoch, order.epoch, tag=tag)
        opened = EpochOpened(
            reason="fork",
            left_epoch=left.epoch,
            left_number=left.number,
            seen_epoch=order.epoch,
            seen_number=order.number,
            seen_hash=order.hash.hex(),
            public_key=self._ledger.public_key.hex(),
        )
        self._ledger.turn(Place(place.store, place.till, epoch), opened)
        self._books.turn(epoch)

    def _left(self, order: ForkOrder) -> Iterator[Entry]:
        """Yield the entries after the shared one that were not repeated since the opening."""
        with self._till.connect() as connection:
            opened = next(
                (
                    ordinal
                    for ordinal, facts in _forks(connection)
                    if _seen(facts) == (order.epoch, order.number)
                ),
                0,
            )
            rows = connection.exec_driver_sql(
                f"{ENTRY_SQL} WHERE ordinal > ? AND kind = ?", (opened, KIND)
            )
            done = {told(entry_of(row)).hash for row in rows}
        number = order.number
        while True:
            with self._till.connect() as connection:
                rows = connection.exec_driver_sql(
                    f"{ENTRY_SQL} WHERE epoch = ? AND number > ? ORDER BY number LIMIT 100",
                    (order.epoch, number),
                )
                entries = [entry_of(row) for row in rows]
            if not entries:
                return
            number = entries[-1].number
            yield from (entry for entry in entries if told(entry).hash not in done)

    def _read(self) -> _Seen:
        """Return what the file says, read again only when it changed; from any thread."""
        with self._lock, explained(str(self._path)):
            try:
                inode = self._path.stat().st_ino
            except FileNotFoundError:
                self.close()
                self._seen, self._version = _Seen(), (0, 0)
                return self._seen
            if self._engine is None or inode != self._version[0]:
                self.close()
                self._engine = open_reader(self._path)
                self._raw = self._engine.raw_connection().driver_connection
                self._version = (inode, -1)
            (version,) = self._raw.execute("PRAGMA data_version").fetchone()
            if (inode, version) != self._version and _is_made(self._raw):
                self._seen = self._all()
                self._version = (inode, version)
            return self._seen

    def _all(self) -> _Seen:
        raw, enrolment = self._raw, enrolment_of(self._raw)
        scopes = () if enrolment is None else enrolment.scopes
        taken = dict(raw.execute(_TAKEN).fetchall())
        staff = [_change(key, fields) for key, fields in raw.execute(_STAFF)]
        forks = raw.execute("SELECT epoch, number, hash FROM fork ORDER BY epoch, number")
        return _Seen(
            report=report_of(raw),
            enrolment=enrolment,
            lanes=lanes_of(raw),
            included=json.loads(fact(raw, INCLUDED) or "{}"),
            staff=[one for one in staff if one and taken.get(one.ref) != one.digest],
            forks=[ForkOrder(epoch, number, bytes(own)) for epoch, number, own in forks],
            rules=rules_of(raw, scopes, self._seen.rules),
        )


def _is_made(raw: Any, version: int = 1) -> bool:
    """Whether the courier has made the tables of a version already."""
    return int(raw.execute("PRAGMA user_version").fetchone()[0]) >= version


def _forks(connection: Any) -> list[tuple[int, dict[str, Any]]]:
    """Return where the file says that an epoch was opened for a fork, and what it says."""
    found = []
    for ordinal, body in connection.exec_driver_sql(_FORKS):
        try:
            facts = read_facts(body)
        except ValueError:
            continue  # altered: a check of the journal names it
        if facts.get("reason") == "fork":
            found.append((ordinal, facts))
    return found


def _seen(facts: Mapping[str, Any]) -> tuple[str, int]:
    """Return the entry after which an epoch parted, as its opening states it."""
    return facts["seen_epoch"], facts["seen_number"]


def _change(ref: str, fields: str | None) -> StaffChange | None:
    digest = hashlib.sha256((fields or "").encode()).hexdigest()
    if fields is None:
        return StaffChange(ref, None, digest)
    try:
        return StaffChange(ref, StaffFields.model_validate_json(fields), digest)
    except ValidationError:
        return None  # a newer centre's: who is known stays as they are
