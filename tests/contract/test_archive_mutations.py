"""Every single change of an archive is found, and the first finding names the right record.

Whoever changes it here also writes the digests of the changed files into the manifest; the key that
signs is the one thing that a forger lacks. The last group has the key, and lies.
"""

from __future__ import annotations

import json
import random
import warnings
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from pos.archive.rows import Row, key_id, write_row
from pos.archive.tables import TABLES
from pos.archive.verifier import CONTENTS, JOURNAL, MANIFEST, SIGNATURE, Report
from pos.archive.walk import Keys
from pos.journal.entry import Place, digest
from tests.contract.archive_shop import (
    KEY,
    OTHER_KEY,
    Contents,
    checked,
    entries_of,
    opened,
    packed,
    rows_of,
    with_digests,
    write,
)

Lines = list[bytes]
Forged = Callable[[str, bytes], Report]


@pytest.fixture(autouse=True)
def quick_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remember each signature that was checked once: it is right or wrong for good."""
    monkeypatch.setattr(Keys, "judge", _judged)


def _judged(keys: Keys, name: str, signature: bytes, data: bytes) -> str:
    return "" if keys.known is None else _judge(tuple(keys.known), name, signature, data)


@cache
def _judge(trusted: tuple[str, ...], name: str, signature: bytes, data: bytes) -> str:
    known = {key_id(key.public_key): key.public_key for key in (KEY, OTHER_KEY)}
    return ALONE(Keys([known[key] for key in trusted]), name, signature, data)


ALONE = Keys.judge


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "archive.zip"
    write(path, entries_of())
    return path


@pytest.fixture(scope="module")
def contents(whole: Path) -> Contents:
    return opened(whole)


@pytest.fixture
def forged(tmp_path: Path, contents: Contents) -> Forged:
    """Return a check of the archive with one file replaced, its digest written anew."""

    def check(name: str, content: bytes) -> Report:
        assert content != contents[name]
        changed = with_digests({**contents, name: content})
        return checked(tmp_path / "forged.zip", packed(changed))

    return check


def lines_of(content: bytes) -> Lines:
    return content.splitlines(keepends=True)


def cells_of(line: bytes, most: int = 12) -> Iterator[tuple[str, int]]:
    """Yield a byte in the middle of each cell, and each byte that separates cells or ends a line.

    The cell after the `most`th separator is the last, whatever it holds.
    """
    start, body = 0, line.rstrip(b"\r\n")
    parts = body.split(b";", most)
    for place, part in enumerate(parts):
        if part:
            yield f"cell {place}", start + len(part) // 2
        start += len(part)
        if place + 1 < len(parts):
            yield f"after cell {place}", start
            start += 1
    yield "CR", len(line) - 2
    yield "LF", len(line) - 1


def flipped(content: bytes, place: int, bit: int = 1) -> bytes:
    return content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :]


ENTRIES: dict[str, Callable[[Row], bool]] = {
    "the first": lambda row: row.ordinal == "1",
    "a sale": lambda row: row.kind == "sale.finished",
    "a new epoch": lambda row: row.kind == "epoch.opened",
    "records": lambda row: row.kind == "fiscal.signed" and row.epoch == "K2",
    "a year": lambda row: '"level":"year"' in row.body,
    "the last": lambda row: row.kind == "closing.finished" and "2027-01-01" in row.body,
}


@pytest.mark.parametrize("which", ENTRIES)
def test_no_byte_of_an_entry_changes_unseen(forged: Forged, contents: Contents, which: str) -> None:
    rows, lines = rows_of(contents), lines_of(contents[JOURNAL])
    n = next(n for n, row in enumerate(rows, 1) if ENTRIES[which](row))
    for what, place in cells_of(lines[n]):
        bit = 32 if what in ("cell 8", "cell 9", "cell 10", "CR") else 1  # a letter's other case
        changed = [*lines[:n], flipped(lines[n], place, bit), *lines[n + 1 :]]
        found = forged(JOURNAL, b"".join(changed)).findings[0]
        assert found.where == f"{JOURNAL}:{n + 1}", (what, found)
        assert found.name == rows[n - 1].name or which == "a new epoch", (what, found)


def test_no_byte_of_the_headers_changes_unseen(forged: Forged, contents: Contents) -> None:
    for name in (JOURNAL, *TABLES):
        header = lines_of(contents[name])[0]
        for place in (0, len(header) // 2, len(header) - 1):
            found = forged(name, flipped(contents[name], place)).findings[0]
            assert found.where == f"{name}:1", (place, found)


def moved(lines: Lines, n: int, move: str) -> Lines:
    """Return the lines after something was done to line n, which is not the last."""
    return {
        "deleted": [*lines[:n], *lines[n + 1 :]],
        "doubled": [*lines[: n + 1], *lines[n:]],
        "swapped": [*lines[:n], lines[n + 1], lines[n], *lines[n + 2 :]],
        "put later": [*lines[:n], *lines[n + 1 : n + 9], lines[n], *lines[n + 9 :]],
        "cut off": lines[:n],
        "said again at the end": [*lines, lines[n]],
    }[move]


MOVES = {
    "deleted": "missing",
    "doubled": "inserted",
    "swapped": "reordered",
    "put later": "reordered",
    "cut off": "truncated",
    "said again at the end": "inserted",
}
"""What may be done to an entry, and what it then is."""


@pytest.mark.parametrize("move", MOVES)
def test_no_entry_leaves_moves_or_comes_twice_unseen(
    forged: Forged, contents: Contents, move: str
) -> None:
    rows, lines = rows_of(contents), lines_of(contents[JOURNAL])
    opening = next(n for n, row in enumerate(rows, 1) if row.kind == "epoch.opened")
    for n in (1, 2, 40, opening - 1, opening, opening + 1, len(rows) - 9):
        found = forged(JOURNAL, b"".join(moved(lines, n, move))).findings[0]
        assert found.slug == MOVES[move], (n, found)
        if (n, move) != (opening, "cut off"):  # that an epoch began there nobody can know
            assert found.name == rows[n - 1].name, (n, found)


@pytest.mark.parametrize("place", [1, 30, 100])
def test_no_entry_that_a_forger_writes_enters_unseen(
    forged: Forged, contents: Contents, place: int
) -> None:
    """The hash is right and what follows is linked anew; what fails is the signature."""
    rows = rows_of(contents)
    changed, row = rows[: place - 1], rows[place - 1]
    for later in rows[place - 1 :]:
        body = later.body.replace("}", ',"zz":1}', 1) if later is row else later.body
        before = changed[-1].hash if changed else later.previous
        changed.append(_hashed(later._replace(body=body, previous=before)))
    lines = [lines_of(contents[JOURNAL])[0], *map(write_row, changed)]
    found = forged(JOURNAL, b"".join(lines)).findings[0]
    assert (found.slug, found.name) == ("forged", row.name)


def _hashed(row: Row) -> Row:
    """Return an entry with the hash of what it says."""
    head = (row.kind, int(row.version), row.at)
    previous, place = bytes.fromhex(row.previous), Place(*row.place)
    return row._replace(
        hash=digest(place, int(row.number), head, row.body.encode(), previous).hex()
    )


@pytest.mark.parametrize("name", TABLES)
def test_no_byte_of_a_derived_file_changes_unseen(
    forged: Forged, contents: Contents, name: str
) -> None:
    lines = lines_of(contents[name])
    n = len(lines) // 2
    for what, place in cells_of(lines[n], most=99):
        if what.startswith("after") and what not in ("after cell 0", "after cell 5"):
            continue
        changed = [*lines[:n], flipped(lines[n], place), *lines[n + 1 :]]
        found = forged(name, b"".join(changed)).findings[0]
        assert found.where == f"{name}:{n + 1}", (what, found)
        if what not in ("cell 0", "after cell 0"):
            assert found.name == document(lines[n]), (what, found)


@pytest.mark.parametrize("name", TABLES)
def test_no_line_of_a_derived_file_leaves_moves_or_comes_twice_unseen(
    forged: Forged, contents: Contents, name: str
) -> None:
    lines = lines_of(contents[name])
    if len(lines) == 2:
        lines = [*lines, b""]  # a file of one line: nothing to swap it with
    for n in {1, len(lines) - 2}:
        for move in MOVES:
            changed = b"".join(moved(lines, n, move))
            if changed == contents[name]:
                continue
            found = forged(name, changed).findings[0]
            known = {document(lines[n]), document(lines[n + 1])}
            assert found.where.startswith(f"{name}:"), (move, found)
            assert found.name in known, (move, found)


def document(line: bytes) -> str:
    return line.split(b";")[0].decode()


@pytest.mark.parametrize("name", [*CONTENTS, MANIFEST, SIGNATURE])
def test_no_file_leaves_and_no_other_comes(tmp_path: Path, contents: Contents, name: str) -> None:
    path = tmp_path / "changed.zip"
    without = {each: content for each, content in contents.items() if each != name}
    found = checked(path, packed(with_digests(without) if MANIFEST in without else without))
    assert ("missing", name) in told(found)
    more = {**contents, "other.csv": b"1"}
    assert ("inserted", "other.csv") in told(checked(path, packed(more)))


def told(report: Report) -> set[tuple[str, str]]:
    return {(found.slug, found.name) for found in report.findings}


@pytest.mark.parametrize("name", ["notice.fr.txt", "verifier.py", SIGNATURE])
def test_no_byte_of_the_other_files_changes_unseen(
    tmp_path: Path, forged: Forged, contents: Contents, name: str
) -> None:
    wrong = {SIGNATURE: {("forged", MANIFEST)}}.get(name, {("file", name)})
    for place in (0, 1, len(contents[name]) // 2, len(contents[name]) - 1):
        changed = flipped(contents[name], place)
        assert told(checked(tmp_path / "x.zip", packed({**contents, name: changed}))) == wrong
        assert ("forged", MANIFEST) in told(forged(name, changed))
    longer = contents[name] + b"\0"
    assert told(checked(tmp_path / "x.zip", packed({**contents, name: longer}))) == wrong


def test_no_byte_of_the_manifest_changes_unseen(tmp_path: Path, contents: Contents) -> None:
    size = len(contents[MANIFEST])
    for place in [*range(0, size, size // 60), size - 1]:
        changed = {**contents, MANIFEST: flipped(contents[MANIFEST], place)}
        report = checked(tmp_path / "changed.zip", packed(changed))
        assert {"forged", "unreadable"} & {found.slug for found in report.findings}, place


def test_what_the_manifest_says_is_what_the_journal_says(
    tmp_path: Path, contents: Contents
) -> None:
    """Even a manifest that the till's own key signed."""
    manifest = json.loads(contents[MANIFEST])
    for key in ("entries", "days", "chains", "totals", "sellers", "versions"):
        text = json.dumps({**manifest, key: []}).encode()
        changed = {**contents, MANIFEST: text, SIGNATURE: KEY.sign(text)}
        report = checked(tmp_path / "changed.zip", packed(changed))
        assert [(one.slug, one.detail) for one in report.findings] == [("manifest", key)]


def test_no_byte_of_the_container_changes_unseen(tmp_path: Path, whole: Path) -> None:
    data, path = whole.read_bytes(), tmp_path / "changed.zip"
    with zipfile.ZipFile(whole) as archive:
        heads = [info.header_offset for info in archive.infolist()]
        directory = archive.start_dir
    places = [head + place for head in heads[::5] for place in range(30)]
    places += [*range(directory, directory + 46, 2), *range(len(data) - 22, len(data))]
    chance = random.Random(7)
    places += [chance.randrange(directory) for _ in range(30)]
    for place in places:
        assert not checked(path, flipped(data, place, 4)).sound, place
    for changed in (data[:-1], data + b"\0", b"\0" + data, data[: directory // 2]):
        assert not checked(path, changed).sound


def test_two_files_of_one_name_are_one_too_many(tmp_path: Path, contents: Contents) -> None:
    path = tmp_path / "twice.zip"
    path.write_bytes(packed(contents))
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr(JOURNAL, contents[JOURNAL])
    assert ("inserted", JOURNAL) in told(checked(path, path.read_bytes()))
