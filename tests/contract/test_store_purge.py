"""Entries that a verified archive holds may leave the file; nothing else is lost with them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysqlite3 import dbapi2

from pos.domain.errors import Refusal
from pos.domain.events import (
    ArchiveMade,
    ArchiveVerified,
    Event,
    JournalPurged,
    RunningTotals,
    TillStopped,
)
from pos.domain.facts import ChainHead
from pos.ports import StoreUnavailable
from pos.store.open import FILE, Store, open_store
from pos.store.purge import DELETES, purge
from pos.store.rebuild import rebuild_check, verify
from tests.contract.store_days import tamper
from tests.contract.store_samples import WHO, Counted, Hand, sale, stamp
from tests.contract.store_shop import DRAWERS, GESTURES, LEVELS, Shop, signs_openings

SHA = "5f" * 32
IDS = Counted()


def start(folder: Path) -> Store:
    ports = (folder / "data", folder / "state", WHO, Hand(), IDS)
    return open_store(*ports, witness=signs_openings)


def archived(store: Store, until: int, first: int = 1, sha256: str = SHA) -> list[Event]:
    """Return what an archive of the entries `first` to `until` leaves in the journal."""
    names = [f"{WHO.store}-{WHO.till}-K1/{number:06d}" for number in (first, until)]
    last = store.books.heads().get("archive", ChainHead())
    made = ArchiveMade(
        sha256=sha256,
        first_day="2026-11-22",
        last_day="2026-11-22",
        first_entry=names[0],
        last_entry=names[1],
        entries=until - first + 1,
        total=0,
        fiscal=stamp(last.number + 1, "archive"),
    )
    return [made, ArchiveVerified(sha256=sha256, last_entry=names[1])]


GREAT_DAY = (
    *("open_shift", "sell", "give_back", "print_paper", "ask_card", "ask_card", "answer_card"),
    *("move_cash", "open_drawer", "switch_training", "sell", "switch_training", "count_drawer"),
    *("close_shift", "open_shift", "sell", "abandon", "close_day"),
)


def two_days(folder: Path) -> tuple[Store, Shop, int]:
    """A till with a closed day and an archive of it, and with an open day after it."""
    store, shop = start(folder), Shop()
    for seed, gesture in enumerate(GREAT_DAY):
        store.ledger.record(*shop.do(gesture, seed))
    until = store.books.closed_at("day")
    store.ledger.record(*archived(store, until))
    for seed, gesture in enumerate(("sell", "move_cash", "sell", "close_shift")):
        store.ledger.record(*shop.do(gesture, seed))
    return store, shop, until


def what_stays(store: Store) -> dict[str, object]:
    """Answers that a purge may not change."""
    books = store.books
    return {
        "closings": [books.closings(level) for level in LEVELS],
        "running": books.running(),
        "heads": books.heads(),
        "shifts": books.shifts(),
        "last_shift": [books.last_shift(drawer) for drawer in DRAWERS],
        "cash_move": books.cash_move(),
        "cards": [store.past.cards(), store.past.cards("B")],
        "prints": store.past.open_prints(),
        "copies": [_copies(store, training=training) for training in (False, True)],
        "training": books.training(),
        "last": [store.past.last_sale(training=training) for training in (False, True)],
        "sale": store.past.sale(),
        "first_day": books.first_day(),
        "unfinished": books.unfinished(),
        "open_day": books.figures(books.closed_at("day"), books.position()),
    }


def _copies(store: Store, *, training: bool) -> list[int]:
    last = store.past.last_sale(training=training)
    return [store.past.copies(last.label, paper) for paper in ("ticket", "gift") if last]


def assert_sound(folder: Path, store: Store) -> None:
    assert rebuild_check(store.engine).differences == ()
    for keys in ([store.public_key], []):
        report = verify(folder / "data" / FILE, keys, known=store.ledger.head)
        assert report.findings == ()


def test_what_a_verified_archive_holds_leaves_and_the_till_goes_on(tmp_path: Path) -> None:
    store, shop, until = two_days(tmp_path)
    kept, entries = what_stays(store), store.books.position() - until
    said = purge(store, until, SHA, "90")
    assert what_stays(store) == kept
    assert_sound(tmp_path, store)
    store.close()
    store = start(tmp_path)
    assert (store.findings, store.ledger.place.epoch) == ((), "K1")
    store.ledger.record(*shop.do("sell", 5), *shop.do("open_drawer", 5))
    assert_sound(tmp_path, store)
    report = verify(tmp_path / "data" / FILE, [store.public_key])
    assert report.entries == entries + 4  # the purge, a sale, an opening and its record
    assert (said.ordinal, said.number, said.staff) == (until, until, "90")
    store.close()


def test_a_purged_ticket_is_unknown_and_its_closing_is_not(tmp_path: Path) -> None:
    store, shop, until = two_days(tmp_path)
    purge(store, until, SHA)
    first, last = shop.sales[0], shop.sales[-1]
    assert store.past.sale(first.label) is None
    assert store.past.sale(last.label) == last
    assert store.books.closing("Z-day-1") is not None
    store.close()


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(GESTURES), st.integers(0, 99_999)), max_size=30),
    st.lists(st.tuples(st.sampled_from(GESTURES), st.integers(0, 99_999)), max_size=15),
)
def test_a_purge_changes_nothing_that_stays_whatever_the_days_were(
    before: list[tuple[str, int]], after: list[tuple[str, int]]
) -> None:
    shop = Shop()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = start(folder)
        for gesture in (*before, ("close_day", 7)):
            store.ledger.record(*shop.do(*gesture))
        until = store.books.closed_at("day")
        store.ledger.record(*archived(store, until))
        store.drafts.add_step("B", "2", 1, "{}")
        for gesture in after:
            store.ledger.record(*shop.do(*gesture))
        kept = what_stays(store)
        purge(store, until, SHA)
        assert what_stays(store) == kept
        assert_sound(folder, store)
        for gesture in (*after, ("close_day", 7)):
            store.ledger.record(*shop.do(*gesture))
        again, sha256 = store.books.closed_at("day"), "aa" * 32
        store.ledger.record(*archived(store, again, first=until + 1, sha256=sha256))
        kept = what_stays(store)
        purge(store, again, sha256)
        assert what_stays(store) == kept
        assert_sound(folder, store)
        store.close()


def test_a_second_purge_goes_on_from_the_first(tmp_path: Path) -> None:
    store, shop, until = two_days(tmp_path)
    purge(store, until, SHA)
    store.ledger.record(*shop.do("close_day", 3))
    again = store.books.closed_at("day")
    store.ledger.record(*archived(store, again, first=until + 1, sha256="aa" * 32))
    kept = what_stays(store)
    purge(store, again, "aa" * 32)
    assert what_stays(store) == kept
    assert_sound(tmp_path, store)
    store.close()
    store = start(tmp_path)
    assert store.findings == ()
    store.close()


def test_a_chain_of_totals_outlives_purges_of_sales_that_state_none(tmp_path: Path) -> None:
    store, shop, first = start(tmp_path), Shop(), 1
    stated = {"grand_total": stamp(1, "gt_ticket"), "running": RunningTotals().plus(500)}
    sales = [sale(1, [500]).model_copy(update=stated), sale(2, [500]), sale(3, [500])]
    for number, sold in enumerate(sales):
        store.ledger.record(sold, *shop.do("close_day", 3))
        until, sha256 = store.books.closed_at("day"), f"{number:064x}"
        store.ledger.record(*archived(store, until, first=first, sha256=sha256))
        purge(store, until, sha256)
        first = until + 1
        assert store.books.heads()["gt_ticket"].number == 1
    assert store.past.sale("T2") is None
    store.close()


def test_only_closed_days_and_whole_ones_are_purged(tmp_path: Path) -> None:
    store, _, until = two_days(tmp_path)
    end = store.books.position()
    store.ledger.record(*archived(store, end, sha256="bb" * 32))
    for ordinal in (1, until - 1, end, end + 99):
        with pytest.raises(Refusal) as refused:
            purge(store, ordinal, "bb" * 32)
        assert refused.value.slug == "not_closed"
    assert rebuild_check(store.engine).entries == end + 2
    store.close()


def test_a_purge_may_end_with_the_last_step_of_a_closing(tmp_path: Path) -> None:
    store, _, until = two_days(tmp_path)
    store.ledger.record(*archived(store, until + 1, sha256="bb" * 32))
    assert purge(store, until + 1, "bb" * 32).ordinal == until + 1
    assert_sound(tmp_path, store)
    store.close()


NOT_ENOUGH: dict[str, list[type[Event]]] = {
    "no archive": [],
    "one that was not read again": [ArchiveMade],
    "one that nobody wrote here": [ArchiveVerified],
}


@pytest.mark.parametrize("case", NOT_ENOUGH)
def test_what_no_verified_archive_holds_stays(tmp_path: Path, case: str) -> None:
    store, _, until = two_days(tmp_path)
    left = archived(store, until, sha256="cc" * 32)
    store.ledger.record(*(one for one in left if type(one) in NOT_ENOUGH[case]))
    with pytest.raises(Refusal) as refused:
        purge(store, until, "cc" * 32)
    assert refused.value.slug == "not_archived"
    store.close()


@pytest.mark.parametrize(("first", "last"), [(2, 0), (1, -1)])
def test_an_archive_of_less_than_is_purged_is_not_enough(
    tmp_path: Path, first: int, last: int
) -> None:
    store, _, until = two_days(tmp_path)
    store.ledger.record(*archived(store, until + last, first=first, sha256="dd" * 32))
    with pytest.raises(Refusal) as refused:
        purge(store, until, "dd" * 32)
    assert refused.value.slug == "not_archived"
    store.close()


def test_a_purge_that_the_disk_refuses_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    store, _, until = two_days(tmp_path)
    kept, end = what_stays(store), store.books.position()
    driver = store.ledger._writer._driver
    driver.execute("CREATE TEMP TRIGGER full BEFORE DELETE ON main.entry"
                   " BEGIN SELECT RAISE(ABORT, 'refused'); END")  # fmt: skip
    with pytest.raises(StoreUnavailable):
        purge(store, until, SHA)
    driver.execute("DROP TRIGGER full")
    assert (what_stays(store), store.books.position()) == (kept, end)
    assert_sound(tmp_path, store)
    store.ledger.record(sale(77, [500]))
    store.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from pos.store import purge as purging
from tests.contract.test_store_purge import SHA, start

class Dying(tuple):
    def __iter__(self):
        yield from list(super().__iter__())[: int(sys.argv[2])]
        os.kill(os.getpid(), signal.SIGKILL)

purging.DELETES = Dying(purging.DELETES)
store = start(Path(sys.argv[1]))
purging.purge(store, store.books.closed_at("day"), SHA)
"""


