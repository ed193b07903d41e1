"""Tills, couriers and the real centre, with a cable between them that somebody cuts."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pos.domain.staff import Person
from sync.central import feed, staff, stock
from sync.central.project import SELLABLE, MoveRow
from sync.central.values import CATALOGUE, COMPANY
from tests.central.machines import Machine, held, labels
from tests.central.proxy import Cable, cable
from tests.central.serving import Process, Shop

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def guarded() -> None:
    """The statements that a till runs on its own files are of one store anyway."""


@pytest.fixture
async def line(api: Process) -> AsyncIterator[Cable]:
    """The cable of one shop."""
    async with cable(api.url) as one:
        yield one


@pytest.fixture
async def machine(tmp_path: Path, shop: Shop, line: Cable) -> AsyncIterator[Machine]:
    """An enrolled till whose courier works."""
    one = Machine(tmp_path / "T01", shop, line)
    await one.enrol()
    one.start()
    yield one
    await one.off()


async def test_a_sale_made_offline_arrives_when_the_cable_is_back(
    machine: Machine, line: Cable
) -> None:
    machine.sell({"bread": 1})
    await machine.until(machine.is_held)
    line.cut()
    machine.sell({"bread": 2}, times=3)
    await machine.until(lambda: machine.store.centre.report().state != "connected")
    assert machine.store.ledger.unsent() == 3
    assert machine.store.centre.unsent_since()
    line.mend()
    await machine.until(lambda: machine.store.ledger.unsent() == 0)
    assert await machine.is_held()
    assert len(await labels(machine.shop)) == 4


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_line_that_breaks_at_any_byte_loses_and_doubles_nothing(
    machine: Machine, line: Cable, seed: int
) -> None:
    chance = random.Random(seed)
    line.cut_after = lambda: chance.choice([None, chance.randint(0, 3_000)])
    for _ in range(15):
        machine.sell({"bread": 1}, times=chance.randint(1, 20))
        if chance.random() < 0.3:
            line.cut()
            line.mend()
    await machine.until(machine.is_held)
    line.cut_after = lambda: None
    assert len(await held(machine.shop)) == machine.store.ledger.head.number
    assert len(set(await labels(machine.shop))) == machine.tickets


async def test_stock_moves_at_a_second_till_and_counts_own_sales_at_once(
    machine: Machine, tmp_path: Path, line: Cable
) -> None:
    other = Machine(tmp_path / "T02", machine.shop, line, "T02")
    await other.enrol()
    other.start()
    machine.sell({"bread": 2, "jam": 1})
    await other.until(lambda: (other.stock("bread"), other.stock("jam")) == (-2000, -1000))
    line.cut()
    other.sell({"bread": 3})
    assert other.stock("bread") == -5000
    machine.sell({"bread": 10})
    assert other.stock("bread") == -5000
    line.mend()
    await other.until(lambda: other.stock("bread") == -15_000)
    await machine.until(lambda: machine.stock("bread") == -15_000)
    await other.off()


async def test_an_article_sold_below_zero_is_known_at_its_till_offline_too(
    machine: Machine, line: Cable
) -> None:
    centre, sku, day = machine.store.centre, f"{machine.shop.store}-tea", "2026-11-22"
    move = MoveRow(machine.shop.store, "delivery/1", 1, sku, SELLABLE, 2000, "delivery", day)
    async with machine.shop.centre.session(machine.shop.store) as session:
        await stock.move(session, machine.shop.store, [move], NOW)
        await session.commit()
    await machine.until(lambda: machine.stock(sku) == 2000)
    line.cut()
    machine.sell({sku: 2, "never-told": 1})
    assert centre.below_zero(day) == {}
    machine.sell({sku: 3})
    assert centre.below_zero(day) == {sku: -3000}
    assert centre.below_zero("2026-11-23") == {}
    line.mend()
    await machine.until(lambda: machine.store.ledger.unsent() == 0)
    await machine.until(lambda: machine.store.centre.level(sku).fields.quantity == -3000)  # type: ignore[union-attr]
    assert centre.below_zero(day)[sku] == -3000


async def test_stock_of_other_stores_is_asked_for_and_stays_with_its_age(
    machine: Machine, line: Cable
) -> None:
    centre = machine.store.centre
    machine.sell({f"{machine.shop.store}-jam": 4})
    await machine.until(machine.is_held)
    assert centre.elsewhere(f"{machine.shop.store}-jam") is None
    centre.ask_elsewhere(f"{machine.shop.store}-jam", "2026-11-22T12:00:00.000Z")
    await machine.until(lambda: _answered(machine) != "")
    found = centre.elsewhere(f"{machine.shop.store}-jam")
    assert found is not None
    assert [(one.store, one.on_hand) for one in found.stores] == [(machine.shop.store, -4000)]
    line.cut()
    centre.ask_elsewhere(f"{machine.shop.store}-jam", "2036-11-22T12:00:00.000Z")
    await machine.until(lambda: centre.report().state != "connected")
    assert centre.elsewhere(f"{machine.shop.store}-jam") == found
    line.mend()


def _answered(machine: Machine) -> str:
    found = machine.store.centre.elsewhere(f"{machine.shop.store}-jam")
    return "" if found is None else found.answered_at


async def test_articles_prices_and_people_of_the_centre_come_down(
    machine: Machine, api: Process
) -> None:
    shop = machine.shop
    things = {("article", f"{shop.store}-1"): {"name": "Pain", "vat": "FR20", "codes": ["111"]}}
    async with shop.centre.session(shop.store) as session:
        await feed.publish(session, COMPANY, CATALOGUE, things, NOW)
        await session.commit()
    async with shop.centre.session(shop.store) as session:
        await staff.add(session, shop.store, Person("P1", "7", "Léa", "cashier"), "hash", NOW)
    await machine.until(lambda: machine.article(f"{shop.store}-1") is not None)
    await machine.until(lambda: len(machine.store.centre.staff_changes()) == 1)
    (change,) = machine.store.centre.staff_changes()
    assert change.fields is not None
    assert (change.ref, change.fields.name) == ("P1", "Léa")
    machine.store.centre.took(change)
    assert not machine.store.centre.staff_changes()


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_snapshot_that_is_cut_at_random_bytes_goes_on_and_ends_whole(
    machine: Machine, line: Cable, seed: int
) -> None:
    shop, chance = machine.shop, random.Random(seed)
    await machine.stop()
    names = [f"{shop.store}-{n}" for n in range(12_000)]
    things: feed.Things = {
        ("article", name): {"name": f"Article {name}", "vat": "FR20", "codes": [f"{name}-c"]}
        for name in names
    }
    async with shop.centre.session(shop.store) as session:
        await feed.publish(session, COMPANY, CATALOGUE, things, NOW)
        await session.commit()
    cuts = [chance.randint(1, 30_000) for _ in range(12)]
    line.cut_after = lambda: cuts.pop() if cuts else None
    machine.start()
    await machine.until(lambda: CATALOGUE in machine.store.centre.report().read_at)
    assert len(cuts) < 6
    with machine.store.catalogue.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT count(*), count(DISTINCT sku) FROM article WHERE sku LIKE ?",
            (f"{shop.store}-%",),
        ).one()
    assert found == (len(names), len(names))
    assert machine.article(f"{names[-1]}-c").sku == names[-1]
    gone: feed.Things = {("article", name): None for name in names}
    async with shop.centre.session(shop.store) as session:
        await feed.publish(session, COMPANY, CATALOGUE, gone, NOW)
        await session.commit()


async def test_a_till_restored_from_its_backup_goes_on_in_a_new_epoch(machine: Machine) -> None:
    machine.sell({"bread": 1}, times=3)
    await machine.until(machine.is_held)
    await machine.off()
    kept = machine.backup("data")
    machine.switch_on()
    machine.start()
    machine.sell({"bread": 1}, times=2)
    await machine.until(machine.is_held)
    await machine.off()
    machine.restore(kept)
    machine.switch_on()
    machine.start()
    machine.sell({"bread": 1}, times=2)
    await machine.until(machine.is_held)
    assert machine.store.ledger.place.epoch != "K1"
    assert len(await labels(machine.shop)) == machine.tickets


async def test_a_whole_machine_put_back_parts_and_loses_nothing(machine: Machine) -> None:
    machine.sell({"bread": 1}, times=3)
    await machine.off()
    kept = machine.backup("data", "state")
    machine.switch_on()
    machine.start()
    machine.sell({"bread": 1}, times=4)
    await machine.until(machine.is_held)
    await machine.off()
    machine.restore(kept)
    machine.tickets = 100
    machine.switch_on()
    machine.sell({"bread": 1}, times=6)
    machine.start()
    await machine.until(lambda: machine.store.centre.fork() is not None)
    order = machine.store.centre.fork()
    assert order is not None
    machine.store.centre.obey(order)
    await machine.until(machine.is_held)
    await machine.until(lambda: machine.store.ledger.unsent() == 0)
    sold = await labels(machine.shop)
    assert len(sold) == len(set(sold)) == 3 + 4 + 6
    await machine.until(lambda: machine.stock("bread") == -13_000)


async def test_a_centre_that_lost_its_end_is_filled_again_by_an_idle_till(
    machine: Machine,
) -> None:
    machine.sell({"bread": 1}, times=30)
    await machine.until(machine.is_held)
    await machine.until(lambda: machine.store.ledger.unsent() == 0)
    await machine.stop()
    await _forget_after(machine.shop, 12)
    machine.start()
    await machine.until(machine.is_held)
    assert len(await held(machine.shop)) == machine.store.ledger.head.number
    assert len(await labels(machine.shop)) == machine.tickets


async def _forget_after(shop: Shop, number: int) -> None:
    """Make the centre what an older backup of it would be."""
    from sqlalchemy import text

    async with shop.centre.session(shop.store) as session:
        given = {"store_id": shop.store, "number": number}
        for name in ("payment", "sale_line", "sale", "journal"):
            await session.execute(
                text(f"DELETE FROM {name} WHERE store_id = :store_id AND number > :number"), given
            )
        await session.execute(
            text(
                "UPDATE till_head SET number = :number, hash = (SELECT hash FROM journal j WHERE"
                " j.store_id = :store_id AND j.number = :number) WHERE store_id = :store_id"
            ),
            given,
        )
        await session.execute(
            text(
                "DELETE FROM stock_move WHERE store_id = :store_id"
                " AND CAST(split_part(source, '/', 2) AS int) > :number"
            ),
            given,
        )
        await session.execute(
            text(
                "UPDATE stock_level SET on_hand = -1000 * (:number - 1) WHERE store_id = :store_id"
            ),
            given,
        )
        await session.commit()
