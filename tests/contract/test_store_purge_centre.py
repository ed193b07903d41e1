"""A till of a centre purges only what the centre has acknowledged."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos.domain.errors import Refusal
from pos.journal.entry import name_of
from pos.ports.centre import Enrolment, ForkOrder, LaneKept
from pos.store.mirror import MirrorFile
from pos.store.open import FILE, Store
from pos.store.outbox import OutboxFile
from pos.store.purge import purge
from pos.store.queries import entry_at
from sync.merge import Lane, Outgoing
from sync.protocol import HeadText, PullAnswer
from tests.contract.test_store_purge import SHA, archived, assert_sound, start, two_days

BELONGS = Enrolment("https://c.example", "acme", "00", ("store:S012",), "k")


def mirror_of(folder: Path) -> MirrorFile:
    mirror = MirrorFile(folder / "data")
    mirror.enrol(BELONGS)
    return mirror


def refused(store: Store, until: int) -> str:
    """Return what a purge is refused for; the file holds what it held."""
    before = (store.books.position(), store.ledger.head)
    with pytest.raises(Refusal) as caught:
        purge(store, until, SHA)
    assert caught.value.slug == "unsent"
    assert (store.books.position(), store.ledger.head) == before
    return str(caught.value.sentence)


@pytest.mark.parametrize("lacking", [1, 5, None])
def test_what_the_centre_never_acknowledged_stays_until_it_has(
    tmp_path: Path, lacking: int | None
) -> None:
    store, _shop, until = two_days(tmp_path)
    mirror = mirror_of(tmp_path)
    if lacking is not None:
        mirror.keep_lanes({"K1": LaneKept(until - lacking)})
    assert f"hold {lacking or until} of these entries" in refused(store, until)
    mirror.keep_lanes({"K1": LaneKept(until)})
    purge(store, until, SHA)
    assert_sound(tmp_path, store)
    mirror.close()
    store.close()


def test_a_centre_that_lost_its_end_takes_its_acknowledgement_back(tmp_path: Path) -> None:
    store, _shop, until = two_days(tmp_path)
    mirror = mirror_of(tmp_path)
    mirror.keep_lanes({"K1": LaneKept(store.ledger.head.number)})
    mirror.keep_lanes({"K1": LaneKept(until - 2)})
    refused(store, until)
    mirror.close()
    store.close()


def test_a_till_that_parted_purges_when_what_it_repeated_is_acknowledged(tmp_path: Path) -> None:
    store, _shop, until = two_days(tmp_path)
    mirror, shared = mirror_of(tmp_path), until - 3
    mirror.keep_lanes({"K1": LaneKept(until, None, forked=True)})
    assert f"hold {until} of" in refused(store, until)
    own = _hash_at(store, shared)
    order = ForkOrder("K1", shared, own)
    mirror.keep_lanes({"K1": LaneKept(shared, shared)}, order)
    assert "hold 3 of" in refused(store, until)
    store.centre.obey(order)
    epoch, number = store.ledger.place.epoch, store.ledger.head.number
    mirror.keep_lanes({"K1": LaneKept(shared, shared), epoch: LaneKept(number - 1)})
    assert "hold 3 of" in refused(store, until)
    mirror.keep_lanes({epoch: LaneKept(number)})
    purge(store, until, SHA)
    outbox = OutboxFile(tmp_path / "data" / FILE)
    asked = Outgoing({"K1": Lane(shared, shared)}).pulling("r")
    held = HeadText(number=shared, hash=own.hex())
    answer = PullAnswer(request="r", expected={"K1": held}, scopes={}, server_time="")
    assert asked.heard_pull(answer, outbox.heads(), outbox.hash_at)[1] == {"K1": "advanced"}
    outbox.close()
    mirror.close()
    store.close()


def test_the_end_of_an_epoch_that_left_whole_is_told_for_good(tmp_path: Path) -> None:
    """A centre that was restored to before it is asked for by nothing else."""
    store, shop, _ = two_days(tmp_path)
    left = store.ledger.head
    store.close()
    (tmp_path / "state" / "marker").unlink()
    for day in (("close_day",), ("open_shift", "sell", "close_shift", "close_day")):
        store = start(tmp_path)
        for seed, gesture in enumerate(day):
            store.ledger.record(*shop.do(gesture, seed))
        until = store.books.closed_at("day")
        assert until is not None
        with store.engine.connect() as connection:
            last = entry_at(connection, until)
        made, verified = archived(store, until)
        assert last is not None
        made = made.model_copy(update={"last_entry": name_of(last.place, last.number)})
        store.ledger.record(made, verified)
        purge(store, until, SHA)
        assert_sound(tmp_path, store)
        store.close()
        outbox = OutboxFile(tmp_path / "data" / FILE)
        assert outbox.heads()["K1"] == left
        assert next(iter(outbox.heads())) == "K1"
        assert outbox.hash_at("K1", left.number) == left.hash
        assert outbox.purged() == {"K1": left.number, last.place.epoch: last.number}
        assert Outgoing().next_push(outbox.heads()) == ("K1", 1)
        outbox.close()


def _hash_at(store: Store, number: int) -> bytes:
    with store.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT hash FROM entry WHERE ordinal = ?", (number,))
        return bytes(found.scalar_one())


def test_the_last_entry_that_left_is_still_known_by_its_hash(tmp_path: Path) -> None:
    """A centre that ends just there could not be told from one that lacks entries otherwise."""
    store, _shop, until = two_days(tmp_path)
    own = _hash_at(store, until)
    purge(store, until, SHA)
    outbox = OutboxFile(tmp_path / "data" / FILE)
    assert (outbox.hash_at("K1", until), outbox.hash_at("K1", until - 1)) == (own, None)
    heads = outbox.heads()
    asked = Outgoing().pulling("r")
    held = HeadText(number=until, hash=own.hex())
    answer = PullAnswer(request="r", expected={"K1": held}, scopes={}, server_time="")
    after, outcomes = asked.heard_pull(answer, heads, outbox.hash_at)
    assert (outcomes, after.next_push(heads)) == ({"K1": "advanced"}, ("K1", until + 1))
    outbox.close()
    store.close()


def test_a_till_of_no_centre_purges_as_ever(tmp_path: Path) -> None:
    store, _shop, until = two_days(tmp_path)
    purge(store, until, SHA)
    store.ledger.record(*archived(store, until))
    store.close()
