"""What a closed day gives the accountant and the tax office."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.facts import Figures, Tally, VatFacts
from pos.fiscal.france import FranceRules
from pos.fiscal.france.accounting import account, amount, entry
from pos.fiscal.none import NoRules
from tests.unit.fiscal_samples import FIGURES, SHOP, closed_of

COLUMNS = [
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib"),
    *("CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit"),
    *("EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise"),
]


def rows(text: str) -> list[dict[str, str]]:
    head, *lines = [line.split("\t") for line in text.removesuffix("\r\n").split("\r\n")]
    assert head == COLUMNS
    return [dict(zip(head, line, strict=True)) for line in lines]


def test_a_closed_day_is_one_balanced_entry_in_eighteen_columns() -> None:
    file, _ = FranceRules().exports(closed_of(), {})
    assert file.name == "ecritures-T01-2026-11-22.txt"
    found = rows(file.text)
    assert [(row["CompteNum"], row["Debit"], row["Credit"]) for row in found] == [
        ("530", "0,00", "5,89"),
        ("511", "220,00", "0,00"),
        ("707", "0,00", "133,33"),
        ("44571", "0,00", "26,67"),
        ("707", "0,00", "51,28"),
        ("44571", "0,00", "2,82"),
        ("758", "0,00", "0,01"),
    ]
    assert {
        (row["JournalCode"], row["EcritureNum"], row["EcritureDate"], row["PieceRef"])
        for row in found
    } == {("VE", "T01-K1-Z000003", "20261122", "T01-K1-Z000003")}
    assert found[2]["CompteLib"] == "Ventes de marchandises 20 %"
    assert {row["ValidDate"] for row in found} == {""}


def test_the_entries_of_two_tills_of_a_shop_do_not_collide_in_one_journal() -> None:
    tills = [closed_of(till=till, label=f"{till}-K1-Z000003") for till in ("T01", "T02")]
    numbers = [
        {(row["JournalCode"], row["EcritureNum"]) for row in rows(file.text)}
        for file, _ in (FranceRules().exports(closed, {}) for closed in tills)
    ]
    assert [len(found) for found in numbers] == [1, 1]
    assert numbers[0].isdisjoint(numbers[1])


ACCOUNTS = {"journal": "CA", "sales_550": "707055", "vat": "445710", "cash": "531", "cheque": "51"}


@pytest.mark.parametrize(
    ("purpose", "rate", "number"),
    [
        ("sales", 2000, "707"),
        ("sales", 550, "707055"),
        ("vat", 550, "445710"),
        ("cash", None, "531"),
        ("cheque", None, "51"),
        ("card", None, "511"),
        ("rounding_loss", None, "658"),
        ("gift_card", None, "471"),
    ],
)
def test_the_shops_own_accounts_stand_before_the_usual_ones(
    purpose: str, rate: int | None, number: str
) -> None:
    assert account(purpose, rate, ACCOUNTS)[0] == number


def test_a_tender_that_no_account_is_known_for_can_be_given_one() -> None:
    assert account("gift_card", None, {"gift_card": "4191"})[0] == "4191"
    assert account("gift_card", None, {"suspense": "472"})[0] == "472"


def test_the_journals_code_is_the_shops() -> None:
    file, _ = FranceRules().exports(closed_of(), ACCOUNTS)
    assert {row["JournalCode"] for row in rows(file.text)} == {"CA"}


CENTS = st.integers(-1_000_000, 1_000_000)


@st.composite
def days(draw: st.DrawFn) -> Figures:
    """Figures of any day that adds up: refunds above sales, a rounding, any tender."""
    rates = draw(st.lists(st.sampled_from([2000, 1000, 550, 210, 0]), unique=True))
    vat = []
    for rate in rates:
        net, tax = draw(CENTS), draw(CENTS) if rate else 0
        vat.append(VatFacts(rate=rate, gross=net + tax, net=net, tax=tax))
    total, rounding = sum(row.gross for row in vat), draw(st.integers(-4, 4))
    card = draw(CENTS)
    tenders = [
        Tally(name="card", amount=card),
        Tally(name="cash", amount=total + rounding - card),
    ]
    return Figures(first_ticket="T", total=total, rounding=rounding, vat=vat, tenders=tenders)


@given(days())
def test_debits_equal_credits_on_any_day_that_adds_up(figures: Figures) -> None:
    closed = closed_of(figures)
    assert sum(line.debit for line in entry(closed, {})) == 0
    found = rows(FranceRules().exports(closed, {})[0].text)
    debit, credit = (
        sum(int(row[side].replace(",", "")) for row in found) for side in ("Debit", "Credit")
    )
    assert debit == credit
    assert not any("-" in row["Debit"] + row["Credit"] for row in found)


@pytest.mark.parametrize(
    ("cents", "text"), [(0, "0,00"), (5, "0,05"), (-5, "-0,05"), (123_456, "1234,56")]
)
def test_an_amount_has_a_decimal_comma_and_no_grouping(cents: int, text: str) -> None:
    assert amount(cents) == text


def test_a_closed_day_is_reported_in_the_neutral_form_of_flow_10_3() -> None:
    closed = closed_of()
    _, file = FranceRules().exports(closed, {})
    assert file.name == "e-reporting-T01-2026-11-22.json"
    assert json.loads(file.text) == {
        "siren": "732829320",
        "store_siret": "73282932000074",
        "date": "2026-11-22",
        "category": "TLB1",
        "currency": "EUR",
        "transactions": 7,
        "ht": "184.61",
        "vat": "29.49",
        "rates": [
            {"rate": "20.00", "ht": "133.33", "vat": "26.67"},
            {"rate": "5.50", "ht": "51.28", "vat": "2.82"},
        ],
        "vat_option_debits": False,
        "source_closure": "D:T01:2026-11-22",
        "source_sig": closed.fiscal.signature,
    }


def test_a_day_of_returns_alone_is_reported_below_nothing() -> None:
    back = VatFacts(rate=550, gross=-105, net=-100, tax=-5)
    figures = Figures(first_ticket="T", tickets=1, refunds=1, returned=-105, total=-105, vat=[back])
    _, file = FranceRules().exports(closed_of(figures), {})
    told = json.loads(file.text)
    assert (told["ht"], told["vat"], told["transactions"]) == ("-1.00", "-0.05", 1)


def test_a_day_on_which_nothing_was_sold_makes_no_file() -> None:
    assert FranceRules().exports(closed_of(Figures()), {}) == ()


@pytest.mark.parametrize("level", ["month", "year"])
def test_a_month_or_a_year_makes_no_file_of_its_own(level: str) -> None:
    assert FranceRules().exports(closed_of(FIGURES, level), {}) == ()


def test_a_shop_that_charges_no_vat_has_no_report_of_it() -> None:
    exempt = SHOP.as_seller().model_copy(update={"vat_exempt": True})
    files = FranceRules().exports(closed_of(seller=exempt), {})
    assert [file.name for file in files] == ["ecritures-T01-2026-11-22.txt"]


def test_a_country_without_rules_wants_no_file() -> None:
    assert NoRules().exports(closed_of(), {}) == ()
