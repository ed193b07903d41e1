"""A printed label as a picture, one pixel a dot: what a screen shows and a test scans."""

from __future__ import annotations

from barcode.codex import Code128  # type: ignore[import-untyped]
from barcode.ean import EAN8, EAN13  # type: ignore[import-untyped]
from PIL import Image, ImageDraw

from devices.label.reader import Field, PrintedLabel
from devices.printer.layout import wrap
from devices.printer.paint import font_of, qr_image
from pos.papers.page import Qr

QUIET_DOTS = 24
_BARS = {"ean13": (EAN13, 2), "ean8": (EAN8, 2), "code128": (Code128, 1)}
"""What draws each bar code, and how many dots its narrowest bar has (^BY)."""


def paint(label: PrintedLabel) -> Image.Image:
    """Return the label with a margin of white around it."""
    size = (label.width + 2 * QUIET_DOTS, label.height + 2 * QUIET_DOTS)
    paper = Image.new("L", size, 255)
    for field in label.fields:
        at = (field.x + QUIET_DOTS, field.y + QUIET_DOTS)
        if field.kind == "text":
            _text(paper, field, at)
        elif field.kind == "qr":
            paper.paste(qr_image(Qr(field.data, "M", field.high)), at)
        else:
            _bars(paper, field, at)
    return paper


def _text(paper: Image.Image, field: Field, at: tuple[int, int]) -> None:
    pen, font = ImageDraw.Draw(paper), font_of(max(field.high * 4 // 5, 8))
    letters = max(int(field.room // max(pen.textlength("0", font), 1)), 1)
    for number, line in enumerate(wrap(field.data, letters)[: field.lines]):
        spare = field.room - int(pen.textlength(line, font))
        x = at[0] + (spare if field.align == "R" else 0)
        pen.text((x, at[1] + number * field.high), line, 0, font)


def _bars(paper: Image.Image, field: Field, at: tuple[int, int]) -> None:
    make, wide = _BARS[field.kind]
    modules = make(field.data).build()[0]
    pen = ImageDraw.Draw(paper)
    for place, module in enumerate(modules):
        if module in "1G":
            x = at[0] + place * wide
            pen.rectangle((x, at[1], x + wide - 1, at[1] + field.high), 0)
