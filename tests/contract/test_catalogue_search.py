"""Look-ups as people type them, on a real SQLite file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.catalogue_shop import BREAD, Shop

NAMES = [
    "Pain",
    "Pain de mie complet",
    "Petit pain au chocolat",
    "Pains aux raisins",
    "Chocolat noir",
    "Chocolats fins",
    "Œufs frais de plein air",
    "Bœuf bourguignon",
    "Crème fraîche épaisse",
    "Crème brûlée",
    "Vitamine C",
    "Eau gazeuse 1,5 L",
]
SEARCHES = [
    ("pain", ["Pain", "Pain de mie complet", "Petit pain au chocolat", "Pains aux raisins"]),
    ("pai", ["Pain", "Pains aux raisins", "Pain de mie complet", "Petit pain au chocolat"]),
    ("CHOCO", ["Chocolat noir", "Chocolats fins", "Petit pain au chocolat"]),
    ("choc pet", ["Petit pain au chocolat"]),
    ("oeuf", ["Œufs frais de plein air"]),
    ("œufs", ["Œufs frais de plein air"]),
    ("boeuf", ["Bœuf bourguignon"]),
    ("creme", ["Crème brûlée", "Crème fraîche épaisse"]),
    ("CRÈME EPAISSE", ["Crème fraîche épaisse"]),
    ("brulee creme", ["Crème brûlée"]),
    ("vitamine c", ["Vitamine C"]),
    ("v", ["Vitamine C"]),
    ("1,5", ["Eau gazeuse 1,5 L"]),
    ("choclat noir", ["Chocolat noir"]),
    ("chocoalt nior", ["Chocolat noir"]),
    ("burguignon", ["Bœuf bourguignon"]),
    ("bourguigonn", ["Bœuf bourguignon"]),
    ("gazues", ["Eau gazeuse 1,5 L"]),
    ("pain AND chocolat", []),
    ('"pain" OR (brioche*', []),
    ("pain^ -mie : *", ["Pain de mie complet"]),
    ("xyzzy", []),
    ("", []),
    ("!?", []),
]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = Shop(tmp_path_factory.mktemp("shelf") / "till.sqlite")
    rows = "".join(f"REF-{n:02};;{name}\n" for n, name in enumerate(NAMES))
    shop.take(f"ref;code;name\n{rows}REF-50;{BREAD};Boule\nREF-51;3017620422003;Tartine\n")
    yield shop
    shop.engine.dispose()


@pytest.mark.parametrize(("typed", "found"), SEARCHES, ids=[s[0] or "nothing" for s in SEARCHES])
def test_articles_are_found_as_people_type_their_names(
    shelf: Shop, typed: str, found: list[str]
) -> None:
    assert shelf.names(typed) == found


@pytest.mark.parametrize("typed", ["3017", "017620", "422003", "2003", "3017620422003", "REF-51"])
def test_an_article_is_found_by_what_is_legible_of_its_code(shelf: Shop, typed: str) -> None:
    assert shelf.names(typed) == ["Tartine"]


@pytest.mark.parametrize("typed", ["ref-51", "Ref-51"])
def test_the_case_of_a_reference_does_not_count_in_a_search(shelf: Shop, typed: str) -> None:
    assert shelf.names(typed) == ["Tartine"]


def test_a_search_returns_no_more_than_asked(shelf: Shop) -> None:
    assert len(shelf.names("pain", 2)) == 2
    assert shelf.names("pain", 0) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text() | st.text("\"'^*():-+{}AND ORNEAR0123456789pain\0"))
def test_no_text_breaks_a_search(shelf: Shop, text: str) -> None:
    assert len(shelf.catalogue.search(text, 20)) <= 20
