"""Entries written again in a new epoch, because their own forked: how, and how they are read.

When the centre holds other entries under a till's numbers, nothing is merged: the till opens a new
epoch and repeats there, as `entry.repeated`, what is not known to match. The old entry goes in
whole, with its hash and signature. That hash is its identity: whoever counts what entries say
counts each identity once, whichever epoch brought it first (design.md §5).

>>> from pos.journal.chain import START, Chain
>>> from pos.journal.signing import SeedKey
>>> old = Chain(Place("S001", "T01", "K1"), START).append("till.stopped", 1, "", b"{}", \
SeedKey(bytes(32)))
>>> event = repeat(old)
>>> event.original.number, original(Place("S001", "T01", "K2"), event) == old
(1, True)
"""

from __future__ import annotations

from pos.domain import events
from pos.domain.events import EntryRepeated, OriginalFacts
from pos.journal.canonical import read_facts
from pos.journal.entry import Entry, Place, digest, texts_of

KIND = "entry.repeated"


def repeat(entry: Entry) -> EntryRepeated:
    """Return the event that repeats an entry; a repeated one is repeated as what it first was."""
    if entry.kind == KIND:
        event = events.read(entry.kind, entry.version, read_facts(entry.body))
        assert isinstance(event, EntryRepeated)
        return event
    return EntryRepeated(original=OriginalFacts(epoch=entry.place.epoch, **texts_of(entry)))


def original(place: Place, event: EntryRepeated) -> Entry:
    """Return the entry that an event repeats; `place` is that of the entry which bears the event.

    Raises ValueError when it is not what its own hash says, or itself a repetition. Its signature
    is not looked at: the entry that bears the event is signed.
    """
    old = event.original
    was = Place(place.store, place.till, old.epoch)
    body, previous = old.body.encode(), bytes.fromhex(old.previous)
    own = digest(was, old.number, (old.kind, old.version, old.at), body, previous)
    if own.hex() != old.hash or old.kind == KIND:
        raise ValueError(f"the repeated entry {old.epoch}/{old.number} is not what its hash says")
    signature = bytes.fromhex(old.signature)
    return Entry(
        was, old.number, old.kind, old.version, old.at, body, previous, own, signature, old.key_id
    )


def told(entry: Entry) -> Entry:
    """Return the entry whose facts an entry tells: the one it repeats, or itself.

    Its hash is the identity of those facts. Raises ValueError (pydantic.ValidationError is one)
    for a repetition that cannot be read.
    """
    if entry.kind != KIND:
        return entry
    event = events.read(entry.kind, entry.version, read_facts(entry.body))
    assert isinstance(event, EntryRepeated)
    return original(entry.place, event)
