"""The people of a store, as its tills need them: a row of the store's scope each.

`{"number": "10", "name": "Inès", "role": "cashier", "pin_hash": "$argon2id$…"}`. The key is the
opaque reference that journals name; names and PIN hashes go to the store's own tills only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.staff import ROLES, Person
from sync.central import feed
from sync.central.values import CentreRefusal, Unknown, store_scope


async def add(
    session: AsyncSession, store: str, person: Person, pin_hash: str, now: datetime
) -> None:
    """Let a person use the tills of a store, or change who is there under that reference; commit.

    Raises CentreRefusal (`number_taken`, `unknown_role`).
    """
    if person.role not in ROLES:
        raise CentreRefusal("unknown_role", f"{person.role} is none of {', '.join(ROLES)}")
    before = await feed.advance(session, store, store_scope(store), 1, now)
    others = await feed.current(session, store, store_scope(store), "staff")
    others.pop(person.ref, None)
    if person.number in {other["number"] for other in others.values()}:
        raise CentreRefusal("number_taken", f"the number {person.number} is taken in {store}")
    fields = {
        "number": person.number,
        "name": person.name,
        "role": person.role,
        "pin_hash": pin_hash,
    }
    await feed.put(session, store, store_scope(store), {("staff", person.ref): fields}, before)
    await session.commit()


async def listed(session: AsyncSession, store: str) -> list[Person]:
    """Return who may use the tills of a store, by number."""
    found = await feed.current(session, store, store_scope(store), "staff")
    people = [Person(ref, one["number"], one["name"], one["role"]) for ref, one in found.items()]
    return sorted(people, key=lambda one: (len(one.number), one.number))


async def change(
    session: AsyncSession, store: str, number: str, changed: Mapping[str, str], now: datetime
) -> Person:
    """Change the `role` or the `pin_hash` of whoever has a number; commit, and return them.

    Raises Unknown, CentreRefusal (`unknown_role`).
    """
    if "role" in changed and changed["role"] not in ROLES:
        raise CentreRefusal("unknown_role", f"{changed['role']} is none of {', '.join(ROLES)}")
    before = await feed.advance(session, store, store_scope(store), 1, now)
    ref, fields = await _numbered(session, store, number)
    told = {**fields, **changed}
    await feed.put(session, store, store_scope(store), {("staff", ref): told}, before)
    await session.commit()
    return Person(ref, number, told["name"], told["role"])


async def remove_number(session: AsyncSession, store: str, number: str, now: datetime) -> str:
    """Let whoever has a number use the tills no more; commit, return the name. Raises Unknown."""
    ref, fields = await _numbered(session, store, number)
    await remove(session, store, ref, now)
    return str(fields["name"])


async def _numbered(session: AsyncSession, store: str, number: str) -> tuple[str, dict[str, Any]]:
    for ref, fields in (await feed.current(session, store, store_scope(store), "staff")).items():
        if fields["number"] == number:
            return ref, fields
    raise Unknown(f"{store} has nobody with the number {number}")


async def remove(session: AsyncSession, store: str, ref: str, now: datetime) -> None:
    """Let a person use the tills of a store no more; commit. Raises Unknown."""
    before = await feed.advance(session, store, store_scope(store), 1, now)
    if ref not in await feed.current(session, store, store_scope(store), "staff", [ref]):
        raise Unknown(f"{store} has no staff {ref}")
    await feed.put(session, store, store_scope(store), {("staff", ref): None}, before)
    await session.commit()
