"""What an imported catalogue file must say: its columns, its cells, its rows.

A cell that is empty says nothing: an article already known keeps what it has, a new one takes the
default. A row that cannot be right is refused with the field and the reason; nothing is guessed.

>>> from datetime import UTC, date, datetime
>>> from pos.domain.catalogue import VatRate, VatTable
>>> table = VatTable({"FR055": [VatRate(550, date(2014, 1, 1))]}, {"FR055": "C"})
>>> rules = ImportRules(vat=table, now=datetime(2026, 11, 22, tzinfo=UTC), zone=UTC)
>>> reader = RowReader(rules, ["Code-barres", "Libellé", "Prix TTC", "TVA"])
>>> row = reader.read(2, ["3400949497706", "Miel de châtaignier", "1 466,29", "5,5 %"])
>>> row.code, row.price, row.vat
('03400949497706', 146629, 'FR055')
>>> reader.read(3, ["3400949497700", "Miel", "", ""])
Traceback (most recent call last):
pos.domain.catalogue_import.CellRefused: code: The code 3400949497700 has a wrong check digit. \
Scan it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from pos.domain import catalogue_cells as cells_of
from pos.domain.barcode import MeasurePlan
from pos.domain.barcode.numbers import shown
from pos.domain.catalogue import Unit, VatTable
from pos.domain.catalogue_words import words
from pos.domain.errors import Refusal
from pos.domain.words import Sentence

HEADERS: Mapping[str, Sequence[str]] = {
    "sku": ("sku", "référence", "ref", "reference", "code article", "article", "item"),
    "code": ("code", "barcode", "code-barres", "code barre", "ean", "ean13", "gtin", "cip13"),
    "plu": ("plu", "code balance", "scale code"),
    "name": ("name", "libellé", "désignation", "nom", "description", "produit", "product"),
    "price": ("price", "prix TTC", "prix public TTC", "price public TTC", "prix de vente TTC",
              "prix de vente", "prix public", "prix", "pvc", "pv TTC", "price incl vat"),
    "since": ("since", "valid from", "valable dès", "valable à partir du", "date d'effet",
              "à partir du", "date prix"),
    "vat": ("vat", "tva", "taux tva", "code tva", "vat rate", "vat code", "tax"),
    "unit": ("unit", "unité", "unité de vente", "uvc"),
    "department": ("department", "rayon", "famille", "catégorie", "category"),
    "age": ("age", "âge", "âge minimum", "minimum age", "interdit aux moins de"),
    "meal_voucher": ("meal voucher", "titre-restaurant", "titres-restaurant", "ticket restaurant"),
    "guarantee_months": ("guarantee months", "garantie mois", "garantie", "garantie légale mois"),
    "eco": ("eco", "éco-participation", "eco participation", "ecopart", "deee"),
}  # fmt: skip
"""How each field's column may be called; case, accents and punctuation do not count."""


class Row(NamedTuple):
    """One accepted row; None and "" are cells that say nothing.

    `code` is a 14-digit GTIN or an in-store key, `price` and `eco` are minor units, `since` is in
    seconds since 1970 (0 without a date). `again` is set when an earlier row of the same file
    named the article: such a row only adds a code or a price.
    """

    line: int
    sku: str = ""
    code: str = ""
    name: str | None = None
    vat: str | None = None
    unit: str | None = None
    department: str | None = None
    age: int | None = None
    meal_voucher: int | None = None
    guarantee_months: int | None = None
    eco: int | None = None
    price: int | None = None
    since: int = 0
    again: bool = False

    @property
    def article(self) -> str:
        """What the file calls the article: its SKU, or else its code."""
        return self.sku or self.code


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was left out: its line in the file, the field, its value (cut) and the reason."""

    line: int
    field: str
    value: str
    reason: Sentence

    @classmethod
    def of(cls, line: int, column: str, value: str, reason: Sentence) -> RefusedRow:
        """Return a refused row whose value is cut to what a report shows, on one line."""
        plain = " ".join(value.encode("utf-8", "replace").decode().split())
        return cls(line, column, shown(plain), reason)


class CellRefused(Exception):
    """A cell that cannot be right; `row(line)` makes the report's line of it."""

    def __init__(self, column: str, value: str, reason: Sentence) -> None:
        self.column = column
        self.value = value
        self.reason = reason
        super().__init__(f"{column}: {reason}")

    def row(self, line: int) -> RefusedRow:
        """Return this refusal as a line of the report."""
        return RefusedRow.of(line, self.column, self.value, self.reason)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a new article gets where the file says nothing; without a VAT code it is refused."""

    vat: str = ""
    unit: Unit = Unit.PIECE
    department: str = ""


@dataclass(frozen=True, slots=True)
class ImportRules:
    """How a shop reads catalogue files.

    `headers` adds column names to `HEADERS`, field by field. `now` is the instant of the import
    (aware): VAT rates are those of its day, and an undated price replaces all prices up to it.
    Dates without a time begin at midnight of `zone`.
    """

    vat: VatTable
    now: datetime
    zone: tzinfo
    defaults: Defaults = field(default_factory=Defaults)
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    plans: Sequence[MeasurePlan] = ()


class Counts(NamedTuple):
    """What a change did, in articles (an article of several rows counts once)."""

    added: int
    changed: int
    unchanged: int


def columns(headings: Sequence[str], more: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the place of each field that the headings name, fields without a column left out.

    Names are tried in order, the shop's own first, so that `prix TTC` wins over `prix`.

    >>> columns(["EAN", "Prix", "Désignation", "PRIX_TTC"], {})
    {'code': 0, 'name': 2, 'price': 3}
    """
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        places.setdefault(_bare(heading), place)
    found: dict[str, int] = {}
    for name, accepted in HEADERS.items():
        for candidate in (*more.get(name, ()), *accepted):
            place = places.get(_bare(candidate), -1)
            if place >= 0:
                found[name] = place
                break
    return found


