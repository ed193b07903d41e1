"""A till's file of the first schema, as the program of that time wrote it: brought forward whole.

It is the dump of a file that the first version of the program wrote: sales, one of them played, one
that gives back, papers, cards, an abandoned basket and one that is open.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from pos.domain.events import RunningTotals
from pos.domain.facts import ChainHead
from pos.domain.staff import Person
from pos.journal.chain import Head
from pos.journal.signing import SeedKey
from pos.ports import StoreUnavailable
from pos.store.engine import open_engine, open_reader
from pos.store.marker import Mark, Marker
from pos.store.migrations import STEPS, migrate
from pos.store.open import FILE, Store, open_store
from pos.store.rebuild import rebuild_check, verify
from tests.contract.store_samples import WHO, Counted, Hand, sale
from tests.till_v1 import dump

KEY = SeedKey(bytes(32))
NONCE = "00000000000000000000000001"
ENTRIES = 15


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A folder with the old file in it, and the marker that its till kept."""
    (tmp_path / "data").mkdir()
    (tmp_path / "state").mkdir()
    connection = dbapi2.connect(str(tmp_path / "data" / FILE))
    connection.executescript(dump("store_rows"))
    connection.execute("PRAGMA user_version = 1")
    (hashed,) = connection.execute("SELECT hash FROM entry WHERE ordinal = 15").fetchone()
    connection.close()
    marker = Marker(tmp_path / "state" / "marker")
    marker.write(Mark(Head("K1", ENTRIES, hashed), NONCE))
    marker.close()
    return tmp_path


def start(folder: Path) -> Store:
    ids = Counted(1)
    return open_store(folder / "data", folder / "state", WHO, Hand(), ids, signer=KEY)


def kept(folder: Path) -> Path:
    return folder / "data" / f"{FILE}.before-v{len(STEPS)}"


def test_an_older_file_opens_with_its_tables_made_anew_from_its_journal(older: Path) -> None:
    store = start(older)
    assert store.findings == ()
    assert rebuild_check(store.engine).differences == ()
    assert verify(older / "data" / FILE, [KEY.public_key]).entries == ENTRIES
    assert kept(older).is_file()
    store.close()


def schema(store: Store) -> dict[str, str]:
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        )
        return {name: " ".join(sql.split()) for name, sql in rows}


def test_an_older_file_gets_the_tables_and_the_guards_of_a_new_one(
    older: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store, fresh = start(older), start(tmp_path_factory.mktemp("fresh"))
    assert schema(store) == schema(fresh)
    store.close()
    fresh.close()


def test_an_older_file_answers_all_that_it_held(older: Path) -> None:
    store = start(older)
    assert store.past.sale() == sale(3, [-605])
    assert store.past.last_sale(training=True) == sale(1, [77], training=True)
    assert [job.job for job in store.past.open_prints()] == ["J2"]
    assert [card.request for card in store.past.cards()] == ["R2"]
    assert [draft.basket for draft in store.drafts.all()] == ["B9"]
    assert store.people.all() == [Person("2", "10", "Camille", "cashier")]
    assert store.books.running() == RunningTotals(period=1678, perpetual=1678, perpetual_abs=2888)
    assert store.books.first_day() == "2026-11-22"
    assert store.books.heads()["ticket"] == ChainHead(3, "signature-3")
    day = store.books.figures(0, store.books.position())
    assert (day.tickets, day.total, day.hours[0].name) == (3, 1678, "13")
    assert [(one.name, one.count) for one in day.counters] == [
        *(("abandoned", 1), ("duplicates", 1), ("unsettled_cards", 1), ("voided_lines", 1))
    ]
    store.close()


def test_an_older_file_sells_on_where_it_was(older: Path) -> None:
    store = start(older)
    store.ledger.record(sale(4, [1000]))
    assert store.books.running().perpetual == 2678
    assert rebuild_check(store.engine).differences == ()
    store.close()
    store = start(older)
    assert (store.findings, store.ledger.place.epoch) == ((), "K1")
    store.close()


def test_a_file_that_was_not_brought_forward_yet_is_verified_and_not_rebuilt(older: Path) -> None:
    file = older / "data" / FILE
    assert verify(file, [KEY.public_key]).sound
    engine = open_reader(file)
    with pytest.raises(StoreUnavailable) as refused:
        rebuild_check(engine)
    assert refused.value.slug == "file_older"
    engine.dispose()


KILLED = """
import os, signal, sys
from itertools import islice
from pathlib import Path
from pos.store import migrations
from pos.store.engine import open_engine, open_reader

replay = migrations.replay

def dying(cursor, entries):
    replay(cursor, islice(entries, 9))
    os.kill(os.getpid(), signal.SIGKILL)

migrations.replay = dying
file = Path(sys.argv[1])
migrations.migrate(open_engine(file), file)
"""


def test_a_till_killed_while_its_tables_are_made_anew_starts_again(older: Path) -> None:
    file = older / "data" / FILE
    root = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", KILLED, str(file)], cwd=root, check=False)
    assert ended.returncode == -signal.SIGKILL
    connection = dbapi2.connect(str(file))
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert connection.execute("SELECT count(*) FROM sale").fetchone() == (4,)
    connection.close()
    store = start(older)
    assert rebuild_check(store.engine).differences == ()
    store.close()


def test_an_older_file_with_an_altered_entry_is_refused_and_left_as_it_was(older: Path) -> None:
    file = older / "data" / FILE
    connection = dbapi2.connect(str(file))
    connection.executescript(
        "DROP TRIGGER entry_never_UPDATE; UPDATE entry SET body = x'7b' WHERE ordinal = 3"
    )
    connection.close()
    engine = open_engine(file)
    with pytest.raises(StoreUnavailable) as refused:
        migrate(engine, file)
    engine.dispose()
    assert refused.value.slug == "unreadable_entry"
    connection = dbapi2.connect(str(file))
    assert connection.execute("SELECT count(*) FROM sale").fetchone() == (4,)
    connection.close()
