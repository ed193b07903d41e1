"""Opening and closing the program, and what the customer's display says meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos.domain.errors import Refusal
from pos.domain.events import TillStarted
from pos.domain.shop import PrintRules
from pos.ports import DeviceState
from pos.till import sell, start, tender
from pos.till.counter import WIDTH
from tests.till.shop import APPLES, BREAD, LAMP, MEAL, MILK, SHOP, Till


def test_a_french_till_does_not_open_for_a_shop_without_its_numbers(french_till: Till) -> None:
    house = french_till.desk.rules
    french_till.change_rules = lambda _: replace(house, shop=replace(SHOP, siret=""))
    with pytest.raises(Refusal) as refused:
        french_till.restart()
    assert refused.value.slug == "set_up"
    assert "SIRET" in str(refused.value)


@pytest.mark.parametrize(
    ("printing", "named"),
    [(PrintRules(guarantee=False), "always_for_guarantee"), (PrintRules(ask=False), "ask")],
)
def test_a_french_till_does_not_open_with_printing_rules_against_the_law(
    french_till: Till, printing: PrintRules, named: str
) -> None:
    house = french_till.desk.rules
    french_till.change_rules = lambda _: replace(house, printing=printing)
    with pytest.raises(Refusal, match=named) as refused:
        french_till.restart()
    assert refused.value.slug == "set_up"


def test_a_start_says_whether_the_last_stop_was_in_order(till: Till) -> None:
    start.stop(till.desk)
    start.start(till.desk_on(till.store), clean=False)
    started = [e for e in till.store.events if isinstance(e, TillStarted)]
    assert [one.clean for one in started] == [True, False]
    assert till.events("till.stopped")


def test_open_baskets_are_still_open_after_a_stop_in_order(till: Till) -> None:
    till.scan(BREAD, MILK)
    start.stop(till.desk)
    till.restart()
    assert till.basket.total == 215


def test_the_last_sale_is_known_after_a_restart(till: Till) -> None:
    till.scan(BREAD)
    tender.pay_cash(till.desk)
    till.restart()
    assert till.desk.last_sale == till.sales()[-1]
    assert not till.desk.just_sold


def test_a_device_that_never_spoke_is_absent(till: Till) -> None:
    assert till.desk.device_state("scanner") is DeviceState.ABSENT
    assert till.desk.device_state("printer") is DeviceState.READY


def test_the_customer_sees_each_line_the_total_and_the_change(till: Till) -> None:
    till.scan(BREAD)
    assert till.counter.shown[-1] == ("Baguette      1,10\u00a0€", "TOTAL         1,10\u00a0€")
    tender.pay_cash(till.desk, 200)
    assert till.counter.shown[-1] == ("TOTAL         1,10\u00a0€", "Rendu         0,90\u00a0€")


def test_whatever_is_shown_fits_the_display(till: Till) -> None:
    long = replace(till.desk.rules.shop, name="Au coin de la rue et du grand boulevard")
    till.desk.rules = replace(till.desk.rules, shop=long)
    till.scan(LAMP, MEAL)
    sell.arm_quantity(till.desk, 9000)
    till.scan(APPLES)
    sell.void_line(till.desk, 1)
    sell.park(till.desk)
    assert len(till.counter.shown) > 4
    assert all(len(text) <= WIDTH for pair in till.counter.shown for text in pair)


def test_a_till_without_a_display_a_drawer_or_a_printer_sells_all_the_same(till: Till) -> None:
    ports = till.desk.ports
    ports.display = ports.drawer = ports.printer = None
    till.scan(LAMP)
    tender.pay_cash(till.desk)
    assert len(till.sales()) == 1
    assert till.copies() == []