def _bare(heading: str) -> str:
    return "".join(words(heading))


class RowReader:
    """Reads the rows of one file whose header is known."""

    def __init__(self, rules: ImportRules, headings: Sequence[str]) -> None:
        """Find the columns; raises Refusal (`no_column`) when no column can name an article."""
        self.places = columns(headings, rules.headers)
        if not self.places.keys() & {"code", "sku", "plu"}:
            raise Refusal(
                "no_column",
                "No column holds the articles' code. The file's columns are: {columns}. "
                "Name yours in the settings, under [catalogue] headers.",
                columns=", ".join(h.strip()[:40] for h in headings[:20]) or "–",
            )
        self._width = len(headings)
        self._both = len(self.places.keys() & {"code", "plu"}) == 2
        parsers = cells_of.parsers(rules.vat, rules.now, rules.zone, rules.plans)
        self._blank: list[Any] = list(Row(0))
        self._cells = [
            (name, Row._fields.index("code" if name == "plu" else name), place, parsers[name])
            for name, place in self.places.items()
        ]

    def read(self, line: int, cells: Sequence[str]) -> Row:
        """Return the row that these cells say; raises CellRefused for the first wrong one."""
        if len(cells) != self._width:
            cells = self._fitted(cells)
        values = self._blank.copy()
        values[0] = line
        name = text = ""
        try:
            for name, index, place, parse in self._cells:  # noqa: B007  the refusal names it
                text = cells[place].strip()
                if text:
                    values[index] = parse(text)
        except Refusal as refusal:
            raise CellRefused(name, text, refusal.sentence) from refusal
        if not (values[1] or values[2]):
            raise CellRefused(
                "code", "", Sentence("The row has neither a code nor a reference: add one.")
            )
        if self._both:
            self._refuse_two_codes(cells)
        return tuple.__new__(Row, values)

    def _fitted(self, cells: Sequence[str]) -> Sequence[str]:
        if any(cell.strip() for cell in cells[self._width :]):
            raise CellRefused(
                "row",
                cells[self._width],
                Sentence(
                    "The row has {count} cells and the header {expected}: "
                    "put quotes around a text that holds the separator.",
                    count=len(cells),
                    expected=self._width,
                ),
            )
        return [*cells, *[""] * (self._width - len(cells))]

    def _refuse_two_codes(self, cells: Sequence[str]) -> None:
        plu = cells[self.places["plu"]].strip()
        if plu and cells[self.places["code"]].strip():
            raise CellRefused(
                "plu",
                plu,
                Sentence("The row has a bar code and a scale's code: keep one of the two."),
            )


class SeenRows:
    """Which articles a file has named so far, so that no two rows fight over one code."""

    def __init__(self, *, dated: bool) -> None:
        """Start with no row; `dated` says that rows of one article may give prices by date."""
        self._dated = dated
        self._lines: dict[str, int] = {}
        self._owners: dict[str, str] = {}
        self._names: dict[str, str | None] = {}
        self._dates: set[tuple[str, int]] = set()

    def admit(self, row: Row) -> Row:
        """Return the row, marked `again` when it adds a code or a price to an earlier one.

        Raises CellRefused for a row that says an earlier one's article or code a second time.
        """
        article = row.sku or row.code
        adds = self._claim(row) if row.sku or row.code in self._owners else False
        if self._owners.get(article, article) != article:
            raise self._twice(row, self._owners[article])
        if article in self._lines:
            if not (adds or self._adds_price(row)):
                raise self._twice(row, article)
            row = row._replace(again=True)
        else:
            self._lines[article] = row.line
        if self._dated:
            self._dates.add((article, row.since))
            self._names.setdefault(article, row.name)
        return row

    def _claim(self, row: Row) -> bool:
        """Give the row's code to its article; tell whether the code is a new one."""
        if not row.code:
            return False
        owner = self._owners.get(row.code)
        if owner is None and row.code not in self._lines:
            self._owners[row.code] = row.sku
            return True
        if owner != row.sku:
            raise self._twice(row, owner or row.code)
        return False

    def _adds_price(self, row: Row) -> bool:
        if not self._dated or row.price is None or (row.article, row.since) in self._dates:
            return False
        return row.name is None or self._names[row.article] in (None, row.name)

    def _twice(self, row: Row, article: str) -> CellRefused:
        return CellRefused(
            "code" if row.code else "sku",
            row.code or row.sku,
            Sentence(
                "The line {line} already names this article or its code: keep one of the two.",
                line=self._lines[article],
            ),
        )
