"""What must be unique across tills, as the centre keeps it: who may have a thing, and who did.

A claim bears the name of the journal's entry that asks for it, so that asking again changes
nothing. The centre's word is a promise; what then was done under it (a deed) comes up with the
journal, also from a till that the centre could not hear. Pure: the centre, its double and the
simulator decide by this.

>>> here, there = "S001-T01-K1/000007", "S001-T02-K1/000004"
>>> thing = Thing().asked(here, "09:00").asked(there, "09:01")
>>> thing.holder == here, thing.dropped(here).asked(there, "09:02").holder == there
(True, True)
>>> deed = Deed(there, "S001-T02-K1/000005", "5f", "offline", "policy", "09:01")
>>> thing = thing.done(deed)
>>> thing.holder == there, thing.conflict(deed)
(True, None)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

Evidence = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done under a claim, as an entry told it.

    `identity` is that of the entry's facts (hexadecimal): a deed that is told again is the same.
    `outcome` says whether the centre had granted the claim, `risk` why it was done without.
    """

    claim: str
    entry: str
    identity: str
    outcome: str
    risk: str
    at: str


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that one till may have: the claim that holds it (since when), and what was done."""

    holder: str = ""
    since: str = ""
    gone: frozenset[str] = frozenset()
    """The claims that were given up: one that comes late under their names is nobody's."""

    deeds: tuple[Deed, ...] = ()
    is_released: bool = False
    """Whether a claim was released of which nobody told the end: who comes next takes a risk."""

    @property
    def is_live(self) -> bool:
        """Whether somebody holds it who has not told yet what was done."""
        return bool(self.holder) and all(one.claim != self.holder for one in self.deeds)

    def asked(self, claim: str, at: str, *, is_over: bool = False) -> Thing:
        """Return the thing after a claim was asked: the first who asks holds it.

        Of a thing that is over (an order that was cancelled) nobody does any more.
        """
        if self.holder or claim in self.gone or is_over:
            return self
        return replace(self, holder=claim, since=at)

    def released(self) -> Thing:
        """Return the thing after its holder was silent for too long: free, as a risk."""
        if not self.is_live:
            return self
        gone = self.gone | {self.holder}
        return replace(self, holder="", since="", gone=gone, is_released=True)

    def dropped(self, claim: str) -> Thing:
        """Return the thing after an entry told that a claim was given up: free, unless done."""
        gone = replace(self, gone=self.gone | {claim})
        if self.holder != claim or self.deeds:
            return gone
        return replace(gone, holder="", since="")

    def done(self, deed: Deed) -> Thing:
        """Return the thing after an entry told a deed: the first one holds it from then on."""
        if any(one.identity == deed.identity for one in self.deeds):
            return self
        if self.deeds:
            return replace(self, deeds=(*self.deeds, deed))
        return replace(self, holder=deed.claim, since=deed.at, deeds=(deed,))

    def conflict(self, deed: Deed) -> Evidence | None:
        """Return the evidence of both sides when a deed that was told is not the first."""
        first = self.deeds[0] if self.deeds else deed
        if first.identity == deed.identity:
            return None
        return {"held": asdict(first), "came": asdict(deed)}
