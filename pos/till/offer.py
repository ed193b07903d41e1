"""From a scan to a line: what the cashier must still say about an article, and its way in.

A scan becomes a line at once, or a `Question` that must be answered first (the buyer's age, a
weight, a price), or a Refusal with a sound. A question holds everything needed to go on.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from pos.domain.barcode import ArticleCode, MeasuredCode, PassCode, Scan, parse
from pos.domain.basket import Added, AgeChecked, check_price, check_quantity
from pos.domain.catalogue import Article, Unit
from pos.domain.errors import Refusal
from pos.domain.facts import WeighingFacts
from pos.domain.line import Line, Promoted
from pos.domain.money import PIECE
from pos.domain.promotion import Promotions
from pos.domain.words import Quantity, Sentence
from pos.ports import StoreUnavailable
from pos.till.counter import show_basket
from pos.till.desk import Desk

SEARCH_MOST = 50

SHORTEST_BARCODE = 8
"""Fewer digits than this are a number of the shop's own: a SKU or an in-store key."""

CURRENCIES = {"EUR": "978", "CHF": "756", "GBP": "826"}
"""ISO 4217 numbers, as GS1 labels write them."""


class Asks(StrEnum):
    """What a question wants to know."""

    AGE = "age"
    PRICE = "price"
    WEIGHT = "weight"


