"""The catalogue's gesture: a file of articles comes in, as one change or not at all.

An article that the file names is changed where the file says something; one that it does not name
stays. Nothing here removes an article.
"""

from __future__ import annotations

import csv
import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import BinaryIO, Protocol, TextIO

from pos.domain.catalogue_import import (
    CellRefused,
    Counts,
    Defaults,
    ImportRules,
    RefusedRow,
    Row,
    RowReader,
    SeenRows,
)
from pos.domain.errors import Refusal
from pos.domain.events import CatalogueImported
from pos.domain.words import Sentence
from pos.till.catalogue_file import (
    BadRecord,
    CatalogueFile,
    Format,
    Record,
    csv_records,
    is_json,
    json_records,
    separator,
)

ROWS_MAX = 5_000_000
"""The most rows of one file."""

REFUSED_KEPT = 10_000
"""How many refused rows a report holds; the others are counted (and go to the refusals file)."""

BATCH_ROWS = 20_000
_TELL_ROWS = 2_000
_JSON_SHAPES_MAX = 1_000


class CatalogueChange(Protocol):
    """One change of the catalogue under way; nobody sees it before it is committed."""

    def put(self, rows: Sequence[Row]) -> list[RefusedRow]:
        """Apply rows in order; return those the catalogue refuses (code of another article…)."""
        ...

    def finish(self, *, dated: bool) -> Counts:
        """Apply what waits for the end and count; `dated`: the file is the truth for all prices.

        Without it, prices planned after the instant of the change stay.
        """
        ...

    def note(self, event: CatalogueImported) -> None:
        """Leave what becomes the import's journal entry, committed with the import."""
        ...


class CatalogueWriter(Protocol):
    """Where articles are kept."""

    def change(self, defaults: Defaults, now: datetime) -> AbstractContextManager[CatalogueChange]:
        """Open the one transaction: committed at a clean end, undone by any exception or death."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: rows read, and bytes of the file's total."""

    rows: int
    bytes_done: int
    bytes_total: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, in articles, and every row it left out (the first REFUSED_KEPT)."""

    sha256: str
    encoding: str
    rows: int
    added: int
    changed: int
    unchanged: int
    refused: int
    refusals: tuple[RefusedRow, ...]

    def event(self) -> CatalogueImported:
        """Return what the journal keeps of it."""
        return CatalogueImported(
            sha256=self.sha256,
            rows=self.rows,
            added=self.added,
            changed=self.changed,
            refused=self.refused,
        )


@dataclass(slots=True)
class _Count:
    also: Callable[[RefusedRow], None] | None
    rows: int = 0
    refused: int = 0
    kept: list[RefusedRow] = field(default_factory=list)

    def refuse(self, row: RefusedRow) -> None:
        self.refused += 1
        if self.refused <= REFUSED_KEPT:
            self.kept.append(row)
        if self.also is not None:
            self.also(row)


def import_catalogue(
    source: BinaryIO | Iterable[bytes],
    format_: Format,
    rules: ImportRules,
    writer: CatalogueWriter,
    *,
    progress: Callable[[Progress], None] = lambda _: None,
    refused: Callable[[RefusedRow], None] | None = None,
) -> ImportReport:
    """Import a file of articles (CSV or JSON Lines, plain or gzip) as one atomic change.

    Good rows are kept and wrong ones reported; `refused` is called for each of them, in the order
    of discovery. Raises Refusal, with nothing changed, when the file as a whole cannot be read:
    `empty_file`, `file_too_large`, `not_a_text`, `damaged_file`, `no_column`, `too_many_rows`.
    """
    file = CatalogueFile(source)
    table = _table(file, format_, rules)
    count = _Count(refused)
    with _unswept(), writer.change(rules.defaults, rules.now) as change:
        for batch in _batches(table, count, lambda: progress(_progress(file, count))):
            for problem in change.put(batch):
                count.refuse(problem)
        report = _report(file, count, change.finish(dated=table.dated))
        change.note(report.event())
    progress(Progress(count.rows, file.size, file.size))
    return report


def _report(file: CatalogueFile, count: _Count, articles: Counts) -> ImportReport:
    return ImportReport(
        sha256=file.sha256,
        encoding=file.encoding,
        rows=count.rows,
        added=articles.added,
        changed=articles.changed,
        unchanged=articles.unchanged,
        refused=count.refused,
        refusals=tuple(count.kept),
    )


@contextmanager
def _unswept() -> Iterator[None]:
    """Keep the cycle collector from walking rows that hold no cycle: a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def refusals_csv(stream: TextIO, say: Callable[[Sentence], str]) -> Callable[[RefusedRow], None]:
    """Return a `refused` for `import_catalogue` that writes each row to a CSV text.

    Columns: line, field, value, reason (put into words by `say`).
    """
    out = csv.writer(stream)
    out.writerow(("line", "field", "value", "reason"))
    return lambda row: out.writerow((row.line, row.field, _no_formula(row.value), say(row.reason)))


