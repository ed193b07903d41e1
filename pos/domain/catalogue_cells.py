"""What one cell of a catalogue file may say, field by field.

Every parser takes the cell's text, stripped and not empty, and returns the value of
`catalogue_import.Row`, or raises a Refusal that names the value and what was expected.

>>> price("12,50"), price("1 466,29"), flag("Oui"), unit("Kilo")
(1250, 146629, 1, 'kg')
>>> price("1.466")
Traceback (most recent call last):
pos.domain.errors.Refusal: “1.466” may be 1466 or 1.466: write 1466,00, or two decimals.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from functools import lru_cache, partial
from typing import Any

from pos.domain.barcode import MeasurePlan, gtin
from pos.domain.catalogue import NAME_MAX, Unit, VatTable
from pos.domain.catalogue_words import words
from pos.domain.errors import Refusal
from pos.domain.money import AMOUNT_MAX, parse_amount

SKU_MAX = 40
"""The longest reference of an article, in characters."""

DEPARTMENT_MAX = 80
AGE_MAX = 21
GUARANTEE_MONTHS_MAX = 600
_CACHED = 10_000
_PLAIN_AMOUNT = re.compile(r"\d{1,6}[.,]\d\d", re.ASCII)
_THOUSANDS_OR_DECIMALS = re.compile(r"[+-]?\d{1,3}[.,]\d{3}", re.ASCII)
_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", re.ASCII)
_RATE = re.compile(r"(\d{1,2})(?:[.,](\d{1,6}))?", re.ASCII)
_UNITS = {
    **dict.fromkeys(("kg", "kilo", "kilos", "kilogramme", "kilogram", "poids"), "kg"),
    **dict.fromkeys(("piece", "pieces", "pce", "pc", "u", "unite", "unit", "ea", "each"), "piece"),
}
_FLAGS = {
    **dict.fromkeys(("1", "oui", "o", "yes", "y", "true", "vrai", "x"), 1),
    **dict.fromkeys(("0", "non", "n", "no", "false", "faux"), 0),
}
_READ_AGAIN = {
    byte: bytes([byte]).decode("cp1252", "ignore") or "\ufffd" for byte in range(0x80, 0xA0)
}

Parser = Callable[[str], Any]


def parsers(
    vat: VatTable, now: datetime, zone: tzinfo, plans: Sequence[MeasurePlan]
) -> dict[str, Parser]:
    """Return the parser of each field, for this table, day, zone and these label layouts."""
    rates = {vat.rate_on(known, now.astimezone(zone).date()): known for known in vat.rates}
    return {
        "sku": sku,
        "code": partial(code, plans=plans, starts=tuple(f"0{plan.prefix}" for plan in plans)),
        "plu": partial(measured, plans=plans),
        "name": name,
        "price": lru_cache(_CACHED)(price),
        "since": lru_cache(_CACHED)(partial(since, zone=zone)),
        "vat": lru_cache(_CACHED)(partial(vat_code, codes=frozenset(vat.rates), rates=rates)),
        "unit": lru_cache(_CACHED)(unit),
        "department": lru_cache(_CACHED)(partial(short, limit=DEPARTMENT_MAX)),
        "age": partial(whole, limit=AGE_MAX),
        "meal_voucher": lru_cache(_CACHED)(flag),
        "guarantee_months": partial(whole, limit=GUARANTEE_MONTHS_MAX),
        "eco": price,
    }


def code(text: str, plans: Sequence[MeasurePlan], starts: tuple[str, ...]) -> str:
    """Return a bar code's 14 digits; a label of the store's own scale becomes its in-store key."""
    found = gtin(text)
    if starts and found.startswith(starts):
        return measured(found[1:], plans)
    return found


def measured(text: str, plans: Sequence[MeasurePlan]) -> str:
    """Return the in-store key of an article that a scale labels: `0212345`, or a whole label."""
    for plan in plans:
        length = len(plan.prefix) + plan.item_digits
        if not (text.startswith(plan.prefix) and text.isascii() and text.isdigit()):
            continue
        if len(text) == length:
            return text
        if len(text) == 13:
            return gtin(text)[1 : 1 + length]
    raise Refusal(
        "bad_plu",
        "“{text}” is no scale's code: write the label's prefix and item number, as {example}.",
        text=text,
        example=plans[0].prefix + "1".zfill(plans[0].item_digits) if plans else "0200001",
    )


def sku(text: str) -> str:
    """Return a reference on one line."""
    return short(text, SKU_MAX)


def name(text: str) -> str:
    """Return a name on one line without invisible characters, at most NAME_MAX characters."""
    if len(text) <= NAME_MAX and text.isprintable() and "  " not in text:
        return text
    return short(text, NAME_MAX)


def short(text: str, limit: int) -> str:
    """Return a text on one line; refuses one that is too long or cannot be read.

    U+0080 to U+009F are no letters: they are CP1252 read as Latin-1, and read again here.
    """
    shown = "".join(filter(_is_visible, " ".join(text.translate(_READ_AGAIN).split())))
    if len(shown) > limit:
        raise Refusal(
            "too_long",
            "The text has {count} characters and the most is {limit}: shorten it.",
            count=len(shown),
            limit=limit,
        )
    if not shown or any(unicodedata.category(char) in ("Cc", "Cs") for char in shown):
        raise Refusal("unreadable", "The text has a character that cannot be read: type it again.")
    return shown


def _is_visible(char: str) -> bool:
    return unicodedata.category(char) != "Cf"


def price(text: str) -> int:
    """Return an amount in minor units, from 0 to AMOUNT_MAX."""
    if _PLAIN_AMOUNT.fullmatch(text):
        return int(text[:-3]) * 100 + int(text[-2:])
    if _THOUSANDS_OR_DECIMALS.fullmatch(text):
        raise Refusal(
            "ambiguous_amount",
            "“{text}” may be {whole} or {decimal}: write {whole},00, or two decimals.",
            text=text,
            whole=text.replace(".", "").replace(",", ""),
            decimal=text.replace(",", "."),
        )
    amount = parse_amount(text)
    if not 0 <= amount <= AMOUNT_MAX:
        raise Refusal(
            "amount_out_of_range",
            "The amount {text} is out of range: write one from 0 to 999 999,99.",
            text=text,
        )
    return amount


def since(text: str, zone: tzinfo) -> int:
    """Return the instant (seconds since 1970) of `2026-12-24`, `24/12/2026` or an ISO instant.

    A date begins at midnight of `zone`; so does an instant without an offset belong to it.
    """
    found = _DAY.fullmatch(text)
    written = f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found else text
    try:
        at = datetime.fromisoformat(written)
        local = at if at.tzinfo else at.replace(tzinfo=zone)
        seconds = int(local.astimezone(UTC).timestamp())
    except (ValueError, OverflowError):
        seconds = 0
    if seconds <= 0:
        raise Refusal("bad_date", "“{text}” is not a date: write it as 2026-12-24.", text=text)
    return seconds


def vat_code(text: str, codes: frozenset[str], rates: dict[int, str]) -> str:
    """Return the VAT code of `FR055`, `5,5`, `5,5 %` or `0.055`."""
    if text.upper() in codes:
        return text.upper()
    found = _RATE.fullmatch(text.removesuffix("%").strip())
    if found is not None:
        millionths = int(found[1]) * 1_000_000 + int((found[2] or "0").ljust(6, "0"))
        for scaled, unit_value in ((millionths, 10_000), (millionths * 100, 10_000)):
            whole_points, rest = divmod(scaled, unit_value)
            if not rest and whole_points in rates:
                return rates[whole_points]
    raise Refusal(
        "unknown_vat",
        "“{text}” is no VAT code or rate of this country; it has {codes}.",
        text=text,
        codes=", ".join(sorted(codes)),
    )


def unit(text: str) -> str:
    """Return `piece` or `kg`."""
    found = _UNITS.get("".join(words(text)))
    if found is None:
        raise Refusal(
            "unknown_unit",
            "The unit “{text}” is not known: write {piece} or {kg}.",
            text=text,
            piece=Unit.PIECE.value,
            kg=Unit.KG.value,
        )
    return found


def flag(text: str) -> int:
    """Return 1 for yes, 0 for no, in French or English."""
    found = _FLAGS.get("".join(words(text)))
    if found is None:
        raise Refusal("not_a_flag", "“{text}” is neither yes nor no.", text=text)
    return found


def whole(text: str, limit: int) -> int:
    """Return a whole number from 0 to `limit`."""
    if text.isascii() and text.isdigit() and len(text) <= 6 and int(text) <= limit:
        return int(text)
    raise Refusal(
        "bad_number",
        "“{text}” is not a whole number from 0 to {limit}.",
        text=text,
        limit=limit,
    )
