"""Rows of one kind of the feed, checked a field at a time over all of them.

A page bears thousands of rows of a kind. To check a column of each field takes a fifth of the time
of as many models, and says the same of every row (`pos.domain.feed`).

>>> from pos.domain.feed import ArticleFields
>>> told = {"A1": {"name": "Pain", "vat": "FR055"}, "A2": {"vat": "FR055"}, "A3": None}
>>> read = Columns(ArticleFields).read(told)
>>> read.keys, read.refused, read.gone
(['A1'], ['A2'], ['A3'])
>>> read.columns[:4]
(['Pain'], ['FR055'], [()], ['piece'])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pos.domain.feed import FeedFields, States


@dataclass(frozen=True, slots=True)
class Read:
    """What was understood: the keys, and as long as they a column of values for each field of the
    model, in its order; the keys of what is gone, and of what could not be understood.
    """

    keys: list[str]
    columns: tuple[list[Any], ...]
    gone: list[str]
    refused: list[str]

    def only(self, places: Sequence[int]) -> Read:
        """Return of what was understood only these places."""
        keys = [self.keys[place] for place in places]
        columns = tuple([[column[place] for place in places] for column in self.columns])
        return Read(keys, columns, self.gone, self.refused)


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    is_required: bool
    default: Any
    check: TypeAdapter[list[Any]]


def _list_of(annotation: Any) -> TypeAdapter[list[Any]]:
    return TypeAdapter(list[annotation])


class Columns:
    """Reads rows that say the fields of a model, whose defaults are constants."""

    def __init__(self, model: type[FeedFields]) -> None:
        self._fields = [
            _Field(
                name,
                one.is_required(),
                None if one.is_required() else one.default,
                _list_of(one.rebuild_annotation()),
            )
            for name, one in model.model_fields.items()
        ]

    def read(self, told: States) -> Read:
        """Return what is understood of rows, each whole or not at all."""
        gone = [key for key, fields in told.items() if fields is None]
        rows = {key: fields for key, fields in told.items() if fields is not None}
        bad = set[int]()
        columns = self._checked(list(rows.values()), bad)
        if not bad:
            return Read(list(rows), columns, gone, [])
        refused = [key for place, key in enumerate(rows) if place in bad]
        for key in refused:
            del rows[key]
        return Read(list(rows), self._checked(list(rows.values()), set()), gone, refused)

    def _checked(self, rows: Sequence[dict[str, Any]], bad: set[int]) -> tuple[list[Any], ...]:
        """Return a column for each field; the places of what does not fit are added to `bad`."""
        said = set[str]().union(*rows)
        return tuple(
            [_column(field, rows, bad, is_said=field.name in said) for field in self._fields]
        )


def _column(
    field: _Field, rows: Sequence[dict[str, Any]], bad: set[int], *, is_said: bool
) -> list[Any]:
    if not (is_said or field.is_required):
        return [field.default] * len(rows)
    name, default = field.name, field.default
    column = [row.get(name, default) for row in rows]
    try:
        return field.check.validate_python(column)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        bad.update(int(one["loc"][0]) for one in found)
        return column
