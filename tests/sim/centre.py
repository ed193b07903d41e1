"""The centre of a simulation: its door, its writers, its backups, and what is true of it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from pos.domain.order import OrderState
from sync.memory import Books, Rejected, Thing
from sync.protocol import Claim, Match, Message, Page, Pull, PullAnswer, Push
from sync.token import TokenRefused, check, key_named
from tests.sim.courier import Envelope
from tests.sim.goods import SKUS
from tests.sim.handing import place
from tests.sim.rules import CentreUnderTest
from tests.sim.till import Machine, World

Backup = tuple[Books, dict[str, Counter[str]], dict[str, frozenset[str]]]
"""What is kept: the centre's books, what was received, and what the world notes of ended orders."""

Write = tuple[str, dict[Thing, dict[str, Any] | None], int]


@dataclass(frozen=True, slots=True)
class Truth:
    """What the world knew when the centre answered a pull."""

    rows: dict[str, dict[Thing, dict[str, Any]]]
    stock: dict[str, Counter[str]]
    held: dict[tuple[str, str, str], int]

    def compare(self, machine: Machine, scope: str) -> None:
        """Hold what a till shows after the last page of a scope against it."""
        shown, true = machine.mirror.shows(scope), self.rows[scope]
        if shown != true:
            missing = sorted(set(true) - set(shown)), sorted(set(shown) - set(true))
            raise AssertionError(f"{machine.name} read {scope} with a hole: {missing}")
        if scope.startswith("store:"):
            self.compare_stock(machine)

    def compare_stock(self, machine: Machine) -> None:
        """Hold the stock that a till shows against what was true when it last read it all."""
        if not machine.is_innocent:
            return
        due = Counter(self.stock.get(machine.store, Counter()))
        for entry in machine.file.entries:
            epoch = (machine.store, machine.till, entry.place.epoch)
            if entry.number > self.held.get(epoch, 0):
                for sku, quantity in machine.moves(entry):
                    due[sku] += quantity
        shown = Counter(machine.stock_shown())
        if any(shown[sku] != due[sku] for sku in SKUS):
            raise AssertionError(f"{machine.name} shows {dict(shown)} in stock, not {dict(due)}")


