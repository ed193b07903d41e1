"""Selling: from a scan to a line, and everything a cashier does to a basket before payment.

A scan becomes a line at once, or a `Question` that must be answered first (the buyer's age, a
weight, a price), or a Refusal with a sound. A question holds everything needed to go on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from pos.domain.barcode import ArticleCode, MeasuredCode, PassCode, Scan, parse
from pos.domain.basket import (
    Added,
    AgeChecked,
    Basket,
    Discounted,
    PriceChanged,
    QuantityChanged,
    TenderTakenBack,
    TicketDiscounted,
    Undone,
    Voided,
    check_price,
    check_quantity,
)
from pos.domain.catalogue import Article, Unit
from pos.domain.errors import Refusal
from pos.domain.events import BasketAbandoned, BasketParked, BasketRecalled
from pos.domain.line import Discount, Line
from pos.domain.money import PIECE
from pos.domain.staff import Permission
from pos.domain.words import Quantity, Sentence
from pos.till.counter import show_basket, show_welcome
from pos.till.desk import Desk, Loan, OpenBasket

SEARCH_MOST = 50
PARKED_MOST = 50


class Asks(StrEnum):
    """What a question wants to know."""

    AGE = "age"
    PRICE = "price"
    WEIGHT = "weight"


@dataclass(frozen=True, slots=True)
class Offer:
    """An article on its way into the basket; None is what is not known yet."""

    article: Article
    code: str = ""
    quantity: int | None = None
    unit_price: int | None = None
    label_price: bool = False
    lot: str | None = None
    expiry: str | None = None


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
        return offer(desk, _offer_of(desk, parse(raw, desk.rules.plans, year=desk.now().year)))
    except Refusal:
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


def _offer_of(desk: Desk, code: Scan) -> Offer:
    if isinstance(code, ArticleCode):
        return _article_offer(desk, code)
    if isinstance(code, MeasuredCode):
        return _measured_offer(desk, code)
    if isinstance(code, PassCode):
        raise Refusal("pickup_pass", "This is a pickup pass; there is no pickup desk here yet.")
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
    shown = code.gtin.lstrip("0").rjust(8, "0")
    article = _find(desk, code.gtin, shown if len(shown) != 12 else "0" + shown)
    if code.expiry is not None and code.expiry < desk.business_day():
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


def _measured_offer(desk: Desk, code: MeasuredCode) -> Offer:
    article = _find(desk, code.key)
    if code.kind == "price":
        return Offer(
            article, code=code.key, quantity=PIECE, unit_price=code.value, label_price=True
        )
    return Offer(article, code=code.key, quantity=code.value)


def offer(desk: Desk, offered: Offer) -> Line | Question:
    """Turn an offer into a line when nothing is left to ask, else into the next question."""
    article = offered.article
    if article.age > desk.basket.age_checked:
        desk.ports.sound.play("attention")
        return Question(Asks.AGE, offered, article.age)
    if offered.unit_price is None:
        price = article.price_at(desk.ports.clock.now())
        if price is None:
            desk.ports.sound.play("attention")
            return Question(Asks.PRICE, offered)
        offered = replace(offered, unit_price=price)
    if offered.quantity is None:
        quantity = desk.armed_quantity
        if quantity is None and article.unit is Unit.KG:
            desk.ports.sound.play("attention")
            return Question(Asks.WEIGHT, offered)
        offered = replace(offered, quantity=quantity or PIECE)
    return _add(desk, offered)


def _add(desk: Desk, offered: Offer) -> Line:
    article = offered.article
    desk.rate_of(article.vat)
    _check_lines(desk)
    line = Line(
        n=desk.basket.next_line,
        sku=article.sku,
        name=article.name,
        vat=article.vat,
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
        lot=offered.lot,
        expiry=offered.expiry,
    )
    _check_limit(desk, line.quantity, line.unit)
    desk.step(Added(line=line))
    desk.armed_quantity = None
    desk.ports.sound.play("accepted")
    show_basket(desk, line)
    return line


def _check_lines(desk: Desk) -> None:
    if len(desk.basket.lines) >= desk.rules.limits.lines:
        raise Refusal(
            "basket_full",
            "This basket holds {most} lines already; finish it and start another.",
            most=desk.rules.limits.lines,
        )


def _check_limit(desk: Desk, quantity: int, unit: Unit) -> None:
    limits = desk.rules.limits
    most = limits.grams if unit is Unit.KG else limits.pieces * PIECE
    if quantity > most:
        raise Refusal(
            "too_many",
            "{quantity} is more than the {most} that this shop sells on one line; check it.",
            quantity=Quantity(quantity, unit.value),
            most=Quantity(most, unit.value),
        )


def answer(desk: Desk, question: Question, value: int = 0) -> Line | Question:
    """Answer a question: a price in minor units, a weight in grams; the value is unused for age.

    A refused value leaves the question as it was. For the age, an answer means that the cashier
    saw it; to say no, drop the question: nothing was added.
    """
    if question.asks is Asks.AGE:
        desk.step(AgeChecked(age=question.age))
        return offer(desk, question.offer)
    if question.asks is Asks.PRICE:
        check_price(value)
        return offer(desk, replace(question.offer, unit_price=value))
    check_quantity(value, Unit.KG)
    return offer(desk, replace(question.offer, quantity=value))


def arm_quantity(desk: Desk, quantity: int) -> None:
    """Keep a quantity (thousandths) for the next article."""
    check_quantity(quantity, Unit.KG)
    desk.armed_quantity = quantity


def set_quantity(desk: Desk, n: int, quantity: int) -> Basket:
    """Set a line's quantity, in thousandths."""
    _check_limit(desk, quantity, desk.basket.line(n).unit)
    return _shown(desk, desk.step(QuantityChanged(n=n, quantity=quantity)))