def _no_formula(value: str) -> str:
    """Keep a spreadsheet from running what a cell of somebody's file holds."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@")) else value


def _progress(file: CatalogueFile, count: _Count) -> Progress:
    return Progress(count.rows, file.position, file.size)


def _batches(table: _Table, count: _Count, tell: Callable[[], None]) -> Iterator[list[Row]]:
    """Yield the good rows in batches; count the others."""
    admit, read = SeenRows(dated=table.may_date).admit, table.read
    batch: list[Row] = []
    for line, record in table.records:
        count.rows += 1
        try:
            batch.append(admit(read(line, record)))
        except CellRefused as refused:
            count.refuse(refused.row(line))
        if count.rows % _TELL_ROWS == 0:
            _refuse_too_many(count.rows)
            tell()
        if len(batch) >= BATCH_ROWS:
            yield batch
            batch = []
    _refuse_too_many(count.rows)
    yield batch


def _refuse_too_many(rows: int) -> None:
    if rows > ROWS_MAX:
        raise Refusal(
            "too_many_rows",
            "The file has more than {limit} rows: cut it in two.",
            limit=ROWS_MAX,
        )


class _Table(Protocol):
    """A file's records, and how one becomes a row.

    `may_date`: rows of one article may differ by date; `dated`: dates were given so far.
    """

    may_date: bool
    dated: bool
    records: Iterator[Record]

    def read(self, line: int, record: list[str] | dict[str, str] | BadRecord) -> Row: ...


def _table(file: CatalogueFile, format_: Format, rules: ImportRules) -> _Table:
    lines = file.lines()
    opening: list[str] = []
    for line in lines:
        opening.append(line)
        if line.strip():
            break
    text = chain(opening, lines)
    if is_json(format_, opening[-1]):
        return _JsonTable(json_records(text), rules)
    return _CsvTable(csv_records(text, separator(opening[-1])), rules)


class _CsvTable:
    """A CSV file: one header for all rows."""

    def __init__(self, records: Iterator[Record], rules: ImportRules) -> None:
        self.records = records
        headings = next((cells for _, cells in records), None)
        reader = RowReader(rules, headings if isinstance(headings, list) else [])
        self._read = reader.read
        self.dated = self.may_date = "since" in reader.places

    def read(self, line: int, record: list[str] | dict[str, str] | BadRecord) -> Row:
        if isinstance(record, list):
            return self._read(line, record)
        raise _without_cells(record)


class _JsonTable:
    """A JSON Lines file: each object brings its own names; a price may always have a date."""

    def __init__(self, records: Iterator[Record], rules: ImportRules) -> None:
        self.records = records
        self.may_date = True
        self.dated = False
        self._rules = rules
        self._readers: dict[tuple[str, ...], RowReader] = {}

    def read(self, line: int, record: list[str] | dict[str, str] | BadRecord) -> Row:
        if not isinstance(record, dict):
            raise _without_cells(record)
        names = tuple(record)
        reader = self._readers.get(names) or self._reader(names)
        return reader.read(line, list(record.values()))

    def _reader(self, names: tuple[str, ...]) -> RowReader:
        try:
            reader = RowReader(self._rules, names)
        except Refusal as refusal:
            raise CellRefused("code", "", refusal.sentence) from refusal
        self.dated = self.dated or "since" in reader.places
        if len(self._readers) < _JSON_SHAPES_MAX:
            self._readers[names] = reader
        return reader


def _without_cells(record: object) -> CellRefused:
    assert isinstance(record, BadRecord)
    return CellRefused("row", record.text, record.reason)
