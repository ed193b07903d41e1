"""The papers of what comes back, and the gift receipt, word for word; each paper has its job."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos.domain.line import Discount
from pos.domain.money import PIECE
from pos.domain.staff import NeedsPermission, Permission
from pos.papers.page import Page, Qr, Text
from pos.ports import DeviceState, PrintEnded, PrintOutcome
from pos.till import cash, closing, refund, reports, sell, tender, tickets
from pos.till.desk import PrintRules
from tests.till.returns import by_card, done, gives_back, sold
from tests.till.shop import APPLES, BREAD, CASHIER, LAMP, MANAGER, MEAL, PAPER, Till, slug_of
from tests.till.test_till_paper import text_of

HEAD = """\
                 Au coin
               Au coin SARL
               1 rue Neuve
                69001 Lyon
                  France
              04 00 00 00 00
     SIRET 73282932000074 – APE 4711B
          VAT no. FR44732829320
------------------------------------------
"""

EXCHANGE = (
    HEAD
    + """\
TICKET – EXCHANGE        No. T01-K1-000002
24/11/2026 10:30:00          Till T01 · 10
Of ticket T01-K1-000001
Reason: cassée
Without a ticket
Reason: trop grand
------------------------------------------
Lampe de bureau                   -€5.98 A
  -2 × €2.99
  Discount when sold               €1.04
  incl. eco-participation €0.12 each
Pommes                            -€1.25 C
  -0.500 kg × €2.49
  Discount when sold               €0.23
Quotidien                         -€2.60 D
Quotidien                          €2.60 D
------------------------------------------
TOTAL                               -€5.96
Paid back: Card                      €4.00
Paid back: Cash                      €1.96
Lines: 4

VAT                      Net    Tax  Gross
A 20%                 -€4.12 -€0.82 -€4.94
C 5.5%                -€0.97 -€0.05 -€1.02
D 2.1%                 €0.00  €0.00  €0.00
------------------------------------------
"""
)

GIFT = (
    HEAD
    + """\
GIFT RECEIPT             No. T01-K1-000001
24/11/2026                   Till T01 · 10
------------------------------------------
2 × Lampe de bureau
Plat du jour
------------------------------------------
   To exchange it, bring this receipt.

   Échange sous 15 jours avec le ticket

[QR T01-K1-000001]
              T01-K1-000001
