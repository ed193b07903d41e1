"""X and Z on paper and in a file: every figure is there, on the narrowest paper too."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from config.words import words_for
from devices.printer.encode import to_paper
from devices.printer.layout import Line, layout
from pos.domain.events import Figures, FiscalStamp, PeriodClosed, RunningTotals, SellerFacts
from pos.domain.facts import COUNTERS, Tally, VatFacts
from pos.domain.words import Amount, Quantity, Sentence
from pos.papers.day_csv import HEADER, MARK, day_csv
from pos.papers.page import Align, Page, Row, Text
from pos.papers.report import (
    BAR_MOST,
    COUNTER_NAMES,
    ClosingParts,
    DayReport,
    DrawerNow,
    bar,
    closing_page,
    day_page,
)

PARIS = ZoneInfo("Europe/Paris")
WIDTHS = (32, 42, 48)


class Plain:
    """Words that say every sentence as it is written."""

    def say(self, sentence: Sentence | str) -> str:
        return str(sentence)

    def amount(self, minor: int) -> str:
        return str(Amount(minor))

    def quantity(self, thousandths: int, unit: str) -> str:
        return str(Quantity(thousandths, unit))

    def moment(self, at: datetime) -> str:
        return f"{at:%d/%m/%Y %H:%M:%S}"

    def day(self, day: date) -> str:
        return f"{day:%d/%m/%Y}"

    def rate(self, basis_points: int) -> str:
        return f"{basis_points / 100:g} %"


SELLER = SellerFacts(
    name="Au coin",
    company="Au coin SARL",
    address=["1 rue Neuve", "69001 Lyon"],
    country="FR",
    siret="73282932000074",
)
FIGURES = Figures(
    first_ticket="T01-K1-000101",
    last_ticket="T01-K1-000242",
    tickets=142,
    refunds=3,
    voids=2,
    sold=12_345_678,
    returned=-4_501,
    total=12_341_177,
    rounding=-4,
    vat=[
        VatFacts(rate=2000, gross=12_000_012, net=10_000_010, tax=2_000_002),
        VatFacts(rate=550, gross=341_165, net=323_379, tax=17_786),
    ],
    tenders=[
        Tally(name="card", count=90, amount=9_041_100),
        Tally(name="cash", count=52, amount=3_300_073),
    ],
    departments=[
        Tally(name="", count=7, amount=10_013),
        Tally(name="Boulangerie et pâtisserie traditionnelles", count=80, amount=12_331_164),
    ],
    hours=[
        Tally(name="08", count=4, amount=12_021),
        Tally(name="09", count=136, amount=12_333_657),
        Tally(name="10", count=2, amount=-4_501),
    ],
    cashiers=[Tally(name="10", count=142, amount=12_341_177)],
    articles=[
        Tally(name="Lampe de bureau articulée noire", count=3, quantity=12_000, amount=35_988),
        Tally(name="Pommes", count=3, quantity=2_345, amount=586),
        *(Tally(name=f"Article {n}", count=1, quantity=1_000, amount=100 - n) for n in range(30)),
    ],
    counters=[
        Tally(name=name, count=n, amount=n * 111) for n, name in enumerate(COUNTERS, start=1)
    ],
)
RUNNING = RunningTotals(period=123_456_789, perpetual=1_234_567_891, perpetual_abs=1_234_587_893)
NOON = datetime(2026, 11, 22, 12, tzinfo=PARIS)
EVENING = datetime(2026, 11, 22, 19, 5, 9, tzinfo=PARIS)
OPEN_DAY = DayReport(
    day=date(2026, 11, 22),
    since=NOON,
    at=EVENING,
    till="T01",
    operator="90",
    seller=SELLER,
    figures=FIGURES,
    running=RUNNING,
)
CLOSED = PeriodClosed(
    closing="C1",
    level="day",
    key="2026-11-22",
    number=12,
    label="T01-K1-Z000012",
    at="2026-11-22T18:05:09.000Z",
    since="2026-11-22T11:00:00.000Z",
    zone="Europe/Paris",
    currency="EUR",
    till="T01",
    staff="staff-3",
    operator="90",
    language="fr",
    seller=SELLER,
    figures=FIGURES,
    running=RUNNING,
    software="Comptoir",
    fiscal=FiscalStamp(
        plugin="france",
        fiscal_version="2.0",
        chain="gt_day",
        number=12,
        payload="",
        previous="",
        signature="-abc",
        key_id="",
        algorithm="",
        extract="",
    ),
)


def z_of(closed: PeriodClosed) -> Page:
    parts = ClosingParts(NOON, EVENING, [Text("ORIGINAL", Align.CENTER)])
    return closing_page(closed, parts, Plain())


def lines(page: Page, columns: int) -> list[str]:
    items = layout(page, columns, doubled=False)
    return [item.text for item in items if isinstance(item, Line)]


def printed(page: Page, columns: int) -> str:
    """Return what the paper says, line breaks taken as blanks."""
    return " ".join(" ".join(lines(page, columns)).split())


@pytest.mark.parametrize("columns", WIDTHS)
def test_nothing_of_a_report_is_lost_on_paper_of_any_width(columns: int) -> None:
    for page in (z_of(CLOSED), day_page(OPEN_DAY, Plain())):
        assert all(len(line) <= columns for line in lines(page, columns))
        text = printed(page, columns)
        for row in (block for block in page.blocks if isinstance(block, Row)):
            assert to_paper(row.right, None) in text
            assert all(word in text for word in to_paper(row.left, None).split())


SHOWN = [
    *("Tickets 142", "T01-K1-000101 - T01-K1-000242", "Refunds 3", "Sales voided 2"),
    *("Sold 123456.78", "Given back -45.01", "Rounding -0.04", "TOTAL 123411.77"),
    *("20 % 120000.12", "Net 100000.10", "Tax 20000.02", "5.5 % 3411.65", "Net 3233.79"),
    *("Card × 90 90411.00", "Cash × 52 33000.73", "No department × 7 100.13"),
    *("08 h # 120.21", f"09 h {'#' * BAR_MOST} 123336.57", "10 h -45.01"),
    *("Cashier 10 × 142 123411.77", "2.345 × Pommes 5.86", "Article 7"),
    *("Total of the fiscal year 1234567.89", "Perpetual total 12345678.91"),
    *("Perpetual absolute total 12345878.93", "Au coin SARL", "SIRET 73282932000074"),
    *("From 22/11/2026 12:00:00", "To 22/11/2026 19:05:09", "Till T01 · 90"),
    *(f"{COUNTER_NAMES[name]} × {n} {Amount(n * 111)}" for n, name in enumerate(COUNTERS, 1)),
]


@pytest.mark.parametrize("part", SHOWN)
def test_x_and_z_show_every_figure_beside_its_name(part: str) -> None:
    assert part in printed(z_of(CLOSED), 48)
    assert part in printed(day_page(OPEN_DAY, Plain()), 48)


def test_what_a_day_did_not_see_takes_no_paper() -> None:
    quiet = CLOSED.model_copy(update={"figures": Figures()})
    text = printed(z_of(quiet), 42)
    assert "Tickets 0 Sold 0.00 TOTAL 0.00 ---" in text
    for title in ("VAT", "Tenders", "Departments", "Hours", "Cashiers", "Best", "Events"):
        assert title not in text


TITLES = [
    ("day", "2026-11-22", "Z REPORT – DAY CLOSED", "22/11/2026"),
    ("month", "2026-11", "MONTH CLOSED", "11/2026"),
    ("year", "2026", "FISCAL YEAR CLOSED", "2026"),
]


@pytest.mark.parametrize(("level", "key", "title", "period"), TITLES)
def test_a_closing_says_what_it_closed_and_its_number(
    level: str, key: str, title: str, period: str
) -> None:
    closed = CLOSED.model_copy(update={"level": level, "key": key})
    assert f"{title} {period} T01-K1-Z000012" in printed(z_of(closed), 42)


def test_a_z_ends_with_the_fiscal_block_and_says_when_nobody_closed_the_day() -> None:
    assert printed(z_of(CLOSED), 42).endswith("ORIGINAL")
    assert "nobody had closed it" not in printed(z_of(CLOSED), 42)
    forgotten = CLOSED.model_copy(update={"caught_up": True, "operator": ""})
    assert "Closed by the till itself: nobody had closed it." in printed(z_of(forgotten), 42)
    assert "Till T01 · –" in printed(z_of(forgotten), 42)


def test_an_x_is_no_closing_and_bears_the_mark_of_training_at_both_ends() -> None:
    assert "X REPORT – NOT A CLOSING" in printed(day_page(OPEN_DAY, Plain()), 42)
    played = replace(OPEN_DAY, mark="FACTICE")
    text = printed(day_page(played, Plain()), 42)
    assert (text[:7], text[-7:]) == ("FACTICE", "FACTICE")


DRAWERS = [
    (DrawerNow("T01-K1-S000004", "", 10_000), "Drawer T01-K1-S000004 Float 100.00 ---"),
    (
        DrawerNow("T01-K1-S000005", "11", 10_000, 13_300, 13_250),
        "Drawer of 11 T01-K1-S000005 Float 100.00 Expected 133.00 Cash counted 132.50 ---",
    ),
]


@pytest.mark.parametrize(("drawer", "text"), DRAWERS)
def test_an_x_tells_of_a_drawer_only_what_is_not_hidden(drawer: DrawerNow, text: str) -> None:
    shown = printed(day_page(replace(OPEN_DAY, drawers=[drawer]), Plain()), 42)
    assert text in shown.replace("-" * 42, "---")


BARS = [(0, 100, 0), (-5, 100, 0), (1, 100, 1), (50, 100, 6), (100, 100, 12), (5, 0, 0)]


@pytest.mark.parametrize(("amount", "most", "columns"), BARS)
def test_the_bar_of_an_hour_is_its_share_of_the_best_one(
    amount: int, most: int, columns: int
) -> None:
    assert bar(amount, most) == "#" * columns


def rows(text: str) -> list[list[str]]:
    assert text.startswith(MARK)
    assert text.count("\n") == text.count("\r\n")
    return list(csv.reader(text.removeprefix(MARK).splitlines(), delimiter=";"))


def test_the_file_of_a_day_holds_every_figure_with_commas_and_its_own_name() -> None:
    found = rows(day_csv(FIGURES, RUNNING, Plain(), CLOSED))
    assert found[0] == [str(heading) for heading in HEADER]
    for row in (
        ["closing", "label", "Closing", "T01-K1-Z000012", "", ""],
        ["closing", "signature", "Signature", "'-abc", "", ""],
        ["tickets", "tickets", "Tickets", "142", "", ""],
        ["totals", "returned", "Given back", "", "", "-45,01"],
        ["vat_tax", "5,50", "Tax 5,50 %", "", "", "177,86"],
        ["tenders", "card", "Card", "90", "0,000", "90411,00"],
        ["articles", "Pommes", "Pommes", "3", "2,345", "5,86"],
        ["running", "perpetual_abs", "Perpetual absolute total", "", "", "12345878,93"],
    ):
        assert row in found
    assert {len(row) for row in found} == {len(HEADER)}
    assert len([row for row in found if row[0] == "articles"]) == len(FIGURES.articles)


def test_the_file_of_the_open_day_names_no_closing() -> None:
    assert not [row for row in rows(day_csv(FIGURES, RUNNING, Plain())) if row[0] == "closing"]


def test_a_file_in_another_language_differs_in_its_headings_and_labels_alone() -> None:
    english, french = (
        rows(day_csv(FIGURES, RUNNING, words_for(language), CLOSED)) for language in ("en", "fr")
    )
    assert english[0] != french[0]
    assert {row[2] for row in english} != {row[2] for row in french}
    stable = [[[*row[:2], *row[3:]] for row in found[1:]] for found in (english, french)]
    assert stable[0] == stable[1]


def test_every_line_of_a_file_that_does_not_name_itself_has_a_label() -> None:
    named = {"departments", "articles"}
    for row in rows(day_csv(FIGURES, RUNNING, Plain(), CLOSED))[1:]:
        assert row[0] in named or row[1] != row[2], row


def test_an_article_is_no_formula_and_no_line_of_its_own_in_a_spreadsheet() -> None:
    names = ['=HYPERLINK("x")', "+1", "@a", "a;b", 'say "a"', "a\r\nb"]
    sold = Figures(articles=[Tally(name=name, amount=1) for name in names])
    kept = [row[1] for row in rows(day_csv(sold, RUNNING, Plain())) if row[0] == "articles"]
    assert kept == ['\'=HYPERLINK("x")', "'+1", "'@a", "a;b", 'say "a"', "a b"]
