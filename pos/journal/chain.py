"""The chain: how an entry is added to a journal, and how a whole journal is checked.

Numbers are dense from 1 within an epoch, every entry's hash covers the hash before it, and the
first entry of an epoch follows the last one of the epoch that was left: a file is one chain.

>>> from pos.journal.signing import SeedKey
>>> key = SeedKey(bytes(32))
>>> chain = Chain(Place("S012", "T03", "K1"), START)
>>> entries = [
...     chain.append("till.started", 1, "2026-11-22T08:00:00.000Z", b"{}", key) for _ in "abc"
... ]
>>> entries[2].name, check(entries, [key.public_key]).sound
('S012-T03-K1/000003', True)
>>> [(each.slug, each.name) for each in check(entries[::2], [key.public_key]).findings]
[('missing', 'S012-T03-K1/000002')]
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pos.domain.errors import StoreUnavailable
from pos.domain.words import Sentence
from pos.journal.canonical import read_facts
from pos.journal.entry import GENESIS, Entry, Place, digest, epoch_number, name_of
from pos.journal.signing import Signer, key_id, verify

FINDINGS_MAX = 100
"""A check goes on after a finding, and stops keeping them at this many."""


class JournalBroken(StoreUnavailable):
    """The journal refuses to be written: its end is not what the till last wrote, or the facts
    do not add up.
    """


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a journal: its epoch, number (0 for none) and hash."""

    epoch: str
    number: int
    hash: bytes


START = Head("", 0, GENESIS)
"""The head of an empty journal."""


