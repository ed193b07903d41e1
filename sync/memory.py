"""The centre in memory: the double that ships, behind the messages of the real one.

It decides with the same functions (`sync.merge`), keeps journals verbatim, counts sales and stock
by the identity of each entry, and serves scopes from a dense counter. It has no database, and
each request is one step, so nothing can come between its writes.

>>> from pos.journal.signing import SeedKey
>>> centre = MemoryCentre()
>>> centre.enrol("S001", "T01", SeedKey(bytes(32)).public_key)
>>> centre.write("catalogue:MAIN", {("article", "bread"): {"name": "Pain"}})
>>> pull = Pull(request="r1", heads={}, cursors={"catalogue:MAIN": Cursor()})
>>> centre.pull("S001", "T01", pull).scopes["catalogue:MAIN"].things
{'article': {'bread': {'name': 'Pain'}}}
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

from pydantic import ValidationError

from pos.domain import events
from pos.domain.events import Event, HandOverDropped, OrderHandedOver, SaleFinished
from pos.domain.events.orders import OrderEvent
from pos.domain.order import MAY_CANCEL, Order, OrderState
from pos.journal import signing
from pos.journal.canonical import read_facts
from pos.journal.chain import Head
from pos.journal.entry import GENESIS, Entry, Place
from pos.journal.repeat import told
from sync.claims import Evidence
from sync.claims import Thing as Unique
from sync.memory_orders import OrderBook, deed_of, ended
from sync.merge import Verdict, judge, shared, wanted
from sync.protocol import (
    Claim,
    Claimed,
    Cursor,
    HeadText,
    Match,
    Matched,
    Page,
    Parked,
    Pull,
    PullAnswer,
    Push,
    PushAnswer,
    entry_of,
)

Thing = tuple[str, str]
"""The kind and the key of a row."""

Epoch = tuple[str, str, str]
"""Store, till and epoch."""


class Rejected(Exception):
    """A request that the centre answers with a problem (RFC 9457): its status and stable slug."""

    def __init__(self, status: int, slug: str) -> None:
        super().__init__(f"{status} {slug}")
        self.status = status
        self.slug = slug


@dataclass(slots=True)
class Feed:
    """A scope: each thing's version and state, and which nonce each version was written with."""

    nonces: list[str]
    rows: dict[Thing, tuple[int, dict[str, Any] | None]] = field(default_factory=dict)

    @property
    def v(self) -> int:
        """The last version."""
        return len(self.nonces) - 1


@dataclass(slots=True)
class Books:
    """All that a centre keeps, and so all that a backup of it holds."""

    journals: dict[Epoch, list[Entry]] = field(default_factory=dict)
    keys: dict[tuple[str, str], dict[str, bytes]] = field(default_factory=dict)
    admitted: dict[str, tuple[str, str]] = field(default_factory=dict)
    sales: dict[tuple[str, bytes], SaleFinished] = field(default_factory=dict)
    stock: dict[str, Counter[str]] = field(default_factory=dict)
    parked: list[tuple[str, str]] = field(default_factory=list)
    feeds: dict[str, Feed] = field(default_factory=dict)
    claims: dict[tuple[str, str], Unique] = field(default_factory=dict)
    conflicts: dict[str, Evidence] = field(default_factory=dict)
    orders: OrderBook = field(default_factory=OrderBook)


