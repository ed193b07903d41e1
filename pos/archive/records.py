"""The fiscal records that an entry of the journal must bear or bring, made again from its facts.

These are the French ones (fiscal version 1.0 and 2.0), written from docs/fiscal.md and not from the
plug-in that signs: CGI art. 286 I 3° bis, BOI-TVA-DECLA-30-10-30 § 170. A record of a plug-in that
signs nothing has only its number to check.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from pos.archive.rows import Row, encode, sha256_of

NUMBER, LOCAL, RATES = "<number>", "<local>", "<rates>"
"""Fields of a signed text that are not facts of its entry: the record's number, the instant in the
shop's time zone, and the sums by rate of an archive.
"""

TYPES = {"sale": "VENTE", "refund": "RETOUR", "exchange": "ECHANGE", "void": "ANNULATION"}
PAPERS = {"ticket": "TICKET", "closing": "CLOTURE"}
COVERED = (
    *("lines", "tenders", "ticket_discount", "voided", "returned_tenders", "change", "rounding"),
    *("label", "operation", "running", "shift"),
)
"""What of a sale its ticket's signature covers beside the fields of the signed text."""

TECHNICAL = {
    "till.installed": "260",
    "till.started": "80",
    "till.stopped": "40",
    "staff.signed_in": "80",
    "staff.signed_out": "40",
    "basket.abandoned": "320",
    "shift.counted": "170",
    "shift.closed": "170",
    "epoch.opened": "90",
    "integrity.doubted": "90",
    "settings.changed": "240",
    **{name: name for name in ("permission.used", "drawer.opened", "print.asked")},
    **{name: name for name in ("training.switched", "clock.jumped", "basket.cut")},
    **{name: name for name in ("notice.acknowledged", "catalogue.imported", "staff.added")},
    **{name: name for name in ("staff.pin_changed", "staff.removed", "archive.verified")},
    **{name: name for name in ("journal.purged", "export.made")},
}
"""The code of each technical event (JET): a known number, or else the kind of the entry."""

QUARTER, MINUTE = timedelta(minutes=15), timedelta(minutes=1)


class Due(NamedTuple):
    """A record that an entry wants: its chain, what it is about, the fields of its signed text.

    `at` is the UTC instant that its local time must be, within `slack`.
    """

    chain: str
    subject: str
    at: str
    fields: tuple[object, ...]
    slack: timedelta = timedelta()


def escaped(text: str) -> str:
    """Return a text as a field of a signed text.

    >>> escaped("1,5 %")
    '1%2C5 %25'
    """
    return text.replace("%", "%25").replace(",", "%2C")


def vat_breakdown(rows: Iterable[Any]) -> str:
    """Return totals with VAT by rate in basis points, the highest rate first.

    >>> vat_breakdown([{"rate": 550, "gross": 211}, {"rate": 2000, "gross": 1200}])
    '2000:1200|0550:211'
    """
    rates = sorted(((row["rate"], row["gross"]) for row in rows), reverse=True)
    return "|".join(f"{rate:04d}:{gross}" for rate, gross in rates)


def running_of(facts: Any) -> list[int]:
    """Return the running totals of a document: of the year, perpetual, perpetual absolute."""
    return [facts["running"][name] for name in ("period", "perpetual", "perpetual_abs")]


def of_sale(row: Row, facts: Any) -> Due:
    """Return the record of a ticket: `vat,total,at,till,number,type,lines_sha256`."""
    covered = {name: facts[name] for name in COVERED if name in facts}
    fields = (
        *(vat_breakdown(facts["vat"]), facts["total"], LOCAL, escaped(row.register), NUMBER),
        *(TYPES[facts.get("operation", "sale")], sha256_of(covered)),
    )
    chain = "training" if facts["training"] else "ticket"
    return Due(chain, facts["label"], facts["at"], fields)


def of_total(level: str, key: str, of: Any, facts: Any) -> Due:
    """Return the record of running totals; `of` holds `vat` and `total`, `facts` the rest.

    The text is `vat,total,period,perpetual,perpetual_abs,at,level:key,number`.
    """
    fields = (
        *(vat_breakdown(of["vat"]), of["total"], *running_of(facts), LOCAL),
        *(f"{level}:{escaped(key)}", NUMBER),
    )
    return Due(f"gt_{level}", facts["label"], facts["at"], fields)


