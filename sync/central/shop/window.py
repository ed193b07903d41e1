"""`/shop`: a shop window of the catalogue, to play the customer (`comptoir-central demo-shop`).

It takes no payment and asks for no account: a sale paid online is said to be paid. What is chosen
travels in the address (`?b=SKU:2`), so that the pages keep nothing anywhere. It orders through the
same door as any sales channel.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs, quote, urlencode

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError
from sqlalchemy import text
from starlette.responses import RedirectResponse, Response

from pos.domain.feed import ArticleFields
from pos.domain.money import AMOUNT_MAX, PIECE
from pos.domain.order import Contract
from pos.domain.words import Sentence, Words
from sync.central import prices, stores
from sync.central.body import read_body
from sync.central.orders import placing
from sync.central.orders.availability import availability
from sync.central.orders.messages import Customer, NewLine, NewOrder
from sync.central.service import Here, Service
from sync.central.shop.paint import page
from sync.central.values import CATALOGUE, COMPANY, CentreRefusal

router = APIRouter(include_in_schema=False)

CHANNEL = "demo-shop"
SHOWN_MOST = 40
KINDS_MOST = 20
FORM_BYTES_MOST = 8_000
_CHOSEN = re.compile(r"([^:,]{1,60}):(\d{1,3})")
_LANGUAGES = ("fr", "en")

_FIND = text(
    "SELECT key, fields FROM feed_row WHERE store_id = :store_id AND scope = :scope"
    " AND kind = 'article' AND fields IS NOT NULL"
    " AND (:words = '' OR position(lower(:words) IN lower(fields)) > 0) ORDER BY key LIMIT :most"
)
_SOME = text(
    "SELECT key, fields FROM feed_row WHERE store_id = :store_id AND scope = :scope"
    " AND kind = 'article' AND key = ANY(:skus) AND fields IS NOT NULL"
)

Chosen = Mapping[str, int]
"""How many pieces of each article."""


@dataclass(frozen=True, slots=True)
class Look:
    """What every page of the window keeps in its address: the language, and what is chosen."""

    language: str
    chosen: Chosen

    @property
    def basket(self) -> str:
        """What is chosen, as an address tells it."""
        return ",".join(f"{sku}:{count}" for sku, count in self.chosen.items())

    def link(self, path: str) -> str:
        """Return an address within the window."""
        return f"{path}?{urlencode({'l': self.language, 'b': self.basket})}"


def preferred(accepted: str) -> str:
    """Return the first language of a browser's list (RFC 9110 §12.5.4) that the shop speaks.

    >>> preferred("de-DE,de;q=0.9,en;q=0.8,fr;q=0.7"), preferred("")
    ('en', 'fr')
    """
    spoken = (one.strip()[:2].lower() for one in accepted[:200].split(","))
    return next((one for one in spoken if one in _LANGUAGES), "fr")


def look_of(language: str, basket: str) -> Look:
    """Read what an address says; what makes no sense is left out.

    >>> look_of("en", "BAG:2,??,CUP:0").chosen
    {'BAG': 2}
    """
    found = {sku: int(count) for sku, count in _CHOSEN.findall(basket) if int(count)}
    kept = dict(list(found.items())[:KINDS_MOST])
    return Look(language if language in _LANGUAGES else "fr", kept)


@router.get("/shop")
async def window(
    request: Request,
    service: Here,
    q: Annotated[str, Query(max_length=60)] = "",
    l: Annotated[str, Query(max_length=2)] = "",  # noqa: E741
    b: Annotated[str, Query(max_length=2_000)] = "",
) -> Response:
    """Show the articles."""
    look = look_of(l or preferred(request.headers.get("accept-language", "")), b)
    words = _words(service, look.language)
    found = await _articles(service, _FIND, words=q.strip(), most=SHOWN_MOST)
    costs = await _prices(service, list(found))
    articles = [
        {
            "name": article.name,
            "price": words.amount(costs[sku]),
            "link": look.link(f"/shop/article/{quote(sku, safe='')}"),
        }
        for sku, article in found.items()
        if sku in costs and article.unit == "piece"
    ]
    told = {
        **_frame(look, words, Sentence("The shop")),
        "articles": articles,
        "query": q,
        "basket": look.basket,
        "find_label": words.say(Sentence("Find an article")),
        "none_label": words.say(Sentence("There is no such article.")),
    }
    return page("window.html.j2", told)


@router.get("/shop/article/{sku}")
async def article(
    sku: str,
    service: Here,
    l: Annotated[str, Query(max_length=2)] = "fr",  # noqa: E741
    b: Annotated[str, Query(max_length=2_000)] = "",
) -> Response:
    """Show an article, its price, and which stores have it."""
    look, words = look_of(l, b), _words(service, l)
    found = (await _articles(service, _SOME, skus=[sku])).get(sku)
    costs = await _prices(service, [sku])
    if found is None or sku not in costs:
        return _sorry(look, words, Sentence("There is no such article."))
    named = {one.store: one.name for one in await stores.every(service.centre)}
    rows = await availability(service.centre, [sku], service.settings.orders, service.now())
    more = Look(look.language, {**look.chosen, sku: look.chosen.get(sku, 0) + 1})
    told = {
        **_frame(look, words, Sentence("{name}", name=found.name)),
        "price": words.amount(costs[sku]),
        "stores": [
            (named[one.store], words.quantity(one.available, "piece"))
            for one in rows
            if one.store in named
        ],
        "store_label": words.say(Sentence("Shop")),
        "stock_label": words.say(Sentence("In stock")),
        "add": more.link("/shop/basket"),
        "add_label": words.say(Sentence("Add to the basket")),
    }
    return page("article.html.j2", told)


@router.get("/shop/basket")
async def basket(
    service: Here,
    l: Annotated[str, Query(max_length=2)] = "fr",  # noqa: E741
    b: Annotated[str, Query(max_length=2_000)] = "",
) -> Response:
    """Show what is chosen, and the form that orders it."""
    look, words = look_of(l, b), _words(service, l)
    return await _basket(service, look, words, {})


@router.post("/shop/order")
async def order(request: Request, service: Here) -> Response:
    """Order what is chosen, and lead to the page of the order."""
    body = await read_body(request, FORM_BYTES_MOST, service.settings.limits.body_s)
    form = {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}
    look = look_of(form.get("l", "fr"), form.get("b", ""))
    words = _words(service, look.language)
    try:
        asked = NewOrder(
            store=form.get("store", ""),
            contract=Contract(form.get("contract", "")),
            lines=tuple(
                NewLine(sku=sku, quantity=count * PIECE) for sku, count in look.chosen.items()
            ),
            customer=Customer(
                name=form.get("name", "").strip(),
                email=form.get("email", "").strip(),
                language=look.language,
            ),
        )
    except (ValidationError, ValueError):
        refused = Sentence("Please fill in the form again.")
        return await _basket(service, look, words, form, refused)
    try:
        held = await placing.place(
            service.centre, CHANNEL, asked, service.settings.orders, service.now()
        )
    except placing.OutOfStock:
        refused = Sentence("This shop has not enough of it now; choose another one.")
        return await _basket(service, look, words, form, refused)
    except CentreRefusal:
        refused = Sentence("That cannot be ordered here.")
        return await _basket(service, look, words, form, refused)
    return RedirectResponse(f"/o/{held.token}", status_code=303)


async def _basket(
    service: Service,
    look: Look,
    words: Words,
    form: Mapping[str, str],
    refused: Sentence | None = None,
) -> Response:
    found = await _articles(service, _SOME, skus=list(look.chosen))
    costs = await _prices(service, list(found))
    kept = {sku: count for sku, count in look.chosen.items() if sku in found and sku in costs}
    total = sum(costs[sku] * count for sku, count in kept.items())
    if not kept or total > AMOUNT_MAX:
        return _sorry(look, words, Sentence("Your basket is empty."))
    contracts = (
        (Contract.PAID_ONLINE, Sentence("Pay now (nothing is charged here)")),
        (Contract.PAY_AT_PICKUP, Sentence("Pay at the desk")),
        (Contract.RESERVATION, Sentence("Reserve it to try, without obligation")),
    )
    told = {
        **_frame(look, words, Sentence("Your basket")),
        "refused": words.say(refused) if refused else "",
        "form": {name: form.get(name, "") for name in ("store", "contract", "name", "email")},
        "lines": [
            (found[sku].name, count, words.amount(costs[sku] * count))
            for sku, count in kept.items()
        ],
        "total": words.amount(total),
        "stores": [(one.store, one.name) for one in await stores.every(service.centre)],
        "contracts": [(value.value, words.say(label)) for value, label in contracts],
        "basket": Look(look.language, kept).basket,
        "store_label": words.say(Sentence("Shop where you collect it")),
        "contract_label": words.say(Sentence("How you pay")),
        "name_label": words.say(Sentence("Your name")),
        "email_label": words.say(Sentence("Your e-mail address")),
        "order_label": words.say(Sentence("Order")),
    }
    return page("basket.html.j2", told)


def _frame(look: Look, words: Words, title: Sentence) -> dict[str, object]:
    other = Look("en" if look.language == "fr" else "fr", look.chosen)
    count = sum(look.chosen.values())
    return {
        "language": look.language,
        "title": words.say(title),
        "refresh_s": 0,
        "shop": look.link("/shop"),
        "shop_label": words.say(Sentence("The shop")),
        "other": other.link("/shop"),
        "other_label": "English" if other.language == "en" else "Français",
        "basket_link": look.link("/shop/basket"),
        "basket_label": words.say(Sentence("Basket ({number})", number=count)),
    }


def _sorry(look: Look, words: Words, sentence: Sentence) -> Response:
    told = {**_frame(look, words, Sentence("The shop")), "text": words.say(sentence)}
    return page("window_message.html.j2", told, 404)


def _words(service: Service, language: str) -> Words:
    return service.words_for(language, service.settings.time_zone)


async def _articles(service: Service, query: object, **given: object) -> dict[str, ArticleFields]:
    asked = {"store_id": COMPANY, "scope": CATALOGUE, **given}
    async with service.centre.session(COMPANY) as session:
        rows = (await session.execute(query, asked)).all()  # type: ignore[call-overload]
    return {sku: ArticleFields.model_validate(json.loads(fields)) for sku, fields in rows}


async def _prices(service: Service, skus: Sequence[str]) -> dict[str, int]:
    """Return what articles cost now in the price zone of the first shop."""
    every = await stores.every(service.centre)
    if not every:
        return {}
    async with service.centre.session(COMPANY) as session:
        held = await prices.held_in(session, every[0].price_zone, list(skus))
    now = int(service.now().timestamp())
    found = {}
    for sku, dated in held.items():
        past = [amount for since, amount in dated if since <= now]
        if past:
            found[sku] = past[-1]
    return found
