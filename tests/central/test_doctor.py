"""What the doctor sees of a centre: entries parked, days closed wrongly, no worker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from pos.domain.events import PeriodClosed
from pos.domain.facts import Figures, RunningTotals
from pos.journal.repeat import repeat
from sync.central import closings, parked, project, worker
from sync.central.engine import Centre
from sync.central.service import utc_now
from sync.central.settings import OrderRules
from tests.central.serving import make_centre
from tests.central.test_central_command import do
from tests.central.tills import AT, ScriptedTill, enrolled, open_store, sale

NOBODY = "No worker was with 1 store lately"


@dataclass
class Place:
    """A centre with one shop, one till and a folder for the command."""

    folder: Path
    centre: Centre
    till: ScriptedTill

    async def doctor(self) -> str:
        """Return what the doctor says."""
        return (await do(self.folder, "doctor")).out

    async def different(self) -> list[closings.Different]:
        """Return the days that are not closed with what they sold."""
        async with self.centre.session("S001") as session:
            return list(await closings.different(session, "S001"))


@pytest.fixture
async def place(url: str, tmp_path: Path) -> AsyncIterator[Place]:
    make_centre(tmp_path, url)
    centre = Centre.of([url])
    await open_store(centre, "S001")
    yield Place(tmp_path, centre, await enrolled(centre))
    await centre.close()


def close(till: ScriptedTill, number: int, tickets: int, level: str = "day") -> None:
    """Close a day (or a month) of so many tickets at 12,00."""
    of = sale(1, {"bread": 1})
    total = tickets * 1200
    till.record(
        PeriodClosed.model_validate(
            {
                "closing": f"C{level}{number}",
                "level": level,
                "key": "2026-11-22",
                "number": number,
                "label": f"T01-{level[0].upper()}{number:06d}",
                "at": AT,
                "since": AT,
                "zone": "Europe/Paris",
                "currency": "EUR",
                "till": "T01",
                "staff": "staff-1",
                "operator": "10",
                "language": "fr",
                "seller": of.seller,
                "figures": Figures(tickets=tickets, total=total, sold=total),
                "running": RunningTotals(perpetual=total),
                "software": "Comptoir",
                "fiscal": of.fiscal,
            }
        )
    )


async def test_days_that_are_closed_with_what_they_sold_are_well(place: Place) -> None:
    till = place.till
    till.sell({"bread": 1})
    till.sell({"bread": 1}, training=True)
    till.sell({"bread": 1})
    close(till, 1, 2)
    close(till, 1, 2, "month")
    till.sell({"bread": 1})
    close(till, 2, 1)
    close(till, 3, 0)
    assert (await till.push(place.centre)).parked == []
    assert await place.different() == []
    assert "not closed" not in await place.doctor()


async def test_the_first_day_whose_sales_are_not_all_counted_is_named(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = place.till
    till.sell({"bread": 1})
    close(till, 1, 1)
    await till.push(place.centre)
    before = len(till.entries)
    till.sell({"bread": 1})
    with monkeypatch.context() as older:
        older.delitem(project._MODELS, "sale.finished")
        await till.push(place.centre)
    assert len(till.entries) == before + 1
    till.sell({"bread": 1})
    close(till, 2, 2)
    close(till, 3, 1)
    await till.push(place.centre)
    assert await place.different() == [
        ("T01-D000002", 2, 2400, 1, 1200),
        ("T01-D000003", 1, 1200, 0, 0),
    ]
    said = await place.doctor()
    assert "S001: 1 entry was not understood" in said
    assert "S001: 2 days are not closed with what they sold. The first is T01-D000002" in said
    assert await parked.retry(place.centre, "S001", utc_now()) == 1
    assert [one[0] for one in await place.different()] == ["T01-D000003"]
    assert "not understood" not in await place.doctor()


async def test_a_day_whose_sales_are_spread_over_epochs_is_no_alarm(place: Place) -> None:
    till = place.till
    sold = till.sell({"bread": 1})
    await till.push(place.centre)
    till.open_epoch("K2X7")
    till.sell({"bread": 1})
    close(till, 1, 2)
    till.record(repeat(sold))
    close(till, 2, 1)
    await till.push(place.centre)
    assert await place.different() == []
    close(till, 3, 1)
    await till.push(place.centre)
    assert [one[0] for one in await place.different()] == ["T01-D000003"]


async def test_a_worker_that_does_not_run_is_missed(place: Place) -> None:
    assert NOBODY in await place.doctor()
    assert (await do(place.folder, "worker", "--once")).code == 0
    assert NOBODY not in await place.doctor()
    long_ago = utc_now() - timedelta(hours=1)
    await worker.attend(place.centre, "S001", long_ago)
    assert NOBODY in await place.doctor()
    await worker.go_round(place.centre, worker.duties(OrderRules()).often)
    assert NOBODY not in await place.doctor()
