"""Everything a cashier does to a basket before payment; a scan first, see `pos.till.offer`."""

from __future__ import annotations

from collections.abc import Callable

from pos.domain.basket import (
    Basket,
    Discounted,
    PriceChanged,
    QuantityChanged,
    TenderTakenBack,
    TicketDiscounted,
    Undone,
    Voided,
)
from pos.domain.errors import Refusal
from pos.domain.events import BasketAbandoned, BasketParked, BasketRecalled, Event
from pos.domain.line import Discount
from pos.domain.masking import masked
from pos.domain.staff import Permission
from pos.till.counter import show_basket, show_welcome
from pos.till.desk import Desk, Loan, OpenBasket, check_no_card
from pos.till.given import check_returns
from pos.till.offer import Asks as Asks
from pos.till.offer import Offer as Offer
from pos.till.offer import Question as Question
from pos.till.offer import answer as answer
from pos.till.offer import arm_quantity as arm_quantity
from pos.till.offer import article_of as article_of
from pos.till.offer import check_limit
from pos.till.offer import choose as choose
from pos.till.offer import offer as offer
from pos.till.offer import promotion_of as promotion_of
from pos.till.offer import scan as scan
from pos.till.offer import search as search
from pos.till.pickup.paying import dropped_with

PARKED_MOST = 50

WHOLE = 10_000
"""All of an amount, in basis points."""


def set_quantity(desk: Desk, n: int, quantity: int, loan: Loan | None = None) -> Basket:
    """Set a line's quantity, in thousandths."""
    check_limit(desk, quantity, desk.basket.line(n).unit)
    return _careful(desk, QuantityChanged(n=n, quantity=quantity), loan)


def _careful(
    desk: Desk, step: QuantityChanged | Voided | PriceChanged, loan: Loan | None
) -> Basket:
    """Do a step after which a fixed discount may be a larger share than a cashier may give."""
    if _grows(desk, desk.check(step), step.n):
        return _shown(desk, desk.guarded_step(step, Permission.BIG_DISCOUNT, loan))
    return _shown(desk, desk.step(step))


def _grows(desk: Desk, after: Basket, n: int) -> bool:
    """Tell whether a step makes a discount a larger share of its base, over what is free.

    What someone allowed was allowed for the share it was then, so a larger one is asked anew.
    """
    line = next((one for one in after.lines if one.n == n), None)
    if line is None or line.discount is None:
        return _ticket_grows(desk, after)
    base, free = desk.basket.line(n).gross, desk.rules.limits.line_discount
    return _ticket_grows(desk, after) or _is_larger(line.discount, line.gross, base, free)


def _ticket_grows(desk: Desk, after: Basket) -> bool:
    base, free = desk.basket.bought, desk.rules.limits.ticket_discount
    discount = after.ticket_discount
    return discount is not None and _is_larger(discount, after.bought, base, free)


def _is_larger(discount: Discount, base: int, base_before: int, free: int) -> bool:
    if discount.percent or _is_small(discount, base, free):
        return False
    return discount.off(base) * max(base_before, 1) > discount.off(base_before) * base


def _is_small(discount: Discount, base: int, free: int) -> bool:
    """Tell whether a discount stays within `free` basis points of what it is taken off."""
    if discount.percent or free >= WHOLE:
        return discount.percent <= free
    return discount.amount * WHOLE <= base * free


def set_price(desk: Desk, n: int, unit_price: int, loan: Loan | None = None) -> Basket:
    """Replace a line's unit price (permission `price_override`, unless the shop lets anyone).

    Whoever may set any price may also make a discount weigh more on it; where anyone may, a larger
    share still needs `big_discount`.
    """
    step = PriceChanged(n=n, unit_price=unit_price)
    desk.check(step)
    if desk.rules.limits.price_override == "never":
        raise Refusal("price_fixed", "This shop does not change prices at the till.")
    if desk.rules.limits.price_override == "permission":
        return _shown(desk, desk.guarded_step(step, Permission.PRICE_OVERRIDE, loan))
    return _careful(desk, step, loan)


