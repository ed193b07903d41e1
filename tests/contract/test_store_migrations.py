"""A file is brought to the program's schema after a copy, whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import dbapi2
from sqlalchemy import Connection

from pos.ports import StoreUnavailable
from pos.store.engine import open_engine
from pos.store.migrations import STEPS, migrate
from pos.store.open import FILE
from tests.contract.store_samples import opened, sale


def add_colour(connection: Connection) -> None:
    """A version of the schema after today's, for these tests."""
    connection.exec_driver_sql("ALTER TABLE staff ADD COLUMN colour VARCHAR NOT NULL DEFAULT ''")


def add_colour_and_die(connection: Connection) -> None:
    add_colour(connection)
    os.kill(os.getpid(), signal.SIGKILL)


TODAY = len(STEPS)
NEXT = [*STEPS, add_colour]
COPY = f"till.db.before-v{TODAY + 1}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    store = opened(tmp_path)
    store.ledger.record(sale(1, [1000]))
    store.close()
    return tmp_path / "data" / FILE


def ask(file: Path, sql: str) -> list[tuple[Any, ...]]:
    connection: Any = dbapi2.connect(str(file))
    found = connection.execute(sql).fetchall()
    connection.close()
    return list(found)


def run(file: Path, steps: Any) -> Path | None:
    engine = open_engine(file)
    try:
        return migrate(engine, file, steps)
    finally:
        engine.dispose()


def test_an_older_file_is_copied_and_then_brought_forward(file: Path) -> None:
    kept = run(file, NEXT)
    assert kept == file.with_name(COPY)
    assert ask(kept, "PRAGMA user_version") == [(TODAY,)]
    assert ask(kept, "SELECT total FROM sale") == [(1000,)]
    assert ask(file, "PRAGMA user_version") == [(TODAY + 1,)]
    assert ask(file, "SELECT count(colour) FROM staff") == [(0,)]
    assert ask(file, "SELECT total FROM sale") == [(1000,)]
    assert run(file, NEXT) is None


def test_a_till_killed_in_the_middle_starts_again_from_what_it_had(file: Path) -> None:
    script = (
        "from pathlib import Path; import sys;"
        "from tests.contract.test_store_migrations import *;"
        "run(Path(sys.argv[1]), [*STEPS, add_colour_and_die])"
    )
    root = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", script, str(file)], cwd=root, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert ask(file, "PRAGMA user_version") == [(TODAY,)]
    assert ask(file, "SELECT total FROM sale") == [(1000,)]
    assert run(file, NEXT) is not None
    assert ask(file, "SELECT count(colour) FROM staff") == [(0,)]


def test_a_file_newer_than_the_program_is_refused(file: Path) -> None:
    run(file, NEXT)
    with pytest.raises(StoreUnavailable, match="newer Comptoir") as refused:
        run(file, STEPS)
    assert refused.value.slug == "file_newer"
    with pytest.raises(StoreUnavailable):
        opened(file.parents[1])


def test_a_disk_that_refuses_the_copy_refuses_the_start_and_changes_nothing(file: Path) -> None:
    file.with_name(f"{COPY}.partial").mkdir()
    with pytest.raises(StoreUnavailable) as refused:
        run(file, NEXT)
    assert refused.value.slug == "copy_refused"
    assert ask(file, "PRAGMA user_version") == [(TODAY,)]
