"""GS1 messages: what GS1-128, DataMatrix, DataBar and QR say about an article besides its number.

A message is a chain of elements, an application identifier (AI) and its value each. It comes raw
(GS, 1D hex, ends an element of variable length), as printed below the bars, `(01)…(17)…`, or as a
web address (GS1 Digital Link). Written from the GS1 General Specifications, sections 3 and 7.8;
biip, which knows the same table, is the judge in the tests: it costs 22 MB, 140 ms and a look at
the clock, so that the till does without.

>>> article(split("010340094949770617270100" "10AB12" + GS + "21XYZ9"), "GS1 DataMatrix", 2026)
... # doctest: +NORMALIZE_WHITESPACE
ArticleCode(gtin='03400949497706', symbology='GS1 DataMatrix',
expiry=datetime.date(2027, 1, 31), lot='AB12', serial='XYZ9')
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date

from pos.domain.barcode.codes import ArticleCode, Symbology
from pos.domain.barcode.numbers import LENGTHS, gtin, is_number, shown
from pos.domain.errors import Refusal

GS = "\x1d"
Elements = Mapping[str, str]

# How many digits an AI has, by its first two.
_AI_DIGITS = {
    **dict.fromkeys(("00", "01", "02", "03"), 2),
    **dict.fromkeys(("10", "11", "12", "13", "15", "16", "17"), 2),
    **dict.fromkeys(("20", "21", "22", "30", "37"), 2),
    **dict.fromkeys(("23", "24", "25", "40", "41", "42", "71"), 3),
    **dict.fromkeys(("31", "32", "33", "34", "35", "36", "39"), 4),
    **dict.fromkeys(("43", "70", "72", "80", "81", "82"), 4),
    **dict.fromkeys((str(ai) for ai in range(90, 100)), 2),
}
# How many digits the value of an AI has that needs no GS after it (the predefined lengths).
_FIXED = {
    "00": 18,
    **dict.fromkeys(("01", "02", "03"), 14),
    **dict.fromkeys(("11", "12", "13", "15", "16", "17"), 6),
    "20": 2,
    **dict.fromkeys(("31", "32", "33", "34", "35", "36"), 6),
    "41": 13,
}
_VALUE_MAX = 90
# What the values that the till uses must look like: at most 20 characters, or 8 or 15 digits.
_SHAPES = {
    "10": re.compile(r".{1,20}"),
    "21": re.compile(r".{1,20}"),
    "30": re.compile(r"[0-9]{1,8}"),
    "37": re.compile(r"[0-9]{1,8}"),
    "392": re.compile(r"[0-9]{1,15}"),
    "393": re.compile(r"[0-9]{4,18}"),
}
# Character set 82 and the # of character set 39.
_CHARSET = re.compile(r"""[!"#%&'()*+,\-./0-9:;<=>?A-Z_a-z]+""")
_BRACKETED = re.compile(r"\(([0-9]{2,4})\)([^()]+)")
_DATES = ("11", "12", "13", "15", "16", "17")
_COUPONS = ("255", "8110", "8112")


def split(message: str) -> dict[str, str]:
    """Return the elements of a raw message, AI to value, in order.

    Raises Refusal `wrong_gs1_message`, naming the place that cannot be read.
    """
    pairs = []
    at = 0
    while at < len(message):
        if message[at] == GS:
            at += 1
            continue
        ai, at = _ai(message, at)
        end = _end(message, ai, at)
        pairs.append((ai, message[at:end]))
        at = end
    return checked(pairs)


def _ai(message: str, at: int) -> tuple[str, int]:
    size = _AI_DIGITS.get(message[at : at + 2])
    ai = message[at : at + size] if size else ""
    if not size or len(ai) < size or not is_number(ai):
        raise _unreadable(message[at:])
    return ai, at + size


def _end(message: str, ai: str, at: int) -> int:
    fixed = _FIXED.get(ai[:2])
    if fixed:
        return min(at + fixed, len(message))
    end = message.find(GS, at)
    return len(message) if end < 0 else end


def bracketed(text: str) -> dict[str, str] | None:
    """Return the elements of `(01)…(17)…` typed by hand, or None when the text is not one.

    Raises Refusal `wrong_gs1_message`.

    >>> bracketed("(01)03400949497706 (10)AB12")
    {'01': '03400949497706', '10': 'AB12'}
    """
    if "(01)" not in text or not text.startswith("("):
        return None
    pairs = _BRACKETED.findall(text)
    if "".join(f"({ai}){value}" for ai, value in pairs) != text:
        raise _unreadable(text)
    return checked((ai, value.strip()) for ai, value in pairs)


