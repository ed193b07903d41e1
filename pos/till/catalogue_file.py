"""Reading a catalogue file: its encoding, its separator, its records, and no surprise in memory.

A first pass over the bytes finds what the whole file is (UTF-8 or CP1252, compressed or not, too
large or not); the second reads records one at a time.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import json
import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from operator import methodcaller
from typing import IO, BinaryIO, Literal, cast

from pos.domain.errors import Refusal
from pos.domain.words import Sentence

Format = Literal["auto", "csv", "jsonl"]

FILE_MAX = 2_000_000_000
"""The largest file, in bytes after decompression."""

LINE_MAX = 65_536
"""The longest line, in characters."""

RECORD_LINES_MAX = 20
"""How many lines a quoted text may span before its quote counts as forgotten."""

_CHUNK = 1 << 20
_SPOOLED = 16 << 20
_GZIP = b"\x1f\x8b"
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that has no cells to read: what it begins with, and why."""

    text: str
    reason: Sentence


Record = tuple[int, list[str] | dict[str, str] | BadRecord]
"""The line a record begins on (from 1), and its cells (CSV) or its named values (JSON Lines)."""


class CatalogueFile:
    """An open catalogue file, looked at once from end to end.

    `encoding` is `utf-8` or `cp1252`; `sha256` is of the bytes as they came; `size` and
    `position` are in those bytes too. Raises Refusal for a file that is empty, too large, in
    UTF-16, not a text, or whose compression is damaged.
    """

    def __init__(self, source: BinaryIO | Iterable[bytes]) -> None:
        self._raw = _seekable(source)
        self.sha256, self.size = _fingerprint(self._raw)
        self._is_gzip = self._raw.read(len(_GZIP)) == _GZIP
        try:
            self.encoding = _encoding(self._bytes())
        except (OSError, EOFError, zlib.error) as error:
            raise Refusal(
                "damaged_file", "The compressed file is damaged: copy it again from its source."
            ) from error

    @property
    def position(self) -> int:
        """How many bytes of the file, as it came, have been read."""
        return min(self._raw.tell(), self.size)

    def lines(self) -> Iterator[str]:
        """Return the file's lines from the first, with their ends."""
        stream = self._bytes()
        mark = stream.read(len(codecs.BOM_UTF8))
        if mark != codecs.BOM_UTF8:
            stream = self._bytes()
        return map(methodcaller("decode", self.encoding, "surrogateescape"), stream)

    def _bytes(self) -> IO[bytes]:
        self._raw.seek(0)
        if self._is_gzip:
            return io.BufferedReader(gzip.GzipFile(fileobj=self._raw, mode="rb"))
        return self._raw


def is_json(format_: Format, first_line: str) -> bool:
    """Tell whether the file is JSON Lines: by its format, or by how it begins."""
    return format_ == "jsonl" or (format_ == "auto" and first_line.lstrip().startswith("{"))


def separator(header: str) -> str:
    """Return the separator of a header line: the most frequent of `,`, `;` and tab outside quotes.

    >>> separator("code;désignation;prix, TTC")
    ';'
    """
    bare = _QUOTED.sub("", header)
    return max(",;\t", key=bare.count)


def csv_records(lines: Iterator[str], mark: str) -> Iterator[Record]:
    """Yield the records of a CSV text, its first line the header; empty lines are left out.

    A quote that is never closed costs its own line only: reading goes on with the next.
    """
    number = width = 0
    while True:
        for line in lines:
            number += 1
            if '"' not in line and len(line) <= LINE_MAX:
                if not line.isspace():
                    cells = line.rstrip("\r\n").split(mark)
                    width = width or len(cells)
                    yield number, cells
                continue
            record, read = _quoted(line, lines, mark, width)
            yield number, record
            if isinstance(record, BadRecord):
                lines = chain(read, lines)
                break
            width = width or len(record)
            number += len(read)
        else:
            return


