"""What is pushed: read from the till's journal, the next push while the last is on its way.

What was read ahead is sent only when the till's file still holds it: the file may have been
exchanged for another one meanwhile.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import islice

from pos.ports import StoreUnavailable
from sync.around import Surroundings
from sync.protocol import Push, fitting, wire_entry

SOON_S = 0.002
"""How long a push has to leave before the next one is read, in seconds."""


class Parcels:
    """The pushes of one courier; one at most is held that was not asked for yet."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._ahead: Push | None = None

    def next(self, epoch: str, first: int, most: int) -> Push | None:
        """Return a push of `most` entries at most from `first` on; None when they are not there.

        Raises StoreUnavailable.
        """
        ahead, self._ahead = self._ahead, None
        if ahead is not None and self._serves(ahead, epoch, first, most):
            return ahead
        return self._read(epoch, first, most)

    async def read_ahead(self, sent: Push, last: int, most: int) -> None:
        """Make the push ready that follows one that is being sent; `last` is the last number."""
        first = sent.entries[-1].number + 1
        if first > last:
            return
        await self._around.sleep(SOON_S)
        with suppress(StoreUnavailable):  # reading it when its turn comes says so
            ahead = self._read(sent.epoch, first, min(most, last - first + 1))
            if ahead is not None:
                self._around.wire.prepare(ahead)
            self._ahead = ahead

    def _serves(self, ahead: Push, epoch: str, first: int, most: int) -> bool:
        end = ahead.entries[-1]
        asked = (ahead.epoch, ahead.entries[0].number) == (epoch, first)
        held = self._around.outbox.hash_at(epoch, end.number)
        return asked and len(ahead.entries) <= most and held == bytes.fromhex(end.hash)

    def _read(self, epoch: str, first: int, most: int) -> Push | None:
        entries = fitting(islice(self._around.outbox.entries(epoch, first), most))
        if not entries:
            return None
        return Push(
            request=self._around.name(),
            epoch=epoch,
            entries=[wire_entry(entry) for entry in entries],
        )