def linked(address: str) -> dict[str, str] | None:
    """Return the elements of a GS1 Digital Link, or None for another web page.

    The host, the scheme's case and the path before `/01/` do not matter. A GTIN of 8, 12 or 13
    digits is padded, as the standard's older edition allowed. Raises Refusal.

    >>> linked("HTTPS://ID.GS1.ORG/01/03400949497706/10/AB12?17=270131&lang=fr")
    {'01': '03400949497706', '10': 'AB12', '17': '270131'}
    >>> linked("https://example.com/2026/01/opening-hours") is None
    True
    """
    from urllib.parse import parse_qsl, unquote, urlsplit

    try:
        parts = urlsplit(address)
        query = parse_qsl(parts.query, max_num_fields=100)
    except ValueError:
        return None
    steps = parts.path.strip("/").split("/")
    key = next((i for i, step in enumerate(steps) if _is_key(steps[i : i + 2], step)), None)
    if key is None:
        return None
    path = [unquote(step) for step in steps[key:]]
    if len(path) % 2:
        raise _unreadable("/".join(path))
    path[1] = path[1].zfill(14)
    pairs = list(zip(path[::2], path[1::2], strict=True))
    pairs += [(ai, value) for ai, value in query if _is_ai(ai)]
    return checked(pairs)


def _is_key(pair: list[str], step: str) -> bool:
    return step == "01" and len(pair) == 2 and len(pair[1]) in LENGTHS and is_number(pair[1])


def _is_ai(text: str) -> bool:
    return is_number(text) and _AI_DIGITS.get(text[:2]) == len(text)


def checked(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return elements as a mapping, each value of its AI's shape. Raises `wrong_gs1_message`."""
    elements: dict[str, str] = {}
    for ai, value in pairs:
        if not _is_ai(ai) or not _fits(ai, value) or elements.get(ai, value) != value:
            raise _unreadable(f"({ai}){value}")
        elements[ai] = value
    return elements


def _fits(ai: str, value: str) -> bool:
    fixed = _FIXED.get(ai[:2])
    if fixed:
        return len(value) == fixed and is_number(value)
    shape = _SHAPES.get(ai[:3]) or _SHAPES.get(ai)
    known = shape is None or shape.fullmatch(value) is not None
    return known and len(value) <= _VALUE_MAX and _CHARSET.fullmatch(value) is not None


def _unreadable(part: str) -> Refusal:
    return Refusal(
        "wrong_gs1_message",
        "The code cannot be read at {part}. Scan it again, or scan the barcode with digits below.",
        part=shown(part),
    )


def article(elements: Elements, symbology: Symbology, year: int) -> ArticleCode:
    """Return the article that a message names (AI 01), with what it says of this piece.

    `year` is the year of the scan. Raises Refusal: `no_article`, `unknown_coupon`, `wrong_date`,
    or what `gtin` raises.
    """
    if "01" not in elements:
        raise _no_article(elements)
    number = gtin(elements["01"])
    days = {ai: _day(ai, elements[ai], year) for ai in _DATES if ai in elements}
    count = elements.get("30", elements.get("37"))
    price, currency = _price(elements)
    return ArticleCode(
        number,
        symbology,
        weight=_weight(elements),
        price=price,
        currency=currency,
        expiry=days.get("17"),
        best_before=days.get("15"),
        lot=elements.get("10"),
        serial=elements.get("21"),
        count=None if count is None else int(count),
    )


def _no_article(elements: Elements) -> Refusal:
    said = "".join(f"({ai}){value}" for ai, value in elements.items())
    if any(ai in elements for ai in _COUPONS):
        return unknown_coupon(said)
    return Refusal(
        "no_article",
        "The code {code} names no article. Scan the barcode of the article itself.",
        code=shown(said),
    )


def unknown_coupon(code: str) -> Refusal:
    """Return the refusal of a coupon whose layout the till does not know."""
    return Refusal(
        "unknown_coupon",
        "The code {code} is a coupon that this till cannot read. Take it as its issuer says.",
        code=shown(code),
    )


def _day(ai: str, value: str, year: int) -> date:
    """Return a date YYMMDD in the century nearest to `year`; day 00 is the month's last (7.12)."""
    near = int(value[:2]) - year % 100
    century = -100 if near > 50 else 100 if near < -49 else 0
    full_year = year - year % 100 + century + int(value[:2])
    month, day = int(value[2:4]), int(value[4:])
    try:
        return date(full_year, month, day or monthrange(full_year, month)[1])
    except ValueError as error:
        raise Refusal(
            "wrong_date",
            "The code says a date that does not exist: {date} (AI {ai}). "
            "Read the date on the pack and scan the barcode with digits below.",
            date=value,
            ai=ai,
        ) from error


def _weight(elements: Elements) -> int | None:
    for ai, value in elements.items():
        if ai[:3] == "310":
            return _scaled(int(value), int(ai[3]), 3)
    return None


def _price(elements: Elements) -> tuple[int | None, str | None]:
    for ai, value in elements.items():
        if ai[:3] == "392":
            return _scaled(int(value), int(ai[3]), 2), None
        if ai[:3] == "393":
            return _scaled(int(value[3:]), int(ai[3]), 2), value[:3]
    return None, None


def _scaled(value: int, decimals: int, wanted: int) -> int:
    """Return a value of so many decimals in units of `wanted` decimals, rounded half up."""
    if decimals <= wanted:
        return value * int(10 ** (wanted - decimals))
    scale = int(10 ** (decimals - wanted))
    return (value + scale // 2) // scale
