"""A real SMTP server for the suite, whose answers can be chosen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

TAKEN = "250 taken"


@dataclass
class Postbox:
    """What came, and what is answered: `answers` in turn to each letter, then `250`.

    An answer of "" takes the letter and cuts the connection without a word.
    """

    answers: list[str] = field(default_factory=list)
    letters: list[EmailMessage] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a letter (aiosmtpd calls it so)."""
        answer = self.answers.pop(0) if self.answers else TAKEN
        if not answer.startswith(("4", "5")):
            letter = message_from_bytes(envelope.content, policy=policy.default)
            self.letters.append(letter)
        if not answer:
            server.transport.abort()
        return answer or TAKEN

    def of(self, to: str) -> list[EmailMessage]:
        """Return the letters to an address."""
        return [one for one in self.letters if to in str(one["To"])]


class _Controller(Controller):
    """Learns the port that the system gave before it tries its own server."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def postbox() -> Iterator[Postbox]:
    """Run the server on a port that the system gives."""
    box = Postbox()
    controller = _Controller(box, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        box.port = controller.port
        yield box
    finally:
        controller.stop()
