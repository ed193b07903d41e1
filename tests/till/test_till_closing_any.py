"""Whatever days a till lives through, and wherever it is killed: every sale is closed, once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from pos.domain.events import SaleFinished
from pos.ports import StoreUnavailable
from pos.till import sell
from tests.till.closing_days import check_books, check_days, closings, spans
from tests.till.deeds import DEEDS_ABROAD, Deed, do, move_abroad
from tests.till.french_audit import Audit
from tests.till.shop import MANAGER, PLUG_INS, Till, check_numbers

KILLS = st.none() | st.integers(0, 9)
"""How many writes of a deed the disk takes before the power goes; None for all of them."""


@dataclass
class Life:
    """A till and what a person at it saw done: the tickets they were shown."""

    till: Till
    seen: list[str] = field(default_factory=list)

    def live(self, deed: Deed, n: int, kill: int | None) -> None:
        """Do a deed on a disk that dies under it; then the power is back, and so is the till."""
        self.till.store.writes_left = kill
        try:
            do(self.till, deed, n)
        except StoreUnavailable:
            self.power_comes_back()
        self.till.store.writes_left = None
        last = self.till.desk.last_sale
        self.seen += [last.label] if last is not None and last.label not in self.seen else []

    def power_comes_back(self) -> None:
        self.till.store.writes_left = None
        self.till.restart(MANAGER)
        with suppress(StoreUnavailable):
            if self.till.basket.steps:
                sell.abandon(self.till.desk, "cleared")


def check_nothing_is_lost(life: Life) -> None:
    real = [sale for sale in life.till.sales() if not sale.training]
    check_numbers(real)
    assert set(life.seen) <= {sale.label for sale in life.till.sales()}
    held = [sale.label for _, sales in spans(life.till.store.events, "day") for sale in sales]
    left = open_day(life.till)
    assert [*held, *left] == [sale.label for sale in real]
    assert len(life.till.events("closing.begun")) == len(closings(life.till, "day"))
    assert len(life.till.events("closing.finished")) == len(closings(life.till, "day"))


def open_day(till: Till) -> list[str]:
    since = till.store.closed_at("day")
    return [
        event.label
        for event in till.store.events[since:]
        if isinstance(event, SaleFinished) and not event.training
    ]


@given(
    fiscal=st.sampled_from(sorted(PLUG_INS)),
    deeds=st.lists(
        st.tuples(st.sampled_from(DEEDS_ABROAD), st.integers(0, 99), KILLS), min_size=5, max_size=25
    ),
)
def test_every_sale_is_in_one_closing_wherever_the_till_was_killed(
    fiscal: str, deeds: list[tuple[Deed, int, int | None]]
) -> None:
    life = Life(Till(fiscal).restart(MANAGER))
    for deed, n, kill in deeds:
        life.live(deed, n, kill)
    life.till.restart(MANAGER)
    check_books(life.till)
    check_days(life.till)
    check_nothing_is_lost(life)
    if fiscal == "france" and move_abroad not in {deed for deed, *_ in deeds}:
        Audit().judge(life.till.store.entries)
