"""What must be true when everything has come together. Each check can fail: see test_sim_rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pos.domain.events import HandOverAsked, OrderHandedOver
from pos.journal.chain import Head, check
from pos.journal.entry import Entry, digest
from pos.journal.repeat import told
from sync.claims import Deed, Thing
from tests.sim.centre import Headquarters
from tests.sim.goods import SKUS, Fact
from tests.sim.handing import LIMIT, MANAGER_LIMIT, Ordered, asked_in
from tests.sim.till import Machine


def check_all(hq: Headquarters, machines: list[Machine], *, is_real: bool) -> None:
    """Raise AssertionError, in words, for the first thing that is not as it must be."""
    check_chains(hq, is_real=is_real)
    check_heads(hq, machines)
    check_sales(hq, machines)
    check_claims(hq, machines)
    check_money(hq)
    check_rebuilt(hq)
    for machine in machines:
        check_rows(hq, machine)
        check_stock_shown(hq, machine)
    check_released(hq)


def check_chains(hq: Headquarters, *, is_real: bool) -> None:
    """Every journal at the centre is dense, linked, unaltered and signed by one of its till's."""
    for (store, till, epoch), journal in hq.centre.books.journals.items():
        keys, before = hq.centre.books.keys[store, till], None
        for number, entry in enumerate(journal, 1):
            head = (entry.kind, entry.version, entry.at)
            own = digest(entry.place, entry.number, head, entry.body, entry.previous)
            linked = before is None or entry.previous == before.hash
            key = keys.get(entry.key_id)
            signed = key is not None and hq.centre.verify(key, entry.signature, entry.hash)
            assert entry.number == number, f"{entry.name} stands at the centre as number {number}"
            assert own == entry.hash, f"{entry.name} was altered at the centre"
            assert linked, f"{entry.name} does not follow the entry before it at the centre"
            assert signed, f"{entry.name} is not signed by its till"
            before = entry
        if is_real and journal:
            start = (journal[0].place, Head(epoch, 0, journal[0].previous))
            found = check(journal, keys.values(), after=start).findings
            assert not found, f"the journal's own check finds {found[0].slug} in {found[0].name}"


def check_heads(hq: Headquarters, machines: list[Machine]) -> None:
    """All that a till has is at the centre: as it is, or repeated where its epoch forked."""
    for machine in machines:
        journals = hq.centre.books.journals
        held: set[bytes] = set()
        for (store, till, _), journal in journals.items():
            if (store, till) == (machine.store, machine.till):
                held.update(entry.hash for entry in journal)
                held.update(told(entry).hash for entry in journal)
        for entry in (*machine.archive, *machine.file.entries):
            assert told(entry).hash in held, f"{entry.name} of {machine.name} is not at the centre"


def check_sales(hq: Headquarters, machines: list[Machine]) -> None:
    """No sale is lost or counted twice; money and stock are the sum of what happened."""
    facts = hq.world.facts
    counted = Counter(event.basket for event in hq.centre.books.sales.values())
    for basket, times in counted.items():
        assert basket in facts, f"the sale {basket} never happened"
        assert times == 1, f"the sale {basket} is counted {times} times"
    due = {
        hq.world.baskets[told(entry).hash]
        for entry in _written(hq, machines)
        if told(entry).hash in hq.world.baskets
    }
    lost = sorted(due - set(counted))
    assert not lost, f"the sales {lost} are written and not counted"
    _check_sums(hq, [facts[basket] for basket in sorted(due)])


def _check_sums(hq: Headquarters, facts: list[Fact]) -> None:
    stores = sorted({*hq.received, *hq.centre.books.stock, *(fact.store for fact in facts)})
    for store in stores:
        sales = [event for (of, _), event in hq.centre.books.sales.items() if of == store]
        money = sum(fact.total for fact in facts if fact.store == store)
        assert sum(event.total for event in sales) == money, f"{store} should have {money}"
        due = Counter(hq.received.get(store, Counter()))
        for fact in facts:
            for sku, quantity in fact.moves if fact.store == store else ():
                due[sku] += quantity
        stock = hq.centre.books.stock.get(store, Counter())
        assert all(stock[sku] == due[sku] for sku in SKUS), f"stock of {store}: {stock} not {due}"


def _written(hq: Headquarters, machines: list[Machine]) -> Iterable[Entry]:
    for journal in hq.centre.books.journals.values():
        yield from journal
    for machine in machines:
        yield from machine.archive
        yield from machine.file.entries


def check_claims(hq: Headquarters, machines: list[Machine]) -> None:
    """Each hand-over is known once; one that was not the first is in the inbox, with both sides."""
    world, things = hq.world, hq.centre.books.claims
    done: dict[str, set[bytes]] = {}
    for entry in _written(hq, machines):
        fact = told(entry).hash
        event = world.steps.get(fact)
        if isinstance(event, OrderHandedOver):
            done.setdefault(f"{event.order}:{event.visit}", set()).add(fact)
    open_here = {asked for one in machines for asked in asked_in(one.file.entries, world)}
    for key in sorted({*done, *(key for _, key in things)}):
        thing, due = things.get(("hand_over", key), Thing()), done.get(key, set())
        known = {deed.identity for deed in thing.deeds}
        assert known == {fact.hex() for fact in due}, f"of {key} {known} are known, not {due}"
        for deed in thing.deeds:
            _check_word(deed, world.orders[key.partition(":")[0]])
        is_stuck = not due and (thing.holder, key) in open_here
        assert not is_stuck, f"{key} stays with {thing.holder} for ever"
        _check_inbox(hq, key, known)
        _check_unmarked(hq, key, due)
    _check_visits(hq)


