"""The conflict inbox when it is full: what is grave stands first, and nothing is out of reach."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pos.journal.entry import Place
from sync.central import conflicts
from sync.central.conflicts import GRAVE, LISTED_MOST, Found
from sync.central.engine import Centre
from sync.central.values import Unknown
from tests.central.serving import make_centre
from tests.central.test_central_command import do
from tests.central.tills import NOON, open_store

HERE = Place("S001", "T01", "K1")
MORE = 7


async def note(centre: Centre, names: list[str], at: datetime) -> None:
    """Put an item of each name (`slug:what`) into the inbox of S001."""
    found = [Found(name, name.partition(":")[0], HERE, 1, f"why {name}") for name in names]
    async with centre.session("S001") as session:
        await conflicts.note(session, found, at)
        await session.commit()


@pytest.fixture
async def full(centre: Centre) -> Centre:
    """A centre whose inbox has old grave items, then more of daily life than a list shows."""
    await note(centre, [f"{slug}:old" for slug in GRAVE], NOON)
    daily = [f"below_zero:A{n:04d}" for n in range(LISTED_MOST + MORE - len(GRAVE))]
    await note(centre, daily, NOON + timedelta(days=9))
    return centre


async def test_what_is_grave_stands_before_what_is_newer(full: Centre) -> None:
    async with full.session("S001") as session:
        items = await conflicts.listed(session, "S001")
        assert await conflicts.count(session, "S001") == len(items) + MORE
        assert await conflicts.count(session, "S002") == 0
    assert len(items) == LISTED_MOST
    assert {one.slug for one in items[: len(GRAVE)]} == set(GRAVE)
    assert {one.slug for one in items[len(GRAVE) :]} == {"below_zero"}


async def test_what_is_settled_stands_behind_what_waits(full: Centre) -> None:
    async with full.session("S001") as session:
        await conflicts.settle(session, "S001", "fork:old", by="Inès", note="", now=NOON)
        await session.commit()
        items = await conflicts.listed(session, "S001", settled=True)
        one = await conflicts.named(session, "S001", "fork:old")
    assert "fork" not in {item.slug for item in items}
    assert one.settled_by == "Inès"


async def test_an_item_that_no_list_shows_is_found_by_its_name(full: Centre) -> None:
    async with full.session("S001") as session:
        shown = {one.name for one in await conflicts.listed(session, "S001")}
        hidden = f"below_zero:A{LISTED_MOST + MORE - len(GRAVE) - 1:04d}"
        assert hidden not in shown
        assert (await conflicts.named(session, "S001", hidden)).why == f"why {hidden}"
        with pytest.raises(Unknown):
            await conflicts.named(session, "S002", hidden)


async def test_the_list_says_how_many_it_does_not_show(url: str, tmp_path: Path) -> None:
    make_centre(tmp_path, url)
    centre = Centre.of([url])
    await open_store(centre, "S001")
    await note(centre, [f"below_zero:A{n:04d}" for n in range(LISTED_MOST + MORE)], NOON)
    await note(centre, ["fork:T01-K1/000002"], NOON - timedelta(days=30))
    await centre.close()
    listed = (await do(tmp_path, "conflicts", "list")).out.splitlines()
    assert listed[0].startswith("! S001 ")
    assert "fork:T01-K1/000002" in listed[0]
    assert listed[-1] == f"S001: {MORE + 1} more items are not shown."
    assert len(listed) == LISTED_MOST + 1
    hidden = f"below_zero:A{LISTED_MOST + MORE - 1:04d}"
    shown = await do(tmp_path, "conflicts", "show", "S001", hidden)
    doctor = await do(tmp_path, "doctor")
    assert f"why {hidden}" in shown.out
    assert f"{LISTED_MOST + MORE + 1} items wait in the inbox of S001" in doctor.out
