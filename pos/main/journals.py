"""`comptoir journal verify` and `comptoir rebuild --check`: proof, from the till's own file."""

from __future__ import annotations

import json

import typer

from config import settings as settings_file
from config.places import Places, places
from config.words import words_for
from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.journal.chain import Head
from pos.store.engine import explained, open_engine
from pos.store.marker import Marker
from pos.store.open import FILE
from pos.store.rebuild import rebuild_check
from pos.store.rebuild import verify as verify_file


def verify(*, as_json: bool) -> int:
    """Check the whole journal; 0 when nothing is wrong."""
    settings, found = settings_file.load(), places()
    path = found.data / FILE
    if not path.exists():
        raise Refusal("no_journal", "There is no journal at {file} yet.", file=str(path))
    report = verify_file(path, known=_remembered(found))
    words = words_for(settings.till.language)
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "entries": report.entries,
                    "ok": not report.findings,
                    "findings": [
                        {"entry": one.name, "what": one.slug, "sentence": str(one.sentence)}
                        for one in report.findings
                    ],
                }
            )
        )
    else:
        for one in report.findings:
            typer.echo(words.say(one.sentence))
        typer.echo(
            words.say(
                Sentence(
                    "{count} entries read; {wrong} findings.",
                    count=report.entries,
                    wrong=len(report.findings),
                )
            )
        )
    return 1 if report.findings else 0


def _remembered(found: Places) -> Head | None:
    """Return the head that the marker outside the database remembers: a cut tail shows by it."""
    path = found.state / "marker"
    if not path.exists():
        return None
    marker = Marker(path)
    try:
        return None if marker.mark is None else marker.mark.head
    finally:
        marker.close()


def rebuild() -> int:
    """Compare every table with what the journal says; 0 when they are the same."""
    settings, found = settings_file.load(), places()
    path = found.data / FILE
    if not path.exists():
        raise Refusal("no_journal", "There is no journal at {file} yet.", file=str(path))
    words = words_for(settings.till.language)
    engine = open_engine(path)
    with explained(str(path)):
        result = rebuild_check(engine)
    engine.dispose()
    for one in result.differences:
        typer.echo(
            words.say(
                Sentence(
                    "The table {table} differs: stored {stored}, rebuilt {rebuilt}.",
                    table=one.table,
                    stored=str(one.stored),
                    rebuilt=str(one.rebuilt),
                )
            )
        )
    typer.echo(
        words.say(
            Sentence(
                "{count} entries replayed; {wrong} tables differ.",
                count=result.entries,
                wrong=len(result.differences),
            )
        )
    )
    return 1 if result.differences else 0
