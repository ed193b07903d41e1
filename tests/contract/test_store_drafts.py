"""Baskets that are not sold yet, and the people who sell: kept on disk, outside the journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos.domain.errors import Refusal
from pos.domain.events import BasketAbandoned, BasketParked, BasketRecalled
from pos.store.open import Store
from pos.store.staff import StaffRecord
from tests.contract.store_samples import opened, sale


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = opened(tmp_path)
    yield found
    found.close()


def fill(store: Store, basket: str, count: int = 2) -> None:
    for number in range(1, count + 1):
        store.drafts.add_step(basket, number, f'{{"n":{number}}}')


def test_the_steps_of_open_baskets_come_back_after_a_restart(store: Store, tmp_path: Path) -> None:
    fill(store, "B1", 12)
    fill(store, "B2", 1)
    store.close()
    again = opened(tmp_path)
    assert {basket: len(steps) for basket, steps in again.drafts.steps().items()} == {
        "B1": 12,
        "B2": 1,
    }
    assert again.drafts.steps()["B1"][11] == '{"n":12}'
    again.close()


@pytest.mark.parametrize("number", [0, 2, 4])
def test_a_step_out_of_its_order_is_refused(store: Store, number: int) -> None:
    fill(store, "B1", 2)
    with pytest.raises(ValueError, match="not the next one"):
        store.drafts.add_step("B1", number, "{}")


def test_the_entry_that_ends_a_basket_forgets_its_draft(store: Store) -> None:
    for basket in ("B1", "B2", "B3"):
        fill(store, basket)
    store.ledger.record(sale(1, [100], basket="B1"))
    store.ledger.record(BasketAbandoned(basket="B2", staff="2", lines=2, total=5, reason="cleared"))
    assert list(store.drafts.steps()) == ["B3"]
    store.drafts.drop("B3")
    store.drafts.drop("B3")
    assert store.drafts.steps() == {}


def test_a_parked_basket_waits_until_it_is_recalled(store: Store) -> None:
    fill(store, "B1")
    fill(store, "B2")
    store.ledger.record(BasketParked(basket="B1", staff="2", lines=2, total=350))
    store.ledger.record(BasketParked(basket="B2", staff="3", lines=2, total=10))
    assert [(b.basket, b.staff, b.total) for b in store.drafts.parked()] == [
        ("B1", "2", 350),
        ("B2", "3", 10),
    ]
    store.ledger.record(BasketRecalled(basket="B1", staff="3"))
    assert [basket.basket for basket in store.drafts.parked()] == ["B2"]
    assert len(store.drafts.steps()["B1"]) == 2
    store.ledger.record(sale(1, [350], basket="B1"))
    assert list(store.drafts.steps()) == ["B2"]


PERSON = StaffRecord("S-1", "12", "N", "cashier", "$argon2id$…")


def test_a_person_is_found_by_what_they_type_and_by_the_journals_reference(store: Store) -> None:
    store.staff.add(PERSON)
    assert store.staff.by_number("12") == PERSON
    assert store.staff.by_ref("S-1") == PERSON
    assert store.staff.by_number("13") is None
    assert store.staff.everyone() == [PERSON]


def test_a_staff_number_belongs_to_one_person(store: Store) -> None:
    store.staff.add(PERSON)
    with pytest.raises(Refusal, match="Number 12 already belongs"):
        store.staff.add(StaffRecord("S-2", "12", "M", "clerk", "x"))


def test_wrong_pins_are_remembered_through_a_restart(store: Store, tmp_path: Path) -> None:
    store.staff.add(PERSON)
    store.staff.set_failures("S-1", 3, "2026-11-22T12:00:00.000Z")
    store.staff.set_pin("S-1", "new")
    store.close()
    again = opened(tmp_path)
    found = again.staff.by_ref("S-1")
    assert found is not None
    assert (found.failures, found.locked_until, found.pin_hash) == (
        3,
        "2026-11-22T12:00:00.000Z",
        "new",
    )
    again.close()
