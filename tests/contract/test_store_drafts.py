"""Baskets that are not sold yet, and the people who sell: kept on disk, outside the journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pos.domain.errors import Refusal
from pos.domain.events import (
    BasketAbandoned,
    BasketCut,
    BasketParked,
    BasketRecalled,
    LoanGiven,
    SignInRefused,
    StaffRemoved,
    StaffSignedIn,
)
from pos.domain.shift import instant
from pos.domain.staff import Person
from pos.ports import Credentials
from pos.store.open import Store
from tests.contract.store_samples import opened, sale


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = opened(tmp_path)
    yield found
    found.close()


def fill(store: Store, basket: str, count: int = 2, staff: str = "2") -> None:
    for number in range(1, count + 1):
        store.drafts.add_step(basket, staff, number, f'{{"n":{number}}}')


def test_the_steps_of_open_baskets_come_back_after_a_restart(store: Store, tmp_path: Path) -> None:
    fill(store, "B1", 12)
    fill(store, "B2", 1, staff="3")
    store.close()
    again = opened(tmp_path)
    first, second = again.drafts.all()
    assert (first.basket, first.staff, len(first.steps)) == ("B1", "2", 12)
    assert (second.basket, second.staff, second.parked) == ("B2", "3", False)
    assert first.steps[11] == '{"n":12}'
    again.close()


@pytest.mark.parametrize("number", [0, 1, 2, 4])
def test_a_step_out_of_its_order_is_refused(store: Store, number: int) -> None:
    fill(store, "B1", 2)
    with pytest.raises(ValueError, match="not the next one"):
        store.drafts.add_step("B1", "2", number, "{}")


def baskets(store: Store) -> list[tuple[str, str, bool]]:
    return [(draft.basket, draft.staff, draft.parked) for draft in store.drafts.all()]


def test_the_entry_that_ends_a_basket_forgets_its_draft(store: Store) -> None:
    for basket in ("B1", "B2", "B3"):
        fill(store, basket)
    store.ledger.record(sale(1, [100], basket="B1"))
    store.ledger.record(BasketAbandoned(basket="B2", staff="2", lines=2, total=5, reason="cleared"))
    assert baskets(store) == [("B3", "2", False)]


def test_a_parked_basket_waits_until_it_is_recalled(store: Store) -> None:
    fill(store, "B1")
    fill(store, "B2")
    store.ledger.record(BasketParked(basket="B1", staff="2", lines=2, total=350))
    store.ledger.record(BasketParked(basket="B2", staff="3", lines=2, total=10))
    assert baskets(store) == [("B1", "2", True), ("B2", "3", True)]
    store.ledger.record(BasketRecalled(basket="B1", staff="3"))
    assert baskets(store) == [("B1", "3", False), ("B2", "3", True)]
    assert len(store.drafts.all()[0].steps) == 2
    store.ledger.record(sale(1, [350], basket="B1"))
    assert baskets(store) == [("B2", "3", True)]


@pytest.mark.parametrize("kept", [0, 1])
def test_a_basket_that_was_cut_keeps_its_name_and_its_first_steps(store: Store, kept: int) -> None:
    fill(store, "B1")
    fill(store, "B2")
    before = store.drafts.all()
    store.ledger.record(BasketCut(basket="B1", staff="2", steps_kept=kept, lines=kept, total=5))
    assert store.drafts.all() == [replace(before[0], steps=before[0].steps[:kept]), before[1]]
    store.drafts.add_step("B1", "2", kept + 1, "{}")
    assert len(store.drafts.all()[0].steps) == kept + 1


PERSON = Person("S-1", "12", "N", "cashier")


def test_a_person_is_found_by_what_they_type(store: Store) -> None:
    store.people.add(PERSON, "$argon2id$…")
    assert store.people.by_number("12") == Credentials(PERSON, "$argon2id$…")
    assert store.people.by_number("13") is None
    assert store.people.all() == [PERSON]


def test_a_staff_number_belongs_to_one_person(store: Store) -> None:
    store.people.add(PERSON, "x")
    with pytest.raises(Refusal, match="The number 12 is taken"):
        store.people.add(Person("S-2", "12", "M", "clerk"), "x")
    assert store.people.all() == [PERSON]


def test_wrong_pins_are_remembered_through_a_restart(store: Store, tmp_path: Path) -> None:
    store.people.add(PERSON, "x")
    entry = store.ledger.record(SignInRefused(staff="S-1", failures=3, wait_s=5))[0]
    store.close()
    again = opened(tmp_path)
    found = again.people.by_number("12")
    assert found is not None
    assert found.failures == 3
    assert instant(found.locked_until) - instant(entry.at) == timedelta(seconds=5)
    again.ledger.record(StaffSignedIn(staff="S-1", role="cashier"))
    assert again.people.by_number("12") == Credentials(PERSON, "x")
    again.close()


def test_the_right_pin_to_lend_forgets_the_wrong_ones(store: Store) -> None:
    store.people.add(PERSON, "x")
    store.ledger.record(SignInRefused(staff="S-1", failures=2, wait_s=0))
    store.ledger.record(LoanGiven(permission="no_sale", staff="S-2", lender="S-1"))
    assert store.people.by_number("12") == Credentials(PERSON, "x")


def test_a_removed_person_is_gone_with_the_entry_and_the_number_is_free(store: Store) -> None:
    store.people.add(PERSON, "x")
    store.ledger.record(StaffRemoved(staff="S-1"))
    assert store.people.by_number("12") is None
    assert store.people.all() == []
    other = Person("S-2", "12", "M", "clerk")
    store.people.add(other, "y")
    assert store.people.by_number("12") == Credentials(other, "y")
    with store.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT name, pin_hash FROM staff ORDER BY ref").all()
    assert [tuple(row) for row in kept] == [("N", ""), ("M", "y")]
