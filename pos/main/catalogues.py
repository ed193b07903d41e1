"""`comptoir catalogue import`: a file, a progress bar, a report that names every refused row."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Engine

from config import settings as settings_file
from config.places import Places, places
from config.sections import Settings
from config.vat_table import vat_table
from config.words import GettextWords, words_for
from pos.domain.catalogue_import import Defaults, ImportRules
from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.main.join import journal_imports, store_of
from pos.main.rules import house_rules
from pos.main.world import SystemClock
from pos.ports import StoreUnavailable
from pos.store.catalogue_writer import StoredCatalogueWriter
from pos.store.open import open_catalogue
from pos.till.catalogue import ImportReport, Progress, import_catalogue, refusals_csv

SHOWN = 20
"""How many refused rows the terminal shows; all of them are in the --refused file."""


def import_rules(settings: Settings, vat: str = "") -> ImportRules:
    """Return how this shop reads catalogue files."""
    rules = house_rules(settings)
    return ImportRules(
        vat=vat_table(settings.shop.country),
        now=SystemClock().now(),
        zone=ZoneInfo(settings.shop.zone),
        plans=rules.plans,
        headers=dict(settings.catalogue.headers.items()),
        defaults=Defaults(vat=vat or settings.catalogue.default_vat),
    )


def import_file(file: Path, vat: str, refused: Path | None, *, as_json: bool) -> int:
    """Import a file into this till's catalogue; 0 also when some rows were refused."""
    settings = settings_file.load()
    words = words_for(settings.till.language, settings.shop.currency, settings.shop.zone)
    found = places()
    catalogue = open_catalogue(found.data)
    try:
        report = load_catalogue(catalogue, file, import_rules(settings, vat), words, refused)
    finally:
        catalogue.dispose()
    _journal_now(settings, found)
    _say(report, words, refused, as_json=as_json)
    return 0


def _journal_now(settings: Settings, found: Places) -> None:
    """Write the import down in the journal; a till that runs does so itself when it next may."""
    try:
        store = store_of(settings, found)
    except StoreUnavailable as busy:
        if busy.slug != "already_running":
            raise
        return
    try:
        journal_imports(store)
    finally:
        store.close()


def load_catalogue(
    catalogue: Engine,
    file: Path,
    rules: ImportRules,
    words: GettextWords,
    refused: Path | None = None,
) -> ImportReport:
    """Import a file into the articles' file; the note for the journal is left with it."""
    with ExitStack() as stack:
        try:
            source = stack.enter_context(file.open("rb"))
            out = stack.enter_context(refused.open("w", encoding="utf-8")) if refused else None
        except OSError as error:
            raise Refusal(
                "no_file",
                "{file} cannot be opened ({why}).",
                file=str(error.filename),
                why=error.strerror or type(error).__name__,
            ) from error
        bar = stack.enter_context(_Bar())
        return import_catalogue(
            source,
            "auto",
            rules,
            StoredCatalogueWriter(catalogue),
            progress=bar.show,
            refused=None if out is None else refusals_csv(out, words.say),
        )


class _Bar:
    """A progress bar on the error output, only where that is a terminal."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._done = 0

    def __enter__(self) -> _Bar:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.render_finish()

    def show(self, progress: Progress) -> None:
        """Move the bar to where the import is."""
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            self._bar = typer.progressbar(length=progress.bytes_total or 1, file=sys.stderr)
            self._bar.render_progress()
        self._bar.update(progress.bytes_done - self._done)
        self._done = progress.bytes_done


def _say(report: ImportReport, words: GettextWords, refused: Path | None, *, as_json: bool) -> None:
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "rows": report.rows,
                    "added": report.added,
                    "changed": report.changed,
                    "unchanged": report.unchanged,
                    "refused": report.refused,
                    "refusals": [
                        {
                            "line": row.line,
                            "field": row.field,
                            "value": row.value,
                            "reason": words.say(row.reason),
                        }
                        for row in report.refusals
                    ],
                },
                ensure_ascii=False,
            )
        )
        return
    for row in report.refusals[:SHOWN]:
        sentence = Sentence(
            "line {line}, {field}: {reason}",
            line=row.line,
            field=row.field,
            reason=words.say(row.reason),
        )
        typer.echo(words.say(sentence), err=True)
    if report.refused > SHOWN and refused is None:
        typer.echo(
            words.say(
                Sentence(
                    "… and {more} more; --refused FILE writes them all.",
                    more=report.refused - SHOWN,
                )
            ),
            err=True,
        )
    typer.echo(
        words.say(
            Sentence(
                "{rows} rows read: {added} articles added, {changed} changed,"
                " {unchanged} unchanged; {refused} rows refused.",
                rows=report.rows,
                added=report.added,
                changed=report.changed,
                unchanged=report.unchanged,
                refused=report.refused,
            )
        )
    )