@pytest.mark.parametrize("statements", [0, 4, len(DELETES)])
def test_a_till_killed_while_it_purges_has_the_old_file(tmp_path: Path, statements: int) -> None:
    store, _, until = two_days(tmp_path)
    entries = store.books.position()
    store.close()
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(statements)]
    assert subprocess.run(command, cwd=root, check=False).returncode == -signal.SIGKILL
    store = start(tmp_path)
    assert store.findings == ()
    assert rebuild_check(store.engine).entries == entries
    assert_sound(tmp_path, store)
    purge(store, until, SHA)
    assert_sound(tmp_path, store)
    store.close()


def test_the_last_movement_of_cash_stays_after_its_shift_left(tmp_path: Path) -> None:
    """The next movement's number follows it."""
    store, shop = start(tmp_path), Shop()
    for gesture in ("open_shift", "move_cash", "move_cash", "close_shift"):
        store.ledger.record(*shop.do(gesture, 1))
    for gesture in ("open_shift", "close_shift", "close_day"):
        store.ledger.record(*shop.do(gesture, 1))
    last, until = store.books.cash_move(), store.books.closed_at("day")
    store.ledger.record(*archived(store, until))
    purge(store, until, SHA)
    assert last is not None
    assert store.books.cash_move() == last
    assert store.books.cash_move("C2") is None
    assert_sound(tmp_path, store)
    store.close()


