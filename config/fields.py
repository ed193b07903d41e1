"""What a setting may be: the kinds of values that several sections of the file share."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from pos.domain.words import Sentence

Cents = Annotated[int, Field(ge=0, le=99_999_999)]
Percent = Annotated[int, Field(ge=0, le=100)]
Line = Annotated[str, Field(max_length=80)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Tender = Literal["cash", "card", "meal_voucher", "cheque"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
ArticleField = Literal[
    "sku",
    "name",
    "code",
    "plu",
    "vat",
    "price",
    "since",
    "unit",
    "department",
    "age",
    "meal_voucher",
    "guarantee_months",
    "eco",
]


class Section(BaseModel):
    """One section: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def wrong(why: Sentence) -> PydanticCustomError:
    """Return the refusal of a value that says what was expected instead."""
    return PydanticCustomError("wrong", "{why}", {"why": why})


def fits(pattern: str, expected: Sentence) -> AfterValidator:
    """Return the check that a text matches a pattern whole."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise wrong(expected)
        return text

    return AfterValidator(check)
