"""`/o/{token}`: the page of an order. Whoever has the token has the order: it is as good as a pass.

Nothing is asked of who opens it, nothing is kept in the browser. The buttons are plain forms; what
they do is done once, however often they are sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import structlog
from fastapi import APIRouter
from fastapi import Path as InPath
from sqlalchemy import text
from starlette.responses import RedirectResponse, Response

from pos.domain.errors import Refusal
from pos.domain.order import Order
from pos.domain.pickup_pass import shown_code
from pos.domain.words import Sentence, Words
from sync.central.orders import placing
from sync.central.orders.held import Held
from sync.central.pass_keys import Ring, ring
from sync.central.passes import pass_of
from sync.central.service import Here, Service
from sync.central.shop.paint import page, qr_path
from sync.central.shop.view import LineShown, OrderShown, view_of
from sync.central.values import CentreRefusal, Unknown

router = APIRouter(include_in_schema=False)

REFRESH_S = 20
"""How often a page looks again by itself while its order is on its way."""

Token = Annotated[str, InPath(max_length=60)]

_STORE = text(
    "SELECT name, number, time_zone, address, hours FROM store WHERE store_id = :store_id"
)


_TOO_LATE = Sentence("That cannot be done any more.")
_REFUSED = {
    "being_handed_over": Sentence("Your order is being handed over now; see the desk."),
}
"""What is answered to a wish that cannot be, by the slug of its refusal."""


@dataclass(frozen=True, slots=True)
class StoreShown:
    """The shop of an order: `address` and `hours` are lines as its office wrote them, `keys` what
    signs its passes.
    """

    name: str
    number: int
    zone: str
    address: str
    hours: str
    keys: Ring

    @property
    def lines(self) -> list[str]:
        """Where it is and when it is open, line by line."""
        return [*self.address.splitlines(), *self.hours.splitlines()]


@router.get("/o/{token}")
async def order(token: Token, service: Here, refused: str = "") -> Response:
    """Show an order."""
    held = await placing.order_by_token(service.centre, token)
    if held is None:
        return _nobody(service)
    store = await _store(service, held)
    words = service.words_for(held.order.language, store.zone)
    zone = ZoneInfo(store.zone)

    def local(told: str) -> datetime | None:
        return datetime.fromisoformat(told).astimezone(zone) if told else None

    shown = view_of(held.order, local)
    told = {
        **_frame(words, held.order.language, shown.headline),
        **_content(words, shown),
        **_store_told(words, store, held),
        **_buttons(words, shown, token),
        **(_pass(words, held, store) if shown.shows_pass else {"code": ""}),
        "refused": words.say(_REFUSED.get(refused, _TOO_LATE)) if refused else "",
        "refresh_s": REFRESH_S if any(not done for _, done in shown.steps) else 0,
    }
    return page("order.html.j2", told)


@router.get("/o/{token}/cancel")
async def sure(token: Token, service: Here) -> Response:
    """Ask whether an order is really to be cancelled."""
    held = await placing.order_by_token(service.centre, token)
    if held is None:
        return _nobody(service)
    store = await _store(service, held)
    words = service.words_for(held.order.language, store.zone)
    told = {
        **_frame(words, held.order.language, Sentence("Cancel this order?")),
        "text": words.say(_ends(held.order)),
        "cancel": f"/o/{token}/cancel",
        "cancel_label": words.say(Sentence("Yes, cancel the order")),
        "back": f"/o/{token}",
        "back_label": words.say(Sentence("No, keep it")),
    }
    return page("sure.html.j2", told)


@router.post("/o/{token}/cancel")
async def cancel(token: Token, service: Here) -> Response:
    """Cancel an order."""
    held = await placing.order_by_token(service.centre, token)
    if held is None:
        return _nobody(service)
    try:
        await placing.cancel(
            service.centre, held.store, held.order.order, placing.CUSTOMER, service.now()
        )
    except CentreRefusal as refusal:
        return RedirectResponse(f"/o/{token}?refused={refusal.slug}", status_code=303)
    return RedirectResponse(f"/o/{token}", status_code=303)


@router.post("/o/{token}/here")
async def come(token: Token, service: Here) -> Response:
    """Tell the shop that its customer is there."""
    try:
        await placing.customer_here(service.centre, token, service.now())
    except Unknown:
        return _nobody(service)
    except CentreRefusal:
        return RedirectResponse(f"/o/{token}?refused=1", status_code=303)
    return RedirectResponse(f"/o/{token}", status_code=303)


def _ends(order: Order) -> Sentence:
    """Return what cancelling an order means for its customer."""
    if order.paid:
        return Sentence("It will not be prepared any more. What you paid comes back.")
    return Sentence("It will not be prepared any more. You have nothing to pay.")


async def _store(service: Service, held: Held) -> StoreShown:
    async with service.centre.session(held.store) as session:
        found = (await session.execute(_STORE, {"store_id": held.store})).one()
        keys = await ring(session, service.secrets.passes)
        return StoreShown(
            found.name, found.number, found.time_zone, found.address, found.hours, keys
        )


def _nobody(service: Service) -> Response:
    words = service.words_for("fr", "Europe/Paris")
    told = {
        **_frame(words, "fr", Sentence("There is no such order")),
        "text": words.say(Sentence("Open the link of your message again, or ask the shop.")),
    }
    return page("message.html.j2", told, 404)


def _frame(words: Words, language: str, title: Sentence) -> dict[str, object]:
    return {"language": language, "title": words.say(title), "refresh_s": 0}


def _content(words: Words, shown: OrderShown) -> dict[str, object]:
    return {
        "headline": words.say(shown.headline),
        "steps": [(words.say(label), done) for label, done in shown.steps],
        "paragraphs": [words.say(one) for one in shown.paragraphs],
        "bring": [words.say(one) for one in shown.bring],
        "bring_label": words.say(Sentence("What to bring")),
        "lines": [_line(words, one) for one in shown.lines],
        "lines_label": words.say(Sentence("Your articles")),
        "sums": [words.say(one) for one in shown.sums],
    }


def _line(words: Words, line: LineShown) -> dict[str, str]:
    return {
        "name": line.name,
        "quantity": words.quantity(line.quantity.thousandths, line.quantity.unit),
        "total": words.amount(line.total.minor) if line.total.minor else "",
        "note": words.say(line.note) if line.note else "",
    }


def _store_told(words: Words, store: StoreShown, held: Held) -> dict[str, object]:
    order = held.order
    return {
        "store_name": store.name,
        "store_lines": store.lines,
        "store_label": words.say(Sentence("Where to collect it")),
        "reference_label": words.say(Sentence("order {reference}", reference=order.reference)),
    }


def _buttons(words: Words, shown: OrderShown, token: str) -> dict[str, object]:
    here, cancel = Sentence("I am outside"), Sentence("Cancel the order")
    return {
        "here": f"/o/{token}/here",
        "here_label": words.say(here) if shown.may_be_here else "",
        "cancel": f"/o/{token}/cancel",
        "cancel_label": words.say(cancel) if shown.may_cancel else "",
    }


def _pass(words: Words, held: Held, store: StoreShown) -> dict[str, object]:
    try:
        path, side = qr_path(pass_of(held, store.number, store.keys).text)
    except Refusal as refused:  # a key is missing here; the short code serves all the same
        structlog.get_logger().error("no_pass", why=str(refused.sentence))
        path, side = "", 0
    return {
        "qr": path,
        "side": side,
        "qr_label": words.say(Sentence("The code of your order")),
        "code": shown_code(held.code),
        "code_label": words.say(Sentence("Or say this code:")),
    }
