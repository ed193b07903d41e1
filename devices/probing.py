"""Asking what is at the other end of a wire, with questions that do no harm.

First ESC/POS asks in real time, which a printer answers in any state and never prints; then a
label printer is asked how it is, and each family of scales what it shows. Each question is a few
bytes and waits a moment; a device that does not know it says nothing. What takes money is never
asked: see `devices.finding`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from devices.link import Link, open_link
from devices.printer import protocol as escpos
from devices.scale.protocol import Kind, Reading, Reply, converse

ANSWER_S = 0.35
"""How long a device may take to begin its answer; a scale weighs about five times a second."""

WRITE_S = 1.0
REPLIES_MOST = 4
MODEL_MAX = 40

PRINTER_LINES = ("baud=9600", "baud=19200", "baud=38400", "baud=115200")
SCALES = {
    "toledo": "baud=9600&bytes=7E1",
    "sics": "baud=9600&bytes=8N1",
    "nci": "baud=9600&bytes=7E1",
    "enq": "baud=9600&bytes=8N1",
}
"""The families of scales that may be asked and their usual line; the last one's first byte is also
how a card terminal is greeted, so it is asked last."""

_GREETED = b"\x06"
_GOODBYE = b"\x04"
_WHICH_MODEL = b"\x1dIC"
_MODEL = re.compile(rb"_([\x20-\x7e]{1,80})\x00")
_LABEL_STATUS = b"~HS"
_LABEL_ANSWER = re.compile(rb"\x02[0-9,]{20,80}\x03")


@dataclass(frozen=True, slots=True)
class Answered:
    """What answered: `kind` is printer, label or scale; `what` its model or family; `url` how."""

    kind: str
    what: str
    url: str


def probe(url: str, tell: Callable[[str], None] = lambda _: None) -> Answered | None:
    """Return what answers at a serial or network address, None when nothing known does.

    `tell` hears each address that is tried. Raises LinkLost when it does not open.
    """
    bare = url.partition("?")[0]
    is_line = bare.startswith("serial://")  # a pty or a socket has no speed to be found
    for line in PRINTER_LINES if is_line else PRINTER_LINES[:1]:
        where = f"{bare}?{line}" if is_line else url
        tell(where)
        with _opened(where) as link:
            model = _printer(link)
            if model is not None:
                return Answered("printer", model, where)
            if _is_label_printer(link):
                return Answered("label", "zpl", where)
    if bare.startswith("file://"):
        return None  # only printers have such a file, and they may print what scales are asked
    for family, line in SCALES.items():
        where = f"{bare}?{line}" if is_line else url
        tell(f"{where} ({family})")
        with _opened(where) as link:
            if _weighs(link, family):
                return Answered("scale", family, where)
    return None


@contextmanager
def _opened(where: str) -> Iterator[Link]:
    link = open_link(where)
    try:
        _hear(link, 0.0)
        yield link
    finally:
        link.close()


def _printer(link: Link) -> str | None:
    """Return the model of an ESC/POS printer, empty when it does not tell; None: it is none."""
    link.write(escpos.ask(1), WRITE_S)
    heard = escpos.StatusParser().receive(_hear(link, ANSWER_S))
    if not any(isinstance(one, escpos.Answer) for one in heard):
        return None
    link.write(_WHICH_MODEL, WRITE_S)
    told = _MODEL.search(_hear(link, ANSWER_S))
    return told[1].decode("ascii")[:MODEL_MAX] if told else ""


def _is_label_printer(link: Link) -> bool:
    link.write(_LABEL_STATUS, WRITE_S)
    return _LABEL_ANSWER.search(_hear(link, ANSWER_S)) is not None


def _weighs(link: Link, family: str) -> bool:
    """Return whether a scale of this family tells how it is."""
    talk = converse(family)
    link.write(talk.look(), WRITE_S)
    for _ in range(REPLIES_MOST):
        heard = _hear(link, ANSWER_S)
        answers = talk.receive(heard)
        if any(isinstance(one, Reading) and one.kind is not Kind.DAMAGED for one in answers):
            return True
        replies = [one.data for one in answers if isinstance(one, Reply)]
        if not replies:
            if heard == _GREETED:
                link.write(_GOODBYE, WRITE_S)
            return False
        link.write(b"".join(replies), WRITE_S)
    return False


def _hear(link: Link, wait_s: float) -> bytes:
    """Return what comes within `wait_s`, and what follows it without a pause."""
    heard, until = b"", time.monotonic() + wait_s
    while True:
        left = until - time.monotonic()
        data = link.read(max(0.0, left) if not heard else 0.05)
        heard += data
        if not data and (heard or left <= 0):
            return heard[:4096]