@dataclass
class MemoryCentre:
    """A centre in one process. `nonce` and `now` are its chance and its clock (UTC text)."""

    name: str = "centre"
    nonce: Callable[[], str] = field(default_factory=lambda: map(str, count(1)).__next__)
    now: Callable[[], str] = lambda: "2026-11-22T08:00:00.000Z"
    verify: Callable[[bytes, bytes, bytes], bool] = signing.verify
    books: Books = field(default_factory=Books)

    # Who is let in

    def enrol(self, store: str, till: str, public_key: bytes) -> None:
        """Let in a till with this public key (raw), beside those that it had."""
        key_id = signing.key_id(public_key)
        self.books.keys.setdefault((store, till), {})[key_id] = public_key
        self.books.admitted[key_id] = (store, till)

    def revoke(self, key_id: str) -> None:
        """Let nobody in with this key from now on; what it signed stays proven."""
        self.books.admitted.pop(key_id, None)

    def admit(self, key_id: str) -> tuple[str, str, bytes]:
        """Return the store, till and public key of a key. Raises Rejected (401) when revoked."""
        found = self.books.admitted.get(key_id)
        if found is None:
            known = any(key_id in keys for keys in self.books.keys.values())
            raise Rejected(401, "revoked" if known else "unknown_key")
        return *found, self.books.keys[found][key_id]

    # Up

    def push(self, store: str, till: str, push: Push) -> PushAnswer:
        """Take a push in one transaction. Raises Rejected (422) for a broken entry."""
        place = Place(store, till, push.epoch)
        entries = [entry_of(place, text) for text in push.entries]
        journal = self.books.journals.get((store, till, push.epoch), [])
        verdict = self.judge(place, _head(push.epoch, journal), entries)
        if verdict.state == "corrupt":
            raise Rejected(422, verdict.why)
        parked: list[Parked] = []
        self.commit(self._steps(place, verdict, parked))
        return PushAnswer(
            request=push.request,
            state=verdict.state,
            expected=verdict.expected,
            head_hash=verdict.head_hash.hex(),
            parked=parked,
            server_time=self.now(),
        )

    def judge(self, place: Place, head: Head, entries: list[Entry]) -> Verdict:
        """Judge a push against the journal as it is kept."""
        journal = self.books.journals.get((place.store, place.till, place.epoch), [])
        known = {number: journal[number - 1].hash for number in wanted(head, entries)}
        keys = self.books.keys.get((place.store, place.till), {})
        return judge(head, entries, known, keys, self.verify)

    def commit(self, steps: Iterable[Callable[[], None]]) -> None:
        """Do all the writes of a request."""
        for step in steps:
            step()

    def _steps(
        self, place: Place, verdict: Verdict, parked: list[Parked]
    ) -> Iterable[Callable[[], None]]:
        if not verdict.fresh:
            return
        scope, moved = f"store:{place.store}", set[Thing]()
        for entry in verdict.fresh:
            yield partial(self._keep, entry)
            yield partial(self._count, entry, parked, moved)
        yield lambda: self.books.keys.setdefault((place.store, place.till), {}).update(
            verdict.learnt
        )
        yield lambda: self.write(
            scope, {thing: self._state(place.store, *thing) for thing in sorted(moved)}
        )

    def _state(self, store: str, kind: str, key: str) -> dict[str, Any]:
        if kind == "order":
            return self.books.orders.orders[key].fields()
        return {"quantity": self.books.stock[store][key]}

    def _keep(self, entry: Entry) -> None:
        key = (entry.place.store, entry.place.till, entry.place.epoch)
        self.books.journals.setdefault(key, []).append(entry)

    def _count(self, entry: Entry, parked: list[Parked], moved: set[Thing]) -> None:
        """Count what an entry says, once for each identity; park what cannot be understood."""
        try:
            fact = told(entry)
            event = events.read(fact.kind, fact.version, read_facts(fact.body))
        except (ValidationError, ValueError) as error:
            parked.append(Parked(number=entry.number, why=type(error).__name__))
            self.books.parked.append((entry.name, type(error).__name__))
            return
        identity = (entry.place.store, self.identity(entry, fact))
        if isinstance(event, SaleFinished) and identity not in self.books.sales:
            self.books.sales[identity] = event
            stock = self.books.stock.setdefault(entry.place.store, Counter())
            for line in () if event.training else event.lines:
                stock[line.sku] -= line.quantity
                moved.add(("stock", line.sku))
        self._claimed(fact, identity[1], event)
        if isinstance(event, OrderEvent) and event.order in self.books.orders.orders:
            moved.add(("order", event.order))
            evidence = self.books.orders.step(fact, identity[1], event)
            if evidence is not None:
                self.note(f"refund:{event.order}:{identity[1].hex()}", evidence)

    def identity(self, _entry: Entry, fact: Entry) -> bytes:
        """Return by what an entry's facts are counted once: the hash of the entry first written."""
        return fact.hash

    def recounted(self) -> MemoryCentre:
        """Return a centre whose sales and stock are counted anew from the journals alone."""
        other = type(self)(self.name, self.nonce, self.now, self.verify)
        for journal in self.books.journals.values():
            for entry in journal:
                other._count(entry, [], set())
        return other

    # Down

    def write(self, scope: str, things: Mapping[Thing, dict[str, Any] | None]) -> None:
        """Write the state of things of a scope in one transaction; None for what is gone."""
        feed, nonce = self._feed(scope), self.nonce()
        for thing, fields in things.items():
            feed.nonces.append(nonce)
            feed.rows[thing] = (feed.v, fields)

    def receive(self, store: str, sku: str, quantity: int) -> None:
        """Take a delivery into the stock of a store (thousandths)."""
        stock = self.books.stock.setdefault(store, Counter())
        stock[sku] += quantity
        self.write(f"store:{store}", {("stock", sku): {"quantity": stock[sku]}})

    def pull(self, store: str, till: str, pull: Pull) -> PullAnswer:
        """Answer a pull. Raises Rejected (403) for a scope of another store or till."""
        mine = {f"store:{store}", f"till:{store}-{till}"}
        for scope in pull.cursors:
            if scope not in mine and scope.partition(":")[0] in ("store", "till"):
                raise Rejected(403, "scope")
        heads = {epoch: self.head(store, till, epoch) for epoch in pull.heads}
        return PullAnswer(
            request=pull.request,
            at_head=self._at_heads(store, till, pull),
            expected={
                epoch: HeadText(number=head.number, hash=head.hash.hex())
                for epoch, head in heads.items()
            },
            scopes={
                scope: self.page(scope, cursor, pull.limit)
                for scope, cursor in pull.cursors.items()
            },
            server_time=self.now(),
        )

    def _at_heads(self, store: str, till: str, pull: Pull) -> dict[str, HeadText]:
        """Return the hash held at the number that the till said, where more is held."""
        found = {}
        for epoch, head in pull.heads.items():
            journal = self.books.journals.get((store, till, epoch), [])
            if 0 < head.number < len(journal):
                own = journal[head.number - 1].hash
                found[epoch] = HeadText(number=head.number, hash=own.hex())
        return found

    def page(self, scope: str, cursor: Cursor, limit: int) -> Page:
        """Return the rows of a scope after a cursor, from the beginning when it is not known."""
        feed = self._feed(scope)
        after = cursor.v if (known := self.is_known(feed, cursor)) else 0
        rows = sorted((v, *thing, fields) for thing, (v, fields) in feed.rows.items() if v > after)
        page, more = rows[:limit], len(rows) > limit
        head = f"{feed.v}.{feed.nonces[feed.v]}"
        things: dict[str, dict[str, dict[str, Any] | None]] = {}
        for _, kind, key, fields in page:
            things.setdefault(kind, {})[key] = fields
        return Page(
            things=things,
            cursor=Cursor(v=page[-1][0] if more else feed.v, nonce=head),
            more=more,
            snapshot=not known,
            included=self._included(scope),
            last=feed.v,
        )

    def is_known(self, feed: Feed, cursor: Cursor) -> bool:
        """Whether the head that a cursor was read from is of this centre's own past."""
        head, _, nonce = cursor.nonce.partition(".")
        v = int(head) if head.isdecimal() else -1
        return cursor.v <= v <= feed.v and feed.nonces[v] == nonce

    def head(self, store: str, till: str, epoch: str) -> Head:
        """Return the last entry held of an epoch."""
        return _head(epoch, self.books.journals.get((store, till, epoch), []))

    def match(self, store: str, till: str, match: Match) -> Matched:
        """Return the highest of the till's entries asked about that the centre holds alike."""
        journal = self.books.journals.get((store, till, match.epoch), [])
        held = {n: journal[n - 1].hash for n in match.hashes if 0 < n <= len(journal)}
        number = shared(match.hashes, held)
        return Matched(request=match.request, number=number, held=len(journal))

    def claim(self, claim: Claim) -> Claimed:
        """Grant what is claimed to the first who asks, and to the same entry again.

        Nothing is granted of an order that is over.
        """
        key, over = (claim.what, claim.key), self.books.orders.over(claim.key)
        thing = self.thing(key).asked(claim.claim, self.now(), is_over=bool(over))
        self.books.claims[key] = thing
        granted = thing.holder == claim.claim
        why = "abandoned" if granted and thing.is_released else "" if thing.holder else over
        return Claimed(granted=granted, holder=thing.holder, at=thing.since, why=why)

    def thing(self, key: tuple[str, str]) -> Unique:
        """Return how a thing stands that only one till may have."""
        return self.books.claims.get(key, Unique())

    def _claimed(self, entry: Entry, identity: bytes, event: Event) -> None:
        """Take in what an entry says of a claim; what was done twice goes to the inbox."""
        if isinstance(event, HandOverDropped):
            key = ("hand_over", f"{event.order}:{event.visit}")
            self.books.claims[key] = self.thing(key).dropped(event.claim)
        elif isinstance(event, OrderHandedOver):
            key = ("hand_over", f"{event.order}:{event.visit}")
            deed = deed_of(entry, identity, event)
            thing = self.books.claims[key] = self.thing(key).done(deed)
            evidence = thing.conflict(deed)
            if evidence is not None:
                self.note(f"claim:{key[1]}:{identity.hex()}", evidence)

    def note(self, name: str, evidence: Evidence) -> None:
        """Put something into the inbox; what is there stays as it is."""
        self.books.conflicts.setdefault(name, evidence)

    # Orders

    def place(self, store: str, order: Order) -> None:
        """Take in an order as it stands; its steps are told by tills."""
        self.books.orders.orders[order.order] = order
        self.write(f"store:{store}", {("order", order.order): order.fields()})

    def end(self, store: str, name: str, state: OrderState) -> bool:
        """End an order, unless it is over or somebody hands it over now; tell whether it did."""
        order = self.books.orders.orders[name]
        is_free = order.state in MAY_CANCEL and not self.handed_now(name)
        if is_free:
            self.place(store, ended(order, state))
        return is_free

    def handed_now(self, name: str) -> list[tuple[str, str]]:
        """Return the claims of an order, by their keys, of which nobody told the end yet."""
        mine = [key for key in self.books.claims if key[1].partition(":")[0] == name]
        return [key for key in mine if self.books.claims[key].is_live]

    def release(self, key: tuple[str, str]) -> None:
        """Hold nothing back any more for a claim whose holder is silent."""
        self.books.claims[key] = self.thing(key).released()

    # Backups

    def backup(self) -> Books:
        """Return a copy of all that the centre keeps."""
        kept = copy.copy(self.books)
        kept.journals = {key: list(journal) for key, journal in self.books.journals.items()}
        kept.keys = {key: dict(known) for key, known in self.books.keys.items()}
        kept.stock = {store: Counter(stock) for store, stock in self.books.stock.items()}
        kept.feeds = {
            scope: Feed(list(feed.nonces), dict(feed.rows))
            for scope, feed in self.books.feeds.items()
        }
        kept.admitted, kept.sales = dict(self.books.admitted), dict(self.books.sales)
        kept.parked, kept.claims = list(self.books.parked), dict(self.books.claims)
        kept.conflicts = dict(self.books.conflicts)
        kept.orders = self.books.orders.copy()
        return kept

    def restore(self, books: Books) -> None:
        """Go back to a backup: what came after it is forgotten."""
        self.books = books
        self.books = self.backup()

    def _feed(self, scope: str) -> Feed:
        return self.books.feeds.setdefault(scope, Feed([self.nonce()]))

    def _included(self, scope: str) -> dict[str, int]:
        kind, _, store = scope.partition(":")
        return {
            f"{till}-{epoch}": len(journal)
            for (of, till, epoch), journal in self.books.journals.items()
            if kind == "store" and of == store
        }


def _head(epoch: str, journal: list[Entry]) -> Head:
    return Head(epoch, journal[-1].number, journal[-1].hash) if journal else Head(epoch, 0, GENESIS)
