"""Purging: entries that a verified archive holds leave the till's file, and nothing else does.

A till of a centre keeps them until the centre has acknowledged each.

The entry `journal.purged` says what left, in the transaction in which it leaves: the chain goes on
after it. Closings, the heads of the fiscal chains, the running totals, and whatever is still open
(shifts, card payments, papers) stay, and so do the numbers that the next ticket follows, with the
prints that its copies are counted from: a sale for each country's rules that the till ever had.
Goods of a ticket that left never come back by it. The file keeps its size: what becomes free is
written again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import Connection

from pos.domain import events
from pos.domain.errors import Refusal
from pos.domain.events import ArchiveMade, ArchiveVerified, JournalPurged
from pos.domain.events.closing import EpochEnd
from pos.journal.canonical import read_facts
from pos.journal.chain import Head
from pos.store.beginning import purged
from pos.store.engine import explained, reading
from pos.store.open import Store
from pos.store.queries import entry_at
from pos.store.rebuild import PURGED_KEYS, stated_keys
from pos.store.schema import TRIGGERS
from pos.store.statements import REMEMBER
from pos.store.writer import Cursor

_KEEP_SALES = """
INSERT INTO last_sale (entry, training, label, epoch, version, body)
SELECT sale.entry, sale.training, sale.label, sale.epoch, entry.version, entry.body
FROM sale JOIN entry ON entry.ordinal = sale.entry
WHERE sale.entry IN (
    SELECT max(entry) FROM sale WHERE entry <= ?1 GROUP BY training, epoch, fiscal_plugin
    UNION SELECT max(entry) FROM sale WHERE entry <= ?1 AND gt_number IS NOT NULL
        GROUP BY epoch, fiscal_plugin)
"""
_PLUGIN = "json_extract(CAST(body AS TEXT), '$.fiscal.plugin')"
_FORGET_SALES = f"""
DELETE FROM last_sale WHERE entry NOT IN (
    SELECT max(entry) FROM last_sale GROUP BY training, epoch, {_PLUGIN}
    UNION SELECT max(entry) FROM last_sale
        WHERE json_extract(CAST(body AS TEXT), '$.grand_total') IS NOT NULL
        GROUP BY epoch, {_PLUGIN})
"""
_IS_THERE = "SELECT 1 FROM entry WHERE epoch = ? LIMIT 1"
_HASH = "SELECT hash FROM entry WHERE epoch = ? AND number = ?"
_SHARED = """
SELECT json_extract(CAST(body AS TEXT), '$.seen_epoch'),
       min(json_extract(CAST(body AS TEXT), '$.seen_number'))
