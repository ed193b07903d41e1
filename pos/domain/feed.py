"""What a row of the centre's feed says, by its kind: the centre writes these, a till reads them.

A row is a whole state, never a change. Names that are not known are ignored, so that an older till
reads a newer centre. The row's key is the SKU for articles, prices and stock, the person's
reference for staff, the setting's name for settings.

>>> ArticleFields.model_validate({"name": "Pain", "vat": "FR055", "codes": ["03017620422003"]}).unit
'piece'
>>> PriceFields(prices=((0, 110), (1_800_000_000, 99))).fields()
{'prices': [[0, 110], [1800000000, 99]]}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pos.domain.catalogue import NAME_MAX
from pos.domain.money import AMOUNT_MAX
from pos.domain.promotion import Promotion

Key = Annotated[str, Field(min_length=1, max_length=60)]
Amount = Annotated[int, Field(ge=0, le=AMOUNT_MAX)]
Since = Annotated[int, Field(ge=0, lt=2**40)]

States = Mapping[str, dict[str, Any] | None]
"""The states of things of one kind, by key: the fields of each, None for what is gone."""


class FeedFields(BaseModel):
    """The fields of a row: frozen, unknown names ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def fields(self) -> dict[str, Any]:
        """Return the fields as they travel."""
        return self.model_dump(mode="json")


class ArticleFields(FeedFields):
    """An article (kind `article`, key: its SKU), as `pos.domain.catalogue.Article`, no prices."""

    name: Annotated[str, Field(min_length=1, max_length=NAME_MAX)]
    vat: Annotated[str, Field(min_length=1, max_length=20)]
    codes: Annotated[tuple[Key, ...], Field(max_length=100)] = ()
    unit: Literal["piece", "kg"] = "piece"
    department: Annotated[str, Field(max_length=80)] = ""
    age: Annotated[int, Field(ge=0, le=99)] = 0
    meal_voucher: bool = False
    guarantee_months: Annotated[int, Field(ge=0, le=1_200)] = 0
    eco: Amount = 0


class PriceFields(FeedFields):
    """The prices of an article in a zone (kind `price`, key: the SKU): past, present and to come.

    Each is from when it holds (seconds since 1970, UTC; 0: always) and how much (minor units, VAT
    included). They arrive ahead of time and switch on by the till's own clock.
    """

    prices: Annotated[tuple[tuple[Since, Amount], ...], Field(max_length=200)]


class PromotionFields(FeedFields):
    """A promotion of a zone (kind `promotion`, key: its own), as `pos.domain.promotion`.

    Instants are seconds since 1970 (UTC); `until` is the first at which it holds no more, 0 for no
    end. It arrives ahead of time and switches on and off by the till's own clock.
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    since: Since = 0
    until: Since = 0
    percent: Annotated[int, Field(ge=0, le=10_000)] = 0
    price: Amount | None = None
    every: Annotated[int, Field(ge=1, le=100)] = 1
    articles: Annotated[tuple[Key, ...], Field(max_length=1_000)] = ()
    departments: Annotated[tuple[Key, ...], Field(max_length=100)] = ()

    def as_promotion(self, key: str) -> Promotion:
        """Return it as the till's rules know it."""
        return Promotion(
            key,
            self.name,
            self.since,
            self.until,
            self.percent,
            self.price,
            self.every,
            frozenset(self.articles),
            frozenset(self.departments),
        )


class VatFields(FeedFields):
    """The rates of a VAT code (kind `vat`, key: the code): from a day on, in basis points.

    They stand before those of the till's own table, and switch at midnight of the shop.
    """

    rates: Annotated[
        tuple[tuple[date, Annotated[int, Field(ge=0, le=10_000)]], ...],
        Field(min_length=1, max_length=50),
    ]


class ArticleVatFields(FeedFields):
    """VAT codes that an article gets (kind `article_vat`, key: the SKU): from when, and which.

    Instants are seconds since 1970 (UTC); before the first one the article's own code holds. They
    arrive ahead of time and switch on by the till's own clock.
    """

    codes: Annotated[
        tuple[tuple[Since, Annotated[str, Field(min_length=1, max_length=20)]], ...],
        Field(min_length=1, max_length=50),
    ]


class StaffFields(FeedFields):
    """Someone who may use the tills of a store (kind `staff`, key: the reference)."""

    number: Annotated[str, Field(pattern=r"^\d{1,6}$")]
    name: Annotated[str, Field(min_length=1, max_length=40)]
    role: Literal["cashier", "clerk", "manager"]
    pin_hash: Annotated[str, Field(max_length=200)]


class PassKeyFields(FeedFields):
    """A public key (hex) that proves the centre's pickup passes (kind `pass_key`, key: 0 to 15).

    It signs passes of orders made `since` then (seconds since 1970); one that is `revoked` proves
    nothing any more.
    """

    public_key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    since: Since = 0
    revoked: bool = False


class StoreFields(FeedFields):
    """A shop of the company (kind `store`, key: its short name): its number in pickup passes."""

    number: Annotated[int, Field(ge=1, lt=2**16)]
    name: Annotated[str, Field(max_length=80)] = ""


class StockFields(FeedFields):
    """The stock of an article in a store (kind `stock`, key: the SKU), in thousandths.

    `quantity` can be sold, `shelf` is picked and waits for its customer, `reserved` is promised.
    """

    quantity: int
    shelf: int = 0
    reserved: int = 0