@dataclass(frozen=True, slots=True)
class Offer:
    """An article on its way into the basket; None is what is not known yet.

    `age_seen` is the buyer's least age, in years, that the cashier saw for it; `weighing` is of
    what was weighed here rather than by a label.
    """

    article: Article
    code: str = ""
    quantity: int | None = None
    unit_price: int | None = None
    label_price: bool = False
    typed_price: bool = False
    lot: str | None = None
    expiry: str | None = None
    age_seen: int = 0
    weighing: WeighingFacts | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What must be answered before the offer becomes a line; `age` is set when that is asked."""

    asks: Asks
    offer: Offer
    age: int = 0

    @property
    def sentence(self) -> Sentence:
        """How the question is put to the cashier."""
        name = self.offer.article.name
        if self.asks is Asks.AGE:
            return Sentence("“{name}”: is the buyer {age} or older?", name=name, age=self.age)
        if self.asks is Asks.PRICE:
            return Sentence("“{name}” has no price; type one.", name=name)
        return Sentence("Weigh “{name}” and type its weight.", name=name)


def scan(desk: Desk, raw: str) -> Line | Question:
    """Take one scan or typed code; Refusal for what is no article, with the scanner's own sound.

    Raises Refusal: `unknown_code`, a wrong check digit, an expired article and the like.
    """
    try:
        return offer(desk, _scanned(desk, raw))
    except (Refusal, StoreUnavailable):
        desk.ports.sound.play("refused")
        for scanner in desk.ports.scanners.values():
            scanner.refuse()
        raise


def search(desk: Desk, text: str, limit: int = SEARCH_MOST) -> list[Article]:
    """Return the articles whose names fit what was typed, best first."""
    return desk.ports.catalogue.search(text, min(limit, SEARCH_MOST))


def choose(desk: Desk, article: Article) -> Line | Question:
    """Take an article that was picked from a list."""
    return offer(desk, Offer(article, code=article.codes[0] if article.codes else ""))


def article_of(desk: Desk, raw: str) -> Article:
    """Return the article of a scan or typed code, whatever else its label says.

    Raises Refusal: `unknown_code`, `pickup_pass`, and what is wrong with the code itself.
    """
    article = _by_number(desk, raw)
    if article is not None:
        return article
    code = parse(raw, desk.rules.plans, year=desk.now().year)
    if isinstance(code, ArticleCode):
        return _find(desk, code.gtin, _as_printed(code.gtin))
    return _offer_of(desk, code).article


def _by_number(desk: Desk, raw: str) -> Article | None:
    typed = raw.strip()
    is_short = typed.isascii() and typed.isdigit() and len(typed) < SHORTEST_BARCODE
    return desk.ports.catalogue.find(typed) if is_short else None


def _scanned(desk: Desk, raw: str) -> Offer:
    article = _by_number(desk, raw)
    if article is not None:
        return Offer(article, code=raw.strip())
    found = _offer_of(desk, parse(raw, desk.rules.plans, year=desk.now().year))
    if found.quantity is not None and desk.armed_quantity is not None:
        raise Refusal(
            "quantity_on_label",
            "The label of “{name}” says how much it is; clear the quantity and scan each label.",
            name=found.article.name,
        )
    return found


def _offer_of(desk: Desk, code: Scan) -> Offer:
    if isinstance(code, ArticleCode):
        return _article_offer(desk, code)
    if isinstance(code, MeasuredCode):
        return _measured_offer(desk, code)
    if isinstance(code, PassCode):
        raise Refusal("pickup_pass", "This is a pickup pass; scan it when no question is open.")
    article = _find(desk, code.text)
    return Offer(article, code=code.text)


def _find(desk: Desk, key: str, shown: str = "") -> Article:
    article = desk.ports.catalogue.find(key)
    if article is None:
        raise Refusal(
            "unknown_code",
            "No article has the code {code}; search it by name, or put it aside.",
            code=shown or key,
        )
    return article


def _article_offer(desk: Desk, code: ArticleCode) -> Offer:
    article = _find(desk, code.gtin, _as_printed(code.gtin))
    _check_currency(desk, code)
    if code.expiry is not None and code.expiry < desk.now().date():
        raise Refusal(
            "expired",
            "“{name}” was to be used by {day}; do not sell it, put it aside.",
            name=article.name,
            day=code.expiry,
        )
    weighed = article.unit is Unit.KG
    count = None if code.count is None else code.count * PIECE
    return Offer(
        article,
        code=code.gtin,
        quantity=PIECE if code.price is not None else code.weight if weighed else count,
        unit_price=code.price,
        label_price=code.price is not None,
        lot=code.lot,
        expiry=None if code.expiry is None else code.expiry.isoformat(),
    )


def _as_printed(gtin: str) -> str:
    """Return a GTIN as it stands under its bars: 8, 13 or 14 digits."""
    if gtin.startswith("000000"):
        return gtin[-8:]
    return gtin.removeprefix("0")


def _check_currency(desk: Desk, code: ArticleCode) -> None:
    if code.currency is not None and code.currency != CURRENCIES.get(desk.rules.currency):
        raise Refusal(
            "other_currency",
            "The price on the label {code} is not in {currency}; type the price.",
            code=_as_printed(code.gtin),
            currency=desk.rules.currency,
        )


def _measured_offer(desk: Desk, code: MeasuredCode) -> Offer:
    article = _find(desk, code.key)
    if code.kind != "price" and (code.kind == "weight") is not (article.unit is Unit.KG):
        raise Refusal(
            "label_mismatch",
            "The label and the catalogue differ on whether “{name}” is weighed; correct one.",
            name=article.name,
        )
    if code.kind == "price":
        return Offer(
            article, code=code.key, quantity=PIECE, unit_price=code.value, label_price=True
        )
    return Offer(article, code=code.key, quantity=code.value)


def offer(desk: Desk, offered: Offer) -> Line | Question:
    """Turn an offer into a line when nothing is left to ask, else into the next question."""
    article = offered.article
    _ = desk.signed_in
    if article.age > max(desk.basket.age_checked, offered.age_seen):
        desk.ports.sound.play("attention")
        return Question(Asks.AGE, offered, article.age)
    if offered.unit_price is None:
        price = _price_of(desk, article)
        if price is None:
            desk.ports.sound.play("attention")
            return Question(Asks.PRICE, offered)
        offered = replace(offered, unit_price=price)
    if offered.quantity is None:
        quantity, is_weighed = desk.armed_quantity, article.unit is Unit.KG
        if quantity is None and is_weighed:
            desk.ports.sound.play("attention")
            return Question(Asks.WEIGHT, offered)
        typed = WeighingFacts(by="hand") if is_weighed else None
        offered = replace(offered, quantity=quantity or PIECE, weighing=typed)
    return _add(desk, offered)


def _price_of(desk: Desk, article: Article) -> int | None:
    """Return what one costs now, or what the same article in the basket was scanned at.

    Two prices of one article on one ticket would confuse, so a new one counts from the next basket.
    """
    earlier = _earlier(desk, article.sku)
    if earlier is None:
        return article.price_at(desk.ports.clock.now())
    return earlier.unit_price if earlier.catalogue_price is None else earlier.catalogue_price


def _vat_of(desk: Desk, article: Article) -> str:
    """Return an article's VAT code now, or that of the same article in the basket, as of prices."""
    bought = (one for one in desk.basket.lines if one.sku == article.sku and not one.returned)
    earlier = next(bought, None)
    return desk.vat_of(article) if earlier is None else earlier.vat


