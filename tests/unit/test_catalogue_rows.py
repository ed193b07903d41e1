"""The rows of a catalogue file, without any file: columns, cells, repeats, words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain import catalogue_cells
from pos.domain.barcode import MeasurePlan
from pos.domain.catalogue import VatRate, VatTable
from pos.domain.catalogue_import import CellRefused, ImportRules, Row, RowReader, SeenRows, columns
from pos.domain.catalogue_words import fold, is_near, words
from pos.domain.errors import Refusal

PARIS = ZoneInfo("Europe/Paris")
SINCE = date(2014, 1, 1)
FRANCE = VatTable(
    {
        "FR20": (VatRate(2000, SINCE),),
        "FR10": (VatRate(1000, SINCE),),
        "FR055": (VatRate(550, SINCE),),
        "FR021": (VatRate(210, SINCE),),
        "FR0": (VatRate(0, SINCE),),
    },
    {},
)
PLANS = (MeasurePlan("02", 5, 5), MeasurePlan("21", 5, 5, kind="weight", decimals=3))
RULES = ImportRules(vat=FRANCE, now=datetime(2026, 11, 22, tzinfo=UTC), zone=PARIS, plans=PLANS)
PARSERS = catalogue_cells.parsers(FRANCE, RULES.now, PARIS, PLANS)

READ = [
    ("code", "3400949497706", "03400949497706"),
    ("code", "96385074", "00000096385074"),
    ("code", "0212345012451", "0212345"),
    ("plu", "0212345", "0212345"),
    ("plu", "0212345012451", "0212345"),
    ("name", "Crème  fraîche\xa0épaisse", "Crème fraîche épaisse"),
    ("name", "Prep. \x8cuf", "Prep. Œuf"),
    ("name", "Pain\xad d’épices​", "Pain d’épices"),
    ("price", "12,50", 1250),
    ("price", "12.5", 1250),
    ("price", "1 466,29", 146629),
    ("price", "1\u202f466,29 €", 146629),
    ("price", "1.466,29", 146629),
    ("price", "1466.29", 146629),
    ("price", "0", 0),
    ("vat", "fr20", "FR20"),
    ("vat", "20", "FR20"),
    ("vat", "20,00 %", "FR20"),
    ("vat", "5,5", "FR055"),
    ("vat", "0.055", "FR055"),
    ("vat", "2.1%", "FR021"),
    ("vat", "0,021", "FR021"),
    ("vat", "0", "FR0"),
    ("unit", "Kilo", "kg"),
    ("unit", "Unité", "piece"),
    ("age", "18", 18),
    ("meal_voucher", "Oui", 1),
    ("meal_voucher", "non", 0),
    ("guarantee_months", "24", 24),
    ("since", "2026-12-24", int(datetime(2026, 12, 24, tzinfo=PARIS).timestamp())),
    ("since", "24/12/2026", int(datetime(2026, 12, 24, tzinfo=PARIS).timestamp())),
    ("since", "2026-07-01T06:00:00Z", int(datetime(2026, 7, 1, 6, tzinfo=UTC).timestamp())),
]
REFUSED = [
    ("code", "3400949497700", "wrong_check_digit"),
    ("code", "12345678901", "wrong_length"),
    ("plu", "12345", "bad_plu"),
    ("plu", "0212345012452", "wrong_check_digit"),
    ("name", "x" * 201, "too_long"),
    ("name", "Pain\x07", "unreadable"),
    ("name", "Pain \udc81", "unreadable"),
    ("sku", "x" * 41, "too_long"),
    ("price", "1.466", "ambiguous_amount"),
    ("price", "1,466", "ambiguous_amount"),
    ("price", "-1,00", "amount_out_of_range"),
    ("price", "1000000,00", "amount_out_of_range"),
    ("price", "gratuit", "bad_amount"),
    ("vat", "19,6", "unknown_vat"),
    ("vat", "FR99", "unknown_vat"),
    ("vat", "0.9", "unknown_vat"),
    ("unit", "litre", "unknown_unit"),
    ("age", "99", "bad_number"),
    ("guarantee_months", "deux", "bad_number"),
    ("meal_voucher", "peut-être", "not_a_flag"),
    ("since", "31/02/2026", "bad_date"),
    ("since", "demain", "bad_date"),
]


@pytest.mark.parametrize(("field", "text", "value"), READ)
def test_a_cell_is_read_as_people_write_it(field: str, text: str, value: object) -> None:
    assert PARSERS[field](text) == value


@pytest.mark.parametrize(("field", "text", "slug"), REFUSED)
def test_a_cell_that_cannot_be_right_is_refused(field: str, text: str, slug: str) -> None:
    with pytest.raises(Refusal) as refused:
        PARSERS[field](text)
    assert refused.value.slug == slug


@pytest.mark.parametrize(
    ("headings", "found"),
    [
        (["EAN", "Désignation"], {"code": 0, "name": 1}),
        (["CODE-BARRES", "libelle", "Prix TTC"], {"code": 0, "name": 1, "price": 2}),
        (["barcode", "price_without_fee", "price_public_ttc"], {"code": 0, "price": 2}),
        (["Référence", "TVA", "Unité", "Rayon"], {"sku": 0, "vat": 1, "unit": 2, "department": 3}),
        (["code", "Valable dès"], {"code": 0, "since": 1}),
    ],
)
def test_columns_are_found_by_their_french_and_english_names(
    headings: list[str], found: dict[str, int]
) -> None:
    assert columns(headings, {}) == found


def test_the_shops_own_column_name_wins() -> None:
    assert columns(["code", "prix", "tarif magasin"], {"price": ["Tarif Magasin"]})["price"] == 2


def test_a_file_without_any_column_for_a_code_is_refused() -> None:
    with pytest.raises(Refusal, match="The file's columns are: prix, couleur"):
        RowReader(RULES, ["prix", "couleur"])


def test_a_row_with_more_cells_than_the_header_is_refused_and_a_shorter_one_is_read() -> None:
    reader = RowReader(RULES, ["code", "name", "price"])
    with pytest.raises(CellRefused, match="4 cells and the header 3"):
        reader.read(2, ["96385074", "Pain", "de mie", "2,10"])
    assert reader.read(3, ["96385074", "Pain"]).price is None
    assert reader.read(4, ["96385074", "Pain", "2,10", "", " "]).price == 210


def test_a_row_that_names_no_article_or_two_codes_is_refused() -> None:
    reader = RowReader(RULES, ["code", "plu", "name"])
    with pytest.raises(CellRefused, match="neither a code nor a reference"):
        reader.read(2, ["", "", "Pain"])
    with pytest.raises(CellRefused, match="keep one of the two"):
        reader.read(2, ["96385074", "0212345", "Pain"])


Step = tuple[Row, bool | None]
SAME_FILE: list[tuple[str, bool, list[Step]]] = [
    ("the same code twice", False, [(Row(2, code="A"), False), (Row(3, code="A"), None)]),
    (
        "a second code of one reference",
        False,
        [(Row(2, "S", "A"), False), (Row(3, "S", "B"), True), (Row(4, "S", "B"), None)],
    ),
    ("one code, two references", False, [(Row(2, "S", "A"), False), (Row(3, "T", "A"), None)]),
    ("a code, then a reference's", False, [(Row(2, code="A"), False), (Row(3, "T", "A"), None)]),
    ("a reference's code alone", False, [(Row(2, "S", "A"), False), (Row(3, code="A"), None)]),
    ("a code as a reference", False, [(Row(2, "S", "A"), False), (Row(3, "A"), None)]),
    (
        "a price by date",
        True,
        [
            (Row(2, code="A", price=1), False),
            (Row(3, code="A", price=2, since=9), True),
            (Row(4, code="A", price=3, since=9), None),
        ],
    ),
    (
        "two names under one code",
        True,
        [
            (Row(2, code="A", name="Pain", price=1), False),
            (Row(3, code="A", name="Vin", price=2, since=9), None),
        ],
    ),
]


@pytest.mark.parametrize(
    ("dated", "steps"), [case[1:] for case in SAME_FILE], ids=[case[0] for case in SAME_FILE]
)
def test_two_rows_of_a_file_never_fight_over_a_code(dated: bool, steps: list[Step]) -> None:
    seen = SeenRows(dated=dated)
    for row, again in steps:
        if again is None:
            with pytest.raises(CellRefused, match="line 2"):
                seen.admit(row)
        else:
            assert seen.admit(row).again is again


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Œufs à la coque", ["oeufs", "a", "la", "coque"]),
        ("CRÈME d'Été", ["creme", "d", "ete"]),
        ("ﬁnes bulles 1,5L", ["fines", "bulles", "1", "5l"]),
        ("Ex æquo — n°3", ["ex", "aequo", "n", "3"]),
        ("茶 зелёный", ["茶", "зеленыи"]),
        ("  ", []),
    ],
)
def test_words_lose_case_accents_and_ligatures(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.text())
def test_folding_a_folded_word_changes_nothing(text: str) -> None:
    for word in words(text):
        assert words(word) == [word]
        assert fold(word) == word


@pytest.mark.parametrize(
    ("typed", "word", "near"),
    [
        ("chocolat", "chocolat", True),
        ("choclat", "chocolat", True),
        ("chocollat", "chocolat", True),
        ("chocalat", "chocolat", True),
        ("chocoalt", "chocolat", True),
        ("hcocolat", "chocolat", True),
        ("chocola", "chocolat", True),
        ("choct", "chocolat", False),
        ("tac", "cat", False),
        ("", "a", True),
    ],
)
def test_one_slip_of_the_hand_is_near_and_two_are_not(typed: str, word: str, near: bool) -> None:
    assert is_near(typed, word) is near


@given(st.text("abcd", min_size=1, max_size=9), st.data())
def test_every_single_slip_is_near(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    slips: list[Callable[[], str]] = [
        lambda: word[:place] + word[place + 1 :],
        lambda: word[:place] + "e" + word[place:],
        lambda: word[:place] + "e" + word[place + 1 :],
        lambda: word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
    ]
    assert is_near(data.draw(st.sampled_from(slips))(), word)
