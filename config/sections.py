"""The shape of the settings: one frozen class a section of the file, one field a key.

`config/defaults.toml` holds every default and explains every key; nothing has a default here, so
that the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from config.devices import Devices as Devices
from config.fields import WEEKDAYS as WEEKDAYS
from config.fields import (
    ArticleField,
    Cents,
    Line,
    Percent,
    Section,
    Tender,
    Weekday,
    fits,
    wrong,
)
from config.keymap import keymap
from pos.domain.barcode import MeasureKind, MeasurePlan
from pos.domain.basket import LINES_MAX
from pos.domain.errors import Refusal
from pos.domain.words import Sentence


def _numbered(valid: Callable[[str], bool], example: Sentence) -> AfterValidator:
    def check(text: str) -> str:
        bare = text.replace(" ", "").upper()
        if bare and not valid(bare):
            raise wrong(example)
        return bare

    return AfterValidator(check)


def _is_siret(text: str) -> bool:
    from stdnum.fr import siret

    return bool(siret.is_valid(text))


def _is_vat_number(text: str) -> bool:
    from stdnum.eu import vat

    return bool(vat.is_valid(text))


def _is_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, OSError, ValueError) as error:
        raise wrong(Sentence("a time zone such as Europe/Paris")) from error
    return text


_NAME = r"[A-Z][A-Z0-9]{0,7}"
Name = Annotated[str, fits(_NAME, Sentence("1 to 8 capital letters and digits, a letter first"))]


class Shop(Section):
    """The shop and its company, as the law wants them on a ticket."""

    name: Line
    company: Line
    legal_form: Line
    address: tuple[Line, ...]
    postcode: Line
    city: Line
    country: Annotated[str, fits("[A-Z]{2}", Sentence("a country's two capital letters"))]
    phone: Line
    siret: Annotated[
        str, _numbered(_is_siret, Sentence("the 14 digits of a SIRET, the last one right"))
    ]
    naf: Line
    vat_exempt: bool
    vat_number: Annotated[
        str, _numbered(_is_vat_number, Sentence("a VAT number such as FR and 11 digits"))
    ]
    return_policy: Annotated[str, Field(max_length=500)]
    currency: Annotated[str, fits("[A-Z]{3}", Sentence("a currency's three capital letters"))]
    zone: Annotated[str, AfterValidator(_is_zone)]
    cut_off_hour: Annotated[int, Field(ge=0, le=23)]


class Till(Section):
    """This till: its place in the names of entries, its language, look and fiscal rules."""

    store: Name
    name: Name
    kind: Literal["till", "kiosk"]
    language: Literal["fr", "en"]
    theme: Literal["light", "dark", "high-contrast"]
    fiscal: Literal["france", "none"]


class Selling(Section):
    """What a cashier may do alone, and the limits of a sale; cents, whole percents, grams."""

    line_discount_max_percent: Percent
    ticket_discount_max_percent: Percent
    price_override: Literal["free", "permission", "never"]
    quantity_max_pieces: Annotated[int, Field(ge=1, le=9_999)]
    weight_max_grams: Annotated[int, Field(ge=1, le=9_999_999)]
    lines_max: Annotated[int, Field(ge=1, le=LINES_MAX)]
    cash_limit: Cents
    cash_limit_nonresident: Cents
    cash_rounding: Literal["none", "five_cents"]


class MealVouchers(Section):
    """The rules of meal vouchers; they change by law, so that all of them are settings."""

    daily_cap: Cents
    weekdays: tuple[Weekday, ...]
    until: date


class Tenders(Section):
    """The ways to pay that are on, in the order shown, and the quick keys in cents."""

    on: tuple[Tender, ...]
    quick_cash: tuple[Annotated[int, Field(ge=1, le=99_999_999)], ...]

    @field_validator("on")
    @classmethod
    def _some(cls, on: tuple[Tender, ...]) -> tuple[Tender, ...]:
        if not on or len(set(on)) < len(on):
            raise wrong(Sentence("at least one way to pay, each named once"))
        return on

    @field_validator("quick_cash")
    @classmethod
    def _rising(cls, notes: tuple[int, ...]) -> tuple[int, ...]:
        if list(notes) != sorted(set(notes)):
            raise wrong(Sentence("amounts in cents, smallest first, each once"))
        return notes


class Refunds(Section):
    """How goods come back; amounts in cents."""

    without_ticket_most: Cents
    days: Annotated[int, Field(ge=0, le=3_650)]
    instead: dict[Tender, Tender]


class Cash(Section):
    """Who shares a drawer, what is counted in it, and which difference needs a manager; cents."""

    drawers: Literal["shared", "each"]
    denominations: tuple[Annotated[int, Field(ge=1, le=99_999_999)], ...]
    difference_limit: Cents
    float_target: Cents

    @field_validator("denominations")
    @classmethod
    def _falling(cls, coins: tuple[int, ...]) -> tuple[int, ...]:
        if not coins or list(coins) != sorted(set(coins), reverse=True):
            raise wrong(Sentence("notes and coins in cents, largest first, each once"))
        return coins


class Pickup(Section):
    """How orders are prepared and handed out; amounts in cents."""

    offline: Literal["allow", "manager", "refuse"]
    offline_most: Cents
    high_value: Cents
    undo_minutes: Annotated[int, Field(ge=0, le=1_440)]
    soon_minutes: Annotated[int, Field(ge=0, le=1_440)]
    slip_copies: Annotated[int, Field(ge=0, le=3)]
    bag_labels: bool
    bags_scanned: bool
    wrong_codes: Annotated[int, Field(ge=1, le=20)]
    wait_minutes: Annotated[int, Field(ge=1, le=120)]


class Closing(Section):
    """When fiscal years end, and how many forgotten days the till closes by itself."""

    year_ends_with: Annotated[int, Field(ge=1, le=12)]
    catch_up_days: Annotated[int, Field(ge=1, le=366)]


Account = Annotated[
    str, fits("[0-9A-Z]{1,20}", Sentence("an account number of 1 to 20 digits or capitals"))
]


class Accounting(Section):
    """The shop's account numbers for the accountant's file; see `comptoir fiscal export`."""

    journal: Annotated[
        str, fits("[0-9A-Z]{1,6}", Sentence("a journal code of 1 to 6 digits or capitals"))
    ]
    accounts: dict[Annotated[str, Field(max_length=40)], Account]


class Printing(Section):
    """When a ticket is printed without being asked for."""

    ask: bool
    always_for_guarantee: bool
    always_for_weighed: bool
    always_for_card_trouble: bool


class MeasureLayout(Section):
    """One layout of the shop's own labels; see `pos.domain.barcode.MeasurePlan`."""

    prefix: str
    item_digits: int
    value_digits: int
    check: bool = False
    kind: MeasureKind = "price"
    decimals: int = 2

    @model_validator(mode="after")
    def _possible(self) -> Self:
        self.plan()
        return self

    def plan(self) -> MeasurePlan:
        """Return the layout as the plan that the barcode door takes."""
        return MeasurePlan(**dict(self))


