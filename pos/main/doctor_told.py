"""What no port says by itself, asked of a person: the card terminal, the display, mute printers.

A card terminal is only named and never sent anything; a display is shown a text. Where nobody sits
at the terminal, nothing of this is asked and nothing is taken for known.
"""

from __future__ import annotations

from collections.abc import Sequence
from queue import Empty, Queue

import typer

from devices.counter import Counter
from devices.display.protocol import Dialect
from devices.finding import Found, Guess
from pos.domain.words import Sentence, Words
from pos.main.asking import Person
from pos.main.doctor_settings import Kind, Known, profile_of
from pos.ports import DeviceEvent, DeviceState, StatusChanged

OPEN_MOST_S = 5.0
"""The longest that a display's port may take to open."""

TALKING = ("serial://", "pty://", "tcp://", "socket://", "rfc2217://")
"""The ports that a card terminal or a display may hang on."""

CARD_SERIAL = (
    ("concert-e+", "?baud=9600&bytes=8N1"),
    ("concert-e", "?baud=9600&bytes=7E1"),
    ("concert-e", "?baud=1200&bytes=7E1"),
)
CARD_NETWORK = (("caisse-ap", ""), ("concert-e+", ""))
"""What terminals speak, and on which line."""

DISPLAY_LINES = ("?baud=9600", "?baud=19200")
SHOWN = ("COMPTOIR", "é è à € 0123456789")

DEAF = "write-only"
"""The profile of a printer that takes bytes and says nothing."""

_IS_PRINTER = Sentence("Is {url} ({about}) a receipt printer of this till?").template
_IS_LABELS = Sentence("Is {url} ({about}) a label printer of this till, for ZPL?").template


def told(
    person: Person, words: Words, found: Sequence[Found], numbers: Sequence[int]
) -> list[Known]:
    """Ask which of the ports have the card terminal and the customers' display.

    `numbers` are those by which the person sees the ports, 1 and more.
    """
    if not person.is_there:
        return []
    by_number = {
        number: one
        for number, one in zip(numbers, found, strict=True)
        if one.url.startswith(TALKING)
    }
    known: list[Known] = []
    guessed = next((n for n, one in by_number.items() if one.guess is Guess.CARD), 0)
    asked = Sentence("Which number has the card terminal? Nothing is sent there. 0: none")
    card = _one(person, asked, by_number, guessed)
    if card is not None:
        known.append(_card(person, words, card))
    asked = Sentence("Which number has the customers' display of two lines? 0: none")
    display = _one(person, asked, by_number, 0)
    if display is not None:
        known += _display(person, words, display)
    return known


def _one(
    person: Person, question: Sentence, by_number: dict[int, Found], at_first: int
) -> Found | None:
    """Return what a person chose, which is then no longer among the others."""
    while by_number:
        number = person.chooses(question, range(max(by_number) + 1), at_first)
        if number == 0 or number in by_number:
            return by_number.pop(number, None)
    return None


def _card(person: Person, words: Words, one: Found) -> Known:
    ways = CARD_NETWORK if one.url.startswith("tcp://") else CARD_SERIAL
    for number, (protocol, line) in enumerate(ways, 1):
        typer.echo(f"  {number}  {protocol}  {line.removeprefix('?')}".rstrip())
    asked = Sentence("What does the terminal speak? Its menu says it, or try the first")
    protocol, line = ways[person.chooses(asked, range(1, len(ways) + 1), 1) - 1]
    typer.echo(words.say(Sentence("Set the terminal to wait for its till, in euros.")))
    return Known(Kind.CARD, _with_line(one.url, line), protocol)


def _display(person: Person, words: Words, one: Found) -> list[Known]:
    """Show a text in each way that displays know, until the person reads it."""
    ways = DISPLAY_LINES if one.url.startswith("serial://") else ("",)
    for line in ways:
        for dialect in Dialect:
            url = _with_line(one.url, line)
            events: Queue[DeviceEvent] = Queue()
            counter = Counter(events.put)
            try:
                counter.open_display("display", url, dialect=dialect).show(*SHOWN)
                trouble = _trouble(events)
                if trouble is not None:
                    typer.echo(words.say(trouble))
                    return []
                reads = Sentence("Does the display show {text} now?", text=SHOWN[0])
                if person.agrees(reads):
                    return [Known(Kind.DISPLAY, url, dialect.value)]
            finally:
                counter.close()
    typer.echo(
        words.say(
            Sentence("The display stays out of the settings; look at its own menu or manual.")
        )
    )
    return []


def _trouble(events: Queue[DeviceEvent]) -> Sentence | None:
    """Return why a display does not open, None once it does."""
    while True:
        try:
            event = events.get(timeout=OPEN_MOST_S)
        except Empty:
            return Sentence("The display takes no more characters.")
        if isinstance(event, StatusChanged):
            if event.state is DeviceState.READY:
                return None
            return event.why or Sentence(event.detail)


def mute_printers(person: Person, found: Sequence[Found], given: bool) -> list[Known]:
    """Ask which of the printers that say nothing are of this till; `given`: they were named."""
    known = []
    for one in found:
        is_labels = one.guess is Guess.LABELS
        asked = Sentence(
            _IS_LABELS if is_labels else _IS_PRINTER, url=one.url, about=one.about or "–"
        )
        if not given and not person.agrees(asked, at_first=False):
            continue
        if is_labels:
            known.append(Known(Kind.LABELS, one.url, "zpl"))
        else:
            how = profile_of(one.about) if one.url.startswith("lp://") else DEAF
            known.append(Known(Kind.PRINTER, one.url, how))
    return known


def _with_line(url: str, line: str) -> str:
    """Return a serial port's address with the setting of its line; others have none."""
    return url.partition("?")[0] + line if url.startswith("serial://") else url