FROM entry WHERE kind = 'epoch.opened' AND json_extract(CAST(body AS TEXT), '$.reason') = 'fork'
GROUP BY 1
"""
_LEAVING = """
SELECT epoch, max(CASE WHEN ordinal <= ?1 THEN number END), count(CASE WHEN ordinal > ?1 THEN 1 END)
FROM entry GROUP BY epoch HAVING min(ordinal) <= ?1 ORDER BY min(ordinal)
"""
_SOLD = "SELECT 1 FROM sale WHERE entry > ? AND entry <= ? LIMIT 1"
_COUNTS = (
    *("sale.finished", "basket.abandoned", "print.asked", "card.asked", "drawer.opened"),
    *("cash.moved", "shift.opened", "float.counted", "shift.closed"),
)
_COUNTED = f"""
SELECT 1 FROM entry WHERE ordinal > ? AND ordinal <= ?
AND kind IN ({", ".join(f"'{kind}'" for kind in _COUNTS)}) LIMIT 1
"""
DELETES = (
    "DELETE FROM sale_line WHERE sale <= ?1",
    "DELETE FROM sale_vat WHERE sale <= ?1",
    "DELETE FROM sale_tender WHERE sale <= ?1",
    "DELETE FROM sale WHERE entry <= ?1",
    """
    DELETE FROM card_payment WHERE entry <= ?1 AND state NOT IN ('asked', 'unknown')
    AND basket NOT IN (SELECT basket FROM basket_head)
    """,
    """
    DELETE FROM card_comparison WHERE entry <= ?1 AND entry < (
        SELECT max(entry) FROM card_comparison AS last
        WHERE last.terminal = card_comparison.terminal)
    """,
    "DELETE FROM drawer_opening WHERE entry <= ?1",
    "DELETE FROM order_step WHERE entry <= ?1",
    "DELETE FROM basket_end WHERE entry <= ?1",
    """
    DELETE FROM shift WHERE closed <= ?1
    AND entry <> (SELECT max(entry) FROM shift AS last WHERE last.drawer = shift.drawer)
    """,
    "DELETE FROM float_count WHERE entry <= ?1 AND shift NOT IN (SELECT shift FROM shift)",
    "DELETE FROM shift_count WHERE entry <= ?1 AND shift NOT IN (SELECT shift FROM shift)",
    """
    DELETE FROM cash_move WHERE entry <= ?1 AND shift NOT IN (SELECT shift FROM shift)
    AND entry <> (SELECT max(entry) FROM cash_move)
    """,
    """
    DELETE FROM print_job WHERE entry <= ?1 AND paper <> 'closing'
    AND state NOT IN ('queued', 'sending', 'unknown')
    AND document NOT IN (SELECT label FROM last_sale UNION SELECT label FROM cash_move)
    """,
    """
    DELETE FROM fiscal_record WHERE entry <= ?1 AND number < (
        SELECT max(number) FROM fiscal_record AS last WHERE last.epoch = fiscal_record.epoch
        AND last.chain = fiscal_record.chain AND last.plugin = fiscal_record.plugin)
    """,
    "DELETE FROM entry WHERE ordinal <= ?1",
)
"""What leaves the file with the entries up to ?1: a sale's rows before the sale itself."""


def purge(store: Store, until: int, sha256: str, staff: str = "") -> JournalPurged:
    """Take the entries up to the ordinal `until` out of the file; the archive `sha256` holds them.

    They must end with a closed day. Raises Refusal: `not_closed` for a day that is open or would
    be cut in two, `not_archived` when no verified archive (hex digest of its file) holds all of
    them, `unsent` while the till's centre does not hold all of them, `marker_behind` while the
    marker cannot be written; StoreUnavailable when the disk refuses. Nothing has changed then.
    """
    if store.ledger.marker_behind:
        raise Refusal(
            "marker_behind",
            "The head marker cannot be written; free some space before entries are purged.",
        )
    with explained(str(store.engine.url.database)), reading(store.engine).begin() as connection:
        _check_closed(connection, until)
        _check_archived(connection, until, sha256)
        _check_held(store, until)
        said = _said(connection, until, sha256, staff)
        keys = " ".join(key.hex() for key in stated_keys(connection))
    store.ledger.record_and(lambda cursor: _take(cursor, until, keys), said)
    return said


def _check_closed(connection: Connection, until: int) -> None:
    """No day's tickets are cut in two, and nothing leaves that the open day still counts."""
    last = "SELECT max(entry) FROM closing WHERE level = 'day'"
    day = connection.exec_driver_sql(f"{last} AND entry <= ?", (until,)).scalar()
    is_last = day == connection.exec_driver_sql(last).scalar()
    rest = connection.exec_driver_sql(_COUNTED if is_last else _SOLD, (day or 0, until))
    if day is None or rest.first() is not None:
        raise Refusal(
            "not_closed",
            "Only whole days that are closed can be purged; entry {entry} ends none.",
            entry=until,
        )


