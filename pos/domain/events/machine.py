"""What happens to the machine itself: its start and end, its clock, its settings, its key.

>>> TillStarted(software="Comptoir 0.1.0", clean=False).kind
'till.started'
"""

from __future__ import annotations

from typing import Literal

from pos.domain.events.base import BaseEvent
from pos.domain.facts import Fact


class TillInstalled(BaseEvent):
    """The first entry of a till: its public key (hex) and what it runs (technical event 260)."""

    kind: Literal["till.installed"] = "till.installed"
    public_key: str
    software: str


class EpochOpened(BaseEvent):
    """The till's file was a restored backup, a clone or cut short: numbering starts anew.

    `reason`: `marker_ahead`, `nonce_differs`, `marker_missing`, `hash_differs`, `key_replaced` or
    `fork` (the centre holds other entries under this till's numbers).
    `seen_epoch`/`seen_number`/`seen_hash` are what the marker outside the database remembered; in
    a fork, the last entry that the centre holds alike. `public_key` (hex) is the key that signs
    from here on.
    """

    kind: Literal["epoch.opened"] = "epoch.opened"
    reason: str
    left_epoch: str
    left_number: int
    seen_epoch: str = ""
    seen_number: int = 0
    seen_hash: str = ""
    public_key: str = ""


class OriginalFacts(Fact):
    """An entry of an earlier epoch, whole: hashes, signature in hexadecimal, the body its text."""

    epoch: str
    number: int
    kind: str
    version: int
    at: str
    body: str
    previous: str
    hash: str
    signature: str
    key_id: str


class EntryRepeated(BaseEvent):
    """An entry of an epoch that forked, written again so that the centre gets it.

    The till's own tables already have what it says; the centre counts `original.hash` once.
    """

    kind: Literal["entry.repeated"] = "entry.repeated"
    original: OriginalFacts


class TillStarted(BaseEvent):
    """The till's program opened (technical event 80)."""

    kind: Literal["till.started"] = "till.started"
    software: str
    clean: bool


class TillStopped(BaseEvent):
    """The till's program closed in order (technical event 40)."""

    kind: Literal["till.stopped"] = "till.stopped"


class ClockJumped(BaseEvent):
    """The clock stands before the last entry by more than the tolerance; order is not touched."""

    kind: Literal["clock.jumped"] = "clock.jumped"
    last: str
    back_ms: int


class SettingsChanged(BaseEvent):
    """The settings file differs from the last start; only digests are kept."""

    kind: Literal["settings.changed"] = "settings.changed"
    before: str
    after: str


class CatalogueImported(BaseEvent):
    """A catalogue file came in; the articles themselves are reference data, not journal."""

    kind: Literal["catalogue.imported"] = "catalogue.imported"
    sha256: str
    rows: int
    added: int
    changed: int
    refused: int


class NoticeAcknowledged(BaseEvent):
    """Someone has read what the till found wrong at its start; `notice` is the English template."""

    kind: Literal["notice.acknowledged"] = "notice.acknowledged"
    notice: str
    staff: str
