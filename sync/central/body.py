"""Reading a request's body: bounded before and after decompression, and in time.

>>> import gzip
>>> unpacked(gzip.compress(b"{}"), "gzip", 100)
b'{}'
>>> unpacked(gzip.compress(bytes(1_000_000)), "gzip", 1_000)
Traceback (most recent call last):
    ...
sync.central.problems.Refused: too_large
"""

from __future__ import annotations

import asyncio
import zlib

from fastapi import Request
from starlette.requests import ClientDisconnect

from sync.central.problems import Refused

_GZIP = 16 + zlib.MAX_WBITS


async def read_body(request: Request, most: int, seconds: float) -> bytes:
    """Return the body as it was sent, `most` bytes at most.

    Raises Refused: 413 `too_large`, as soon as it is told or seen; 408 `too_slow`; 400 `cut` when
    the connection broke.
    """
    told = request.headers.get("content-length", "0")
    if told.isdigit() and int(told) > most:
        raise _too_large(most)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise _too_large(most)
                chunks.append(chunk)
    except TimeoutError as error:
        raise Refused(408, "too_slow", "The body did not arrive in time.") from error
    except ClientDisconnect as error:
        raise Refused(400, "cut", "The body did not arrive whole.") from error
    return b"".join(chunks)


def unpacked(raw: bytes, encoding: str, most: int) -> bytes:
    """Return a body without its content encoding (`gzip` or none), `most` bytes at most.

    Raises Refused: 413 `too_large`, 400 `malformed`, 415 `unsupported_encoding`.
    """
    if encoding in ("", "identity"):
        return raw
    if encoding != "gzip":
        raise Refused(415, "unsupported_encoding", "The content encoding is gzip, or none.")
    opened = zlib.decompressobj(_GZIP)
    try:
        plain = opened.decompress(raw, most + 1)
    except zlib.error as error:
        raise Refused(400, "malformed", "The body is not gzip.") from error
    if len(plain) > most:
        raise _too_large(most)
    if not opened.eof or opened.unused_data:
        raise Refused(400, "malformed", "The gzip body is cut, or more follows it.")
    return plain


def _too_large(most: int) -> Refused:
    return Refused(413, "too_large", f"The body may have {most} bytes.")
