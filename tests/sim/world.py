"""The scheduler: one seed decides what is done next, what is lost, and who dies.

First everything may happen; then the network heals, what was open is finished, and within a bound
of rounds everything must have come together (`checks`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

from pos.journal.entry import Place
from pos.store.marker import Mark
from sync.protocol import Push
from sync.reading import Reading
from sync.token import Asked
from tests.sim import handing
from tests.sim.centre import Headquarters
from tests.sim.checks import check_all
from tests.sim.courier import Courier, Envelope
from tests.sim.disk import File, Mirror
from tests.sim.goods import make_key, verifier
from tests.sim.rules import CentreUnderTest, Died
from tests.sim.schedule import (
    FAULTS,
    NEVER_BESIDE_A_PURGE,
    REAL_KEYS_EVERY,
    ROUNDS_MOST,
    STEPS,
    WORK,
    Broken,
    Done,
)
from tests.sim.till import Machine, World


def run(
    seed: int,
    steps: int = STEPS,
    removed: Iterable[str] = (),
    stress: Iterable[str] = (),
) -> Done:
    """Run one schedule, without the rules `removed`, with what `stress` names far more often.

    `stress` names actions, or `die` for processes that die between two writes. Raises Broken when
    an invariant does not hold, or the protocol itself falls over.
    """
    simulation = Simulation(seed, frozenset(removed), frozenset(stress))
    try:
        return simulation.run(steps)
    except (AssertionError, LookupError, ValueError) as error:
        what = str(error) if isinstance(error, AssertionError) else repr(error)
        raise Broken(seed, what, simulation.world.trace) from error


class Simulation:
    """The shops, the centre and the network of one seed."""

    def __init__(
        self, seed: int, removed: frozenset[str], stress: frozenset[str] = frozenset()
    ) -> None:
        self.seed = seed
        self.chance = Random(seed)
        self.is_real = seed % REAL_KEYS_EVERY == 0
        self.world = World(self.chance, removed)
        self.death = 0.04 if "die" in stress else self.chance.choice((0.0, 0.002, 0.01))
        self.world.dies = lambda: self.chance.random() < self.death
        centre = CentreUnderTest(nonce=lambda: self.world.name("v"), verify=verifier(self.is_real))
        centre.removed, centre.dies = removed, self.world.dies
        self.hq = Headquarters(self.world, centre, with_tokens=self.chance.random() < 0.5)
        self.wire: list[Envelope] = []
        self.couriers: dict[str, Courier] = {}
        self.cut: dict[str, str] = {}
        self.backups: dict[str, list[tuple[File, Mirror, Mark | None]]] = {}
        self.machines: list[Machine] = []
        self.stores = ["S001", "S002"][: self.chance.randint(1, 2)]
        for store in self.stores:
            for n in range(1, self.chance.randint(1, 3) + 1):
                self._install(store, f"T{n:02d}")
        faults = {name: at for name, at in FAULTS.items() if self.chance.random() < 0.6}
        more = {name: 4 * at for name, at in (WORK | FAULTS).items() if name in stress}
        actions = WORK | faults | more
        if self.chance.random() < 0.3:
            actions["sell"] //= 4  # a quiet day: the tills have often nothing to send
        beside = set(NEVER_BESIDE_A_PURGE)
        purges = not beside & set(more) and ("purge" in more or self.chance.random() < 0.3)
        for name in beside if purges else ("purge",):
            actions.pop(name, None)
        self.actions, self.weights = list(actions), list(actions.values())
        self.counts: dict[str, int] = dict.fromkeys(actions, 0)

    def _install(self, store: str, till: str) -> None:
        place = Place(store, till, "K1")
        signer = make_key(self.chance, self.is_real)
        machine = Machine(f"{store}-{till}", store, till, self.world, signer, File(place))
        machine.skew_s = self.chance.choice((0, 0, 5, -20, 4_000, -90_000))
        self.machines.append(machine)
        self.hq.enrol(machine)
        self._switch_on(machine)

    def run(self, steps: int) -> Done:
        """Do what the seed says, then let everything come together and check it."""
        for _ in range(steps):
            self.world.now_ms += self.chance.randint(1, 5_000)
            action = self.chance.choices(self.actions, self.weights)[0]
            self.counts[action] += 1
            try:
                getattr(self, action)()
            except Died:
                self.world.note(f"a process died in {action}")
        rounds = self._come_together()
        if "restore_centre" in self.counts and self.chance.random() < 0.3:
            self.hq.go_back()  # while nobody has anything to send
            rounds = self._come_together()
        check_all(self.hq, self.machines, is_real=self.is_real)
        return Done(self.seed, len(self.world.facts), rounds, self.counts)

    # What goes well

    def _one(self, is_on: bool = True) -> Machine | None:
        found = [machine for machine in self.machines if machine.is_on is is_on]
        return self.chance.choice(found) if found else None

    def _with_one(self, act: Callable[[Machine], None], is_on: bool = True) -> None:
        machine = self._one(is_on)
        if machine is not None:
            act(machine)

    def sell(self) -> None:
        self._with_one(Machine.sell)

    def do_something_else(self) -> None:
        self._with_one(Machine.do_something_else)

    def obey(self) -> None:
        self._with_one(Machine.obey)

    def switch_on(self) -> None:
        self._with_one(self._switch_on, is_on=False)

    def _switch_on(self, machine: Machine) -> None:
        try:
            machine.start()
        except Died:
            return
        self.couriers[machine.name] = Courier(machine, self._scopes(machine))

    def _scopes(self, machine: Machine) -> tuple[str, ...]:
        return ("catalogue:MAIN", "prices:NORTH", f"store:{machine.store}")

    def ask(self) -> None:
        if "courier_waits" in self.world.removed:
            self._ask(self.chance.choice(self.machines))
        else:
            self._with_one(self._ask)

    def _ask(self, machine: Machine) -> None:
        courier = self.couriers.get(machine.name)
        if courier is None or not courier.is_on:
            self.couriers[machine.name] = Courier(machine, self._scopes(machine))
            return
        self.wire += courier.ask()

    def give_up(self) -> None:
        machine = self._one()
        courier = None if machine is None else self.couriers.get(machine.name)
        if courier is not None:
            courier.give_up(self.chance.choice(("push", "pull", "claim")))

    def deliver(self) -> None:
        """Let one request or answer arrive, any one: the others wait or are overtaken."""
        passing = [at for at, one in enumerate(self.wire) if self._passes(one)]
        if passing:
            self._arrive(self.wire.pop(self.chance.choice(passing)))

    def _passes(self, envelope: Envelope) -> bool:
        cut = self.cut.get(envelope.machine.name)
        return cut is None or (cut == "half_open" and not envelope.status)

    def _arrive(self, envelope: Envelope) -> None:
        if not envelope.status:
            self.wire.append(self.hq.serve(envelope))
            return
        is_there = envelope.courier is self.couriers.get(envelope.machine.name)
        if is_there and envelope.courier.is_on and envelope.machine in self.machines:
            envelope.courier.hear(envelope)

    def begin_write(self) -> None:
        self.hq.begin_write(["catalogue:MAIN", "prices:NORTH"])

    def commit_write(self) -> None:
        self.hq.commit_write()

    def receive(self) -> None:
        self.hq.receive(self.chance.choice(self.stores))

    def place_order(self) -> None:
        self.hq.place(self.chance.choice(self.stores))

    def end_order(self) -> None:
        self.hq.end()

    def release_claim(self) -> None:
        self.hq.release()

    def begin_hand_over(self) -> None:
        self._with_one(handing.ask)

    def end_hand_over(self) -> None:
        self._with_one(handing.end)

    def undo_hand_over(self) -> None:
        self._with_one(handing.undo)

    def purge(self) -> None:
        self._with_one(Machine.purge)

    # What goes wrong

    def lose(self) -> None:
        if self.wire:
            self.wire.pop(self.chance.randrange(len(self.wire)))

    def double(self) -> None:
        if self.wire:
            self.wire.append(self.chance.choice(self.wire))

    def corrupt(self) -> None:
        """Change one figure in an entry of a push on its way."""
        pushes = [at for at, one in enumerate(self.wire) if one.way == "push" and not one.status]
        if not pushes:
            return
        at = self.chance.choice(pushes)
        envelope = self.wire[at]
        push = Push.model_validate_json(envelope.asked.body)
        n = self.chance.randrange(len(push.entries))
        body = push.entries[n].body
        changed = body.replace('"total":', '"total":1', 1) if '"total":' in body else body + " "
        push.entries[n] = push.entries[n].model_copy(update={"body": changed})
        asked = Asked("POST", envelope.asked.path, push.model_dump_json().encode())
        self.wire[at] = Envelope(
            envelope.machine, envelope.courier, "push", envelope.request, asked, envelope.token
        )

    def cut_off(self) -> None:
        self._with_one(lambda machine: self.cut.update({machine.name: "cut_off"}))

    def half_open(self) -> None:
        self._with_one(lambda machine: self.cut.update({machine.name: "half_open"}))

    def heal(self) -> None:
        self.cut.clear()

    def crash(self) -> None:
        self._with_one(self._turn_off)

    def _turn_off(self, machine: Machine) -> None:
        machine.stop()
        self._end_courier(machine)

    def crash_courier(self) -> None:
        self._with_one(self._end_courier)

    def _end_courier(self, machine: Machine) -> None:
        self.couriers.pop(machine.name, None)

    def back_up_till(self) -> None:
        self._with_one(self._back_up)

    def _back_up(self, machine: Machine) -> None:
        kept = (machine.file.copy(), machine.mirror.copy(), machine.mark)
        self.backups.setdefault(machine.name, []).append(kept)

    def restore_till(self) -> None:
        self._with_one(lambda machine: self._restore(machine, with_marker=False))

    def restore_till_and_marker(self) -> None:
        self._with_one(lambda machine: self._restore(machine, with_marker=True))

    def _restore(self, machine: Machine, with_marker: bool) -> None:
        kept = self.backups.get(machine.name)
        if not kept:
            return
        file, mirror, mark = self.chance.choice(kept)
        self.world.note(f"{machine.name} is restored to {file.head.epoch}/{file.head.number}")
        self._turn_off(machine)
        machine.file = file.copy()
        machine.mirror = self.chance.choice((machine.mirror, mirror.copy(), Mirror()))
        if with_marker:
            machine.mark, machine.is_innocent = mark, False

    def lose_marker(self) -> None:
        """A machine, on or off (its file may just have been restored), loses its marker."""
        machine = self.chance.choice(self.machines)
        self._turn_off(machine)
        machine.mark = None

    def clone_till(self) -> None:
        if len(self.machines) < 8:
            self._with_one(self._clone)

    def _clone(self, machine: Machine) -> None:
        name = self.world.name(f"{machine.name}-copy")
        self.world.note(f"{name} is a copy of {machine.name}")
        machine.is_innocent = False
        place = (machine.store, machine.till)
        copy = Machine(name, *place, self.world, machine.signer, machine.file.copy())
        copy.mirror, copy.mark, copy.is_innocent = machine.mirror.copy(), machine.mark, False
        self.machines.append(copy)

    def lose_mirror(self) -> None:
        self._with_one(self._lose_mirror)

    def _lose_mirror(self, machine: Machine) -> None:
        self._end_courier(machine)
        machine.mirror = Mirror()

    def destroy_till(self) -> None:
        if len(self.machines) > 1:
            self._with_one(self._destroy)

    def _destroy(self, machine: Machine) -> None:
        self._turn_off(machine)
        self.machines.remove(machine)

    def back_up_centre(self) -> None:
        self.hq.back_up()

    def restore_centre(self) -> None:
        self.hq.go_back()

    def revoke(self) -> None:
        self._with_one(self.hq.revoke)

    def rotate(self) -> None:
        self._with_one(self._rotate)

    def _rotate(self, machine: Machine) -> None:
        """Give a till a new key and let it in with that one; the old one is revoked."""
        self._turn_off(machine)
        if machine.signer.key_id not in self.hq.revoked:
            self.hq.revoke(machine)
        machine.signer = make_key(self.chance, self.is_real)
        self.hq.enrol(machine)

    # The end

    def _come_together(self) -> int:
        """Nothing goes wrong any more; finish what is open, and wait until all is still."""
        self.death = 0.0
        self.cut.clear()
        while self.hq.writes:
            self.hq.commit_write()
        for machine in self.machines:
            self._let_in(machine)
        for at in range(ROUNDS_MOST):
            self._round()
            if at > 4 and all(self._is_still(machine) for machine in self.machines):
                return at
        restless = [machine.name for machine in self.machines if not self._is_still(machine)]
        raise AssertionError(f"after {ROUNDS_MOST} rounds {restless} have not come together")

    def _let_in(self, machine: Machine) -> None:
        if machine.signer.key_id in self.hq.revoked:
            self._rotate(machine)
        self.hq.enrol(machine)
        if not machine.is_on:
            self._switch_on(machine)

    def _round(self) -> None:
        self.world.now_ms += 1_000
        for machine in self.machines:
            machine.obey()
            courier = self.couriers.get(machine.name)
            if courier is None or not courier.is_on:
                courier = self.couriers[machine.name] = Courier(machine, self._scopes(machine))
            for way in ("push", "pull", "claim"):
                courier.give_up(way)
            for claim in sorted(machine.mirror.answers.keys() & handing.pending(machine).keys()):
                handing.end(machine, claim)
            self.wire += courier.ask()
        while self.wire:
            self._arrive(self.wire.pop(0))

    def _is_still(self, machine: Machine) -> bool:
        outgoing, mirror = self.couriers[machine.name].outgoing, machine.mirror
        if handing.pending(machine):
            return False
        if machine.owes_epochs():
            return False
        if outgoing.next_push(machine.file.heads) is not None:
            return False
        if any(outgoing.lane(epoch).forked for epoch in machine.file.heads):
            return False
        for scope in self._scopes(machine):
            reading = mirror.readings.get(scope, Reading())
            feed = self.hq.centre.books.feeds.get(scope)
            if reading.sweeping or (feed is not None and reading.cursor.v < feed.v):
                return False
        return True
