"""`catalogue import`, `price set`: what tills are to know of articles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from config import settings as settings_file
from config.vat_table import vat_table
from pos.domain import catalogue_cells
from pos.domain.catalogue_import import Defaults, ImportRules
from pos.domain.errors import Refusal
from pos.domain.words import Amount, Sentence
from pos.till.catalogue_file import BadRecord, CatalogueFile, csv_records, separator
from sync.central import catalogue, prices
from sync.central.catalogue import Report
from sync.central.commands.said import complain, say, words
from sync.central.commands.shops import at_centre
from sync.central.engine import Centre
from sync.central.open import Opened

SHOWN = 20


def import_file(
    folder: Path, file: Path, zone: tuple[str, bool], vat: str, like: Path | None
) -> int:
    """Bring a file of articles into the catalogue, its prices into a zone, a new one perhaps.

    `like` is a till's settings file, whose scale labels and names of columns are understood; else
    those of the default settings are.
    """
    name, is_new = zone

    def sheet() -> Iterator[Sequence[str]]:
        with source(file) as opened_file:
            yield from cells(opened_file)

    till = settings_file.load(like or settings_file.DEFAULTS, {})

    async def deed(centre: Centre, found: Opened) -> Report:
        rules = ImportRules(
            vat=vat_table(found.settings.country),
            now=datetime.now(UTC),
            zone=ZoneInfo(found.settings.time_zone),
            defaults=Defaults(vat=vat),
            headers=dict(till.catalogue.headers.items()),
            plans=till.barcodes.plans(),
        )
        return await catalogue.import_rows(centre, sheet, rules, name, new_zone=is_new)

    report = at_centre(folder, deed)
    for row in report.refused[:SHOWN]:
        complain(
            Sentence(
                "line {line}, {field}: {reason}",
                line=row.line,
                field=row.field,
                reason=words().say(row.reason),
            )
        )
    say(
        Sentence(
            "{added} articles added, {changed} changed, {unchanged} unchanged;"
            " {refused} rows refused.",
            added=report.added,
            changed=report.changed,
            unchanged=report.unchanged,
            refused=report.refusals,
        )
    )
    return 0


def set_price(folder: Path, zone: str, sku: str, price: str, since: str) -> int:
    """Let an article cost something in a zone from an instant on."""
    amount = catalogue_cells.price(price)

    async def deed(centre: Centre, found: Opened) -> datetime:
        now = datetime.now(UTC)
        local = ZoneInfo(found.settings.time_zone)
        start = datetime.fromtimestamp(catalogue_cells.since(since, local), UTC) if since else now
        await prices.put(centre, zone, sku, amount, start, now)
        return start

    start = at_centre(folder, deed)
    say(
        Sentence(
            "{sku} costs {amount} in {zone} from {at} on.",
            sku=sku,
            amount=Amount(amount),
            zone=zone,
            at=words().moment(start.astimezone()),
        )
    )
    return 0


def source(file: Path) -> BinaryIO:
    """Open a file; Refusal `no_file` when that cannot be."""
    try:
        return file.open("rb")
    except OSError as error:
        raise Refusal(
            "no_file",
            "{file} cannot be opened ({why}).",
            file=str(file),
            why=error.strerror or type(error).__name__,
        ) from error


def cells(opened_file: BinaryIO) -> Iterator[Sequence[str]]:
    """Yield the cells of a CSV file, the headings first; a record without cells is one text."""
    lines = list[str]()
    text = CatalogueFile(opened_file).lines()
    for line in text:
        lines.append(line)
        if line.strip():
            break

    def whole() -> Iterator[str]:
        yield from lines
        yield from text

    for _, record in csv_records(whole(), separator(lines[-1] if lines else "")):
        yield record if isinstance(record, list) else [_text(record)]


def _text(record: BadRecord | dict[str, str]) -> str:
    return record.text if isinstance(record, BadRecord) else ""
