"""The courier of a machine: one request up and one down, all its memory lost when it dies."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pos.journal.chain import START
from sync.merge import Search
from sync.protocol import (
    Claim,
    Claimed,
    Match,
    Matched,
    Message,
    Page,
    Pull,
    PullAnswer,
    Push,
    PushAnswer,
    fitting,
    wire_entry,
)
from sync.reading import Reading, after_page
from sync.token import Asked, Claims, sign
from tests.sim.handing import pending
from tests.sim.rules import Died, WeakOutgoing
from tests.sim.till import Machine

PATHS = {
    "push": "/v1/journal",
    "pull": "/v1/pull",
    "match": "/v1/match",
    "claim": "/v1/claims",
}


@dataclass
class Envelope:
    """A request or an answer on its way; `truth` is what the world knew when it was answered."""

    machine: Machine
    courier: Courier
    way: str
    request: str
    asked: Asked
    token: str = ""
    status: int = 0
    body: bytes = b""
    truth: Any = None


@dataclass
class Courier:
    """The process that sends and fetches. Only `machine.mirror` outlives it."""

    machine: Machine
    scopes: tuple[str, ...]
    outgoing: WeakOutgoing = field(default_factory=WeakOutgoing)
    up: str = ""
    down: str = ""
    claim: str = ""
    search: Search | None = None
    offset_s: int = 0
    is_on: bool = True

    def __post_init__(self) -> None:
        removed = self.machine.world.removed
        self.outgoing = WeakOutgoing(self.machine.mirror.lanes, removed=removed)

    # Asking

    def ask(self) -> Iterable[Envelope]:
        """Return the requests that go out now: at most one up, one down, and one claim."""
        if not self.up:
            yield from self._up()
        if not self.claim:
            yield from self._claims()
        if not self.down:
            self.down = self.machine.world.name("r")
            self.outgoing = self._kept(self.outgoing.pulling(self.down))
            yield self._request("pull", self.down, self._pull())

    def _up(self) -> Iterable[Envelope]:
        heads = self.machine.file.heads
        forked = [epoch for epoch in heads if self.outgoing.lane(epoch).forked]
        if forked:
            self.up = self.machine.world.name("r")
            if self.search is None or self.search.epoch != forked[0]:
                self.search = self.outgoing.search(forked[0], heads[forked[0]])
            yield self._request("match", self.up, self._match(self.search))
            return
        due = self.outgoing.next_push(heads)
        if due is not None:
            epoch, first = due
            self.up = self.machine.world.name("r")
            most = self.machine.world.chance.randint(1, 8)
            most = min(most, self.outgoing.lane(epoch).limit(heads[epoch]) - first + 1)
            entries = fitting(self.machine.file.span(epoch, first, most))
            if not entries:
                self.up = ""  # purged: a pull tells that the centre holds them
                return
            push = Push(request=self.up, epoch=epoch, entries=[wire_entry(one) for one in entries])
            self.outgoing = self._kept(self.outgoing.pushing(self.up, epoch))
            yield self._request("push", self.up, push)

    def _claims(self) -> Iterable[Envelope]:
        due = [one for one in pending(self.machine) if one not in self.machine.mirror.answers]
        if due:
            claim = self.machine.world.chance.choice(due)
            wanted = pending(self.machine)[claim]
            self.claim = self.machine.world.name("r")
            asked = Claim(claim=claim, what="hand_over", key=f"{wanted.order}:{wanted.visit}")
            yield self._request("claim", self.claim, asked)

    def _match(self, search: Search) -> Match:
        hashes = {n: self.machine.file.hash_at(search.epoch, n) for n in search.probes()}
        return Match(
            request=self.up,
            epoch=search.epoch,
            hashes={n: own.hex() for n, own in hashes.items() if own is not None},
        )

    def _pull(self) -> Pull:
        file, mirror = self.machine.file, self.machine.mirror
        heads = self.outgoing.told(file.heads, file.hash_at)
        if "idle_heads" in self.machine.world.removed and not self.outgoing.next_push(file.heads):
            heads = {}
        return Pull(
            request=self.down,
            heads=heads,
            cursors={s: mirror.readings.get(s, Reading()).cursor for s in self.scopes},
            limit=self.machine.world.chance.randint(1, 4),
        )

    def _request(self, way: str, request: str, message: Message) -> Envelope:
        asked = Asked("POST", PATHS[way], message.model_dump_json().encode())
        issued = self.machine.now_s() + self.offset_s
        claims = Claims(f"{self.machine.store}-{self.machine.till}", "centre", issued, request)
        token = sign(self.machine.signer, claims, asked)
        return Envelope(self.machine, self, way, request, asked, token)

    def _kept(self, outgoing: Any) -> WeakOutgoing:
        assert isinstance(outgoing, WeakOutgoing)
        return outgoing

    def give_up(self, way: str) -> None:
        """Stop waiting for an answer; it may still come."""
        if way == "pull":
            self.down = ""
        elif way == "claim":
            self.claim = ""
        else:
            self.up = ""

    # Hearing

    def hear(self, envelope: Envelope) -> None:
        """Take an answer. The process may die before or after each thing it writes."""
        way = envelope.way
        due = {"pull": self.down, "claim": self.claim}.get(way, self.up)
        is_due = envelope.request == due
        if envelope.status != 200:
            if is_due:
                self.offset_s = json.loads(envelope.body)["now_s"] - self.machine.now_s()
                self.give_up(way)
            return
        if way == "push":
            self._heard_push(PushAnswer.model_validate_json(envelope.body))
        elif way == "match" and is_due:
            self._heard_match(Matched.model_validate_json(envelope.body))
        elif way == "claim" and is_due:
            self._heard_claim(envelope)
        elif way == "pull":
            self._heard_pull(PullAnswer.model_validate_json(envelope.body), envelope)
        if is_due:
            self.give_up(way)

    def _heard_push(self, answer: PushAnswer) -> None:
        file = self.machine.file
        after, outcome = self.outgoing.heard_push(answer, file.heads, file.hash_at)
        self._learn(after, [outcome])
        if self.machine.mirror.truth is not None:
            self.machine.mirror.truth.compare_stock(self.machine)

    def _heard_match(self, answer: Matched) -> None:
        if self.search is None:
            return
        self.search = self.search.heard(answer.number)
        if not self.search.found:
            return
        file = self.machine.file
        after, order = self.outgoing.settle(self.search, file.heads, answer.held, file.hash_at)
        self.search = None
        self._may_die()
        self.outgoing = self._kept(after)
        self.machine.mirror.lanes = after.lanes
        if order is not None:
            self.machine.world.note(f"{self.machine.name} forked: {order.epoch}/{order.number}")
            self.machine.mirror.orders.append(order)
        self._may_die()

    def _heard_claim(self, envelope: Envelope) -> None:
        answer = Claimed.model_validate_json(envelope.body)
        claim = Claim.model_validate_json(envelope.asked.body).claim
        if not answer.granted and answer.holder == claim:
            raise AssertionError(f"{claim} was refused to the very one who holds it")
        self._may_die()
        self.machine.mirror.answers[claim] = answer

    def _heard_pull(self, answer: PullAnswer, envelope: Envelope) -> None:
        file = self.machine.file
        after, outcomes = self.outgoing.heard_pull(answer, file.heads, file.hash_at)
        is_late = answer.request != self.down and "request_id" not in self.machine.world.removed
        self._learn(after, list(outcomes.values()))
        if is_late:
            return
        for scope, page in answer.scopes.items():
            is_store = scope.startswith("store:")
            if is_store:
                self.machine.mirror.truth = None
            self._write_page(scope, page)
            if not page.more:
                if is_store:
                    self.machine.mirror.truth = envelope.truth
                envelope.truth.compare(self.machine, scope)

    def _learn(self, after: Any, outcomes: list[str]) -> None:
        file, world = self.machine.file, self.machine.world
        if "forked" in outcomes and self.machine.is_innocent:
            raise AssertionError(f"{self.machine.name} was told of a fork, and was never copied")
        for epoch, lane in after.lanes.items():
            if lane.acked > file.heads.get(epoch, START).number and self.machine.is_innocent:
                own = file.heads.get(epoch)
                if own is not None and epoch == file.place.epoch:
                    raise AssertionError(f"{self.machine.name} believes {epoch}/{lane.acked} held")
        self._may_die()
        self.outgoing = self._kept(after)
        self.machine.mirror.lanes = after.lanes
        if outcomes and set(outcomes) - {"advanced", "ignored"}:
            world.note(f"{self.machine.name} hears {outcomes}")
        self._may_die()

    def _write_page(self, scope: str, page: Page) -> None:
        """Write the rows and the cursor after them, in one transaction; then sweep with it."""
        mirror, removed = self.machine.mirror, self.machine.world.removed
        reading, swept = after_page(mirror.readings.get(scope, Reading()), page)
        self._may_die()
        if "rows_with_cursor" in removed:
            mirror.readings[scope] = reading
            self._may_die()
        rows = mirror.rows.setdefault(scope, {})
        for kind, things in page.things.items():
            for key, fields in things.items():
                if fields is None:
                    rows.pop((kind, key), None)
                else:
                    rows[kind, key] = (reading.round, fields)
        if swept and "sweep" not in removed:
            for thing in [one for one, (seen, _) in rows.items() if seen < reading.round]:
                del rows[thing]
        mirror.readings[scope] = reading
        if not page.more and scope.startswith("store:"):
            mirror.included = dict(page.included)
        self._may_die()

    def _may_die(self) -> None:
        if self.machine.world.dies():
            self.machine.world.note(f"the courier of {self.machine.name} dies")
            self.is_on = False
            raise Died