def set_price(desk: Desk, n: int, unit_price: int, loan: Loan | None = None) -> Basket:
    """Replace a line's unit price (permission `price_override`, unless the shop lets anyone)."""
    step = PriceChanged(n=n, unit_price=unit_price)
    desk.mine().history.check(step)
    if desk.rules.limits.price_override == "never":
        raise Refusal("price_fixed", "This shop does not change prices at the till.")
    if desk.rules.limits.price_override == "permission":
        desk.require(Permission.PRICE_OVERRIDE, loan)
    return _shown(desk, desk.step(step))


def discount_line(
    desk: Desk, n: int, discount: Discount | None, loan: Loan | None = None
) -> Basket:
    """Set or take away a line's discount; a large one needs `big_discount`."""
    step = Discounted(n=n, discount=discount)
    desk.mine().history.check(step)
    if discount is not None:
        free = desk.rules.limits.line_discount
        _allow_discount(desk, discount, (desk.basket.line(n).gross, free), loan)
    return _shown(desk, desk.step(step))


def discount_ticket(desk: Desk, discount: Discount | None, loan: Loan | None = None) -> Basket:
    """Set or take away the discount on the whole ticket; a large one needs `big_discount`."""
    step = TicketDiscounted(discount=discount)
    desk.mine().history.check(step)
    if discount is not None:
        free = desk.rules.limits.ticket_discount
        _allow_discount(desk, discount, (desk.basket.subtotal, free), loan)
    return _shown(desk, desk.step(step))


def _allow_discount(desk: Desk, discount: Discount, of: tuple[int, int], loan: Loan | None) -> None:
    base, free = of
    small = discount.off(base) * 10_000 <= base * free
    desk.require(Permission.DISCOUNT if small else Permission.BIG_DISCOUNT, loan)


def void_line(desk: Desk, n: int) -> Basket:
    """Take a line out before payment; it stays on record."""
    return _shown(desk, desk.step(Voided(n=n)))


def take_tender_back(desk: Desk, n: int) -> Basket:
    """Give a cash, cheque or voucher payment back before the sale is finished."""
    for tender in desk.basket.tenders:
        if tender.n == n and tender.method == "card":
            raise Refusal(
                "card_not_undone",
                "A card payment is not taken back here; refund it on the card terminal.",
            )
    return _shown(desk, desk.step(TenderTakenBack(n=n)))


def undo(desk: Desk) -> Basket:
    """Take the last step back."""
    return _shown(desk, desk.step(Undone()))


def _shown(desk: Desk, basket: Basket) -> Basket:
    show_basket(desk, basket.last)
    return basket


def park(desk: Desk) -> OpenBasket:
    """Put the basket aside; it survives a restart. Refusal when it is empty or there are 50."""
    mine = desk.mine()
    if mine.basket.is_empty:
        raise Refusal("empty_basket", "The basket is empty; scan an article first.")
    if len(desk.parked) >= PARKED_MOST:
        raise Refusal(
            "too_many_parked",
            "{most} baskets are put aside already; recall one first.",
            most=PARKED_MOST,
        )
    desk.ports.ledger.record(
        BasketParked(
            basket=mine.name,
            staff=desk.signed_in.ref,
            lines=len(mine.basket.lines),
            total=mine.basket.total,
        )
    )
    desk.parked.append(desk.open.pop(mine.staff))
    show_welcome(desk)
    return mine


def recall(desk: Desk, name: str | None = None) -> OpenBasket:
    """Take a parked basket up again: by name, or the only one there is.

    Raises Refusal: `nothing_parked`, `which_parked` when there are several, `basket_open` when
    the present basket is not empty.
    """
    if not desk.parked:
        raise Refusal("nothing_parked", "No basket is put aside.")
    if not desk.basket.is_empty:
        raise Refusal("basket_open", "Finish this basket or put it aside before recalling one.")
    if name is None and len(desk.parked) > 1:
        raise Refusal("which_parked", "Several baskets are put aside; choose one.")
    found = next((one for one in desk.parked if name in (None, one.name)), None)
    if found is None:
        raise Refusal("nothing_parked", "No basket is put aside.")
    ref = desk.signed_in.ref
    desk.ports.ledger.record(BasketRecalled(basket=found.name, staff=ref))
    desk.parked.remove(found)
    found.staff = ref
    desk.open[ref] = found
    desk.just_sold = False
    show_basket(desk, found.basket.last)
    return found


def abandon(desk: Desk, reason: str, loan: Loan | None = None) -> None:
    """End the basket with no sale: an event stays, no number. Payments are given back first."""
    mine = desk.mine()
    if mine.basket.is_empty and not mine.basket.voided:
        return
    if mine.basket.tenders:
        raise Refusal(
            "paid_in_part", "A payment was taken already; give it back before abandoning."
        )
    desk.require(Permission.ABANDON, loan)
    desk.ports.ledger.record(
        BasketAbandoned(
            basket=mine.name,
            staff=desk.signed_in.ref,
            lines=len(mine.basket.lines),
            total=mine.basket.total,
            reason=reason[:80],
            voided=list(mine.basket.voided),
        )
    )
    del desk.open[mine.staff]
    show_welcome(desk)


Gesture = Callable[[Loan | None], object]
"""A guarded gesture that waits for a loan: call it again with the loan that was given."""
