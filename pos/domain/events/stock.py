"""Stock: what a person counted at the till, or corrected.

>>> StockAdjusted(sku="100", staff="3", quantity=-2000, expected=12000, reason="broken").kind
'stock.adjusted'
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pos.domain.events.base import BaseEvent


class StockAdjusted(BaseEvent):
    """The goods on the shelf were counted, or the stock was corrected for a reason.

    `quantity` (thousandths) is the movement, `expected` what the till believed to be there before
    it. A count says what is there (`counted`), and its movement is the difference; None for a
    correction, which is told as a movement.
    """

    kind: Literal["stock.adjusted"] = "stock.adjusted"
    sku: str
    staff: str
    quantity: int
    expected: int = 0
    counted: int | None = Field(default=None, ge=0)
    reason: str
