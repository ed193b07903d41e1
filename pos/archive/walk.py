"""The journal itself: every hash, link, number and signature, entry by entry."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pos.archive.findings import FINDINGS_MAX, Finding, Findings
from pos.archive.rows import Row, is_intact, key_id, name_of


class Keys:
    """The public keys that are trusted (raw, 32 bytes); None checks no signature at all."""

    def __init__(self, trusted: Iterable[bytes] | None) -> None:
        load = Ed25519PublicKey.from_public_bytes
        self.known = None if trusted is None else {key_id(key): load(key) for key in trusted}

    def judge(self, name: str, signature: bytes, data: bytes) -> str:
        """Return what is wrong with a signature by the key of that name, "" for nothing."""
        if self.known is None:
            return ""
        if name not in self.known:
            return "unknown_key"
        try:
            self.known[name].verify(signature, data)
        except InvalidSignature:
            return "forged"
        return ""


def raw_signature(text: str) -> bytes:
    """Return a signature written in base64url without padding; one that is not is no bytes."""
    try:
        return base64.urlsafe_b64decode(text + "==")
    except (binascii.Error, ValueError):
        return b""


MORE = 1 << 62
"""A number after all others."""


class Gap(NamedTuple):
    """Entries that are missing, by their numbers, unless they come later."""

    place: tuple[str, ...]
    first: int
    last: int


class Walk:
    """The end of the journal so far, and what must come next.

    `before` is the last entry before the first one read: its `ordinal`, name (`entry`) and `hash`.
    `first` is the name of the first one, where it is known.
    """

    def __init__(self, before: Any, keys: Keys, findings: Findings, first: str = "?") -> None:
        place, _, number = before["entry"].partition("/")
        self.place = tuple(place.split("-")) if number else ()
        self.number = int(number or 0)
        self.ordinal: int = before["ordinal"]
        self.link: str = before["hash"]
        self.is_lost = False
        self._keys = keys
        self._findings = findings
        self._first = first
        self._gaps: list[tuple[Gap, int]] = []

    @property
    def due(self) -> str:
        """The name of the entry that should come next."""
        return name_of(self.place, self.number + 1) if self.place else self._first

    def take(self, row: Row | None) -> bool:
        """Judge the next entry, None for a line that is none; return whether all goes on from it.

        After an entry that was altered nobody can tell what should follow: the next one that is
        whole is taken as it comes.
        """
        if row is None or not is_intact(row):
            self._alter(row)
            return False
        wrong = self._keys.judge(row.key_id, bytes.fromhex(row.signature), bytes.fromhex(row.hash))
        if wrong:
            self._findings.add(wrong, row.name, row.key_id if wrong == "unknown_key" else "")
        number, is_same = int(row.number), row.place == self.place
        last = self.number if is_same else 0
        if not self.is_lost and (number <= last or not (is_same or self._may_follow(row))):
            self._late(row, number)
            return False
        goes_on = self.is_lost or self._judge_step(row, last + 1, number)
        if not is_same and row.kind == "epoch.opened":
            self._findings.add("epoch", row.name)
        self.place, self.number, self.link = row.place, number, row.hash
        self.ordinal, self.is_lost = int(row.ordinal), False
        return goes_on and not wrong

    def _alter(self, row: Row | None) -> None:
        begins = row is not None and row.kind == "epoch.opened"
        self._findings.add("altered", row.name if row is not None and begins else self.due)
        self.number, self.ordinal, self.is_lost = self.number + 1, self.ordinal + 1, True

    def _may_follow(self, row: Row) -> bool:
        """Tell whether an entry may open another epoch of the same till."""
        same_till = row.place[:2] == self.place[:2]
        return not self.place or (same_till and _rank(row.epoch) > _rank(self.place[2]))

    def _judge_step(self, row: Row, due: int, number: int) -> bool:
        """Return whether an entry is the one that must come next; report what is not so.

        An epoch follows whatever the file ended with: where it does not, that end is missing.
        """
        if number > due:
            self._miss(Gap(row.place, due, number - 1))
        elif row.previous != self.link and row.place != self.place and self.place:
            self._miss(Gap(self.place, self.number + 1, MORE))
        elif row.previous != self.link:
            self._findings.add("unlinked", row.name)
        elif row.ordinal != str(self.ordinal + 1):
            self._findings.add("altered", row.name, "ordinal")
        else:
            return True
        return False

    def _miss(self, gap: Gap) -> None:
        if len(self._findings.wrong) < FINDINGS_MAX:
            self._gaps.append((gap, len(self._findings.wrong)))
        self._findings.add("missing", name_of(gap.place, gap.first))

    def _late(self, row: Row, number: int) -> None:
        """Report an entry whose number has passed: it fills a gap (moved), or is one too many."""
        for gap, at in self._gaps:
            if row.place == gap.place and gap.first <= number <= gap.last:
                if number == gap.first:
                    self._findings.wrong[at] = Finding("reordered", self._findings.where, row.name)
                else:
                    self._findings.add("reordered", row.name)
                return
        self._findings.add("inserted", row.name)


def _rank(epoch: str) -> int:
    """Return the number of an epoch, e.g. 2 for `K2X9AZ`."""
    found = re.match(r"K(\d{1,9})", epoch)
    return int(found[1]) if found else 0
