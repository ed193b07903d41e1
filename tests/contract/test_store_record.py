"""What a gesture leaves in the till's file: all of it, or nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import dbapi2

from pos.domain import events
from pos.domain.events import DrawerOpened, SaleFinished, TillStarted, TillStopped
from pos.journal.chain import JournalBroken
from pos.ports import StoreUnavailable
from pos.store.open import FILE, Store
from pos.store.rebuild import rebuild_check, verify
from tests.contract.store_samples import NOON, Counted, Hand, opened, sale


@pytest.fixture
def store(tmp_path: Path) -> Any:
    found = opened(tmp_path)
    yield found
    found.close()


def raw(folder: Path) -> Any:
    """The file as any other program opens it."""
    return dbapi2.connect(str(folder / "data" / FILE), isolation_level=None, timeout=0)


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def test_a_new_till_begins_with_its_installation_and_its_public_key(store: Store) -> None:
    (kind, body), *more = rows(store, "SELECT kind, body FROM entry")
    assert (kind, more) == ("till.installed", [])
    assert store.public_key.hex().encode() in body
    assert store.findings == ()


def test_a_sale_is_an_entry_and_its_rows_in_one_transaction(store: Store) -> None:
    entries = store.ledger.record(sale(1, [1000, 250, 333], tenders=2), TillStopped())
    assert [entry.name for entry in entries] == ["S012-T03-K1/000002", "S012-T03-K1/000003"]
    assert rows(store, "SELECT total, ticket, label FROM sale") == [(1583, 1, "T1")]
    assert rows(store, "SELECT n, total FROM sale_line") == [(1, 1000), (2, 250), (3, 333)]
    assert rows(store, "SELECT sum(gross) FROM sale_vat") == [(1583,)]
    assert rows(store, "SELECT sum(amount) FROM sale_tender") == [(1583,)]
    assert store.ledger.unsent() == 3


def test_training_has_numbers_of_its_own_and_no_part_in_the_running_totals(store: Store) -> None:
    assert store.past.last_sale(training=True) is None
    store.ledger.record(sale(1, [1000]), sale(2, [-400]), sale(1, [77], training=True))
    store.ledger.record(sale(3, [-605]))
    assert rows(store, "SELECT ticket, perpetual, perpetual_abs FROM sale") == [
        (1, 1000, 1000),
        (2, 600, 1400),
        (1, 0, 0),
        (3, -5, 2005),
    ]
    assert store.past.last_sale(training=True) == sale(1, [77], training=True)
    assert store.past.last_sale(training=False) == sale(3, [-605])
    assert rebuild_check(store.engine).differences == ()


def test_a_sale_comes_back_whole_for_a_reprint(store: Store) -> None:
    assert store.past.sale() is None
    sold = sale(1, [1000, 250])
    store.ledger.record(sold)
    store.ledger.record(DrawerOpened(cause="sale"))
    assert store.past.sale() == sold
    assert store.past.sale(sold.label) == sold
    assert store.past.sale("T2") is None


def unbalanced(**changes: Any) -> SaleFinished:
    return sale(1, [1000, 250]).model_copy(update=changes)


UNBALANCED = {
    "total above its lines": unbalanced(total=1251),
    "no lines": unbalanced(lines=[]),
    "no VAT": unbalanced(vat=[]),
    "no tender": unbalanced(tenders=[]),
    "rounding nobody paid": unbalanced(rounding=5),
    "tax that is not gross less net": unbalanced(
        vat=[events.VatFacts(rate=2000, gross=1250, net=1000, tax=249)]
    ),
}


@pytest.mark.parametrize("case", UNBALANCED)
def test_the_database_itself_refuses_a_sale_that_does_not_add_up(store: Store, case: str) -> None:
    with pytest.raises(JournalBroken) as refused:
        store.ledger.record(DrawerOpened(cause="sale"), UNBALANCED[case])
    assert refused.value.slug == "unbalanced"
    assert rows(store, "SELECT count(*) FROM entry") == [(1,)]
    assert rows(store, "SELECT count(*) FROM sale_line") == [(0,)]
    assert store.ledger.record(sale(1, [5]))[0].number == 2


def test_a_ticket_number_is_given_once(store: Store) -> None:
    store.ledger.record(sale(1, [1000]))
    store.ledger.record(sale(1, [1000], training=True))
    for training in (False, True):
        with pytest.raises(JournalBroken) as refused:
            store.ledger.record(sale(1, [250], training=training))
        assert refused.value.slug == "ticket_taken"


def test_an_entry_that_does_not_follow_the_last_one_is_refused(
    store: Store, tmp_path: Path
) -> None:
    with raw(tmp_path) as other:
        other.execute(
            "INSERT INTO entry SELECT 2, store, till, epoch, 2, kind, version, at, body, hash,"
            " zeroblob(32), signature, key_id FROM entry"
        )
    with pytest.raises(JournalBroken) as refused:
        store.ledger.record(sale(1, [1000]))
    assert refused.value.slug == "head_moved"


FORBIDDEN = [
    "UPDATE entry SET body = x'7b7d'",
    "DELETE FROM entry",
    "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE ordinal = 2",
    "INSERT INTO entry SELECT ordinal + 5, store, till, epoch, number + 5, kind, version, at,"
    " body, previous, hash, signature, key_id FROM entry WHERE ordinal = 2",
    "UPDATE sale SET total = 1",
    "DELETE FROM sale",
    "UPDATE sale_line SET total = total",
    "DELETE FROM sale_line WHERE n = 1",
    "UPDATE sale_vat SET net = 0",
    "DELETE FROM sale_vat",
    "UPDATE sale_tender SET amount = 0",
    "DELETE FROM sale_tender",
    "INSERT INTO sale_tender VALUES (2, 9, 'cash', 100, 100, '', NULL)",
    "INSERT INTO sale_line SELECT sale, 99, sku, code, name, quantity, unit, unit_price, gross,"
    " discount, discount_percent, discount_reason, ticket_discount, total, vat, vat_rate, net,"
    " tax, price_before, department, eco, guarantee_months, meal_voucher, lot, expiry, NULL, NULL,"
    " NULL, NULL FROM sale_line WHERE n = 1",
    "INSERT INTO sale_tender VALUES (77, 1, 'cash', 100, 100, '', NULL)",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_journal_and_a_closed_sale_are_never_changed(store: Store, statement: str) -> None:
    store.ledger.record(sale(1, [1000, 250]))
    with pytest.raises(dbapi2.IntegrityError):
        store.ledger._writer.execute(statement, ())


def test_papers_and_cards_show_how_far_they_came(store: Store) -> None:
    asked = events.PrintAsked(
        job="J1", document="D1", paper="ticket", copy_number=0, printer="main"
    )
    store.ledger.record(
        asked,
        asked.model_copy(update={"job": "J2", "copy_number": 1}),
        events.PrintSending(job="J1"),
        events.PrintFinished(job="J2", outcome="sent"),
        events.CardAsked(request="R1", basket="B1", amount=500, terminal="card", staff="2"),
        events.CardAsked(request="R2", basket="B1", amount=700, terminal="card", staff="2"),
        events.CardAnswered(request="R2", outcome="unknown"),
    )
    jobs = store.past.open_prints()
    assert [(job.job, job.sending) for job in jobs] == [("J1", True)]
    assert store.past.copies("D1") == 2
    cards = store.past.cards()
    assert [(card.request, card.outcome) for card in cards] == [("R1", ""), ("R2", "unknown")]
    assert store.past.cards("B1") == cards
    assert store.past.cards("B2") == []
    store.ledger.record(
        events.PrintFinished(job="J1", outcome="unknown"),
        events.PrintFinished(job="J1", outcome="confirmed", settled_by="2"),
        events.CardAnswered(request="R1", outcome="approved"),
        events.CardAnswered(request="R2", outcome="declined", settled_by="2"),
    )
    assert store.past.open_prints() == []
    store.ledger.record(events.PrintFinished(job="J2", outcome="failed"))
    assert store.past.copies("D1") == 1
    assert store.past.copies("D2") == 0
    assert store.past.cards() == []
    assert rebuild_check(store.engine).differences == ()


def test_the_next_copy_counts_from_the_highest_that_may_have_come_out(store: Store) -> None:
    for copy in (0, 1):
        store.ledger.record(
            events.PrintAsked(
                job=f"J{copy}", document="D1", paper="ticket", copy_number=copy, printer="main"
            )
        )
    store.ledger.record(
        events.PrintFinished(job="J0", outcome="failed"),
        events.PrintFinished(job="J1", outcome="confirmed"),
    )
    assert store.past.copies("D1") == 2


def test_a_clock_that_jumps_back_is_told_and_stops_nothing(tmp_path: Path) -> None:
    clock = Hand()
    store = opened(tmp_path, clock=clock)
    clock.at = NOON - timedelta(minutes=1)
    assert [entry.kind for entry in store.ledger.record(TillStopped())] == ["till.stopped"]
    clock.at = NOON - timedelta(hours=1)
    entries = store.ledger.record(sale(1, [1000]))
    assert [entry.kind for entry in entries] == ["clock.jumped", "sale.finished"]
    assert b'"back_ms":3540000' in entries[0].body
    assert [entry.kind for entry in store.ledger.record(TillStopped())] == ["till.stopped"]
    store.close()


def sell_until_refused(store: Store) -> None:
    for ticket in range(1, 200):
        store.ledger.record(sale(ticket, [100] * 12))


def test_a_full_disk_refuses_the_sale_and_keeps_the_till_whole(store: Store) -> None:
    driver = store.ledger._writer._driver
    pages = driver.execute("PRAGMA page_count").fetchone()[0]
    driver.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(StoreUnavailable) as full:
        sell_until_refused(store)
    assert full.value.slug == "disk_full"
    assert "Free some space" in str(full.value.sentence)
    head = store.ledger.head
    driver.execute("PRAGMA max_page_count = 1000000")
    last = store.past.sale()
    sold = 0 if last is None else last.ticket
    assert store.ledger.record(sale(sold + 1, [100]))[0].previous == head.hash
    assert rebuild_check(store.engine).differences == ()


def scan_until_refused(store: Store) -> None:
    for number in range(1, 10_000):
        store.drafts.add_step("B1", "2", number, "x" * 200)


def test_a_full_disk_refuses_a_draft_step_too(store: Store) -> None:
    driver = store.ledger._writer._driver
    pages = driver.execute("PRAGMA page_count").fetchone()[0]
    driver.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnavailable, match="disk is full"):
        scan_until_refused(store)
    steps = store.drafts.all()[0].steps
    driver.execute("PRAGMA max_page_count = 1000000")
    store.drafts.add_step("B1", "2", len(steps) + 1, "{}")


def test_a_file_locked_by_another_program_refuses_the_sale_and_then_takes_it(
    store: Store, tmp_path: Path
) -> None:
    store.ledger._writer._driver.execute("PRAGMA busy_timeout = 20")
    other = raw(tmp_path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable) as locked:
        store.ledger.record(sale(1, [1000]))
    assert locked.value.slug == "locked"
    with pytest.raises(StoreUnavailable, match="locked"):
        store.drafts.add_step("B1", "2", 1, "{}")
    other.execute("ROLLBACK")
    other.close()
    assert store.ledger.record(sale(1, [1000]))[0].number == 2


def test_a_whole_journal_is_verified_while_the_till_sells(store: Store, tmp_path: Path) -> None:
    store.ledger.record(*[sale(n, [100 * n]) for n in range(1, 20)])
    report = verify(tmp_path / "data" / FILE, [store.public_key], known=store.ledger.head)
    assert (report.sound, report.entries) == (True, 20)
    assert verify(tmp_path / "data" / FILE).sound


def test_verifying_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="no till's file"):
        verify(tmp_path / "till.db")


def test_a_till_that_ended_in_order_says_so_at_its_next_start(tmp_path: Path) -> None:
    ids = Counted()
    store = opened(tmp_path, ids=ids)
    store.ledger.record(TillStopped())
    store.close()
    store = opened(tmp_path, ids=ids)
    assert store.clean
    store.ledger.record(sale(1, [100]))  # a tool's entry, no till's program
    store.close()
    store = opened(tmp_path, ids=ids)
    assert store.clean
    store.ledger.record(TillStarted(software="x", clean=True), sale(2, [100]))
    store.close()
    store = opened(tmp_path, ids=ids)
    assert not store.clean
    store.close()
