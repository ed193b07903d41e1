"""The reader's language: gettext for sentences, Babel (CLDR) for amounts, quantities and dates.

English templates are the message ids. A template that counts names its number `{count}`; the
catalogues then hold one form for one and one for several, in English too. Babel is imported at
the first amount or date, so that a till opens without waiting for it.

>>> GettextWords("fr").say("Nothing to translate")
'Nothing to translate'
>>> GettextWords("en").amount(146629), GettextWords("en").quantity(3000, "piece")
('€1,466.29', '3')
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from pos.domain.errors import Refusal
from pos.domain.words import Amount, Quantity, Sentence, Value

FOLDER = Path(__file__).parent / "locales"
DOMAIN = "comptoir"
LOCALES = {"fr": "fr_FR", "en": "en_GB"}
"""The languages a till speaks, and whose figures and dates go with each."""

_ONE_OF_EACH = 4096
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
"""What a value may hold and a terminal or a paper must not obey: controls, and their like."""

_THIN, _SPACE = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"


class GettextWords:
    """One language, one currency, one time zone: a `pos.domain.words.Words`.

    `currency` is an ISO 4217 code with hundredths; instants are shown in `zone`, and an instant
    without a zone is taken to be local already. Raises Refusal (`unknown_language`).
    """

    def __init__(
        self,
        language: str,
        currency: str = "EUR",
        zone: str = "Europe/Paris",
        *,
        folder: Path = FOLDER,
    ) -> None:
        if language not in LOCALES:
            raise Refusal(
                "unknown_language",
                "The till does not speak {language}. It speaks: {known}.",
                language=language,
                known=", ".join(LOCALES),
            )
        self.language = language
        self.currency = currency
        self._zone = ZoneInfo(zone)
        self._locale = LOCALES[language]
        self._catalogue = _catalogue(folder / language / "LC_MESSAGES" / f"{DOMAIN}.mo")

    def say(self, sentence: Sentence | str) -> str:
        """Return the sentence in this language; a plain text is a template without values.

        A template that has no translation, or one whose translation names other values, is said
        in English. Never raises for a `Sentence` whose own template fits its values.
        """
        if isinstance(sentence, str):
            return self._catalogue.gettext(sentence) if sentence else ""
        values = {name: self._value(value) for name, value in sentence.values.items()}
        try:
            return self._template(sentence.template, sentence.values).format_map(values)
        except (KeyError, IndexError, ValueError, AttributeError):
            return sentence.template.format_map(values)

    def amount(self, minor: int) -> str:
        """Return an amount with its currency, e.g. `1 466,29 €` for 146629."""
        return _amount(minor, self.currency, self._locale)

    def quantity(self, thousandths: int, unit: str) -> str:
        """Return a quantity: `3` for 3000 `piece`, `0,345 kg` for 345 `kg`."""
        return _quantity(thousandths, unit, self._locale)

    def moment(self, at: datetime) -> str:
        """Return a local date and time to the second, e.g. `22/11/2026 14:05:09`."""
        local = at if at.tzinfo is None else at.astimezone(self._zone)
        return f"{self.day(local.date())} {_clock(local.replace(microsecond=0), self._locale)}"

    def day(self, day: date) -> str:
        """Return a date, e.g. `22/11/2026`."""
        return _day(day, self._locale)

    def rate(self, basis_points: int) -> str:
        """Return a VAT rate, e.g. `5,5 %` for 550."""
        return _rate(basis_points, self._locale)

    def _template(self, template: str, values: Mapping[str, Value]) -> str:
        count = values.get("count")
        if isinstance(count, int):
            return self._catalogue.ngettext(template, template, count)
        return self._catalogue.gettext(template)

    def _value(self, value: Value) -> str:
        match value:
            case Amount():
                return self.amount(value.minor)
            case Quantity():
                return self.quantity(value.thousandths, value.unit)
            case datetime():
                return self.moment(value)
            case date():
                return self.day(value)
            case Sentence():
                return self.say(value)
            case _:
                return _UNSEEN.sub("�", str(value))


@lru_cache
def words_for(language: str, currency: str = "EUR", zone: str = "Europe/Paris") -> GettextWords:
    """Return the words of a language, the same each time: switching is asking for another."""
    return GettextWords(language, currency, zone)


def _catalogue(file: Path) -> GNUTranslations:
    with file.open("rb") as compiled:
        return GNUTranslations(compiled)


def _amount(minor: int, currency: str, locale: str) -> str:
    before, group, decimal, after = _layout(currency, locale, minor < 0)
    whole, cents = divmod(abs(minor), 100)
    figures = f"{whole:,}"
    if group != ",":
        figures = figures.replace(",", group)
    return f"{before}{figures}{decimal}{cents:02d}{after}"


@lru_cache
def _layout(currency: str, locale: str, negative: bool) -> tuple[str, str, str, str]:
    """What CLDR puts before, between thousands, before the cents, and after an amount.

    Learnt once from one amount that Babel wrote: at the till each scan shows several amounts that
    were never shown before, and writing one of them anew takes Babel ten times as long.
    """
    from babel.numbers import format_currency

    sample = Decimal("-1234567.89" if negative else "1234567.89")
    written = _plain(format_currency(sample, currency, locale=locale))
    layout = re.fullmatch(r"(\D*)1(\D+)234(?:\2)567(\D)89(\D*)", written)
    if layout is None:
        raise ValueError(f"{locale} writes {currency} in a way the till does not know: {written}")
    before, group, decimal, after = layout.groups()
    return before, group, decimal, after


@lru_cache(_ONE_OF_EACH)
def _quantity(thousandths: int, unit: str, locale: str) -> str:
    from babel.numbers import format_decimal

    if unit == "kg":
        figure = format_decimal(Decimal(thousandths).scaleb(-3), "#,##0.000", locale=locale)
        return f"{_plain(figure)}{_SPACE}kg"
    return _plain(format_decimal(Decimal(thousandths).scaleb(-3), "#,##0.###", locale=locale))


@lru_cache
def _rate(basis_points: int, locale: str) -> str:
    from babel.numbers import format_percent

    pattern = "#,##0.##%" if locale.startswith("en") else f"#,##0.##{_SPACE}%"
    return format_percent(Decimal(basis_points).scaleb(-4), pattern, locale=locale)


@lru_cache
def _day(day: date, locale: str) -> str:
    from babel.dates import format_date

    return format_date(day, "short", locale=locale)


def _clock(local: datetime, locale: str) -> str:
    from babel.dates import format_time

    return format_time(local.time(), "medium", locale=locale)


def _plain(figure: str) -> str:
    """Thin spaces are in no printer's code page and in few console fonts."""
    return figure.replace(_THIN, _SPACE)
