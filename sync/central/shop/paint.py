"""Templates, the headers of every page, and the QR code as a drawing that scales.

Pages hold no script and load nothing from elsewhere; a policy in their headers says so to the
browser, so that nothing a customer typed could ever run there.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

import qrcode
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from qrcode.constants import ERROR_CORRECT_L
from starlette.responses import HTMLResponse

_HERE = Path(__file__).parent / "templates"
_STYLE = (_HERE / "style.css").read_text("utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{_STYLE_HASH}'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": _POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
    "cache-control": "no-store",
}
"""`no-store`: the page of an order is as good as its pass."""

QUIET = 4
"""Modules of white around the code (ISO/IEC 18004 §9.1)."""

_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals["style"] = _STYLE


def page(template: str, told: Mapping[str, object], status: int = 200) -> HTMLResponse:
    """Return a page, written from a template."""
    text = _TEMPLATES.get_template(template).render(told)
    return HTMLResponse(text, status_code=status, headers=HEADERS)


def qr_path(text: str) -> tuple[str, int]:
    """Return the dark modules of a code as an SVG path, and its side in modules, quiet zone too."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_L, border=QUIET)
    code.add_data(text)
    matrix = code.get_matrix()
    runs = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            length = 0
            while x + length < len(row) and row[x + length]:
                length += 1
            if length:
                runs.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length + 1
    return "".join(runs), len(matrix)
