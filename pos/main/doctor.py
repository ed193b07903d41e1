"""`comptoir devices doctor`: finds what is plugged in, names it, writes the settings, tries it out.

Everything is asked before it is done: whether bytes may be sent to a port, which scanner is which,
whether the settings are written. What is in the settings already stays, unless the same device is
found again under another address.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from queue import Empty, Queue

import typer

from config import settings as settings_file
from config.devices import ScannerDevice
from config.places import places
from config.sections import Settings
from config.words import GettextWords, words_for
from devices.counter import Counter
from devices.finding import Found, Guess, find
from devices.link import LinkLost
from devices.probing import Answered, probe
from pos.domain.words import Sentence
from pos.main.counters import check_devices
from pos.ports import DeviceEvent, Scanned

GUESSES = {
    Guess.UNKNOWN: Sentence("not known"),
    Guess.SCANNER: Sentence("perhaps a scanner"),
    Guess.PRINTER: Sentence("perhaps a printer"),
    Guess.CARD: Sentence("perhaps a card terminal; it is never asked anything"),
}
MODELS: tuple[tuple[str, str], ...] = (
    (r"TM-?M30|TM-?M50|TM-?M10", "epson-m30"),
    (r"TM-?T88(II|III)\b", "epson-80-old"),
    (r"TM-?", "epson-80"),
    (r"CT-?S", "citizen-80"),
)
"""Profiles by what a printer calls itself; another model gets the one of most clones."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How the doctor was called: what to say yes to, how long to wait for scans, what to see.

    `ports` are the addresses to look at instead of all that is plugged in.
    """

    ports: tuple[str, ...] = ()
    seconds: int = 30
    yes: bool = False
    write: bool = True


@dataclass(slots=True)
class _Visit:
    asked: Asked
    settings: Settings
    words: GettextWords

    def tell(self, sentence: Sentence) -> None:
        typer.echo(self.words.say(sentence))

    def agree(self, sentence: Sentence) -> bool:
        """Ask a person; without one, what is harmless is done and nothing else."""
        if self.asked.yes:
            return True
        if not sys.stdin.isatty():
            return False
        return bool(typer.confirm(self.words.say(sentence), default=True))


def examine(asked: Asked) -> int:
    """Find, ask, write, try; 1 when nothing at all was found, or what was found does not work."""
    settings = settings_file.load()
    visit = _Visit(asked, settings, words_for(settings.till.language))
    found = [Found(port, "", may_ask=True) for port in asked.ports] or find()
    if not found:
        visit.tell(
            Sentence(
                "Nothing is plugged in. Check cables and power; for a device of the network, add"
                " --port tcp://ADDRESS:9100."
            )
        )
        return 1
    for one in found:
        typer.echo(f"{one.url}  {one.about}  ({visit.words.say(GUESSES[one.guess])})")
    answered = _ask_each(visit, found)
    taken = {one.url.partition("?")[0] for one in answered}
    silent = [one for one in found if one.url not in taken and one.guess is not Guess.CARD]
    scanners = _listen(visit, [one for one in silent if not one.url.startswith(("file", "tcp"))])
    return _settle(visit, answered, scanners)


def _ask_each(visit: _Visit, found: Sequence[Found]) -> list[Answered]:
    answered = []
    devices = visit.settings.devices
    never = {card.url for card in devices.cards} | {devices.drawer.url}
    for one in found:
        if not one.may_ask or one.guess is Guess.SCANNER or one.url in never:
            continue
        question = Sentence("Ask {url} what it is? A few bytes are sent there.", url=one.url)
        if not visit.agree(question):
            continue
        try:
            answer = probe(one.url, lambda where: visit.tell(Sentence("  trying {url}", url=where)))
        except LinkLost as lost:
            visit.tell(lost.sentence)
            continue
        if answer is None:
            visit.tell(Sentence("{url} says nothing that is known.", url=one.url))
        else:
            visit.tell(_named(answer))
            answered.append(answer)
    return answered


def _named(answer: Answered) -> Sentence:
    match answer.kind:
        case "printer":
            return Sentence("{url} is a receipt printer {what}.", url=answer.url, what=answer.what)
        case "label":
            return Sentence("{url} is a label printer.", url=answer.url)
        case _:
            return Sentence("{url} is a scale ({what}).", url=answer.url, what=answer.what)


def _listen(visit: _Visit, silent: Sequence[Found]) -> list[ScannerDevice]:
    """Ask for a scan, and return whatever scanned something; a keyboard is not taken away."""
    heard: dict[str, ScannerDevice] = {}
    mute = [
        one for one in silent if not (one.url.startswith("evdev") and one.guess is Guess.UNKNOWN)
    ]
    if not mute or not visit.asked.seconds:
        return []
    events: Queue[DeviceEvent] = Queue()
    counter = Counter(events.put)
    urls = {f"scanner{number}": one.url for number, one in enumerate(mute, 1)}
    try:
        for name, url in urls.items():
            counter.open_scanner(name, url)
        visit.tell(
            Sentence(
                "Scan something with each scanner within {seconds} s…", seconds=visit.asked.seconds
            )
        )
        ends = time.monotonic() + visit.asked.seconds
        while len(heard) < len(mute) and (left := ends - time.monotonic()) > 0:
            try:
                event = events.get(timeout=left)
            except Empty:
                break
            if isinstance(event, Scanned) and event.device not in heard:
                url = urls[event.device]
                name = f"scanner{len(heard) + 1}" if heard else "scanner"
                heard[event.device] = ScannerDevice(name=name, url=url)
                visit.tell(Sentence("{url} is a scanner.", url=url))
    except KeyboardInterrupt:
        pass
    finally:
        counter.close()
    return list(heard.values())


def _settle(visit: _Visit, answered: Sequence[Answered], scanners: Sequence[ScannerDevice]) -> int:
    """Write what was found into the settings file, then try it out."""
    changes = _changes(visit.settings, answered, scanners)
    if not changes:
        visit.tell(Sentence("Nothing new for the settings."))
        return 0 if answered or scanners else 1
    for section, values in changes:
        for key, value in values.items():
            typer.echo(f"  [{section}] {key} = {settings_file.written(value)}")
    file = places().config
    if not visit.asked.write or not visit.agree(
        Sentence("Write this into {file}?", file=str(file))
    ):
        return 0
    for section, values in changes:
        settings_file.put(file, section, values)
    visit.tell(Sentence("Written into {file}.", file=str(file)))
    if visit.agree(Sentence("Print a test page and try the devices now?")):
        return check_devices(10)
    return 0


Change = tuple[str, dict[str, object]]


def _changes(
    settings: Settings, answered: Sequence[Answered], scanners: Sequence[ScannerDevice]
) -> list[Change]:
    devices = settings.devices
    changes: list[Change] = []
    known = {one.url: one for one in devices.scanners}
    fresh = [one for one in scanners if one.url not in known]
    if fresh:
        both = [*devices.scanners, *_renamed(fresh, {one.name for one in devices.scanners})]
        shown = [one.model_dump(exclude_defaults=True) for one in both]
        changes.append(("devices", {"scanners": shown}))
    return [*changes, *_printer(settings, answered), *_scale(settings, answered)]


def _renamed(fresh: Sequence[ScannerDevice], taken: set[str]) -> list[ScannerDevice]:
    found = []
    for one in fresh:
        names = (one.name, *(f"scanner{n}" for n in range(2, 100)))
        name = next(name for name in names if name not in taken)
        taken.add(name)
        found.append(one.model_copy(update={"name": name}))
    return found


def _printer(settings: Settings, answered: Sequence[Answered]) -> list[Change]:
    printers = [one for one in answered if one.kind == "printer"]
    if not printers or settings.devices.printer.url in {one.url for one in printers}:
        return []
    first = printers[0]
    changes: list[Change] = [
        ("devices.printer", {"url": first.url, "profile": profile_of(first.what)})
    ]
    if not settings.devices.drawer.url:
        changes.append(("devices.drawer", {"url": "printer"}))
    return changes


def _scale(settings: Settings, answered: Sequence[Answered]) -> list[Change]:
    scales = [one for one in answered if one.kind == "scale"]
    if not scales or settings.devices.scale.url in {one.url for one in scales}:
        return []
    return [("devices.scale", {"url": scales[0].url, "protocol": scales[0].what})]


def profile_of(model: str) -> str:
    """Return the printer profile for what a printer calls itself.

    >>> profile_of("TM-T20III"), profile_of("TM-m30II"), profile_of("")
    ('epson-80', 'epson-m30', 'generic-80')
    """
    for pattern, name in MODELS:
        if re.match(pattern, model, re.IGNORECASE):
            return name
    return "generic-80"
