"""The head marker: what the till last wrote, remembered outside its database.

A chain cannot show that its own end was cut off, nor that the whole file is an old copy. A small
file in another folder remembers the last entry (epoch, number, hash) and a nonce that also stands
in the database and changes at every start. At the next start the database must hold that entry
and that nonce; when it does not, the file is not the one this till last wrote, and a new epoch
begins (`judge`).

After every commit the record is written in place (`pwrite`) and not synced. That is enough: the
database was synced first, so a marker that lost its last writes to a power cut only lags, which
is no alarm, and it can never lead. Two slots are written in turn, each with its checksum, so a
torn write loses one record and the other slot still speaks. Only the roll of the nonce is synced,
and it is announced in the marker before the database takes it, so that a crash between the two
files is no alarm either.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pos.domain.words import Sentence
from pos.journal.chain import START, Finding, Head
from pos.journal.entry import Place, name_of
from pos.ports import StoreUnavailable
from pos.store.keys import sync_folder

_MAGIC = b"CPTMARK1"
_FIELDS = struct.Struct(">8sQ16sQ32s32s32s")
_CHECKSUM = struct.Struct(">I")
_SLOTS = (0, 4096)  # one disk block each: a torn block never holds both


@dataclass(frozen=True, slots=True)
class Mark:
    """What the marker remembers; `pending` is the nonce that the database may already have."""

    head: Head
    nonce: str
    pending: str = ""


class Marker:
    """The marker's file, open for the life of the till."""

    def __init__(self, path: Path) -> None:
        """Open or create the file (mode 0600). Raises StoreUnavailable when that cannot be."""
        try:
            fresh = not path.exists()
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if fresh:
                sync_folder(path.parent)
        except OSError as error:
            raise StoreUnavailable(
                "marker_unusable",
                "{path} cannot be written: {reason}. Check the folder's permissions.",
                path=str(path),
                reason=error.strerror or str(error),
            ) from error
        self._turn, self.mark = _last(self._file)

    def write(self, mark: Mark, *, sync: bool = False) -> None:
        """Remember `mark`, on disk at once when `sync`. Raises OSError."""
        self._turn += 1
        head = mark.head
        names = (head.epoch.encode(), mark.nonce.encode(), mark.pending.encode())
        if len(names[0]) > 16 or len(names[1]) > 32 or len(names[2]) > 32:
            raise ValueError(f"{mark} does not fit the marker")
        fields = (_MAGIC, self._turn, names[0], head.number, head.hash, *names[1:])
        record = _FIELDS.pack(*fields)
        record += _CHECKSUM.pack(zlib.crc32(record))
        os.pwrite(self._file, record, _SLOTS[self._turn % 2])
        if sync:
            os.fsync(self._file)
        self.mark = mark

    def close(self) -> None:
        """Let go of the file; harmless when done twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def read_mark(path: Path) -> Mark | None:
    """Return what the marker of a till that may be at work remembers, None when there is none.

    Raises StoreUnavailable when it may not be read.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreUnavailable(
            "marker_unusable",
            "{path} cannot be read: {reason}. Check the folder's permissions.",
            path=str(path),
            reason=error.strerror or str(error),
        ) from error
    try:
        return _last(file)[1]
    finally:
        os.close(file)


def _last(file: int) -> tuple[int, Mark | None]:
    """Return the record that was written last, and its turn."""
    return max((_slot(file, at) for at in _SLOTS), key=lambda slot: slot[0])


def _slot(file: int, at: int) -> tuple[int, Mark | None]:
    """Return a slot's turn and record, (0, None) when it is torn or was never written."""
    raw = os.pread(file, _FIELDS.size + _CHECKSUM.size, at)
    record, checksum = raw[: _FIELDS.size], raw[_FIELDS.size :]
    if len(checksum) < _CHECKSUM.size or _CHECKSUM.unpack(checksum)[0] != zlib.crc32(record):
        return 0, None
    magic, turn, epoch, number, own, nonce, pending = _FIELDS.unpack(record)
    if magic != _MAGIC:
        return 0, None
    texts = [each.rstrip(b"\0").decode() for each in (epoch, nonce, pending)]
    return turn, Mark(Head(texts[0], number, own), texts[1], texts[2])


@dataclass(frozen=True, slots=True)
class Found:
    """What the database holds: its head, its nonce, and what its epoch declared when it opened.

    `hash_at` returns the hash of an entry by epoch and number, None where there is none;
    `opened_after` is the mark's head that the present epoch already answered.
    """

    head: Head
    nonce: str
    hash_at: Callable[[str, int], bytes | None] = field(default=lambda _epoch, _number: None)
    opened_after: Head = START


def judge(mark: Mark | None, found: Found) -> str:
    """Return why the database is not the one this till last wrote, "" when it is.

    The reasons are those of `EpochOpened`: `marker_missing`, `marker_ahead` (a restored backup, or
    an end cut off), `hash_differs` (another history), `nonce_differs` (a copy that lived on).
    """
    if mark is None:
        return "" if found.head == START else "marker_missing"
    if mark.head.number > 0 and mark.head != found.opened_after:
        own = found.hash_at(mark.head.epoch, mark.head.number)
        if own is None:
            return "marker_ahead"
        if own != mark.head.hash:
            return "hash_differs"
    return "" if found.nonce in (mark.nonce, mark.pending) else "nonce_differs"


def explain(reason: str, place: Place, mark: Mark | None, found: Head) -> Finding:
    """Return what the manager is shown for a reason; `place` is that of the new epoch."""
    remembered = START if mark is None else mark.head
    seen = _name(place, remembered)
    ends = _name(place, found)
    sentences = {
        "marker_ahead": Sentence(
            "The till's file ends at {ends}, but this till had written {seen}: it is a restored"
            " backup, or its end was cut off. Numbers start again in epoch {epoch}.",
            ends=ends,
            seen=seen,
            epoch=place.epoch,
        ),
        "hash_differs": Sentence(
            "Entry {seen} of the till's file is not the one this till wrote: the file is a copy"
            " that lived on elsewhere. Numbers start again in epoch {epoch}.",
            seen=seen,
            epoch=place.epoch,
        ),
        "nonce_differs": Sentence(
            "The till's file was used elsewhere since this till last started: it is a copy. Numbers"
            " start again in epoch {epoch}.",
            epoch=place.epoch,
        ),
        "marker_missing": Sentence(
            "The marker of the till's file is missing: whether the file is the latest cannot be"
            " told. Numbers start again in epoch {epoch}.",
            epoch=place.epoch,
        ),
        "key_replaced": Sentence(
            "The till has a new key: the one that signed {ends} is gone. Numbers start again in"
            " epoch {epoch}.",
            ends=ends,
            epoch=place.epoch,
        ),
    }
    return Finding(ends, reason, sentences[reason])


def _name(place: Place, head: Head) -> str:
    return name_of(Place(place.store, place.till, head.epoch), head.number)
