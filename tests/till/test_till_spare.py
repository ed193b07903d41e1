"""A spare printer takes over when somebody says so; nothing is printed twice, nothing is lost."""

from __future__ import annotations

import pytest

from pos.domain.events import PrintFinished, PrintSending
from pos.doubles.counter import RecordedCounter
from pos.ports import DeviceState, PrintEnded, PrintOutcome, StatusChanged
from pos.till import printing, tender, tickets
from tests.till.shop import BREAD, Till, slug_of


@pytest.fixture
def spare(till: Till) -> RecordedCounter:
    """The spare printer, ready beside a first one that is out of paper."""
    made = RecordedCounter()
    till.desk.ports.spare = made
    says(till, "spare", DeviceState.READY)
    says(till, "printer", DeviceState.ATTENTION, "no paper")
    return made


def says(till: Till, device: str, state: DeviceState, detail: str = "") -> None:
    tickets.on_device(till.desk, StatusChanged(device, state, detail))


def sell_and_print(till: Till) -> str:
    """Sell something and ask for its ticket; return the print's job."""
    till.scan(BREAD)
    tender.pay_cash(till.desk)
    tickets.print_ticket(till.desk)
    return list(till.desk.prints)[-1]


def sendings(till: Till) -> list[tuple[str, str | None]]:
    return [(e.job, e.printer) for e in till.store.events if isinstance(e, PrintSending)]


def test_what_waits_goes_to_the_spare_one_at_a_time_and_only_when_asked(
    till: Till, spare: RecordedCounter
) -> None:
    first, second = sell_and_print(till), sell_and_print(till)
    assert spare.printed == till.counter.printed == []
    assert [one.job for one in printing.stuck(till.desk)] == [first, second]
    assert printing.use_spare(till.desk) == 2
    assert [job for job, _ in spare.printed] == [first]
    tickets.on_device(till.desk, PrintEnded(first, PrintOutcome.CONFIRMED))
    assert [job for job, _ in spare.printed] == [first, second]
    assert sendings(till) == [(first, "spare"), (second, "spare")]
    assert till.counter.printed == []
    assert till.copies() == [0, 0]


def test_new_papers_go_to_the_spare_until_the_first_printer_is_ready_again(
    till: Till, spare: RecordedCounter
) -> None:
    tickets.on_device(till.desk, PrintEnded(sell_and_print(till), PrintOutcome.FAILED))
    printing.use_spare(till.desk)
    at_spare = sell_and_print(till)
    assert spare.printed[-1][0] == at_spare
    says(till, "printer", DeviceState.READY)
    assert sell_and_print(till) == till.counter.printed[-1][0]
    assert len(spare.printed) == 1


def test_a_paper_that_was_handed_over_and_not_begun_moves_under_its_own_name(till: Till) -> None:
    job = sell_and_print(till)
    assert till.counter.printed[-1][0] == job
    spare = till.desk.ports.spare = RecordedCounter()
    says(till, "spare", DeviceState.READY)
    says(till, "printer", DeviceState.OFFLINE, "not connected")
    till.counter.unbegun.add(job)
    assert printing.use_spare(till.desk) == 1
    assert [one for one, _ in spare.printed] == [job]
    assert sendings(till) == [(job, None), (job, "spare")]


def test_a_paper_of_which_a_byte_left_stays_and_a_second_one_is_a_counted_copy(
    till: Till,
) -> None:
    job = sell_and_print(till)
    spare = till.desk.ports.spare = RecordedCounter()
    says(till, "spare", DeviceState.READY)
    says(till, "printer", DeviceState.OFFLINE, "not connected")
    assert printing.use_spare(till.desk) == 0
    assert spare.printed == []
    assert printing.stuck(till.desk) == []
    assert sell_and_print(till) == spare.printed[-1][0]
    tickets.on_device(till.desk, PrintEnded(spare.printed[-1][0], PrintOutcome.CONFIRMED))
    tickets.on_device(till.desk, PrintEnded(job, PrintOutcome.UNKNOWN))
    assert [one.job for one in tickets.unknown_prints(till.desk)] == [job]
    assert till.copies() == [0, 0]


def test_an_unknown_end_at_the_spare_is_a_question_too(till: Till, spare: RecordedCounter) -> None:
    job = sell_and_print(till)
    printing.use_spare(till.desk)
    tickets.on_device(till.desk, PrintEnded(job, PrintOutcome.UNKNOWN))
    assert [one.job for one in tickets.unknown_prints(till.desk)] == [job]
    says(till, "printer", DeviceState.READY)
    assert till.counter.printed == []
    ends = [e.outcome for e in till.store.events if isinstance(e, PrintFinished)]
    assert ends == ["unknown"]


def test_the_spare_is_refused_where_there_is_none_where_it_is_away_and_where_nothing_is_wrong(
    till: Till,
) -> None:
    assert slug_of(lambda: printing.use_spare(till.desk)) == "no_spare"
    till.desk.ports.spare = RecordedCounter()
    assert slug_of(lambda: printing.use_spare(till.desk)) == "spare_away"
    says(till, "spare", DeviceState.READY)
    assert slug_of(lambda: printing.use_spare(till.desk)) == "not_needed"
