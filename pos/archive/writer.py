"""Writing an archive: one pass over the entries, one file, safe on disk before anyone is told.

The derived files grow beside the journal's in a folder of their own and are packed when all is
known, so that memory does not depend on how much is archived. The same span gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pos.archive.audit import START, Audit
from pos.archive.bundle import stand_alone
from pos.archive.container import Member, directory, local_header
from pos.archive.notice import notice
from pos.archive.rows import JOURNAL_HEADER, Row, decode, write_row
from pos.archive.tables import TABLES
from pos.archive.verifier import FORMAT, JOURNAL, MANIFEST, PROGRESS_EVERY, SIGNATURE
from pos.domain.facts import VatFacts
from pos.journal.entry import Entry
from pos.journal.signing import Signer

CHUNK = 1 << 18
PACKED = 6
"""How hard files are packed (zlib's own default)."""


@dataclass(frozen=True, slots=True)
class Before:
    """What came before the first entry: the ordinal, name and hash (hex) of the last one.

    `closed` are the levels (`day`, `month`, `year`) that were closed right there.
    """

    ordinal: int = START["ordinal"]
    entry: str = START["entry"]
    hash: str = START["hash"]
    closed: tuple[str, ...] = ()

    def as_facts(self) -> dict[str, Any]:
        """Return what the manifest says of it."""
        return {
            "ordinal": self.ordinal,
            "entry": self.entry,
            "hash": self.hash,
            "closed": list(self.closed),
        }


@dataclass(frozen=True, slots=True)
class Source:
    """What is archived, and who says so: the program, its fiscal rules, the till's public keys."""

    entries: Iterable[tuple[int, Entry]]
    before: Before
    software: str
    fiscal: str
    public_keys: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Written:
    """An archive that is safe on disk: the SHA-256 of its file (hex) and what it holds.

    `total` and `vat` are those of its tickets, in minor units.
    """

    sha256: str
    size: int
    entries: int
    first_entry: str
    last_entry: str
    total: int
    vat: tuple[VatFacts, ...]


def write_archive(
    path: Path,
    source: Source,
    signer: Signer,
    progress: Callable[[int], None] = lambda _: None,
) -> Written:
    """Write an archive at `path`: under another name first, flushed, then renamed.

    `progress` is told the number of entries read. Raises FileExistsError when there is such a
    file already, ValueError for no entry at all, OSError when the disk does not take it.
    """
    if path.exists():
        raise FileExistsError(path)
    with _workshop(path.parent) as folder:
        audit = Audit(None, source.before.as_facts())
        sizes = _spread(source.entries, folder, audit, progress)
        manifest = _manifest(source, audit, sizes)
        (folder / MANIFEST).write_bytes(manifest)
        (folder / SIGNATURE).write_bytes(signer.sign(manifest))
        draft = folder / "archive.zip"
        _pack(draft, [folder / name for name in (*sizes, MANIFEST, SIGNATURE)])
        sha256, size = digest_of(draft), draft.stat().st_size
        draft.rename(path)
        _sync(path.parent)
    facts = audit.summary.as_facts()
    return Written(
        sha256=sha256,
        size=size,
        entries=facts["entries"],
        first_entry=facts["first"]["entry"],
        last_entry=facts["last"]["entry"],
        total=audit.summary.total,
        vat=tuple(
            VatFacts(rate=rate, gross=gross, net=net, tax=tax)
            for rate, (gross, net, tax) in sorted(audit.summary.vat.items(), reverse=True)
        ),
    )


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """Make a folder beside the archive for what is not one yet, and take it away."""
    made = Path(tempfile.mkdtemp(prefix=".comptoir-archive-", dir=folder))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def row_of(ordinal: int, entry: Entry) -> Row:
    """Return an entry of the journal as the line of journal.csv."""
    place = entry.place
    return Row(
        str(ordinal),
        place.store,
        place.till,
        place.epoch,
        str(entry.number),
        entry.kind,
        str(entry.version),
        entry.at,
        entry.previous.hex(),
        entry.hash.hex(),
        entry.signature.hex(),
        entry.key_id,
        decode(entry.body),
    )


@dataclass(slots=True)
class _Part:
    """A file in the making: its bytes and lines so far, and the digest of them."""

    file: BinaryIO
    digest: Any
    size: int = 0
    lines: int = 0

    def write(self, line: bytes) -> None:
        self.file.write(line)
        self.digest.update(line)
        self.size += len(line)
        self.lines += 1

    def facts(self) -> dict[str, Any]:
        return {"sha256": self.digest.hexdigest(), "bytes": self.size, "lines": self.lines}


def _spread(
    entries: Iterable[tuple[int, Entry]],
    folder: Path,
    audit: Audit,
    progress: Callable[[int], None],
) -> dict[str, dict[str, Any]]:
    """Write every file but the manifest; return the facts of each by its name, in their order."""
    with ExitStack() as stack:

        def part(name: str, head: bytes) -> _Part:
            made = _Part(stack.enter_context((folder / name).open("wb")), hashlib.sha256())
            made.write(head)
            return made

        parts = {JOURNAL: part(JOURNAL, JOURNAL_HEADER)}
        parts |= {name: part(name, table.header) for name, table in TABLES.items()}
        for ordinal, entry in entries:
            _take(row_of(ordinal, entry), parts, audit)
            if parts[JOURNAL].lines % PROGRESS_EVERY == 0:
                progress(parts[JOURNAL].lines - 1)
        for name, text in (("notice.fr.txt", notice()), ("verifier.py", stand_alone())):
            parts[name] = part(name, text)
        return {name: made.facts() for name, made in parts.items()}


def _take(row: Row, parts: dict[str, _Part], audit: Audit) -> None:
    parts[JOURNAL].write(write_row(row))
    facts = audit.take(row, row.name)
    for name, table in TABLES.items():
        if row.kind in table.kinds and isinstance(facts, dict):
            for line in table.lines(row, facts):
                parts[name].write(line)


def _manifest(source: Source, audit: Audit, files: dict[str, dict[str, Any]]) -> bytes:
    held = audit.summary.as_facts()
    if not held["entries"]:
        raise ValueError("there is nothing to archive")
    facts = {
        "format": FORMAT,
        "made_by": source.software,
        "fiscal_rules": source.fiscal,
        "public_keys": [key.hex() for key in source.public_keys],
        "before": source.before.as_facts(),
        **held,
        "files": files,
    }
    return (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode()


def _pack(path: Path, files: Sequence[Path]) -> None:
    """Pack files into a ZIP, flushed to disk."""
    members: list[Member] = []
    with path.open("wb") as out:
        for file in files:
            members.append(_packed(out, file))
        out.write(directory(members, out.tell()))
        out.flush()
        os.fsync(out.fileno())


def _packed(out: BinaryIO, file: Path) -> Member:
    """Pack one file at the end of `out`; its header is written last, when all of it is known."""
    start, size, crc = out.tell(), file.stat().st_size, 0
    head = len(local_header(Member(file.name, 0, 0, size, start)))
    out.seek(start + head)
    packer = zlib.compressobj(PACKED, zlib.DEFLATED, -zlib.MAX_WBITS)
    with file.open("rb") as source:
        while chunk := source.read(CHUNK):
            crc = zlib.crc32(chunk, crc)
            out.write(packer.compress(chunk))
    out.write(packer.flush())
    end = out.tell()
    member = Member(file.name, crc, end - start - head, size, start)
    out.seek(start)
    out.write(local_header(member))
    out.seek(end)
    return member


def digest_of(path: Path) -> str:
    """Return the hex SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _sync(folder: Path) -> None:
    """Make a new name in a folder outlast a power cut."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
