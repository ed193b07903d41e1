"""What the scanner sends, and what the till makes of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pos.domain.barcode import (
    ArticleCode,
    MeasuredCode,
    MeasurePlan,
    PassCode,
    Scan,
    Source,
    TextCode,
    gtin,
    is_gtin,
    parse,
    repair_azerty,
)
from pos.domain.errors import Refusal

GS = "\x1d"
CIP = "3400949497706"
CIP_14 = "03400949497706"
PLANS = (
    MeasurePlan("02", item_digits=5, value_digits=5),
    MeasurePlan("21", item_digits=5, value_digits=5, kind="weight", decimals=3),
    MeasurePlan("22", item_digits=4, value_digits=5, check=True),
    MeasurePlan("23", item_digits=6, value_digits=4, kind="count", decimals=0),
    MeasurePlan("24", item_digits=5, value_digits=4, check=True, decimals=1),
    MeasurePlan("215", item_digits=4, value_digits=5, decimals=0),
)
PASS = "P1" + "0123456789ABCDEFGHJKMNPQRSTVWXYZ" * 4 + "0123456789AB"


def with_check(body: str) -> str:
    """Append the check digit, computed in the way the standard writes it down."""
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body)))
    return body + str((10 - total % 10) % 10)


def article(gtin14: str, symbology: Any, **said: Any) -> ArticleCode:
    return ArticleCode(gtin14, symbology, **said)


def refusal(raw: str, source: Source = "scanner") -> Refusal:
    with pytest.raises(Refusal) as caught:
        parse(raw, PLANS, source=source, year=2026)
    return caught.value


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (CIP, article(CIP_14, "EAN-13")),
        (f" {CIP}\r\n", article(CIP_14, "EAN-13")),
        ("036000291452", article("00036000291452", "UPC-A")),
        ("0036000291452", article("00036000291452", "EAN-13")),
        ("96385074", article("00000096385074", "EAN-8")),
        ("01234565", article("00000001234565", "EAN-8")),
        ("13400949497703", article("13400949497703", "GTIN-14")),
        (CIP_14, article(CIP_14, "GTIN-14")),
        ("9782070360024", article("09782070360024", "EAN-13")),
        ("9791000000008", article("09791000000008", "EAN-13")),
        ("9771144875007", article("09771144875007", "EAN-13")),
        ("977114487500712", article("09771144875007", "EAN-13", addon="12")),
        ("978207036002452495", article("09782070360024", "EAN-13", addon="52495")),
        ("]E03400949497706", article(CIP_14, "EAN-13")),
        ("]E0036000291452", article("00036000291452", "UPC-A")),
        ("]E004252614", article("00042100005264", "UPC-E")),
        ("]E496385074", article("00000096385074", "EAN-8")),
        ("]E3340094949770612", article(CIP_14, "EAN-13", addon="12")),
        ("]E3340094949770612345", article(CIP_14, "EAN-13", addon="12345")),
        ("]E33400949497706", article(CIP_14, "EAN-13")),
        ("]I113400949497703", article("13400949497703", "GTIN-14")),
        ("]I013400949497703", article("13400949497703", "GTIN-14")),
        ("]C03400949497706", article(CIP_14, "EAN-13")),
        ("2912345678906", article("02912345678906", "EAN-13")),
    ],
)
def test_a_right_number_is_an_article(raw: str, expected: ArticleCode) -> None:
    assert parse(raw, PLANS) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("3 400949 497706", article(CIP_14, "EAN-13")),
        ("978-2-07-036002-4", article("09782070360024", "EAN-13")),
        ("080442957X", article("09780804429573", "ISBN-10")),
        ("0-8044-2957-x", article("09780804429573", "ISBN-10")),
        ("2070360024", article("09782070360024", "ISBN-10")),
        ("REF 12-34", TextCode("REF 12-34")),
    ],
)
def test_a_hand_may_group_digits_and_type_an_old_book_number(raw: str, expected: Scan) -> None:
    assert parse(raw, PLANS, source="hand") == expected


PHARMA = f"01{CIP_14}17270131" + f"10AB12{GS}21XYZ9"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (
            f"]d2{PHARMA}",
            article(CIP_14, "GS1 DataMatrix", expiry=date(2027, 1, 31), lot="AB12", serial="XYZ9"),
        ),
        (
            f"{GS}{PHARMA}",
            article(CIP_14, "GS1 message", expiry=date(2027, 1, 31), lot="AB12", serial="XYZ9"),
        ),
        (
            f"]d2{GS}21XYZ9{GS}01{CIP_14}{GS}",
            article(CIP_14, "GS1 DataMatrix", serial="XYZ9"),
        ),
        (f"]C101{CIP_14}15280200", article(CIP_14, "GS1-128", best_before=date(2028, 2, 29))),
        (f"]e001{CIP_14}3103000345", article(CIP_14, "GS1 DataBar", weight=345)),
        (f"]e001{CIP_14}3100000002", article(CIP_14, "GS1 DataBar", weight=2000)),
        (f"]e001{CIP_14}3105012350", article(CIP_14, "GS1 DataBar", weight=124)),
        (f"]e001{CIP_14}39221299", article(CIP_14, "GS1 DataBar", price=1299)),
        (f"]e001{CIP_14}392013", article(CIP_14, "GS1 DataBar", price=1300)),
        (f"]e001{CIP_14}392312345", article(CIP_14, "GS1 DataBar", price=1235)),
        (
            f"]Q301{CIP_14}39329781299{GS}3012",
            article(CIP_14, "GS1 QR", price=1299, currency="978", count=12),
        ),
        (f"]J101{CIP_14}37000012", article(CIP_14, "GS1 DotCode", count=12)),
        (f"]C1112601021326010301{CIP_14}", article(CIP_14, "GS1-128")),
        (f"]C101{CIP_14}240A/B-1{GS}8005001250", article(CIP_14, "GS1-128")),
        (
            f"(01){CIP_14}(17)270100(10)AB12",
            article(CIP_14, "GS1 message", expiry=date(2027, 1, 31), lot="AB12"),
        ),
        (f"(01) {CIP_14} (10) AB12", article(CIP_14, "GS1 message", lot="AB12")),
        (f"(3103)000345(01){CIP_14}", article(CIP_14, "GS1 message", weight=345)),
        (f"]Q1https://id.gs1.org/01/{CIP_14}", article(CIP_14, "GS1 Digital Link")),
        (f"]d1HTTPS://ID.GS1.ORG/01/{CIP_14}", article(CIP_14, "GS1 Digital Link")),
        (f"Https://Id.Gs1.Org/01/{CIP_14}", article(CIP_14, "GS1 Digital Link")),
        (f"]Q3http://shop.example/p/01/{CIP}", article(CIP_14, "GS1 Digital Link")),
        (
            f"https://id.gs1.org/01/{CIP_14}/10/A%2FB/21/7?17=270131&utm=x&3103=000345",
            article(
                CIP_14,
                "GS1 Digital Link",
                lot="A/B",
                serial="7",
                expiry=date(2027, 1, 31),
                weight=345,
            ),
        ),
    ],
)
def test_a_gs1_message_says_the_article_and_more(raw: str, expected: ArticleCode) -> None:
    assert parse(raw, PLANS, year=2026) == expected


@pytest.mark.parametrize(
    ("year", "written", "meant"),
    [
        (2026, "760101", date(2076, 1, 1)),
        (2026, "770101", date(1977, 1, 1)),
        (2026, "991231", date(1999, 12, 31)),
        (2060, "100101", date(2110, 1, 1)),
        (2060, "110101", date(2011, 1, 1)),
        (2000, "500101", date(2050, 1, 1)),
        (2000, "510101", date(1951, 1, 1)),
    ],
)
def test_the_century_of_a_date_is_the_nearest(year: int, written: str, meant: date) -> None:
    scan = parse(f"]d201{CIP_14}17{written}", year=year)
    assert isinstance(scan, ArticleCode)
    assert scan.expiry == meant


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("021234501245", MeasuredCode("02", "12345", "price", 1245)),
        ("211234500345", MeasuredCode("21", "12345", "weight", 345)),
        ("221234614685", MeasuredCode("22", "1234", "price", 14685)),
        ("231234560012", MeasuredCode("23", "123456", "count", 12000)),
        ("241234592875", MeasuredCode("24", "12345", "price", 28750)),
        ("215123400012", MeasuredCode("215", "1234", "price", 1200)),
    ],
)
def test_a_label_of_the_store_is_read_by_its_plan(body: str, expected: MeasuredCode) -> None:
    assert parse(with_check(body), PLANS) == expected
    assert expected.key == expected.prefix + expected.item


def test_a_weighed_label_printed_as_upc_is_the_same_label() -> None:
    assert parse("212345012451", PLANS) == parse("0212345012451", PLANS)
    assert isinstance(parse("212345012451", PLANS), MeasuredCode)


def test_without_a_plan_a_label_of_the_store_is_an_ordinary_number() -> None:
    assert parse("0212345012451") == article("00212345012451", "EAN-13")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("T03-K1-000042", TextCode("T03-K1-000042")),
        ("]C0T03-K1-000042", TextCode("T03-K1-000042")),
        ("]A0004512", TextCode("004512")),
        ("]Q1https://example.com/menu", TextCode("https://example.com/menu")),
        ("https://example.com/2026/01/menu", TextCode("https://example.com/2026/01/menu")),
        ("http://[broken/01/", TextCode("http://[broken/01/")),
        ("(12) rue du Port", TextCode("(12) rue du Port")),
        ("]é3", TextCode("]é3")),
        ("P1-042", TextCode("P1-042")),
        ("café", TextCode("café")),
        ("x" * 80, TextCode("x" * 80)),
        (PASS, PassCode(PASS)),
        (f"]Q1{PASS}", PassCode(PASS)),
        (PASS.lower(), PassCode(PASS)),
    ],
)
def test_a_text_stays_a_text_and_a_pass_is_known_by_its_mark(raw: str, expected: Scan) -> None:
    assert parse(raw, PLANS) == expected


@pytest.mark.parametrize(
    ("slug", "raw"),
    [
        ("wrong_check_digit", "3400949497700"),
        ("wrong_check_digit", "3400949497701"),
        ("wrong_check_digit", "3012345678900"),
        ("wrong_check_digit", "036000291453"),
        ("wrong_check_digit", "96385075"),
        ("wrong_check_digit", "13400949497704"),
        ("wrong_check_digit", "]E004252615"),
        ("wrong_check_digit", "]E024252614"),
        ("wrong_check_digit", "]C03400949497700"),
        ("wrong_check_digit", "]d20103400949497700"),
        ("wrong_check_digit", "https://id.gs1.org/01/03400949497700"),
        ("wrong_length", "36000291452"),
        ("wrong_length", "1"),
        ("wrong_length", "2070360024"),
        ("wrong_length", "340094949770612"),
        ("wrong_length", "978207036002552495"),
        ("wrong_length", "9" * 40),
        ("wrong_length", "]E43400949497706"),
        ("wrong_length", "]E4340094"),
        ("wrong_length", "]I0340094"),
        ("zero_code", "0000000000000"),
        ("zero_code", "00000000"),
        ("zero_code", "00000"),
        ("zero_code", "]d20100000000000000"),
        ("not_a_number", "]E0340094949770X"),
        ("not_a_number", "]I1ABC"),
        ("addon_alone", "]E112"),
        ("addon_alone", "]E212345"),
        ("unknown_coupon", with_check("981123456789")),
        ("unknown_coupon", with_check("984123456789")),
        ("unknown_coupon", with_check("991234567890")),
        ("unknown_coupon", "]C12559501234567891"),
        ("unknown_coupon", "]e0811010614141234562890"),
        ("no_value", with_check("021234500000")),
        ("wrong_value_check", with_check("221234514685")),
        ("unknown_symbology", "]H0123"),
        ("empty", ""),
        ("empty", " \r\n"),
        ("empty", GS),
        ("empty", "]E0"),
        ("too_long", "x" * 81),
        ("too_long", "7" * 4097),
        ("too_long", "P1" + "A" * 511),
        ("control_characters", "T03\x00K1"),
        ("control_characters", f"{CIP}\x1b"),
        ("control_characters", "a\nb"),
        ("control_characters", "\ud800"),
        ("undeclared_message", f"01{CIP_14}17270131"),
        ("undeclared_message", f"01{CIP_14}17270131" + "10AB12"),
        ("no_article", "]C13103000345"),
        ("no_article", "]C100340094900000000017"),
        ("no_article", f"]C102{CIP_14}3712"),
        ("wrong_gs1_message", "]C1" + "04123"),
        ("wrong_gs1_message", f"]C101{CIP_14}31"),
        ("wrong_gs1_message", f"]C101{CIP_14}310300034"),
        ("wrong_gs1_message", f"]C101{CIP_14}310300034A"),
        ("wrong_gs1_message", f"]C101{CIP_14}10{'L' * 21}"),
        ("wrong_gs1_message", f"]C101{CIP_14}10{GS}21A"),
        ("wrong_gs1_message", f"]C101{CIP_14}30123456789"),
        ("wrong_gs1_message", f"]C101{CIP_14}10é"),
        ("wrong_gs1_message", f"]C101{CIP_14}10A{GS}10B"),
        ("wrong_gs1_message", f"]C101{CIP_14}392A12"),
        ("wrong_gs1_message", "]d2https://example.com/menu"),
        ("wrong_gs1_message", f"(01){CIP_14}(999)1"),
        ("wrong_gs1_message", f"(01){CIP_14}("),
        ("wrong_gs1_message", f"https://id.gs1.org/01/{CIP_14}/10"),
        ("wrong_gs1_message", f"https://id.gs1.org/01/{CIP_14}?01=13400949497703"),
        ("wrong_date", f"]d201{CIP_14}17270229"),
        ("wrong_date", f"]d201{CIP_14}17271301"),
        ("wrong_date", f"]d201{CIP_14}15000000"),
        ("wrong_date", f"]d201{CIP_14}11270431"),
    ],
)
def test_what_is_not_right_is_refused_with_its_reason(slug: str, raw: str) -> None:
    found = refusal(raw)
    assert found.slug == slug
    assert len(str(found)) < 250
    assert str(found).isprintable()


def test_a_typed_book_number_with_a_wrong_check_sign_is_refused() -> None:
    assert refusal("0804429570", "hand").slug == "wrong_length"
    assert refusal("207036002X", "hand").slug == "wrong_check_digit"


def test_a_refusal_names_the_code_as_it_was_scanned() -> None:
    assert "036000291453" in str(refusal("036000291453"))
    assert "0036000291453" not in str(refusal("036000291453"))
    assert "270229" in str(refusal(f"]d201{CIP_14}17270229"))
    assert "(310" not in str(refusal(f"]C101{CIP_14}99{'é' * 100}"))


AZERTY = str.maketrans("0123456789AQZWM]", "à&é\"'(-è_çQAWZ?$")


@pytest.mark.parametrize(
    "meant",
    [CIP, "96385074", "036000291452", PASS, f"]E0{CIP}", f"]Q1{PASS}", "]E4" + "96385074"],
)
def test_a_scan_mangled_by_a_french_keyboard_is_read_back(meant: str) -> None:
    mangled = meant.translate(AZERTY)
    assert repair_azerty(mangled) == meant
    scan = parse(mangled, PLANS)
    assert scan.repaired
    assert repr(parse(meant, PLANS))[:-1] + ", repaired=True)" == repr(scan)


def test_a_locked_capital_key_does_not_hide_the_mangling() -> None:
    assert repair_azerty("ÉÀÇÈ") == "2097"
    assert repair_azerty(PASS.translate(AZERTY).lower()) == PASS


@pytest.mark.parametrize("text", ["", CIP, "à&é1", "P&-042", "$", "$$$$", "Eà123", "$E1à&é"])
def test_what_is_no_image_of_a_scan_is_left_alone(text: str) -> None:
    assert repair_azerty(text) is None


def test_a_mangled_scan_with_a_wrong_check_digit_is_refused_in_digits() -> None:
    found = refusal("3400949497700".translate(AZERTY))
    assert found.slug == "wrong_check_digit"
    assert "3400949497700" in str(found)


def test_a_short_run_of_signs_is_no_mangled_number() -> None:
    assert parse("----") == TextCode("----")


@pytest.mark.parametrize(
    "plan",
    [
        {"prefix": "30", "item_digits": 5, "value_digits": 5},
        {"prefix": "2", "item_digits": 6, "value_digits": 5},
        {"prefix": "2A", "item_digits": 5, "value_digits": 5},
        {"prefix": "02", "item_digits": 5, "value_digits": 4},
        {"prefix": "02", "item_digits": 0, "value_digits": 10},
        {"prefix": "02", "item_digits": 3, "value_digits": 6, "check": True},
        {"prefix": "02", "item_digits": 5, "value_digits": 5, "decimals": 3},
        {"prefix": "02", "item_digits": 5, "value_digits": 5, "decimals": -1},
    ],
)
def test_a_plan_that_cannot_be_is_no_plan(plan: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="plan"):
        MeasurePlan(**plan)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("", "empty"),
        ("34009494977OO", "not_a_number"),
        (" 3400949497706", "not_a_number"),
        ("٣٤٠٠٩٤٩٤٩٧٧٠٦", "not_a_number"),
        ("36000291452", "wrong_length"),
        ("3400949497700", "wrong_check_digit"),
        ("00000000000000", "zero_code"),
    ],
)
def test_the_catalogue_is_told_why_a_number_is_none(text: str, slug: str) -> None:
    assert not is_gtin(text)
    with pytest.raises(Refusal) as caught:
        gtin(text)
    assert caught.value.slug == slug


def test_the_catalogue_keeps_every_number_in_fourteen_digits() -> None:
    for text in (CIP, "036000291452", "96385074", "13400949497703"):
        assert is_gtin(text)
        assert gtin(text) == text.zfill(14)
