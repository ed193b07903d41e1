"""What the till found wrong when it started: who has read it is written down."""

from __future__ import annotations

from pos.domain.events import NoticeAcknowledged
from pos.domain.words import Sentence
from pos.till.desk import Desk


def acknowledge(desk: Desk, note: Sentence) -> None:
    """Write down that whoever is signed in has read a notice; no permission is needed.

    Raises Refusal `signed_out`, or StoreUnavailable when the disk does not take it.
    """
    desk.record(NoticeAcknowledged(notice=note.template, staff=desk.signed_in.ref))
