"""A seeded shop's archive, and the ways to open it, change it and pack it again."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from pos.archive.rows import Row, read_row
from pos.archive.verifier import JOURNAL, MANIFEST, Report, verify
from pos.archive.writer import Before, Source, Written, write_archive
from pos.domain.facts import VatFacts
from pos.doubles import FixedClock, HashSigner, MemoryStore
from pos.journal.canonical import canonical, read_facts
from pos.journal.chain import START, Chain
from pos.journal.entry import Entry
from pos.journal.signing import SeedKey
from pos.main.archives import archive_made
from pos.store.spans import DaySpan, Edge
from pos.till import cash, closing, drawer
from pos.till.desk import Desk
from tests.till import deeds
from tests.till.closing_days import local
from tests.till.shop import MANAGER, Till

KEY = SeedKey(bytes(range(32)))
OTHER_KEY = SeedKey(bytes(32))
FIRST_DAY, DAYS, SEED = "2026-12-28 09:30", 5, 20261228

Entries = list[Entry]
Contents = dict[str, bytes]


@dataclass
class SigningTill(Till):
    """A till in memory that signs with a real key."""

    def desk_on(self, store: MemoryStore) -> Desk:
        store.signer = cast(HashSigner, KEY)
        desk = super().desk_on(store)
        desk.ports.signer = KEY
        return desk


@cache
def entries_of(fiscal: str = "france") -> tuple[Entry, ...]:
    """Return the journal of a till over a month's and a year's end, every kind of deed in it."""
    till = SigningTill(fiscal, clock=FixedClock(local(FIRST_DAY)))
    till.sign_in(MANAGER)
    chance = random.Random(SEED)
    for day in range(DAYS):
        for deed in _deeds_of(day):
            deeds.do(till, deed, chance.randrange(60))
        till.sign_in(MANAGER)
        closing.close_day(till.desk)
        till.clock.pass_s(deeds.DAY_S)
        closing.catch_up(till.desk)
    entries = till.store.entries
    ends = [n for n, entry in enumerate(entries) if entry.kind == "closing.finished"]
    kinds = {entry.kind for entry in entries}
    assert {"epoch.opened", "shift.closed", "cash.moved", "archive.made"} <= kinds
    return tuple(entries[: ends[-1] + 1])


def _deeds_of(day: int) -> Sequence[deeds.Deed]:
    """Return what happens on a day: something of everything, once, and sales on each."""
    sales = (deeds.sell_something, deeds.sell_something)
    others: tuple[Sequence[deeds.Deed], ...] = (
        (deeds.give_back, _drop, deeds.copy_a_ticket),
        (_train, deeds.sell_something, deeds.copy_a_ticket, _stop_training, deeds.exchange),
        (deeds.void, deeds.open_the_drawer, deeds.lose_the_file, deeds.sell_something),
        (deeds.count_the_drawer, deeds.abandon, _archive),
        (deeds.copy_a_closing, deeds.restart),
    )
    return (*sales, *others[day])


def _drop(till: Till, n: int) -> None:
    cash.drop(till.desk, 100 + n, "coffre")
    drawer.no_sale(till.desk, "monnaie")


def _archive(till: Till, n: int) -> None:
    """An archive of the first days was made, as the command writes it down."""
    rates = (VatFacts(rate=2000, gross=1200, net=1000, tax=200),)
    written = Written("ab" * 32, 9, 9, "S001-T01-K1/000001", "S001-T01-K1/000009", 1200, rates)
    span = DaySpan(Edge(), 9, "2026-12-28", "2026-12-28", 1)
    till.desk.record(archive_made(till.desk, written, span))


def _train(till: Till, n: int) -> None:
    deeds.train(till, 0)


def _stop_training(till: Till, n: int) -> None:
    deeds.train(till, 1)


def source_of(entries: Sequence[Entry], before: Before | None = None) -> Source:
    """Return a span of a journal as it is archived."""
    before = before or Before()
    return Source(
        entries=list(enumerate(entries, before.ordinal + 1)),
        before=before,
        software="Comptoir 0",
        fiscal="france 2.0",
        public_keys=[KEY.public_key],
    )


def write(path: Path, of: Sequence[Entry] | Source, key: SeedKey = KEY) -> Written:
    """Archive a span of a journal."""
    return write_archive(path, of if isinstance(of, Source) else source_of(of), key)


def resigned(entries: Sequence[Entry], change: Callable[[int, str, Any], Any]) -> Entries:
    """Return the journal that a holder of the key would have written with other facts.

    `change` is given the place, the kind and the facts of each entry, and returns the facts to
    write, or None to write no such entry. Hashes, links and signatures are right again; the fiscal
    stamps inside the facts stay as they were.
    """
    chain = Chain(entries[0].place, START)
    found: Entries = []
    for place, entry in enumerate(entries):
        facts = change(place, entry.kind, read_facts(entry.body))
        chain.place = entry.place
        if facts is not None:
            head = (entry.kind, entry.version, entry.at)
            found.append(chain.append(*head, canonical(facts), KEY))
    return found


def opened(path: Path) -> Contents:
    """Return the files of an archive by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(contents: Contents) -> bytes:
    """Pack files as any program would, with the standard library."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return made.getvalue()


def with_digests(contents: Contents) -> Contents:
    """Return the files with a manifest that states their digests, as a forger would.

    The manifest's signature stays as it was: nobody but the till can make another.
    """
    manifest = json.loads(contents[MANIFEST])
    for name, stated in manifest["files"].items():
        content = contents.get(name, b"")
        stated["sha256"] = sha256(content).hexdigest()
        stated["bytes"], stated["lines"] = len(content), content.count(b"\n")
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    return {**contents, MANIFEST: text.encode()}


def checked(path: Path, archive: bytes, *keys: SeedKey) -> Report:
    """Check an archive that was changed, with the till's key unless told."""
    path.write_bytes(archive)
    return verify(str(path), [key.public_key for key in keys or (KEY,)])


def rows_of(contents: Contents) -> list[Row]:
    """Return the entries of journal.csv."""
    lines = contents[JOURNAL].splitlines(keepends=True)[1:]
    rows = [read_row(line) for line in lines]
    assert None not in rows
    return [row for row in rows if row is not None]