"""
)


def exchange(till: Till) -> None:
    """Bring lamps and apples back with their ticket, a newspaper without, and take another."""
    till.scan(LAMP)
    sell.set_price(till.desk, 1, 299, till.loan(Permission.PRICE_OVERRIDE))
    sell.set_quantity(till.desk, 1, 2 * PIECE)
    sell.discount_ticket(till.desk, Discount(amount=160), till.loan(Permission.BIG_DISCOUNT))
    sell.arm_quantity(till.desk, 1250)
    till.scan(APPLES)
    tender.answer_card(till.desk, tender.ask_card(till.desk, 400), "approved")
    sale = done(tender.pay_cash(till.desk))
    till.sign_in(MANAGER)
    refund.return_line(till.desk, sale.label, 1, None, "cassée")
    refund.return_line(till.desk, sale.label, 2, 500, "cassée")
    newspaper = till.desk.ports.catalogue.find(f"0{PAPER}")
    assert newspaper is not None
    refund.return_article(till.desk, newspaper, PIECE, 260, "trop grand")
    sell.park(till.desk)
    till.sign_in(CASHIER)
    sell.recall(till.desk)
    till.scan(PAPER)
    request = tender.ask_card(till.desk)
    tender.answer_card(till.desk, request, "approved")
    done(refund.pay_back(till.desk))


def printed(till: Till) -> Page:
    return till.counter.printed[-1][1]


def ends(till: Till, outcome: PrintOutcome = PrintOutcome.CONFIRMED) -> None:
    tickets.on_device(till.desk, PrintEnded(till.counter.printed[-1][0], outcome))


def test_the_ticket_of_an_exchange_names_what_came_back_and_why() -> None:
    till = Till("france", language="en")
    exchange(till)
    ends(till)
    tickets.print_ticket(till.desk)
    assert text_of(printed(till))[: len(EXCHANGE)] == EXCHANGE


@pytest.mark.parametrize(("void", "title"), [(False, "REFUND"), (True, "VOID")])
def test_a_ticket_that_gives_back_says_so_and_prints_no_guarantee(void: bool, title: str) -> None:
    till = Till("france", language="en")
    sale = sold(till, LAMP)
    ends(till)
    till.sign_in(MANAGER)
    if void:
        refund.void_sale(till.desk, sale.label, "erreur")
    else:
        gives_back(till, sale)
    tender.pay_cash(till.desk)
    assert till.copies() == [0], "nothing of it prints unasked"
    tickets.print_ticket(till.desk)
    paper = text_of(printed(till))
    assert f"TICKET – {title}" in paper
    assert f"Of ticket {sale.label}" in paper
    assert "Garantie" not in paper


def test_what_is_weighed_back_prints_only_when_asked() -> None:
    till = Till("france")
    sell.arm_quantity(till.desk, 1250)
    sale = sold(till, APPLES)
    till.desk.rules = replace(till.desk.rules, printing=PrintRules(weighed=True))
    gives_back(till, sale)
    tender.pay_cash(till.desk)
    assert till.copies() == []


def test_a_gift_receipt_reads_word_for_word_and_tells_no_price() -> None:
    till = Till("france", language="en")
    till.scan(LAMP, MEAL)
    sell.set_quantity(till.desk, 1, 2 * PIECE)
    tender.pay_cash(till.desk)
    ends(till)
    assert tickets.print_gift(till.desk) == 0
    assert text_of(printed(till)) == GIFT


def test_a_gift_receipt_is_anyones_and_counted_apart_from_the_tickets_copies(till: Till) -> None:
    sale = sold(till, MEAL)
    assert [tickets.print_gift(till.desk) for _ in range(2)] == [0, 1]
    assert [tickets.print_ticket(till.desk) for _ in range(2)] == [0, 1]
    assert tickets.print_gift(till.desk, sale) == 2
    asked = [(event.facts()["paper"], event.facts()["copy_number"]) for event in
             till.events("print.asked")]  # fmt: skip
    assert asked == [("gift", 0), ("gift", 1), ("ticket", 0), ("ticket", 1), ("gift", 2)]
    assert not [one for one in till.events("permission.used") if "duplicate" not in str(one)]


def test_a_ticket_on_which_nothing_was_bought_has_no_gift_receipt(till: Till) -> None:
    assert slug_of(lambda: tickets.print_gift(till.desk)) == "nothing_sold"
    gives_back(till, sold(till, MEAL))
    tender.pay_cash(till.desk)
    assert slug_of(lambda: tickets.print_gift(till.desk)) == "no_gift"


def test_the_code_of_a_gift_receipt_opens_its_ticket(till: Till) -> None:
    sale = by_card(till, MEAL)
    tickets.print_gift(till.desk)
    (code,) = [block.data for block in printed(till).blocks if isinstance(block, Qr)]
    assert refund.is_label(code)
    assert refund.open_ticket(till.desk, code).sale == sale


def test_every_paper_of_what_was_played_says_so_first(till: Till) -> None:
    till.desk.training = True
    sold(till, MEAL)
    for each in (tickets.print_ticket, tickets.print_gift):
        each(till.desk)
        first = printed(till).blocks[0]
        assert isinstance(first, Text)
        assert first.text == till.desk.ports.fiscal.training_mark()
        ends(till)


def test_papers_that_never_left_leave_after_a_restart_but_a_look_at_the_day(till: Till) -> None:
    sold(till, BREAD)
    till.sign_in(MANAGER)
    till.printer(DeviceState.OFFLINE)
    cash.drop(till.desk, 50, "coffre")
    tickets.print_gift(till.desk)
    reports.print_x(till.desk)
    closed = closing.close_day(till.desk)
    kept = [(one.paper, one.document, one.copy_number) for one in till.desk.prints.values()]
    assert [paper for paper, _, _ in kept] == ["cash", "gift", "report", "closing"]
    assert (kept[-1][1], kept[-1][2]) == (closed.label, 0)
    before = [one.make(one.copy_number) for one in till.desk.prints.values()]
    till.restart(MANAGER, printer=False)
    left = list(till.desk.prints.values())
    assert [one.paper for one in left] == ["cash", "gift", "closing"]
    assert [one.make(one.copy_number) for one in left] == [before[0], before[1], before[3]]
    ended = [(event.facts()["outcome"]) for event in till.events("print.finished")]
    assert ended == ["failed"]
    till.printer(DeviceState.READY)
    for _ in left:
        ends(till)
    assert till.desk.prints == {}
    assert len(till.counter.printed) == 3


def test_only_copies_of_tickets_and_closings_are_duplicatas(till: Till) -> None:
    sold(till, BREAD)
    till.sign_in(MANAGER)
    label = closing.close_day(till.desk).label
    ends(till)
    till.sign_in("50")
    for _ in range(2):
        tickets.print_paper(till.desk, "cash", "T01-K1-C000001", lambda _copy: Page(()))
        tickets.print_gift(till.desk)
    with pytest.raises(NeedsPermission):
        reports.print_closing(till.desk, label)
    loan = till.loan(Permission.REPORTS)
    assert reports.print_closing(till.desk, label, loan) == 1
    assert loan.spent
