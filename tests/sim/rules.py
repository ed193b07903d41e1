"""Every rule of the protocol, and how the simulation does without it.

A rule that can be taken away with no schedule failing would be no rule, or the checkers would be
blind: test_sim_rules takes each away.

A few rules of the table in docs/sync.md are not here: one request in flight and the oldest epoch
first save work and keep nothing safe; the body's digest in the token is doubled by `integrity`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from pos.domain import events
from pos.domain.order import MAY_CANCEL, OrderState
from pos.journal.canonical import read_facts
from pos.journal.chain import Head
from pos.journal.entry import Entry, Place
from sync.claims import Deed, Evidence, Thing
from sync.memory import Feed, MemoryCentre, Rejected
from sync.memory_orders import ended
from sync.merge import Fork, HashAt, Lane, Outcome, Outgoing, Search, Verdict
from sync.protocol import Claim, Claimed, Cursor, HeadText, Page, PullAnswer, PushAnswer

RULES: Mapping[str, str] = {
    "identity": "facts are counted once, by the hash of the entry first written",
    "idle_heads": "every pull bears the till's heads, also when nothing is to send",
    "rewind": "the number the centre expects may go back, and the till goes back with it",
    "chain": "the same number with another hash, or another hash before it, is a fork",
    "gap": "what does not follow the centre's head is not taken",
    "replay": "what is held already is skipped",
    "integrity": "an entry that is not what its hash says is refused",
    "one_transaction": "entries, counts and heads are written together, or not at all",
    "parking": "an entry that cannot be understood is kept, and the next one is taken",
    "revocation": "a revoked key is refused from the next request on",
    "old_keys": "a revoked key still proves what it signed",
    "own_hash": "an answer counts only when the hash it names is the till's own",
    "at_head": "of an epoch that the centre has more of, the hash at the till's head is compared",
    "request_id": "an answer to another request than the one in flight is ignored",
    "new_epoch": "a till whose epoch forked opens a new one",
    "repeat": "what is not known to match is repeated in the new epoch",
    "until": "a forked epoch is sent no further than its last shared entry",
    "courier_waits": "the courier leaves a file alone that the till has not opened since a restore",
    "marker": "a marker outside the file tells a restored backup, and opens a new epoch",
    "nonce": "a cursor is known by version and nonce, not by version alone",
    "page_head": "a cursor names the head that its page was read from, not its own version",
    "snapshot": "a cursor that is not known is answered from the beginning",
    "sweep": "what a snapshot did not name is gone",
    "rows_with_cursor": "rows and the cursor after them are written together",
    "included": "stock comes with how far each till's entries are counted in it",
    "claim_first": "what only one till may have is granted to the first who asks",
    "claim_name": "a claim bears the name of the entry that asks, and asked again it is the same",
    "claim_deed": "what was done under a claim holds it, whoever was promised it",
    "claim_free": "what was given up is free for the next",
    "claim_gone": "a claim that was given up is never granted again, however late it comes",
    "claim_over": "nothing is granted of an order that is over",
    "claim_ends": "no order ends while somebody has the word to hand it over",
    "claim_released": "a claim of which nobody tells the end is released, and its order may end",
    "claim_abandoned": "who is granted what was released is told so, and writes it down as a risk",
    "claim_epoch": "goods leave with a risk under a claim of an epoch before the till's own",
    "claim_visit": "what was claimed for one visit is never told as another",
    "refund_inbox": "goods that left of an order that is paid back are in the inbox, with that",
    "claim_inbox": "what was done twice is in the conflict inbox, with the evidence of both sides",
    "offline_risk": "without the centre's word a limit or a manager decides, and the risk is told",
    "purge_held": "a till lets go only of what an archive holds and the centre has acknowledged",
    "counter_last": "versions are given at the end of a transaction, one writer at a time",
}

"""What each rule says."""

STRESS: Mapping[str, tuple[str, ...]] = {
    "idle_heads": ("back_up_centre", "restore_centre"),
    **dict.fromkeys(("marker", "courier_waits"), ("back_up_till", "restore_till")),
    "nonce": ("back_up_centre", "restore_centre"),
    "page_head": ("back_up_centre", "restore_centre", "begin_write", "commit_write"),
    "snapshot": ("back_up_centre", "restore_centre"),
    "sweep": ("back_up_centre", "restore_centre"),
    "rewind": ("back_up_centre", "restore_centre"),
    "gap": ("back_up_centre", "restore_centre"),
    "request_id": ("double",),
    "at_head": (
        *("clone_till", "back_up_till", "restore_till_and_marker", "rotate"),
        *("back_up_centre", "restore_centre", "crash", "switch_on"),
    ),
    "integrity": ("corrupt",),
    "one_transaction": ("die",),
    "rows_with_cursor": ("die",),
    "old_keys": ("rotate",),
    "revocation": ("revoke",),
    "claim_name": ("double", "lose"),
    **dict.fromkeys(
        ("claim_first", "claim_deed", "claim_free", "claim_inbox", "offline_risk"),
        ("place_order", "begin_hand_over", "end_hand_over"),
    ),
    **dict.fromkeys(
        ("claim_over", "claim_ends", "refund_inbox"),
        ("end_order", "begin_hand_over", "end_hand_over"),
    ),
    "claim_released": ("destroy_till", "begin_hand_over"),
    "claim_abandoned": ("release_claim", "begin_hand_over", "end_hand_over"),
    "claim_epoch": (
        *("back_up_till", "restore_till", "place_order", "begin_hand_over"),
        *("ask", "deliver"),
    ),
    "claim_visit": ("undo_hand_over", "begin_hand_over", "end_hand_over"),
    "claim_gone": ("double", "place_order", "begin_hand_over", "end_hand_over", "cut_off"),
    "purge_held": ("purge",),
    **dict.fromkeys(
        ("identity", "chain", "own_hash", "new_epoch", "repeat", "until"),
        ("clone_till", "back_up_till", "restore_till_and_marker"),
    ),
}
"""What must happen often for a rule to be missed soon (`world.run`)."""

SEEN_FROM: Mapping[str, int] = {"at_head": 180, "claim_epoch": 360}
"""From which seed on to look for what is rare: one schedule in some hundred needs the rule."""


class Died(Exception):
    """The process died between two writes."""


class CentreUnderTest(MemoryCentre):
    """The centre in memory, without the rules taken away. `dies` says when its process does."""

    removed: frozenset[str] = frozenset()
    dies: Callable[[], bool] = staticmethod(lambda: False)

    def admit(self, key_id: str) -> tuple[str, str, bytes]:
        if "revocation" in self.removed and key_id not in self.books.admitted:
            for place, keys in self.books.keys.items():
                if key_id in keys:
                    return *place, keys[key_id]
        return super().admit(key_id)

    def judge(self, place: Place, head: Head, entries: list[Entry]) -> Verdict:
        if "chain" in self.removed:
            return self._by_number(head, entries)
        verdict = super().judge(place, head, entries)
        last = entries[-1]
        if verdict.state == "gap" and "gap" in self.removed:
            return Verdict("ok", last.number + 1, last.hash, tuple(entries))
        if verdict.state == "ok" and "replay" in self.removed:
            return replace(verdict, fresh=tuple(entries[: verdict.expected - entries[0].number]))
        if verdict.state == "corrupt" and "integrity" in self.removed:
            return Verdict("ok", last.number + 1, last.hash, tuple(entries))
        if verdict.state == "ok" and "old_keys" in self.removed:
            return self._by_present_keys(verdict, entries)
        if "parking" in self.removed:
            self._refuse_what_is_not_understood(verdict)
        return verdict

    def _by_number(self, head: Head, entries: list[Entry]) -> Verdict:
        if entries[0].number > head.number + 1:
            return Verdict("gap", head.number + 1, head.hash)
        fresh = tuple(entry for entry in entries if entry.number > head.number)
        return Verdict("ok", entries[-1].number + 1, entries[-1].hash, fresh)

    def _by_present_keys(self, verdict: Verdict, entries: list[Entry]) -> Verdict:
        if all(entry.key_id in self.books.admitted for entry in verdict.fresh):
            return verdict
        return Verdict("corrupt", entries[0].number, entries[0].previous, why="unknown_key")

    def _refuse_what_is_not_understood(self, verdict: Verdict) -> None:
        for entry in verdict.fresh:
            try:
                events.read(entry.kind, entry.version, read_facts(entry.body))
            except ValueError as error:
                raise Rejected(422, "not-understood") from error

    def identity(self, entry: Entry, fact: Entry) -> bytes:
        return entry.hash if "identity" in self.removed else fact.hash

    def claim(self, claim: Claim) -> Claimed:
        thing = self.thing((claim.what, claim.key))
        if "claim_name" in self.removed and thing.holder:
            return Claimed(granted=False, holder=thing.holder, at=thing.since)
        answer = super().claim(claim)
        return answer.model_copy(update={"why": ""}) if self._lacks("claim_abandoned") else answer

    def _lacks(self, rule: str) -> bool:
        return rule in self.removed

    def end(self, store: str, name: str, state: OrderState) -> bool:
        order = self.books.orders.orders[name]
        if not self._lacks("claim_ends") or order.state not in MAY_CANCEL:
            return super().end(store, name, state)
        self.place(store, ended(order, state))
        return True

    def release(self, key: tuple[str, str]) -> None:
        if not self._lacks("claim_released"):
            super().release(key)

    def note(self, name: str, evidence: Evidence) -> None:
        if not (self._lacks("refund_inbox") and name.startswith("refund:")):
            super().note(name, evidence)

    def thing(self, key: tuple[str, str]) -> Thing:
        return self.books.claims.get(key, WeakThing(removed=self.removed))

    def commit(self, steps: Iterable[Callable[[], None]]) -> None:
        """Die before the first write or after the last, never between; the rule's loss is that."""
        planned = list(steps)
        if self.dies():
            raise Died
        for step in planned:
            if "one_transaction" in self.removed and self.dies():
                raise Died
            step()
        if self.dies():
            raise Died

    def is_known(self, feed: Feed, cursor: Cursor) -> bool:
        if "snapshot" in self.removed:
            return True
        if "nonce" in self.removed:
            return cursor.v <= feed.v and bool(cursor.nonce)
        if "page_head" in self.removed:
            return cursor.v <= feed.v and feed.nonces[cursor.v] == cursor.nonce
        return super().is_known(feed, cursor)

    def page(self, scope: str, cursor: Cursor, limit: int) -> Page:
        page = super().page(scope, cursor, limit)
        if "page_head" in self.removed:
            v = page.cursor.v
            nonce = self.books.feeds[scope].nonces[v]
            return page.model_copy(update={"cursor": Cursor(v=v, nonce=nonce)})
        return page


