"""What the till finds when it starts: its own file, another's, an old one, half a one."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import dbapi2

from pos.domain.events import TillStopped
from pos.journal.chain import START, Head
from pos.ports import StoreUnavailable
from pos.store import open as opening
from pos.store.marker import Found, Mark, Marker, judge
from pos.store.open import FILE, Store, Who, open_store
from pos.store.rebuild import rebuild_check, verify
from pos.store.unit import Journal
from tests.contract.store_samples import WHO, Counted, Hand, opened, sale

IDS = Counted()


def start(folder: Path) -> Store:
    return opened(folder, ids=IDS)


def last_ticket(store: Store) -> int:
    """The last ticket number of the present epoch, 0 before the first."""
    with store.engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT max(ticket) FROM sale WHERE epoch = ?", (store.ledger.place.epoch,)
        )
        return found.scalar() or 0


def sell(store: Store, count: int = 3) -> None:
    for _ in range(count):
        store.ledger.record(sale(last_ticket(store) + 1, [500]))


def day(folder: Path, count: int = 3) -> None:
    """Start, sell, stop."""
    store = start(folder)
    sell(store, count)
    store.close()


def tamper(folder: Path, *statements: str) -> None:
    """Change the file as someone with the file and no key would: triggers do not stop them."""
    connection: Any = dbapi2.connect(str(folder / "data" / FILE), isolation_level=None)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        connection.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        connection.execute(statement)
    connection.close()


def copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def test_a_till_that_starts_again_goes_on_where_it_was(tmp_path: Path) -> None:
    day(tmp_path)
    store = start(tmp_path)
    assert (store.findings, store.ledger.head.number) == ((), 4)
    sell(store)
    assert last_ticket(store) == 6
    store.close()
    assert verify(tmp_path / "data" / FILE, [store.public_key]).sound


def restored_backup(folder: Path) -> None:
    copy(folder / "data", folder / "backup")
    day(folder)
    copy(folder / "backup", folder / "data")


def truncated_tail(folder: Path) -> None:
    tamper(
        folder,
        "DELETE FROM entry WHERE ordinal > 2",
        *(
            f"DELETE FROM {name} WHERE sale > 2"
            for name in ("sale_line", "sale_vat", "sale_tender")
        ),
        "DELETE FROM sale WHERE entry > 2",
    )


def deleted_database(folder: Path) -> None:
    shutil.rmtree(folder / "data")


def copy_that_lived_on(folder: Path) -> None:
    elsewhere = folder / "elsewhere"
    copy(folder / "data", elsewhere / "data")
    day(elsewhere)
    copy(elsewhere / "data", folder / "data")


def other_history(folder: Path) -> None:
    elsewhere = folder / "elsewhere"
    copy(folder / "data", elsewhere / "data")
    copy(folder / "state", elsewhere / "state")
    day(folder, 1)
    store = start(elsewhere)
    store.ledger.record(TillStopped(), TillStopped())
    store.close()
    copy(elsewhere / "data", folder / "data")


def missing_marker(folder: Path) -> None:
    (folder / "state" / "marker").unlink()


def ruined_marker(folder: Path) -> None:
    (folder / "state" / "marker").write_bytes(b"?" * 5000)


def lost_key(folder: Path) -> None:
    (folder / "state" / "keys" / "till.pem").unlink()


ALARMS: dict[str, tuple[Callable[[Path], None], str]] = {
    "a restored backup": (restored_backup, "marker_ahead"),
    "an end cut off": (truncated_tail, "marker_ahead"),
    "a deleted database": (deleted_database, "marker_ahead"),
    "a copy that lived on": (copy_that_lived_on, "nonce_differs"),
    "another history": (other_history, "hash_differs"),
    "a missing marker": (missing_marker, "marker_missing"),
    "a ruined marker": (ruined_marker, "marker_missing"),
    "a lost key": (lost_key, "key_replaced"),
}


@pytest.mark.parametrize("case", ALARMS)
def test_a_file_that_is_not_the_last_one_opens_an_epoch_and_the_till_goes_on(
    tmp_path: Path, case: str
) -> None:
    happens, reason = ALARMS[case]
    day(tmp_path)
    happens(tmp_path)
    store = start(tmp_path)
    assert [finding.slug for finding in store.findings] == [reason]
    epoch = store.ledger.place.epoch
    assert epoch.startswith(("K2", "K3"))
    assert epoch in str(store.findings[0].sentence)
    assert last_ticket(store) == 0
    sell(store)
    store.close()
    again = start(tmp_path)
    assert again.findings == ()
    assert again.ledger.place.epoch == epoch
    report = verify(tmp_path / "data" / FILE, known=again.ledger.head)
    assert report.sound
    assert report.notices[-1].name == f"S012-T03-{epoch}/000001"
    assert rebuild_check(again.engine).differences == ()
    again.close()


def test_two_copies_without_their_marker_never_mint_the_same_epoch(tmp_path: Path) -> None:
    day(tmp_path / "a")
    copy(tmp_path / "a" / "data", tmp_path / "b" / "data")
    missing_marker(tmp_path / "a")
    stores = [start(tmp_path / name) for name in ("a", "b")]
    assert len({store.ledger.place.epoch for store in stores}) == 2
    for store in stores:
        store.close()


@pytest.mark.parametrize("case", ["", *ALARMS])
@pytest.mark.parametrize("dies", ["record_with", "follow"])
def test_a_crash_between_marker_and_database_is_no_alarm_and_hides_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, dies: str
) -> None:
    day(tmp_path)
    happens, reason = ALARMS[case] if case else (lambda _folder: None, "")
    happens(tmp_path)
    before = len(verify_notices(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(Journal, dies, crash)
        with pytest.raises(KeyboardInterrupt):
            start(tmp_path)
    store = start(tmp_path)
    told = [finding.slug for finding in store.findings]
    store.close()
    opened_now = len(verify_notices(tmp_path)) - before
    assert opened_now == (1 if case else 0)
    assert bool(told) == (bool(case) and dies == "record_with")
    assert not told or told[0] in (reason, "nonce_differs")


def test_two_crashes_in_a_row_between_marker_and_database_are_no_alarm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day(tmp_path)
    for dies in ("follow", "record_with", "follow", "follow", "record_with"):
        with monkeypatch.context() as patch:
            patch.setattr(Journal, dies, crash)
            with pytest.raises(KeyboardInterrupt):
                start(tmp_path)
    store = start(tmp_path)
    assert (store.findings, store.ledger.place.epoch) == ((), "K1")
    store.close()


def crash(*_args: object, **_more: object) -> None:
    raise KeyboardInterrupt


def verify_notices(folder: Path) -> tuple[Any, ...]:
    file = folder / "data" / FILE
    return verify(file).notices if file.exists() else ()


def test_a_marker_that_lost_its_last_writes_is_no_alarm(tmp_path: Path) -> None:
    store = start(tmp_path)
    sell(store)
    early = (tmp_path / "state" / "marker").read_bytes()
    sell(store)
    store.close()
    (tmp_path / "state" / "marker").write_bytes(early)
    store = start(tmp_path)
    assert store.findings == ()
    store.close()


@pytest.mark.parametrize("slot", [0, 4096])
def test_one_torn_slot_of_the_marker_is_no_alarm(tmp_path: Path, slot: int) -> None:
    day(tmp_path)
    with (tmp_path / "state" / "marker").open("r+b") as file:
        file.seek(slot + 40)
        file.write(b"torn")
    store = start(tmp_path)
    assert store.findings == ()
    store.close()


def test_a_marker_that_cannot_be_written_never_undoes_a_sale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = start(tmp_path)

    def full(*_args: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        sell(store, 1)
        behind = [store.ledger.marker_behind]
    sell(store, 1)
    assert [*behind, store.ledger.marker_behind] == [True, False]
    store.close()


SEEN = Head("K1", 5, b"h" * 32)
JUDGED: list[tuple[Mark | None, Found, str]] = [
    (None, Found(START, ""), ""),
    (None, Found(SEEN, "n"), "marker_missing"),
    (Mark(SEEN, "n"), Found(SEEN, "n", lambda _e, _n: b"h" * 32), ""),
    (Mark(SEEN, "m", "n"), Found(SEEN, "n", lambda _e, _n: b"h" * 32), ""),
    (Mark(SEEN, "m"), Found(SEEN, "n", lambda _e, _n: b"h" * 32), "nonce_differs"),
    (Mark(SEEN, "n"), Found(SEEN, "n", lambda _e, _n: b"x" * 32), "hash_differs"),
    (Mark(SEEN, "n"), Found(SEEN, "n"), "marker_ahead"),
    (Mark(SEEN, "n"), Found(SEEN, "n", opened_after=SEEN), ""),
    (Mark(START, "", "n"), Found(SEEN, "n"), ""),
    (Mark(START, "", "n"), Found(SEEN, "m"), "nonce_differs"),
]


@pytest.mark.parametrize(("mark", "found", "reason"), JUDGED)
def test_what_marker_and_database_say_together(
    mark: Mark | None, found: Found, reason: str
) -> None:
    assert judge(mark, found) == reason


def test_a_marker_reads_back_what_was_last_written(tmp_path: Path) -> None:
    marker = Marker(tmp_path / "marker")
    assert marker.mark is None
    for number in range(1, 6):
        marker.write(Mark(Head("K1", number, b"h" * 32), "n" * 26, "p" * 26), sync=number == 3)
    marker.close()
    assert Marker(tmp_path / "marker").mark == Mark(Head("K1", 5, b"h" * 32), "n" * 26, "p" * 26)
    with pytest.raises(ValueError, match="does not fit"):
        Marker(tmp_path / "marker").write(Mark(START, "n" * 33))


@pytest.mark.parametrize(("ordinal", "told"), [(9, True), (2, False)])
def test_an_altered_entry_is_told_at_the_start_when_recent_and_by_verify_always(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ordinal: int, told: bool
) -> None:
    monkeypatch.setattr(opening, "CHECKED_AT_START", 5)
    day(tmp_path, 10)
    tamper(
        tmp_path, f"UPDATE entry SET body = replace(body, '500', '400') WHERE ordinal = {ordinal}"
    )
    store = start(tmp_path)
    expected = [("altered", f"S012-T03-K1/{ordinal:06d}")]
    assert [(each.slug, each.name) for each in store.findings] == (expected if told else [])
    assert store.ledger.place.epoch == "K1"
    sell(store)
    store.close()
    report = verify(tmp_path / "data" / FILE, [store.public_key])
    assert [(each.slug, each.name) for each in report.findings] == expected


@pytest.mark.parametrize(
    ("statement", "slug"),
    [
        ("DELETE FROM entry WHERE ordinal = 9", "missing"),
        ("UPDATE entry SET signature = zeroblob(64) WHERE ordinal = 9", "forged"),
        ("UPDATE entry SET number = 99 WHERE ordinal = 9", "altered"),
        ("UPDATE entry SET number = 'nine' WHERE ordinal = 9", "altered"),
        ("UPDATE entry SET hash = 'text', key_id = 5 WHERE ordinal = 9", "altered"),
    ],
)
def test_other_damage_near_the_end_is_told_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str, slug: str
) -> None:
    monkeypatch.setattr(opening, "CHECKED_AT_START", 5)
    day(tmp_path, 10)
    tamper(tmp_path, statement)
    store = start(tmp_path)
    assert [(each.slug, each.name) for each in store.findings] == [(slug, "S012-T03-K1/000009")]
    store.close()


@pytest.mark.parametrize(
    "change",
    [
        "number = 'x'",
        "number = 77",
        "epoch = 'gone'",
        "at = 'noon'",
        "body = 'x'",
        "body = x'ff'",
        "hash = 'x'",
        "previous = NULL",
        "signature = 5",
        "key_id = ''",
        "kind = 'other'",
        "version = 'x'",
    ],
)
def test_a_last_entry_altered_in_any_column_is_told_and_the_till_goes_on(
    tmp_path: Path, change: str
) -> None:
    day(tmp_path)
    tamper(
        tmp_path,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '') WHERE name = 'entry'",
        "PRAGMA writable_schema = RESET",
        f"UPDATE entry SET {change} WHERE ordinal = 4",
    )
    store = start(tmp_path)
    assert store.findings
    sell(store)
    store.close()
    assert not verify(tmp_path / "data" / FILE, [store.public_key]).sound


def test_two_neighbours_that_changed_places_are_named(tmp_path: Path) -> None:
    day(tmp_path, 10)
    tamper(
        tmp_path,
        "UPDATE entry SET ordinal = -1 WHERE ordinal = 5",
        "UPDATE entry SET ordinal = 5 WHERE ordinal = 6",
        "UPDATE entry SET ordinal = 6 WHERE ordinal = -1",
    )
    findings = verify(tmp_path / "data" / FILE).findings
    assert [(each.slug, each.name) for each in findings] == [("reordered", "S012-T03-K1/000005")]


def test_a_lost_key_is_replaced_and_the_new_one_is_stated(tmp_path: Path) -> None:
    day(tmp_path)
    old = start(tmp_path)
    old.close()
    lost_key(tmp_path)
    new = start(tmp_path)
    new.close()
    assert old.public_key != new.public_key
    file = tmp_path / "data" / FILE
    assert verify(file, [old.public_key, new.public_key]).sound
    slugs = {finding.slug for finding in verify(file, [new.public_key]).findings}
    assert slugs == {"unknown_key"}


def test_the_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    start(tmp_path).close()
    keys = tmp_path / "state" / "keys"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert stat.S_IMODE((keys / "till.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "state" / "marker").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    start(tmp_path).close()
    (tmp_path / "state" / "keys" / "till.pem").chmod(mode)
    with pytest.raises(StoreUnavailable, match="chmod 600") as refused:
        start(tmp_path)
    assert refused.value.slug == "key_exposed"


def test_a_file_that_is_no_key_is_refused_and_not_replaced(tmp_path: Path) -> None:
    start(tmp_path).close()
    (tmp_path / "state" / "keys" / "till.pem").write_text("not a key")
    with pytest.raises(StoreUnavailable, match="holds no Ed25519 key"):
        start(tmp_path)
    assert (tmp_path / "state" / "keys" / "till.pem").read_text() == "not a key"


def test_a_file_of_another_till_is_refused(tmp_path: Path) -> None:
    day(tmp_path)
    who = Who("S012", "T04", WHO.software)
    with pytest.raises(StoreUnavailable, match="belongs to till S012-T03"):
        open_store(tmp_path / "data", tmp_path / "state", who, Hand(), Counted())


def test_a_name_that_could_not_be_read_back_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot name a store or a till"):
        open_store(tmp_path, tmp_path, Who("S-1", "T1", "x"), Hand(), Counted())


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / FILE).write_bytes(b"not a database" * 100)
    with pytest.raises(StoreUnavailable) as refused:
        start(tmp_path)
    assert refused.value.slug == "damaged"


SECOND = """
import sys, time
from pathlib import Path
from tests.contract.store_samples import opened
from pos.ports import StoreUnavailable
try:
    store = opened(Path(sys.argv[1]))
except StoreUnavailable as refused:
    print(refused.slug, refused.sentence, flush=True)
else:
    print("open", flush=True)
    sys.stdin.read()
"""


def second(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SECOND, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def test_a_second_till_on_the_same_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    store = start(tmp_path)
    with second(tmp_path) as other:
        said, _ = other.communicate()
    assert said.startswith("already_running A till already runs on")
    assert str(os.getpid()) in said
    sell(store)
    store.close()


def test_a_till_that_was_killed_leaves_no_lock(tmp_path: Path) -> None:
    with second(tmp_path) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        other.kill()
        other.wait()
    store = start(tmp_path)
    assert (store.findings, store.clean) == ((), False)
    store.close()
