"""The seam between the courier and the network: one question, one answer, and every way to fail.

>>> Trouble(CourierState.SERVER_ERROR, "503", retry_s=30).is_large
False
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol, TypeVar

from pos.ports.centre import CourierState
from sync.protocol import Message

M = TypeVar("M", bound=Message)


class Trouble(Exception):
    """Why there is no answer: the state that the till shows, and words for a log.

    `retry_s` is how long the other end asks to be left alone; `is_large` that the message was too
    large for it, `is_hasty` that it was only asked too soon: nothing is wrong then.
    """

    def __init__(
        self,
        state: CourierState,
        detail: str = "",
        *,
        retry_s: float = 0,
        is_large: bool = False,
        is_hasty: bool = False,
    ) -> None:
        super().__init__(f"{state}: {detail}")
        self.state = state
        self.detail = detail
        self.retry_s = retry_s
        self.is_large = is_large
        self.is_hasty = is_hasty


class Wire(Protocol):
    """The way to the centre."""

    @property
    def offset_s(self) -> int:
        """How far the centre's clock stands ahead of this machine's, as last heard, in seconds."""
        ...

    async def ask(self, path: str, message: Message | None, answer: type[M]) -> M:
        """Send a message (None: only ask for the path) and return its answer. Raises Trouble."""
        ...

    def prepare(self, message: Message) -> None:
        """Do what can be done of asking with a message, which will be asked soon, or not at all."""
        ...

    def live(self) -> AsyncIterator[None]:
        """Yield whenever the centre says that there is news, until it ends. Raises Trouble."""
        ...
