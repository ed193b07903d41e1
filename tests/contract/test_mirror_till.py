"""What the till makes of its mirror: what is unsent, its stock, and parting from a fork."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos.domain.events import StockAdjusted
from pos.journal.entry import Entry
from pos.journal.repeat import KIND, told
from pos.ports.centre import Enrolment, FeedPage, ForkOrder, LaneKept, ReadingKept
from pos.store.engine import reading
from pos.store.mirror import MirrorFile
from pos.store.open import Store
from pos.store.queries import stream
from pos.store.rebuild import verify
from tests.contract.store_days import IDS, last_ticket, sell
from tests.contract.store_samples import opened, sale

BELONGS = Enrolment("https://c.example", "acme", "00", ("store:S012",), "k")


def mirror_of(folder: Path) -> MirrorFile:
    mirror = MirrorFile(folder / "data")
    mirror.enrol(BELONGS)
    return mirror


def journal(store: Store) -> list[Entry]:
    with reading(store.engine).connect() as connection:
        return [entry for _, entry in stream(connection)]


def everything(store: Store) -> int:
    return store.ledger.head.number


def test_a_till_that_was_never_enrolled_counts_all_that_it_wrote_as_unsent(tmp_path: Path) -> None:
    store = opened(tmp_path)
    sell(store, 2)
    assert not store.centre.enrolled()
    assert store.ledger.unsent() == everything(store) == 3
    assert store.centre.level("A1") is None
    store.close()


def test_what_the_centre_holds_is_not_unsent_and_may_become_so_again(tmp_path: Path) -> None:
    store = opened(tmp_path)
    sell(store, 4)
    epoch = store.ledger.place.epoch
    mirror = mirror_of(tmp_path)
    entries = journal(store)
    for acked, unsent in ((3, 2), (5, 0), (1, 4)):
        mirror.keep_lanes({epoch: LaneKept(acked)})
        assert store.ledger.unsent() == unsent
        expected = entries[acked].at if unsent else ""
        assert store.centre.unsent_since() == expected
    mirror.close()
    store.close()


def test_what_was_counted_here_shows_at_once_until_the_centre_has_it(tmp_path: Path) -> None:
    store = opened(tmp_path)
    counted = StockAdjusted(sku="A1", staff="3", quantity=-3_000, expected=12_000, reason="c")
    store.ledger.record(counted, counted.model_copy(update={"sku": "B2"}))
    mirror, epoch = mirror_of(tmp_path), store.ledger.place.epoch
    last = store.ledger.head.number
    for held, moved in ((last, 0), (last - 1, 0), (last - 2, -3_000)):
        told = {"stock": {"A1": {"quantity": 12_000}}}
        included = {f"T03-{epoch}": held}
        mirror.apply(FeedPage("store:S012", told, ReadingKept(1, "n"), included=included))
        assert store.centre.moved("A1", included) == moved
    order = ForkOrder(epoch, 1, journal(store)[0].hash)
    mirror.keep_lanes({epoch: LaneKept(1, 1)}, order)
    assert store.centre.moved("A1", {}) == 0
    store.centre.obey(order)
    assert store.centre.moved("A1", {}) == -3_000
    mirror.close()
    store.close()


def test_own_stock_is_the_centres_and_what_was_sold_since(tmp_path: Path) -> None:
    store = opened(tmp_path)
    sell(store, 3)
    epoch = store.ledger.place.epoch
    mirror = mirror_of(tmp_path)
    sku = sale(99, [500]).lines[0].sku
    each = sale(99, [500]).lines[0].quantity
    told = {"stock": {sku: {"quantity": 10_000}}}
    for counted in (4, 2, 0):
        included = {f"T03-{epoch}": counted, "T04-K1": 9}
        mirror.apply(FeedPage("store:S012", told, ReadingKept(1, "n"), included=included))
        level = store.centre.level(sku)
        assert level is not None
        assert level.fields.quantity == 10_000
        missing = min(3, 4 - counted)
        assert store.centre.moved(sku, level.included) == -each * missing
    mirror.close()
    store.close()


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_an_order_to_part_is_obeyed_once_and_goes_on_where_it_was_cut(
    tmp_path: Path, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pos.store.centre.REPEATED_AT_ONCE", batch)
    store = opened(tmp_path, ids=IDS)
    sell(store, 5)
    before = journal(store)
    left = store.ledger.place.epoch
    mirror = mirror_of(tmp_path)
    order = ForkOrder(left, 3, before[2].hash)
    mirror.keep_lanes({left: LaneKept(3, until=3)}, order)
    assert store.centre.fork() == order
    cut = store.ledger.record
    calls = iter(range(100))

    def fails(*events: object) -> object:
        if events[0].kind == KIND and next(calls) == 1:  # type: ignore[attr-defined]
            raise KeyboardInterrupt
        return cut(*events)  # type: ignore[arg-type]

    monkeypatch.setattr(store.ledger, "record", fails)
    try:
        store.centre.obey(order)
    except KeyboardInterrupt:
        assert batch < 3
    store.close()
    store = opened(tmp_path, ids=IDS)
    again = store.centre.fork()
    assert (again is None) == (batch >= 3)
    if again is not None:
        store.centre.obey(again)
    assert store.centre.fork() is None
    assert store.ledger.place.epoch != left
    later = [entry for entry in journal(store) if entry.place.epoch != left]
    assert [told(entry) for entry in later if entry.kind == KIND] == before[3:]
    assert store.ledger.unsent() == len(later)
    sell(store, 1)
    assert last_ticket(store) == 1
    store.close()
    report = verify(tmp_path / "data" / "till.db", [store.public_key])
    assert not report.findings
    mirror.close()