def _check_archived(connection: Connection, until: int, sha256: str) -> None:
    rows = connection.exec_driver_sql(
        "SELECT kind, version, body FROM entry WHERE ordinal > ?"
        " AND kind IN ('archive.made', 'archive.verified')",
        (until,),
    )
    known = [events.read(kind, version, read_facts(body)) for kind, version, body in rows.all()]
    is_verified = any(isinstance(one, ArchiveVerified) and one.sha256 == sha256 for one in known)
    made = [one for one in known if isinstance(one, ArchiveMade) and one.sha256 == sha256]
    if not is_verified or not any(_holds(connection, one, until) for one in made):
        raise Refusal(
            "not_archived",
            "No verified archive {sha256} holds all that would be purged; write and verify one.",
            sha256=sha256[:16],
        )


def _check_held(store: Store, until: int) -> None:
    """What the centre has not acknowledged can only come from here: it stays."""
    count = store.centre.unheld(until)
    if count:
        raise Refusal(
            "unsent",
            "The centre does not hold {count} of these entries yet; let the till send them, then"
            " purge.",
            count=count,
        )


def _holds(connection: Connection, archive: ArchiveMade, until: int) -> bool:
    """Tell whether an archive begins at or before the file, and ends at or after `until`."""
    begins = connection.exec_driver_sql("SELECT min(ordinal) FROM entry").scalar_one()
    first = _ordinal(connection, archive.first_entry)
    last = _ordinal(connection, archive.last_entry)
    return (first is None or first <= begins) and last is not None and last >= until


def _ordinal(connection: Connection, name: str) -> int | None:
    """Return where an entry stands; None for one that left the file in an earlier purge."""
    found = re.fullmatch(r".+-(K\w+)/(\d+)", name)
    if found is None:
        return None
    row = connection.exec_driver_sql(
        "SELECT ordinal FROM entry WHERE epoch = ? AND number = ?", (found[1], int(found[2]))
    ).first()
    return None if row is None else int(row[0])


def _said(connection: Connection, until: int, sha256: str, staff: str) -> JournalPurged:
    last = entry_at(connection, until)
    if last is None:
        raise Refusal("not_closed", "There is no entry {entry} in the journal.", entry=until)
    ends = _ends(connection, until).values()
    return JournalPurged(
        sha256=sha256,
        ordinal=until,
        epoch=last.place.epoch,
        number=last.number,
        hash=last.hash.hex(),
        epochs=[EpochEnd(epoch=one.epoch, number=one.number, hash=one.hash.hex()) for one in ends],
        staff=staff,
    )


def _ends(connection: Connection, until: int) -> dict[str, Head]:
    """Return the last entries that the centre holds of the epochs whose end leaves the file.

    Of an epoch that forked that is the last entry that both ends hold: the centre never gets what
    lies after it.
    """
    ends, took = dict[str, Head](), purged(connection)
    if took is not None:
        ends = dict(took.ends)
        last = took.after[1]
        if connection.exec_driver_sql(_IS_THERE, (last.epoch,)).first() is None:
            ends.setdefault(last.epoch, last)
    shared = {epoch: int(number) for epoch, number in connection.exec_driver_sql(_SHARED)}
    for epoch, number, rest in connection.exec_driver_sql(_LEAVING, (until,)):
        end = min(number, shared.get(epoch, number))
        if not rest or epoch in shared:
            row = connection.exec_driver_sql(_HASH, (epoch, end)).first()
            ends |= {} if row is None else {epoch: Head(epoch, end, bytes(row[0]))}
    return ends


def _take(cursor: Cursor, until: int, keys: str) -> None:
    """Keep what must outlive the entries, then let them go; the guards are away only meanwhile."""
    cursor.execute(_KEEP_SALES, (until,))
    cursor.execute(_FORGET_SALES, ())
    cursor.execute(REMEMBER, (PURGED_KEYS, keys))
    guards = [name for name in TRIGGERS if name.endswith("_never_DELETE")]
    _drop(cursor, guards)
    for statement in DELETES:
        cursor.execute(statement, (until,))
    for name in guards:
        cursor.execute(TRIGGERS[name])


def _drop(cursor: Cursor, triggers: Sequence[str]) -> None:
    for name in triggers:
        cursor.execute(f"DROP TRIGGER {name}")
