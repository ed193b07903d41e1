"""The guard of the suite sees queries that do not say of which store."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from sync.central.engine import Centre
from sync.central.order_tables import METADATA
from tests.central.guard import Unscoped, check

SCOPED = [
    "SELECT number FROM till_head WHERE store_id = $1 AND till_id = $2 FOR UPDATE",
    "INSERT INTO claim (store_id, what) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    "INSERT INTO till AS t (store_id, name) SELECT store_id, name FROM store WHERE store_id = $1",
    "SELECT * FROM sale s JOIN payment p ON p.store_id = s.store_id WHERE s.store_id = $1",
    "DELETE FROM feed_row WHERE store_id IN ($1, $2)",
    "SELECT 1",
    "SELECT a FROM store WHERE store_id = $1 UNION ALL SELECT b FROM till WHERE store_id = $1",
    "WITH old AS (SELECT 1 FROM sale WHERE store_id = $1) SELECT * FROM old",
]

UNSCOPED = [
    "SELECT number FROM till_head WHERE till_id = $2",
    "SELECT 'store_id' FROM sale",
    "UPDATE journal SET is_parked = true",
    "DELETE FROM feed_row",
    "INSERT INTO claim (what) VALUES ($2)",
    "INSERT INTO till (store_id, name) SELECT store_id, name FROM store",
    "SELECT * FROM sale s JOIN payment p ON p.number = s.number WHERE s.store_id = $1",
    "SELECT a FROM store WHERE store_id = $1 UNION ALL SELECT b FROM till",
    "WITH old AS (SELECT 1 FROM sale) SELECT * FROM old JOIN till t ON t.store_id = $1",
    "SELECT 1 FROM store WHERE store_id = $1 AND EXISTS (SELECT 1 FROM till WHERE name = '')",
]


@pytest.mark.parametrize("statement", SCOPED)
def test_a_query_that_says_of_which_store_passes(statement: str) -> None:
    check(statement)


@pytest.mark.parametrize("statement", UNSCOPED)
def test_a_query_that_does_not_say_of_which_store_is_seen(statement: str) -> None:
    with pytest.raises(Unscoped):
        check(statement)


async def test_the_guard_stands_before_every_statement_of_the_suite(centre: Centre) -> None:
    async with centre.session("S001") as session:
        with pytest.raises(Unscoped):
            await session.execute(text("SELECT count(*) FROM sale"))


def test_the_store_comes_first_in_every_key() -> None:
    for table in METADATA.sorted_tables:
        assert next(iter(table.primary_key.columns)).name == "store_id", table.name
        for index in table.indexes:
            assert next(iter(index.columns)).name == "store_id", index.name
        for foreign in table.foreign_key_constraints:
            assert foreign.column_keys[0] == "store_id", foreign.name
        for constraint in table.constraints:
            columns = list(getattr(constraint, "columns", []))
            assert not columns or columns[0].name == "store_id", constraint.name
