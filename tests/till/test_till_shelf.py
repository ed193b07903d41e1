"""Labels for the shelf's edge: the price of the instant they are for, to whoever prints labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from pos.domain.catalogue import Article, Price, Unit
from pos.domain.staff import NeedsPermission
from pos.doubles import MemoryCatalogue
from pos.papers.label import Label
from pos.till import shelf
from tests.till.shop import Till, slug_of


@dataclass
class RecordedLabels:
    """A label printer that remembers what it was asked."""

    printed: list[tuple[str, list[Label]]] = field(default_factory=list)

    def print_labels(self, job: str, labels: Sequence[Label]) -> None:
        self.printed.append((job, list(labels)))


def goods(now: datetime) -> list[Article]:
    tea = Article("T1", "Thé vert", "FR055", ("03017620422003",), prices=(Price(350),))
    later = Price(390, now.replace(hour=0) + timedelta(days=1))
    return [
        replace(tea, prices=(Price(350), later)),
        Article("F1", "Comté", "FR055", ("02012345",), Unit.KG, (Price(2490),)),
        Article("S1", "Sel", "FR055", ("00000096385074",), prices=(Price(120, now),)),
        Article("X1", "Sans prix", "FR055", ("X-1",)),
    ]


@pytest.fixture
def labels(till: Till) -> RecordedLabels:
    made = till.desk.ports.labels = RecordedLabels()
    till.desk.ports.catalogue = MemoryCatalogue(goods(till.desk.now()))
    return made


def manage(till: Till) -> None:
    """Have a manager stand at the till."""
    manager = next(one for one in till.desk.ports.people.all() if one.role == "manager")
    till.desk.person = manager


def test_a_label_bears_the_price_of_its_instant_and_a_code_that_scans(
    till: Till, labels: RecordedLabels
) -> None:
    manage(till)
    tea, cheese, salt, _ = goods(till.desk.now())
    assert shelf.print_shelf_labels(till.desk, [tea, cheese, salt], till.desk.now()) == 3
    [(job, printed)] = labels.printed
    assert job.startswith(shelf.JOB)
    assert [one.barcode for one in printed] == ["3017620422003", "02012345", "96385074"]
    assert "3" in printed[0].price
    assert "50" in printed[0].price
    assert printed[0].unit_price == ""
    assert "kilogram" in printed[1].unit_price or "kilo" in printed[1].unit_price


def test_what_changes_by_tomorrow_is_printed_with_the_price_it_will_have(
    till: Till, labels: RecordedLabels
) -> None:
    manage(till)
    articles, at = shelf.changing_tomorrow(till.desk)
    assert [one.sku for one in articles] == ["T1"]
    shelf.print_shelf_labels(till.desk, articles, at)
    assert "90" in labels.printed[0][1][0].price
    assert [one.sku for one in shelf.changed_today(till.desk)[0]] == ["S1"]


def test_labels_are_a_managers_and_go_to_the_receipt_printer_where_there_is_no_other(
    till: Till, labels: RecordedLabels
) -> None:
    salt = goods(till.desk.now())[2]
    now = till.desk.now()
    with pytest.raises(NeedsPermission):
        shelf.print_shelf_labels(till.desk, [salt], now)
    manage(till)
    till.desk.ports.labels = None
    shelf.print_shelf_labels(till.desk, [salt], now)
    assert till.counter.printed[-1][0].startswith(shelf.JOB)
    till.desk.ports.printer = None
    assert slug_of(lambda: shelf.print_shelf_labels(till.desk, [salt], now)) == "no_printer"
    assert labels.printed == []


def test_no_price_and_too_many_labels_are_refused(till: Till, labels: RecordedLabels) -> None:
    manage(till)
    now = till.desk.now()
    none, salt = goods(now)[3], goods(now)[2]
    assert slug_of(lambda: shelf.print_shelf_labels(till.desk, [none], now)) == "no_labels"
    many = [salt] * (shelf.LABELS_MOST + 1)
    assert slug_of(lambda: shelf.print_shelf_labels(till.desk, many, now)) == "many_labels"
    assert labels.printed == []
