"""Weighing at the till: what lies on the scale, its tare, and the one weight that it gives.

The scale's driver keeps that a weight is still and given once; here a weighing is begun, followed
and ended. Without a scale, or when it is away, the weight is typed: weighing never stops a sale.
Weights are grams, which are thousandths of what is sold by the kilogram.
"""

from __future__ import annotations

from dataclasses import dataclass

from pos.domain.errors import Refusal
from pos.domain.facts import WeighingFacts
from pos.domain.money import line_amount
from pos.domain.words import Quantity
from pos.ports import DeviceState, Weighed, WeighingOutcome, WeightSeen
from pos.till.counter import show_basket, show_weighing
from pos.till.desk import Desk

SCALE = "scale"
"""The name of the till's scale among its devices."""

TARE_MOST = 9_999


@dataclass(slots=True)
class Weighing:
    """A weighing that goes on; `price` is the kilogram's, in minor units, 0 where none is asked.

    `seen` is what lies on the scale less the tare, None before it said so, and `why` it is not
    taken yet (an English template). `is_away`: the scale was lost, so the weight is typed. `taken`
    is the weight that ended it.
    """

    name: str
    text: str
    price: int
    tare: int = 0
    seen: int | None = None
    why: str = ""
    is_wanted: bool = False
    is_away: bool = False
    taken: int | None = None

    @property
    def amount(self) -> int:
        """What the seen weight costs, before any discount."""
        return line_amount(self.price, self.seen or 0)


def begin(desk: Desk, text: str, price: int = 0, tare: int = 0) -> Weighing | None:
    """Begin a weighing; None where the till has no scale."""
    if desk.ports.scale is None:
        return None
    weighing = Weighing(desk.ports.ids.token(), text, price, tare)
    desk.weighing = weighing
    desk.ports.scale.weigh(weighing.name, price=price, text=text, tare=tare)
    if desk.rules.scale.automatic:
        take(desk, weighing)
    return weighing


def take(desk: Desk, weighing: Weighing) -> None:
    """Take the next still weight."""
    if desk.ports.scale is not None and desk.weighing is weighing:
        weighing.is_wanted = True
        desk.ports.scale.take(weighing.name)


def set_tare(desk: Desk, weighing: Weighing, tare: int | None = None) -> Weighing:
    """Begin anew with this tare; None takes what lies on the scale now, or no tare after one.

    Raises Refusal `bad_tare` for too much, `not_still` while what lies there is not sure.
    """
    if tare is None:
        tare = 0 if weighing.tare else _on_the_scale(weighing)
    if not 0 <= tare <= TARE_MOST:
        raise Refusal(
            "bad_tare",
            "A tare is at most {most}; check it.",
            most=Quantity(TARE_MOST, "kg"),
        )
    return begin(desk, weighing.text, weighing.price, tare) or weighing


def _on_the_scale(weighing: Weighing) -> int:
    if weighing.seen is None or weighing.why:
        raise Refusal("not_still", "Put the empty container on the scale, or type its weight.")
    return weighing.seen


def set_zero(desk: Desk) -> None:
    """Set the scale to zero, where it lets the till do so."""
    if desk.ports.scale is not None:
        desk.ports.scale.zero()


def cancel(desk: Desk, weighing: Weighing | None) -> None:
    """Give a weighing up: its article is not sold, or its weight was typed."""
    if weighing is not None and desk.weighing is weighing:
        desk.weighing = None
        show_basket(desk, desk.basket.last)
        if desk.ports.scale is not None:
            desk.ports.scale.cancel(weighing.name)


def facts(desk: Desk, weighing: Weighing) -> WeighingFacts:
    """Return what a line keeps of a weight that the scale gave."""
    return WeighingFacts(by="scale", tare=weighing.tare, approval=desk.rules.scale.approval)


def on_scale(desk: Desk, event: WeightSeen | Weighed) -> None:
    """Take what the scale reported of the weighing that goes on; of another one, nothing."""
    weighing = desk.weighing
    if weighing is None or weighing.name != event.weighing:
        return
    if isinstance(event, WeightSeen):
        weighing.seen, weighing.why = event.grams, event.detail
        show_weighing(desk, weighing)
        return
    desk.weighing = None
    if event.outcome is WeighingOutcome.STABLE:
        weighing.taken = event.grams
    else:
        weighing.is_away, weighing.seen = True, None


def is_back(desk: Desk) -> bool:
    """Tell whether the scale can be asked again."""
    return desk.device_state(SCALE) is DeviceState.READY
