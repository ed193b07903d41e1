"""What the office sends to the tills: catalogue files, prices ahead of time, a store's people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pos.domain.catalogue import VatRate, VatTable
from pos.domain.catalogue_import import Defaults, ImportRules
from pos.domain.errors import Refusal
from pos.domain.feed import ArticleFields, PromotionFields
from pos.domain.staff import Person
from sync.central import catalogue, prices, promotions, staff, vat
from sync.central.catalogue import Report
from sync.central.engine import Centre
from sync.central.values import CATALOGUE, CentreRefusal, Unknown
from sync.protocol import Cursor
from tests.central.tills import NOON, enrolled, rows

TABLE = VatTable(
    {"FR055": [VatRate(550, date(2014, 1, 1))], "FR20": [VatRate(2000, date(2014, 1, 1))]},
    {"FR055": "C", "FR20": "A"},
)
HEAD = ["sku", "code", "name", "price", "vat"]
BREAD = ["B1", "3400949497706", "Pain", "1,10", "5,5"]
JAM = ["J1", "", "Confiture", "3,20", "5,5"]
AHEAD = NOON + timedelta(days=2)


def rules(**changed: Any) -> ImportRules:
    given: dict[str, Any] = {"vat": TABLE, "now": NOON, "zone": UTC}
    return ImportRules(**given | changed)


def gtin13(n: int) -> str:
    """Return the n-th of a run of bar codes."""
    digits = f"340095{n:06d}"
    return digits + str(-sum(int(d) * (3 if at % 2 else 1) for at, d in enumerate(digits)) % 10)


async def bring(centre: Centre, *lines: Sequence[str], **changed: Any) -> tuple[int, int, int, int]:
    report: Report = await catalogue.import_rows(centre, lambda: lines, rules(**changed), "FR")
    return report.added, report.changed, report.unchanged, report.refusals


async def seen(centre: Centre, scope: str, kind: str) -> dict[str, Any]:
    """Return what a cold till of S001 holds of a kind after it read a scope."""
    till = await enrolled(centre)
    held: dict[str, Any] = {}
    cursor, more = Cursor(), True
    while more:
        page = (await till.pull(centre, {scope: cursor}, limit=2)).scopes[scope]
        cursor, more = page.cursor, page.more
        held |= page.things.get(kind, {})
    return {key: fields for key, fields in held.items() if fields is not None}


async def priced(centre: Centre) -> dict[str, Any]:
    return {sku: one["prices"] for sku, one in (await seen(centre, "prices:FR", "price")).items()}


# Catalogue files


async def test_a_catalogue_file_reaches_a_cold_till(centre: Centre) -> None:
    assert await bring(centre, HEAD, BREAD, JAM) == (2, 0, 0, 0)
    articles = await seen(centre, CATALOGUE, "article")
    bread = ArticleFields(name="Pain", vat="FR055", codes=("03400949497706",))
    assert ArticleFields.model_validate(articles["B1"]) == bread
    assert "department" not in articles["B1"]
    assert await priced(centre) == {"B1": [[0, 110]], "J1": [[0, 320]]}


async def test_a_file_brought_in_twice_changes_nothing_the_second_time(centre: Centre) -> None:
    await bring(centre, HEAD, BREAD, JAM)
    till = await enrolled(centre)
    before = (await till.pull(centre, {CATALOGUE: Cursor()})).scopes[CATALOGUE].cursor
    assert await bring(centre, HEAD, BREAD, JAM) == (0, 0, 2, 0)
    after = (await till.pull(centre, {CATALOGUE: before})).scopes[CATALOGUE]
    assert (after.things, after.cursor) == ({}, before)


async def test_an_empty_cell_says_nothing_and_a_full_one_changes_the_article(
    centre: Centre,
) -> None:
    await bring(centre, HEAD, BREAD, JAM)
    assert await bring(centre, HEAD, ["B1", "", "Pain bis", "", ""]) == (0, 1, 0, 0)
    assert (await seen(centre, CATALOGUE, "article"))["B1"]["name"] == "Pain bis"
    assert (await priced(centre))["B1"] == [[0, 110]]


async def test_an_article_is_found_by_its_bar_code_alone(centre: Centre) -> None:
    await bring(centre, HEAD, BREAD)
    assert await bring(centre, ["code", "price"], ["3400949497706", "1,25"]) == (0, 1, 0, 0)
    assert await priced(centre) == {"B1": [[0, 125]]}


async def test_a_code_of_another_article_is_refused_and_the_rest_comes_in(centre: Centre) -> None:
    await bring(centre, HEAD, BREAD)
    other = ["X9", "3400949497706", "Autre", "1,00", "5,5"]
    assert await bring(centre, HEAD, other, JAM) == (1, 0, 0, 1)
    assert set(await seen(centre, CATALOGUE, "article")) == {"B1", "J1"}


@pytest.mark.parametrize(
    "line",
    [
        ["N1", "", "", "1,00", "5,5"],
        ["N1", "", "Sans TVA", "1,00", ""],
        ["N1", "3400949497700", "Faux code", "1,00", "5,5"],
        ["N1", "", "Prix", "un euro", "5,5"],
    ],
    ids=["no name", "no VAT", "a wrong code", "no price"],
)
async def test_a_row_that_cannot_be_right_is_refused(centre: Centre, line: list[str]) -> None:
    assert await bring(centre, HEAD, line, JAM) == (1, 0, 0, 1)


async def test_no_article_gets_more_codes_than_a_till_takes(centre: Centre) -> None:
    head = ["sku", "code"]
    more = [["B1", gtin13(n)] for n in range(101)]
    assert await bring(centre, HEAD, [*BREAD[:1], "", *BREAD[2:]], JAM) == (2, 0, 0, 0)
    assert await bring(centre, head, *more[:60]) == (0, 1, 0, 0)
    report = await catalogue.import_rows(centre, lambda: [head, *more[60:]], rules(), "FR")
    (refused,) = report.refused
    assert (refused.line, refused.field, refused.value) == (42, "code", "0" + gtin13(100))
    articles = await seen(centre, CATALOGUE, "article")
    assert len(ArticleFields.model_validate(articles["B1"]).codes) == 100
    other = ["N1", gtin13(100), "Autre", "1,00", "5,5"]
    assert await bring(centre, HEAD, other) == (1, 0, 0, 0)


async def test_no_article_gets_more_prices_than_a_till_takes(centre: Centre) -> None:
    days = [NOON.date() + timedelta(days=n) for n in range(203)]
    dated = [["B1", "Pain", "1,00", "5,5", f"{day}"] for day in days]
    counts = await bring(centre, ["sku", "name", "price", "vat", "since"], *dated)
    assert counts == (1, 0, 0, 3)
    assert len((await priced(centre))["B1"]) == 200


async def test_a_default_that_no_till_takes_is_refused_line_by_line(centre: Centre) -> None:
    default = Defaults(vat="FR20", department="D" * 81)
    assert await bring(centre, ["sku", "name"], ["N1", "Pain"], defaults=default) == (0, 0, 0, 1)
    assert await seen(centre, CATALOGUE, "article") == {}


async def test_a_file_without_a_column_of_codes_is_refused_whole(centre: Centre) -> None:
    with pytest.raises(Refusal):
        await bring(centre, ["name", "price"], ["Pain", "1,00"])
    assert await seen(centre, CATALOGUE, "article") == {}


async def test_defaults_fill_what_a_file_does_not_say(centre: Centre) -> None:
    assert await bring(
        centre, ["sku", "name"], ["N1", "Pain"], defaults=Defaults(vat="FR20", department="D")
    ) == (1, 0, 0, 0)
    article = (await seen(centre, CATALOGUE, "article"))["N1"]
    assert (article["vat"], article["department"]) == ("FR20", "D")


async def test_more_articles_than_a_batch_come_in_at_one_moment(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "BATCH", 3)
    lines = [[f"A{n:02d}", "", f"Article {n}", "1,00", "5,5"] for n in range(8)]
    extra = ["A01", "3400949497706", "", "", ""]
    assert await bring(centre, HEAD, *lines, extra) == (8, 0, 0, 0)
    articles = await seen(centre, CATALOGUE, "article")
    assert len(articles) == 8
    assert articles["A01"]["codes"] == ["03400949497706"]


async def test_dated_prices_of_a_file_replace_those_before(centre: Centre) -> None:
    await bring(centre, HEAD, BREAD)
    dated = ["sku", "price", "since"]
    await bring(centre, dated, ["B1", "1,15", "2026-11-23"], ["B1", "1,20", "2026-12-01"])
    days = [datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)]
    first, second = (int(day.timestamp()) for day in days)
    assert await priced(centre) == {"B1": [[first, 115], [second, 120]]}


# Prices ahead of time


async def test_a_price_of_the_day_after_tomorrow_is_at_the_till_today(centre: Centre) -> None:
    await bring(centre, HEAD, BREAD)
    await prices.put(centre, "FR", "B1", 99, AHEAD, NOON)
    assert await priced(centre) == {"B1": [[0, 110], [int(AHEAD.timestamp()), 99]]}
    await bring(centre, HEAD, [*BREAD[:3], "1,30", "5,5"])
    assert await priced(centre) == {"B1": [[0, 130], [int(AHEAD.timestamp()), 99]]}


async def test_a_dated_row_changes_an_article_s_vat_code_then_and_not_before(
    centre: Centre,
) -> None:
    head = ["sku", "prix TTC", "tva", "valable dès"]
    await bring(centre, HEAD, BREAD)
    ahead = f"{AHEAD:%Y-%m-%dT%H:%M}"
    assert await bring(centre, head, ["B1", "1,30", "20", ahead]) == (0, 1, 0, 0)
    (bread,) = (await seen(centre, CATALOGUE, "article")).values()
    assert bread["vat"] == "FR055"
    coming = {"B1": {"codes": [[int(AHEAD.timestamp()), "FR20"]]}}
    assert await seen(centre, CATALOGUE, "article_vat") == coming
    assert await bring(centre, head, ["B1", "1,30", "20", ahead]) == (0, 0, 1, 0)
    await bring(centre, HEAD, BREAD)
    assert await seen(centre, CATALOGUE, "article_vat") == coming
    later = AHEAD + timedelta(days=1)
    report = await catalogue.import_rows(
        centre, lambda: [HEAD, [*BREAD[:4], "20"]], rules(now=later), "FR"
    )
    assert report.changed == 1
    assert await seen(centre, CATALOGUE, "article_vat") == {}
    (bread,) = (await seen(centre, CATALOGUE, "article")).values()
    assert bread["vat"] == "FR20"


async def test_vat_codes_are_set_for_articles_that_there_are_and_bounded(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bring(centre, HEAD, BREAD, JAM)
    with pytest.raises(Unknown):
        await vat.put_code(centre, "nothing", "FR20", AHEAD, NOON)
    await vat.put_code(centre, "B1", "FR20", AHEAD, NOON)
    monkeypatch.setattr(vat, "CODES_MOST", 1)
    with pytest.raises(CentreRefusal, match="VAT codes ahead"):
        await vat.put_code(centre, "B1", "FR055", AHEAD + timedelta(days=1), NOON)
    monkeypatch.setattr(vat, "CHANGES_MOST", 1)
    with pytest.raises(CentreRefusal, match="of 1 articles"):
        await vat.put_code(centre, "J1", "FR20", AHEAD, NOON)
    assert list(await seen(centre, CATALOGUE, "article_vat")) == ["B1"]


async def test_prices_that_nobody_can_pay_any_more_are_let_go(centre: Centre) -> None:
    await bring(centre, HEAD, BREAD)
    for hours in (1, 2, 3):
        at = NOON + timedelta(hours=hours)
        await prices.put(centre, "FR", "B1", 100 + hours, at, at)
    assert await priced(centre) == {"B1": [[int(at.timestamp()), 103]]}


async def test_what_is_told_in_a_zone_that_no_store_has_is_refused(centre: Centre) -> None:
    await bring(centre, HEAD, BREAD)
    articles = await seen(centre, CATALOGUE, "article")
    soldes = {"soldes": PromotionFields(name="Soldes", percent=1000)}
    for told in (
        lambda: prices.put(centre, "ZZ", "B1", 99, AHEAD, NOON),
        lambda: promotions.put(centre, "ZZ", soldes, NOON),
        lambda: promotions.end(centre, "ZZ", "soldes", NOON),
        lambda: catalogue.import_rows(centre, lambda: [HEAD, JAM], rules(), "ZZ"),
    ):
        with pytest.raises(CentreRefusal, match="no store has the price zone ZZ; there is FR"):
            await told()
    assert await seen(centre, CATALOGUE, "article") == articles
    scopes = "SELECT scope FROM feed_head WHERE store_id = :store_id AND scope = 'prices:ZZ'"
    assert await rows(centre, "*", scopes) == []
    await catalogue.import_rows(centre, lambda: [HEAD, JAM], rules(), "ZZ", new_zone=True)
    await promotions.put(centre, "ZZ", soldes, NOON)


@pytest.mark.parametrize(("sku", "amount"), [("B1", -1), ("B1", 10**9), ("X", 100)])
async def test_a_price_that_cannot_be_is_refused(centre: Centre, sku: str, amount: int) -> None:
    await bring(centre, HEAD, BREAD)
    with pytest.raises(CentreRefusal):
        await prices.put(centre, "FR", sku, amount, AHEAD, NOON)
    assert await priced(centre) == {"B1": [[0, 110]]}


async def test_the_prices_ahead_of_an_article_are_bounded(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prices, "PRICES_MOST", 3)
    await bring(centre, HEAD, BREAD)
    for hours in (1, 2):
        await prices.put(centre, "FR", "B1", 99, NOON + timedelta(hours=hours), NOON)
    with pytest.raises(CentreRefusal):
        await prices.put(centre, "FR", "B1", 99, NOON + timedelta(hours=3), NOON)


# People

INES = Person("staff-1", "10", "Inès", "cashier")


async def people(centre: Centre) -> dict[str, Any]:
    return await seen(centre, "store:S001", "staff")


async def add(centre: Centre, person: Person, pin_hash: str = "hash") -> None:
    async with centre.session("S001") as session:
        await staff.add(session, "S001", person, pin_hash, NOON)


async def test_a_person_reaches_the_tills_of_the_store_and_goes_again(centre: Centre) -> None:
    await add(centre, INES)
    assert await people(centre) == {
        "staff-1": {"number": "10", "name": "Inès", "role": "cashier", "pin_hash": "hash"}
    }
    await add(centre, Person("staff-1", "10", "Inès", "manager"), "other")
    assert (await people(centre))["staff-1"]["role"] == "manager"
    async with centre.session("S001") as session:
        await staff.remove(session, "S001", "staff-1", NOON)
        with pytest.raises(Unknown):
            await staff.remove(session, "S001", "staff-1", NOON)
    assert await people(centre) == {}
    await add(centre, Person("staff-2", "10", "Léo", "cashier"))


@pytest.mark.parametrize(
    "person", [Person("staff-2", "10", "Léo", "cashier"), Person("staff-2", "11", "Léo", "king")]
)
async def test_a_number_twice_or_a_role_that_is_none_is_refused(
    centre: Centre, person: Person
) -> None:
    await add(centre, INES)
    with pytest.raises(CentreRefusal):
        await add(centre, person)
    assert set(await people(centre)) == {"staff-1"}
