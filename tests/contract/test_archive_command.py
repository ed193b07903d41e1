"""`comptoir fiscal`: closed days leave the till for archives and exports, and are checked."""

from __future__ import annotations

import errno
import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pysqlite3 import dbapi2

from pos.domain.errors import Refusal
from pos.main.archives import explained_file
from pos.main.progress import counting
from pos.store.open import KEYS
from tests.contract.archive_shop import opened
from tests.e2e.home import Home, copy_of, make_shop

PARIS = ZoneInfo("Europe/Paris")
SELL = ("sign-in 1 1357", "scan 2400000000013", "cash")
WHOLE = "archive-S001-T01-2026-12-30-2027-01-01.zip"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A till that sold on three days around a year's end; the days before the last are closed."""
    first = datetime(2026, 12, 30, 9, tzinfo=PARIS)
    home = make_shop(tmp_path_factory.mktemp("shop") / "home", first)
    for day in (
        first,
        datetime(2026, 12, 31, 9, tzinfo=PARIS),
        datetime(2027, 1, 2, 9, tzinfo=PARIS),
    ):
        home.go_to(day)
        assert home.play(*SELL).code == 0
    return home


@pytest.fixture
def home(shop: Home, tmp_path: Path) -> Home:
    return copy_of(shop, tmp_path / "home")


def test_a_year_is_archived_checked_purged_and_the_till_goes_on(home: Home) -> None:
    made = home.command("fiscal", "archive", str(home.path))
    assert made.code == 0, made
    assert f"{home.path / WHOLE} holds 3 closed days" in made.out
    assert home.kinds()[-4:] == [
        "archive.made",
        "fiscal.signed",
        "archive.verified",
        "fiscal.signed",
    ]
    assert home.command("fiscal", "verify", "--db").code == 0
    sold = home.rows("SELECT max(perpetual) FROM sale")
    purged = home.command("fiscal", "purge", str(home.path / WHOLE))
    assert purged.code == 0, purged
    assert "sale.finished" in home.kinds()
    assert len(home.entries("sale.finished")) == 1
    assert home.rows("SELECT max(perpetual) FROM sale") == sold
    home.go_to(datetime(2027, 1, 4, 9, tzinfo=PARIS))
    assert home.play(*SELL).code == 0
    again = home.command("fiscal", "archive", str(home.path / "next.zip"))
    assert (again.code, "nothing is wrong" in again.out) == (0, True)
    before = json.loads(opened(home.path / "next.zip")["MANIFEST.json"])["before"]
    last = json.loads(opened(home.path / WHOLE)["MANIFEST.json"])["last"]
    assert (before["entry"], before["hash"]) == (last["entry"], last["hash"])
    gone = home.command("fiscal", "archive", "--from", "2026-12-30", str(home.path / "old.zip"))
    assert (gone.code, "left this till" in gone.err) == (1, True)
    checked = home.command("fiscal", "verify", "--db", "--json")
    assert (checked.code, checked.json()["findings"]) == (0, [])
    assert home.command("rebuild", "--check").code == 0


def test_the_same_days_are_archived_alike_and_never_over_a_file(home: Home) -> None:
    span = ("--from", "2026-12-31", "--to", "2026-12-31")
    for name in ("one.zip", "two.zip"):
        assert home.command("fiscal", "archive", *span, str(home.path / name)).code == 0
    assert (home.path / "one.zip").read_bytes() == (home.path / "two.zip").read_bytes()
    levels = json.loads(opened(home.path / "one.zip")["MANIFEST.json"])["totals"]
    assert (levels["days"], levels["months"], levels["years"]) == (1, 1, 1)
    over = home.command("fiscal", "archive", *span, str(home.path / "one.zip"))
    assert (over.code, "is there already" in over.err) == (1, True)
    part = home.command("fiscal", "purge", str(home.path / "one.zip"))
    assert (part.code, "No verified archive" in part.err) == (1, True)


REFUSED = {
    ("archive", "--to", "2027-01-02"): "2027-01-02 is not closed yet",
    ("archive", "--from", "2027-01-02"): "No closed day",
    ("archive", "--from", "2.1.2027"): "is not a date",
    ("archive", "none/there.zip"): "cannot be opened (No such file or directory)",
    ("verify", "none.zip"): "cannot be opened (No such file or directory)",
    ("verify", "--db", "--key", "abc"): "is not a public key",
    ("export", "--kind", "pdf"): "pdf is no export",
    ("export", "--from", "2030-01-01"): "No closed day",
    ("closings", "--level", "week"): "week is no level",
    ("purge", "none.zip"): "cannot be opened",
}


def test_what_cannot_be_done_is_one_sentence(home: Home) -> None:
    kinds = home.kinds()
    for arguments, said in REFUSED.items():
        done = home.command("fiscal", *arguments)
        assert (done.code, done.err.count("\n")) == (1, 1), done
        assert said in done.err
    assert home.kinds() == kinds
    assert home.command("fiscal", "verify").code == 2


