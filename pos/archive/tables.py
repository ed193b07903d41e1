"""The CSV files that are derived from the journal, for people and spreadsheets to read.

Each says which kinds of entries it lists, what makes a line, and where each column comes from:
`a.b` is looked up in the entry's body, `.a` in the item of the line, `@name` and `@at` in the entry
itself; `a/b` is the first of the two that is there. After `:` stands the form of a cell: `2` or `3`
decimals, `free` text that someone typed, `,1` the second field of a signed text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from pos.archive.rows import BOM, Row, encode

_RUNNING = (
    "cumul_exercice=running.period:2 cumul_perpetuel=running.perpetual:2"
    " cumul_perpetuel_absolu=running.perpetual_abs:2"
)


def _stamp(*paths: str) -> str:
    """Return the columns of a signed record that lies at one of some paths."""
    named = {
        "numero": "number",
        "texte_signe": "payload",
        "signature": "signature",
        "cle": "key_id",
    }
    return " ".join(
        f"{header}={'/'.join(f'{path}.{key}' for path in paths)}" for header, key in named.items()
    )


CELLS_MAX = 10_000
"""The most amounts that are remembered as text: prices come back all day."""

Find = Callable[[Row, Any, Any], Any]
"""What finds a cell's value: in the row, in the entry's facts, or in the item of the line."""


class Table:
    """A derived CSV file: `kinds` of entries, the `items` of an entry that make a line each.

    `items` is "" for the entry itself, a list's name, or `records:chain` for the signed records of
    one fiscal chain.
    """

    def __init__(self, kinds: str, items: str, columns: str) -> None:
        self.kinds = kinds.split()
        self.items, _, self.chain = items.partition(":")
        self.columns: list[tuple[str, Find, Callable[[Any], str]]] = []
        headers = []
        for column in columns.split():
            header, _, rest = column.partition("=")
            paths, _, form = rest.partition(":")
            headers.append(header)
            self.columns.append((self._plain(paths), _finder(*paths.split("/")), _form(form)))
        self.headers = tuple(headers)
        self.header = BOM + ";".join(headers).encode() + b"\r\n"

    def _plain(self, path: str) -> str:
        """Return the key of a path that only looks into the item, which is most; "" for another."""
        key = path[1:] if path[0] == "." else path if not self.items else "@"
        return key if key.isidentifier() else ""

    def lines(self, row: Row, facts: dict[str, Any]) -> Iterator[bytes]:
        """Yield the lines that an entry puts into this file."""
        items = facts.get(self.items, ()) if self.items else facts
        for item in [items] if isinstance(items, dict) else items:
            if not self.chain or item["stamp"]["chain"] == self.chain:
                get = item.get
                cells = [
                    form(get(key) if key else find(row, facts, item))
                    for key, find, form in self.columns
                ]
                yield encode(";".join(cells) + "\r\n")


def _finder(path: str, *others: str) -> Find:
    """Return what finds the value at the first path that has one, None where none has."""
    if others:
        first, rest = _finder(path), _finder(*others)
        return lambda row, facts, item: (
            rest(row, facts, item) if (found := first(row, facts, item)) is None else found
        )
    if path[0] == "@":
        return lambda row, _facts, _item: getattr(row, path[1:])
    *outer, key = path.strip(".").split(".")
    if path[0] == ".":
        return lambda _row, _facts, item: _inside(item, outer).get(key)
    return lambda _row, facts, _item: _inside(facts, outer).get(key)


def _inside(facts: Any, keys: list[str]) -> Any:
    """Return the facts in facts, none where they are not there."""
    for key in keys:
        facts = facts.get(key) or {}
    return facts


def _form(form: str) -> Callable[[Any], str]:
    """Return what writes a value as a cell of a CSV file.

    >>> _form("2")(-1205), _form("3")(345), _form(",1")("1,40,ab"), _form("free")("=1+1")
    ('-12,05', '0,345', '40', "'=1+1")
    >>> _form("2")(None), _form("")(True), _form("free")('Thé "vert" ; 2 g')
    ('', 'oui', '"Thé ""vert"" ; 2 g"')
    """
    if form in ("2", "3"):
        return _hundredths if form == "2" else _thousandths
    if form[:1] == ",":
        place = int(form[1:])
        return lambda value: _text(value.split(",")[place] if value else "")
    return _free if form == "free" else _text


@lru_cache(CELLS_MAX)
def _hundredths(value: Any) -> str:
    if value is None:
        return ""
    return f"{value // 100},{value % 100:02d}" if value >= 0 else f"-{_hundredths(-value)}"


def _thousandths(value: Any) -> str:
    if value is None:
        return ""
    return f"{value // 1000},{value % 1000:03d}" if value >= 0 else f"-{_thousandths(-value)}"


def _free(value: Any) -> str:
    """Return what someone typed so that no spreadsheet runs it."""
    return _text(f"'{value}" if value and value[0] in _FORMULA else value)


def _text(value: Any) -> str:
    if type(value) is not str:
        return _WORDS[value] if value is None or type(value) is bool else str(value)
    if _ODD.search(value) is None:
        return value
    text = _BREAK.sub(" ", value).replace('"', '""')
    return f'"{text}"' if _QUOTED.search(text) else text


_WORDS: dict[bool | None, str] = {None: "", True: "oui", False: "non"}

_FORMULA = "=+-@\t\r"
"""How a text begins that a spreadsheet would run."""

_ODD = re.compile(r'[;"\r\n]')
_QUOTED = re.compile(r'[;"]')
_BREAK = re.compile(r"[\r\n]")

TABLES = {
    "tickets.csv": Table(
        "sale.finished",
        "",
        "ticket=label date=at jour=business_day fuseau=zone caisse=till vendeur=operator"
        " operation=operation ecole=training total_ttc=total:2 arrondi=rounding:2 rendu=change:2"
        " devise=currency remise=ticket_discount.amount:2 motif_remise=ticket_discount.reason:free"
        " service=shift logiciel=software version_fiscale=fiscal.fiscal_version"
        f" chaine=fiscal.chain {_stamp('fiscal')} ecriture=@name",
    ),
    "tickets_lignes.csv": Table(
        "sale.finished",
        "lines",
        "ticket=label ligne=.n article=.sku code=.code libelle=.name:free quantite=.quantity:3"
        " unite=.unit prix_ttc=.unit_price:2 brut_ttc=.gross:2 remise=.discount.amount:2"
        " motif_remise=.discount.reason:free part_remise_ticket=.ticket_discount:2"
        " total_ttc=.total:2 taux_tva=.vat_rate:2 total_ht=.net:2 tva=.tax:2"
        " prix_catalogue=.price_before:2 rayon=.department:free ecotaxe=.eco:2"
        " ticket_rendu=.returned.ticket ligne_rendue=.returned.line"
        " motif_retour=.returned.reason:free",
    ),
    "tickets_tva.csv": Table(
        "sale.finished", "vat", "ticket=label taux_tva=.rate:2 ttc=.gross:2 ht=.net:2 tva=.tax:2"
    ),
    "paiements.csv": Table(
        "sale.finished",
        "tenders",
        "ticket=label rang=.n moyen=.method montant=.amount:2 remis=.given:2"
        " reference=.reference:free ticket_origine=.origin",
    ),
    "grands_totaux.csv": Table(
        "sale.finished period.closed",
        "running",
        f"document=label niveau=level periode=key total_ttc=figures.total/total:2 {_RUNNING}"
        f" {_stamp('grand_total', 'fiscal')}",
    ),
    "clotures.csv": Table(
        "period.closed",
        "",
        "cloture=label niveau=level periode=key rang=number date=at depuis=since caisse=till"
        " par=operator rattrapee=caught_up tickets=figures.tickets retours=figures.refunds"
        " annulations=figures.voids premier_ticket=figures.first_ticket"
        " dernier_ticket=figures.last_ticket vendu_ttc=figures.sold:2"
        " rendu_ttc=figures.returned:2 total_ttc=figures.total:2 arrondi=figures.rounding:2"
        f" {_RUNNING} {_stamp('fiscal')}",
    ),
    "jet.csv": Table(
        "fiscal.signed",
        "records:jet",
        "ecriture=@name objet=.subject avant=.back date=@at code_jet=.stamp.payload:,1"
        f" operateur=.stamp.payload:,4 {_stamp('.stamp')}",
    ),
    "duplicatas.csv": Table(
        "fiscal.signed",
        "records:duplicate",
        "document=.subject copie=.stamp.payload:,3 papier=.stamp.payload:,2"
        f" operateur=.stamp.payload:,4 date=@at {_stamp('.stamp')} ecriture=@name",
    ),
    "archives.csv": Table(
        "archive.made",
        "",
        "ecriture=@name date=@at sha256=sha256 premier_jour=first_day dernier_jour=last_day"
        " premiere_ecriture=first_entry derniere_ecriture=last_entry ecritures=entries"
        f" total_ttc=total:2 {_stamp('fiscal')}",
    ),
    "caisse.csv": Table(
        "shift.opened float.counted cash.moved shift.counted shift.closed drawer.opened",
        "",
        "ecriture=@name date=@at nature=@kind service=shift document=label tiroir=drawer"
        " mouvement=move/cause montant=float_amount/counted/amount:2 attendu=expected:2"
        " ecart=difference:2 laisse=left:2 en_banque=banked:2 motif=reason:free personne=staff"
        " accord=agreed_by essai=attempt",
    ),
}
"""Every derived file of an archive by its name."""
