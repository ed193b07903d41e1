"""Ticket numbers, fiscal chains, business days, and a clock that goes wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pos.domain.basket import Basket
from pos.domain.events import SaleFinished
from pos.till import sell, tender
from tests.till.shop import (
    BREAD,
    MEAL,
    MILK,
    Till,
    check_balance,
    check_numbers,
    slug_of,
)


def sold(outcome: SaleFinished | Basket) -> SaleFinished:
    assert isinstance(outcome, SaleFinished)
    check_balance(outcome)
    return outcome


def test_tickets_are_numbered_without_a_gap_and_only_when_paid(till: Till) -> None:
    for place in range(4):
        till.scan(BREAD, MEAL)
        if place % 2:
            sell.abandon(till.desk, "")
            till.scan(MILK)
        slug_of(lambda: tender.pay_cheque(till.desk, 99_999))
        tender.pay_cash(till.desk)
        till.restart()
    check_numbers(till.sales())
    assert [sale.label for sale in till.sales()][-1] == "T01-K1-000004"


def test_a_new_epoch_numbers_its_tickets_from_one_and_begins_its_own_chain(till: Till) -> None:
    till.scan(BREAD)
    tender.pay_cash(till.desk)
    till.store.place = replace(till.store.place, epoch="K10")
    till.scan(BREAD)
    sale = sold(tender.pay_cash(till.desk))
    assert (sale.ticket, sale.label) == (1, "T01-K10-000001")
    assert sale.fiscal.previous == ""
    till.store.place = replace(till.store.place, epoch="K1")  # a prefix of the other's label
    till.desk.last_sale = sale
    till.scan(BREAD)
    assert sold(tender.pay_cash(till.desk)).ticket == 1


@pytest.mark.parametrize("restarts", [False, True])
def test_training_has_numbers_and_a_chain_of_its_own(french_till: Till, restarts: bool) -> None:
    till = french_till
    for training in (False, True, True, False, True, False):
        if restarts:
            till.restart()
        till.desk.training = training
        till.scan(BREAD)
        tender.pay_cash(till.desk)
    for training, chain, series in ((False, "ticket", ""), (True, "training", "X")):
        sales = [sale for sale in till.sales() if sale.training is training]
        assert [sale.ticket for sale in sales] == [1, 2, 3]
        assert [sale.label for sale in sales] == [f"T01-K1-{series}00000{n}" for n in (1, 2, 3)]
        records = [sale.fiscal for sale in till.sales() if sale.training is training]
        assert {one.chain for one in records} == {chain}
        assert [one.number for one in records] == [1, 2, 3]
        assert [one.previous for one in records[1:]] == [one.signature for one in records[:-1]]


def test_a_sale_after_midnight_counts_under_the_evenings_business_day(till: Till) -> None:
    days = []
    for at in (datetime(2026, 11, 25, 0, 30, tzinfo=UTC), datetime(2026, 11, 25, 4, 0, tzinfo=UTC)):
        till.clock.at = at
        till.scan(BREAD)
        days.append(sold(tender.pay_cash(till.desk)).business_day)
    assert days == ["2026-11-24", "2026-11-25"]


def test_a_clock_that_goes_back_stops_neither_a_sale_nor_the_numbers(till: Till) -> None:
    for _ in range(3):
        till.scan(BREAD)
        tender.pay_cash(till.desk)
        till.clock.at -= timedelta(days=400)
    till.restart()
    check_numbers(till.sales())
