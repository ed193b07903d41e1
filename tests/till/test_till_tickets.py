"""Tickets: asked, counted, printed once; what the printer did not confirm, a person settles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pos.domain.events import PrintAsked, PrintFinished, SaleFinished
from pos.domain.staff import NeedsPermission, Permission
from pos.fiscal.france import FranceRules
from pos.papers.page import Block
from pos.ports import DeviceState, DrawerMoved, PrintEnded, PrintOutcome, StatusChanged
from pos.till import sell, tender, tickets
from pos.till.desk import PrintRules
from tests.till.shop import APPLES, BREAD, CLERK, LAMP, Till, slug_of


def sell_one(till: Till, code: str = BREAD) -> None:
    till.scan(code)
    tender.pay_cash(till.desk)


def ends(till: Till, outcome: PrintOutcome) -> str:
    """Let the printer say how its last job ended; return the job."""
    job = till.counter.printed[-1][0]
    tickets.on_device(till.desk, PrintEnded(job, outcome))
    return job


def outcomes(till: Till) -> list[tuple[str, str | None]]:
    return [
        (event.outcome, event.settled_by)
        for event in till.store.events
        if isinstance(event, PrintFinished)
    ]


def test_nothing_is_printed_unless_it_is_asked(till: Till) -> None:
    sell_one(till)
    assert till.counter.printed == []
    assert tickets.print_ticket(till.desk) == 0
    assert len(till.counter.printed) == 1


def test_a_durable_good_prints_its_guarantee_unasked_once_and_as_the_original() -> None:
    till = Till("france")
    sell_one(till, LAMP)
    assert till.copies() == [0]
    assert len(till.counter.printed) == 1
    kinds = [event.kind for event in till.store.events[-4:]]
    assert kinds == ["sale.finished", "drawer.opened", "print.asked", "print.sending"]
    assert tickets.print_ticket(till.desk) == 1


@pytest.mark.parametrize(
    ("rules", "code", "printed"),
    [
        (PrintRules(), BREAD, 0),
        (PrintRules(), LAMP, 1),
        (PrintRules(weighed=True), APPLES, 1),
        (PrintRules(weighed=False), APPLES, 0),
    ],
)
def test_a_shop_chooses_what_prints_unasked(rules: PrintRules, code: str, printed: int) -> None:
    till = Till("france", change_rules=lambda house: replace(house, printing=rules))
    sell.arm_quantity(till.desk, 1000)
    sell_one(till, code)
    assert len(till.counter.printed) == printed


def test_a_country_without_rules_lets_a_shop_print_every_ticket() -> None:
    rules = PrintRules(ask=False)
    till = Till("none", change_rules=lambda house: replace(house, printing=rules))
    sell_one(till)
    assert till.copies() == [0]


def test_a_copy_number_is_never_given_twice(till: Till) -> None:
    till.printer(DeviceState.OFFLINE)
    sell_one(till)
    assert [tickets.print_ticket(till.desk) for _ in range(2)] == [0, 1]
    till.printer(DeviceState.READY)
    ends(till, PrintOutcome.FAILED)
    till.printer(DeviceState.READY)
    ends(till, PrintOutcome.CONFIRMED)
    assert tickets.print_ticket(till.desk) == 2


def test_the_printer_holds_one_ticket_and_the_others_wait_their_turn_in_the_journal(
    till: Till,
) -> None:
    sell_one(till)
    for _ in range(tickets.WAITING_MOST):
        tickets.print_ticket(till.desk)
    for done in range(1, 4):
        assert len(till.counter.printed) == done
        assert len(till.events("print.sending")) == done
        till.printer(DeviceState.READY)
        assert len(till.counter.printed) == done
        ends(till, PrintOutcome.CONFIRMED)
    jobs = [event.job for event in till.store.events if isinstance(event, PrintAsked)]
    assert [job for job, _ in till.counter.printed] == jobs[:4]
    till.restart(printer=False)
    assert len(tickets.unknown_prints(till.desk)) == 1


@pytest.mark.parametrize("outcome", [PrintOutcome.FAILED, PrintOutcome.UNKNOWN])
def test_after_a_print_that_went_wrong_the_next_waits_until_the_printer_is_ready(
    till: Till, outcome: PrintOutcome
) -> None:
    sell_one(till)
    for _ in range(2):
        tickets.print_ticket(till.desk)
    ends(till, outcome)
    assert len(till.counter.printed) == 1
    till.printer(DeviceState.READY)
    assert len(till.counter.printed) == 2


class BrokenPaper(FranceRules):
    """A plug-in that cannot make its block of the ticket."""

    def ticket_block(self, sale: SaleFinished, copy_number: int) -> Sequence[Block]:
        raise ValueError("no block")


def test_a_ticket_that_cannot_be_made_undoes_no_sale() -> None:
    till = Till("france")
    till.desk.ports.fiscal = BrokenPaper()
    sell_one(till, LAMP)
    assert [sale.ticket for sale in till.sales()] == [1]
    assert till.basket.is_empty
    assert (till.counter.printed, till.desk.prints) == ([], {})
    assert outcomes(till) == [("failed", None)]
    with pytest.raises(ValueError, match="no block"):
        tickets.print_ticket(till.desk)
    till.desk.ports.fiscal = FranceRules()
    assert tickets.print_ticket(till.desk) == 0


def test_every_print_after_the_first_is_a_counted_duplicata(till: Till) -> None:
    sell_one(till)
    assert [tickets.print_ticket(till.desk) for _ in range(3)] == [0, 1, 2]
    till.restart()
    assert tickets.print_ticket(till.desk) == 3
    assert till.copies() == [0, 1, 2, 3]


def test_a_print_that_the_printer_refused_whole_is_no_copy(till: Till) -> None:
    sell_one(till)
    tickets.print_ticket(till.desk)
    ends(till, PrintOutcome.FAILED)
    assert tickets.print_ticket(till.desk) == 0
    job = ends(till, PrintOutcome.UNKNOWN)
    tickets.settle_print(till.desk, job, printed=False)
    assert tickets.print_ticket(till.desk) == 1


def test_whoever_may_not_duplicate_needs_a_loan(till: Till) -> None:
    till.restart(CLERK)
    sell_one(till)
    tickets.print_ticket(till.desk)
    with pytest.raises(NeedsPermission):
        tickets.print_ticket(till.desk)
    assert till.copies() == [0]
    assert tickets.print_ticket(till.desk, loan=till.loan(Permission.DUPLICATE)) == 1


def test_a_till_without_a_sale_or_a_printer_says_so(till: Till) -> None:
    assert slug_of(lambda: tickets.print_ticket(till.desk)) == "nothing_sold"
    till.desk.ports.printer = None
    sell_one(till, LAMP)
    assert slug_of(lambda: tickets.print_ticket(till.desk)) == "no_printer"
    assert till.copies() == []


@pytest.mark.parametrize("state", [DeviceState.OFFLINE, DeviceState.ATTENTION])
def test_a_ticket_waits_for_the_printer_and_leaves_once(till: Till, state: DeviceState) -> None:
    till.printer(state)
    sell_one(till)
    tickets.print_ticket(till.desk)
    assert till.counter.printed == []
    for _ in range(3):
        till.printer(DeviceState.READY)
    assert len(till.counter.printed) == 1
    ends(till, PrintOutcome.CONFIRMED)
    assert till.desk.prints == {}


def test_a_ticket_that_never_left_leaves_after_the_restart(till: Till) -> None:
    till.printer(DeviceState.OFFLINE)
    sell_one(till)
    tickets.print_ticket(till.desk)
    till.restart(printer=False)
    assert till.counter.printed == []
    till.printer(DeviceState.READY)
    till.printer(DeviceState.READY)
    assert len(till.counter.printed) == 1
    assert outcomes(till) == []


def test_a_ticket_that_may_have_left_is_unknown_after_the_restart_and_is_not_sent_again(
    till: Till,
) -> None:
    sell_one(till)
    tickets.print_ticket(till.desk)
    till.restart()
    (lost,) = tickets.unknown_prints(till.desk)
    assert len(till.counter.printed) == 1
    tickets.settle_print(till.desk, lost.job, printed=True)
    assert outcomes(till) == [("unknown", None), ("confirmed", "staff-1")]
    assert slug_of(lambda: tickets.settle_print(till.desk, lost.job, printed=False)) == "no_print"
    till.restart()
    assert tickets.unknown_prints(till.desk) == []


@pytest.mark.parametrize(
    ("outcome", "kept"),
    [
        (PrintOutcome.CONFIRMED, 0),
        (PrintOutcome.SENT, 0),
        (PrintOutcome.FAILED, 0),
        (PrintOutcome.UNKNOWN, 1),
    ],
)
def test_only_a_print_of_unknown_end_asks_a_person(
    till: Till, outcome: PrintOutcome, kept: int
) -> None:
    sell_one(till)
    tickets.print_ticket(till.desk)
    job = ends(till, outcome)
    if not kept:
        ends(till, outcome)  # said twice, written once
    assert len(tickets.unknown_prints(till.desk)) == kept
    assert outcomes(till) == [(outcome.value, None)]
    if kept:
        tickets.settle_print(till.desk, job, printed=False)
        assert tickets.print_ticket(till.desk) == 1


def test_a_sent_ticket_cannot_be_settled_before_its_end_is_lost(till: Till) -> None:
    sell_one(till)
    tickets.print_ticket(till.desk)
    job = till.counter.printed[-1][0]
    assert slug_of(lambda: tickets.settle_print(till.desk, job, printed=True)) == "no_print"


def test_too_many_waiting_tickets_are_refused_and_the_sale_goes_on(till: Till) -> None:
    till.printer(DeviceState.OFFLINE)
    sell_one(till)
    for _ in range(tickets.WAITING_MOST):
        tickets.print_ticket(till.desk)
    assert slug_of(lambda: tickets.print_ticket(till.desk)) == "printer_behind"
    sell_one(till)
    assert len(till.sales()) == 2


def test_an_open_drawer_is_shown(till: Till) -> None:
    tickets.on_device(till.desk, DrawerMoved("drawer", is_open=True))
    assert till.desk.device_state("drawer") is DeviceState.ATTENTION
    tickets.on_device(till.desk, DrawerMoved("drawer", is_open=False))
    assert till.desk.device_state("drawer") is DeviceState.READY


def test_a_drawer_that_missed_its_pulse_works_again_with_its_printer(till: Till) -> None:
    tickets.on_device(till.desk, StatusChanged("drawer", DeviceState.OFFLINE, "not opened"))
    till.printer(DeviceState.READY)
    assert till.desk.device_state("drawer") is DeviceState.ABSENT, "nothing is said against it"
