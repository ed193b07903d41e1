"""The one door for everything a scanner sends or a hand types: `parse`.

A scan becomes a frozen value that cannot be wrong, or a `Refusal` that names the code and says
what to do. Nothing is guessed: a wrong check digit is never an article.

>>> parse("3400949497706")
ArticleCode(gtin='03400949497706', symbology='EAN-13')
>>> parse("0212345012451", [MeasurePlan("02", item_digits=5, value_digits=5)])
MeasuredCode(prefix='02', item='12345', kind='price', value=1245)
>>> parse("T03-K1-000042")
TextCode(text='T03-K1-000042')
>>> parse("3400949497700")
Traceback (most recent call last):
pos.domain.errors.Refusal: The code 3400949497700 has a wrong check digit. Scan it again.
"""

from pos.domain.barcode.codes import (
    ArticleCode,
    MeasuredCode,
    MeasureKind,
    PassCode,
    Scan,
    Symbology,
    TextCode,
)
from pos.domain.barcode.door import Source, parse
from pos.domain.barcode.explained import WRONG_LAYOUT, explain
from pos.domain.barcode.measure import MeasurePlan
from pos.domain.barcode.numbers import gtin, is_gtin
from pos.domain.barcode.wedge import repair_azerty

__all__ = [
    "WRONG_LAYOUT",
    "ArticleCode",
    "MeasureKind",
    "MeasurePlan",
    "MeasuredCode",
    "PassCode",
    "Scan",
    "Source",
    "Symbology",
    "TextCode",
    "explain",
    "gtin",
    "is_gtin",
    "parse",
    "repair_azerty",
]
