"""The till speaks French and English, and a bad translation never stops it."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from config.words import LOCALES, GettextWords, words_for
from pos.domain.errors import Refusal
from pos.domain.words import Amount, Quantity, Sentence, Words

PARIS = timezone(timedelta(hours=1))


def french(tmp_path: Path, **translations: str | tuple[str, str]) -> GettextWords:
    """Return French words made of these translations: `A` says “A {value}”, `N` counts."""
    catalogue = Catalog(locale="fr", fuzzy=False)
    for name, text in translations.items():
        template = f"{name} {{count}}" if isinstance(text, tuple) else f"{name} {{value}}"
        catalogue.add((template, template) if isinstance(text, tuple) else template, text)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    file = tmp_path / "fr" / "LC_MESSAGES" / "comptoir.mo"
    file.parent.mkdir(parents=True)
    file.write_bytes(compiled.getvalue())
    return GettextWords("fr", folder=tmp_path)


def test_the_words_of_a_language_are_what_the_rules_ask_for() -> None:
    words: Words = words_for("fr")
    assert words is words_for("fr")
    assert words is not words_for("en")


AMOUNTS = [
    (146629, "1 466,29 €", "€1,466.29"),
    (0, "0,00 €", "€0.00"),
    (-5, "-0,05 €", "-€0.05"),
    (99_999_999, "999 999,99 €", "€999,999.99"),
]


@pytest.mark.parametrize(("minor", "in_french", "in_english"), AMOUNTS)
def test_an_amount_is_written_as_its_reader_writes_it(
    minor: int, in_french: str, in_english: str
) -> None:
    assert words_for("fr").amount(minor).replace("\N{NO-BREAK SPACE}", " ") == in_french
    assert words_for("en").amount(minor) == in_english


@given(st.integers(-99_999_999, 99_999_999), st.sampled_from(["fr", "en"]))
def test_every_amount_is_written_as_babel_writes_it(minor: int, language: str) -> None:
    words = words_for(language)
    babel = format_currency(Decimal(minor).scaleb(-2), "EUR", locale=LOCALES[language])
    assert words.amount(minor) == babel.replace("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}")


def test_no_amount_holds_a_thin_space_that_printers_lack() -> None:
    assert "\N{NARROW NO-BREAK SPACE}" not in words_for("fr").amount(146629)
    assert words_for("fr").amount(146629).encode("cp858")


QUANTITIES = [
    (3000, "piece", "3", "3"),
    (1500, "piece", "1,5", "1.5"),
    (1_234_000, "piece", "1 234", "1,234"),
    (345, "kg", "0,345 kg", "0.345 kg"),
    (2000, "kg", "2,000 kg", "2.000 kg"),
    (-345, "kg", "-0,345 kg", "-0.345 kg"),
]


@pytest.mark.parametrize(("thousandths", "unit", "in_french", "in_english"), QUANTITIES)
def test_weights_have_three_decimals_and_pieces_none_they_do_not_need(
    thousandths: int, unit: str, in_french: str, in_english: str
) -> None:
    spoken = [words_for(language).quantity(thousandths, unit) for language in ("fr", "en")]
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in spoken] == [in_french, in_english]


def test_a_moment_is_local_to_the_shop_and_exact_to_the_second() -> None:
    at = datetime(2026, 11, 22, 13, 5, 9, 999_000, tzinfo=UTC)
    assert words_for("fr").moment(at) == "22/11/2026 14:05:09"
    assert words_for("fr").moment(at.astimezone(PARIS)) == "22/11/2026 14:05:09"
    assert words_for("en").moment(at) == "22/11/2026 14:05:09"
    assert words_for("fr", "EUR", "Indian/Reunion").moment(at) == "22/11/2026 17:05:09"
    assert words_for("fr").moment(datetime(2026, 11, 22, 14, 5, 9)) == "22/11/2026 14:05:09"  # noqa: DTZ001


def test_a_moment_just_after_midnight_is_on_the_new_day() -> None:
    assert words_for("fr").moment(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)).startswith("23/11")


RATES = [(550, "5,5 %", "5.5%"), (2000, "20 %", "20%"), (210, "2,1 %", "2.1%"), (0, "0 %", "0%")]


@pytest.mark.parametrize(("basis_points", "in_french", "in_english"), RATES)
def test_a_vat_rate_keeps_its_decimals(basis_points: int, in_french: str, in_english: str) -> None:
    assert words_for("fr").rate(basis_points).replace("\N{NO-BREAK SPACE}", " ") == in_french
    assert words_for("en").rate(basis_points) == in_english


VALUES = [
    (Amount(1250), "12,50 €"),
    (Quantity(345, "kg"), "0,345 kg"),
    (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "02/01/2026 04:04:05"),
    (date(2026, 1, 2), "02/01/2026"),
    (12345, "12345"),
    ("3017620422003", "3017620422003"),
]


@pytest.mark.parametrize(("value", "written"), VALUES)
def test_a_sentence_writes_each_value_by_what_it_is(
    tmp_path: Path, value: Amount | Quantity | datetime | int | str, written: str
) -> None:
    said = french(tmp_path, A="voici : {value}").say(Sentence("A {value}", value=value))
    assert said.replace("\N{NO-BREAK SPACE}", " ") == f"voici : {written}"


@pytest.mark.parametrize("broken", ["{valeur} manque", "{value", "{value.x}", "{0}", "{value!z}"])
def test_a_broken_translation_is_said_in_english(tmp_path: Path, broken: str) -> None:
    assert french(tmp_path, A=broken).say(Sentence("A {value}", value=7)) == "A 7"


def test_what_has_no_translation_is_said_in_english() -> None:
    assert words_for("fr").say(Sentence("Never said {value}", value=7)) == "Never said 7"
    assert words_for("fr").say("") == ""


def test_a_brace_typed_by_a_person_stays_a_brace(tmp_path: Path) -> None:
    said = french(tmp_path, A="A : {value}").say(Sentence("A {value}", value="{oops}"))
    assert said == "A : {oops}"


@pytest.mark.parametrize(("count", "said"), [(0, "0 article"), (1, "1 article"), (2, "2 articles")])
def test_french_counts_nothing_and_one_alike_and_several_apart(
    tmp_path: Path, count: int, said: str
) -> None:
    words = french(tmp_path, N=("{count} article", "{count} articles"))
    assert words.say(Sentence("N {count}", count=count)) == said


def test_a_language_the_till_does_not_speak_is_refused() -> None:
    with pytest.raises(Refusal, match=r"does not speak de\. It speaks: fr, en\."):
        GettextWords("de")
