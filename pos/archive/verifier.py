"""The archive as a file: its container, its manifest, its journal, and what is derived from it."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
import sys
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from pos.archive.audit import NONSENSE, Audit, Known
from pos.archive.container import Member, directory, local_header
from pos.archive.findings import Finding, Findings
from pos.archive.rows import JOURNAL_HEADER, Row, decode, key_id, read_row
from pos.archive.summary import STATED_MAX
from pos.archive.tables import TABLES, Table
from pos.archive.walk import Keys

FORMAT = "comptoir-archive-1"
JOURNAL, MANIFEST, SIGNATURE = "journal.csv", "MANIFEST.json", "MANIFEST.sig"
CONTENTS = (JOURNAL, *TABLES, "notice.fr.txt", "verifier.py")
"""What the manifest holds the digests of, in the order of the archive."""

LINE_MAX, MANIFEST_MAX, SPARE, RATIO_MAX = 1 << 22, 1 << 20, 1 << 20, 200
"""The most bytes of a line and of a manifest; what a file may exceed 200 times its packed size."""

UNVOUCHED = 3
"""The exit code for an archive that is sound by a key for which nobody vouched: a forger has one
too. 2 is the one of a command line that cannot be read.
"""

AHEAD = 64
"""How many lines of a derived file are looked at for one that is not in its place."""

PROGRESS_EVERY = 5_000
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
"""What reading a damaged file of a ZIP may raise."""


class Report(NamedTuple):
    """What a check saw: `sound` when nothing is wrong; notes are no faults."""

    findings: Sequence[Finding]
    notes: Sequence[Finding]
    entries: int
    manifest: dict[str, Any]

    @property
    def sound(self) -> bool:
        """Whether nothing was altered, lost, inserted or moved."""
        return not self.findings

    @property
    def vouched(self) -> bool:
        """Whether somebody named the key: one that lies in the archive itself is anybody's."""
        return all(note.slug != "own_key" for note in self.notes)

    @property
    def exit_code(self) -> int:
        """What a script is told: 0 sound, 1 not, 3 sound by the archive's own word alone."""
        if not self.sound:
            return 1
        return 0 if self.vouched else UNVOUCHED


