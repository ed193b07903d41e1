"""The pass of an order, as its customer shows it: sealed anew each time by a key of the centre.

The same order gives the same pass while it is kept until the same day; nothing of it is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pos.domain.pickup_pass import Pass, sealed
from sync.central.orders.held import Held
from sync.central.pass_keys import Ring

OPEN_ENDED = timedelta(days=30)
"""How long a pass holds of an order that is kept without an end."""


@dataclass(frozen=True, slots=True)
class PassShown:
    """The pass of an order: its text for the QR code, and its short code."""

    text: str
    code: str


def pass_of(held: Held, store_number: int, keys: Ring) -> PassShown:
    """Return the pass of an order of the store with that number.

    Raises Refusal `no_pass_key` when no key that may sign is on this machine.
    """
    told = held.order.expires_at
    until = datetime.fromisoformat(told).astimezone(UTC) if told else held.made_at + OPEN_ENDED
    number, key = keys.signing(held.made_at)
    claims = Pass(held.order.order, store_number, int(until.timestamp()), number)
    return PassShown(sealed(claims, key.sign), held.code)
