"""A folder brought back from a backup, or cut short: seen at the start, and no number repeats."""

from __future__ import annotations

import shutil

from pysqlite3 import dbapi2

from tests.e2e.cases import MANAGER, ONE_SALE, SIGN_IN, THREE
from tests.e2e.home import Home

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


def cut_off(home: Home, entries: int) -> None:
    """Take the last entries out of the journal, as someone with the file in hands would."""
    connection = dbapi2.connect(str(home.database))
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in list(triggers):
        connection.execute(f'DROP TRIGGER "{name}"')
    (last,) = connection.execute("SELECT max(ordinal) - ? FROM entry", (entries,)).fetchone()
    for table in ("sale_line", "sale_vat", "sale_tender"):
        connection.execute(
            f"DELETE FROM {table} WHERE sale IN (SELECT entry FROM sale WHERE entry > ?)", (last,)
        )
    for table in ("sale", "drawer_opening"):
        connection.execute(f"DELETE FROM {table} WHERE entry > ?", (last,))
    connection.execute("DELETE FROM entry WHERE ordinal > ?", (last,))
    connection.commit()
    connection.close()


def test_a_tail_that_was_cut_off_is_seen_at_the_start_and_by_verify(home: Home) -> None:
    for _ in range(3):
        assert home.play(*ONE_SALE).code == 0
    kinds = home.kinds()
    cut_off(home, len(kinds) - max(place for place, kind in enumerate(kinds)
                                   if kind == "sale.finished"))  # fmt: skip
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