def test_a_file_that_is_no_archive_is_told_and_not_trusted(home: Home) -> None:
    for name in ("config.toml", "data/till.db"):
        done = home.command("fiscal", "verify", str(home.path / name))
        assert (done.code, "cannot be what a till wrote" in done.out) == (1, True)
        assert home.command("fiscal", "purge", str(home.path / name)).code == 1
    assert home.command("fiscal", "verify", "--db").code == 0


def test_an_archive_of_another_till_is_not_this_ones(home: Home, tmp_path: Path) -> None:
    other = make_shop(tmp_path / "other", datetime(2026, 12, 30, 9, tzinfo=PARIS))
    assert other.play(*SELL).code == 0
    other.go_to(datetime(2026, 12, 31, 9, tzinfo=PARIS))
    assert other.play(SELL[0]).code == 0
    path = tmp_path / "other.zip"
    assert other.command("fiscal", "archive", str(path)).code == 0
    assert home.command("fiscal", "verify", str(path)).code == 1
    (key,) = other.command("journal", "key").out.split()
    assert home.command("fiscal", "verify", str(path), "--key", key).code == 0
    assert home.command("fiscal", "purge", str(path)).code == 1


def test_an_archive_for_whose_key_nobody_vouches_is_no_pass(home: Home) -> None:
    assert home.command("fiscal", "archive", str(home.path)).code == 0
    whole = str(home.path / WHOLE)
    vouched = home.command("fiscal", "verify", whole, "--json")
    assert (vouched.code, vouched.json()["vouched"]) == (0, True)
    (keys,) = home.path.rglob(KEYS)
    keys.rename(home.path / "elsewhere")
    found = home.command("fiscal", "verify", whole, "--json")
    assert (found.code, found.json()["ok"], found.json()["vouched"]) == (3, True, False)


def test_damage_in_the_tills_own_file_is_named(home: Home) -> None:
    connection = dbapi2.connect(str(home.database))
    for (name,) in list(connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'")):
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute("UPDATE entry SET at = '2026-01-01T00:00:00.000Z' WHERE number = 5")
    connection.execute("DELETE FROM entry WHERE ordinal = (SELECT max(ordinal) FROM entry)")
    connection.commit()
    connection.close()
    found = home.command("fiscal", "verify", "--db", "--json")
    assert found.code == 1
    named = [(one["what"], one["record"]) for one in found.json()["findings"]]
    assert named[0] == ("altered", "S001-T01-K1/000005")
    assert named[-1][0] == "truncated"


def test_exports_leave_a_file_a_day_and_a_trace(home: Home) -> None:
    folder = home.path / "out"
    for kind, names in (
        ("accounting", ["ecritures-T01-2026-12-30.txt", "ecritures-T01-2026-12-31.txt"]),
        ("ereporting", ["e-reporting-T01-2026-12-30.json", "e-reporting-T01-2026-12-31.json"]),
        ("csv", [f"cloture-T01-{day}.csv" for day in ("2026-12-30", "2026-12-31", "2027-01-01")]),
    ):
        done = home.command("fiscal", "export", "--kind", kind, str(folder / kind))
        assert done.code == 0, done
        assert sorted(path.name for path in (folder / kind).iterdir()) == names
        assert home.entries("export.made")[-1]["export"] == kind
    assert home.entries("export.made")[0]["first_day"] == "2026-12-30"


def test_closings_are_listed_and_the_rules_say_what_they_are(home: Home) -> None:
    listed = home.command("fiscal", "closings").out.splitlines()
    assert [line.split()[0] for line in listed] == ["2026-12-30", "2026-12-31", "2027-01-01"]
    (year,) = home.command("fiscal", "closings", "--level", "year", "--json").out.splitlines()
    facts = json.loads(year)
    assert (facts["key"], facts["tickets"], facts["total"]) == ("2026", 2, 260)
    assert "France" in home.command("fiscal", "about").out


@pytest.mark.parametrize("level", ["day", "month", "year"])
def test_a_till_that_closed_nothing_of_a_level_says_so(tmp_path: Path, level: str) -> None:
    home = make_shop(tmp_path / "home", datetime(2026, 12, 30, 9, tzinfo=PARIS))
    told = home.command("fiscal", "closings", "--level", level)
    assert (told.code, "closed on this till yet" in told.out) == (0, True)
    assert home.command("fiscal", "closings", "--level", level, "--json").out == ""


def test_a_full_disk_is_said_as_one(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused, explained_file(tmp_path / "archive.zip"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert refused.value.slug == "disk_full"


def test_whoever_looks_on_sees_how_far_a_check_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for is_terminal in (True, False):
        monkeypatch.setattr("sys.stderr.isatty", lambda shown=is_terminal: shown)
        with counting("Entries checked:") as progress:
            progress(15_000)
        said = capsys.readouterr().err
        assert ("Entries checked: 15 000" in said) is is_terminal
        assert bool(said) is is_terminal
