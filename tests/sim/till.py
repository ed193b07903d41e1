"""A till's machine: the process that sells, and its disks through crashes and restores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from pos.domain.events import EpochOpened, TillInstalled
from pos.domain.events.orders import OrderEvent
from pos.domain.shift import instant_text
from pos.journal.canonical import canonical, read_facts
from pos.journal.chain import START, Head
from pos.journal.entry import Entry, Place, is_tagged, next_epoch
from pos.journal.repeat import KIND, repeat, told
from pos.journal.signing import Signer
from pos.store.marker import Found, Mark, judge
from sync.merge import Fork
from tests.sim.disk import File, Mirror
from tests.sim.goods import Fact, sale
from tests.sim.rules import Died

POISON: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("order.hologram", {"x": 1}, 1),
    ("sale.finished", {"total": 5}, 1),
    ("drawer.opened", {"cause": "no_sale", "staff": "2"}, 99),
)
"""Entries with a sound chain that no centre of today understands."""


@dataclass
class World:
    """What a machine asks of the world: chance, the time, and to write down what is true."""

    chance: Random
    removed: frozenset[str]
    now_ms: int = 1_763_800_000_000
    count: int = 0
    facts: dict[str, Fact] = field(default_factory=dict)
    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    baskets: dict[bytes, str] = field(default_factory=dict)
    orders: dict[str, Any] = field(default_factory=dict)
    steps: dict[bytes, OrderEvent] = field(default_factory=dict)
    doers: dict[bytes, Machine] = field(default_factory=dict)
    trace: list[str] = field(default_factory=list)
    dies: Callable[[], bool] = lambda: False

    def name(self, letter: str) -> str:
        """Return a name that was never given before."""
        self.count += 1
        return f"{letter}{self.count}"

    def note(self, what: str) -> None:
        self.trace.append(what)


@dataclass
class Machine:
    """A till's machine; `is_innocent` while no copy of its disks ever ran."""

    name: str
    store: str
    till: str
    world: World
    signer: Signer
    file: File
    mirror: Mirror = field(default_factory=Mirror)
    mark: Mark | None = None
    is_on: bool = False
    is_innocent: bool = True
    skew_s: int = 0
    archive: list[Entry] = field(default_factory=list)

    # The till's process

    def start(self) -> None:
        """Open the file: a new epoch when it is not the one this till last wrote."""
        file, mark = self.file, self.mark
        if file.entries:
            file.place = file.entries[-1].place
        reason = judge(mark, Found(file.head, file.nonce, file.hash_at, self._opened_after()))
        if "marker" in self.world.removed and file.entries:
            reason = ""
        if not reason and file.entries and file.entries[-1].key_id != self.signer.key_id:
            reason = "key_replaced"
        self.is_on = True
        coming = self.world.name("n")
        old = mark or Mark(START, "")
        self.mark = Mark(old.head, file.nonce if file.nonce == old.pending else old.nonce, coming)
        self._may_die()
        if reason:
            known = not (is_tagged(file.head.epoch) or is_tagged(old.head.epoch))
            remembers = known and reason in ("marker_ahead", "key_replaced")
            self._open_epoch(reason, old.head, "" if remembers else self._tag(), nonce=coming)
        elif not file.entries:
            installed = TillInstalled(public_key=self.signer.public_key.hex(), software="sim")
            self.write("till.installed", installed.facts(), nonce=coming)
        file.nonce = coming
        self._may_die()
        self.mark = Mark(file.head, coming)
        self.resume_repeats()

    def _opened_after(self) -> Head:
        first = self.file.by_name.get((self.file.place.epoch, 1))
        if first is None or first.kind != "epoch.opened":
            return START
        facts = read_facts(first.body)
        return Head(facts["seen_epoch"], facts["seen_number"], bytes.fromhex(facts["seen_hash"]))

    def _open_epoch(self, reason: str, seen: Head, tag: str = "", nonce: str = "") -> None:
        left = self.file.head
        epoch = next_epoch(left.epoch, seen.epoch, tag=tag)
        self.world.note(f"{self.name} opens {epoch}: {reason}, left {left.epoch}/{left.number}")
        self.file.place = Place(self.store, self.till, epoch)
        opened = EpochOpened(
            reason=reason,
            left_epoch=left.epoch,
            left_number=left.number,
            seen_epoch=seen.epoch,
            seen_number=seen.number,
            seen_hash=seen.hash.hex(),
            public_key=self.signer.public_key.hex(),
        )
        self.write("epoch.opened", opened.facts(), nonce=nonce)

    def stop(self) -> None:
        """The machine is off; what is on its disks stays."""
        self.is_on = False

    def write(
        self,
        kind: str,
        facts: dict[str, Any],
        version: int = 1,
        nonce: str = "",
        step: OrderEvent | None = None,
    ) -> Entry:
        """Write one entry (and a new nonce with it), then the marker; death may come between.

        `step` is what it says of an order: the world remembers that, and who did it.
        """
        self._may_die()
        self.file.nonce = nonce or self.file.nonce
        entry = self.file.append(kind, canonical(facts), self.instant(), self.signer, version)
        basket = facts.get("basket")
        if kind == "sale.finished" and basket:
            self.world.baskets[entry.hash] = basket
        if step is not None:
            self.world.steps[entry.hash], self.world.doers[entry.hash] = step, self
        self._may_die()
        if self.mark is not None:
            self.mark = Mark(self.file.head, self.mark.nonce, self.mark.pending)
        return entry

    def sell(self) -> None:
        """Sell or take back something; a sale is true from the moment it is on disk."""
        world, epoch = self.world, self.file.place.epoch
        ticket = self.file.heads.get(epoch, START).number + 1
        basket, label = world.name("B"), f"{self.till}-{epoch}-{ticket:06d}"
        body, fact = sale(world.chance, self.store, basket, label, self.instant())
        before = len(self.file.entries)
        try:
            self.write("sale.finished", body)
        finally:
            if len(self.file.entries) > before:
                world.facts[basket] = fact
                other = world.labels.setdefault((self.store, label), basket)
                if other != basket and self.is_innocent:
                    raise AssertionError(f"{self.name} printed the number {label} twice")
        world.note(f"{self.name} sells {basket} as {epoch}/{ticket}")

    def do_something_else(self) -> None:
        """Write an entry that counts for nothing, now and then one that nobody understands."""
        if self.world.chance.random() < 0.3:
            kind, facts, version = self.world.chance.choice(POISON)
            self.write(kind, facts, version)
        else:
            self.write("drawer.opened", {"cause": "no_sale", "staff": "2"})

    def obey(self) -> None:
        """Open the new epochs that the courier ordered, each once."""
        for order in self.owes_epochs():
            self._open_epoch("fork", Head(order.epoch, order.number, order.hash), self._tag())
        self.resume_repeats()

    def _tag(self) -> str:
        return "".join(self.world.chance.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=4))

    def owes_epochs(self) -> list[Fork]:
        """Return the orders to fork that were not obeyed yet."""
        if "new_epoch" in self.world.removed:
            return []
        obeyed = self._obeyed()
        return [order for order in self.mirror.orders if order not in obeyed]

    def _obeyed(self) -> list[Fork]:
        orders = []
        for _, facts in self._forks():
            hash_ = bytes.fromhex(facts["seen_hash"])
            orders.append(Fork(facts["seen_epoch"], facts["seen_number"], hash_))
        return orders

    def _forks(self) -> list[tuple[int, dict[str, Any]]]:
        found = []
        for at, entry in enumerate(self.file.entries):
            if entry.kind == "epoch.opened":
                facts = read_facts(entry.body)
                if facts["reason"] == "fork":
                    found.append((at, facts))
        return found

    def resume_repeats(self) -> None:
        """Repeat what each fork left behind, from where it was cut."""
        if "repeat" in self.world.removed:
            return
        for at, facts in self._forks():
            later = self.file.entries[at:]
            done = {told(entry).hash for entry in later if entry.kind == KIND}
            epoch, number = facts["seen_epoch"], facts["seen_number"]
            last = self.file.heads.get(epoch, START).number
            for entry in list(self.file.span(epoch, number + 1, max(0, last - number))):
                if told(entry).hash not in done:
                    self.write(KIND, repeat(entry).facts())

    def purge(self) -> None:
        """Let old entries go that an archive holds, once the centre has acknowledged them all."""
        entries = self.file.entries
        going = entries[: self.world.chance.randint(0, max(0, len(entries) - 1))]
        if "purge_held" in self.world.removed or all(self._is_held(one) for one in going):
            self.archive += going
            self.file.purge(len(going))

    def _is_held(self, entry: Entry) -> bool:
        lane = self.mirror.lanes.get(entry.place.epoch)
        if lane is None or lane.forked or lane.until is not None:
            return False
        return entry.number <= lane.acked

    # What it shows

    def instant(self) -> str:
        at = datetime.fromtimestamp(self.world.now_ms // 1000 + self.skew_s, UTC)
        return instant_text(at)

    def now_s(self) -> int:
        return self.world.now_ms // 1000 + self.skew_s

    def stock_shown(self) -> dict[str, int]:
        """Return the store's stock: the centre's, and what this till did that is not in it."""
        shown = {
            key: int(fields["quantity"])
            for (kind, key), fields in self.mirror.shows(f"store:{self.store}").items()
            if kind == "stock"
        }
        for entry in self.uncounted():
            for sku, quantity in self.moves(entry):
                shown[sku] = shown.get(sku, 0) + quantity
        return shown

    def uncounted(self) -> Iterator[Entry]:
        """Yield the own entries that are not in what the centre told of the store."""
        for entry in self.file.entries:
            lane = self.mirror.lanes.get(entry.place.epoch)
            until = None if lane is None else lane.until
            counted = self.mirror.included.get(f"{self.till}-{entry.place.epoch}", 0)
            if "included" in self.world.removed:
                counted = 0 if lane is None else lane.acked
            if entry.number > counted and (until is None or entry.number <= until):
                yield entry

    def moves(self, entry: Entry) -> tuple[tuple[str, int], ...]:
        basket = self.world.baskets.get(told(entry).hash)
        return () if basket is None else self.world.facts[basket].moves

    def _may_die(self) -> None:
        if self.world.dies():
            self.world.note(f"{self.name} dies")
            self.is_on = False
            raise Died
