"""VAT rates that change: each code's rates by the day from which they hold, sent ahead of time.

The row of a code is all that the office set of it: `{"rates": [["2027-01-01", 2100], …]}`, in basis
points. A till has its country's table with it; what is told here stands before it. The row of an
article (`article_vat`) is the codes that it gets, by instant: `{"codes": [[since, "FR10"], …]}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.feed import ArticleVatFields, VatFields
from sync.central import feed
from sync.central.dated import with_one
from sync.central.engine import Centre, Sessions
from sync.central.values import CATALOGUE, COMPANY, CentreRefusal, Unknown

DatedCode = tuple[int, str]
"""From when (seconds since 1970), and which VAT code."""

_COUNT = text(
    "SELECT count(*) FROM feed_row WHERE store_id = :store_id AND scope = :scope"
    " AND kind = 'article_vat' AND fields IS NOT NULL"
)

CODES_MOST = 50
"""The most codes of an article that lie ahead."""

CHANGES_MOST = 20_000
"""The most articles whose code changes at some time: every till keeps them in memory."""

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


async def put_code(centre: Centre, sku: str, code: str, since: datetime, now: datetime) -> None:
    """Let an article have a VAT code from an instant on; commits.

    Raises Unknown for an article that is not in the catalogue, CentreRefusal (`too_many`).
    """
    at = (int(since.timestamp()), int(now.timestamp()))

    async def deed(sessions: Sessions) -> None:
        for session in sessions:
            before = await feed.advance(session, COMPANY, CATALOGUE, 1, now)
            if sku not in await feed.current(session, COMPANY, CATALOGUE, "article", [sku]):
                raise Unknown(f"the catalogue has no article {sku}")
            held = (await codes_of(session, [sku])).get(sku, [])
            dated = with_one(held, code, since=at[0], now=at[1])
            if len(dated) > CODES_MOST:
                raise CentreRefusal("too_many", f"{sku} has {len(held)} VAT codes ahead already")
            await feed.put(session, COMPANY, CATALOGUE, changes({sku: dated}), before)
            await check_room(session)

    await centre.done_everywhere(deed)


async def codes_of(session: AsyncSession, skus: Sequence[str]) -> dict[str, list[DatedCode]]:
    """Return the codes that some articles change to."""
    found = await feed.current(session, COMPANY, CATALOGUE, "article_vat", skus)
    return {
        sku: list(ArticleVatFields.model_validate(fields).codes) for sku, fields in found.items()
    }


def changes(coded: Mapping[str, Sequence[DatedCode]]) -> feed.Things:
    """Return codes of articles as rows of the feed; none ahead is a row that is gone."""
    return {
        ("article_vat", sku): ArticleVatFields(codes=tuple(dated)).fields() if dated else None
        for sku, dated in coded.items()
    }


async def check_room(session: AsyncSession) -> None:
    """Raise CentreRefusal `too_many` when the codes of too many articles change."""
    count = int(
        (await session.execute(_COUNT, {"store_id": COMPANY, "scope": CATALOGUE})).scalar_one()
    )
    if count > CHANGES_MOST:
        raise CentreRefusal(
            "too_many", f"the VAT codes of {CHANGES_MOST} articles may change ahead of time"
        )


async def told(session: AsyncSession) -> dict[str, VatFields]:
    """Return what the office set, by VAT code."""
    found = await feed.current(session, COMPANY, CATALOGUE, "vat")
    return {code: VatFields.model_validate(fields) for code, fields in found.items()}