def _quoted(
    line: str, following: Iterator[str], mark: str, width: int
) -> tuple[list[str] | BadRecord, list[str]]:
    """Read a record with quotes; return it with the further lines that were read for it."""
    if len(line) > LINE_MAX:
        return _too_long(line), []
    read: list[str] = []
    text = line
    while True:
        cells = _cells(text, mark, lenient=not read)
        if cells is not None and (not read or not width or len(cells) == width):
            return cells, read
        more = next(following, None) if cells is None else None
        if more is None or len(read) >= RECORD_LINES_MAX or len(text) + len(more) > LINE_MAX:
            if more is not None:
                read.append(more)
            return BadRecord(line, Sentence("A quote on this line is never closed.")), read
        read.append(more)
        text += more


def _cells(text: str, mark: str, *, lenient: bool) -> list[str] | None:
    """Return the cells of a record, or None when a quote is still open at its end.

    A quote inside a cell (`"12" pizza"`) is forgiven on one line only: over several lines it is
    another row's, and there are no cells.
    """
    try:
        return next(csv.reader([text], delimiter=mark, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            return None
        return next(csv.reader([text], delimiter=mark)) if lenient else []


def json_records(lines: Iterator[str]) -> Iterator[Record]:
    """Yield the objects of a JSON Lines text, values as text; empty lines are left out."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield number, _too_long(line) if len(line) > LINE_MAX else _object(line)


def _object(line: str) -> dict[str, str] | BadRecord:
    try:
        value = json.loads(line, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        return BadRecord(
            line,
            Sentence(
                "The line is not one JSON object, such as {example}.",
                example='{"code": "3400949497706", "name": "Miel"}',
            ),
        )
    return {key: _text(item) for key, item in value.items()}


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else json.dumps(value)


def _too_long(line: str) -> BadRecord:
    return BadRecord(
        line[:100],
        Sentence(
            "The line has {count} characters and the most is {limit}.",
            count=len(line),
            limit=LINE_MAX,
        ),
    )


def _seekable(source: BinaryIO | Iterable[bytes]) -> BinaryIO:
    if hasattr(source, "seekable") and cast(BinaryIO, source).seekable():
        return cast(BinaryIO, source)
    copy = tempfile.SpooledTemporaryFile(max_size=_SPOOLED)  # noqa: SIM115  lives with its owner
    size = 0
    for chunk in source:
        size += len(chunk)
        _refuse_too_large(size)
        copy.write(chunk)
    return cast(BinaryIO, copy)


def _fingerprint(raw: BinaryIO) -> tuple[str, int]:
    """Return the SHA-256 and the size of the whole file, and go back to its beginning."""
    raw.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := raw.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        _refuse_too_large(size)
    raw.seek(0)
    return digest.hexdigest(), size


def _encoding(text: IO[bytes]) -> str:
    """Return the encoding that fits every byte; refuses what is no text we read."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding, size = "utf-8", 0
    while chunk := text.read(_CHUNK):
        if not size and chunk.startswith(_WIDE):
            raise _not_a_text()
        size += len(chunk)
        _refuse_too_large(size)
        if b"\0" in chunk or (len(chunk) == _CHUNK and b"\n" not in chunk and b"\r" not in chunk):
            raise _not_a_text()
        if encoding != "cp1252":
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                encoding = "cp1252"
    if encoding == "utf-8":
        encoding = _ending(decoder)
    if not size:
        raise Refusal("empty_file", "The file is empty.")
    return encoding


def _ending(decoder: codecs.IncrementalDecoder) -> str:
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _not_a_text() -> Refusal:
    return Refusal(
        "not_a_text",
        "The file is not a text that can be read: save it as CSV in UTF-8 and import it again.",
    )


def _refuse_too_large(size: int) -> None:
    if size > FILE_MAX:
        raise Refusal(
            "file_too_large",
            "The file is larger than {limit} million bytes: cut it in two.",
            limit=FILE_MAX // 1_000_000,
        )