def _check_word(deed: Deed, order: Ordered) -> None:
    """Nothing leaves without the centre's word but by the shop's policy, which is written down, and
    what left before anybody could ask.
    """
    if deed.outcome == "granted" or deed.risk == "left":
        return
    most = {"policy": LIMIT, "manager": MANAGER_LIMIT}.get(deed.risk, -1)
    assert order.value <= most, f"{deed.entry} handed {order.name} over with no word nor risk"


def _check_unmarked(hq: Headquarters, key: str, done: set[bytes]) -> None:
    """Of one visit one hand-over at most bears no risk, where nobody was copied or restored."""
    steps, doers = hq.world.steps, hq.world.doers
    unmarked = [fact for fact in done if not getattr(steps[fact], "risk", "")]
    sure = [fact for fact in unmarked if doers[fact].is_innocent and not hq.was_restored]
    assert len(sure) < 2, f"{key} was handed over {len(sure)} times and nobody said it is a risk"


def _check_visits(hq: Headquarters) -> None:
    """What left is told of a visit for which it was claimed: copies share the names of claims."""
    steps, asked = hq.world.steps, dict[tuple[str, str], set[int]]()
    for entry in (told(one) for each in hq.centre.books.journals.values() for one in each):
        one = steps.get(entry.hash)
        if isinstance(one, HandOverAsked):
            asked.setdefault((entry.name, one.order), set()).add(one.visit)
    for one in steps.values():
        if isinstance(one, OrderHandedOver):
            visits = asked.get((one.claim, one.order), {one.visit})
            assert one.visit in visits, f"{one.claim} claimed {visits}, and told {one.visit}"


def _check_inbox(hq: Headquarters, key: str, known: set[str]) -> None:
    found = [
        evidence
        for name, evidence in hq.centre.books.conflicts.items()
        if name.startswith(f"claim:{key}:")
    ]
    assert len(found) == max(0, len(known) - 1), f"of {key} the inbox says {found}"
    for evidence in found:
        sides = {evidence[side]["identity"] for side in ("held", "came")}
        assert len(sides) == 2, f"the inbox has one side only of {key}"
        assert sides <= known, f"the inbox tells of hand-overs of {key} that never were"
        assert all(evidence[side]["entry"] for side in ("held", "came"))


def check_money(hq: Headquarters) -> None:
    """What left of an order that was being paid back is told to a person, with the refund."""
    for name, before in hq.ended.items():
        late = hq.left(name) - before
        told_of = [one for one in hq.centre.books.conflicts if one.startswith(f"refund:{name}:")]
        assert told_of or not late, f"{late} left of {name}, which is paid back; nobody is told"


def check_released(hq: Headquarters) -> None:
    """A claim whose till is gone for good holds its order back no longer than it must."""
    for name in hq.world.orders:
        for key in hq.centre.handed_now(name):
            hq.centre.release(key)
        live = hq.centre.handed_now(name)
        assert not live, f"{live} hold {name} back for ever"


def check_rebuilt(hq: Headquarters) -> None:
    """What the centre counted is what its journals say, counted anew; and the same is parked."""
    anew, books = hq.centre.recounted().books, hq.centre.books
    parked, due = sorted(name for name, _ in books.parked), sorted(name for name, _ in anew.parked)
    assert parked == due, f"parked are {parked}, not {due}"
    assert anew.sales == books.sales, "the sales differ from the journals"
    for key, thing in books.claims.items():
        again = {deed.identity for deed in anew.claims.get(key, Thing()).deeds}
        assert {deed.identity for deed in thing.deeds} == again, f"{key} differs from the journals"
    for store in books.stock:
        moved, received = anew.stock.get(store, Counter()), hq.received.get(store, Counter())
        for sku in SKUS:
            level = moved[sku] + received[sku]
            assert books.stock[store][sku] == level, (
                f"the stock of {store} differs from the journals"
            )


def check_rows(hq: Headquarters, machine: Machine) -> None:
    """A till shows what the centre has of its scopes, nothing more and nothing less."""
    for scope in machine.mirror.readings:
        shown, true = machine.mirror.shows(scope), hq.rows(scope)
        assert shown == true, f"{machine.name} shows {scope} as {shown}, not {true}"


def check_stock_shown(hq: Headquarters, machine: Machine) -> None:
    """With nothing unsent, a till shows the stock of its store as the centre has it."""
    shown = Counter(machine.stock_shown())
    true = hq.centre.books.stock.get(machine.store, Counter())
    assert all(shown[sku] == true[sku] for sku in SKUS), (
        f"{machine.name} shows {dict(shown)} in stock, the centre has {dict(true)}"
    )
