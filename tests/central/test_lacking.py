"""What a restored centre lacks, as tills say with their pulls: one item, open until it is there."""

from __future__ import annotations

from sync.central import conflicts, lacking
from sync.central.engine import Centre
from tests.central.preparing import inbox
from tests.central.tills import NOON, ScriptedTill, enrolled


async def told(centre: Centre, till: ScriptedTill, **epochs: int) -> list[str]:
    """Let a till say what is lacking; return what the centre lacks then."""
    await centre.done(till.who.store, lambda session: lacking.note(session, till.who, epochs, NOON))
    async with centre.session(till.who.store) as session:
        return [one.name for one in await lacking.listed(session, till.who.store)]


async def test_what_is_lacking_is_one_item_that_is_open_until_it_is_there(centre: Centre) -> None:
    till = await enrolled(centre)
    till.sell({"bread": 1})
    till.sell({"bread": 1})
    name = f"lacking:T01-K1/{len(till.entries):06d}"
    for _ in range(2):
        assert await told(centre, till, K1=len(till.entries)) == [name]
    (item,) = await inbox(centre)
    assert (item.name, item.settled_at) == (name, None)

    async with centre.session("S001") as session:  # somebody who believes that it is done
        await conflicts.settle(session, "S001", name, by="office", note="imported", now=NOON)
        await session.commit()
    assert await inbox(centre) == []
    assert await told(centre, till, K1=len(till.entries)) == [name]
    (item,) = await inbox(centre)
    assert (item.settled_by, item.note) == (None, None)

    await till.push(centre)
    assert await told(centre, till, K1=len(till.entries)) == []
    await centre.done("S001", lambda session: lacking.settle(session, till.who, NOON))
    assert await inbox(centre) == []
    assert await told(centre, till, K1=len(till.entries)) == []
    assert await inbox(centre) == []
