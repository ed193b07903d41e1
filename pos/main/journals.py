"""`comptoir journal` and `comptoir rebuild --check`: proof, from the till's own file.

What is checked against lies outside the file that is checked: the public keys this till ever
signed with, and the marker that remembers its last entry. Without them a check can only say that
the journal does not contradict itself, and says so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from config import settings as settings_file
from config.places import Places, places
from config.words import GettextWords, words_for
from pos.archive.keys import key_of
from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.journal.chain import Finding, Head, Report
from pos.store.engine import explained, open_reader
from pos.store.keys import remembered_keys
from pos.store.marker import Marker
from pos.store.open import FILE, KEYS, MARKER
from pos.store.rebuild import rebuild_check
from pos.store.rebuild import verify as verify_file

LOST = frozenset({"marker_ahead", "hash_differs", "nonce_differs", "marker_missing"})
"""Reasons of an epoch that mean that entries were lost, or that nobody can tell."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found, and what it could not know (`doubts`)."""

    report: Report
    doubts: tuple[Sentence, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong and nothing is in doubt."""
        lost = any(LOST & set(str(one.sentence.values["reason"]).split()) for one in self.notices)
        return self.report.sound and not self.doubts and not lost

    @property
    def notices(self) -> Sequence[Finding]:
        """The openings of new epochs, which the journal itself declares."""
        return self.report.notices


def verify(keys: Sequence[str], *, as_json: bool) -> int:
    """Check the whole journal; 0 when nothing is wrong, 1 otherwise."""
    settings, found = settings_file.load(), places()
    words = words_for(settings.till.language)
    path = journal_file(found)
    trusted = [key_of(text) for text in keys] or remembered_keys(found.state / KEYS)
    head = remembered(found)
    checked = Checked(verify_file(path, trusted, known=head), _doubts(trusted, head))
    if as_json:
        typer.echo(json.dumps(_facts(checked)))
    else:
        _say(checked, words)
    return 0 if checked.sound else 1


def show_keys() -> int:
    """Print the public keys this till ever signed with, the present one last."""
    known = remembered_keys(places().state / KEYS)
    if not known:
        raise Refusal("no_keys", "This till has no key yet; it makes one at its first start.")
    for key in known:
        typer.echo(key.hex())
    return 0


def journal_file(found: Places) -> Path:
    """Return where this till's journal is; Refusal when there is none yet."""
    path = found.data / FILE
    if not path.exists():
        raise Refusal("no_journal", "There is no journal at {file} yet.", file=str(path))
    return path


def _doubts(trusted: Sequence[bytes], head: Head | None) -> tuple[Sentence, ...]:
    doubts = []
    if not trusted:
        doubts.append(
            Sentence(
                "No public key was given: the journal was checked only against what it says itself."
            )
        )
    if head is None:
        doubts.append(
            Sentence("There is no marker: whether the journal's end is missing cannot be told.")
        )
    return tuple(doubts)


def _facts(checked: Checked) -> dict[str, object]:
    def listed(found: Sequence[Finding]) -> list[dict[str, str]]:
        return [
            {"entry": one.name, "what": one.slug, "sentence": str(one.sentence)} for one in found
        ]

    return {
        "entries": checked.report.entries,
        "ok": checked.sound,
        "findings": listed(checked.report.findings),
        "epochs": listed(checked.notices),
        "doubts": [str(doubt) for doubt in checked.doubts],
    }


def _say(checked: Checked, words: GettextWords) -> None:
    report = checked.report
    for sentence in (
        *(one.sentence for one in report.findings),
        *(one.sentence for one in checked.notices),
        *checked.doubts,
        Sentence(
            "{count} entries read; {wrong} findings.",
            count=report.entries,
            wrong=len(report.findings),
        ),
    ):
        typer.echo(words.say(sentence))


def remembered(found: Places) -> Head | None:
    """Return the head that the marker outside the database remembers: a cut tail shows by it."""
    path = found.state / MARKER
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
    path = journal_file(found)
    words = words_for(settings.till.language)
    engine = open_reader(path)
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