@dataclass(slots=True)
class Chain:
    """A journal being written: only its head is kept.

    `head` may lie in another epoch than `place`: the next entry is then number 1 and follows it.
    """

    place: Place
    head: Head

    def append(self, kind: str, version: int, at: str, body: bytes, signer: Signer) -> Entry:
        """Return the next entry and move the head to it; `body` is canonical JSON."""
        number = self.head.number + 1 if self.head.epoch == self.place.epoch else 1
        previous = self.head.hash
        own = digest(self.place, number, (kind, version, at), body, previous)
        entry = Entry(
            place=self.place,
            number=number,
            kind=kind,
            version=version,
            at=at,
            body=body,
            previous=previous,
            hash=own,
            signature=signer.sign(own),
            key_id=signer.key_id,
        )
        self.head = Head(self.place.epoch, number, own)
        return entry


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written: the entry's name, a stable slug, and words."""

    name: str
    slug: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Report:
    """What a check saw: `notices` are openings of an epoch, which the journal itself declares."""

    entries: int
    head: Head
    findings: tuple[Finding, ...]
    notices: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was altered, lost, inserted or moved."""
        return not self.findings


def check(
    entries: Iterable[Entry],
    public_keys: Iterable[bytes],
    *,
    after: tuple[Place, Head] | None = None,
    known: Head | None = None,
) -> Report:
    """Read a journal in its stored order and name every entry that is not as it was written.

    `public_keys` are the trusted keys (raw, 32 bytes). `after` is where and what the entry before
    the first one given was, to check only an end. `known` is a head remembered elsewhere (the
    marker, the centre): an end that stops before it was cut off. Memory does not grow with the
    journal.
    """
    place, head = after or (None, START)
    walk = _Walk({key_id(key): key for key in public_keys}, head, known, place)
    for entry in entries:
        walk.take(entry)
    walk.end()
    return Report(walk.count, walk.head, tuple(walk.findings), tuple(walk.notices))


@dataclass(slots=True)
class _Walk:
    """The state of a check: the head reached, the hash that must come next, the gaps seen."""

    keys: dict[str, bytes]
    head: Head
    known: Head | None
    place: Place | None
    count: int = 0
    link: bytes | None = None
    known_met: bool = False
    findings: list[Finding] = field(default_factory=list)
    notices: list[Finding] = field(default_factory=list)
    gaps: dict[int, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.link = self.head.hash

    def take(self, entry: Entry) -> None:
        """Judge one entry, then let it be the head when it is in its place."""
        self.count += 1
        intact = _own_digest(entry) == entry.hash
        if not intact:
            entry = self._altered(entry)
            self.link = None  # already reported: what follows cannot be compared with it
        genuine = intact and self._judge_signature(entry)
        if entry.place != self.place and not self._enters_epoch(entry, intact):
            return
        if self._judge_number(entry):
            self.head = Head(entry.place.epoch, entry.number, entry.hash)
            self.link = entry.hash if genuine else None
        self._meet_known(entry)

    def end(self) -> None:
        """Judge the end of the journal against the head known from elsewhere."""
        if self.known is None or self.known_met or self.known.number == 0:
            return
        here = self.known.epoch == self.head.epoch
        place = replace(self.place or Place("?", "?", ""), epoch=self.known.epoch)
        name = name_of(place, self.head.number + 1 if here else self.known.number)
        self._find(
            name,
            "truncated",
            Sentence(
                "The journal ends before entry {last}, which this till wrote: its end is missing"
                " from {name} on.",
                last=name_of(place, self.known.number),
                name=name,
            ),
        )

    def _altered(self, entry: Entry) -> Entry:
        """Report bytes that differ from their hash; return the entry under its true label."""
        if self.place is not None:
            number = self._next_number(self.place.epoch)
            labelled = replace(entry, place=self.place, number=number)
            if _own_digest(labelled) == entry.hash:
                entry = labelled
        self._find(
            entry.name,
            "altered",
            Sentence("Entry {name} was altered: it is not what its hash says.", name=entry.name),
        )
        return entry

    def _judge_signature(self, entry: Entry) -> bool:
        key = self.keys.get(entry.key_id)
        if key is None:
            text = Sentence(
                "Entry {name} is signed with the key {key}, which is not among the keys given.",
                name=entry.name,
                key=entry.key_id,
            )
            self._find(entry.name, "unknown_key", text)
        elif not verify(key, entry.signature, entry.hash):
            text = Sentence("The signature of entry {name} is false.", name=entry.name)
            self._find(entry.name, "forged", text)
        else:
            return True
        return False

    def _enters_epoch(self, entry: Entry, intact: bool) -> bool:
        """Move to the entry's epoch when it may follow the one so far; report it otherwise."""
        same_till = (
            self.place is None or replace(self.place, epoch=entry.place.epoch) == entry.place
        )
        later = epoch_number(entry.place.epoch) > epoch_number(self.head.epoch)
        if not (same_till and later and (intact or self.place is None)):
            if intact:
                text = Sentence("Entry {name} does not belong in this place.", name=entry.name)
                self._find(entry.name, "foreign", text)
            return False
        self.place = entry.place
        self.gaps.clear()
        if entry.number == 1 and entry.kind == "epoch.opened":
            self._notice_opening(entry)
        return True

    def _notice_opening(self, entry: Entry) -> None:
        try:
            facts = read_facts(entry.body)
        except ValueError:
            return  # only a holder of the key can sign such a body; the hash still stands
        text = Sentence(
            "Entry {name} opened a new epoch ({reason}): the till remembered {seen} and the file"
            " ended at {left}.",
            name=entry.name,
            reason=str(facts.get("reason")),
            seen=f"{facts.get('seen_epoch')}/{facts.get('seen_number')}",
            left=f"{facts.get('left_epoch')}/{facts.get('left_number')}",
        )
        self.notices.append(Finding(entry.name, "epoch_opened", text))
        seen = (facts.get("seen_epoch"), facts.get("seen_number"), facts.get("seen_hash"))
        known = self.known
        if known and seen == (known.epoch, known.number, known.hash.hex()):
            self.known_met = True

    def _next_number(self, epoch: str) -> int:
        return self.head.number + 1 if epoch == self.head.epoch else 1

    def _judge_number(self, entry: Entry) -> bool:
        """Return whether the entry stands at the end of the chain so far (a gap included)."""
        expected = self._next_number(entry.place.epoch)
        if entry.number < expected:
            self._judge_late(entry)
            return False
        if entry.number > expected:
            self._judge_gap(entry, expected)
        elif self.link is not None and entry.previous != self.link:
            text = Sentence("Entry {name} does not follow the entry before it.", name=entry.name)
            self._find(entry.name, "unlinked", text)
        return True

    def _judge_gap(self, entry: Entry, expected: int) -> None:
        name = name_of(entry.place, expected)
        if len(self.findings) < FINDINGS_MAX:
            self.gaps[len(self.findings)] = (expected, entry.number - 1)
        text = Sentence(
            "Entry {name} is missing: {found} comes in its place.", name=name, found=entry.name
        )
        self._find(name, "missing", text)

    def _judge_late(self, entry: Entry) -> None:
        """An entry whose number has passed: it fills a gap (moved), or it is one too many."""
        for at, (first, last) in self.gaps.items():
            if first <= entry.number <= last:
                text = Sentence("Entry {name} is not in its order.", name=entry.name)
                moved = Finding(entry.name, "reordered", text)
                if entry.number == first:
                    self.findings[at] = moved
                elif len(self.findings) < FINDINGS_MAX:
                    self.findings.append(moved)
                return
        text = Sentence("Entry {name} stands in the journal twice.", name=entry.name)
        self._find(entry.name, "inserted", text)

    def _meet_known(self, entry: Entry) -> None:
        known = self.known
        if known is None or (entry.place.epoch, entry.number) != (known.epoch, known.number):
            return
        self.known_met = True
        if entry.hash != known.hash:
            text = Sentence(
                "Entry {name} is not the one that this till wrote under that number.",
                name=entry.name,
            )
            self._find(entry.name, "replaced", text)

    def _find(self, name: str, slug: str, sentence: Sentence) -> None:
        if len(self.findings) < FINDINGS_MAX:
            self.findings.append(Finding(name, slug, sentence))


def _own_digest(entry: Entry) -> bytes:
    head = (entry.kind, entry.version, entry.at)
    return digest(entry.place, entry.number, head, entry.body, entry.previous)
