"""A cold till reads the whole catalogue: cut anywhere it goes on, and is never seen half."""

from __future__ import annotations

import json
import random
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pos.ports.centre import CourierState
from pos.store.catalogue import StoredCatalogue
from pos.store.engine import reading
from pos.store.open import Store
from sync.central import feed
from sync.central.values import CATALOGUE, COMPANY, prices_scope
from tests.central.machines import Machine
from tests.central.proxy import Cable, cable
from tests.central.serving import Process, Shop
from tests.central.test_courier_processes import comptoir, courier, home, opened, until
from tests.central.test_enrol import code_for
from tests.central.tills import NOON

__all__ = ["home"]
PRICES = prices_scope("FR")
COUNT = 24_000
"""More than two full pages."""


@pytest.fixture(autouse=True)
def guarded() -> None:
    """The statements that a till runs on its own files are of one store anyway."""


@pytest.fixture
async def line(api: Process) -> AsyncIterator[Cable]:
    """The cable of one shop."""
    async with cable(api.url) as one:
        yield one


@pytest.fixture
async def names(shop: Shop) -> AsyncIterator[list[str]]:
    """Articles with their prices, at the centre until the test ends."""
    found = [f"{shop.store}-{n:05d}" for n in range(COUNT)]
    await _publish(
        shop,
        {
            ("article", name): {"name": f"Article {name}", "vat": "FR20", "codes": [f"{name}-c"]}
            for name in found
        },
        {("price", name): {"prices": [[0, 100]]} for name in found},
    )
    yield found
    gone = dict.fromkeys(found)
    await _publish(
        shop,
        {("article", name): None for name in gone},
        {("price", name): None for name in gone},
    )


async def _publish(shop: Shop, articles: feed.Things, prices: feed.Things) -> None:
    async with shop.centre.session(shop.store) as session:
        await feed.publish(session, COMPANY, CATALOGUE, articles, NOON)
        await feed.publish(session, COMPANY, PRICES, prices, NOON)
        await session.commit()


def is_whole(store: Store, names: list[str]) -> bool:
    """Tell whether the catalogue is seen; what is seen of it must be all of it, with prices."""
    catalogue = StoredCatalogue(store.catalogue)
    first = catalogue.find(names[0])
    found = [catalogue.find(name) for name in (*names[::2_000], f"{names[-1]}-c")]
    if first is None:
        return False
    assert all(one is not None and one.prices for one in found)
    return True


@pytest.mark.parametrize("seed", range(2))
async def test_a_cold_catalogue_that_is_cut_at_any_byte_goes_on_and_is_never_seen_half(
    tmp_path: Path, shop: Shop, line: Cable, names: list[str], seed: int
) -> None:
    chance = random.Random(seed)
    machine = Machine(tmp_path / "T01", shop, line)
    await machine.enrol()
    cuts = [chance.randint(1, 30_000) for _ in range(16)]
    line.cut_after = lambda: cuts.pop() if cuts else None
    shares, states = list[int](), set[CourierState]()

    def is_here() -> bool:
        report = machine.store.centre.report()
        states.add(report.state)
        if report.coming.get(CATALOGUE, 0) > max(shares, default=0):
            shares.append(report.coming[CATALOGUE])
        return is_whole(machine.store, names)

    machine.start()
    await machine.until(is_here)
    assert len(cuts) < 8
    assert CourierState.LOADING in states
    assert shares
    assert max(shares) <= 1_000
    begun = [str(facts["scope"]) for event, facts in machine.logged if event == "page"]
    assert sorted(begun) == [CATALOGUE, PRICES]
    await machine.off()


async def test_a_courier_that_is_killed_goes_on_where_it_was_and_shows_nothing_before_the_end(
    home: Path, api: Process, shop: Shop, names: list[str]
) -> None:
    assert comptoir("enrol", await code_for(api, shop), "--url", api.url).returncode == 0
    store = opened(home, shop)
    for scope, rows in (("article", 1), ("article", COUNT // 2), ("article_price", 1)):
        with courier() as process:
            until(lambda scope=scope, rows=rows: count(store, scope) >= rows)  # type: ignore[misc]
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert not is_whole(store, names)
    before = count(store, "article_price")
    assert 0 < before < COUNT
    assert count(store, "article") >= COUNT
    with courier():
        until(lambda: is_whole(store, names))
    store.close()
    log = (home / "log" / "courier" / "comptoir.log").read_text("utf-8").splitlines()
    told = [json.loads(line) for line in log if line.startswith("{")]
    begun = [one["scope"] for one in told if one.get("snapshot")]
    assert sorted(begun) == [CATALOGUE, PRICES]


def count(store: Store, table: str) -> int:
    """Return how many rows the till's catalogue has, hidden ones too."""
    with reading(store.catalogue).connect() as connection:
        found = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
    return int(found)
