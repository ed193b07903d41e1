"""`comptoir fiscal archive` and `verify`: the journal outside the till, and its check."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import takewhile
from pathlib import Path

import typer
from sqlalchemy import Connection

from config import settings as settings_file
from config.places import places
from config.words import GettextWords, words_for
from pos.archive.audit import Audit, Known
from pos.archive.findings import Finding
from pos.archive.keys import key_of
from pos.archive.verifier import PROGRESS_EVERY, Report, say
from pos.archive.verifier import verify as verify_file
from pos.archive.writer import Before, Source, Written, row_of, write_archive
from pos.domain.errors import Refusal
from pos.domain.events import ArchiveMade, ArchiveVerified
from pos.domain.words import Sentence
from pos.fiscal.port import ArchiveToSign, ChainHead
from pos.journal.chain import Head
from pos.journal.entry import Place, name_of
from pos.main.join import desk_of, store_of
from pos.main.journals import journal_file, remembered
from pos.main.people import MACHINE
from pos.main.progress import counting
from pos.store.engine import explained, open_reader, reading
from pos.store.keys import remembered_keys
from pos.store.open import KEYS, Store
from pos.store.queries import stream
from pos.store.rebuild import stated_keys
from pos.store.spans import DaySpan, Edge, beginning, day_span
from pos.till.desk import Desk

Progress = Callable[[int], None]
"""What is told how many entries were read."""

DAYS_MOST = 366
"""The most days of an archive: a year, of which the law asks for one a year at least."""


@contextmanager
def tool_desk() -> Iterator[tuple[Desk, Store]]:
    """Open this till's file for a tool of the machine's own account, and close it."""
    settings = settings_file.load()
    store = store_of(settings, places())
    try:
        desk = desk_of(settings, store)
        desk.person = MACHINE
        yield desk, store
    finally:
        store.close()


def day_of(text: str) -> str:
    """Return an ISO date that someone typed, "" for none; Refusal for what is no date."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise Refusal(
            "bad_day", "“{text}” is not a date; write it as 2026-12-31.", text=text
        ) from None


def archive(first: str, last: str, out: Path) -> int:
    """Archive closed days, write that down, and check the file; 0 when it is sound."""
    with tool_desk() as (desk, store):
        keys = remembered_keys(places().state / KEYS)
        with counting(desk.words().say("Entries archived:")) as progress, explained_file(out):
            path, span, written = _write(desk, store, (day_of(first), day_of(last)), out, progress)
        desk.record(archive_made(desk, written, span))
        report = checked(path, keys)
        if report.sound:
            desk.record(ArchiveVerified(sha256=written.sha256, last_entry=written.last_entry))
        tell(report, str(path), as_json=False)
        said = Sentence(
            "{file} holds {days} closed days. Copy it to a medium that stays outside the shop."
            " Its SHA-256 is {sha256}.",
            file=str(path),
            days=span.days,
            sha256=written.sha256,
        )
        typer.echo(desk.words().say(said))
    return 0 if report.sound else 1


def _write(
    desk: Desk, store: Store, days: tuple[str, str], out: Path, progress: Progress
) -> tuple[Path, DaySpan, Written]:
    """Write the archive of some days out of one snapshot of the till's file."""
    place, rules = store.ledger.place, desk.ports.fiscal
    with reading(store.engine).begin() as connection:
        span = day_span(connection, *days)
        if span.days > DAYS_MOST:
            raise Refusal(
                "too_many_days",
                "{days} days are more than one archive holds ({most}); archive a year at a time.",
                days=span.days,
                most=DAYS_MOST,
            )
        named = f"archive-{place.store}-{place.till}-{span.first}-{span.last}.zip"
        path = out / named if out.is_dir() else out
        source = Source(
            entries=takewhile(
                lambda one: one[0] <= span.until, stream(connection, span.before.ordinal)
            ),
            before=_before(span.before),
            software=desk.rules.software,
            fiscal=f"{rules.name} {rules.fiscal_version}",
            public_keys=remembered_keys(places().state / KEYS),
        )
        return path, span, write_archive(path, source, store.signer, progress)


