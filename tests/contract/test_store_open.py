"""What the till finds when it starts: its own file, another's, an old one, half a one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pos.domain.events import TillStopped
from pos.journal.chain import START, Head
from pos.journal.entry import is_tagged
from pos.store.marker import Found, Mark, Marker, judge
from pos.store.open import FILE
from pos.store.rebuild import rebuild_check, verify
from pos.store.unit import Journal
from tests.contract.store_days import copy, day, last_ticket, lost_key, sell, start, tamper


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


def test_after_a_lost_marker_no_backup_mints_an_epoch_that_another_may_have(
    tmp_path: Path,
) -> None:
    day(tmp_path)
    copy(tmp_path / "data", tmp_path / "kept")
    epochs = []
    for _ in range(2):
        missing_marker(tmp_path)
        for backup in (False, True):
            if backup:
                shutil.rmtree(tmp_path / "data")
                copy(tmp_path / "kept", tmp_path / "data")
            store = start(tmp_path)
            epochs.append(store.ledger.place.epoch)
            store.close()
    assert len(set(epochs)) == 4
    assert all(is_tagged(epoch) for epoch in epochs)


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
