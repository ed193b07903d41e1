"""The `comptoir` command, run as a person runs it: what it says, and how it ends."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from pysqlite3 import dbapi2

from pos.main.command import app
from pos.main.demo import demo_settings, how_far
from tests.e2e.home import Done, Home, copy_of, make_shop
from tests.e2e.terminal import TillTerminal

SIGN_IN = "sign-in 1 1357"
BREAD = "scan 2400000000013"
WRONG = "scan 2400000000014"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_shop(tmp_path_factory.mktemp("shop") / "home")


@pytest.fixture
def home(shop: Home, tmp_path: Path) -> Home:
    return copy_of(shop, tmp_path / "home")


@pytest.fixture
def empty(tmp_path: Path) -> Home:
    """A machine on which nothing was set up."""
    found = Home(tmp_path / "home")
    found.path.mkdir()
    return found


def commands() -> Iterator[tuple[str, Any]]:
    """Every command and group, by what a person types."""

    def below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
        yield name, command
        for each, inner in getattr(command, "commands", {}).items():
            yield from below(f"{name} {each}", inner)

    yield from below("comptoir", typer.main.get_command(app))


def one_sentence(done: Done) -> str:
    """Return what a refused command said: one sentence for a person, nothing else, and exit 1."""
    assert done.code == 1, done
    assert "Traceback" not in done.err + done.out
    lines = done.err.strip().splitlines()
    assert len(lines) == 1, done.err
    assert lines[0].endswith((".", "?", "--role manager", "emulator://")), lines[0]
    return lines[0]


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=lambda value: str(value)[:40])
def test_every_command_says_what_it_is_for_in_a_sentence(name: str, command: Any) -> None:
    said = (command.help or "").strip()
    assert said[:1].isupper(), name
    assert said.split("\n\n")[0].endswith("."), name
    for option in command.params:
        if option.param_type_name == "option" and "--help" not in option.opts:
            assert option.help, f"{name} {option.opts}"


@pytest.mark.parametrize("name", ["", "till", "catalogue import", "journal verify", "devices test"])
def test_help_is_printed_and_nothing_is_made(empty: Home, name: str) -> None:
    done = empty.command(*name.split(), "--help")
    assert done.code == 0
    assert "Usage:" in done.out
    assert [path.name for path in empty.path.iterdir()] == ["talk"]


PLAYS = [
    ("what is expected holds", [SIGN_IN, BREAD, "expect total 1.30", "cash"], 0),
    ("an expectation does not hold", [SIGN_IN, BREAD, "expect total 1.31"], 1),
    (
        "a refusal is expected",
        [SIGN_IN, "scan 2400000000014", "expect refused wrong_check_digit"],
        0,
    ),
    ("another refusal is expected", [SIGN_IN, "scan 2400000000014", "expect refused locked"], 1),
    ("a refusal is not expected", [SIGN_IN, "scan 2400000000014", BREAD], 1),
    ("the last gesture is refused", [SIGN_IN, "scan 2400000000014"], 1),
    ("nobody is signed in", [BREAD], 1),
    ("a word is no gesture", [SIGN_IN, "sell everything"], 1),
    ("a fact is unknown", [SIGN_IN, "expect sunshine"], 1),
    ("nothing is done", ["# only a comment", ""], 0),
    ("what a drawer holds is hidden", [SIGN_IN, BREAD, "cash", "expect expected 1.30"], 1),
    (
        "what a drawer holds is told once it is counted",
        [SIGN_IN, BREAD, "cash", "count 100x1", "expect expected 1.30"],
        0,
    ),
    ("a count is no amount", [SIGN_IN, BREAD, "cash", "count 1.30"], 1),
    ("goods come back once", [SIGN_IN, BREAD, "cash", "ticket 1", "return 1 x", "return 1 x"], 1),
    ("no ticket is open", [SIGN_IN, BREAD, "cash", "return 1 x"], 1),
    ("a real till has no clock to move", [SIGN_IN, "day-passes 2"], 1),
    ("a cashier closes no day", [SIGN_IN, BREAD, "cash", "close-day"], 1),
    (
        "a cashier closes the day with a lent permission",
        [
            *(SIGN_IN, BREAD, "cash", "close-day", "expect refused needs_permission"),
            *("lend 9 9753", "expect closing T01-K1-Z000001", "closings", "matters"),
        ],
        0,
    ),
]


@pytest.mark.parametrize(("_name", "gestures", "code"), PLAYS, ids=lambda value: str(value)[:40])
def test_a_played_file_ends_with_one_when_something_was_not_as_expected(
    home: Home, _name: str, gestures: list[str], code: int
) -> None:
    done = home.play(*gestures)
    assert done.code == code, done
    assert len(done.out.splitlines()) == len([line for line in gestures if line[:1] not in "#"])


WORDS = ["", "0", "-1", "²", "1.²", "x", "1 2 3", "9" * 5000, "é\x1b[2J", "1e9", "None", "100%"]


def test_no_line_of_a_file_however_odd_ends_the_till_or_shows_a_traceback(home: Home) -> None:
    from pos.console.gestures import VERBS

    lines = [SIGN_IN, BREAD]
    lines += [f"{verb} {words}" for verb in sorted(VERBS.keys() - {"wait"}) for words in WORDS]
    done = home.play(*lines)
    assert done.code == 1, done.err
    assert "Traceback" not in done.err
    assert len(done.out.splitlines()) >= len(lines)
    home.check()


ON_PAPER = {
    "fr": ("RETOUR", "DUPLICATA n°1", "FACTICE", "T01-K1-Z000001", "T01-K1-M000001"),
    "en": ("REFUND", "DUPLICATA n°1", "FACTICE", "T01-K1-Z000001", "T01-K1-Y000001"),
}


@pytest.mark.parametrize("language", ON_PAPER)
def test_the_demonstration_plays_a_whole_day_and_shows_its_papers(
    empty: Home, language: str
) -> None:
    year_end = f"{date.today().year}-12-31"  # noqa: DTZ011  the demonstration's clock is this one
    done = empty.command("demo", "--auto", "--language", language, "--on", year_end)
    assert (done.code, done.err) == (0, ""), done
    assert "✗" not in done.out
    for text in ON_PAPER[language]:
        assert text in done.out.partition("\n\n")[2], text


@pytest.mark.parametrize(
    ("now", "days"), [("2026-11-22T23:15:00+00:00", 39), ("2026-11-23T09:00:00+00:00", 38)]
)
def test_a_later_day_of_the_demonstration_is_a_business_day_at_night_too(
    now: str, days: int
) -> None:
    settings = demo_settings("fr")
    assert how_far(date(2026, 12, 31), settings, datetime.fromisoformat(now)).days == days


def broken(home: Home, text: str) -> Home:
    (home.path / "config.toml").write_text(text, "utf-8")
    return home


BAD_SETTINGS = [
    ("[till\n", "config.toml"),
    ("[till]\nstorre = 'S1'\n", "storre"),
    ("[till]\nlanguage = 'tlh'\n", "language"),
    ("[selling]\nlines_max = 'many'\n", "lines_max"),
    ("[shop]\nsiret = '123'\n", "siret"),
    ("[shop]\nzone = 'Europe/Nowhere'\n", "zone"),
    ("[till]\nfiscal = 'none'\n[devices.printer]\nurl = 'gopher://x'\n", "gopher"),
    ("[till]\nfiscal = 'none'\n[devices.printer]\nurl = 'tcp://[::1]'\nprofile = 'fax'\n", "fax"),
    ("[keys]\ncash = 'f99'\n", "f99"),
    ("[till]\nname = 'till number one'\n", "till number one"),
]


@pytest.mark.parametrize(("text", "named"), BAD_SETTINGS, ids=lambda value: value.strip()[-20:])
def test_wrong_settings_are_refused_in_one_sentence_that_names_the_value(
    home: Home, text: str, named: str
) -> None:
    assert named in one_sentence(broken(home, text).play(SIGN_IN))


def test_a_french_till_that_is_not_set_up_says_all_that_is_missing_at_once(empty: Home) -> None:
    (empty.path / "config.toml").write_text("[shop]\nname = 'Essai'\n", "utf-8")
    done = empty.command("play", "-")
    assert done.code == 1
    for key in ("shop.siret", "shop.vat_number", "NAF"):
        assert key in done.err


def test_a_file_that_is_not_there_is_named(home: Home) -> None:
    for argv in (["play", "/nowhere/day.txt"], ["catalogue", "import", "/nowhere/all.csv"]):
        assert argv[-1] in one_sentence(home.command(*argv))


def test_a_file_that_is_no_text_is_named(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "picture"
    file.write_bytes(b"\x89PNG\xff\xfe")
    assert str(file) in one_sentence(home.command("play", str(file)))


def test_a_refused_rows_file_that_cannot_be_written_is_named(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    file.write_text("code;name;price;vat\n", "utf-8")
    done = home.command("catalogue", "import", str(file), "--refused", "/nowhere/refused.csv")
    assert "/nowhere/refused.csv" in one_sentence(done)


def test_a_second_till_on_the_same_folder_is_refused_with_the_process_that_holds_it(
    home: Home,
) -> None:
    till = TillTerminal(home)
    try:
        till.wait_for("Who sells?")
        assert str(till.pid) in one_sentence(home.command("till"))
        assert "already runs" in one_sentence(home.play(SIGN_IN))
        assert home.command("journal", "verify").code == 0
        assert home.command("rebuild", "--check").code == 0
    finally:
        till.close()


def test_a_till_of_a_newer_version_is_refused_and_left_alone(home: Home) -> None:
    home.rows("PRAGMA user_version = 99")
    before = home.database.read_bytes()
    for argv in (["play", "-"], ["till"], ["staff", "list"]):
        assert "newer Comptoir" in one_sentence(home.command(*argv))
    assert home.database.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(home: Home) -> None:
    home.database.write_bytes(b"not a database, but long enough to be one" * 100)
    before = home.database.read_bytes()
    for argv in (["play", "-"], ["journal", "verify"], ["rebuild", "--check"]):
        assert "till.db" in one_sentence(home.command(*argv))
    assert home.database.read_bytes() == before


def test_a_till_with_no_people_says_how_to_add_the_first(empty: Home) -> None:
    empty.settle()
    assert "comptoir staff add" in one_sentence(empty.command("till"))


@pytest.mark.parametrize("argv", ["play -", "till", "staff list", "catalogue import x.csv"])
def test_a_folder_that_cannot_be_made_is_named_and_no_traceback_is_shown(
    home: Home, tmp_path: Path, argv: str
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    environ = {
        "COMPTOIR_HOME": str(tmp_path / "file"),
        "COMPTOIR_CONFIG": str(home.path / "config.toml"),
    }
    done = home.start(*argv.split(), environ=environ).ended()
    assert str(tmp_path / "file") in one_sentence(done)


def test_verify_answers_in_json_and_in_words(home: Home) -> None:
    assert home.play(SIGN_IN, BREAD, "cash").code == 0
    found = home.command("journal", "verify", "--json").json()
    entries = len(home.kinds())
    clean: dict[str, list[Any]] = {"findings": [], "epochs": [], "doubts": []}
    assert found == {"entries": entries, "ok": True, **clean}
    said = home.command("journal", "verify")
    assert said.out == f"{len(home.kinds())} entries read; 0 findings.\n"
    compared = home.command("rebuild", "--check")
    assert compared.out == f"{len(home.kinds())} entries replayed; 0 tables differ.\n"


def test_verify_names_the_entry_that_was_altered(home: Home) -> None:
    assert home.play(SIGN_IN, BREAD, "cash").code == 0
    (last,) = home.rows("SELECT max(ordinal) FROM entry")[0]
    connection = dbapi2.connect(str(home.database))
    for (name,) in list(connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'")):
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute("UPDATE entry SET at = '2020-01-01T00:00:00.000Z' WHERE ordinal = ?",
                       (last - 1,))  # fmt: skip
    connection.commit()
    connection.close()
    found = home.command("journal", "verify", "--json")
    assert found.code == 1
    named = [one["entry"] for one in found.json()["findings"]]
    assert named[0].endswith(f"{last - 1:06d}")


CATALOGUE = """code;name;price;vat
3017620422003;Pâte à tartiner;4,50;5,5
5449000000996;Limonade;1 466,29;5,5
3017620422004;Mauvaise clé;1,00;5,5
5449000054227;Sans prix lisible;abc;5,5
"""


def test_an_import_names_its_refused_rows_and_a_second_one_changes_nothing(
    home: Home, tmp_path: Path
) -> None:
    file, refused = tmp_path / "new.csv", tmp_path / "refused.csv"
    file.write_text(CATALOGUE, "cp1252")
    first = home.command("catalogue", "import", str(file), "--json", "--refused", str(refused))
    assert first.code == 0, first
    report = first.json()
    assert {name: report[name] for name in ("rows", "added", "refused")} == {
        "rows": 4, "added": 2, "refused": 2
    }  # fmt: skip
    assert [(row["line"], row["field"]) for row in report["refusals"]] == [
        (4, "code"),
        (5, "price"),
    ]
    assert "3017620422004" in refused.read_text("utf-8")
    second = home.command("catalogue", "import", str(file))
    assert "0 articles added, 0 changed, 2 unchanged; 2 rows refused." in second.out
    assert "line 4, code:" in second.err
    assert home.play(SIGN_IN, "scan 5449000000996", "expect total 1466.29").code == 0
    assert home.kinds().count("catalogue.imported") == 3


def test_the_settings_can_be_shown_found_and_begun(empty: Home) -> None:
    path = empty.command("config", "path")
    assert str(empty.path / "config.toml") in path.out
    made = empty.command("config", "init")
    written, *wanted = made.out.splitlines()
    assert written == str(empty.path / "config.toml")
    keys = ("siret", "vat_number", "naf")
    assert all(f"shop.{key}" in " ".join(wanted) for key in keys)
    assert one_sentence(empty.command("config", "init"))
    shown = empty.command("config", "show")
    assert tomllib.loads(shown.out)["shop"]["zone"] == "Europe/Paris"
    (empty.path / "config.toml").write_text(shown.out, "utf-8")
    assert empty.command("config", "show").out == shown.out


def test_the_first_person_of_a_till_is_added_at_its_own_terminal(empty: Home) -> None:
    empty.settle()
    assert "manager" in one_sentence(empty.command("staff", "add", "1", "Caisse"))
    terminal = TillTerminal(empty, "staff", "add", "9", "Gérance", "--role", "manager")
    try:
        terminal.wait_for("PIN .*: ")
        terminal.press("2", "4", "6", "8", "enter")
        terminal.wait_for("Repeat the PIN: ")
        terminal.press("2", "4", "6", "8", "enter")
        assert terminal.ended() == 0
        assert "2468" not in terminal.text()
    finally:
        terminal.close()
    assert empty.command("staff", "list").out.split() == ["9", "Gérance", "manager"]
    assert empty.play("sign-in 9 2468").code == 0


STAFF = [
    (["1x", "Caisse"], "1x"),
    (["7", "Caisse", "--role", "king"], "king"),
    (["9", "Encore"], "9"),
]


@pytest.mark.parametrize(("argv", "named"), STAFF, ids=str)
def test_a_person_who_cannot_be_added_is_refused_before_any_pin(
    home: Home, argv: list[str], named: str
) -> None:
    assert named in one_sentence(home.command("staff", "add", *argv))


def test_devices_are_listed_and_tried_out(home: Home) -> None:
    assert "no device" in one_sentence(home.command("devices", "test"))
    home.settle(
        scanner="emulator://scanner", printer="emulator://printer", display="emulator://display"
    )
    listed = home.command("devices", "list")
    assert listed.code == 0
    for url in ("emulator://scanner", "emulator://printer", "emulator://display"):
        assert url in listed.out
    home.settle(printer="emulator://printer", display="emulator://display")
    tried = home.command("devices", "test")
    assert tried.code == 0, tried
    assert "printer: the page is printed" in tried.out
    assert "drawer: ready" in tried.out
