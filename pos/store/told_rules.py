"""Promotions and VAT that the centre told (`centre.db`), made into rules as they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from pos.domain.catalogue import ToldVat, VatRate
from pos.domain.feed import ArticleVatFields, PromotionFields, VatFields
from pos.domain.promotion import Promotion, Promotions

_TOLD = (
    "SELECT kind, key, scope, fields FROM thing"
    " WHERE kind IN ('promotion', 'vat', 'article_vat') AND fields IS NOT NULL"
)

Row = tuple[str, str, str]
"""A rule's kind, its key, and its fields as JSON."""


@dataclass(frozen=True, slots=True)
class ToldRules:
    """Promotions, what was told of VAT, and the rows that they are made of."""

    rows: Sequence[Row] = ()
    promotions: Promotions = field(default_factory=Promotions)
    vat: ToldVat = field(default_factory=ToldVat)


def rules_of(raw: Any, scopes: Sequence[str], before: ToldRules) -> ToldRules:
    """Return the rules of these scopes; those of `before` when nothing changed."""
    rows = sorted((kind, key, text) for kind, key, scope, text in raw.execute(_TOLD)
                  if scope in scopes)  # fmt: skip
    if rows == before.rows:
        return before
    told = [_promotion(key, text) for kind, key, text in rows if kind == "promotion"]
    rates = {key: _rates(text) for kind, key, text in rows if kind == "vat"}
    codes = {key: _codes(text) for kind, key, text in rows if kind == "article_vat"}
    return ToldRules(
        rows,
        Promotions(one for one in told if one is not None),
        ToldVat({code: dated for code, dated in rates.items() if dated}, codes),
    )


def _promotion(key: str, fields: str) -> Promotion | None:
    try:
        return PromotionFields.model_validate_json(fields).as_promotion(key)
    except ValidationError:
        return None  # a newer centre's rule: nobody here knows what it means


def _rates(fields: str) -> Sequence[VatRate]:
    try:
        told = VatFields.model_validate_json(fields).rates
    except ValidationError:
        return ()  # the till's own table holds
    return tuple(VatRate(basis_points, since) for since, basis_points in told)


def _codes(fields: str) -> Sequence[tuple[int, str]]:
    try:
        return ArticleVatFields.model_validate_json(fields).codes
    except ValidationError:
        return ()  # the article's own code holds