class Barcodes(Section):
    """What the shop's own labels mean."""

    measure_plans: tuple[MeasureLayout, ...]

    def plans(self) -> tuple[MeasurePlan, ...]:
        """Return the layouts as plans."""
        return tuple(layout.plan() for layout in self.measure_plans)


class CatalogueFiles(Section):
    """How the columns of an imported file are called, beside the fields' own names."""

    default_vat: Line
    headers: dict[ArticleField, tuple[Line, ...]]


def _is_private(url: str) -> bool:
    """An address that nobody on the way can read: TLS, or this machine itself."""
    parsed = urlsplit(url)
    is_here = parsed.hostname in ("localhost", "127.0.0.1", "::1")
    return bool(parsed.hostname) and (
        parsed.scheme == "https" or (parsed.scheme == "http" and is_here)
    )


def _check_centre(url: str) -> str:
    if url and not _is_private(url):
        raise wrong(
            Sentence("an address such as https://centre.example; http:// only on this machine")
        )
    return url.rstrip("/")


class Centre(Section):
    """The centre that this till belongs to; an empty URL means none."""

    url: Annotated[str, Field(max_length=200), AfterValidator(_check_centre)]
    proxy: Annotated[
        str,
        Field(max_length=200),
        fits(
            r"(https?://\S+)?", Sentence("an address such as http://proxy.example:3128, or nothing")
        ),
    ]
    enabled: bool


class Sounds(Section):
    """Which of the till's sounds are on."""

    accepted: bool
    refused: bool
    attention: bool


class Settings(Section):
    """Every setting of one till."""

    shop: Shop
    till: Till
    selling: Selling
    meal_vouchers: MealVouchers
    tenders: Tenders
    refunds: Refunds
    cash: Cash
    pickup: Pickup
    closing: Closing
    accounting: Accounting
    printing: Printing
    devices: Devices
    barcodes: Barcodes
    catalogue: CatalogueFiles
    centre: Centre
    sounds: Sounds
    keys: dict[str, str]

    @field_validator("keys")
    @classmethod
    def _usable(cls, keys: dict[str, str]) -> dict[str, str]:
        try:
            return dict(keymap(keys).keys)
        except Refusal as refusal:
            raise PydanticCustomError("refused", "{why}", {"why": refusal.sentence}) from refusal
