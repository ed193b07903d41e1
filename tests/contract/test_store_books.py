"""The books of the till's file say what its journal says, added up one by one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos.domain import events
from pos.domain.events import ReturnFacts, RunningTotals, TillInstalled, VatFacts
from pos.domain.facts import COUNTERS, Tally
from pos.doubles import FixedClock, MemoryStore
from pos.journal.entry import Place
from pos.ports import GivenBack
from pos.store import figures as sql_figures
from pos.store.open import Store, open_store
from pos.store.rebuild import rebuild_check
from tests.contract.store_samples import WHO, Counted, line, opened, sale
from tests.contract.store_shop import DRAWERS, GESTURES, LEVELS, Shop, signs_openings

Both = tuple[MemoryStore, Store]


def both(folder: Path) -> Both:
    """A till in memory and one on disk that were installed alike."""
    clock = FixedClock()
    real = open_store(
        *(folder / "data", folder / "state", WHO, clock, Counted()), witness=signs_openings
    )
    memory = MemoryStore(clock, place=Place(WHO.store, WHO.till, "K1"), witness=signs_openings)
    memory.record(TillInstalled(public_key=real.public_key.hex(), software=WHO.software))
    return memory, real


def all_answers(memory: MemoryStore | Store, shop: Shop) -> dict[str, object]:
    """Everything that the past and the books answer of what a shop did."""
    past = memory.past if isinstance(memory, Store) else memory
    books = memory.books if isinstance(memory, Store) else memory
    end = books.position()
    cuts = sorted({0, end // 3, end // 2, *(books.closed_at(level) for level in LEVELS), end})
    labels = [one.label for one in shop.sales]
    return {
        "position": end,
        "spans": [books.figures(since, until) for since, until in pairwise(cuts)],
        "all": books.figures(0, end),
        "running": books.running(),
        "closed_at": [books.closed_at(level) for level in LEVELS],
        "closings": [list(books.closings(level, end // 2)) for level in LEVELS],
        "closing": books.closing("Z-month-1"),
        "numbered": [books.closing_numbered(level, 1) for level in LEVELS],
        "last_closing": [books.last_closing(level) for level in LEVELS],
        "first_day": books.first_day(),
        "unfinished": books.unfinished(),
        "heads": books.heads(),
        "training": books.training(),
        "shifts": list(books.shifts()),
        "last_shift": [books.last_shift(drawer) for drawer in (*DRAWERS, None)],
        "cash_move": [books.cash_move(), books.cash_move("C3")],
        "given_back": [past.given_back(label) for label in labels],
        "copies": [past.copies(label, paper) for label in labels for paper in ("ticket", "gift")],
        "prints": past.open_prints(),
        "cards": past.cards(),
        "last": [past.last_sale(training=training) for training in (False, True)],
    }


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(GESTURES), st.integers(0, 99_999)), max_size=60))
def test_the_file_answers_of_its_past_what_its_events_add_up_to(
    gestures: list[tuple[str, int]],
) -> None:
    shop = Shop()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sql_figures, "STRETCH", 7)
        memory, real = both(Path(folder))
        for gesture in gestures:
            written = shop.do(*gesture)
            assert len(memory.record(*written)) == len(real.ledger.record(*written))
        assert all_answers(real, shop) == all_answers(memory, shop)
        assert rebuild_check(real.engine).differences == ()
        real.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = opened(tmp_path)
    yield found
    found.close()


def day_of(store: Store) -> events.Figures:
    return store.books.figures(0, store.books.position())


def test_a_till_that_did_nothing_has_empty_figures(store: Store) -> None:
    assert day_of(store) == events.Figures()
    assert store.books.running() == RunningTotals()
    assert (store.books.first_day(), store.books.unfinished()) == ("2026-11-22", None)
    assert (store.books.shifts(), store.books.last_shift(), store.books.heads()) == ([], None, {})


def a_refund() -> events.SaleFinished:
    """Half of the first line of ticket 1, paid back in cash."""
    back = line(1, -500, 1000).model_copy(
        update={
            "quantity": -500,
            "returned": ReturnFacts(ticket="T1", line=1, reason="broken"),
        }
    )
    made = sale(2, [-500]).model_copy(update={"operation": "refund", "lines": [back]})
    (tender,) = made.tenders
    return made.model_copy(update={"tenders": [tender.model_copy(update={"origin": "T1"})]})


def test_a_day_is_told_by_rate_tender_hour_cashier_and_article(store: Store) -> None:
    store.ledger.record(sale(1, [1000, 250], rounding=-2, tenders=2), a_refund())
    found = day_of(store)
    assert (found.first_ticket, found.last_ticket) == ("T1", "T2")
    assert (found.tickets, found.refunds, found.voids) == (2, 1, 0)
    assert (found.sold, found.returned, found.total, found.rounding) == (1250, -500, 750, -2)
    assert found.vat == [
        VatFacts(rate=1000, gross=500, net=454, tax=46),
        VatFacts(rate=550, gross=250, net=237, tax=13),
    ]
    assert found.tenders == [Tally(name="cash", count=3, amount=748)]
    assert found.departments == [Tally(name="D1", count=3, quantity=1500, amount=750)]
    assert found.hours == [Tally(name="13", count=2, amount=750)]
    assert found.cashiers == [Tally(name="2", count=2, amount=750)]
    assert found.articles == [
        Tally(name="Crème brûlée n° 1", count=2, quantity=500, amount=500),
        Tally(name="Crème brûlée n° 2", count=1, quantity=1000, amount=250),
    ]
    assert store.past.given_back("T1") == GivenBack({1: (500, 500)}, {"cash": 500})
    assert store.past.given_back("T2") == GivenBack()


def discounted() -> events.SaleFinished:
    """One line at 10 % less and another price than the catalogue's, 50 off the ticket."""
    off = line(1, 850, discount=100).model_copy(
        update={"ticket_discount": 50, "gross": 1000, "price_before": 1200}
    )
    voided = [events.VoidedLine(sku="A9", name="Pain", quantity=1000, total=110)]
    changes = {"lines": [off], "ticket_discount": events.DiscountFacts(amount=50)}
    return sale(1, [850]).model_copy(update={**changes, "voided": voided, "vat": [vat_of(850)]})


