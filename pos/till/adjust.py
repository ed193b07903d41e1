"""A manager counts an article or corrects its stock, at the till; the centre gets it as a movement.

A count moves the stock by the difference to what this till knew of it. What another till sold
before the count and did not send yet is gone from the shelf and comes off again when it arrives: a
shop is counted while its tills are connected.
"""

from __future__ import annotations

from dataclasses import dataclass

from pos.domain.cash import check_reason
from pos.domain.errors import Refusal
from pos.domain.events import StockAdjusted
from pos.domain.staff import Permission
from pos.domain.words import Quantity
from pos.till.desk import Desk, Loan
from pos.till.readiness import ANSWERS
from pos.till.stock import stock_of

QUANTITY_MOST = 1_000_000_000
"""The most thousandths that are there of an article, or that one correction moves."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of an article's stock, in thousandths: how much is there, or how much
    more (less, when it is negative) than the till knows.
    """

    quantity: int
    is_count: bool


def may_adjust(desk: Desk) -> bool:
    """Tell whether this till has stock that a person could count: it belongs to a centre."""
    return desk.ports.centre is not None and desk.ports.centre.enrolled()


def is_heard(desk: Desk) -> bool:
    """Tell whether the centre speaks with this till now.

    What other tills sold and it has not heard comes off a count once more when it arrives.
    """
    centre = desk.ports.centre
    return centre is not None and centre.report().state in ANSWERS


def adjust(
    desk: Desk, sku: str, told: Told, reason: str, loan: Loan | None = None
) -> StockAdjusted:
    """Count an article, or correct its stock, for a reason. Permission `stock`.

    Raises Refusal: `no_centre`, `training_stock`, `no_reason`, `bad_quantity`.
    """
    _check(desk, told)
    why = check_reason(reason)
    permitted = desk.permit(Permission.STOCK, loan)
    here = stock_of(desk, sku)
    expected = 0 if here is None else here.on_hand
    adjusted = StockAdjusted(
        sku=sku,
        staff=desk.signed_in.ref,
        quantity=told.quantity - expected if told.is_count else told.quantity,
        expected=expected,
        counted=told.quantity if told.is_count else None,
        reason=why,
    )
    desk.record_permitted(permitted, loan, adjusted)
    return adjusted


def _check(desk: Desk, told: Told) -> None:
    if not may_adjust(desk):
        raise Refusal("no_centre", "This till belongs to no centre, which alone knows stock.")
    if desk.training:
        raise Refusal("training_stock", "Stock is real; end training before it is counted.")
    least = 0 if told.is_count else -QUANTITY_MOST
    if not least <= told.quantity <= QUANTITY_MOST or not (told.quantity or told.is_count):
        raise Refusal(
            "bad_quantity",
            "The stock cannot be changed by {quantity}; type how many are there, or +3, or -2.",
            quantity=Quantity(told.quantity),
        )
