"""A damaged file, a lost or foreign key, a second till: told in a sentence, never passed over."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pos.ports import StoreUnavailable
from pos.store import open as opening
from pos.store.open import FILE, Who, open_store
from pos.store.rebuild import verify
from tests.contract.store_days import day, lost_key, sell, start, tamper
from tests.contract.store_samples import WHO, Counted, Hand


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
    assert store.findings == ()
    store.close()
