"""Killed while it starts, is set up, or takes a catalogue in: the next start goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos.store.open import CATALOGUE_FILE
from tests.e2e.cases import BREAD, COMMIT, MANAGER, ONE_SALE, SIGN_IN, THREE
from tests.e2e.child import Death
from tests.e2e.home import Home
from tests.e2e.terminal import TillTerminal

STARTING = [
    Death("pos.store.open:open_engine"),
    Death("pos.store.marker:Marker.write"),
    Death("pos.store.marker:Marker.write", after=True),
    Death(COMMIT),
    Death(COMMIT, after=True),
    Death("pos.store.marker:Marker.write", call=2),
    Death("pos.store.marker:Marker.write", call=2, after=True),
    Death("pos.store.marker:Marker.write", call=3),
    Death("pos.store.unit:Journal.follow", after=True),
    Death("pos.till.start:restore_cards"),
    Death("pos.till.start:restore_prints", after=True),
    Death(COMMIT, "till.started", after=True),
    Death("pos.console.console:Console.play"),
]
LEFT_OPEN = Death("pos.store.drafts:DraftFile.add_step", call=5, after=True)


@pytest.mark.parametrize("death", STARTING, ids=str)
def test_a_till_killed_twice_while_it_starts_opens_no_epoch_and_loses_nothing(
    home: Home, death: Death
) -> None:
    home.play(*ONE_SALE, *THREE, "park", BREAD, dies=LEFT_OPEN)
    before = home.sold()
    home.play(SIGN_IN, dies=death)
    home.play(SIGN_IN, dies=death)
    after = home.play(SIGN_IN, "expect parked 1", "expect lines 1", "cash", "recall", "cash")
    assert (after.code, after.err) == (0, ""), after
    assert before == ["T01-K1-000001"]
    assert home.sold() == [f"T01-K1-{number:06d}" for number in (1, 2, 3)]
    assert home.rows("SELECT DISTINCT epoch FROM entry") == [("K1",)]
    home.check()


FIRST = [
    Death("pos.store.lock:FileLock.__init__", after=True),
    Death("pos.store.keys:sync_folder"),
    Death("pos.store.open:file_key", after=True),
    Death("pos.store.open:migrate", "till.db"),
    Death("pos.store.open:migrate", "till.db", after=True),
    Death("pos.store.open:migrate", "catalogue", after=True),
    Death("pos.store.marker:Marker.__init__", after=True),
    Death("pos.store.marker:Marker.write"),
    Death("pos.store.marker:Marker.write", after=True),
    Death(COMMIT, "till.installed"),
    Death(COMMIT, "till.installed", after=True),
    Death("pos.store.marker:Marker.write", call=2),
    Death("pos.store.marker:Marker.write", call=3),
    Death("pos.store.open:_roll_nonce", after=True),
]


@pytest.mark.parametrize("death", FIRST, ids=str)
def test_a_till_killed_at_its_very_first_start_is_installed_by_the_next_one(
    tmp_path: Path, death: Death
) -> None:
    fresh = Home(tmp_path / "home")
    fresh.settle()
    died = fresh.start("play", "-", deaths=[death]).ended()
    assert died.code == -9, died
    done = fresh.command("play", "-")
    assert (done.code, done.err) == (0, ""), done
    assert fresh.kinds().count("till.installed") == 1
    assert "epoch.opened" not in fresh.kinds()
    fresh.check()


IMPORTING = [
    (Death("pos.store.catalogue_writer:StoredChange.put"), 0),
    (Death("pos.store.catalogue_writer:StoredChange.finish"), 0),
    (Death("pos.store.catalogue_writer:StoredChange.finish", after=True), 0),
    (Death(COMMIT, "catalogue.imported"), 2),
    (Death(COMMIT, "catalogue.imported", after=True), 2),
]
NEW = (
    "code;name;price;vat\n3017620422003;Pâte à tartiner;4,50;5,5\n5449000000996;Limonade;1,50;5,5\n"
)


def articles_of(home: Home) -> int:
    return int(home.rows("SELECT count(*) FROM article", file=CATALOGUE_FILE)[0][0])


@pytest.mark.parametrize(("death", "articles"), IMPORTING, ids=str)
def test_an_import_killed_at_any_point_is_whole_or_absent_and_the_till_sells(
    home: Home, tmp_path: Path, death: Death, articles: int
) -> None:
    file = tmp_path / "new.csv"
    file.write_text(NEW, "utf-8")
    before = articles_of(home)
    died = home.start("catalogue", "import", str(file), deaths=[death]).ended()
    assert died.code == -9, died
    assert articles_of(home) == before + articles
    assert home.play(*ONE_SALE).code == 0
    assert home.kinds().count("catalogue.imported") == 1 + bool(articles), "journaled once"
    again = home.command("catalogue", "import", str(file), "--json").json()
    assert (again["added"], again["unchanged"]) == (2 - articles, articles)
    assert home.play(SIGN_IN, "scan 5449000000996", "expect total 1.50").code == 0
    home.check()


SECOND_LINE = Death("pos.store.drafts:DraftFile.add_step", call=2, after=True)


@pytest.mark.parametrize("after", [False, True])
def test_a_manager_killed_while_lending_a_permission_lends_it_again(
    home: Home, after: bool
) -> None:
    gestures = (SIGN_IN, *THREE, "ticket-discount 20%", "expect refused needs_permission")
    home.play(*gestures, "lend 9 9753", dies=Death(COMMIT, "permission.used", after=after))
    done = home.play(SIGN_IN, "expect total 5.75", *gestures[-2:], "lend 9 9753", "cash")
    assert done.code == 0, done
    assert home.rows("SELECT total FROM sale") == [(460,)]
    home.check()


def test_a_till_killed_many_times_in_one_day_still_adds_up(home: Home) -> None:
    for day in range(1, 6):
        home.play(MANAGER, BREAD, "cash", BREAD, dies=SECOND_LINE)
        assert home.play(MANAGER, "expect lines 1", "cash").code == 0
        assert len(home.sold()) == 2 * day
    home.check()


def test_a_demonstration_killed_while_it_is_prepared_has_everyone_the_next_time(
    tmp_path: Path,
) -> None:
    demo = Home(tmp_path / "home")
    terminal = TillTerminal(demo, "demo", dies=Death(COMMIT, "staff.added", call=2))
    assert terminal.ended() == -9
    terminal.close()
    again = TillTerminal(demo, "demo", "--language", "en")
    again.wait_for("Numbers and PINs")
    assert again.quit() == 0
    again.close()
    (file,) = demo.path.rglob("till.db")
    assert demo.rows("SELECT count(*) FROM staff", file=str(file)) == [(4,)]
