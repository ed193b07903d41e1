"""Small values that the centre's functions share: who asks, and the ways of saying no.

>>> str(TillId("S001", "T02"))
'S001-T02'
>>> TillId.named("S001-T02").till
'T02'
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pos.domain.words import Words

WordsFor = Callable[[str, str], Words]
"""The words of a language (`fr`) in a time zone; of the default one for what is not spoken."""

COMPANY = "*"
"""The `store_id` of what belongs to no store: the catalogue, prices, claims across stores."""

CATALOGUE = "catalogue:MAIN"
"""The scope that every till of the company reads."""


@dataclass(frozen=True, slots=True)
class TillId:
    """A till of a store."""

    store: str
    till: str

    def __str__(self) -> str:
        return f"{self.store}-{self.till}"

    @classmethod
    def named(cls, name: str) -> TillId:
        """Return the till called `S001-T02`."""
        store, _, till = name.partition("-")
        return cls(store, till)


def store_scope(store: str) -> str:
    """Return the scope of what one store's tills share.

    >>> store_scope("S001")
    'store:S001'
    """
    return f"store:{store}"


def till_scope(who: TillId) -> str:
    """Return the scope of what one till alone reads."""
    return f"till:{who}"


def prices_scope(zone: str) -> str:
    """Return the scope of a price zone."""
    return f"prices:{zone}"


class CentreRefusal(Exception):
    """The centre says no: `slug` is stable (the `type` of the problem), the text is for a log."""

    def __init__(self, slug: str, why: str) -> None:
        super().__init__(why)
        self.slug = slug
        self.why = why


class NotYours(CentreRefusal):
    """Something of another store or till was asked for (403)."""

    def __init__(self, why: str) -> None:
        super().__init__("not_yours", why)


class Unknown(CentreRefusal):
    """Something that is not there was named (404)."""

    def __init__(self, why: str) -> None:
        super().__init__("unknown", why)


class Stolen(CentreRefusal):
    """A key that was revoked asked to be let in again (403)."""

    def __init__(self, why: str) -> None:
        super().__init__("key_revoked", why)


class Impossible(CentreRefusal):
    """What was asked can never be, whatever happens meanwhile (422)."""


class Corrupt(CentreRefusal):
    """The first entry of a push is broken (422); `number` is the entry's.

    Slugs: `altered`, `unlinked`, `unknown_key`, `forged`, `unreadable`. The till goes on selling
    and tells its manager.
    """

    def __init__(self, slug: str, number: int, why: str) -> None:
        super().__init__(slug, why)
        self.number = number
