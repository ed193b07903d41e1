"""What both ends of the sync decide, as values: the centre and the till, the simulator and tests.

The centre judges a push (`judge`); the till keeps what the centre is known to hold (`Outgoing`)
and looks for the last entry they share when they differ (`Search`). Nothing here does anything.
docs/sync.md is the protocol in words, design.md §5 why it is so.

>>> from pos.journal.chain import START, Chain
>>> from pos.journal.entry import Place
>>> from pos.journal.signing import SeedKey
>>> key, chain = SeedKey(bytes(32)), Chain(Place("S001", "T01", "K1"), START)
>>> a, b, c = (chain.append("till.stopped", 1, "", b"{}", key) for _ in "abc")
>>> keys = {key.key_id: key.public_key}
>>> judge(Head("K1", 0, GENESIS), [a, b], {}, keys).expected
3
>>> judge(Head("K1", 1, a.hash), [c], {}, keys).state
'gap'
>>> judge(Head("K1", 2, c.hash), [b], {1: a.hash, 2: c.hash}, keys).state
'fork'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from pos.journal import signing
from pos.journal.canonical import read_facts
from pos.journal.chain import Head
from pos.journal.entry import GENESIS, Entry, digest
from sync.protocol import PROBES_MOST, HeadText, PullAnswer, PushAnswer

_ANNOUNCING = ("till.installed", "epoch.opened")

HashAt = Callable[[str, int], bytes | None]
"""The hash of the till's own entry by epoch and number, None where it has none."""


