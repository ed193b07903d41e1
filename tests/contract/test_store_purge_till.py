"""A till whose days left for an archive: what it sold then is printed, and never given back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pos.archive.audit import Audit
from pos.archive.writer import Written, row_of
from pos.domain.events import ArchiveVerified
from pos.main.archives import archive_made
from pos.ports import PrintOutcome
from pos.store.purge import purge
from pos.store.queries import entry_at, stream
from pos.store.rebuild import rebuild_check
from pos.store.spans import DaySpan, Edge
from pos.till import closing, earlier, refund, tickets, training
from tests.contract.filed_till import FiledTill
from tests.till.shop import MANAGER, MILK, slug_of

DAY = timedelta(days=1)
WHY = "ne convient pas"


def purge_days(till: FiledTill, before: Callable[[], None] = lambda: None) -> None:
    """Close the day, archive all that is closed, let it leave, and start the next day.

    `before` is called when all is written that will leave.
    """
    closing.close_day(till.desk)
    if till.desk.prints:
        till.print_ends()
    with till.file.engine.connect() as connection:
        first = connection.exec_driver_sql("SELECT min(ordinal) FROM entry").scalar_one()
    until = till.file.books.closed_at("day")
    sha256 = f"{until:064x}"
    names = _name_at(till, first), _name_at(till, until)
    written = Written(sha256, 9, until - first + 1, names[0], names[1], total=0, vat=())
    made = archive_made(till.desk, written, DaySpan(Edge(), until, "2026-11-24", "2026-11-24", 1))
    till.desk.record(made, ArchiveVerified(sha256=sha256, last_entry=written.last_entry))
    before()
    purge(till.file, until, sha256)
    assert rebuild_check(till.file.engine).differences == ()
    till.clock.at += DAY
    till.restart(MANAGER)


def _name_at(till: FiledTill, ordinal: int) -> str:
    with till.file.engine.connect() as connection:
        entry = entry_at(connection, ordinal)
    assert entry is not None
    return entry.name


@pytest.fixture
def till(tmp_path: Path) -> Iterator[FiledTill]:
    found = FiledTill(tmp_path)
    yield found
    found.close()


def test_nothing_of_a_ticket_that_left_with_an_archive_comes_back_by_it(till: FiledTill) -> None:
    label = till.sell()
    purge_days(till)
    assert till.desk.last_sale is not None
    assert till.desk.last_sale.label == label
    assert slug_of(lambda: refund.open_ticket(till.desk, label)) == "purged_ticket"
    assert slug_of(lambda: refund.return_line(till.desk, label, 1, None, WHY)) == "purged_ticket"
    assert slug_of(lambda: refund.void_sale(till.desk, label, WHY)) == "purged_ticket"
    till.sell(MILK)
    purge_days(till)
    assert slug_of(lambda: refund.return_line(till.desk, label, 1, None, WHY)) == "unknown_ticket"


def test_goods_given_back_once_are_not_given_back_again_whatever_left_since(
    till: FiledTill,
) -> None:
    label = till.sell()
    refund.return_line(till.desk, label, 1, None, WHY)
    refund.pay_back(till.desk)
    for _ in range(2):
        purge_days(till)
        assert slug_of(lambda: refund.open_ticket(till.desk, label)) == "unknown_ticket"
        till.sell()


def test_a_basket_that_gives_back_what_left_meanwhile_is_not_paid_back(till: FiledTill) -> None:
    label = till.sell()
    refund.return_line(till.desk, label, 1, None, WHY)
    purge_days(till)
    assert till.basket.due < 0
    assert slug_of(lambda: refund.pay_back(till.desk)) == "purged_ticket"


def test_a_ticket_sold_after_a_purge_is_given_back_as_ever(till: FiledTill) -> None:
    till.sell()
    purge_days(till)
    label = till.sell()
    refund.return_line(till.desk, label, 1, None, WHY)
    refund.pay_back(till.desk)
    assert refund.open_ticket(till.desk, label).lines == []


def test_only_the_last_tickets_stay_whatever_was_purged_before(till: FiledTill) -> None:
    training.switch(till.desk, on=True)
    played = till.sell()
    training.switch(till.desk, on=False)
    labels = []
    for _ in range(3):
        labels.append(till.sell())
        purge_days(till)
    past = till.desk.ports.past
    assert [past.sale(label) is None for label in labels] == [True, True, False]
    assert [past.is_purged(label) for label in labels] == [False, False, True]
    last = past.last_sale(training=True)
    assert last is not None
    assert last.label == played
    training.switch(till.desk, on=True)
    assert till.sell() == earlier.label_of(till.desk, "2")
    training.switch(till.desk, on=False)
    assert till.sell() == earlier.label_of(till.desk, "4")


def test_a_chain_goes_on_over_other_rules_and_purges_in_between(till: FiledTill) -> None:
    """Each of the shop's countries has its chains, and a verifier reads them over all archives."""
    audit, read = Audit(None), 0

    def judge() -> None:
        nonlocal read
        with till.file.engine.connect() as connection:
            for ordinal, entry in stream(connection):
                if ordinal > read:
                    audit.take(row_of(ordinal, entry), entry.name)
                    read = ordinal

    for fiscal in ("france", "none", "none", "france", "france"):
        till.moves_to(fiscal)
        training.switch(till.desk, on=True)
        till.sell()
        training.switch(till.desk, on=False)
        till.sell()
        purge_days(till, judge)
    judge()
    assert audit.findings.wrong == []
    assert till.desk.last_sale is not None
    assert till.desk.last_sale.fiscal.number == 3


def test_the_last_ticket_printed_before_a_purge_is_a_duplicata_after_it(till: FiledTill) -> None:
    till.sell()
    assert tickets.print_ticket(till.desk) == 0
    till.print_ends()
    for copy_number in (1, 2):
        purge_days(till)
        assert tickets.print_ticket(till.desk) == copy_number
        till.print_ends()


def test_a_paper_that_waits_for_its_printer_outlives_a_purge(till: FiledTill) -> None:
    label = till.sell()
    assert tickets.print_ticket(till.desk) == 0
    till.print_ends(PrintOutcome.UNKNOWN)
    purge_days(till)
    [unknown] = [one for one in till.desk.prints.values() if one.paper == "ticket"]
    assert (unknown.document, unknown.unknown) == (label, True)
    tickets.settle_print(till.desk, unknown.job, printed=True)
    assert tickets.print_ticket(till.desk) == 1
