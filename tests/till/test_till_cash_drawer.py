"""The drawer: opened by us for a reason, or opened without us; the journal says which, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pos.domain.events import DrawerOpened
from pos.domain.staff import NeedsPermission, Permission
from pos.ports import DeviceState, DrawerMoved, StatusChanged, StoreUnavailable
from pos.till import cash, drawer, tender, tickets
from tests.till.shop import BREAD, MANAGER, Till, slug_of

WITHIN_S = int(drawer.PULSE_WITHIN.total_seconds())


def openings(till: Till) -> list[tuple[str, str, str | None]]:
    found = [event for event in till.store.events if isinstance(event, DrawerOpened)]
    return [(one.cause, one.staff, one.reason) for one in found]


def causes(till: Till) -> list[str]:
    return [cause for cause, _, _ in openings(till)]


def moves(till: Till, *states: bool) -> None:
    """Let the drawer's sensor say that it opened or shut."""
    for is_open in states:
        tickets.on_device(till.desk, DrawerMoved("drawer", is_open))


def word(till: Till, state: DeviceState = DeviceState.READY) -> None:
    """Let the drawer's driver say that the pulse went out, or never will."""
    tickets.on_device(till.desk, StatusChanged("drawer", state))


def a_sale(till: Till) -> None:
    till.scan(BREAD)
    tender.pay_cash(till.desk)


def no_sale(till: Till) -> None:
    drawer.no_sale(till.desk, "un contrôle", till.loan(Permission.NO_SALE))


def a_drop(till: Till) -> None:
    cash.drop(till.desk, 100, "coffre")


TOLD: dict[str, Callable[[Till], object]] = {
    "sale": a_sale,
    "no_sale": no_sale,
    "cash": a_drop,
    "count": lambda till: cash.open_to_count(till.desk),
}


def test_the_drawer_opens_without_a_sale_by_permission_and_for_a_reason(till: Till) -> None:
    with pytest.raises(NeedsPermission):
        drawer.no_sale(till.desk, "un contrôle")
    loan = till.loan(Permission.NO_SALE)
    assert slug_of(lambda: drawer.no_sale(till.desk, "  ", loan)) == "no_reason"
    assert (till.counter.opened, loan.spent) == (0, False)
    drawer.no_sale(till.desk, "un contrôle", loan)
    assert (till.counter.opened, loan.spent) == (1, True)
    assert openings(till) == [("no_sale", "staff-1", "un contrôle")]


def test_no_permission_is_used_up_for_a_drawer_that_is_not_there(till: Till) -> None:
    till.desk.ports.drawer = None
    loan = till.loan(Permission.NO_SALE)
    assert slug_of(lambda: drawer.no_sale(till.desk, "un contrôle", loan)) == "no_drawer"
    assert not till.events("permission.used")
    assert not loan.spent


def test_a_till_without_a_drawer_moves_cash_all_the_same(till: Till) -> None:
    till.desk.ports.drawer = None
    a_drop(till)
    assert (causes(till), till.counter.opened) == ([], 0)
    assert len(till.events("cash.moved")) == 1


def test_training_opens_no_drawer(till: Till) -> None:
    till.restart(MANAGER)
    till.desk.training = True
    assert slug_of(lambda: drawer.no_sale(till.desk, "un contrôle")) == "training_cash"
    a_sale(till)
    assert (till.counter.opened, causes(till)) == (0, [])
    moves(till, True)
    assert causes(till) == ["forced"], "a drawer that opens in training opens in truth"


@pytest.mark.parametrize("told", TOLD)
def test_a_drawer_that_was_told_to_open_and_opens_was_not_forced(till: Till, told: str) -> None:
    TOLD[told](till)
    till.clock.pass_s(WITHIN_S)
    moves(till, True, False)
    assert causes(till) == [told]


def test_a_drawer_that_opens_without_our_pulse_is_written_once_an_opening(till: Till) -> None:
    moves(till, True, True, False)
    assert openings(till) == [("forced", "staff-1", None)]
    moves(till, True)
    assert causes(till) == ["forced"] * 2
    assert "attention" in till.counter.played