class Lines:
    """The lines of a file of the archive; its SHA-256 grows as they are read."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.name, self.number, self.is_damaged = name, 0, False
        self._hash = hashlib.sha256()
        self._ahead: deque[bytes] = deque()
        try:
            self._readline = io.BufferedReader(cast(Any, archive.open(name)), 1 << 18).readline
        except (*DAMAGE, KeyError):
            self.is_damaged = True

    def peek(self, further: int = 0) -> bytes:
        """Return the next line, or one further on, without taking it; b"" after the last."""
        while len(self._ahead) <= further:
            self._ahead.append(self._read())
        return self._ahead[further]

    def take(self) -> bytes:
        """Return the next line; b"" after the last."""
        self.number += 1
        return self._ahead.popleft() if self._ahead else self._read()

    def put_back(self, line: bytes) -> None:
        """Let a line that was taken be the next one again."""
        self.number -= 1
        self._ahead.appendleft(line)

    def _read(self) -> bytes:
        try:
            line = b"" if self.is_damaged else self._readline(LINE_MAX)
        except DAMAGE:
            self.is_damaged, line = True, b""
        self._hash.update(line)
        return line

    def digest(self) -> str:
        """Return the hex SHA-256 of the whole file, once the rest of it is read."""
        while self._read():
            pass
        return self._hash.hexdigest()


class Derived:
    """A derived file against the lines that the journal gives, one at a time."""

    def __init__(self, table: Table, lines: Lines, findings: Findings) -> None:
        self._lines = lines
        self._findings = findings
        self._told = ""
        if lines.take() != table.header:
            self._find("row", lines.name, lines.number)

    def expect(self, line: bytes) -> None:
        """Judge the next line against what the journal says it is.

        A line that comes a little later has others before it that are too many; of the same
        document it was altered; otherwise it is missing.
        """
        found = self._lines.take()
        if found == line:
            return
        self._lines.put_back(found)
        later = next((n for n in range(1, AHEAD) if self._lines.peek(n) == line), 0)
        if later:
            self._find("inserted", _document(self._lines.peek()), self._lines.number + 1)
        elif _document(self._lines.peek()) == _document(line):
            self._find("row", _document(line), self._lines.number + 1)
        else:
            self._find("missing", _document(line), self._lines.number + 1)
            return
        for _ in range(later + 1):
            self._lines.take()

    def finish(self) -> None:
        """Judge the end of the file: nothing stands after the last line."""
        if self._lines.peek():
            self._find("inserted", _document(self._lines.peek()), self._lines.number + 1)

    def _find(self, slug: str, document: str, number: int) -> None:
        """Report a document of this file, once in a row."""
        if document != self._told:
            self._findings.add(slug, document, where=f"{self._lines.name}:{number}")
        self._told = document


def _document(line: bytes) -> str:
    """Return what a line of a derived file is about: its first cell."""
    return decode(line.split(b";")[0][:60]).strip() or "?"


def verify(
    path: str, keys: Sequence[bytes] = (), progress: Callable[[int], None] | None = None
) -> Report:
    """Check an archive with public keys alone (raw, 32 bytes each).

    Without keys, those that the archive holds are believed: that finds every accident, and every
    forger who did not also replace them. `progress` is told the number of entries read. Raises
    OSError when the file cannot be opened.
    """
    with Path(path).open("rb") as file:
        findings = Findings()
        try:
            with zipfile.ZipFile(file) as archive:
                return _verify(file, archive, keys, progress or (lambda _: None), findings)
        except (*DAMAGE, *NONSENSE) as error:
            findings.add("unreadable", path, type(error).__name__)
    return Report(findings.wrong, (), 0, {})


def _verify(
    file: BinaryIO,
    archive: zipfile.ZipFile,
    keys: Sequence[bytes],
    progress: Callable[[int], None],
    packed: Findings,
) -> Report:
    names = _contents(archive, packed)
    manifest, signed = _manifest(archive, keys, packed)
    trusted = [*keys, *(_public_keys(manifest) if signed else ())]
    first, last = manifest["first"]["entry"], manifest["last"]
    audit = Audit(trusted, manifest["before"], Known(last["entry"], last["hash"], first))
    lines = {name: Lines(archive, name) for name in names if name in CONTENTS}
    if JOURNAL not in lines:
        return Report(packed.wrong, packed.notes, 0, manifest)
    count = _walk(audit, lines, progress)
    for key, found in audit.summary.as_facts().items():
        if not audit.findings.wrong and manifest.get(key) != found:
            packed.add("manifest", MANIFEST, key)
    for name in lines:
        stated = manifest["files"].get(name, {}).get("sha256")
        if lines[name].digest() != stated:
            packed.add("damaged" if lines[name].is_damaged else "file", name)
    _container(file, archive, packed)
    wrong = [*audit.findings.wrong, *packed.wrong]
    return Report(wrong, [*packed.notes, *audit.findings.notes], count, manifest)


def _contents(archive: zipfile.ZipFile, findings: Findings) -> list[str]:
    """Return the names of the files that can be read; report what is missing or too many."""
    wanted = [*CONTENTS, MANIFEST, SIGNATURE]
    names = archive.namelist()[: 2 * len(wanted)]  # as many as are worth telling
    for name in wanted:
        if name not in names:
            findings.add("missing", name)
    for place, name in enumerate(names):
        if name not in wanted or name in names[:place]:
            findings.add("inserted", name)
    if not findings.wrong and names != wanted:
        findings.add("reordered", names[0])
    sizes = {info.filename: (info.file_size, info.compress_size) for info in archive.infolist()}
    for name, (size, packed) in sizes.items():
        if size > RATIO_MAX * packed + SPARE:
            findings.add("oversized", name)
    large = {found.name for found in findings.wrong if found.slug == "oversized"}
    return [name for name in wanted if name in names and name not in large]


def _manifest(
    archive: zipfile.ZipFile, keys: Sequence[bytes], findings: Findings
) -> tuple[Any, bool]:
    """Return the manifest, and whether a trusted key signed it; its own where none was given."""
    with archive.open(MANIFEST) as file:
        data = file.read(MANIFEST_MAX)
    with archive.open(SIGNATURE) as file:
        signature = file.read(65)
    manifest = json.loads(data)
    if manifest["format"] != FORMAT:
        findings.add("unreadable", MANIFEST, str(manifest["format"]))
    signers = keys or _public_keys(manifest)
    if not keys:
        findings.add("own_key", MANIFEST, signers[-1].hex() if signers else "")
    is_signed = "" in [Keys([key]).judge(key_id(key), signature, data) for key in signers]
    if not is_signed:
        findings.add("forged", MANIFEST)
    return manifest, is_signed


def _public_keys(manifest: Any) -> list[bytes]:
    """Return the keys the manifest states: those of a till whose key was replaced vouch so."""
    return [bytes.fromhex(key) for key in manifest["public_keys"][:STATED_MAX]]


def _walk(audit: Audit, lines: dict[str, Lines], progress: Callable[[int], None]) -> int:
    """Read the journal and everything derived from it side by side; return how many entries."""
    journal, findings = lines[JOURNAL], audit.findings
    derived = {
        name: Derived(table, lines[name], findings)
        for name, table in TABLES.items()
        if name in lines
    }
    by_kind: dict[str, list[tuple[Table, Derived]]] = {}
    for name, part in derived.items():
        for kind in TABLES[name].kinds:
            by_kind.setdefault(kind, []).append((TABLES[name], part))
    if journal.take() != JOURNAL_HEADER:
        findings.add("altered", JOURNAL, where=f"{JOURNAL}:1")
    while line := journal.take():
        row = read_row(line)
        facts = audit.take(row, f"{JOURNAL}:{journal.number}")
        if row and isinstance(facts, dict):
            _expect(by_kind.get(row.kind, ()), row, facts, findings)
        if journal.number % PROGRESS_EVERY == 0:
            progress(journal.number)
    findings.where = JOURNAL
    audit.finish()
    for part in derived.values() if not journal.is_damaged else ():
        part.finish()
    return journal.number - 2


def _expect(
    parts: Iterable[tuple[Table, Derived]], row: Row, facts: dict[str, Any], findings: Findings
) -> None:
    """Compare the lines of an entry with those of each file that it puts lines into."""
    try:
        for table, part in parts:
            for line in table.lines(row, facts):
                part.expect(line)
    except NONSENSE:
        findings.add("unreadable", row.name)


def _container(file: BinaryIO, archive: zipfile.ZipFile, findings: Findings) -> None:
    """Report a container that is not, to the byte, as a till packs it.

    What nobody can see is a change of the few bits that fill up a packed file's last byte: they
    mean nothing, and only the SHA-256 of the archive itself, in the journal, covers them.
    """
    at, members = 0, []
    for info in archive.infolist():
        sizes = (info.CRC, info.compress_size, info.file_size)
        member = Member(info.filename, *sizes, info.header_offset)
        header = local_header(member)
        file.seek(at)
        if member.offset != at or file.read(len(header)) != header:
            findings.add("container", info.filename)
        members.append(member)
        at += len(header) + member.packed
    file.seek(at)
    rest = directory(members, at)
    if file.read(len(rest) + 1) != rest:
        findings.add("container", "ZIP")


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the archive of the command line and say what was found; return the exit code."""
    asked = argparse.ArgumentParser(description="Vérifie une archive de caisse.")
    asked.add_argument("archive", help="ARCHIVE.zip")
    asked.add_argument("--key", action="append", default=[], help="clé publique / public key (hex)")
    asked.add_argument("--lang", choices=("fr", "en"), default="fr")
    given = asked.parse_args(arguments)
    if not all(re.fullmatch("[0-9a-fA-F]{64}", key) for key in given.key):
        asked.error("--key: 64 chiffres hexadécimaux / 64 hexadecimal digits")
    try:
        report = verify(given.archive, [bytes.fromhex(key) for key in given.key])
    except OSError as error:
        sys.stdout.write(f"{given.archive} : {error}\n")
        return 1
    letters = sys.stdout.encoding or "ascii"
    for line in say(report, given.archive, given.lang):
        sys.stdout.write(line.encode(letters, "replace").decode(letters) + "\n")
    return report.exit_code


def say(report: Report, path: str, language: str) -> list[str]:
    """Return the report as sentences, in French for `fr` and else in English."""
    lines = [finding.text(language) for finding in (*report.findings, *report.notes)]
    count, wrong = report.entries, len(report.findings)
    if language == "fr":
        read = f"{count} {'écritures lues' if count > 1 else 'écriture lue'}"
        verdict = f"{wrong} {'anomalies' if wrong > 1 else 'anomalie'}"
        unvouched = "" if report.vouched else ", mais nul n'a répondu de la clé"
        sound = f"rien à signaler{unvouched}"
        return [*lines, f"{path} : {read}, {sound if report.sound else verdict}."]
    read = f"{count} {'entry' if count == 1 else 'entries'} read"
    verdict = f"{wrong} {'finding' if wrong == 1 else 'findings'}"
    unvouched = "" if report.vouched else ", but nobody vouched for the key"
    sound = f"nothing is wrong{unvouched}"
    return [*lines, f"{path}: {read}, {sound if report.sound else verdict}."]


if __name__ == "__main__":
    sys.exit(main())