def _earlier(desk: Desk, sku: str) -> Line | None:
    """Return the first line of the basket that got the catalogue's price of an article."""
    return next(
        (
            line
            for line in desk.basket.lines
            if line.sku == sku
            and not (line.label_price or line.typed_price)
            and line.returned is None
            and line.order is None
        ),
        None,
    )


def _add(desk: Desk, offered: Offer) -> Line:
    article, vat = offered.article, _vat_of(desk, offered.article)
    desk.rate_of(vat)
    _check_lines(desk)
    line = Line(
        n=desk.basket.next_line,
        sku=article.sku,
        name=article.name,
        vat=vat,
        unit_price=offered.unit_price or 0,
        quantity=offered.quantity or PIECE,
        unit=Unit.PIECE if offered.label_price else article.unit,
        code=offered.code,
        department=article.department,
        age=article.age,
        meal_voucher=article.meal_voucher,
        guarantee_months=article.guarantee_months,
        eco=0 if offered.label_price else article.eco,
        label_price=offered.label_price,
        typed_price=offered.typed_price,
        lot=offered.lot,
        expiry=offered.expiry,
        weighing=offered.weighing,
    )
    check_limit(desk, line.quantity, line.unit)
    added = Added(line=_promoted(desk, line))
    desk.check(added)
    if article.age > desk.basket.age_checked:
        desk.step(AgeChecked(age=offered.age_seen))
    desk.step(added)
    desk.armed_quantity = None
    desk.ports.sound.play("accepted")
    show_basket(desk, line)
    return line


def promotion_of(desk: Desk, article: Article) -> Promoted | None:
    """Return the promotion that an article gets now, None for none or without a price."""
    price = article.price_at(desk.ports.clock.now())
    if price is None:
        return None
    now = int(desk.ports.clock.now().timestamp())
    is_weighed = article.unit is Unit.KG
    return _promotions(desk).of(article.sku, article.department, now, price, weighed=is_weighed)


def _promotions(desk: Desk) -> Promotions:
    """Return the promotions of the centre; what cannot be read now stops no sale."""
    if desk.ports.centre is not None:
        with suppress(StoreUnavailable):
            return desk.ports.centre.promotions()
    return Promotions()


def _promoted(desk: Desk, line: Line) -> Line:
    """Return the line with the promotion that holds for it now, or that its article got before."""
    earlier = None if line.label_price or line.typed_price else _earlier(desk, line.sku)
    if earlier is not None:
        return line.model_copy(update={"promotion": earlier.promotion})
    rule = _promotions(desk).of(
        line.sku,
        line.department,
        int(desk.ports.clock.now().timestamp()),
        line.unit_price,
        weighed=line.unit is Unit.KG,
        own_price=line.label_price,
    )
    return line if rule is None else line.model_copy(update={"promotion": rule})


def _check_lines(desk: Desk) -> None:
    if len(desk.basket.lines) >= desk.rules.limits.lines:
        raise Refusal(
            "basket_full",
            "This basket holds {most} lines already; finish it and start another.",
            most=desk.rules.limits.lines,
        )


def check_limit(desk: Desk, quantity: int, unit: Unit) -> None:
    """Refuse a quantity beyond what this shop sells on one line."""
    limits = desk.rules.limits
    most = limits.grams if unit is Unit.KG else limits.pieces * PIECE
    if quantity > most:
        raise Refusal(
            "too_many",
            "{quantity} is more than the {most} that this shop sells on one line; check it.",
            quantity=Quantity(quantity, unit.value),
            most=Quantity(most, unit.value),
        )


def answer(
    desk: Desk, question: Question, value: int = 0, weighing: WeighingFacts | None = None
) -> Line | Question:
    """Answer a question: a price in minor units, a weight in grams; the value is unused for age.

    A weight without its `weighing` was typed. A refused value leaves the question as it was. For
    the age, an answer means that the cashier saw it; to say no, drop the question: nothing was
    added.
    """
    if question.asks is Asks.AGE:
        return offer(desk, replace(question.offer, age_seen=question.age))
    if question.asks is Asks.PRICE:
        check_price(value)
        return offer(desk, replace(question.offer, unit_price=value, typed_price=True))
    check_quantity(value, Unit.KG)
    weighing = weighing or WeighingFacts(by="hand")
    return offer(desk, replace(question.offer, quantity=value, weighing=weighing))


def arm_quantity(desk: Desk, quantity: int | None) -> None:
    """Keep a quantity (thousandths: pieces, or kilograms of what is weighed) for the next article.

    None forgets it.
    """
    if quantity is not None:
        check_quantity(quantity, Unit.KG)
    desk.armed_quantity = quantity
