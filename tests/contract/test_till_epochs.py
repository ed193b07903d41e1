"""A till that begins a new epoch still knows its earlier days, in memory and in its file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pos.till import closing, earlier, reports
from tests.contract.filed_till import FiledTill
from tests.till import deeds
from tests.till.closing_days import sells
from tests.till.shop import BREAD, MANAGER, MILK, Till

DAY = timedelta(days=1)


@pytest.fixture(params=["memory", "file"])
def till(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Till]:
    if request.param == "memory":
        memory = Till("france")
        memory.sign_in(MANAGER)
        yield memory
    else:
        filed = FiledTill(tmp_path)
        yield filed
        filed.close()


def begin_an_epoch(till: Till) -> None:
    before = till.desk.ports.ledger.place.epoch
    if isinstance(till, FiledTill):
        till.lose_the_marker()
    else:
        deeds.lose_the_file(till, 0)
    assert till.desk.ports.ledger.place.epoch != before


def close_and_wait(till: Till) -> str:
    label = closing.close_day(till.desk).label
    till.clock.at += DAY
    return label


def test_closings_of_an_earlier_epoch_are_still_offered_to_look_at(till: Till) -> None:
    sells(till, BREAD)
    before = [close_and_wait(till) for _ in range(2)]
    begin_an_epoch(till)
    after = close_and_wait(till)
    offered = [one.label for one in earlier.last_closings(till.desk)]
    assert offered == [after, *reversed(before)]
    assert reports.print_closing(till.desk, before[0]) == 1


def test_today_is_compared_with_days_of_an_earlier_epoch(till: Till) -> None:
    sells(till, BREAD)
    for _ in range(5):
        close_and_wait(till)
    begin_an_epoch(till)
    for _ in range(2):
        close_and_wait(till)
    sells(till, MILK)
    found = reports.compare(till.desk)
    assert found.last_week is not None
    assert (found.today.total, found.last_week.total) == (105, 110)
