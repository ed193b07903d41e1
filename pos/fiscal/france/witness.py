"""The records about entries: DUPLICATE and JET, signed in the same transaction as the entries.

>>> from datetime import datetime
>>> from pos.domain.events import TillStopped
>>> from pos.journal.signing import SeedKey
>>> seen = ToWitness((TillStopped(),), datetime(2026, 11, 22, 20), "T01-K1", {})
>>> [record] = records(seen, "2.0", SeedKey(bytes(32)))
>>> record.subject, record.back, record.stamp.chain
('till.stopped', 1, 'jet')
>>> record.stamp.payload[:5], record.stamp.payload[-26:]
('1,40,', ',20261122200000,,T01-K1,N,')
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from pos.domain.events import Event, FiscalRecord, PrintAsked
from pos.fiscal.france import payloads
from pos.fiscal.france.jet import is_duplicate, technical
from pos.fiscal.port import ChainHead, ToWitness
from pos.journal.signing import Signer

Wanted = tuple[str, Callable[[ChainHead], str]]
"""A record that is due: its chain, and its payload once the chain's head is known."""


def records(seen: ToWitness, version: str, signer: Signer) -> list[FiscalRecord]:
    """Return the records about entries in their order; each follows the last of its chain."""
    heads, found = dict(seen.heads), []
    for back, event in zip(range(len(seen.events), 0, -1), seen.events, strict=True):
        for chain, payload in _wanted(event, seen):
            head = heads.get(chain, ChainHead())
            stamp = payloads.sealed(version, chain, payload(head), head, signer)
            heads[chain] = ChainHead(stamp.number, stamp.signature)
            found.append(FiscalRecord(subject=_subject(event), back=back, stamp=stamp))
    return found


def _wanted(event: Event, seen: ToWitness) -> Iterator[Wanted]:
    if isinstance(event, PrintAsked) and is_duplicate(event):
        yield "duplicate", partial(payloads.duplicate, event, seen)
    for name, info in technical(event):
        yield "jet", partial(payloads.jet, name, info, _by(event), seen)


def _by(event: Event) -> str:
    """Return the opaque reference of who did it, "" for what nobody did."""
    return str(getattr(event, "staff", ""))


def _subject(event: Event) -> str:
    """Return the label of the document that an entry is about, or the entry's kind."""
    if isinstance(event, PrintAsked):
        return event.document
    return str(getattr(event, "label", event.kind))
