"""Rows read a column at a time say what a model of each would: understood, gone or refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pos.domain.feed import ArticleFields, FeedFields, PriceFields, StockFields
from pos.domain.feed_columns import Columns

MODELS = (ArticleFields, PriceFields, StockFields)
VALUES: tuple[Any, ...] = (
    *("Pain", "kg", "12", "", "x" * 300),
    *(0, 1, 18, -1, 10**15, 1.5, True, None),
    *([], ["c1", "c2"], [""], {}),
    *([[0, 100]], [[0, 100], [9, 90]], [[0, -1]], [["0", "5"]], [[1]]),
)


def rows(model: type[FeedFields]) -> st.SearchStrategy[dict[str, dict[str, Any] | None]]:
    told = st.fixed_dictionaries(
        {}, optional=dict.fromkeys([*model.model_fields, "else"], st.sampled_from(VALUES))
    )
    return st.dictionaries(st.sampled_from("abcdefgh"), st.none() | told, max_size=8)


def alone(model: type[FeedFields], fields: dict[str, Any]) -> list[Any] | None:
    """Return the values of a row by its model, None for what it refuses."""
    try:
        return list(dict(model.model_validate(fields)).values())
    except ValidationError:
        return None


@pytest.mark.parametrize("model", MODELS)
@given(data=st.data())
def test_columns_say_of_every_row_what_its_model_says(
    model: type[FeedFields], data: st.DataObject
) -> None:
    told = data.draw(rows(model))
    read = Columns(model).read(told)
    one_by_one = {key: alone(model, fields) for key, fields in told.items() if fields is not None}
    understood = {key: list(values) for key, *values in zip(read.keys, *read.columns, strict=True)}
    assert understood == {key: values for key, values in one_by_one.items() if values is not None}
    assert read.refused == [key for key, values in one_by_one.items() if values is None]
    assert read.gone == [key for key, fields in told.items() if fields is None]
    kept = read.only(range(1, len(read.keys)))
    assert kept.keys == read.keys[1:]
    assert all(one == all_[1:] for one, all_ in zip(kept.columns, read.columns, strict=True))
