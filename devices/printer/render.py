"""Page → ESC/POS bytes, → plain text, → picture: three faces of one layout.

Every job begins with `ESC @` and its code page, because the one before may have left another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devices.printer.encode import encode
from devices.printer.escpos import new_builder
from devices.printer.layout import BAR_WIDTH_DOTS, Item, Line, layout
from devices.printer.pictures import print_logo
from devices.printer.profile import CutKind, PrinterProfile
from devices.printer.protocol import ASB_ON
from pos.papers.page import Barcode, Cut, Logo, Page, Qr

if TYPE_CHECKING:
    from PIL import Image

QR_LEVELS = "LMQH"
BAR_HEIGHT_DOTS = 64
FEED_LINES = 6


def render_text(page: Page, columns: int, codec: str | None = None) -> str:
    """Return the page as text `columns` wide; a code stands as `[QR data]`, however long."""
    items = layout(page, columns, codec, doubled=False)
    return "".join(_as_text(item, columns) + "\n" for item in items)


def _as_text(item: Item, columns: int) -> str:
    match item:
        case Line(text):
            return text
        case Qr(data):
            return f"[QR {data}]"
        case Barcode(data):
            return f"[BAR {data}]".center(columns).rstrip()
        case Logo():
            return "[LOGO]"
        case Cut():
            return "- " * (columns // 2)


def render_png(page: Page, profile: PrinterProfile) -> Image.Image:
    """Return the page as it would leave the printer, one pixel a dot; its codes can be scanned."""
    from devices.printer.paint import paint

    return paint(layout(page, profile.columns, profile.codec), profile.dots, profile.columns)


def render_escpos(page: Page, profile: PrinterProfile) -> tuple[bytes, ...]:
    """Return the job's bytes in pieces between which a status request may be sent."""
    builder = new_builder()
    pieces = [_head(profile)]
    bold, size = False, 1
    for item in layout(page, profile.columns, profile.codec, logo=profile.logo):
        if isinstance(item, Line):
            _style(builder, (bold, size), (item.bold, item.size))
            bold, size = item.bold, item.size
            builder._raw(encode(item.text, profile.codec) + b"\n")
        else:
            _code(builder, item, profile)
        pieces.append(builder.output)
        builder.clear()
    return tuple(pieces)


def warm_up() -> None:
    """Load the byte builder while nobody waits: the first ticket is then as fast as the next."""
    new_builder()


def _head(profile: PrinterProfile) -> bytes:
    head = b"\x1b@" + b"\x1bt" + bytes([profile.slot])
    if profile.asb:
        head += ASB_ON
    return head


def _style(builder: Any, before: tuple[bool, int], now: tuple[bool, int]) -> None:
    if before[0] != now[0]:
        builder.set(bold=now[0])
    if before[1] != now[1]:
        builder.set(custom_size=True, width=now[1], height=now[1])


def _code(builder: Any, item: Qr | Barcode | Logo | Cut, profile: PrinterProfile) -> None:
    match item:
        case Logo():
            builder.set(align="center")
            builder._raw(print_logo())
            builder.set(align="left")
        case Cut():
            _cut(builder, profile.cut)
        case Qr():
            builder.set(align="center")
            _qr(builder, item, profile)
            builder.set(align="left")
        case Barcode(data):
            # Not `barcode`, which prints on the till's own screen.
            escaped = "{B" + data.replace("{", "{{")
            builder._hw_barcode(
                escaped, "CODE128", BAR_HEIGHT_DOTS, BAR_WIDTH_DOTS, function_type="B", check=False
            )
            builder.set(align="left")


def _cut(builder: Any, cut: CutKind) -> None:
    match cut:
        case CutKind.PARTIAL:
            builder.cut(feed=False)
        case CutKind.FULL:
            builder._raw(b"\x1dVA\x00")
        case CutKind.NONE:
            builder.print_and_feed(FEED_LINES)


def _qr(builder: Any, item: Qr, profile: PrinterProfile) -> None:
    if profile.native_qr:
        builder.qr(item.data, ec=QR_LEVELS.index(item.level), size=item.size, native=True)
    else:
        from devices.printer.paint import qr_image

        builder.image(qr_image(item), impl="bitImageRaster")
