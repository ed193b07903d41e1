"""An archive: what lies in it, that it is the same each time, and who can check it."""

from __future__ import annotations

import ast
import csv
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from pos.archive.bundle import stand_alone
from pos.archive.notice import notice
from pos.archive.tables import TABLES
from pos.archive.verifier import CONTENTS, JOURNAL, MANIFEST, SIGNATURE, main, verify
from pos.archive.writer import Before
from pos.journal.signing import SeedKey
from pos.journal.signing import verify as is_signed
from tests.contract.archive_shop import (
    KEY,
    OTHER_KEY,
    entries_of,
    opened,
    packed,
    source_of,
    write,
)

PLUG_INS = ("france", "none")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "archive.zip"
    write(path, entries_of())
    return path


@pytest.mark.parametrize("fiscal", PLUG_INS)
def test_an_archive_that_nobody_touched_is_sound(tmp_path: Path, fiscal: str) -> None:
    entries, path = entries_of(fiscal), tmp_path / "archive.zip"
    written = write(path, entries)
    report = verify(str(path), [KEY.public_key])
    assert report.findings == []
    assert report.entries == written.entries == len(entries)
    assert [note.slug for note in report.notes] == ["epoch"]
    assert written.sha256 == sha256(path.read_bytes()).hexdigest()


def test_the_same_days_give_the_same_file(tmp_path: Path, archive: Path) -> None:
    write(tmp_path / "again.zip", entries_of())
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.zip"]


def test_any_program_would_pack_and_open_it_alike(archive: Path) -> None:
    contents = opened(archive)
    assert packed(contents) == archive.read_bytes()
    assert tuple(contents) == (*CONTENTS, MANIFEST, SIGNATURE)
    assert contents["notice.fr.txt"] == notice()
    assert contents["verifier.py"] == stand_alone()


def test_the_derived_files_open_in_a_spreadsheet(archive: Path) -> None:
    contents = opened(archive)
    for name, table in TABLES.items():
        text = contents[name].decode("utf-8-sig")
        header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=";")
        assert tuple(header) == table.headers
        assert text.count("\r\n") == text.count("\n") == len(rows) + 1
        assert {len(row) for row in rows} <= {len(header)}
        assert rows, name


def test_the_manifest_says_what_the_journal_holds(archive: Path) -> None:
    contents = opened(archive)
    manifest = json.loads(contents[MANIFEST])
    assert is_signed(KEY.public_key, contents[SIGNATURE], contents[MANIFEST])
    assert manifest["days"] == ["2026-12-28", "2027-01-01"]
    assert manifest["totals"]["days"] == 5
    assert (manifest["totals"]["months"], manifest["totals"]["years"]) == (1, 1)
    assert manifest["public_keys"] == [KEY.public_key.hex()]
    assert manifest["sellers"] == ["73282932000074 FR44732829320"]
    assert {"T01-K1/ticket", "T01-K2/jet", "T01-K1/training"} <= set(manifest["chains"])
    assert manifest["chains"]["T01-K2/gt_day"]["first"][0] == 1
    for name, stated in manifest["files"].items():
        assert stated["sha256"] == sha256(contents[name]).hexdigest()
        assert stated["bytes"] == len(contents[name])


def test_an_inspector_needs_the_exported_file_and_nothing_of_ours(
    tmp_path: Path, archive: Path
) -> None:
    script = tmp_path / "verifier.py"
    script.write_bytes(opened(archive)["verifier.py"])

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", str(script), *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    sound = run(str(archive), "--key", KEY.public_key.hex())
    assert (sound.returncode, sound.stderr) == (0, "")
    assert sound.stdout.endswith("rien à signaler.\n")
    trusting = run(str(archive), "--lang", "en")
    assert trusting.returncode == 3
    assert f"({KEY.public_key.hex()})" in trusting.stdout
    assert trusting.stdout.endswith("nothing is wrong, but nobody vouched for the key.\n")
    assert "mais nul n'a répondu de la clé" in run(str(archive)).stdout
    broken = tmp_path / "broken.zip"
    contents = opened(archive)
    contents["paiements.csv"] = contents["paiements.csv"].replace(b"cash", b"card", 1)
    broken.write_bytes(packed(contents))
    found = run(str(broken), "--key", KEY.public_key.hex(), "--lang", "en")
    assert (found.returncode, run(str(broken)).returncode) == (1, 1)
    assert found.stdout.startswith("paiements.csv:2: T01-K1-000001 is not what the journal says.")


@pytest.mark.parametrize("letters", ["cp1252", "ascii"])
def test_a_console_of_few_letters_is_told_all_the_same(
    tmp_path: Path, archive: Path, monkeypatch: pytest.MonkeyPatch, letters: str
) -> None:
    contents = opened(archive)
    first, rest = contents["caisse.csv"].split(b"\r\n", 1)
    contents["caisse.csv"] = first + b"\r\n\x1b[2J\xff\xe2\x82\xac;\r\n" + rest
    path = tmp_path / "changed.zip"
    path.write_bytes(packed(contents))
    console = io.TextIOWrapper(io.BytesIO(), encoding=letters)
    monkeypatch.setattr(sys, "stdout", console)
    assert main([str(path)]) == 1
    console.seek(0)
    said = console.read()
    assert said.startswith(
        "caisse.csv:2 : ?[2J??" if letters == "ascii" else "caisse.csv:2 : ?[2J?€"
    )