def discount_line(
    desk: Desk, n: int, discount: Discount | None, loan: Loan | None = None
) -> Basket:
    """Set or take away a line's discount; a large one needs `big_discount`."""
    step = Discounted(n=n, discount=discount)
    after = desk.check(step)
    base, free = desk.basket.line(n).gross, desk.rules.limits.line_discount
    is_small = _is_small(discount or _NOTHING, base, free) and not _ticket_grows(desk, after)
    return _discounted(desk, step, is_small, loan)


def discount_ticket(desk: Desk, discount: Discount | None, loan: Loan | None = None) -> Basket:
    """Set or take away the discount on the whole ticket; a large one needs `big_discount`."""
    step = TicketDiscounted(discount=discount)
    desk.check(step)
    base, free = desk.basket.bought, desk.rules.limits.ticket_discount
    return _discounted(desk, step, _is_small(discount or _NOTHING, base, free), loan)


_NOTHING = Discount()


def _discounted(
    desk: Desk, step: Discounted | TicketDiscounted, is_small: bool, loan: Loan | None
) -> Basket:
    if step.discount is None:
        return _shown(desk, desk.step(step))
    permission = Permission.DISCOUNT if is_small else Permission.BIG_DISCOUNT
    return _shown(desk, desk.guarded_step(step, permission, loan))


def void_line(desk: Desk, n: int, loan: Loan | None = None) -> Basket:
    """Take a line out before payment; it stays on record."""
    return _careful(desk, Voided(n=n), loan)


def take_tender_back(desk: Desk, n: int) -> Basket:
    """Give a cash, cheque or voucher payment back before the sale is finished."""
    return _shown(desk, desk.step(TenderTakenBack(n=n)))


def undo(desk: Desk) -> Basket:
    """Take the last step back; goods it brings back must still be there to give back."""
    check_returns(desk, desk.check(Undone()))
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
    desk.record(
        BasketParked(
            basket=mine.name,
            staff=desk.signed_in.ref,
            lines=len(mine.basket.lines),
            total=mine.basket.total,
        )
    )
    desk.parked.append(desk.open.pop(mine.staff))
    desk.armed_quantity = None
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
    left = desk.open.get(ref)
    emptied = [_abandoned(left, ref, "emptied")] if left and left.basket.steps else []
    desk.record(*emptied, BasketRecalled(basket=found.name, staff=ref))
    desk.parked.remove(found)
    found.staff = ref
    desk.open[ref] = found
    desk.just_sold = False
    show_basket(desk, found.basket.last)
    return found


def abandon(desk: Desk, reason: str, loan: Loan | None = None) -> None:
    """End the basket with no sale: an event stays, no number. Payments are given back first."""
    mine = desk.mine()
    if not mine.basket.steps:
        return
    check_no_card(mine)
    if mine.basket.tenders:
        raise Refusal(
            "paid_in_part", "A payment was taken already; give it back before abandoning."
        )
    used = desk.permit(Permission.ABANDON, loan)
    gone = _abandoned(mine, used.staff, reason)
    desk.record_permitted(used, loan, gone, *dropped_with(desk, mine.basket))
    del desk.open[mine.staff]
    desk.armed_quantity = None
    show_welcome(desk)


def _abandoned(mine: OpenBasket, staff: str, reason: str) -> Event:
    return BasketAbandoned(
        basket=mine.name,
        staff=staff,
        lines=len(mine.basket.lines),
        total=mine.basket.total,
        reason=masked(reason)[:80],
        voided=list(mine.basket.voided),
        returned_tenders=list(mine.basket.returned_tenders),
    )


Gesture = Callable[[Loan | None], object]
"""A guarded gesture that waits for a loan: call it again with the loan that was given."""
