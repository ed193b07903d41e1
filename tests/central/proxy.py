"""A cable between a till and the centre that can be cut, at any byte: a TCP proxy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

CHUNK = 65_536


@dataclass
class Cable:
    """Passes bytes on to `target` (host, port), while it is whole.

    `cut_after` says after how many bytes of answers each next connection breaks; None: never.
    """

    target: tuple[str, int]
    is_whole: bool = True
    cut_after: Callable[[], int | None] = lambda: None
    port: int = 0
    passed: int = 0
    _links: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The address of the till's end."""
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Break every connection, and refuse new ones."""
        self.is_whole = False
        for writer in list(self._links):
            writer.transport.abort()

    def mend(self) -> None:
        """Let bytes pass again."""
        self.is_whole = True

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one connection of the till."""
        self._links.add(writer)
        with suppress(OSError, asyncio.CancelledError):
            if self.is_whole:
                there_reader, there = await asyncio.open_connection(*self.target)
                self._links.add(there)
                most = self.cut_after()
                await asyncio.gather(
                    self._pass(reader, there, None), self._pass(there_reader, writer, most)
                )
        for end in (writer, *([there] if "there" in locals() else [])):
            self._links.discard(end)
            end.transport.abort()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most: int | None
    ) -> None:
        left = most
        while chunk := await reader.read(CHUNK):
            if left is not None:
                chunk = chunk[:left]
                left -= len(chunk)
            writer.write(chunk)
            self.passed += len(chunk)
            await writer.drain()
            if left == 0:
                raise ConnectionResetError
        if writer.can_write_eof():
            writer.write_eof()


@asynccontextmanager
async def cable(url: str) -> AsyncIterator[Cable]:
    """Yield a cable to an address like `http://127.0.0.1:8000`."""
    host, _, port = url.removeprefix("http://").partition(":")
    one = Cable((host, int(port)))
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()
        one.cut()
