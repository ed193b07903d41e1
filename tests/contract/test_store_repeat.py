"""A till's own tables take nothing from what it repeats for the centre."""

from __future__ import annotations

from pathlib import Path

from pos.journal.repeat import repeat, told
from pos.store.open import FILE
from pos.store.rebuild import rebuild_check, verify
from tests.contract.store_samples import opened, sale


def test_a_repeated_sale_is_in_the_journal_and_in_no_other_table(tmp_path: Path) -> None:
    store = opened(tmp_path)
    (sold,) = store.ledger.record(sale(1, [500, 250]))
    before = store.books.figures(0, store.books.position())
    (bears,) = store.ledger.record(repeat(sold))
    assert told(bears) == sold
    assert store.books.figures(0, store.books.position()) == before
    assert before.tickets == 1
    rebuilt = rebuild_check(store.engine)
    assert (rebuilt.differences, rebuilt.entries) == ((), 3)
    store.close()
    assert verify(tmp_path / "data" / FILE).sound