def archive_made(desk: Desk, written: Written, span: DaySpan) -> ArchiveMade:
    """Return the entry that says that an archive was written, with the country's stamp on it."""
    place = desk.ports.ledger.place
    to_sign = ArchiveToSign(
        sha256=written.sha256,
        days=f"{span.first}/{span.last}",
        vat=written.vat,
        total=written.total,
        till=f"{place.till}-{place.epoch}",
        at_local=f"{desk.now():%Y%m%d%H%M%S}",
    )
    head = desk.ports.books.heads().get("archive", ChainHead())
    return ArchiveMade(
        sha256=written.sha256,
        first_day=span.first,
        last_day=span.last,
        first_entry=written.first_entry,
        last_entry=written.last_entry,
        entries=written.entries,
        total=written.total,
        fiscal=desk.ports.fiscal.archive(to_sign, head, desk.ports.signer),
    )


def verify(file: Path, keys: Sequence[str], *, as_json: bool) -> int:
    """Check an archive with the keys given, else this till's, else its own; see `exit_code`."""
    trusted = [key_of(text) for text in keys] or remembered_keys(places().state / KEYS)
    report = checked(file, trusted)
    tell(report, str(file), as_json=as_json)
    return report.exit_code


def checked(file: Path, keys: Sequence[bytes]) -> Report:
    """Check an archive, counting for whoever looks on; Refusal when it cannot be opened."""
    with counting(_words().say("Entries checked:")) as progress, explained_file(file):
        return verify_file(str(file), keys, progress)


def verify_db(keys: Sequence[str], *, as_json: bool) -> int:
    """Check the journal of this till as an archive of it would be; 0 when nothing is in doubt.

    It is checked against the keys and the marker that lie outside it; without keys of its own it
    is checked against what it says itself, which is told.
    """
    found = places()
    path = journal_file(found)
    trusted = [key_of(text) for text in keys] or remembered_keys(found.state / KEYS)
    head = remembered(found)
    engine = open_reader(path)
    try:
        with (
            counting(_words().say("Entries checked:")) as progress,
            explained(str(path)),
            engine.begin() as connection,
        ):
            known = None if head is None else Known(_name(connection, head), head.hash.hex())
            own = () if trusted else stated_keys(connection)
            audit = Audit(trusted or own, _before(beginning(connection)).as_facts(), known)
            count = 0
            for count, (ordinal, entry) in enumerate(stream(connection), 1):
                audit.take(row_of(ordinal, entry), f"{path.name}:{ordinal}")
                if count % PROGRESS_EVERY == 0:
                    progress(count)
            audit.finish()
    finally:
        engine.dispose()
    if not trusted:
        audit.findings.add("own_key", path.name, where=str(path.parent))
    if head is None:
        audit.findings.add("no_marker", path.name, where=str(found.state))
    report = Report(audit.findings.wrong, audit.findings.notes, count, {})
    tell(report, str(path), as_json=as_json)
    return 0 if report.sound and trusted and head is not None else 1


def _name(connection: Connection, head: Head) -> str:
    """Return the name of the entry that the marker remembers; its till is the file's."""
    row = connection.exec_driver_sql("SELECT store, till FROM entry LIMIT 1").first()
    store, till = ("?", "?") if row is None else row
    return name_of(Place(store, till, head.epoch), head.number)


def _before(edge: Edge) -> Before:
    return Before(edge.ordinal, edge.name, edge.hash, edge.closed)


def tell(report: Report, file: str, *, as_json: bool) -> None:
    """Say a report in the till's language, or print it as one JSON object."""
    if as_json:
        typer.echo(json.dumps(_facts(report), ensure_ascii=False))
        return
    for line in say(report, file, settings_file.load().till.language):
        typer.echo(line.encode("utf-8", "replace").decode())


def _facts(report: Report) -> dict[str, object]:
    def listed(found: Sequence[Finding]) -> list[dict[str, str]]:
        return [
            {
                "what": one.slug,
                "where": one.where,
                "record": one.name,
                "detail": one.detail,
                "sentence": one.text("en"),
            }
            for one in found
        ]

    return {
        "ok": report.sound,
        "vouched": report.vouched,
        "entries": report.entries,
        "findings": listed(report.findings),
        "notes": listed(report.notes),
    }


@contextmanager
def explained_file(file: Path) -> Iterator[None]:
    """Turn what the disk says inside the block into a sentence."""
    try:
        yield
    except FileExistsError as error:
        raise Refusal(
            "file_exists",
            "{file} is there already; name another file, or move that one away.",
            file=str(error.args[0]),
        ) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise Refusal(
                "disk_full",
                "The disk is full: {file} cannot be written. Free some space.",
                file=str(file),
            ) from error
        raise Refusal(
            "no_file",
            "{file} cannot be opened ({why}).",
            file=str(error.filename or file),
            why=error.strerror or type(error).__name__,
        ) from error


def _words() -> GettextWords:
    return words_for(settings_file.load().till.language)
