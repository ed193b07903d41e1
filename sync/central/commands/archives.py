"""`journal import`: a till's archive is checked whole, and taken in as pushes of its entries."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import typer
from pydantic import ValidationError

from pos.archive.keys import key_of
from pos.archive.rows import Row, read_row
from pos.archive.verifier import DAMAGE, JOURNAL, Lines, Report, say, verify
from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.journal.entry import Place, name_of
from pos.journal.signing import key_id
from sync.central import ingest, lacking, stores
from sync.central.commands import said
from sync.central.commands.goods import source
from sync.central.commands.shops import at_centre
from sync.central.engine import Centre
from sync.central.open import Opened
from sync.central.values import Corrupt, TillId
from sync.protocol import ENTRIES_MOST, PUSH_BYTES_MOST, EntryText, Push

SHOWN = 20
_Progress = Callable[[int], None]


@dataclass(slots=True)
class Brought:
    """What came of an archive: entries read, those of them that were new or not understood.

    `parted` are the epochs of which the centre holds other entries under the same numbers.
    """

    who: TillId
    read: int = 0
    fresh: int = 0
    parked: int = 0
    parted: list[str] = field(default_factory=list)


def import_archive(folder: Path, file: Path, keys: Sequence[str]) -> int:
    """Take a till's archive in; 1 when a person must look at what came of it.

    `keys` are public keys (or their files) that a person vouches for: this centre may have been
    restored to before it knew them. Raises Refusal, and nothing was taken, for a till that is not
    known, for what is not sound to the last byte or not signed with a key of that till, and when
    entries before it are lacking.
    """
    vouched = {key_id(key): key for key in map(key_of, keys)}

    async def deed(centre: Centre, _found: Opened) -> Brought:
        who = _whose(file)
        async with centre.session(who.store) as session:
            own = await ingest.keys_of(session, who)
        new = {name: key for name, key in vouched.items() if name not in own}
        is_there = who in {one.who for one in await stores.tills(centre, [who.store])}
        if not is_there or not (own or new):
            raise Refusal(
                "unknown_till",
                "{till} is not known here; enrol it, then import its archive again.",
                till=str(who),
            )
        _warn(who, new)
        with _counting(Sentence("Entries checked:")) as progress:
            _check(file, who, verify(str(file), [*own.values(), *new.values()], progress))
        await centre.done(
            who.store, lambda session: ingest.vouch(session, who, new, datetime.now(UTC))
        )
        with _counting(Sentence("Entries taken in:")) as progress:
            brought = await _take_in(centre, who, file, progress)
        now = datetime.now(UTC)
        await centre.done(who.store, lambda session: lacking.settle(session, who, now))
        return brought

    return _tell(at_centre(folder, deed), file)


def _warn(who: TillId, vouched: Iterable[str]) -> None:
    """Say whom a person takes at their word; such a key proves entries, and lets nobody in."""
    for name in vouched:
        said.complain(
            Sentence(
                "This centre does not know the key {key}. What it signed is taken as written by"
                " {till} from now on, because you say so; it lets no machine in.",
                key=name,
                till=str(who),
            )
        )


def _whose(file: Path) -> TillId:
    """Return the till whose entries an archive holds, as its first one says."""
    for row in _rows(file):
        if all(name.isascii() and name.isalnum() for name in (row.store, row.till)):
            return TillId(row.store, row.till)
        break
    raise _no_archive(file)


def _check(file: Path, who: TillId, report: Report) -> None:
    if report.sound:
        return
    for line in say(report, str(file), said.words().language)[:SHOWN]:
        said.complain(line)
    raise Refusal(
        "unsound",
        "{file} is not what {till} wrote; nothing of it was taken in.",
        file=str(file),
        till=str(who),
    )


async def _take_in(centre: Centre, who: TillId, file: Path, progress: _Progress) -> Brought:
    """Push the entries batch by batch; each commits as a whole, so that a cut leaves no half."""
    brought = Brought(who)
    for push in _pushes(file, who):
        brought.read += len(push.entries)
        if push.epoch not in brought.parted:
            await _push(centre, brought, push, file)
        progress(brought.read)
    return brought


async def _push(centre: Centre, brought: Brought, push: Push, file: Path) -> None:
    who, now = brought.who, datetime.now(UTC)
    first, last = push.entries[0].number, push.entries[-1].number
    try:
        answer, fresh = await centre.done(
            who.store, lambda session: ingest.take(session, who, push, now)
        )
    except Corrupt as corrupt:
        raise _broken(who, push.epoch, corrupt.number, corrupt.why) from corrupt
    if answer.state == "gap":
        raise Refusal(
            "gap",
            "The centre lacks what comes before: it holds {epoch} up to {held}, and {file} begins"
            " at {first}. Import the archive before it first.",
            epoch=push.epoch,
            held=answer.expected - 1,
            file=str(file),
            first=first,
        )
    if answer.state == "fork":
        brought.parted.append(push.epoch)
        return
    brought.fresh += fresh
    brought.parked += len(answer.parked)
    if answer.expected <= last:
        raise _broken(who, push.epoch, answer.expected, "the entry is not sound")


def _pushes(file: Path, who: TillId) -> Iterator[Push]:
    """Yield the entries as a till would send them: consecutive, of one epoch, as many as fit."""
    batch: list[EntryText] = []
    epoch, size = "", 0
    for row in _rows(file):
        if (row.store, row.till) != (who.store, who.till):
            raise _no_archive(file)
        size += len(row.body) + 400
        is_full = len(batch) >= ENTRIES_MOST or size > PUSH_BYTES_MOST
        if batch and (row.epoch != epoch or is_full):
            yield Push(request="import", epoch=epoch, entries=batch)
            batch, size = [], len(row.body) + 400
        epoch = row.epoch
        try:
            batch.append(EntryText.model_validate(row._asdict()))
        except ValidationError as error:
            raise _no_archive(file) from error
    if batch:
        yield Push(request="import", epoch=epoch, entries=batch)


def _rows(file: Path) -> Iterator[Row]:
    """Yield the entries of an archive. Raises Refusal for a file that is none."""
    with source(file) as opened:
        try:
            with zipfile.ZipFile(opened) as archive:
                lines = Lines(archive, JOURNAL)
                lines.take()
                while line := lines.take():
                    row = read_row(line)
                    if row is None:
                        break
                    yield row
                else:
                    if not lines.is_damaged:
                        return
        except DAMAGE as error:
            raise _no_archive(file) from error
    raise _no_archive(file)


def _no_archive(file: Path) -> Refusal:
    return Refusal("no_archive", "{file} is not an archive that a till wrote.", file=str(file))


def _broken(who: TillId, epoch: str, number: int, why: str) -> Refusal:
    name = name_of(Place(who.store, who.till, epoch), number)
    return Refusal("broken", "Entry {entry} cannot be taken in: {why}.", entry=name, why=why)


@contextmanager
def _counting(label: Sentence) -> Iterator[_Progress]:
    """Show how far a long work is, in place; nothing where nobody looks on."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    text = said.words().say(label)
    try:
        yield lambda count: typer.echo(f"\r{text} {count}", nl=False, err=True)
    finally:
        typer.echo("\r\x1b[K", nl=False, err=True)


def _tell(brought: Brought, file: Path) -> int:
    till = str(brought.who)
    for epoch in brought.parted:
        sentence = Sentence(
            "Of {till}-{epoch} the centre holds other entries under the same numbers; see the"
            " conflict inbox.",
            till=till,
            epoch=epoch,
        )
        said.complain(sentence)
    if brought.parked:
        parked = Sentence(
            "{count} entries are kept that the centre does not understand; see the conflict inbox.",
            count=brought.parked,
        )
        said.complain(parked)
    done = Sentence(
        "{file}: {fresh} of {read} entries were new and are held now. {till} sends what follows"
        " by itself.",
        file=str(file),
        fresh=brought.fresh,
        read=brought.read,
        till=till,
    )
    said.say(done)
    return 1 if brought.parted else 0
