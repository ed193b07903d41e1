r"""A closed day as accounting entries: the 18 columns of the French FEC (LPF art. A47 A-1).

The columns' names and order, dates as YYYYMMDD, the decimal comma, the tab between fields and the
account numbers below are RECALLED, not read in a source: have them confirmed by an accountant, and
with them that EcritureNum, the closing's label, is one row of numbers a till in one journal. The
file is one balanced entry a day, ready to be imported; it is not the FEC of a company, which its
accounting program makes. ValidDate stays empty: only that program validates an entry.

Tenders are debited (what went back is credited), sales are credited without VAT and the VAT apart,
each rate to its account; a rounding of cash goes to a gain or a loss. Money put into the drawer or
taken from it without a sale, and counted differences, are not in it.

>>> HEADER.split("\t")[3:5], amount(-5), account("vat", 550, {})
(['EcritureDate', 'CompteNum'], '-0,05', ('44571', 'TVA collectée 5,5 %'))
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pos.domain.events import PeriodClosed
from pos.fiscal.port import ExportFile

HEADER = "\t".join(
    (
        *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib"),
        *("CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit"),
        *("EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise"),
    )
)

DEFAULTS: Mapping[str, tuple[str, str]] = {
    "sales": ("707", "Ventes de marchandises"),
    "vat": ("44571", "TVA collectée"),
    "cash": ("530", "Caisse"),
    "card": ("511", "Cartes à l'encaissement"),
    "cheque": ("5112", "Chèques à encaisser"),
    "meal_voucher": ("511", "Titres-restaurant à l'encaissement"),
    "rounding_gain": ("758", "Arrondis favorables"),
    "rounding_loss": ("658", "Arrondis défavorables"),
    "suspense": ("471", "Compte d'attente"),
}
"""Usual accounts of the plan comptable, recalled: the shop's own are in its settings.

`sales` and `vat` may be set for one rate alone, as `sales_550` (basis points). A tender that is
not named here waits in `suspense`.
"""

JOURNAL = ("VE", "Ventes de caisse")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the entry: an account, and what it is debited, or credited when negative."""

    number: str
    name: str
    debit: int


def daily_summary(closed: PeriodClosed, accounts: Mapping[str, str]) -> ExportFile:
    """Return the accounting entry of a closed day; debits equal credits."""
    day = closed.key.replace("-", "")
    head = (accounts.get("journal", JOURNAL[0]), JOURNAL[1], closed.label, day)
    piece = (closed.label, day, f"Ventes du {closed.key}")
    rows = [_row(line, head, piece) for line in entry(closed, accounts)]
    text = "".join(f"{row}\r\n" for row in (HEADER, *rows))
    return ExportFile(f"ecritures-{closed.till}-{closed.key}.txt", text)


def entry(closed: PeriodClosed, accounts: Mapping[str, str]) -> list[Line]:
    """Return the lines of a day's entry; their debits sum to nothing."""
    return [line for line in _lines(closed, accounts) if line.debit]


def _lines(closed: PeriodClosed, accounts: Mapping[str, str]) -> Iterator[Line]:
    figures = closed.figures
    for tender in figures.tenders:
        yield Line(*account(tender.name, None, accounts), tender.amount)
    for vat in figures.vat:
        yield Line(*account("sales", vat.rate, accounts), -vat.net)
        yield Line(*account("vat", vat.rate, accounts), -vat.tax)
    kind = "rounding_gain" if figures.rounding > 0 else "rounding_loss"
    yield Line(*account(kind, None, accounts), -figures.rounding)


def account(purpose: str, rate: int | None, accounts: Mapping[str, str]) -> tuple[str, str]:
    """Return the number and name of the account of a purpose, for one VAT rate where it has one."""
    known = purpose if purpose in DEFAULTS else "suspense"
    number, name = DEFAULTS[known]
    number = accounts.get(purpose, accounts.get(known, number))
    if rate is None:
        return number, name
    return accounts.get(f"{purpose}_{rate}", number), f"{name} {_percent(rate)}"


def amount(cents: int) -> str:
    """Return an amount as the file writes it."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02d}"


def _percent(rate: int) -> str:
    whole, rest = divmod(rate, 100)
    return f"{whole},{rest:02d}".rstrip("0").rstrip(",") + " %"


def _row(line: Line, head: tuple[str, ...], piece: tuple[str, ...]) -> str:
    debit, credit = max(line.debit, 0), max(-line.debit, 0)
    cells = (
        *(*head, line.number, line.name, "", "", *piece),
        *(amount(debit), amount(credit), "", "", "", "", ""),
    )
    return "\t".join(cells)
