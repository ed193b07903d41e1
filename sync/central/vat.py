"""VAT rates that change: each code's rates by the day from which they hold, sent ahead of time.

The row of a code is all that the office set of it: `{"rates": [["2027-01-01", 2100], …]}`, in basis
points. A till has its country's table with it; what is told here stands before it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.feed import VatFields
from sync.central import feed
from sync.central.engine import Centre, Sessions
from sync.central.values import CATALOGUE, COMPANY, CentreRefusal

RATES_MOST = 50
"""The most rates of a code, past ones among them."""


async def put(centre: Centre, code: str, basis_points: int, since: date, now: datetime) -> None:
    """Let a VAT code have a rate from a day on, midnight of each shop; commits.

    Raises CentreRefusal (`bad_rate`) for a rate over 100 %, or one too many.
    """
    if not 0 <= basis_points <= 10_000:
        raise CentreRefusal("bad_rate", "a rate is from 0 to 100 %")

    async def deed(sessions: Sessions) -> None:
        for session in sessions:
            before = await feed.advance(session, COMPANY, CATALOGUE, 1, now)
            held = (await told(session)).get(code)
            rates = dict(() if held is None else held.rates) | {since: basis_points}
            if len(rates) > RATES_MOST:
                raise CentreRefusal("bad_rate", f"{code} has {RATES_MOST} rates already")
            fields = VatFields(rates=tuple(sorted(rates.items()))).fields()
            await feed.put(session, COMPANY, CATALOGUE, {("vat", code): fields}, before)

    await centre.done_everywhere(deed)


async def told(session: AsyncSession) -> dict[str, VatFields]:
    """Return what the office set, by VAT code."""
    found = await feed.current(session, COMPANY, CATALOGUE, "vat")
    return {code: VatFields.model_validate(fields) for code, fields in found.items()}
