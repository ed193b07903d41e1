"""`comptoir journal`: what is checked is checked against what lies outside the file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from pos.journal.chain import START, Chain
from pos.journal.signing import SeedKey
from pos.store.projections import entry_of
from tests.e2e.home import Home, copy_of, make_shop

SALE = ("sign-in 1 1357", "scan 2400000000013", "cash")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = make_shop(tmp_path_factory.mktemp("shop") / "home")
    assert home.play(*SALE).code == 0
    return home


@pytest.fixture
def home(shop: Home, tmp_path: Path) -> Home:
    return copy_of(shop, tmp_path / "home")


def unguarded(home: Home) -> dbapi2.Connection:
    """Open the till's file as someone who first takes its guards away."""
    connection = dbapi2.connect(str(home.database))
    for (name,) in list(connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'")):
        connection.execute(f'DROP TRIGGER "{name}"')
    return connection


def signed_again(home: Home, stranger: SeedKey) -> None:
    """Write the whole journal anew with another key, as a forger with time would."""
    connection = unguarded(home)
    columns = "store, till, epoch, number, kind, version, at, body, previous, hash, signature"
    rows = connection.execute(f"SELECT {columns}, key_id FROM entry ORDER BY ordinal").fetchall()
    chain: Chain | None = None
    key = connection.execute("SELECT body FROM entry WHERE number = 1").fetchone()[0]
    stated = key.decode().split('"public_key":"')[1][:64]
    for row in rows:
        old = entry_of(row)
        chain = chain or Chain(old.place, START)
        body = old.body.replace(stated.encode(), stranger.public_key.hex().encode())
        new = chain.append(old.kind, old.version, old.at, body, stranger)
        connection.execute(
            "UPDATE entry SET body = ?, previous = ?, hash = ?, signature = ?, key_id = ?"
            " WHERE epoch = ? AND number = ?",
            (body, new.previous, new.hash, new.signature, new.key_id, old.place.epoch, old.number),
        )
    connection.commit()
    connection.close()


def test_a_journal_signed_anew_by_a_stranger_is_refused(home: Home) -> None:
    assert home.command("journal", "verify").code == 0
    signed_again(home, SeedKey(bytes(range(32))))
    found = home.command("journal", "verify", "--json")
    assert found.code == 1
    assert {one["what"] for one in found.json()["findings"]} >= {"unknown_key"}


def test_an_inspector_checks_with_the_public_key_alone(home: Home) -> None:
    (key,) = home.command("journal", "key").out.split()
    assert home.command("journal", "verify", "--key", key).code == 0
    wrong = home.command("journal", "verify", "--key", "00" * 32)
    assert wrong.code == 1
    assert "not among the keys given" in wrong.out
    assert home.command("journal", "verify", "--key", "abc").code == 1


def test_a_missing_marker_or_key_is_a_doubt_that_is_said(home: Home) -> None:
    (home.path / "state" / "marker").unlink()
    said = home.command("journal", "verify")
    assert said.code == 1
    assert "cannot be told" in said.out
    (home.path / "state" / "keys" / "public").unlink()
    found = home.command("journal", "verify", "--json")
    assert found.code == 1
    assert len(found.json()["doubts"]) == 2


def test_checking_leaves_the_files_as_they_are(home: Home) -> None:
    before = home.database.read_bytes()
    assert home.command("journal", "verify").code == 0
    assert home.command("rebuild", "--check").code == 0
    assert home.database.read_bytes() == before


def test_an_entry_that_cannot_be_read_is_named_by_rebuild(home: Home) -> None:
    connection = unguarded(home)
    connection.execute("UPDATE entry SET body = '{' WHERE number = 2")
    connection.commit()
    connection.close()
    done = home.command("rebuild", "--check")
    assert done.code == 1
    assert "000002" in done.err


def test_a_journal_with_a_gap_is_named_by_rebuild(home: Home) -> None:
    connection = unguarded(home)
    connection.execute("DELETE FROM entry WHERE number = 3")
    connection.commit()
    connection.close()
    done = home.command("rebuild", "--check")
    assert done.code == 1
    assert "000004" in done.err


def test_nobody_else_can_read_what_a_till_keeps(home: Home) -> None:
    home.path.joinpath("data").chmod(0o755)
    assert home.play(*SALE).code == 0
    for folder in ("data", "state", "state/keys"):
        mode = stat.S_IMODE((home.path / folder).stat().st_mode)
        assert mode & 0o077 == 0, folder
    fresh = Home(home.path.with_name("fresh"))
    fresh.settle()
    fresh.command("staff", "list")
    assert stat.S_IMODE(fresh.database.stat().st_mode) == 0o600


def test_an_import_beside_a_running_till_becomes_an_entry_at_the_next_start(
    home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "more.csv"
    file.write_text("code;name;price;vat\n3017620422003;Pâte;4,50;5,5\n", "utf-8")
    running = home.start("play", "-", given="sign-in 1 1357\n")
    done = home.command("catalogue", "import", str(file))
    assert done.code == 0, done.err
    running.ended()
    assert home.play("sign-in 1 1357", "scan 3017620422003", "cash").code == 0
    assert home.kinds().count("catalogue.imported") == 2
    started = [body for (body,) in home.rows("SELECT body FROM entry WHERE kind='till.started'")]
    assert all(b'"clean":true' in body for body in started)


def test_a_pin_is_never_printed(home: Home) -> None:
    done = home.play("sign-in 1 1357", "pay-out 5 fleurs", "lend 9 9753")
    assert "✗" not in done.out
    assert "1357" not in done.out + done.err
    assert "9753" not in done.out + done.err


def test_what_a_file_holds_never_reaches_the_terminal_as_a_command(
    home: Home, tmp_path: Path
) -> None:
    file, refused = tmp_path / "bad.csv", tmp_path / "refused.csv"
    file.write_text('code;name;price;vat\n3017620422003;Pâte;"1,0\x1b[2J0";=FR\x07\n', "utf-8")
    done = home.command("catalogue", "import", str(file), "--refused", str(refused))
    for text in (done.out, done.err, refused.read_text("utf-8")):
        assert "\x1b" not in text
        assert "\x07" not in text
