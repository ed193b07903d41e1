"""The keys by which the centre signs passes: secret halves in files, public ones told to tills.

Key 0 is the centre's own (`centre.key`); each later one lies beside it, `pass-1.key` and so on, and
was made by a rotation. The rows of kind `pass_key` tell every till the public halves, since when
each signs, and which were withdrawn (`pass-1.revoked` says so here, so that no restored database
brings a leaked key back). An order's pass is signed by the key that signed when the order was made:
a till that knows the order has heard of that key. Where it was withdrawn the newest one signs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from pos.domain.errors import Refusal
from pos.domain.feed import PassKeyFields
from pos.journal.signing import SeedKey, Signer
from sync.central import feed
from sync.central.private import write_private
from sync.central.values import CATALOGUE, COMPANY

KIND = "pass_key"
OWN_KEY = 0
"""The number of the centre's own key in passes."""

NUMBERS = range(16)
SEED_BYTES = 32


class PassKeys:
    """The secret halves that are on this machine; `folder` is the centre's."""

    def __init__(self, own: Signer, folder: Path | None = None) -> None:
        self._own = own
        self._folder = folder

    def signer(self, number: int) -> Signer | None:
        """Return the key of a number, None when this machine does not have it.

        Raises Refusal `no_pass_key` for a file that holds none.
        """
        if number == OWN_KEY:
            return self._own
        file = self._file(number, "key")
        if file is None or not file.exists():
            return None
        try:
            return SeedKey(bytes.fromhex(file.read_text("ascii").strip()))
        except (OSError, ValueError) as error:
            raise Refusal(
                "no_pass_key",
                "{file} cannot be read: put it back from the safe copy.",
                file=str(file),
            ) from error

    def here(self) -> dict[int, Signer]:
        """Return the keys that this machine has, by number."""
        found = {number: self.signer(number) for number in NUMBERS}
        return {number: key for number, key in found.items() if key is not None}

    def is_revoked(self, number: int) -> bool:
        """Tell whether a key was withdrawn on this machine."""
        mark = self._file(number, "revoked")
        return mark is not None and mark.exists()

    def make(self, number: int) -> Path:
        """Make a new key under a number that has none, or a withdrawn one; return its file."""
        file, mark = self._file(number, "key"), self._file(number, "revoked")
        assert file is not None
        assert mark is not None
        file.unlink(missing_ok=True)
        write_private(file, os.urandom(SEED_BYTES).hex() + "\n")
        mark.unlink(missing_ok=True)
        return file

    def revoke(self, number: int) -> None:
        """Keep here that a key is good no more, whatever a database says later."""
        mark = self._file(number, "revoked")
        if mark is not None:
            mark.touch(mode=0o600)

    def _file(self, number: int, ending: str) -> Path | None:
        return None if self._folder is None else self._folder / f"pass-{number}.{ending}"


@dataclass(frozen=True, slots=True)
class Ring:
    """What tills are told of the keys, by number, and the secret halves that are here."""

    told: Mapping[int, PassKeyFields]
    keys: PassKeys

    def natural(self, made_at: datetime) -> int:
        """Return the number of the key that signed when an order was made."""
        since = [(one.since, number) for number, one in self.told.items()]
        return max((one for one in since if one[0] <= made_at.timestamp()), default=(0, OWN_KEY))[1]

    def newest(self) -> int:
        """Return the number of the key that new orders are signed by.

        Raises Refusal `no_pass_key` when all were withdrawn, or lie on other machines.
        """
        good = [(one.since, n) for n, one in self.told.items() if self._signer(n) is not None]
        if not good:
            raise Refusal(
                "no_pass_key",
                "No key of passes is on this machine; run comptoir-central pass-key rotate.",
            )
        return max(good)[1]

    def signing(self, made_at: datetime) -> tuple[int, Signer]:
        """Return the key for the pass of an order that was made then, and its number.

        Raises Refusal `no_pass_key`, as `newest` does.
        """
        number = self.natural(made_at)
        if self._signer(number) is None:
            number = self.newest()
        signer = self._signer(number)
        assert signer is not None
        return number, signer

    def may_have_signed(self, number: int, made_at: datetime) -> bool:
        """Tell whether a pass of an order that was made then may bear a key: the one that signed
        then, or a later one once that was withdrawn, whichever machine has them.
        """
        natural = self.natural(made_at)
        first, asked = self.told.get(natural), self.told.get(number)
        is_later = first is not None and asked is not None and asked.since > first.since
        return number == natural or (is_later and first is not None and first.revoked)

    def _signer(self, number: int) -> Signer | None:
        """Return a key that is here and may sign."""
        told = self.told.get(number)
        return None if told is None or told.revoked else self.keys.signer(number)

    def free(self) -> int:
        """Return a number for a new key: one never used, else a withdrawn one.

        Raises Refusal `pass_keys_used_up`.
        """
        used = {*self.told, *self.keys.here()}
        free = [number for number in NUMBERS if number not in used]
        again = [n for n in NUMBERS if n != OWN_KEY and (one := self.told.get(n)) and one.revoked]
        for number in (*free, *again):
            return number
        raise Refusal(
            "pass_keys_used_up",
            "All 16 numbers of keys are in use: withdraw one whose orders are over first.",
        )


async def ring(session: AsyncSession, keys: PassKeys) -> Ring:
    """Return the keys as tills are told of them."""
    rows = await feed.current(session, COMPANY, CATALOGUE, KIND)
    return Ring({int(n): PassKeyFields.model_validate(fields) for n, fields in rows.items()}, keys)


def things(before: Ring, now: datetime) -> dict[tuple[str, str], dict[str, object]]:
    """Return the rows of the keys that this machine has, as tills are to be told of them.

    A new one signs from the next whole second on: what was made before keeps its key.
    """
    found: dict[tuple[str, str], dict[str, object]] = {}
    for number, signer in before.keys.here().items():
        public, told = signer.public_key.hex(), before.told.get(number)
        if told is None or told.public_key != public:
            since = 0 if number == OWN_KEY else ceil(now.timestamp())
            told = PassKeyFields(public_key=public, since=since)
        is_revoked = told.revoked or before.keys.is_revoked(number)
        fields = told.model_copy(update={"revoked": is_revoked})
        found[KIND, str(number)] = fields.fields()
    return found
