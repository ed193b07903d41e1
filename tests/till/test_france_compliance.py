"""The compliance tests that a certified till's makers run on each change, by their names.

The list is that of NaviPartner's public documentation. One case for each: what is done at the till,
and the signed record that must follow from it. Nothing here is a certificate.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from pos.domain.errors import Refusal
from pos.domain.events import (
    ArchiveMade,
    Event,
    FiscalSigned,
    FiscalStamp,
    PeriodClosed,
    SaleFinished,
    SettingsChanged,
    TillInstalled,
)
from pos.domain.shop import ShopFacts
from pos.doubles import FixedClock
from pos.fiscal.port import ArchiveToSign, ChainHead
from pos.journal.canonical import canonical
from pos.journal.entry import Entry
from pos.till import closing, refund, sell, staff, tender, tickets
from tests.till import test_france_archive
from tests.till.french_audit import Audit, local
from tests.till.shop import BREAD, LAMP, MANAGER, SHOP, Till

LISTED = {
    *("PurchaseSignature", "ReprintSignature", "VoidSignature", "DailyZReportSignature"),
    *("MonthlyPeriodSignature", "YearlyPeriodSignature", "MonthlyPeriodArchiveSignature"),
    *("LoginSetupValidation", "LoginSignature", "CancelSaleSignature"),
    *("VoucherAndItemPurchaseSignature", "BrokenTicketSignatureChain"),
    *("PartnerModificationSignature", "ArchiveSchemaTest", "JETInitSignatureTest"),
}


def sold(till: Till) -> SaleFinished:
    till.scan(BREAD, LAMP)
    paid = tender.pay_cash(till.desk)
    assert isinstance(paid, SaleFinished)
    return paid


def reprint(till: Till) -> None:
    sold(till)
    tickets.print_ticket(till.desk)
    tickets.print_ticket(till.desk)


def void(till: Till) -> None:
    refund.void_sale(till.desk, sold(till).label, "erreur de caisse")
    refund.pay_back(till.desk)


def close_on(month: int, day: int) -> Callable[[Till], None]:
    """Return the closing of a day of 2026, with a sale on it."""

    def play(till: Till) -> None:
        till.clock.at = datetime(2026, month, day, 18, tzinfo=UTC)
        sold(till)
        closing.close_day(till.desk)

    return play


def archive_a_month(till: Till) -> None:
    close_on(11, 30)(till)
    month = till.store.closings("month")[-1]
    made = ArchiveToSign(
        sha256="ab" * 32,
        days="2026-11-24/2026-11-30",
        vat=month.figures.vat,
        total=month.figures.total,
        till="T01-K1",
        at_local="20261130190000",
    )
    ports = till.desk.ports
    stamp = ports.fiscal.archive(made, ChainHead(), ports.signer)
    till.store.record(
        ArchiveMade(
            sha256=made.sha256,
            first_day="2026-11-24",
            last_day="2026-11-30",
            first_entry="S001-T01-K1/000001",
            last_entry="S001-T01-K1/000009",
            entries=9,
            total=made.total,
            fiscal=stamp,
        )
    )


def sign_in_again(till: Till) -> None:
    staff.sign_out(till.desk)
    till.sign_in(MANAGER)


def cancel(till: Till) -> None:
    till.scan(BREAD)
    sell.abandon(till.desk, "cleared")


def pay_with_vouchers(till: Till) -> None:
    """Meal vouchers are the only vouchers there are: the till sells and takes no gift voucher."""
    till.scan(BREAD, LAMP)
    tender.pay_meal_voucher(till.desk)
    tender.pay_cash(till.desk)


def change_the_settings(till: Till) -> None:
    till.desk.record(SettingsChanged(before="ab", after="cd"))


@dataclass(frozen=True)
class Case:
    """What is done, and the records it must leave: their chain, and what their payload is like."""

    name: str
    play: Callable[[Till], object]
    records: tuple[tuple[str, str], ...]


AT = r"\d{14}"
HASH = "[0-9a-f]{64}"
LINK = r"[YN],[\w-]*"
BREAD_AND_LAMP = r"2000:2999\|0550:110"
BOTH_BACK = r"2000:-2999\|0550:-110,-3109"
CASES = (
    Case(
        "PurchaseSignature",
        sold,
        (
            ("ticket", rf"{BREAD_AND_LAMP},3109,{AT},T01-K1,1,VENTE,{HASH},N,"),
            ("gt_ticket", rf"{BREAD_AND_LAMP},3109,3109,3109,3109,{AT},ticket:T01-K1-000001,1,N,"),
        ),
    ),
    Case(
        "ReprintSignature",
        reprint,
        (
            ("duplicate", rf"T01-K1,1,TICKET,1,staff-3,{AT},T01-K1,000001,N,"),
            ("jet", rf"\d+,print\.asked,{HASH},{AT},staff-3,T01-K1,{LINK}"),
        ),
    ),
    Case(
        "VoidSignature",
        void,
        (
            (
                "ticket",
                rf"{BOTH_BACK},{AT},T01-K1,2,ANNULATION,{HASH},Y,[\w-]{{86}}",
            ),
            (
                "gt_ticket",
                rf"{BOTH_BACK},0,0,6218,{AT},ticket:T01-K1-000002,2,Y,.+",
            ),
            ("jet", rf"\d+,190,{HASH},{AT},staff-3,T01-K1,{LINK}"),
        ),
    ),
    Case(
        "DailyZReportSignature",
        close_on(11, 24),
        (
            ("gt_day", rf"{BREAD_AND_LAMP},3109,3109,3109,3109,{AT},day:2026-11-24,1,N,"),
            ("jet", rf"\d+,50,{HASH},{AT},staff-3,T01-K1,{LINK}"),
        ),
    ),
    Case(
        "MonthlyPeriodSignature",
        close_on(11, 30),
        (
            ("gt_month", rf"{BREAD_AND_LAMP},3109,3109,3109,3109,{AT},month:2026-11,1,N,"),
            ("jet", rf"\d+,50,{HASH},{AT},staff-3,T01-K1,{LINK}"),
        ),
    ),
    Case(
        "YearlyPeriodSignature",
        close_on(12, 31),
        (
            ("gt_year", rf"{BREAD_AND_LAMP},3109,3109,3109,3109,{AT},year:2026,1,N,"),
            ("jet", rf"\d+,60,{HASH},{AT},staff-3,T01-K1,{LINK}"),
        ),
    ),
    Case(
        "MonthlyPeriodArchiveSignature",
        archive_a_month,
        (
            (
                "archive",
                rf"{BREAD_AND_LAMP},3109,{AT},T01-K1,2026-11-24/2026-11-30,{'ab' * 32},N,",
            ),
            ("jet", rf"\d+,20,{HASH},{AT},,T01-K1,{LINK}"),
        ),
    ),
    Case(
        "LoginSignature",
        sign_in_again,
        (
            ("jet", rf"\d+,40,{HASH},{AT},staff-3,T01-K1,{LINK}"),
            ("jet", rf"\d+,80,{HASH},{AT},staff-3,T01-K1,{LINK}"),
        ),
    ),
    Case(
        "CancelSaleSignature",
        cancel,
        (("jet", rf"\d+,320,{HASH},{AT},staff-3,T01-K1,{LINK}"),),
    ),
    Case(
        "VoucherAndItemPurchaseSignature",
        pay_with_vouchers,
        (("ticket", rf"{BREAD_AND_LAMP},3109,{AT},T01-K1,1,VENTE,{HASH},N,"),),
    ),
    Case(
        "PartnerModificationSignature",
        change_the_settings,
        (("jet", rf"\d+,240,{HASH},{AT},,T01-K1,{LINK}"),),
    ),
)


def stamps(events: list[Event]) -> Iterator[FiscalStamp]:
    for event in events:
        if isinstance(event, SaleFinished):
            yield event.fiscal
            yield from (event.grand_total,) if event.grand_total else ()
        elif isinstance(event, PeriodClosed | ArchiveMade):
            yield event.fiscal
        elif isinstance(event, FiscalSigned):
            yield from (record.stamp for record in event.records)


@pytest.fixture
def open_till() -> Till:
    return Till("france").restart(MANAGER)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_done_at_the_till_leaves_the_signed_records_that_the_law_wants(
    open_till: Till, case: Case
) -> None:
    before = len(open_till.store.events)
    case.play(open_till)
    made = list(stamps(open_till.store.events[before:]))
    for chain, like in case.records:
        assert any(one.chain == chain and re.fullmatch(like, one.payload) for one in made), like
    Audit().judge(open_till.store.entries)


def test_vouchers_and_money_are_both_under_the_tickets_signature(open_till: Till) -> None:
    pay_with_vouchers(open_till)
    [sale] = open_till.sales()
    assert [one.method for one in sale.tenders] == ["meal_voucher", "cash"]
    paid = [
        one.model_copy(update={"method": "cash"}).model_dump(exclude_none=True)
        for one in sale.tenders
    ]
    with pytest.raises(AssertionError):
        Audit().judge(altered(open_till.store.entries, tenders=paid))


class RestlessClock(FixedClock):
    """A clock on which time passes between any two looks at it, as on a slow machine."""

    def now(self) -> datetime:
        self.pass_s(1)
        return super().now()


def test_a_ticket_is_signed_with_its_own_instant_however_slow_the_till_is() -> None:
    sale = sold(Till("france", clock=RestlessClock()).restart(MANAGER))
    assert sale.grand_total is not None
    assert sale.fiscal.payload.split(",")[2] == local(sale.at)
    assert sale.grand_total.payload.split(",")[5] == local(sale.at)


INCOMPLETE: dict[str, dict[str, Any]] = {
    "siret": {"siret": ""},
    "vat_number": {"vat_number": ""},
    "address": {"address": ("Lyon",)},
    "name": {"name": ""},
    "naf": {"naf": ""},
}


@pytest.mark.parametrize("missing", INCOMPLETE)
def test_nobody_signs_in_before_the_shop_is_set_up(missing: str) -> None:
    """LoginSetupValidation."""
    shop: ShopFacts = replace(SHOP, **INCOMPLETE[missing])
    with pytest.raises(Refusal) as refused:
        Till("france", change_rules=lambda rules: replace(rules, shop=shop))
    assert refused.value.slug == "set_up"


def altered(entries: list[Entry], **changed: Any) -> list[Entry]:
    """Return a journal whose last sale holds other facts."""
    place = max(n for n, entry in enumerate(entries) if entry.kind == "sale.finished")
    body = canonical({**json.loads(entries[place].body), **changed})
    return [*entries[:place], replace(entries[place], body=body), *entries[place + 1 :]]


def without_a_sale(entries: list[Entry]) -> list[Entry]:
    place = next(n for n, entry in enumerate(entries) if entry.kind == "sale.finished")
    return entries[:place] + entries[place + 1 :]


def two_sales_swapped(entries: list[Entry]) -> list[Entry]:
    first, second, *_ = (n for n, entry in enumerate(entries) if entry.kind == "sale.finished")
    swapped = list(entries)
    swapped[first], swapped[second] = entries[second], entries[first]
    return swapped


def without_a_technical_record(entries: list[Entry]) -> list[Entry]:
    place = next(n for n, entry in enumerate(entries) if entry.kind == "fiscal.signed")
    return entries[:place] + entries[place + 1 :]


BREAKS: dict[str, Callable[[list[Entry]], list[Entry]]] = {
    "a total": lambda entries: altered(entries, total=1),
    "a label": lambda entries: altered(entries, label="T01-K1-000009"),
    "an operation": lambda entries: altered(entries, operation="refund"),
    "a ticket gone": without_a_sale,
    "two tickets swapped": two_sales_swapped,
    "a technical record gone": without_a_technical_record,
}


@pytest.mark.parametrize("broken", BREAKS)
def test_a_broken_chain_of_tickets_is_seen(open_till: Till, broken: str) -> None:
    """BrokenTicketSignatureChain."""
    for _ in range(3):
        sold(open_till)
    Audit().judge(open_till.store.entries)
    with pytest.raises(AssertionError):
        Audit().judge(BREAKS[broken](open_till.store.entries))


def test_the_first_technical_record_of_a_till_is_its_initialisation() -> None:
    """JETInitSignatureTest."""
    till = Till("france")
    till.store.entries.clear()
    till.store.events.clear()
    till.store.record(TillInstalled(public_key="ab", software="Comptoir 0.1.0"))
    till.restart(MANAGER)
    jet = [one for one in stamps(till.store.events) if one.chain == "jet"]
    assert jet[0].payload.split(",")[:2] == ["1", "260"]
    assert jet[0].payload.endswith(",T01-K1,N,")
    Audit().judge(till.store.entries)


def test_every_test_of_the_list_has_its_case_here_or_in_the_archives_tests() -> None:
    modules = (sys.modules[__name__], test_france_archive)
    texts = [one.__doc__ for module in modules for one in vars(module).values()]
    told = {case.name for case in CASES} | {(text or "").rstrip(".") for text in texts}
    assert told >= LISTED