@dataclass(frozen=True, slots=True)
class WeakThing(Thing):
    """What is claimed, without the rules taken away."""

    removed: frozenset[str] = frozenset()

    def asked(self, claim: str, at: str, *, is_over: bool = False) -> Thing:
        if "claim_first" in self.removed and claim not in self.gone:
            return replace(self, holder=claim, since=at)
        return Thing.asked(self, claim, at, is_over=is_over and "claim_over" not in self.removed)

    def dropped(self, claim: str) -> Thing:
        after = Thing.dropped(self, claim)
        if "claim_free" in self.removed:
            return replace(after, holder=self.holder, since=self.since)
        if "claim_gone" in self.removed:
            return replace(after, gone=self.gone)
        return after

    def done(self, deed: Deed) -> Thing:
        after = Thing.done(self, deed)
        if "claim_deed" in self.removed:
            return replace(after, holder=self.holder, since=self.since)
        return after

    def conflict(self, deed: Deed) -> Evidence | None:
        return None if "claim_inbox" in self.removed else Thing.conflict(self, deed)


@dataclass(frozen=True, slots=True)
class WeakOutgoing(Outgoing):
    """The till's side without the rules taken away."""

    removed: frozenset[str] = frozenset()

    def heard_push(
        self, answer: PushAnswer, heads: Mapping[str, Head], hash_at: HashAt
    ) -> tuple[Outgoing, Outcome]:
        if "request_id" in self.removed and self.push:
            answer = answer.model_copy(update={"request": self.push})
        return Outgoing.heard_push(self, answer, heads, hash_at)

    def heard_pull(
        self, answer: PullAnswer, heads: Mapping[str, Head], hash_at: HashAt
    ) -> tuple[Outgoing, Mapping[str, Outcome]]:
        if "request_id" in self.removed and self.pull:
            answer = answer.model_copy(update={"request": self.pull})
        if "at_head" in self.removed:
            answer = answer.model_copy(update={"at_head": {}})
        return Outgoing.heard_pull(self, answer, heads, hash_at)

    def _heard(
        self,
        head: Head,
        epoch: str,
        held: HeadText,
        hash_at: HashAt,
        before: int | None = None,
    ) -> tuple[Outgoing, Outcome]:
        lane = self.lane(epoch)
        if "rewind" in self.removed and held.number < lane.acked:
            return self, "ignored"
        if "own_hash" in self.removed:
            return self._with(epoch, replace(lane, acked=held.number)), "advanced"
        return Outgoing._heard(self, head, epoch, held, hash_at, before)

    def settle(
        self, search: Search, heads: Mapping[str, Head], held: int, hash_at: HashAt
    ) -> tuple[Outgoing, Fork | None]:
        after, order = Outgoing.settle(self, search, heads, held, hash_at)
        if "until" in self.removed:
            return self._with(search.epoch, Lane(search.low)), order
        return after, order
