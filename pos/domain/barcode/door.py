"""The door itself: what a scanner sent, or a hand typed, becomes a `Scan` or a `Refusal`.

The order of the questions is the point. Digits alone are a number of an article or nothing: 8, 12
and 13 digits never reach the application identifiers, where a wrong EAN would pass for a count.

>>> parse("036000291452"), parse("]E496385074")
(ArticleCode(gtin='00036000291452', symbology='UPC-A'), \
ArticleCode(gtin='00000096385074', symbology='EAN-8'))
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from pos.domain.barcode import gs1
from pos.domain.barcode.codes import (
    ArticleCode,
    MeasuredCode,
    PassCode,
    Scan,
    Symbology,
    TextCode,
)
from pos.domain.barcode.measure import MeasurePlan, may_be_measured, plan_for
from pos.domain.barcode.numbers import empty, gtin, gtin_refusal, is_gtin, is_number, shown, upc_a
from pos.domain.barcode.wedge import repair_azerty
from pos.domain.errors import Refusal

Source = Literal["scanner", "hand"]

RAW_MAX = 4096
TEXT_MAX = 80
PASS_MAX = 512
_PASS_MIN = 18
_PASS_ALPHABET = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_REPAIR_MIN = 8
_COUPONS = ("981", "982", "983", "984", "99")
_PLAIN: dict[int, Symbology] = {8: "EAN-8", 12: "UPC-A", 13: "EAN-13", 14: "GTIN-14"}
_ADDON_LENGTHS = (15, 18)
# Add-ons are for press and books (977 to 979; 378 and 379 in France): without an AIM
# identifier, any other number of 15 or 18 digits is too likely a slip of the hand.
_WITH_ADDON = ("977", "978", "979", "378", "379")
# AIM identifiers (ISO/IEC 15424) that promise a GS1 message, and those that may hold any text.
_GS1_AIM: dict[str, Symbology] = {
    "C1": "GS1-128",
    "e0": "GS1 DataBar",
    "d2": "GS1 DataMatrix",
    "Q3": "GS1 QR",
    "J1": "GS1 DotCode",
}
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_TEXT_AIM = frozenset("ACFGJLQXdoz")


def parse(
    raw: str,
    plans: Sequence[MeasurePlan] = (),
    *,
    source: Source = "scanner",
    year: int = 2026,
) -> Scan:
    """Return what was scanned or typed, or raise a Refusal that names it and says what to do.

    `raw` is one scan without its frame (an AIM identifier in front and GS inside belong to it);
    spaces and line ends around it do not count. `plans` are the store's own price and weight
    labels. From a `hand`, spaces and hyphens between digits and ISBN-10 are taken too. `year` is
    the year of the scan: it tells the century of a date with two digits for its year.

    Raises Refusal, and nothing else: `empty`, `too_long`, `control_characters`, `not_a_number`,
    `wrong_length`, `wrong_check_digit`, `zero_code`, `wrong_value_check`, `no_value`,
    `unknown_coupon`, `addon_alone`, `unknown_symbology`, `wrong_gs1_message`, `no_article`,
    `undeclared_message` or `wrong_date`.
    """
    if len(raw) == 13 and is_number(raw):
        return _ean13(gtin(raw), plans, "EAN-13")
    if len(raw) > RAW_MAX:
        raise _too_long(raw)
    text = raw.strip(" \r\n")
    _refuse_control_characters(text)
    repaired = repair_azerty(text) if len(text) >= _REPAIR_MIN else None
    if repaired is not None:
        return replace(_read(repaired, plans, source, year), repaired=True)
    return _read(text, plans, source, year)


def _refuse_control_characters(text: str) -> None:
    if not text.strip(gs1.GS):
        raise empty()
    if not text.replace(gs1.GS, "").isprintable():
        raise Refusal(
            "control_characters",
            "The scan {code} holds signs that no label carries. "
            "Scan it again; if it comes back, check the scanner's settings.",
            code=shown(text),
        )


def _read(text: str, plans: Sequence[MeasurePlan], source: Source, year: int) -> Scan:
    if _AIM.match(text):
        return _identified(text[1:3], text[3:], plans, year)
    if source == "hand":
        text = _typed(text)
        isbn = _isbn10(text)
        if isbn is not None:
            return isbn
    if is_number(text):
        return _number(text, plans)
    return _text(text, year)


def _identified(aim: str, text: str, plans: Sequence[MeasurePlan], year: int) -> Scan:
    """Read a scan whose AIM identifier says what the bars were."""
    if not text:
        raise empty()
    if aim[0] == "E":
        return _retail(aim, text, plans)
    if aim in _GS1_AIM:
        return _link(text, year) or gs1.article(gs1.split(text), _GS1_AIM[aim], year)
    if aim[0] == "I":
        return _plain(text, plans)
    if aim[0] not in _TEXT_AIM:
        raise Refusal(
            "unknown_symbology",
            "The scanner sent {code}, a kind of code that this till does not read. "
            "Scan the article's other barcode.",
            code=shown(f"]{aim}{text}"),
        )
    if is_number(text) and len(text) in _PLAIN:
        return _plain(text, plans)
    return _text(text, year)


def _retail(aim: str, digits: str, plans: Sequence[MeasurePlan]) -> Scan:
    """Read the EAN and UPC family: ]E0 main, ]E1 and ]E2 add-on, ]E3 both, ]E4 EAN-8."""
    if not is_number(digits):
        raise gtin_refusal(digits)
    if aim in ("E1", "E2"):
        raise Refusal(
            "addon_alone",
            "The scan {code} is only the small code beside the barcode. Scan the large one.",
            code=shown(digits),
        )
    if aim == "E3" and len(digits) in _ADDON_LENGTHS:
        return _with_addon(digits, plans)
    if aim == "E0" and len(digits) == 8:
        return ArticleCode(gtin(upc_a(digits)), "UPC-E")
    if aim == "E4" and len(digits) != 8:
        raise gtin_refusal(digits) if len(digits) not in _PLAIN else _not_an_ean8(digits)
    return _plain(digits, plans)


def _not_an_ean8(digits: str) -> Refusal:
    return Refusal(
        "wrong_length",
        "The code {code} has {count} digits; a short barcode has 8. Scan it again.",
        code=shown(digits),
        count=len(digits),
    )


def _number(digits: str, plans: Sequence[MeasurePlan]) -> Scan:
    """Read digits of which nothing else is known."""
    if len(digits) in _ADDON_LENGTHS and digits.startswith(_WITH_ADDON) and is_gtin(digits[:13]):
        return _with_addon(digits, plans)
    if _begins_with_an_article(digits):
        raise _undeclared(digits)
    return _plain(digits, plans)


def _plain(digits: str, plans: Sequence[MeasurePlan]) -> ArticleCode | MeasuredCode:
    number = gtin(digits)
    if len(digits) == 8 or number[0] != "0":
        return ArticleCode(number, _PLAIN[len(digits)])
    return _ean13(number, plans, _PLAIN[len(digits)])


def _ean13(
    number: str, plans: Sequence[MeasurePlan], symbology: Symbology
) -> ArticleCode | MeasuredCode:
    digits = number[1:]
    if plans and may_be_measured(digits):
        plan = plan_for(digits, plans)
        if plan is not None:
            return plan.read(digits)
    if digits[0] == "9" and digits.startswith(_COUPONS):
        raise gs1.unknown_coupon(digits)
    return ArticleCode(number, symbology)


def _with_addon(digits: str, plans: Sequence[MeasurePlan]) -> Scan:
    main = _ean13(gtin(digits[:13]), plans, "EAN-13")
    return replace(main, addon=digits[13:]) if isinstance(main, ArticleCode) else main


def _begins_with_an_article(text: str) -> bool:
    return text[:2] == "01" and is_gtin(text[2:16])


def _undeclared(text: str) -> Refusal:
    """Refuse a message without AIM identifier and GS: where its lot ends cannot be known."""
    return Refusal(
        "undeclared_message",
        "The scan {code} looks like a GS1 code whose separators were lost. Scan the barcode with "
        "digits below, and have the scanner set to send AIM identifiers and GS.",
        code=shown(text),
    )


def _text(text: str, year: int) -> Scan:
    """Read what is not digits alone: a message, a web address, a pass, or a text."""
    found = _link(text, year)
    if found is not None:
        return found
    elements = gs1.bracketed(text)
    if elements is not None:
        return gs1.article(elements, "GS1 message", year)
    if gs1.GS in text:
        return gs1.article(gs1.split(text), "GS1 message", year)
    if _begins_with_an_article(text):
        raise _undeclared(text)
    passed = text.upper()
    if passed.startswith("P1") and len(text) >= _PASS_MIN and _PASS_ALPHABET.issuperset(passed):
        if len(text) > PASS_MAX:
            raise _too_long(text)
        return PassCode(passed)
    if len(text) > TEXT_MAX:
        raise _too_long(text)
    return TextCode(text)


def _link(text: str, year: int) -> ArticleCode | None:
    if not text[:8].lower().startswith(("http://", "https://")):
        return None
    elements = gs1.linked(text)
    return None if elements is None else gs1.article(elements, "GS1 Digital Link", year)


def _typed(text: str) -> str:
    """Return typed digits without the spaces and hyphens people group them with."""
    joined = text.replace(" ", "").replace("-", "")
    return joined if is_number(joined.removesuffix("X").removesuffix("x")) else text


def _isbn10(text: str) -> ArticleCode | None:
    """Return the book of an ISBN-10 under its 978 number, or None when the text is not one."""
    if len(text) != 10 or not is_number(text[:9]):
        return None
    from stdnum import isbn

    if not isbn.is_valid(text):
        raise gtin_refusal(text) if is_number(text) else _wrong_isbn(text)
    return ArticleCode(gtin(isbn.to_isbn13(text)), "ISBN-10")


def _wrong_isbn(text: str) -> Refusal:
    return Refusal(
        "wrong_check_digit",
        "The book number {code} has a wrong check sign. Type it again.",
        code=shown(text),
    )


def _too_long(text: str) -> Refusal:
    return Refusal(
        "too_long",
        "The scan {code} has {count} characters, more than any code the till reads. "
        "Scan one barcode at a time.",
        code=shown(text),
        count=len(text),
    )