def test_a_zip_of_endless_names_ends_soon(tmp_path: Path) -> None:
    path = tmp_path / "names.zip"
    with zipfile.ZipFile(path, "w") as made:
        for number in range(3_000):
            made.writestr(f"{number}", b"")
    report = verify(str(path), [KEY.public_key])
    assert {found.slug for found in report.findings} == {"missing", "inserted", "unreadable"}


def test_the_exported_file_is_python_that_an_old_machine_reads() -> None:
    tree = ast.parse(stand_alone(), feature_version=(3, 9))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}
    named = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert len(named) == len(set(named))


def test_a_stranger_who_signs_all_anew_is_unknown_to_who_holds_the_key(tmp_path: Path) -> None:
    path = tmp_path / "forged.zip"
    write(path, entries_of())
    assert verify(str(path)).sound
    assert main([str(path)]) == 3
    assert main([str(path), "--key", OTHER_KEY.public_key.hex()]) == 1
    report = verify(str(path), [OTHER_KEY.public_key])
    assert {found.slug for found in report.findings} == {"forged", "unknown_key"}
    assert report.findings[0].name == "S001-T01-K1/000001"


def test_the_key_of_today_vouches_for_one_that_was_replaced(tmp_path: Path) -> None:
    later = SeedKey(bytes(range(1, 33)))
    path = tmp_path / "archive.zip"
    keys = [KEY.public_key, later.public_key]
    write(path, replace(source_of(entries_of()), public_keys=keys), key=later)
    assert verify(str(path), [later.public_key]).sound
    assert not verify(str(path), [KEY.public_key]).sound


def test_what_a_month_began_before_is_said_and_not_added_up(tmp_path: Path) -> None:
    entries = entries_of()
    cut = next(n for n, entry in enumerate(entries) if entry.kind == "closing.finished") + 1
    last = entries[cut - 1]
    before = Before(cut, last.name, last.hash.hex(), ("day",))
    path = tmp_path / "archive.zip"
    write(path, source_of(entries[cut:], before))
    report = verify(str(path), [KEY.public_key])
    assert report.findings == []
    assert [note.slug for note in report.notes] == ["epoch", "begun_before", "begun_before"]


def test_a_month_with_a_break_in_it_is_said_to_hold_it_and_not_to_begin_earlier(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = list(entries_of())
    cut = next(n for n, entry in enumerate(entries) if entry.kind == "closing.finished")
    entries[cut + 2] = replace(entries[cut + 2], at="2026-01-01T00:00:00.000Z")
    path = tmp_path / "archive.zip"
    write(path, entries)
    report = verify(str(path), [KEY.public_key])
    slugs = [note.slug for note in report.notes]
    assert "unsummed" in slugs
    assert "begun_before" not in slugs
    (finding,) = report.findings
    assert finding.slug == "altered"
    for language, said in (("fr", ", 1 anomalie."), ("en", ", 1 finding.")):
        main([str(path), "--key", KEY.public_key.hex(), "--lang", language])
        assert capsys.readouterr().out.endswith(f"{said}\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "ne peut venir d'une caisse (BadZipFile)"),
        (b"PK\5\6" + bytes(18), "ne peut venir d'une caisse (KeyError)"),
        (b"a till" * 1000, "ne peut venir d'une caisse (BadZipFile)"),
    ],
)
def test_what_is_no_archive_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    path = tmp_path / "archive.zip"
    path.write_bytes(content)
    assert main([str(path)]) == 1
    assert said in capsys.readouterr().out
    assert main([str(tmp_path / "none.zip")]) == 1


def test_a_file_that_unpacks_without_end_is_not_unpacked(tmp_path: Path, archive: Path) -> None:
    contents = opened(archive)
    contents["caisse.csv"] = bytes(1 << 26)
    path = tmp_path / "bomb.zip"
    path.write_bytes(packed(contents))
    report = verify(str(path), [KEY.public_key])
    assert ("oversized", "caisse.csv") in {(found.slug, found.name) for found in report.findings}


def test_an_archive_is_never_written_over_another_file(tmp_path: Path) -> None:
    path = tmp_path / "archive.zip"
    path.write_bytes(b"kept")
    with pytest.raises(FileExistsError):
        write(path, entries_of())
    with pytest.raises(ValueError, match="nothing"):
        write(tmp_path / "empty.zip", source_of(()))
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [
        ("archive.zip", b"kept")
    ]


def test_the_notice_explains_every_column() -> None:
    text = notice().decode("utf-8-sig")
    for name, table in TABLES.items():
        assert f"\r\n{name} : " in text
        for header in table.headers:
            assert f"\r\n    {header}" in text
    assert JOURNAL in text
