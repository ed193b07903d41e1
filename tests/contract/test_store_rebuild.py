"""The tables are nothing but the journal, whatever happened at the till."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos.domain import events
from pos.domain.events import Event
from pos.store.open import FILE, Store
from pos.store.rebuild import rebuild_check, verify
from tests.contract.store_samples import Hand, opened, sale

AMOUNTS = st.lists(st.integers(-5_000, 99_999), min_size=1, max_size=12)
JOBS = st.sampled_from(["J1", "J2", "J3"])
OUTCOMES = st.sampled_from(["confirmed", "sent", "unknown", "failed"])
ANSWERS = st.sampled_from(["approved", "declined", "cancelled", "unknown"])

GESTURE = st.one_of(
    st.tuples(st.just("sale"), AMOUNTS, st.integers(-2, 2), st.integers(1, 3), st.booleans()),
    st.tuples(st.just("print"), JOBS, OUTCOMES),
    st.tuples(st.just("card"), JOBS, ANSWERS),
    st.tuples(st.just("drawer")),
    st.tuples(st.just("park"), JOBS),
    st.tuples(st.just("leave"), JOBS),
)


class Shop:
    """Turns drawn gestures into events whose numbers are those of a till."""

    def __init__(self) -> None:
        self.ticket = 0
        self.count = 0

    def events(self, gesture: tuple[object, ...]) -> list[Event]:
        self.count += 1
        match gesture:
            case ("sale", list(totals), int(rounding), int(tenders), bool(training)):
                self.ticket += 1
                return [
                    sale(self.ticket, totals, rounding=rounding, tenders=tenders, training=training)
                ]
            case ("print", str(job), outcome):
                return self._print(f"{job}-{self.count}", outcome)
            case ("card", str(request), answer):
                return self._card(f"{request}-{self.count}", answer)
            case ("park", str(basket)):
                return [events.BasketParked(basket=basket, staff="2", lines=1, total=5)]
            case ("leave", str(basket)):
                return [
                    events.BasketAbandoned(
                        basket=basket, staff="2", lines=1, total=5, reason="cleared"
                    )
                ]
            case _:
                return [events.DrawerOpened(cause="no_sale", staff="2")]

    def _print(self, job: str, outcome: object) -> list[Event]:
        end = events.PrintFinished.model_validate({"job": job, "outcome": outcome})
        asked = events.PrintAsked(
            job=job, document="D1", paper="ticket", copy_number=0, printer="main"
        )
        return [asked, events.PrintSending(job=job), end]

    def _card(self, request: str, answer: object) -> list[Event]:
        end = events.CardAnswered.model_validate({"request": request, "outcome": answer})
        asked = events.CardAsked(request=request, basket="B", amount=5, terminal="card", staff="2")
        return [asked, end]


@settings(max_examples=25, deadline=None)
@given(st.lists(GESTURE, max_size=12))
def test_whatever_a_till_did_its_tables_can_be_rebuilt_from_the_journal(
    gestures: list[tuple[object, ...]],
) -> None:
    shop = Shop()
    with tempfile.TemporaryDirectory() as folder:
        store = opened(Path(folder), clock=Hand())
        recorded = [len(store.ledger.record(*shop.events(gesture))) for gesture in gestures]
        rebuilt = rebuild_check(store.engine)
        assert rebuilt.differences == ()
        assert rebuilt.entries == 1 + sum(recorded)
        assert verify(Path(folder) / "data" / FILE, [store.public_key]).sound
        store.close()


def spoiled(store: Store, *statements: str) -> None:
    with store.engine.begin() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in names.all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.exec_driver_sql(statement)


SPOILED = {
    "UPDATE sale SET perpetual = 0 WHERE ticket = 2": "sale",
    "UPDATE sale_line SET name = 'other' WHERE n = 2": "sale_line",
    "DELETE FROM sale_vat WHERE rate = 1000": "sale_vat",
    "UPDATE sale_tender SET method = 'card'": "sale_tender",
    "DELETE FROM drawer_opening": "drawer_opening",
    "INSERT INTO drawer_opening VALUES (99, '', 'forced', '')": "drawer_opening",
    "UPDATE print_job SET state = 'confirmed'": "print_job",
    "UPDATE card_payment SET amount = 1": "card_payment",
}


@pytest.mark.parametrize("statement", SPOILED)
def test_a_table_that_is_not_what_the_journal_says_is_named(tmp_path: Path, statement: str) -> None:
    store = opened(tmp_path)
    shop = Shop()
    store.ledger.record(
        sale(1, [100, 200]),
        sale(2, [300, 50]),
        events.DrawerOpened(cause="sale"),
        *shop.events(("print", "J1", "unknown")),
        *shop.events(("card", "R1", "approved")),
    )
    spoiled(store, statement)
    (difference,) = rebuild_check(store.engine).differences
    assert difference.table == SPOILED[statement]
    assert difference.stored != difference.rebuilt
    store.close()
