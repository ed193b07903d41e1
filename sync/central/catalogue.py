"""The catalogue of the company: articles for all stores, with their first prices in a zone.

The row of an article is what every till holds of it: name, vat, unit, department, age,
meal_voucher, guarantee_months, eco, codes; what is as for most articles is left out, which halves
a till's work of reading it. Files are read as a till reads them
(`pos.domain.catalogue_import`): an empty cell says nothing, a row that cannot be right is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.catalogue_import import (
    CellRefused,
    ImportRules,
    RefusedRow,
    Row,
    RowReader,
    SeenRows,
)
from pos.domain.feed import ArticleFields, PriceFields
from pos.domain.words import Sentence
from sync.central import feed, prices, vat
from sync.central.dated import with_one
from sync.central.engine import Centre, Sessions
from sync.central.values import CATALOGUE, COMPANY, prices_scope

BATCH = 5_000
_USUAL: dict[str, Any] = {
    "unit": "piece",
    "department": "",
    "age": 0,
    "meal_voucher": 0,
    "guarantee_months": 0,
    "eco": 0,
    "codes": [],
}
_SAID = ("name", "vat", "unit", "department", "age", "meal_voucher", "guarantee_months", "eco")

_OWNERS = text(
    "SELECT code, sku FROM article_code WHERE store_id = :store_id AND code = ANY(:codes)"
)
_OWN = text(
    "INSERT INTO article_code (store_id, code, sku)"
    " SELECT :store_id, code, sku FROM unnest(CAST(:codes AS text[]), CAST(:skus AS text[]))"
    " AS told (code, sku) ON CONFLICT DO NOTHING"
)


@dataclass(slots=True)
class Report:
    """What a file did, in articles; `refused` are the rows that were left out, `REFUSED_MOST` kept.

    An article counts as changed when its own row changed or its prices in the zone did.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refusals: int = 0
    refused: list[RefusedRow] = field(default_factory=list)

    def refuse(self, row: RefusedRow) -> None:
        """Count a refused row, and keep the first ones."""
        self.refusals += 1
        if len(self.refused) < REFUSED_MOST:
            self.refused.append(row)


REFUSED_MOST = 1_000


Sheet = Callable[[], Iterable[Sequence[str]]]
"""Reads a file's cells from its beginning, the headings first, each time it is asked."""


async def import_rows(
    centre: Centre, sheet: Sheet, rules: ImportRules, zone: str, *, new_zone: bool = False
) -> Report:
    """Bring a file into the catalogue and a zone's prices: all of it at one moment, or nothing.

    A zone that no store has yet is begun by `new_zone` alone. Raises Refusal when no column names
    articles, CentreRefusal (`no_zone`) as `prices.check_zone` does.
    """
    if not new_zone:
        await prices.check_zone(centre, zone)

    async def deed(sessions: Sessions) -> Report:
        rest = iter(sheet())
        reader = RowReader(rules, next(rest, []))
        report = Report()
        changes = [_Change(session, rules, zone) for session in sessions]
        for batch in _batches(_rows(reader, rest, report)):
            for place, change in enumerate(changes):
                await change.put(batch, report if place == 0 else Report())
        return report

    return await centre.done_everywhere(deed)


async def owners(session: AsyncSession, codes: Sequence[str]) -> dict[str, str]:
    """Return which article has each of these codes, by code."""
    found = await session.execute(_OWNERS, {"store_id": COMPANY, "codes": list(codes)})
    return {str(row.code): str(row.sku) for row in found}


def _rows(reader: RowReader, lines: Iterable[Sequence[str]], report: Report) -> Iterator[Row]:
    seen = SeenRows(dated="since" in reader.places)
    for number, cells in enumerate(lines, start=2):
        try:
            yield seen.admit(reader.read(number, cells))
        except CellRefused as refused:
            report.refuse(refused.row(number))


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield batch


@dataclass(slots=True)
class _Change:
    """An import under way on one server."""

    session: AsyncSession
    rules: ImportRules
    zone: str

    async def put(self, rows: list[Row], report: Report) -> None:
        """Write a batch of rows, in their order."""
        owners = await self._owners(rows)
        names = sorted(
            {owners.get(row.code, row.article) for row in rows} | {row.article for row in rows}
        )
        old = await feed.current(self.session, COMPANY, CATALOGUE, "article", names)
        priced = await prices.held_in(self.session, self.zone, names)
        coded = await vat.codes_of(self.session, names)
        whole = {sku: {**_USUAL, **fields} for sku, fields in old.items()}
        prices_too = {sku: list(dated) for sku, dated in priced.items()}
        batch = _Batch(self.rules, owners, whole, prices_too, dict(coded))
        for row in rows:
            try:
                batch.take(row)
            except CellRefused as refused:
                report.refuse(refused.row(row.line))
        await self._write(batch, (old, priced, coded), report)

    async def _owners(self, rows: list[Row]) -> dict[str, str]:
        return await owners(self.session, sorted({row.code for row in rows if row.code}))

    async def _write(
        self, batch: _Batch, before: tuple[dict[str, Any], ...], report: Report
    ) -> None:
        old, priced, coded = before
        told = {sku: _unusual(fields) for sku, fields in batch.articles.items()}
        articles = {sku: new for sku, new in told.items() if new != old.get(sku)}
        repriced = {sku: new for sku, new in batch.priced.items() if new != priced.get(sku)}
        recoded = {sku: new for sku, new in batch.coded.items() if new != coded.get(sku, [])}
        touched = articles.keys() | repriced.keys() | recoded.keys()
        report.added += len(touched - old.keys())
        report.changed += len(touched & old.keys() & batch.named)
        report.unchanged += len(batch.named - touched)
        now = self.rules.now
        rows = {("article", sku): fields for sku, fields in articles.items()}
        rows_too = {**rows, **vat.changes(recoded)}
        await feed.publish(self.session, COMPANY, CATALOGUE, rows_too, now)
        if recoded:
            await vat.check_room(self.session)
        scope = prices_scope(self.zone)
        await feed.publish(self.session, COMPANY, scope, prices.things(repriced), now)
        codes = {"codes": list(batch.codes), "skus": list(batch.codes.values())}
        await self.session.execute(_OWN, {"store_id": COMPANY, **codes})


