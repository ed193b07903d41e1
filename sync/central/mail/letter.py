"""A letter as a MIME message: plain text, and HTML with the pass as a picture inside it.

The Message-ID is made of the letter's own name, so that a server or a reader that gets it twice
can tell (RFC 5322 §3.6.4); `Auto-Submitted` keeps holiday answers away (RFC 3834 §5).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path

import qrcode
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from qrcode.constants import ERROR_CORRECT_L

from pos.domain.pickup_pass import shown_code
from pos.domain.words import Sentence, Words
from sync.central.mail.texts import Texts
from sync.central.passes import PassShown

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
QR_BOX, QR_BORDER = 8, 4
"""Pixels a module, and modules of the quiet zone (ISO/IEC 18004 §9.1 asks for four)."""

PICTURE = "pass@comptoir"
_CONTROLS = dict.fromkeys((*range(32), 127), " ")


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: who gets it, what it says, the page it leads to.

    `name` is the letter's own, the same at every try.
    """

    name: str
    sender: str
    to: str
    to_name: str
    language: str
    shop: str
    page: str
    texts: Texts
    shown: PassShown | None = None


def message_of(letter: Letter, words: Words) -> EmailMessage:
    """Return the letter in the customer's language. Raises ValueError for an impossible address."""
    message = EmailMessage()
    message["From"] = Address(_line(letter.shop), addr_spec=letter.sender)
    message["To"] = Address(_line(letter.to_name), addr_spec=letter.to)
    message["Subject"] = _line(words.say(letter.texts.subject))
    message["Message-ID"] = f"<{letter.name}@{letter.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    told = _told(letter, words)
    message.set_content(TEMPLATES.get_template("letter.txt.j2").render(told))
    message.add_alternative(TEMPLATES.get_template("letter.html.j2").render(told), subtype="html")
    message["Content-Language"] = letter.language
    if letter.shown is not None:
        html = message.get_payload()[1]  # type: ignore[index]
        html.add_related(  # type: ignore[union-attr]
            picture(letter.shown.text), "image", "png", cid=f"<{PICTURE}>", filename="code.png"
        )
    return message


def picture(text: str) -> bytes:
    """Return a pass as a PNG picture of its QR code, at level L, as screens show it."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_L, box_size=QR_BOX, border=QR_BORDER)
    code.add_data(text)
    out = io.BytesIO()
    code.make_image().save(out)
    return out.getvalue()


def _told(letter: Letter, words: Words) -> dict[str, object]:
    shown = letter.shown
    return {
        "language": letter.language,
        "shop": letter.shop,
        "subject": words.say(letter.texts.subject),
        "paragraphs": [words.say(one) for one in letter.texts.paragraphs],
        "page": letter.page,
        "page_label": words.say(Sentence("See your order")),
        "picture": f"cid:{PICTURE}" if shown else "",
        "picture_label": words.say(Sentence("The code of your order")),
        "code": shown_code(shown.code) if shown else "",
        "code_label": words.say(Sentence("Or say this code:")),
    }


def _line(text: str) -> str:
    """Return a text that fits on a header's line: what somebody typed never becomes a header."""
    return " ".join(text.translate(_CONTROLS).split())[:200]