def vat_of(total: int) -> VatFacts:
    one = line(1, total)
    return VatFacts(rate=one.vat_rate, gross=one.total, net=one.net, tax=one.tax)


def shift(staff: str = "2") -> events.ShiftOpened:
    return events.ShiftOpened(
        shift="S1",
        label="S1",
        drawer="drawer",
        staff=staff,
        business_day="2026-11-22",
        float_amount=10_000,
    )


def moved(move: str, amount: int) -> events.CashMoved:
    facts = {"shift": "S1", "label": move, "move": move, "amount": amount}
    return events.CashMoved.model_validate({**facts, "reason": "change", "staff": "2"})


def test_every_counter_counts_what_it_is_named_after(store: Store) -> None:
    copy = events.PrintAsked(
        job="J1", document="T1", paper="ticket", copy_number=1, printer="printer"
    )
    card = events.CardAsked(request="R1", basket="B", amount=700, terminal="manual", staff="2")
    driven = events.CardAsked(request="R2", basket="B", amount=300, terminal="desk", staff="2")
    seen = events.CardAnswered(request="R2", outcome="declined", settled_by="2")
    off = events.CardsCompared(
        terminal="desk", staff="2", count=1, amount=300, expected_count=0, expected=0,
        difference=300, reason="lost",
    )  # fmt: skip
    coins = [events.FloatCounted(shift="S1", staff="2", coins=[], amount=9_900)]
    left = events.BasketAbandoned(basket="B9", staff="2", lines=1, total=320, reason="cleared")
    ended = events.ShiftClosed(
        shift="S1", staff="2", counted=700, expected=705, difference=-5, left=500, banked=200
    )
    openings = [events.DrawerOpened(cause=cause) for cause in ("sale", "no_sale", "forced")]
    moves = [moved("paid_in", 5), moved("paid_out", 7), moved("drop", 9)]
    store.ledger.record(discounted(), left, copy, card, shift(), *coins, *openings, *moves, ended)
    store.ledger.record(driven, seen, off)
    found = {one.name: (one.count, one.amount) for one in day_of(store).counters}
    assert found == {
        "discounts": (2, 150),
        "price_changes": (1, 200),
        "voided_lines": (1, 110),
        "abandoned": (1, 320),
        "duplicates": (1, 0),
        "no_sales": (1, 0),
        "forced_openings": (1, 0),
        "paid_in": (1, 5),
        "paid_out": (1, 7),
        "drops": (1, 9),
        "float": (1, 9_900),
        "counted": (1, 700),
        "cash_difference": (2, -105),
        "unsettled_cards": (1, 700),
        "settled_cards": (1, 300),
        "card_difference": (1, 300),
    }
    assert set(found) == set(COUNTERS)


def test_what_is_played_in_training_is_in_no_figure_and_in_no_total(store: Store) -> None:
    copy = events.PrintAsked(
        job="J1", document="T1", paper="ticket", copy_number=1, printer="printer"
    )
    left = events.BasketAbandoned(basket="B9", staff="2", lines=1, total=320, reason="cleared")
    store.ledger.record(events.TrainingSwitched(on=True, staff="90"))
    store.ledger.record(sale(1, [500], training=True), copy, left)
    assert (store.books.training(), day_of(store)) == (True, events.Figures())
    assert store.books.running() == RunningTotals()
    store.ledger.record(events.TrainingSwitched(on=False, staff="90"), sale(1, [20]))
    assert (store.books.training(), day_of(store).total) == (False, 20)


def test_figures_do_not_change_with_what_happened_after_their_span(store: Store) -> None:
    card = events.CardAsked(request="R1", basket="B", amount=700, terminal="manual", staff="2")
    store.ledger.record(card, shift())
    end = store.books.position()
    before = store.books.figures(0, end)
    store.ledger.record(
        events.CardAnswered(request="R1", outcome="approved"),
        events.FloatCounted(shift="S1", staff="2", coins=[], amount=9_900),
    )
    assert store.books.figures(0, end) == before
    after = store.books.figures(end, store.books.position())
    assert [(one.name, one.count, one.amount) for one in after.counters] == [
        ("cash_difference", 1, -100),
        ("float", 0, -100),
    ]


def test_a_float_counted_twice_adds_what_it_changed_in_each_span(store: Store) -> None:
    store.ledger.record(shift(), float_of(9_900))
    end = store.books.position()
    store.ledger.record(float_of(9_950), float_of(10_020))
    spans = [(0, end), (end, store.books.position()), (0, store.books.position())]
    found = [store.books.figures(*span).counters for span in spans]
    amounts = [[(one.name, one.count, one.amount) for one in counters] for counters in found]
    assert amounts == [
        [("cash_difference", 1, -100), ("float", 1, 9_900)],
        [("cash_difference", 2, 120), ("float", 0, 120)],
        [("cash_difference", 3, 20), ("float", 1, 10_020)],
    ]
    last = store.books.last_shift()
    assert last is not None
    assert (last.float_amount, last.is_float_counted) == (10_020, True)


def float_of(amount: int) -> events.FloatCounted:
    return events.FloatCounted(shift="S1", staff="2", coins=[], amount=amount)