_TOO_MANY = {
    "codes": ("code", Sentence("The article has as many codes as a till takes.")),
    "prices": ("price", Sentence("The article has as many prices as a till takes.")),
}


def _fit(row: Row, article: dict[str, Any], priced: list[prices.Dated] | None) -> None:
    """Raise CellRefused for what a till would refuse of the row that this one becomes."""
    try:
        ArticleFields.model_validate(article)
        if priced is not None:
            PriceFields(prices=tuple(priced))
    except ValidationError as error:
        where = str(error.errors(include_url=False)[0]["loc"][0])
        field, sentence = _TOO_MANY.get(where, (where, Sentence("No till takes this value.")))
        raise CellRefused(field, str(getattr(row, field, "")), sentence) from error


def _unusual(fields: dict[str, Any]) -> dict[str, Any]:
    """Return an article's row as it is written: without what is as for most."""
    return {name: value for name, value in fields.items() if _USUAL.get(name) != value}


@dataclass(slots=True)
class _Batch:
    """The articles and prices of a batch, as they are and then as its rows say."""

    rules: ImportRules
    owners: dict[str, str]
    articles: dict[str, dict[str, Any]]
    priced: dict[str, list[prices.Dated]]
    coded: dict[str, list[vat.DatedCode]]
    named: set[str] = field(default_factory=set)
    codes: dict[str, str] = field(default_factory=dict)

    def take(self, row: Row) -> None:
        """Bring in what a row says. Raises CellRefused."""
        sku = self._resolve(row)
        known, coded = self.articles.get(sku), None
        if known is None:
            known = self._new(row)
        else:
            coded = self._coded(row, sku, known["vat"])
            known = {**known, **({} if row.again else self._said(row))}
        adds = bool(row.code) and row.code not in known["codes"]
        if adds:
            known = {**known, "codes": [*known["codes"], row.code]}
        priced = None if row.price is None else self._dated(row, self.priced.get(sku, []))
        _fit(row, known, priced)
        if adds:
            self.codes[row.code] = self.owners[row.code] = sku
        self.articles[sku] = known
        if not row.again:
            self.named.add(sku)
        if priced is not None:
            self.priced[sku] = priced
        if coded is not None:
            self.coded[sku] = coded

    def _said(self, row: Row) -> dict[str, Any]:
        """Return what a row says of an article from now on; a code to come is not said yet."""
        said = {name: value for name in _SAID if (value := getattr(row, name)) is not None}
        if row.since > self._now:
            said.pop("vat", None)
        return said

    def _coded(self, row: Row, sku: str, own: str) -> list[vat.DatedCode] | None:
        """Return the codes that the article changes to, None where the row says nothing of it."""
        if row.vat is None:
            return None
        held, now = self.coded.get(sku, []), self._now
        if row.since <= now:
            return None if row.again else [one for one in held if one[0] > now]
        before = [one for one in held if one[0] <= row.since]
        if (max(before)[1] if before else own) == row.vat:
            return None
        return with_one(held, row.vat, since=row.since, now=now)

    @property
    def _now(self) -> int:
        return int(self.rules.now.timestamp())

    def _resolve(self, row: Row) -> str:
        owner = self.owners.get(row.code) if row.code else None
        if row.sku and owner not in (None, row.sku):
            assert owner is not None
            text = Sentence(
                "The code {code} already belongs to the article {sku}, {name}.",
                code=row.code,
                sku=owner,
                name=self.articles.get(owner, {}).get("name", ""),
            )
            raise CellRefused("code", row.code, text)
        return row.sku or owner or row.code

    def _new(self, row: Row) -> dict[str, Any]:
        if row.again:
            text = Sentence("The article's first row was refused: correct it first.")
            raise CellRefused("row", row.article, text)
        default = self.rules.defaults
        vat = row.vat or default.vat
        if not row.name:
            text = Sentence("The article {article} is new and has no name.", article=row.article)
            raise CellRefused("name", "", text)
        if not vat:
            text = Sentence(
                "The article {article} is new and has no VAT: add a VAT column, or set a default.",
                article=row.article,
            )
            raise CellRefused("vat", "", text)
        return {
            **_USUAL,
            "name": row.name,
            "vat": vat,
            "unit": row.unit or default.unit.value,
            "department": default.department if row.department is None else row.department,
            "age": row.age or 0,
            "meal_voucher": row.meal_voucher or 0,
            "guarantee_months": row.guarantee_months or 0,
            "eco": row.eco or 0,
        }

    def _dated(self, row: Row, held: list[prices.Dated]) -> list[prices.Dated]:
        """An undated price replaces all up to now; a dated file replaces them all, row by row."""
        assert row.price is not None
        horizon = self._now
        if row.again:
            kept = [one for one in held if one[0] != row.since]
        elif row.since:
            kept = []
        else:
            kept = [one for one in held if one[0] > horizon]
        return sorted([*kept, (row.since, row.price)])
