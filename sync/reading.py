"""How a till reads a scope: page after page, and what is gone after a snapshot.

Every row that is written bears the present `round`; a snapshot begins the next one. When its last
page is in, what bears an earlier round was not named and is gone. The round is kept with the
cursor, in the transaction that writes the page, so a snapshot goes on where it was cut.

>>> from sync.protocol import Cursor, Page
>>> reading, swept = after_page(Reading(), Page(things={}, cursor=Cursor(v=0, nonce="a"), \
snapshot=True))
>>> reading.round, reading.cursor.nonce, swept
(1, 'a', True)
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sync.protocol import Cursor, Page


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a till stands in a scope; `sweeping` while a snapshot is not all in."""

    cursor: Cursor = field(default_factory=Cursor)
    round: int = 0
    sweeping: bool = False


def after_page(reading: Reading, page: Page) -> tuple[Reading, bool]:
    """Return where the till stands after a page, and whether rows of earlier rounds go now.

    The rows of the page are written with the round of what is returned, and first.
    """
    current = reading.round + 1 if page.snapshot else reading.round
    sweeping = reading.sweeping or page.snapshot
    return Reading(page.cursor, current, sweeping and page.more), sweeping and not page.more