def of_archive(row: Row, facts: Any) -> Due:
    """Return the record of an archive: `vat,total,at,till,days,file_sha256`."""
    days = escaped(f"{facts['first_day']}/{facts['last_day']}")
    fields = (RATES, facts["total"], LOCAL, escaped(row.register), days, facts["sha256"])
    return Due("archive", row.kind, row.at, fields, MINUTE)


def witnessed(row: Row, facts: Any) -> Iterator[Due]:
    """Yield the records that `fiscal.signed` must hold about an entry, in their order.

    `number,code,info_sha256,at,operator,till` for technical events; for a copy first
    `till,number,paper,copy,operator,at,original_till,original_number`. Their instant is that of
    the entry that holds them.
    """
    by, till = escaped(str(facts.get("staff", ""))), escaped(row.register)
    subject = str(facts.get("label", row.kind))
    if row.kind == "print.asked" and facts["copy_number"] and facts["paper"] in PAPERS:
        subject = facts["document"]
        of, _, number = subject.rpartition("-")
        fields = (till, NUMBER, PAPERS[facts["paper"]], facts["copy_number"], by, LOCAL)
        yield Due("duplicate", subject, "", (*fields, escaped(of), escaped(number)))
    for code, info in technical(row, facts):
        yield Due("jet", subject, "", (NUMBER, code, info, LOCAL, by, till))


def technical(row: Row, facts: Any) -> Iterator[tuple[str, str]]:
    """Yield the code and the digest of each technical event that an entry is."""
    if row.kind == "sale.finished":
        yield from () if facts["training"] else _of_lines(facts)
        return
    code = TECHNICAL.get(row.kind, "")
    if row.kind == "period.closed":
        code = "60" if facts["level"] == "year" else "50"
    elif row.kind == "archive.made":
        code = "30" if _is_year(facts["first_day"], facts["last_day"]) else "20"
    elif (
        (row.kind == "permission.used" and not _is_remarkable(facts))
        or (row.kind == "drawer.opened" and facts["cause"] not in ("no_sale", "forced"))
        or (row.kind == "print.asked" and not (facts["copy_number"] and facts["paper"] in PAPERS))
    ):
        return
    if code:
        yield code, hashlib.sha256(encode(row.body)).hexdigest()


def _of_lines(facts: Any) -> Iterator[tuple[str, str]]:
    lines = facts["lines"]
    yield from (("190", sha256_of(line)) for line in lines if "returned" in line)
    yield from (("line.voided", sha256_of(line)) for line in facts["voided"])
    for line in lines:
        if "price_before" in line and "returned" not in line:
            yield "price.changed", sha256_of(line)


def _is_remarkable(facts: Any) -> bool:
    return "lender" in facts or facts["permission"] == "big_discount"


def _is_year(first_day: str, last_day: str) -> bool:
    """Tell whether days are twelve whole months."""
    first, after = date.fromisoformat(first_day), date.fromisoformat(last_day) + timedelta(days=1)
    return first.day == 1 and after == first.replace(year=first.year + 1)


def is_signed_as(payload: str, due: Due, number: int, previous: str) -> bool:
    """Tell whether a signed text is what its entry's facts make it."""
    got = payload.split(",")
    wanted = [*due.fields, "Y" if number > 1 else "N", previous]
    if len(got) != len(wanted):
        return False
    for text, field in zip(got, wanted):  # noqa: B905  strict= came after Python 3.9
        if field is LOCAL:
            if not is_local(text, due.at, due.slack):
                return False
        elif field is RATES:
            if sum(int(rate.split(":")[1]) for rate in text.split("|") if rate) != wanted[1]:
                return False
        elif text != str(number if field is NUMBER else field):
            return False
    return True


def is_local(text: str, at: str, slack: timedelta = timedelta()) -> bool:
    """Tell whether `YYYYMMDDHHMMSS` is the UTC instant `at` somewhere on Earth.

    Every offset from UTC is a whole number of quarter hours, so that no table of time zones is
    needed, which not every machine has.

    >>> is_local("20261122140509", "2026-11-22T13:05:09.123Z")
    True
    >>> is_local("20261122140609", "2026-11-22T13:05:09.123Z")
    False
    """
    iso = f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:10]}:{text[10:12]}:{text[12:]}"
    ahead = datetime.fromisoformat(iso) - datetime.fromisoformat(at[:19])
    return abs(ahead) <= 57 * QUARTER and (ahead + slack) % QUARTER <= 2 * slack
