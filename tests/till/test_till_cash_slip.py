"""The slip of cash in or out, word for word, and the same from the journal ever after."""

from __future__ import annotations

import pytest

from devices.printer.render import render_text
from pos.domain.events import PrintAsked
from pos.papers.page import Page
from pos.ports import DeviceState, PrintEnded, PrintOutcome
from pos.till import cash, slips, staff, tickets
from tests.till.shop import CASHIER, MANAGER, Till, slug_of

COLUMNS = 42

SLIP = """\
                 Au coin
------------------------------------------
CASH DROP               No. T01-K1-C000001
24/11/2026 10:30:00          Till T01 · 90
------------------------------------------
AMOUNT                           €1,234.50
Reason: trop dans le tiroir


Signature             ....................
- - - - - - - - - - - - - - - - - - - - -
"""


def asked(till: Till) -> list[PrintAsked]:
    return [event for event in till.store.events if isinstance(event, PrintAsked)]


def text_of(page: Page) -> str:
    return "\n".join(line.rstrip() for line in render_text(page, COLUMNS).splitlines()) + "\n"


@pytest.fixture
def till() -> Till:
    return Till("none", language="en").restart(MANAGER)


def test_a_slip_says_what_moved_how_much_why_and_who_signs(till: Till) -> None:
    moved = cash.drop(till.desk, 123_450, "trop dans le tiroir")
    assert text_of(slips.slip_page(till.desk, moved.label, 0)) == SLIP


def test_a_slip_prints_with_its_movement_and_again_when_it_is_asked_for(till: Till) -> None:
    moved = cash.drop(till.desk, 1000, "coffre")
    ((job, page),) = till.counter.printed
    assert page.title == moved.label
    kinds = [event.kind for event in till.store.events[-4:]]
    assert kinds == ["cash.moved", "drawer.opened", "print.asked", "print.sending"]
    tickets.on_device(till.desk, PrintEnded(job, PrintOutcome.CONFIRMED))
    assert cash.print_slip(till.desk, moved.label) == 1
    assert cash.print_slip(till.desk) == 2
    assert [(one.document, one.paper, one.copy_number) for one in asked(till)] == [
        (moved.label, "cash", 0),
        (moved.label, "cash", 1),
        (moved.label, "cash", 2),
    ]


def test_a_till_without_a_printer_moves_cash_all_the_same(till: Till) -> None:
    till.desk.ports.printer = None
    moved = cash.drop(till.desk, 1000, "coffre")
    assert asked(till) == []
    assert slug_of(lambda: cash.print_slip(till.desk, moved.label)) == "no_printer"


def test_a_slip_that_never_left_leaves_after_the_restart(till: Till) -> None:
    till.printer(DeviceState.OFFLINE)
    moved = cash.pay_in(till.desk, 1000, "monnaie")
    till.restart(MANAGER)
    assert [page.title for _, page in till.counter.printed] == [moved.label]


def test_a_slip_is_the_same_after_a_restart_and_a_copy_says_that_it_is_one(till: Till) -> None:
    moved = cash.pay_out(till.desk, 310, "timbres")
    before = text_of(slips.slip_page(till.desk, moved.label, 0))
    assert "PAID OUT" in before
    assert "Copy" not in before
    till.clock.pass_s(86_400)
    till.restart(CASHIER)
    assert text_of(slips.slip_page(till.desk, moved.label, 0)) == before
    copy = text_of(slips.slip_page(till.desk, moved.label, 2))
    assert [line for line in copy.splitlines() if line not in before.splitlines()] == [
        "Copy 2".center(COLUMNS).rstrip()
    ]


def test_a_slip_of_someone_who_is_gone_names_no_number(till: Till) -> None:
    till.restart(CASHIER)
    moved = cash.drop(till.desk, 100, "coffre")
    till.restart(MANAGER)
    staff.remove_person(till.desk, "staff-1")
    assert "Till T01 · –\n" in text_of(slips.slip_page(till.desk, moved.label, 0))


def test_no_slip_is_made_of_a_number_that_moved_nothing(till: Till) -> None:
    assert slug_of(lambda: cash.print_slip(till.desk)) == "no_slip"
    cash.drop(till.desk, 1000, "coffre")
    assert slug_of(lambda: cash.print_slip(till.desk, "T01-K1-C000009")) == "no_slip"
