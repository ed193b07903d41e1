"""A real ticket on its way to a receipt printer: its bytes on the wire, and the time to make them.

The ticket is the till's own of a made-up sale that fills 40 lines of paper or a few more, with its
QR code; the floor is putting the same lines into the printer's code page and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from config.words import words_for
from devices.printer.encode import encode
from devices.printer.layout import Line, layout
from devices.printer.profile import PROFILES
from devices.printer.render import render_escpos, warm_up
from pos.papers.page import Page, Qr, Text
from pos.papers.ticket import TicketParts, ticket
from scripts.benches.measured import Measured, limit, ratio
from scripts.benches.sales import sale

LINES = 40
TIMES = 300
BYTES_MOST = 1_900
BUILD_MOST_MS = 1.0
OVER_FLOOR = 4.0

NAMES = (
    "ticket of 40 lines: bytes on the wire",
    "ticket of 40 lines: time to make its bytes",
    "ticket of 40 lines: making over encoding alone",
)


def measure() -> Iterator[Measured]:
    """Yield the bytes, the time, and the time over that of encoding the lines alone."""
    profile = PROFILES["epson-80"]
    page = _page(profile.columns)
    items = layout(page, profile.columns, profile.codec)
    texts = [one.text for one in items if isinstance(one, Line)]
    warm_up()
    size = len(b"".join(render_escpos(page, profile)))
    ours, floor = [], []
    for _ in range(TIMES):
        begun = time.perf_counter()
        b"".join(render_escpos(page, profile))
        between = time.perf_counter()
        b"\n".join(encode(text, profile.codec) for text in texts)
        ours.append((between - begun) * 1e3)
        floor.append((time.perf_counter() - between) * 1e3)
    yield limit(NAMES[0], "bytes", [float(size)], BYTES_MOST)
    yield limit(NAMES[1], "ms", ours, BUILD_MOST_MS)
    yield ratio(NAMES[2], "ms", ours, floor, OVER_FLOOR)


def _page(columns: int) -> Page:
    """Return the ticket of a sale that fills `LINES` lines of paper at least."""
    words = words_for("fr", "EUR", "Europe/Paris")
    made = sale(481)
    lines = [*made.lines, *made.lines[:4]]
    sold = made.model_copy(update={"tenders": made.tenders[1:], "lines": lines})
    parts = TicketParts(datetime(2026, 11, 22, 14, 5, tzinfo=UTC), (Text("Signature : abcd"),))
    page = ticket(sold, parts, words)
    page = replace(page, blocks=(Qr("https://example.org/t/" + "A" * 42), *page.blocks))
    found = sum(isinstance(one, Line) for one in layout(page, columns))
    if found < LINES:
        raise ValueError(f"the bench's ticket has {found} lines instead of {LINES}")
    return page