# The centre -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the centre does with a push, in one transaction.

    `ok`: `fresh` is stored and becomes the head (none: all was known); `expected` is the number
    after the last of the push that is held now, `head_hash` the hash at `expected` − 1. `gap` and
    `fork` store nothing and tell the centre's head. `corrupt` stores nothing: `why` (a slug:
    `altered`, `unlinked`, `unknown_key`, `forged`) says what is wrong with entry `expected`; what
    stood before it in the push was taken, so it is always the first one.
    `learnt` are the public keys that fresh entries announce, by key id: the till's from now on.
    """

    state: Literal["ok", "gap", "fork", "corrupt"]
    expected: int
    head_hash: bytes
    fresh: tuple[Entry, ...] = ()
    learnt: Mapping[str, bytes] = field(default_factory=dict)
    why: str = ""


def wanted(head: Head, entries: Sequence[Entry]) -> range:
    """Return the numbers whose held hashes `judge` needs as `known`; empty for a plain push."""
    first, last = entries[0].number, entries[-1].number
    return (
        range(max(1, first - 1), min(last, head.number) + 1) if first <= head.number else range(0)
    )


def judge(
    head: Head,
    entries: Sequence[Entry],
    known: Mapping[int, bytes],
    keys: Mapping[str, bytes],
    verify: Callable[[bytes, bytes, bytes], bool] = signing.verify,
) -> Verdict:
    """Judge a push of consecutive entries of one epoch against what the centre holds of it.

    `head` is the epoch's last held entry (number 0 for none), `known` the held hashes of
    `wanted(head, entries)`, `keys` every public key that the till ever had, by key id: a revoked
    one still proves who wrote, it only lets nobody in any more.
    """
    first = entries[0]
    if first.number > head.number + 1:
        return Verdict("gap", head.number + 1, head.hash)
    sound, why, learnt = _sound(head, entries, known, keys, verify)
    if not sound:
        return Verdict("corrupt", first.number, first.previous, why=why)
    before = head.hash if first.number == head.number + 1 else known.get(first.number - 1)
    linked = first.number == 1 or first.previous == before
    same = all(known.get(entry.number) == entry.hash for entry in sound if _held(head, entry))
    if not (linked and same):
        return Verdict("fork", head.number + 1, head.hash)
    fresh = tuple(entry for entry in sound if not _held(head, entry))
    return Verdict("ok", sound[-1].number + 1, sound[-1].hash, fresh, learnt)


def announced(entry: Entry) -> bytes | None:
    """Return the public key (raw) by which an entry says that the till signs from it on."""
    if entry.kind not in _ANNOUNCING:
        return None
    try:
        key = bytes.fromhex(str(read_facts(entry.body).get("public_key", "")))
    except ValueError:
        return None
    return key if len(key) == 32 else None


def _held(head: Head, entry: Entry) -> bool:
    return entry.number <= head.number


def _sound(
    head: Head,
    entries: Sequence[Entry],
    known: Mapping[int, bytes],
    keys: Mapping[str, bytes],
    verify: Callable[[bytes, bytes, bytes], bool],
) -> tuple[list[Entry], str, dict[str, bytes]]:
    """Return the entries before the first bad one, what is wrong with that, the keys announced."""
    sound: list[Entry] = []
    learnt: dict[str, bytes] = {}
    for entry in entries:
        if sound and (entry.number, entry.previous) != (sound[-1].number + 1, sound[-1].hash):
            return sound, "unlinked", learnt
        if not (_held(head, entry) and known.get(entry.number) == entry.hash):
            why = _wrong(entry, {**keys, **learnt} if learnt else keys, learnt, verify)
            if why:
                return sound, why, learnt
        sound.append(entry)
    return sound, "", learnt


def _wrong(
    entry: Entry,
    keys: Mapping[str, bytes],
    learnt: dict[str, bytes],
    verify: Callable[[bytes, bytes, bytes], bool],
) -> str:
    """Return what is wrong with a new entry, "" when nothing is; note the key it announces."""
    head = (entry.kind, entry.version, entry.at)
    if digest(entry.place, entry.number, head, entry.body, entry.previous) != entry.hash:
        return "altered"
    key = keys.get(entry.key_id)
    if key is None:
        key = announced(entry)
        if key is None or signing.key_id(key) != entry.key_id:
            return "unknown_key"
        learnt[entry.key_id] = key
    if not verify(key, entry.signature, entry.hash):
        learnt.pop(entry.key_id, None)
        return "forged"
    return ""


# The till ---------------------------------------------------------------------------------------

Outcome = Literal["advanced", "rewound", "forked", "ignored", "missing"]
"""What an answer changed: the centre holds more; less than it did, so that the till sends again;
other entries; nothing (a late answer); or it lacks entries that the till purged to its archive."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One epoch on its way: all up to `acked` is held by the centre, as far as is known.

    `until` bounds what is sent of an epoch that forked: what lies after it was repeated in a later
    epoch. `forked` stops the lane until the last shared entry is found.
    """

    acked: int = 0
    until: int | None = None
    forked: bool = False

    def limit(self, head: Head) -> int:
        """Return the last number of the epoch that may be sent."""
        return head.number if self.until is None else min(head.number, self.until)


@dataclass(frozen=True, slots=True)
class Fork:
    """An order for the till: open a new epoch, and repeat in it all of `epoch` after `number`.

    Entry `number` is the last that both ends hold, with `hash` (GENESIS for 0). A courier that
    lost its memory finds the same fork again: the till obeys it once, by (`epoch`, `number`).
    """

    epoch: str
    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Search:
    """Where two histories of an epoch part: `low` is held by both (0 for none), `high` is not.

    `end` is the number after the till's last when the search began.
    """

    epoch: str
    low: int
    high: int
    end: int

    @property
    def found(self) -> bool:
        """Whether `low` is the last number that both hold."""
        return self.high - self.low <= 1

    def probes(self) -> list[int]:
        """Return the numbers to ask about, spread evenly, `PROBES_MOST` at most."""
        room = self.high - self.low - 1
        count = min(room, PROBES_MOST)
        return [self.low + 1 + at * (room - 1) // max(1, count - 1) for at in range(count)]

    def heard(self, number: int) -> Search:
        """Return the search after the centre named the highest probe that it holds alike, or 0."""
        probes = self.probes()
        low = max((probe for probe in probes if probe <= number), default=self.low)
        high = min((probe for probe in probes if probe > low), default=self.high)
        return replace(self, low=low, high=high)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What the till knows of its entries' way to the centre; every answer makes a new one.

    `lanes` are the epochs; `push` and `pull` name the requests in flight (one of each at most),
    `sending` the epoch of the push, `before` what was held of each epoch when the pull was asked.
    Only `lanes` needs to be kept on disk, and losing it loses nothing: the centre's answers restore
    it. It may even be of another file than the till has now (a restored one).
    """

    lanes: Mapping[str, Lane] = field(default_factory=dict)
    push: str = ""
    sending: str = ""
    pull: str = ""
    before: Mapping[str, int] = field(default_factory=dict)

    def lane(self, epoch: str) -> Lane:
        """Return the lane of an epoch."""
        return self.lanes.get(epoch, Lane())

    def next_push(self, heads: Mapping[str, Head]) -> tuple[str, int] | None:
        """Return the epoch and the first number to send, None when all that may be sent is held.

        `heads` are the till's epochs in the order they were opened, and so they are sent.
        """
        for epoch, head in heads.items():
            lane = self.lane(epoch)
            if not lane.forked and lane.acked < lane.limit(head):
                return epoch, lane.acked + 1
        return None

    def unsent(self, heads: Mapping[str, Head]) -> int:
        """Return how many entries the centre is not known to hold."""
        return sum(
            max(0, lane.limit(head) - lane.acked)
            for lane, head in ((self.lane(epoch), head) for epoch, head in heads.items())
        )

    def pushing(self, request: str, epoch: str) -> Outgoing:
        """Return the state with a push in flight."""
        return replace(self, push=request, sending=epoch)

    def pulling(self, request: str) -> Outgoing:
        """Return the state with a pull in flight."""
        before = {epoch: lane.acked for epoch, lane in self.lanes.items()}
        return replace(self, pull=request, before=before)

    def told(self, heads: Mapping[str, Head], hash_at: HashAt) -> dict[str, HeadText]:
        """Return the heads that a pull bears: of each epoch, the last entry that may be sent."""
        found = {}
        for epoch, head in heads.items():
            number = self.lane(epoch).limit(head)
            own = hash_at(epoch, number) if number < head.number else head.hash
            found[epoch] = HeadText(number=number, hash=(own or GENESIS).hex())
        return found

    def heard_push(
        self, answer: PushAnswer, heads: Mapping[str, Head], hash_at: HashAt
    ) -> tuple[Outgoing, Outcome]:
        """Take the answer to a push; one that is not the push in flight changes nothing."""
        if not self.push or answer.request != self.push:
            return self, "ignored"
        epoch = self.sending
        idle = replace(self, push="", sending="")
        if epoch not in heads:
            return idle, "ignored"  # the till's file was exchanged for another
        if answer.state == "fork":
            return idle._with(epoch, replace(self.lane(epoch), forked=True)), "forked"
        held = HeadText(number=answer.expected - 1, hash=answer.head_hash)
        return idle._heard(heads[epoch], epoch, held, hash_at)

    def heard_pull(
        self, answer: PullAnswer, heads: Mapping[str, Head], hash_at: HashAt
    ) -> tuple[Outgoing, Mapping[str, Outcome]]:
        """Take the centre's heads out of the answer to a pull, epoch by epoch."""
        if not self.pull or answer.request != self.pull:
            return self, {}
        state, outcomes = replace(self, pull="", before={}), dict[str, Outcome]()
        current = _last(heads)
        for epoch, held in answer.expected.items():
            head, lane = heads.get(epoch), self.lane(epoch)
            if head is None or lane.forked:
                continue
            before = self.before.get(epoch, 0)
            is_written = epoch == current and lane.until is None
            if held.number > lane.limit(head) and not is_written:
                at_head = answer.at_head.get(epoch)
                if at_head is None or at_head.number > lane.limit(head):
                    outcomes[epoch] = "ignored"
                    continue
                held = at_head  # the centre may well have more of an epoch that was left
            state, outcomes[epoch] = state._heard(head, epoch, held, hash_at, before)
        return state, outcomes

    def search(self, epoch: str, head: Head) -> Search:
        """Return the search for the last shared entry of a forked epoch."""
        end = self.lane(epoch).limit(head) + 1
        return Search(epoch, 0, end, end)

    def settle(
        self, search: Search, heads: Mapping[str, Head], held: int, hash_at: HashAt
    ) -> tuple[Outgoing, Fork | None]:
        """End a fork: return what is sent from now on, and the order for the till.

        `held` is the centre's last number of the epoch. There is no order when the two did not
        part after all: the centre holds a beginning of the till's epoch, or all of one that the
        till has left.
        """
        epoch, low = search.epoch, search.low
        lane, limit = self.lane(epoch), self.lane(epoch).limit(heads[epoch])
        is_written = epoch == _last(heads) and lane.until is None
        parted = search.high < search.end or (is_written and limit == low)
        if held <= low or not parted:
            return self._with(epoch, Lane(min(low, limit), lane.until)), None
        own = hash_at(epoch, low) if low else None
        return self._with(epoch, Lane(low, low)), Fork(epoch, low, own or GENESIS)

    def _heard(
        self,
        head: Head,
        epoch: str,
        held: HeadText,
        hash_at: HashAt,
        before: int | None = None,
    ) -> tuple[Outgoing, Outcome]:
        """Believe an answer only as far as the hash it names is the till's own.

        What was confirmed after a pull was asked (`before` is what was confirmed until then) is
        newer than its answer.
        """
        lane = self.lane(epoch)
        own = hash_at(epoch, held.number) if held.number else None
        if held.number > lane.limit(head) or (own is not None and own.hex() != held.hash):
            return self._with(epoch, replace(lane, forked=True)), "forked"
        following = held.number + 1
        purged = following <= lane.limit(head) and hash_at(epoch, following) is None
        if purged or (held.number and own is None):
            return self, "missing"
        if before is not None and before <= held.number < lane.acked <= lane.limit(head):
            return self, "ignored"
        outcome: Outcome = "rewound" if held.number < lane.acked else "advanced"
        return self._with(epoch, replace(lane, acked=held.number)), outcome

    def _with(self, epoch: str, lane: Lane) -> Outgoing:
        return replace(self, lanes={**self.lanes, epoch: lane})


def shared(asked: Mapping[int, str], held: Mapping[int, bytes]) -> int:
    """Return the highest number asked about whose hash the centre holds alike, 0 for none."""
    return max((n for n, text in asked.items() if _alike(held.get(n), text)), default=0)


def _alike(held: bytes | None, text: str) -> bool:
    return held is not None and held.hex() == text


def _last(heads: Mapping[str, Head]) -> str:
    """The epoch that the till writes in now, "" when it has none."""
    return next(reversed(list(heads)), "")
