"""What a hand types at a till, read the same way by every front end.

>>> thousandths("3"), thousandths("0,345"), thousandths("345 g"), thousandths("1.5 kg")
(3000, 345, 345, 1500)
>>> parse_discount("10% end of line").percent, parse_discount("1,50").amount
(1000, 150)
"""

from __future__ import annotations

from pos.domain.errors import Refusal
from pos.domain.line import Discount
from pos.domain.masking import masked
from pos.domain.money import PIECE, parse_amount

FIGURES_MAX = 9
"""The most figures before the comma of a typed quantity."""


def thousandths(text: str) -> int:
    """Return the thousandths of a typed quantity: `3`, `0,345`, `1.5 kg`, `345 g`."""
    bare = text.strip().lower().replace(",", ".")
    scale = PIECE
    if bare.endswith("kg"):
        bare = bare[:-2].strip()
    elif bare.endswith("g"):
        bare, scale = bare[:-1].strip(), 1
    whole, _, part = bare.partition(".")
    figures = whole + part
    is_figure = bool(whole) and figures.isascii() and figures.isdigit()
    if not is_figure or len(part) > 3 or len(whole) > FIGURES_MAX:
        raise Refusal("bad_number", "“{text}” is not a quantity; write it as 0,345.", text=text)
    value = int(whole) * 1000 + int(part.ljust(3, "0") if part else 0)
    return value if scale == PIECE else value // 1000


def parse_discount(text: str) -> Discount | None:
    """Return a typed discount: `10% reason`, `1,50 reason`, or None for `0` and `none`."""
    figure, _, reason = text.partition(" ")
    if figure in ("", "0", "none"):
        return None
    if figure.endswith("%"):
        percent = parse_amount(figure[:-1])
        if not 0 < percent <= 10_000:
            raise Refusal("bad_percent", "“{text}” is not a share; type 1% to 100%.", text=figure)
        return Discount(percent=percent, reason=masked(reason.strip())[:80])
    amount = parse_amount(figure)
    if amount <= 0:
        raise Refusal("bad_amount", "“{text}” is not an amount; write it as 12,50.", text=figure)
    return Discount(amount=amount, reason=masked(reason.strip())[:80])
