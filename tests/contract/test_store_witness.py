"""The country's own records: asked for before each batch, in its transaction, in chains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from pos.domain import events
from pos.domain.events import DrawerOpened, FiscalSigned, TillStopped
from pos.domain.facts import ChainHead, FiscalRecord
from pos.doubles import FixedClock, MemoryStore
from pos.journal.canonical import read_facts
from pos.journal.chain import JournalBroken
from pos.journal.entry import Entry
from pos.ports import Batch
from pos.store.open import Store, open_store
from pos.store.rebuild import rebuild_check
from tests.contract.store_days import copy, lost_key
from tests.contract.store_samples import NOON, WHO, Counted, Hand, sale, stamp
from tests.contract.store_shop import Shop, signs_openings

IDS = Counted()


def start(folder: Path, clock: Hand | None = None, plugin: str = "") -> Store:
    ports = (folder / "data", folder / "state", WHO, clock or Hand(), IDS)
    return open_store(*ports, witness=signs_openings, plugin=plugin)


def records(entries: Sequence[Entry]) -> list[tuple[str, int, int]]:
    """Return the subject, how far back, and the number of each record the entries bear."""
    signed = [
        events.read(entry.kind, entry.version, read_facts(entry.body))
        for entry in entries
        if entry.kind == "fiscal.signed"
    ]
    assert len(signed) <= 1
    return [
        (one.subject, one.back, one.stamp.number)
        for event in signed
        if isinstance(event, FiscalSigned)
        for one in event.records
    ]


def jet(store: Store) -> ChainHead:
    return store.books.heads()["jet"]


def test_the_first_entry_of_a_till_is_witnessed(tmp_path: Path) -> None:
    store = start(tmp_path)
    assert store.books.position() == 2
    assert jet(store) == ChainHead(1, "signature-1")
    store.close()


def test_a_start_that_writes_nothing_asks_no_witness(tmp_path: Path) -> None:
    start(tmp_path).close()
    seen: list[Batch] = []

    def witness(batch: Batch) -> Sequence[FiscalRecord]:
        seen.append(batch)
        return []

    store = open_store(tmp_path / "data", tmp_path / "state", WHO, Hand(), IDS, witness=witness)
    assert seen == []
    store.ledger.record(TillStopped())
    assert [batch.events for batch in seen] == [[TillStopped()]]
    assert seen[0].heads == store.books.heads()
    store.close()


def test_a_batch_gets_one_entry_for_all_its_records_and_a_plain_one_gets_none(
    tmp_path: Path,
) -> None:
    store = start(tmp_path)
    opening = DrawerOpened(cause="no_sale")
    entries = store.ledger.record(opening, sale(1, [500]), opening)
    assert [entry.kind for entry in entries][-1] == "fiscal.signed"
    assert records(entries) == [("drawer.opened", 3, 2), ("drawer.opened", 1, 3)]
    assert [entry.kind for entry in store.ledger.record(sale(2, [500]))] == ["sale.finished"]
    assert rebuild_check(store.engine).differences == ()
    store.close()


def test_the_chains_go_on_after_a_restart(tmp_path: Path) -> None:
    store = start(tmp_path)
    store.ledger.record(DrawerOpened(cause="no_sale"))
    store.close()
    store = start(tmp_path)
    assert records(store.ledger.record(DrawerOpened(cause="sale"))) == [("drawer.opened", 1, 3)]
    assert jet(store).number == 3
    store.close()


def test_a_clock_that_jumped_back_is_witnessed_with_what_came_after(tmp_path: Path) -> None:
    clock = Hand()
    store = start(tmp_path, clock)
    clock.at = NOON - timedelta(hours=1)
    entries = store.ledger.record(sale(1, [500]))
    assert records(entries) == [("clock.jumped", 2, 2)]
    store.close()


def test_a_batch_that_is_refused_moves_no_chain(tmp_path: Path) -> None:
    store = start(tmp_path)
    unbalanced = sale(1, [500]).model_copy(update={"total": 1})
    with pytest.raises(JournalBroken):
        store.ledger.record(DrawerOpened(cause="sale"), unbalanced)
    assert records(store.ledger.record(DrawerOpened(cause="sale"))) == [("drawer.opened", 1, 2)]
    store.close()


def restored(folder: Path) -> None:
    copy(folder / "data", folder / "backup")
    store = start(folder)
    store.ledger.record(TillStopped())
    store.close()
    copy(folder / "backup", folder / "data")


@pytest.mark.parametrize("harm", [restored, lost_key])
def test_the_chains_begin_again_with_a_new_epoch(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    store = start(tmp_path)
    store.ledger.record(DrawerOpened(cause="sale"))
    store.close()
    harm(tmp_path)
    store = start(tmp_path)
    assert store.ledger.place.epoch == "K2"
    assert store.books.heads() == {"jet": ChainHead(1, "signature-1")}
    assert rebuild_check(store.engine).differences == ()
    store.close()


def test_another_country_begins_chains_of_its_own(tmp_path: Path) -> None:
    store = start(tmp_path, plugin="france")
    assert jet(store).number == 1
    store.close()
    store = start(tmp_path, plugin="elsewhere")
    assert store.books.heads() == {}
    store.close()


def test_a_number_is_given_once_in_a_chain(tmp_path: Path) -> None:
    store = start(tmp_path)
    twice = FiscalRecord(subject="drawer.opened", back=1, stamp=stamp(1, "jet"))
    with pytest.raises(JournalBroken):
        store.ledger.record(FiscalSigned(records=[twice]))
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fiscal_record SET signature = ''",
        "DELETE FROM fiscal_record",
        "UPDATE closing SET perpetual = 0",
        "DELETE FROM closing",
    ],
)
def test_records_and_closings_are_never_changed(tmp_path: Path, statement: str) -> None:
    store = start(tmp_path)
    store.ledger.record(*Shop().do("close_day", 1))
    with pytest.raises(dbapi2.IntegrityError, match="never changed"):
        store.ledger._writer.execute(statement, ())
    store.close()


def test_the_heads_of_every_chain_are_known(tmp_path: Path) -> None:
    store = start(tmp_path)
    total = sale(1, [500]).model_copy(update={"grand_total": stamp(1, "gt_ticket")})
    archive = events.ArchiveMade(
        sha256="00",
        first_day="2026-11-22",
        last_day="2026-11-22",
        first_entry="S012-T03-K1/000001",
        last_entry="S012-T03-K1/000002",
        entries=2,
        total=0,
        fiscal=stamp(4, "archive"),
    )
    store.ledger.record(total, sale(1, [9], training=True), archive)
    found = {chain: head.number for chain, head in store.books.heads().items()}
    assert found == {"ticket": 1, "gt_ticket": 1, "training": 1, "archive": 4, "jet": 1}
    store.close()


def test_a_store_in_memory_asks_its_witness_alike() -> None:
    seen: list[Batch] = []

    def witness(batch: Batch) -> Sequence[FiscalRecord]:
        seen.append(batch)
        return signs_openings(batch)

    store = MemoryStore(FixedClock(), witness=witness)
    opening = DrawerOpened(cause="no_sale")
    assert len(store.record(opening)) == 2
    assert store.record(TillStopped())[-1].kind == "till.stopped"
    assert store.heads() == {"jet": ChainHead(1, "signature-1")}
    assert (seen[0].events, seen[0].at) == ((opening,), store.clock.now())
    assert seen[1].heads == store.heads()
    assert (store.record(), len(seen)) == ([], 2)
