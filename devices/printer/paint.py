"""Printed paper as a picture, one pixel a dot: what a screen shows and a test scans."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, assert_never

import qrcode
from barcode.codex import Code128  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont

from devices.printer.layout import BAR_WIDTH_DOTS, Item, Line
from pos.papers.page import Barcode, Cut, Logo, Qr

LINE_DOTS = 30
CHARACTER_DOTS = 24
BAR_DOTS = 64
QUIET_MODULES = 4
MARGIN_DOTS = 24
_LEVELS = {"L": 1, "M": 0, "Q": 3, "H": 2}
"""The QR standard's own numbers of its correction levels (ISO/IEC 18004)."""

_INK, _PAPER = 0, 255


def paint(items: Iterable[Item | Image.Image], dots: int, columns: int) -> Image.Image:
    """Return paper `dots` wide with the items printed one under the other."""
    strips = [_strip(item, dots, columns) for item in items]
    height = sum(strip.height for strip in strips) + 2 * MARGIN_DOTS
    paper = Image.new("L", (dots + 2 * MARGIN_DOTS, height), _PAPER)
    top = MARGIN_DOTS
    for strip in strips:
        paper.paste(strip, (MARGIN_DOTS, top))
        top += strip.height
    return paper


def _strip(item: Item | Image.Image, dots: int, columns: int) -> Image.Image:
    match item:
        case Line():
            return _line(item, dots, dots // columns)
        case Qr():
            return _centred(qr_image(item), dots, QUIET_MODULES * item.size)
        case Barcode():
            return _bars(item.data, dots, dots // columns)
        case Logo():
            return _line(Line("[LOGO]"), dots, dots // columns)
        case Cut():
            return _scissors(dots)
        case Image.Image():
            return _centred(item, dots, 0)
        case _:
            assert_never(item)


def _line(line: Line, dots: int, pitch: int) -> Image.Image:
    """Draw character by character on the grid, so that columns stand whatever the font."""
    strip = Image.new("L", (dots, LINE_DOTS * line.size), _PAPER)
    pen = ImageDraw.Draw(strip)
    font = font_of(CHARACTER_DOTS * line.size * 4 // 5)
    for column, character in enumerate(line.text):
        at = (column * pitch * line.size + pitch * line.size // 2, LINE_DOTS * line.size * 3 // 4)
        pen.text(at, character, _INK, font, anchor="ms", stroke_width=int(line.bold))
    return strip


def qr_image(item: Qr) -> Image.Image:
    """Return the QR code of `item`, `size` dots a module, without quiet zone."""
    code = qrcode.QRCode(error_correction=_LEVELS[item.level], box_size=max(item.size, 1), border=0)
    code.add_data(item.data)
    code.make(fit=True)
    drawn: Any = code.make_image()
    image: Image.Image = drawn.get_image().convert("L")
    return image


def _bars(data: str, dots: int, pitch: int) -> Image.Image:
    modules = Code128(data).build()[0]
    bars = Image.new("L", (len(modules) * BAR_WIDTH_DOTS, BAR_DOTS), _PAPER)
    pen = ImageDraw.Draw(bars)
    for x, module in enumerate(modules):
        if module == "1":
            pen.rectangle((x * BAR_WIDTH_DOTS, 0, (x + 1) * BAR_WIDTH_DOTS - 1, BAR_DOTS), _INK)
    label = _line(Line(data.center(dots // pitch).rstrip()), dots, pitch)
    strip = Image.new("L", (dots, BAR_DOTS + 2 * LINE_DOTS), _PAPER)
    strip.paste(bars, ((dots - bars.width) // 2, LINE_DOTS // 2))
    strip.paste(label, (0, BAR_DOTS + LINE_DOTS))
    return strip


def _centred(image: Image.Image, dots: int, quiet: int) -> Image.Image:
    strip = Image.new("L", (dots, image.height + 2 * quiet), _PAPER)
    strip.paste(image, ((dots - image.width) // 2, quiet))
    return strip


def _scissors(dots: int) -> Image.Image:
    strip = Image.new("L", (dots, 2 * LINE_DOTS), _PAPER)
    pen = ImageDraw.Draw(strip)
    for x in range(0, dots, 16):
        pen.line((x, LINE_DOTS, x + 7, LINE_DOTS), _INK)
    return strip


@lru_cache(maxsize=8)
def font_of(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The monospaced font that comes with python-barcode, which python-escpos brings along."""
    found = importlib.resources.files("barcode") / "fonts" / "DejaVuSansMono.ttf"
    try:
        with importlib.resources.as_file(found) as path:
            return ImageFont.truetype(str(path), size)
    except OSError:
        return ImageFont.load_default(size)
