"""A folder brought back from a backup, or cut short: seen at the start, and no number repeats."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from pos.store.engine import open_engine
from pos.store.migrations import rebuild_projections
from tests.e2e.cases import BREAD, MANAGER, ONE_SALE, SIGN_IN, THREE
from tests.e2e.conftest import PARIS
from tests.e2e.home import Home, copy_of

OLD = [f"T01-K1-{number:06d}" for number in (1, 2)]


def test_a_restored_backup_is_seen_and_the_till_sells_on_under_a_new_epoch(home: Home) -> None:
    for _ in OLD:
        assert home.play(*ONE_SALE).code == 0
    backup = home.path.with_name("backup")
    shutil.copytree(home.path / "data", backup)
    for _ in range(3):
        assert home.play(*ONE_SALE).code == 0
    shutil.rmtree(home.path / "data")
    shutil.copytree(backup, home.path / "data")

    verified = home.command("journal", "verify", "--json")
    assert verified.code == 1
    assert not verified.json()["ok"]
    assert verified.json()["findings"]

    restored = home.play(*ONE_SALE)
    assert restored.code == 0
    assert "restored" in restored.err
    assert "K2" in restored.err
    assert restored.labels == ["T01-K2-000001"]
    assert home.sold() == [*OLD, "T01-K2-000001"]
    again = home.play(MANAGER, "print")
    assert (again.code, again.err) == (1, "1 ✗\n"), "no printer is set up, and no second alarm"
    home.check()


def test_two_tills_from_one_folder_never_sell_under_the_same_number(home: Home) -> None:
    assert home.play(*ONE_SALE).code == 0
    twin = Home(home.path.with_name("twin"))
    shutil.copytree(home.path, twin.path)
    assert home.play(*ONE_SALE).labels == ["T01-K1-000002"]
    assert twin.play(*ONE_SALE).labels == ["T01-K1-000002"], "nothing can tell them apart yet"
    shutil.copytree(twin.path / "data", home.path / "data", dirs_exist_ok=True)
    told = home.play(*ONE_SALE)
    assert "is a copy" in told.err
    assert home.sold() == ["T01-K1-000001", "T01-K1-000002", *told.labels]
    assert told.labels[0].startswith("T01-K2")
    home.check()


def cut_off(home: Home, after: int) -> None:
    """Take the entries after an ordinal out of the journal, as someone with the file would.

    The tables are made to agree with what is left.
    """
    engine = open_engine(home.database)
    with engine.begin() as connection:
        triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type='trigger'")
        for (name,) in triggers.all():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql("DELETE FROM entry WHERE ordinal > ?", (after,))
        rebuild_projections(connection)
    engine.dispose()


def last_of(home: Home, kind: str) -> int:
    """Return the ordinal of the last entry of a kind."""
    kinds = home.kinds()
    return len(kinds) - kinds[::-1].index(kind)


def test_a_tail_that_was_cut_off_is_seen_at_the_start_and_by_verify(home: Home) -> None:
    for _ in range(3):
        assert home.play(*ONE_SALE).code == 0
    cut_off(home, last_of(home, "sale.finished") - 1)
    assert len(home.sold()) == 2
    verified = home.command("journal", "verify")
    assert verified.code == 1
    assert len(verified.out.splitlines()) == 2

    started = home.play(SIGN_IN, *THREE, "cash")
    assert started.code == 0
    assert "its end was cut off" in started.err
    assert started.labels == ["T01-K2-000001"]
    assert "epoch.opened" in home.kinds()
    later = home.command("journal", "verify")
    assert later.code == 1, "what was lost stays lost, also after a restart"
    assert "K1/" in later.out


YEAR_END = ["2026-12-31", "2026-12", "2026"]


@pytest.fixture
def closed(december_shop: Home, tmp_path: Path) -> tuple[Home, Path]:
    """A till that closed its year after a refund, and a backup of the day's morning."""
    home = copy_of(december_shop, tmp_path / "home")
    assert home.play(MANAGER, *THREE, "cash").code == 0
    backup = tmp_path / "backup"
    shutil.copytree(home.path / "data", backup)
    rest = home.play(MANAGER, "ticket 1", "return 2 rassis", "cash", "close-day", BREAD, "cash")
    assert rest.code == 0, rest
    return home, backup


def test_a_backup_of_before_a_closing_is_seen_and_its_days_are_closed_again(
    closed: tuple[Home, Path],
) -> None:
    home, backup = closed
    shutil.rmtree(home.path / "data")
    shutil.copytree(backup, home.path / "data")
    assert home.command("journal", "verify").code == 1
    home.go_to(datetime(2027, 1, 2, 9, tzinfo=PARIS))
    restored = home.play(MANAGER, "expect perpetual 5.75", BREAD, "cash", "close-day")
    assert restored.code == 0, restored
    assert "restored" in restored.err
    assert home.closed() == [*YEAR_END, "2027-01-01", "2027-01-02"]
    labels = [one["label"] for one in home.entries("period.closed")]
    assert labels[0] == "T01-K2-Z000001"
    totals = [one["running"]["perpetual"] for one in home.entries("period.closed")]
    assert totals == [575, 575, 575, 575, 705]
    home.check()


CUTS = [
    ("the year's closing is gone", 2, YEAR_END[:2]),
    ("its month's is gone too", 1, YEAR_END[:1]),
    ("no closing is left", 0, []),
]


@pytest.mark.parametrize(("_name", "kept", "left"), CUTS, ids=str)
def test_a_closing_that_was_cut_off_is_seen_and_made_again_with_the_same_totals(
    closed: tuple[Home, Path], _name: str, kept: int, left: list[str]
) -> None:
    home, _ = closed
    first, *_ = [one["running"] for one in home.entries("period.closed")]
    places = [place for place, kind in enumerate(home.kinds(), 1) if kind == "period.closed"]
    cut_off(home, places[kept] - 1)
    assert home.closed() == left
    assert home.command("journal", "verify").code == 1
    started = home.play(MANAGER, "expect perpetual 2.55", "expect closed-day 2026-12-31")
    assert started.code == 0, started
    assert "its end was cut off" in started.err
    assert "is finished now" in started.err
    assert home.closed() == YEAR_END
    assert [one["running"] for one in home.entries("period.closed")] == [first] * 3
    sold = home.play(MANAGER, BREAD, "cash", "expect perpetual 3.85", "expect period 1.30")
    assert sold.labels == ["T01-K2-000001"]
    assert home.command("journal", "verify").code == 1, "what was lost stays lost"
    home.check()
