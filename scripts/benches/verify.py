"""Checking a year's archive, against the bare loop that hashes and checks the same signatures.

Ours is `verify`: it unpacks, reads and checks all that a verifier must (entries, fiscal records,
totals, closings, every line of every derived file). The floor unpacks and hashes the same files,
hashes the same entries, whose parts lie ready for it in a flat file, and checks the signature of
each and of each fiscal record, and nothing else. The two take turns, every 5,000 entries; processor
time is counted, since neither waits for a disk. Memory is that of the exported verifier in a
process of its own, at two sizes. COMPTOIR_BENCH_ENTRIES sets how many entries are checked: 100,000,
where the year of 1,000,000 takes about half an hour.
"""

from __future__ import annotations

import hashlib
import json
import marshal
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pos.archive.bundle import stand_alone
from pos.archive.verifier import PROGRESS_EVERY, verify
from pos.archive.walk import raw_signature
from pos.archive.writer import Before, Source, write_archive
from pos.journal.entry import Entry
from scripts.benches.measured import Measured, limit, ratio
from scripts.benches.year_data import KEY, Year

ENTRIES = int(os.environ.get("COMPTOIR_BENCH_ENTRIES", "100000"))
NAMES = (
    f"checking an archive of {ENTRIES:,} entries, 5,000 of them",
    "checking an archive: the last entries against the first",
    "checking an archive: memory of ten times the entries",
)
RATIO = 2.0
GROWTH = 1.2
MEMORY_MB = 8.0

WATCHED = """
import runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    (peak,) = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
    print(peak.split()[1], file=sys.stderr)
"""
"""Runs a script and says the most memory it took, in KiB by the kernel's count."""


def measure() -> Iterator[Measured]:
    """Yield the goals of checking: its ratio, that it is linear, and that memory stays."""
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as name:
        base = Path(name)
        few, many = _archive(base / "few.zip", ENTRIES // 10), _archive(base / "many.zip", ENTRIES)
        ours, floor = _turns(many, base / "bare")
        yield ratio(NAMES[0], "ms", ours, floor, RATIO)
        part = max(1, len(ours) // 4)
        slower = [one / under for one, under in zip(ours, floor, strict=True)]
        yield ratio(NAMES[1], "×", slower[-part:], slower[:part], GROWTH)
        script = base / "verifier.py"
        script.write_bytes(stand_alone())
        yield limit(NAMES[2], "MB", [_memory(script, many) - _memory(script, few)], MEMORY_MB)


def _archive(path: Path, count: int) -> Path:
    """Write the archive of a journal of about `count` entries."""
    source = Source(Year().entries(count), Before(), "bench", "france", [KEY.public_key])
    write_archive(path, source, KEY)
    return path


def _turns(path: Path, bare: Path) -> tuple[list[float], list[float]]:
    """Check an archive, the floor the same entries in between; return the milliseconds of each."""
    _flatten((entry for _, entry in Year().entries(ENTRIES)), bare)
    ours: list[float] = []
    floor: list[float] = []
    with bare.open("rb") as file, ZipFile(path) as archive:
        under = Floor(file, archive, ENTRIES / PROGRESS_EVERY)
        begun = time.process_time()

        def turn(_: int) -> None:
            nonlocal begun
            ours.append((time.process_time() - begun) * 1e3)
            floor.append(under.turn())
            begun = time.process_time()

        report = verify(str(path), [KEY.public_key], turn)
    if not report.sound or not ours:
        raise ValueError(f"the archive is not sound: {report.findings[:3]}")
    return ours, floor


def _flatten(entries: Iterable[Entry], path: Path) -> None:
    """Write what the floor needs of each entry: the bytes to hash, the hash, what was signed."""
    with path.open("wb") as file:
        for entry in entries:
            place, number = entry.place, str(entry.number)
            head = (place.store, place.till, place.epoch, number, entry.kind, str(entry.version))
            parts = (entry.previous, *(text.encode() for text in (*head, entry.at)), entry.body)
            marshal.dump((parts, entry.hash, entry.signature, _stamps(entry)), file)


def _stamps(entry: Entry) -> list[tuple[bytes, bytes]]:
    """Return the signature and the signed text of each fiscal record of an entry."""
    facts = json.loads(entry.body)
    stamps = [facts[name] for name in ("fiscal", "grand_total") if name in facts]
    stamps += [record["stamp"] for record in facts.get("records", ())]
    return [(raw_signature(one["signature"]), one["payload"].encode()) for one in stamps]


class Floor:
    """The bare loop, a turn at a time: its share of the files, and 5,000 entries."""

    def __init__(self, entries: BinaryIO, archive: ZipFile, turns: float) -> None:
        self._entries = entries
        self._key = Ed25519PublicKey.from_public_bytes(KEY.public_key)
        self._files = [
            (archive.open(info), hashlib.sha256(), int(info.file_size / turns) + 1)
            for info in archive.infolist()
        ]

    def turn(self) -> float:
        """Unpack, hash, and check signatures; return the milliseconds that it took."""
        begun = time.process_time()
        for file, digest, share in self._files:
            digest.update(file.read(share))
        for _ in range(PROGRESS_EVERY):
            parts, expected, signature, stamps = marshal.load(self._entries)
            whole = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
            if hashlib.sha256(whole).digest() != expected:
                raise ValueError("the floor hashes something else")
            self._key.verify(signature, expected)
            for stamp, text in stamps:
                self._key.verify(stamp, text)
        return (time.process_time() - begun) * 1e3


def _memory(script: Path, archive: Path) -> float:
    """Return the most megabytes that the exported verifier took for an archive."""
    command = [sys.executable, "-I", "-c", WATCHED, str(script), str(archive)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(ended.stderr) / 1024