@dataclass
class Headquarters:
    """The centre's process and its people."""

    world: World
    centre: CentreUnderTest
    with_tokens: bool
    revoked: list[str] = field(default_factory=list)
    received: dict[str, Counter[str]] = field(default_factory=dict)
    backups: list[Backup] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    names_seen: dict[str, int] = field(default_factory=dict)
    granted: dict[tuple[str, str], str] = field(default_factory=dict)
    ended: dict[str, frozenset[str]] = field(default_factory=dict)
    """The orders that ended and are paid back; of each, what had left by then."""

    was_restored: bool = False

    @property
    def chance(self) -> Random:
        return self.world.chance

    # The door

    def serve(self, envelope: Envelope) -> Envelope:
        """Answer a request. Raises Died when the process dies meanwhile."""
        answer = Envelope(
            envelope.machine, envelope.courier, envelope.way, envelope.request, envelope.asked
        )
        try:
            message = self._answer(envelope)
        except (Rejected, TokenRefused) as error:
            self.world.note(f"refused {envelope.way} of {envelope.machine.name}: {error}")
            answer.status = getattr(error, "status", 401)
            answer.body = json.dumps({"now_s": self._now_s()}).encode()
            return answer
        answer.status, answer.body = 200, message.model_dump_json().encode()
        if isinstance(message, PullAnswer):
            answer.truth = self._truth(message)
        return answer

    def _answer(self, envelope: Envelope) -> Message:
        store, till = self._admit(envelope)
        body = envelope.asked.body
        if envelope.way == "push":
            return self.centre.push(store, till, Push.model_validate_json(body))
        if envelope.way == "match":
            return self.centre.match(store, till, Match.model_validate_json(body))
        if envelope.way == "claim":
            return self._claim(Claim.model_validate_json(body))
        return self.centre.pull(store, till, Pull.model_validate_json(body))

    def _claim(self, asked: Claim) -> Message:
        """Answer a claim; the centre's word is given once, and never against what it knows."""
        key = (asked.what, asked.key)
        answer = self.centre.claim(asked)
        if answer.granted:
            thing, before = self.centre.thing(key), self.granted.get(key, asked.claim)
            done = {one.claim for one in thing.deeds}
            if done and asked.claim not in done:
                raise AssertionError(f"{asked.claim} was granted after {done} handed it over")
            if not done and before != asked.claim and before not in thing.gone:
                raise AssertionError(f"{asked.claim} was granted what {before} holds")
            if self.centre.books.orders.over(asked.key) and before != asked.claim:
                raise AssertionError(f"{asked.claim} was granted of an order that is over")
            self.granted[key] = asked.claim
        return answer

    def _admit(self, envelope: Envelope) -> tuple[str, str]:
        key_id = key_named(envelope.token)
        store, till, key = self.centre.admit(key_id)
        if key_id in self.revoked:
            raise AssertionError(f"the revoked key of {store}-{till} was let in")
        if self.with_tokens:
            now_s, verify = self._now_s(), self.centre.verify
            claims = check(
                envelope.token, key, "centre", envelope.asked, now_s=now_s, verify=verify
            )
            if self.names_seen.get(claims.jti, 0) >= now_s:
                raise Rejected(401, "replayed")
            self.names_seen[claims.jti] = claims.forget_s
        return store, till

    def _now_s(self) -> int:
        return self.world.now_ms // 1000

    def _truth(self, answer: PullAnswer) -> Truth:
        books = self.centre.books
        rows = {scope: self.rows(scope) for scope, page in answer.scopes.items() if _is_whole(page)}
        stock = {store: Counter(levels) for store, levels in books.stock.items()}
        return Truth(rows, stock, {key: len(journal) for key, journal in books.journals.items()})

    def rows(self, scope: str) -> dict[Thing, dict[str, Any]]:
        """Return the things of a scope as they are now."""
        feed = self.centre.books.feeds.get(scope)
        rows = {} if feed is None else feed.rows
        return {thing: fields for thing, (_, fields) in rows.items() if fields is not None}

    # Its people

    def begin_write(self, scopes: list[str]) -> None:
        """Begin a transaction that changes some things of a scope."""
        scope = self.chance.choice(scopes)
        kind = "price" if scope.startswith("prices") else "article"
        things: dict[Thing, dict[str, Any] | None] = {
            (kind, self.chance.choice(SKUS) + str(self.chance.randint(1, 3))): (
                None if self.chance.random() < 0.3 else {"n": self.world.count + n}
            )
            for n in range(self.chance.randint(1, 4))
        }
        self.world.count += 4
        reserved = 0
        if "counter_last" in self.world.removed:
            self.centre.write(scope, {})
            feed = self.centre.books.feeds[scope]
            reserved = feed.v + 1
            feed.nonces += [self.centre.nonce()] * len(things)
        self.writes.append((scope, things, reserved))

    def commit_write(self) -> None:
        """Commit one of the transactions that are open."""
        if not self.writes:
            return
        scope, things, reserved = self.writes.pop(self.chance.randrange(len(self.writes)))
        if not reserved:
            self.centre.write(scope, things)
            return
        feed = self.centre.books.feeds[scope]
        for v, (thing, fields) in enumerate(things.items(), reserved):
            feed.rows[thing] = (v, fields)

    def receive(self, store: str) -> None:
        """Take in a delivery."""
        sku, quantity = self.chance.choice(SKUS), 1000 * self.chance.randint(1, 20)
        self.received.setdefault(store, Counter())[sku] += quantity
        self.centre.receive(store, sku, quantity)

    def place(self, store: str) -> None:
        """Take in an order from the web, which lies ready at once."""
        self.centre.place(store, place(self.world, store).placed)

    def end(self) -> None:
        """End an order: its customer cancels it, or its time is over."""
        if not self.world.orders:
            return
        order = self.chance.choice(list(self.world.orders.values()))
        state = self.chance.choice((OrderState.CANCELLED, OrderState.EXPIRED))
        live = self.centre.handed_now(order.name)
        if not self.centre.end(order.store, order.name, state):
            return
        self.world.note(f"{order.name} is {state}")
        if live:
            raise AssertionError(f"{order.name} was ended while {live} hand it over")
        if self.centre.books.orders.orders[order.name].refunded:
            self.ended[order.name] = frozenset(self.left(order.name))

    def left(self, order: str) -> set[str]:
        """Return the identities of what the centre knows to have left of an order."""
        things = self.centre.books.claims.items()
        mine = [one for key, one in things if key[1].partition(":")[0] == order]
        return {deed.identity for one in mine for deed in one.deeds}

    def release(self) -> None:
        """Release a claim of which nobody told the end."""
        live = [key for one in self.world.orders for key in self.centre.handed_now(one)]
        if live:
            self.centre.release(self.chance.choice(live))

    def back_up(self) -> None:
        received = {store: Counter(levels) for store, levels in self.received.items()}
        self.backups.append((self.centre.backup(), received, dict(self.ended)))

    def go_back(self) -> None:
        """Restore a backup: what came after it is forgotten; its people revoke keys again, and the
        shop on the web tells its orders again.
        """
        if not self.backups:
            return
        books, received, ended = self.chance.choice(self.backups)
        self.world.note("the centre is restored from a backup")
        self.centre.restore(books)
        self.received = {store: Counter(levels) for store, levels in received.items()}
        self.ended, self.was_restored = dict(ended), True
        for order in self.world.orders.values():
            if order.name not in self.centre.books.orders.orders:
                self.centre.place(order.store, order.placed)
        self.writes.clear()
        self.granted.clear()
        self.names_seen.clear()
        for key_id in self.revoked:
            self.centre.revoke(key_id)

    def revoke(self, machine: Machine) -> None:
        self.world.note(f"the key of {machine.name} is revoked")
        self.revoked.append(machine.signer.key_id)
        self.centre.revoke(machine.signer.key_id)

    def enrol(self, machine: Machine) -> None:
        self.centre.enrol(machine.store, machine.till, machine.signer.public_key)


def _is_whole(page: Page) -> bool:
    return not page.more
