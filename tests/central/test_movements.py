"""Stock that people count, receive, correct and transfer at the centre, by its command."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sync.central import feed, rebuild, settings, stock
from sync.central.engine import Centre
from sync.central.values import CATALOGUE, COMPANY
from tests.central.conftest import Databases
from tests.central.serving import make_centre
from tests.central.test_central_command import do, run
from tests.central.tills import NOON, enrolled, rows

NAMED = {"BREAD": "Pain", "JAM": "Confiture", "TEA": "Thé"}
MOVES = (
    "SELECT sku, quantity, reason FROM stock_move WHERE store_id = :store_id"
    " AND source LIKE :source ORDER BY sku"
)


@pytest.fixture
async def folder(databases: Databases, tmp_path: Path) -> Path:
    """A centre with two stores and three articles; its command is used on it."""
    url = await databases.new()
    make_centre(tmp_path, url)
    for store in ("S001", "S002"):
        assert (await do(tmp_path, "store", "add", store, f"Au coin {store}")).code == 0
    things: feed.Things = {
        ("article", sku): {"name": name, "vat": "FR20", "codes": []} for sku, name in NAMED.items()
    }
    centre = Centre.of([url])
    async with centre.session("S001") as session:
        await feed.publish(session, COMPANY, CATALOGUE, things, NOON)
        await session.commit()
    await centre.close()
    return tmp_path


async def on_hand(folder: Path, store: str = "S001") -> dict[str, int]:
    centre = Centre.of([settings.load(folder).database])
    async with centre.session(store) as session:
        found = {one.sku: one.on_hand for one in await stock.levels(session, store)}
    async with centre.session(store) as session:
        assert (await rebuild.compare(session, store)).names == []
    await centre.close()
    return found


async def test_an_opening_stock_comes_from_a_file_once(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "stock.csv"
    file.write_text("référence;quantité\nBREAD;12\nJAM;3,5\nTEA;0\n", "utf-8")
    done = await do(folder, "stock", "import", "S001", str(file), "--reason", "opening")
    assert (done.code, "3 articles moved" in done.out) == (0, True)
    again = await do(folder, "stock", "import", "S001", str(file))
    assert (again.code, "nothing moved" in again.out) == (0, True)
    assert await on_hand(folder) == {"BREAD": 12_000, "JAM": 3_500, "TEA": 0}
    listed = await do(folder, "stock", "list", "S001")
    assert [line.split()[0] for line in listed.out.splitlines()] == ["BREAD", "JAM", "TEA"]
    assert "Confiture" in listed.out


async def test_a_count_writes_the_difference_with_its_reason(folder: Path) -> None:
    centre = Centre.of([settings.load(folder).database])
    till = await enrolled(centre)
    till.sell({"BREAD": 4})
    await till.push(centre)
    done = await do(
        folder, "stock", "count", "S001", "BREAD", "10", "--name", "june", "--reason", "shelf"
    )
    assert done.code == 0
    assert await rows(centre, "S001", MOVES, source="count/june") == [
        ("BREAD", 14_000, "count: shelf")
    ]
    till.sell({"BREAD": 1})
    await till.push(centre)
    assert await on_hand(folder) == {"BREAD": 9_000}
    await centre.close()


async def test_a_count_names_the_tills_whose_sales_may_still_come(folder: Path) -> None:
    centre = Centre.of([settings.load(folder).database])
    await enrolled(centre, "S001-T07")
    await centre.close()
    done = await do(folder, "stock", "count", "S001", "BREAD", "10")
    assert (done.code, "S001-T07" in done.err) == (0, True)


async def test_goods_are_received_corrected_and_transferred(folder: Path) -> None:
    for asked in (
        ("receive", "S001", "BREAD", "20", "--name", "BL-1"),
        ("receive", "S001", "BREAD", "20", "--name", "BL-1"),
        ("adjust", "S001", "BREAD", "-2", "--reason", "broken"),
        ("transfer", "S001", "S002", "BREAD", "5", "--name", "T-1"),
        ("transfer", "S001", "S002", "BREAD", "5", "--name", "T-1"),
    ):
        done = await do(folder, "stock", *asked)
        assert done.code == 0, done.err
    assert await on_hand(folder) == {"BREAD": 13_000}
    assert await on_hand(folder, "S002") == {"BREAD": 5_000}


async def test_a_transfer_cut_between_the_two_stores_is_ended_by_the_same_order(
    folder: Path,
) -> None:
    asked = ("transfer", "S001", "S002", "BREAD", "5", "--name", "T-2")
    assert (await do(folder, "stock", *asked)).code == 0
    centre = Centre.of([settings.load(folder).database])
    async with centre.session("S002") as session:
        from sqlalchemy import text

        for table in ("stock_move", "stock_level"):
            await session.execute(text(f"DELETE FROM {table} WHERE store_id = 'S002'"))
        await session.commit()
    await centre.close()
    assert "1 article" in (await do(folder, "stock", *asked)).out
    assert (await on_hand(folder), await on_hand(folder, "S002")) == (
        {"BREAD": -5_000},
        {"BREAD": 5_000},
    )


async def test_what_is_below_zero_is_listed_first_and_alone(folder: Path) -> None:
    await do(folder, "stock", "receive", "S001", "BREAD", "1")
    await do(folder, "stock", "adjust", "S001", "TEA", "-3", "--reason", "gone")
    listed = (await do(folder, "stock", "list", "S001")).out.splitlines()
    assert listed[0].startswith("! TEA")
    assert len(listed) == 2
    below = (await do(folder, "stock", "list", "S001", "--below")).out.splitlines()
    assert [line.split()[1] for line in below] == ["TEA"]


REFUSED = [
    ("count", "S001", "NOTHING", "1"),
    ("count", "S001", "BREAD", "1000001"),
    ("count", "S001", "BREAD", "much"),
    ("count", "S999", "BREAD", "1"),
    ("receive", "S001", "BREAD", "0"),
    ("transfer", "S001", "S001", "BREAD", "1"),
    ("import", "S001", "/nowhere.csv"),
    ("import", "S001", "{empty}"),
    ("import", "S001", "{twice}"),
    ("import", "S001", "{count}", "--as", "gift"),
]


@pytest.mark.parametrize("asked", REFUSED, ids=str)
def test_a_movement_that_cannot_be_is_refused_in_one_sentence(
    databases: Databases, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    make_centre(tmp_path, asyncio.run(databases.new()))
    assert run(tmp_path, "store", "add", "S001", "Au coin").code == 0
    for name, content in (("empty", ""), ("twice", "sku;qty\nA;1\nA;2\n"), ("count", "sku;qty\n")):
        (tmp_path / name).write_text(content)
    done = run(tmp_path, "stock", *(one.format_map(_Files(tmp_path)) for one in asked))
    assert (done.code, len(done.err.strip().splitlines())) == (1, 1)
    assert run(tmp_path, "stock", "list", "S001").out == ""


class _Files(dict[str, str]):
    """Paths of files by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __missing__(self, name: str) -> str:
        return str(self.folder / name)
