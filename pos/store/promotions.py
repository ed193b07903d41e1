"""The promotions that the centre told (`centre.db`), made into rules when they changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from pos.domain.feed import PromotionFields
from pos.domain.promotion import Promotion, Promotions

_TOLD = "SELECT key, scope, fields FROM thing WHERE kind = 'promotion' AND fields IS NOT NULL"

Row = tuple[str, str]
"""A promotion's key, and its fields as JSON."""


@dataclass(frozen=True, slots=True)
class ToldPromotions:
    """Promotions, and the rows that they are made of."""

    rows: Sequence[Row] = ()
    rules: Promotions = field(default_factory=Promotions)


def promotions_of(raw: Any, scopes: Sequence[str], before: ToldPromotions) -> ToldPromotions:
    """Return the promotions of these scopes; those of `before` when nothing changed."""
    rows = sorted((key, fields) for key, scope, fields in raw.execute(_TOLD) if scope in scopes)
    if rows == before.rows:
        return before
    found = (_promotion(key, fields) for key, fields in rows)
    return ToldPromotions(rows, Promotions(one for one in found if one is not None))


def _promotion(key: str, fields: str) -> Promotion | None:
    try:
        return PromotionFields.model_validate_json(fields).as_promotion(key)
    except ValidationError:
        return None  # a newer centre's rule: nobody here knows what it means
