"""`comptoir fiscal about`, `closings`, `export`, `purge`: the books for those who answer for them.

What leaves the till is written down in the journal.
"""

from __future__ import annotations

import hashlib
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import typer

from config import settings as settings_file
from config.places import places
from config.words import GettextWords, words_for
from pos.archive.bundle import stand_alone
from pos.archive.writer import digest_of
from pos.domain.errors import Refusal
from pos.domain.events import ArchiveVerified, ExportMade, PeriodClosed
from pos.domain.words import Sentence
from pos.fiscal.france import FranceRules
from pos.fiscal.port import ExportFile
from pos.main.archives import checked, day_of, explained_file, tell, tool_desk
from pos.main.journals import journal_file
from pos.main.people import MACHINE
from pos.main.perimeter import about_fiscal
from pos.main.rules import fiscal_rules
from pos.papers.day_csv import day_csv
from pos.store.books import BookFile
from pos.store.engine import reading
from pos.store.keys import remembered_keys
from pos.store.open import KEYS, Store
from pos.store.purge import purge as take_out
from pos.store.queries import entry_at
from pos.till.desk import Desk

SUFFIXES = {"accounting": ".txt", "ereporting": ".json", "csv": ".csv"}
"""The kinds of exports, by how the names of their files end."""

NONE_CLOSED = {
    "day": Sentence("No day was closed on this till yet."),
    "month": Sentence("No month was closed on this till yet: it closes with its last day."),
    "year": Sentence("No fiscal year was closed on this till yet: it closes with its last day."),
}
"""What is said of a level that nothing was closed of; the levels are its keys."""


def about() -> int:
    """Say which fiscal rules this till runs (plug-in, version, digest), and its verifier's digest.

    Whoever checks an archive with the verifier that lies in it compares that file's SHA-256 with
    the one said here.
    """
    settings = settings_file.load()
    words, rules = words_for(settings.till.language), fiscal_rules(settings)
    if isinstance(rules, FranceRules):
        for sentence in about_fiscal():
            typer.echo(words.say(sentence))
    else:
        typer.echo(f"{rules.name} {rules.fiscal_version}")
    digest = sha256(stand_alone()).hexdigest()
    typer.echo(words.say(Sentence("SHA-256 of verifier.py: {digest}", digest=digest)))
    return 0


def closings(level: str, *, as_json: bool) -> int:
    """List the closings of a level, the oldest first."""
    if level not in NONE_CLOSED:
        raise Refusal("bad_level", "{level} is no level: day, month or year.", level=level)
    settings = settings_file.load()
    words = words_for(settings.till.language, settings.shop.currency, settings.shop.zone)
    books, found = BookFile(journal_file(places()), ""), False
    try:
        for closed in books.closings(level):
            found = True
            typer.echo(json.dumps(_facts(closed)) if as_json else _line(words, closed))
    finally:
        books.close()
    if not found and not as_json:
        typer.echo(words.say(NONE_CLOSED[level]))
    return 0


def _facts(closed: PeriodClosed) -> dict[str, object]:
    return {
        "label": closed.label,
        "level": closed.level,
        "key": closed.key,
        "at": closed.at,
        "tickets": closed.figures.tickets,
        "total": closed.figures.total,
        **closed.running.model_dump(),
        "extract": closed.fiscal.extract,
    }


def _line(words: GettextWords, closed: PeriodClosed) -> str:
    total, perpetual = words.amount(closed.figures.total), words.amount(closed.running.perpetual)
    figures = f"{closed.figures.tickets:>6} {total:>16} {perpetual:>18}"
    return f"{closed.key:<10}  {closed.label:<18} {figures}  {closed.fiscal.extract}"


def export(first: str, last: str, kind: str, folder: Path) -> int:
    """Write the files of closed days, and write down that they left; 0 also when there is none.

    The entry's `sha256` is that of all the files' bytes in the order of their days.
    """
    if kind not in SUFFIXES:
        raise Refusal(
            "bad_export", "{kind} is no export: accounting, ereporting or csv.", kind=kind
        )
    begin, end = day_of(first), day_of(last)
    with tool_desk() as (desk, _):
        days = [
            closed
            for closed in desk.ports.books.closings("day")
            if begin <= closed.key <= (end or "9999")
        ]
        if not days:
            raise Refusal("no_days", "No closed day lies between these dates.")
        files = [file for closed in days for file in _files(desk, closed, kind)]
        with explained_file(folder):
            _write(folder, files)
        texts = "".join(file.text for file in files).encode()
        made = ExportMade(
            export=kind,
            first_day=days[0].key,
            last_day=days[-1].key,
            sha256=hashlib.sha256(texts).hexdigest(),
            staff=MACHINE.ref,
        )
        desk.record(made)
        said = Sentence(
            "{count} files written to {folder}, for the closed days {first} to {last}.",
            count=len(files),
            folder=str(folder),
            first=days[0].key,
            last=days[-1].key,
        )
        typer.echo(desk.words().say(said))
    return 0


def _files(desk: Desk, closed: PeriodClosed, kind: str) -> list[ExportFile]:
    """Return the files of a kind for a closed day."""
    if kind == "csv":
        name = f"cloture-{closed.till}-{closed.key}.csv"
        words = desk.words_in(closed.language)
        return [ExportFile(name, day_csv(closed.figures, closed.running, words, closed))]
    files = desk.ports.fiscal.exports(closed, desk.rules.closing.accounts)
    return [file for file in files if file.name.endswith(SUFFIXES[kind])]


def _write(folder: Path, files: list[ExportFile]) -> None:
    """Write each file under another name first: never half of one."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        draft = folder / f".{file.name}.part"
        draft.write_bytes(file.text.encode())
        draft.replace(folder / file.name)


def purge(file: Path) -> int:
    """Check an archive of this till, then take the entries it holds out of the till's file."""
    with tool_desk() as (desk, store):
        report = checked(file, remembered_keys(places().state / KEYS))
        tell(report, str(file), as_json=False)
        if not report.sound:
            return 1
        until, name = _until(store, report.manifest), report.manifest["last"]["entry"]
        sha256 = digest_of(file)
        desk.record(ArchiveVerified(sha256=sha256, last_entry=name))
        take_out(store, until, sha256, MACHINE.ref)
        said = Sentence(
            "The entries up to {name} left this till; {file} holds them from now on.",
            name=name,
            file=str(file),
        )
        typer.echo(desk.words().say(said))
    return 0


def _until(store: Store, manifest: dict[str, Any]) -> int:
    """Return the ordinal of an archive's last entry; Refusal when this till wrote another there."""
    until = int(manifest["before"]["ordinal"]) + int(manifest["entries"])
    with reading(store.engine).connect() as connection:
        entry = entry_at(connection, until)
    if entry is None or entry.hash.hex() != manifest["last"]["hash"]:
        raise Refusal(
            "not_ours", "The journal of this till does not hold what this archive ends with."
        )
    return until
