"""Sentences a person will read, before they are put into a language.

The pure rooms never choose a language: they return a `Sentence`, an English template (which is
also the message id of the translation catalogues) with its values. A front end hands it to a
`Words`, which translates the template and formats the values for the reader's locale.

>>> str(Sentence("The code {code} has a wrong check digit.", code="3012345678900"))
'The code 3012345678900 has a wrong check digit.'
>>> str(Sentence("{amount} is still due.", amount=Amount(1250)))
'12.50 is still due.'
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class Amount:
    """Money inside a sentence: integer minor units of the store's currency (euro cents)."""

    minor: int

    def __str__(self) -> str:
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{abs(self.minor) // 100}.{abs(self.minor) % 100:02d}"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity inside a sentence: integer thousandths of `unit` (`piece` or `kg`)."""

    thousandths: int
    unit: str = "piece"

    def __str__(self) -> str:
        sign = "-" if self.thousandths < 0 else ""
        whole, rest = divmod(abs(self.thousandths), 1000)
        text = f"{sign}{whole}" + (f".{rest:03d}" if rest or self.unit == "kg" else "")
        return f"{text} kg" if self.unit == "kg" else text


Value: TypeAlias = "str | int | date | datetime | Amount | Quantity | Sentence"
"""What a sentence may name; a sentence in a sentence is said in the same language."""


class Sentence:
    """One translatable sentence: an English template and the values it names. Immutable."""

    __slots__ = ("template", "values")

    template: str
    values: dict[str, Value]

    def __init__(self, template: str, /, **values: Value) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "values", values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Sentence does not change ({name})")

    def __str__(self) -> str:
        return self.template.format(**{k: str(v) for k, v in self.values.items()})

    def __repr__(self) -> str:
        return f"Sentence({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Sentence)
            and self.template == other.template
            and self.values == other.values
        )

    def __hash__(self) -> int:
        return hash((self.template, tuple(sorted((k, str(v)) for k, v in self.values.items()))))


class Words(Protocol):
    """The reader's language: translates templates, formats amounts, quantities and dates."""

    def say(self, sentence: Sentence | str) -> str:
        """Return the sentence in the reader's language, its values formatted by locale."""
        ...

    def amount(self, minor: int) -> str:
        """Return an amount with its currency, e.g. `1 466,29 €` for 146629."""
        ...

    def quantity(self, thousandths: int, unit: str) -> str:
        """Return a quantity: `3` for 3000 `piece`, `0,345 kg` for 345 `kg`."""
        ...

    def moment(self, at: datetime) -> str:
        """Return a local date and time to the second, e.g. `22/11/2026 14:05:09`."""
        ...

    def day(self, day: date) -> str:
        """Return a date, e.g. `22/11/2026`."""
        ...

    def rate(self, basis_points: int) -> str:
        """Return a VAT rate, e.g. `5,5 %` for 550."""
        ...
