"""A network cable that can be pulled: passes a till's connections on to a port of this machine."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

TURN_MOST_S = 10.0
"""The longest that pulling or plugging may take."""


class Cable:
    """Passes bytes on to the port `target`, until it is pulled; `url` is the till's end."""

    def __init__(self, target: int) -> None:
        self.target = target
        self._port = 0
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cable", daemon=True)
        self._thread.start()
        self.plug()

    @property
    def url(self) -> str:
        """Where the centre seems to be."""
        return f"http://127.0.0.1:{self._port}"

    def pull(self) -> None:
        """Break every connection, and let nobody connect."""
        self._do(self._break())

    def plug(self) -> None:
        """Let connections through, at the same port as before."""
        self._do(self._listen())

    def turn(self) -> None:
        """Pull the cable, or plug it in."""
        self.plug() if self._server is None else self.pull()

    def close(self) -> None:
        """Pull the cable for good."""
        self.pull()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(TURN_MOST_S)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def _break(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for end in list(self._ends):
            end.transport.abort()
        while self._ends:  # each connection takes its ends away itself
            await asyncio.sleep(0.01)

    async def _join(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        ends = {back}
        self._ends.add(back)
        with suppress(OSError):
            far, there = await asyncio.open_connection("127.0.0.1", self.target)
            ends.add(there)
            self._ends.add(there)
            await asyncio.gather(_pass_on(near, there), _pass_on(far, back))
        for end in ends:
            end.transport.abort()
        self._ends -= ends


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while chunk := await source.read(65_536):
        sink.write(chunk)
        await sink.drain()
    sink.transport.abort()