def test_a_drawer_forced_while_nobody_is_signed_in_names_nobody(till: Till) -> None:
    till.restart(None)
    moves(till, True)
    assert openings(till) == [("forced", "", None)]


@pytest.mark.parametrize("seconds", [WITHIN_S + 1, 86_400])
def test_an_opening_long_after_the_pulse_was_not_ours(till: Till, seconds: int) -> None:
    no_sale(till)
    till.clock.pass_s(seconds)
    moves(till, True)
    assert causes(till) == ["no_sale", "forced"]


def test_one_pulse_opens_the_drawer_once(till: Till) -> None:
    no_sale(till)
    moves(till, True, False, True)
    assert causes(till) == ["no_sale", "forced"]


def test_a_pulse_to_an_open_drawer_excuses_no_later_opening(till: Till) -> None:
    no_sale(till)
    word(till)
    moves(till, True)
    a_drop(till)
    word(till)
    moves(till, False, True)
    assert causes(till) == ["no_sale", "cash", "forced"]


def test_a_drawer_that_was_seen_shut_only_just_before_its_pulse_is_opened_by_it(till: Till) -> None:
    no_sale(till)
    word(till)
    moves(till, True)
    a_drop(till)
    moves(till, False)
    word(till)
    moves(till, True)
    assert causes(till) == ["no_sale", "cash"]
    moves(till, False, True)
    assert causes(till) == ["no_sale", "cash", "forced"]


def test_a_missed_pulse_excuses_no_opening_once_the_printer_is_back(till: Till) -> None:
    no_sale(till)
    word(till, DeviceState.OFFLINE)
    tickets.on_device(till.desk, StatusChanged("printer", DeviceState.READY))
    moves(till, True)
    assert causes(till) == ["no_sale", "forced"]


def test_a_word_about_an_earlier_pulse_takes_nothing_from_the_next(till: Till) -> None:
    no_sale(till)
    a_drop(till)
    word(till, DeviceState.OFFLINE)
    word(till)
    moves(till, True)
    assert causes(till) == ["no_sale", "cash"]


def test_a_drawer_that_missed_its_pulse_and_opens_was_opened_by_its_key(till: Till) -> None:
    no_sale(till)
    tickets.on_device(till.desk, StatusChanged("drawer", DeviceState.OFFLINE, "not opened"))
    moves(till, True)
    assert causes(till) == ["no_sale", "forced"]


def test_a_clock_set_back_after_the_pulse_does_not_excuse_an_opening_forever(till: Till) -> None:
    no_sale(till)
    till.clock.pass_s(-3_600)
    moves(till, True)
    assert causes(till) == ["no_sale", "forced"]


def test_a_forced_opening_that_the_disk_refused_is_written_later_and_once(till: Till) -> None:
    till.store.writes_left = 0
    with pytest.raises(StoreUnavailable):
        moves(till, True)
    assert till.desk.device_state("drawer") is DeviceState.ATTENTION
    moves(till, True)
    till.store.writes_left = None
    assert tickets.retry(till.desk)
    assert causes(till) == ["forced"]


def test_a_drawer_that_is_open_for_too_long_sounds_and_is_well_again_when_it_is_shut(
    till: Till,
) -> None:
    a_sale(till)
    moves(till, True)
    before = till.counter.played.count("attention")
    told = StatusChanged("drawer", DeviceState.ATTENTION, "open for too long: shut it")
    tickets.on_device(till.desk, told)
    assert till.counter.played.count("attention") == before + 1
    assert till.desk.devices["drawer"] == told
    moves(till, False)
    assert till.desk.devices["drawer"] == StatusChanged("drawer", DeviceState.READY)
    assert causes(till) == ["sale"]


def test_a_drawer_that_stood_open_when_the_till_began_was_found_so_and_not_forced(
    till: Till,
) -> None:
    tickets.on_device(till.desk, DrawerMoved("drawer", is_open=True, at_first=True))
    assert causes(till) == ["found_open"]
    assert till.desk.device_state("drawer") is DeviceState.ATTENTION
    moves(till, False, True)
    assert causes(till) == ["found_open", "forced"]
