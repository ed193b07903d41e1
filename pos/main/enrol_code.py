"""How a centre's one-time code comes to the till: scanned from a screen, or typed."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Queue

import typer

from config.sections import Settings
from config.words import words_for
from devices.counter import Counter
from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.ports import DeviceEvent, DeviceState, Scanned, StatusChanged

LINK = "comptoir-enrol:"
"""How what a centre's QR code says begins."""

CHUNK = 4_096
"""How much of what is typed is read, and kept, at once."""

_SYMBOLOGY = re.compile(r"^\][A-Za-z].")
"""What a scanner may put before a scan, to say what kind of code it read."""

_PLAIN = re.compile(r"[0-9A-Za-z]{5}[- ]?[0-9A-Za-z]{5}")


@dataclass(frozen=True, slots=True)
class Told:
    """What a code says: itself, and out of a QR code the centre's address and the till meant."""

    code: str
    url: str = ""
    till: str = ""


def told(text: str) -> Told | None:
    """Return what somebody scanned or typed, None when it is no code of a centre.

    >>> told("comptoir-enrol:https://centre.example#S001-T01#01234-56789")
    Told(code='01234-56789', url='https://centre.example', till='S001-T01')
    >>> told(" 0l234 56789 "), told("3017620422003")
    (Told(code='0l234 56789', url='', till=''), None)
    """
    bare = _SYMBOLOGY.sub("", text.strip())
    if bare.startswith(LINK):
        url, _, rest = bare.removeprefix(LINK).partition("#")
        till, _, code = rest.partition("#")
        return Told(code, url.rstrip("/"), till) if _PLAIN.fullmatch(code) else None
    return Told(bare) if _PLAIN.fullmatch(bare) else None


def ask(settings: Settings) -> Told:
    """Wait for a code from a scanner of the settings or from the keyboard, whichever comes first.

    Raises Refusal when the input ends and no scanner could read one.
    """
    say = words_for(settings.till.language).say
    scanners, events = settings.devices.scanners, Queue[DeviceEvent | None]()
    counter = Counter(events.put)
    try:
        for one in scanners:
            counter.open_scanner(one.name, one.url)
        typer.echo(say(Sentence("Scan the code on the manager's screen, or type it:")))
        threading.Thread(target=_type_to, args=[events.put], daemon=True).start()
        while True:
            event = events.get()
            if event is None and not scanners:
                raise Refusal("no_code", "No code came; run: comptoir enrol CODE --url ADDRESS.")
            if isinstance(event, StatusChanged) and event.state is DeviceState.READY:
                typer.echo(say(Sentence("{name} is ready.", name=event.device)))
            if isinstance(event, Scanned) and event.text.strip():
                found = told(event.text)
                if found is not None:
                    return found
                typer.echo(say(Sentence("That is no code of a centre; try again:")))
    finally:
        counter.close()


def _type_to(sink: Callable[[DeviceEvent | None], None]) -> None:
    """Hand on each line of the standard input as a scan, and None at its end.

    Read below `sys.stdin`, whose lock a thread that waits would hold when the program ends.
    """
    rest = b""
    with suppress(OSError):
        while chunk := os.read(0, CHUNK):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                sink(Scanned("keyboard", line.decode(errors="replace"), 0))
            rest = rest[-CHUNK:]
    sink(Scanned("keyboard", rest.decode(errors="replace"), 0))
    sink(None)
