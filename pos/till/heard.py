"""Whatever a machine reported goes to who takes it: papers and drawers, scales, card terminals."""

from __future__ import annotations

from pos.ports import CardEnded, CardHeard, DeviceEvent
from pos.till import tender, tickets
from pos.till.desk import Desk


def on_device(desk: Desk, event: DeviceEvent) -> None:
    """Take what a device reported (scans excepted, see `pos.till.sell.scan`).

    Raises StoreUnavailable when the disk does not take it; it is kept and written later then, see
    `pos.till.tickets.retry` and `pos.till.tender.hear_again`.
    """
    if isinstance(event, CardEnded | CardHeard):
        tender.hear_card(desk, event)
    else:
        tickets.on_device(desk, event)