def test_nothing_is_purged_while_the_marker_cannot_be_written(tmp_path: Path) -> None:
    store, _, until = two_days(tmp_path)
    os.close(store._marker._file)
    store._marker._file = os.open(tmp_path / "state" / "marker", os.O_RDONLY)
    store.ledger.record(TillStopped())
    with pytest.raises(Refusal) as refused:
        purge(store, until, SHA)
    assert refused.value.slug == "marker_behind"
    store.close()


def test_the_guards_are_back_after_a_purge(tmp_path: Path) -> None:
    store, _, until = two_days(tmp_path)
    purge(store, until, SHA)
    for table in ("entry", "sale", "sale_line", "sale_vat", "sale_tender", "closing"):
        with pytest.raises(dbapi2.IntegrityError, match="never changed"):
            store.ledger._writer.execute(f"DELETE FROM {table}", ())
    store.close()


def test_a_beginning_that_was_cut_without_a_purge_is_told(tmp_path: Path) -> None:
    store, _, until = two_days(tmp_path)
    store.close()
    cut = [*DELETES[:4], DELETES[-1]]
    tamper(tmp_path, *(one.replace("?1", str(until)) for one in cut))
    store = start(tmp_path)
    name = f"{WHO.store}-{WHO.till}-K1/000001"
    assert [(one.slug, one.name) for one in store.findings] == [("missing", name)]
    report = verify(tmp_path / "data" / FILE, [store.public_key])
    assert report.findings[0].slug == "missing"
    with pytest.raises(StoreUnavailable, match="does not fit the journal"):
        rebuild_check(store.engine)
    store.close()


def test_more_than_the_purge_took_cannot_be_cut_under_its_name(tmp_path: Path) -> None:
    store, _, until = two_days(tmp_path)
    purge(store, until, SHA)
    store.close()
    tamper(
        tmp_path,
        f"DELETE FROM entry WHERE ordinal <= {until + 1}",
        f"UPDATE purge SET ordinal = {until + 1}",
    )
    store = start(tmp_path)
    assert "missing" in [one.slug for one in store.findings]
    report = verify(tmp_path / "data" / FILE, [store.public_key])
    assert report.findings[0].slug == "missing"
    store.close()


def test_a_purge_by_hand_breaks_the_chain(tmp_path: Path) -> None:
    """An entry that names what left, with a wrong hash, lets the next entry follow nothing."""
    store, _, until = two_days(tmp_path)
    forged = JournalPurged(sha256=SHA, ordinal=until, epoch="K1", number=until, hash="00" * 32)
    store.ledger.record(forged)
    store.close()
    tamper(tmp_path, f"DELETE FROM entry WHERE ordinal <= {until}")
    store = start(tmp_path)
    assert [one.slug for one in store.findings] == ["unlinked"]
    store.close()
