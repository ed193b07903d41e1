"""A till killed at a named point starts again, proves itself, and has lost nothing shown."""

from __future__ import annotations

import pytest

from tests.e2e.cases import (
    BREAD,
    COMMIT,
    LOAF,
    MANAGER,
    ONE_SALE,
    RECORD,
    ROLL,
    SALE,
    SIGN_IN,
    THREE,
    Case,
)  # fmt: skip
from tests.e2e.child import Death
from tests.e2e.conftest import Counter
from tests.e2e.home import Home

SELLING = [
    Case(
        "the first line of a basket is on disk",
        (SIGN_IN, *THREE),
        Death("pos.store.drafts:DraftFile.add_step", after=True),
        ("expect lines 1", "expect total 1.30", "cash"),
        1,
    ),
    Case(
        "the third line of a basket is not on disk yet",
        (SIGN_IN, *THREE),
        Death("pos.store.drafts:DraftFile.add_step", call=3),
        ("expect lines 2", "expect total 4.50", ROLL, "cash"),
        1,
    ),
    Case(
        "the third line of a basket is on disk",
        (SIGN_IN, *THREE),
        Death("pos.store.drafts:DraftFile.add_step", call=3, after=True),
        ("expect lines 3", "expect total 5.75", "cash"),
        1,
    ),
    Case(
        "a step is written and not shown",
        (SIGN_IN, *THREE, "undo"),
        Death("pos.till.sell:show_basket"),
        ("expect lines 2", "cash"),
        1,
    ),
    Case(
        "the sale is decided and not written",
        (*ONE_SALE, *THREE, "cash 20"),
        Death(COMMIT, SALE, call=2),
        ("expect ticket T01-K1-000001", "expect lines 3", "expect due 5.75", "cash 20"),
        2,
    ),
    Case(
        "the sale is half written",
        (*ONE_SALE, *THREE, "cash 20"),
        Death("pos.store.unit:project", SALE, call=2),
        ("expect ticket T01-K1-000001", "expect lines 3", "expect due 5.75", "cash 20"),
        2,
    ),
    Case(
        "the sale is written whole and its basket is not forgotten",
        (*ONE_SALE, *THREE, "cash 20"),
        Death("pos.store.unit:follow_drafts", SALE, call=2),
        ("expect ticket T01-K1-000001", "expect lines 3", "expect due 5.75", "cash 20"),
        2,
    ),
    Case(
        "the sale is committed and the marker is behind",
        (*ONE_SALE, *THREE, "cash 20"),
        Death(COMMIT, SALE, call=2, after=True),
        ("expect ticket T01-K1-000002", "expect lines 0", "expect due 0", "print"),
        2,
    ),
    Case(
        "the sale is committed and the drawer is shut",
        (*ONE_SALE, *THREE, "cash 20"),
        Death("devices.drawer.driver:PrinterDrawer.open", call=2),
        ("expect ticket T01-K1-000002", "expect lines 0", "print"),
        2,
    ),
    Case(
        "the sale is committed and the customer sees no change yet",
        (*ONE_SALE, *THREE, "cash 20"),
        Death("pos.till.finish:show_paid", call=2),
        ("expect ticket T01-K1-000002", "expect lines 0", "expect change 14.25"),
        2,
    ),
    Case(
        "a part is paid",
        (SIGN_IN, *THREE, "cash 2"),
        Death("pos.store.drafts:DraftFile.add_step", call=4, after=True),
        ("expect lines 3", "expect due 3.75", "cash 5", "expect change 1.25"),
        1,
    ),
    Case(
        "a part is given and not written",
        (SIGN_IN, *THREE, "cash 2"),
        Death("pos.store.drafts:DraftFile.add_step", call=4),
        ("expect lines 3", "expect due 5.75", "cash"),
        1,
    ),
    Case(
        "a permission is used and its discount is not given",
        (MANAGER, LOAF, "discount 50%"),
        Death(RECORD, "permission.used", after=True),
        ("expect total 3.20", "discount 50%", "expect total 1.60", "cash"),
        1,
    ),
    Case(
        "a basket is not put aside yet",
        (SIGN_IN, *THREE, "park"),
        Death(COMMIT, "basket.parked"),
        ("expect parked 0", "expect lines 3", "park", "recall", "cash"),
        1,
    ),
    Case(
        "a basket is put aside and the till does not know",
        (SIGN_IN, *THREE, "park"),
        Death(COMMIT, "basket.parked", after=True),
        ("expect parked 1", "expect lines 0", "recall", "expect lines 3", "cash"),
        1,
    ),
    Case(
        "a basket is taken up again and the till does not know",
        (SIGN_IN, *THREE, "park", "recall"),
        Death(COMMIT, "basket.recalled", after=True),
        ("expect parked 0", "expect lines 3", "cash"),
        1,
    ),
    Case(
        "a basket is abandoned and the till does not know",
        (MANAGER, *THREE, "abandon"),
        Death(COMMIT, "basket.abandoned", after=True),
        ("expect lines 0", BREAD, "cash"),
        1,
    ),
    Case(
        "nobody is signed in yet",
        (SIGN_IN, BREAD, "cash"),
        Death(COMMIT, "staff.signed_in"),
        (BREAD, "cash"),
        1,
    ),
    Case(
        "the till is about to say that it stops",
        ONE_SALE,
        Death(COMMIT, "till.stopped"),
        ("expect ticket T01-K1-000001",),
        1,
    ),
]


@pytest.mark.parametrize("case", SELLING, ids=lambda case: case.name)
def test_a_till_killed_while_selling_goes_on_where_it_was(
    home: Home, counter: Counter, case: Case
) -> None:
    signed_in, *rest = case.done
    died = home.play(signed_in, "wait ready", *rest, dies=case.death)
    after = home.play(signed_in, "wait ready", *case.found)
    assert after.code == 0, after
    assert set(died.labels) <= set(home.sold()), "an acknowledged sale is lost"
    assert len(home.sold()) == case.sales
    assert set(home.rows("SELECT DISTINCT epoch FROM entry")) == {("K1",)}
    home.check()
