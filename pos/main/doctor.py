"""`comptoir devices doctor`: finds what is plugged in, names it, writes the settings, tries it out.

Everything is asked before it is done: whether bytes may be sent to a port, which scanner is which,
whether the settings are written. A port of which nothing is known may have a card terminal behind
it: it is only asked when a person says so, or names it. What the settings name is left alone.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import Empty, Queue

import typer

from config import settings as settings_file
from config.devices import Devices, ScannerDevice
from config.places import places
from config.sections import Settings
from config.words import GettextWords, words_for
from devices.counter import Counter
from devices.finding import Found, Guess, find, named, place_of
from devices.link import LinkLost
from devices.probing import Answered, probe
from pos.domain.words import Sentence
from pos.main.asking import Person
from pos.main.counters import check_devices
from pos.main.doctor_settings import Kind, Known, changes, known_by, used_places
from pos.main.doctor_told import mute_printers, told
from pos.ports import DeviceEvent, Scanned

GUESSES = {
    Guess.UNKNOWN: Sentence("not known"),
    Guess.SCANNER: Sentence("perhaps a scanner"),
    Guess.PRINTER: Sentence("perhaps a printer"),
    Guess.LABELS: Sentence("perhaps a label printer"),
    Guess.CARD: Sentence("perhaps a card terminal; it is never asked anything"),
}
FILES = ("file://", "lp://")
LISTENED = ("serial://", "pty://", "evdev://", "hidraw://", "socket://", "rfc2217://")
"""The ports of printers that may be mute, and those that a scanner may hang on."""

_NEXT = Sentence(
    "Wrong accents on the page: comptoir devices code-page. To have the till see whether the drawer"
    " is open: comptoir devices drawer."
)


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
    """One run; `left` are the ports of which nothing is known yet."""

    asked: Asked
    settings: Settings
    words: GettextWords
    person: Person
    left: list[Found] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)

    def tell(self, sentence: Sentence) -> None:
        typer.echo(self.words.say(sentence))

    def agree(self, sentence: Sentence, *, at_first: bool = True) -> bool:
        """Ask a person; without one, nothing is done that was not said yes to beforehand."""
        return self.asked.yes or self.person.agrees(sentence, at_first=at_first)

    def is_safe(self, one: Found) -> bool:
        """Whether what takes cards is surely elsewhere."""
        has_card = self.settings.devices.cards or any(k.kind is Kind.CARD for k in self.known)
        return bool(one.guess is not Guess.UNKNOWN or self.asked.ports or has_card)

    def is_now(self, known: Sequence[Known]) -> None:
        """Take what is known now from what is left."""
        self.known += known
        taken = {place_of(one.url) for one in known}
        self.left = [one for one in self.left if place_of(one.url) not in taken]


def examine(asked: Asked, plugged: Sequence[Found] | None = None) -> int:
    """Find, ask, write, try; 1 when nothing at all was found, or what was found does not work.

    `plugged` is what is plugged in; None looks.
    """
    settings = settings_file.load()
    words = words_for(settings.till.language)
    visit = _Visit(asked, settings, words, Person(words))
    plugged = find() if plugged is None else plugged
    found = [named(port, plugged) for port in asked.ports] or list(plugged)
    if not found:
        visit.tell(
            Sentence(
                "Nothing is plugged in. Check cables and power; for a device of the network, add"
                " --port tcp://ADDRESS:9100."
            )
        )
        return 1
    used = used_places(settings.devices)
    _show(visit, found, used)
    never = _never(settings.devices)
    free = [
        (number, one)
        for number, one in enumerate(found, 1)
        if place_of(one.url) not in (never if asked.ports else used)
    ]
    visit.left = [one for _, one in free]
    if not asked.yes:
        visit.is_now(told(visit.person, words, visit.left, [number for number, _ in free]))
    _ask_each(visit)
    mute = [one for one in visit.left if one.url.startswith(FILES) and _is_printer(one)]
    if not asked.yes or asked.ports:
        visit.is_now(mute_printers(visit.person, mute, asked.yes))
    return _settle(visit, _listen(visit), len(free) < len(found))


def _show(visit: _Visit, found: Sequence[Found], used: dict[str, str]) -> None:
    for number, one in enumerate(found, 1):
        name = used.get(place_of(one.url), "")
        is_used = Sentence("in the settings: {name}", name=name)
        said = visit.words.say(is_used if name else GUESSES[one.guess])
        typer.echo(f"{number:>2}  {one.url}  {one.about}".rstrip() + f"  ({said})")


def _never(devices: Devices) -> set[str]:
    """Return the places that are sent nothing, whoever names them: of money, and of the drawer."""
    urls = [*(card.url for card in devices.cards), devices.drawer.url]
    return {place_of(url) for url in urls if "://" in url}


def _is_printer(one: Found) -> bool:
    return one.guess in (Guess.PRINTER, Guess.LABELS)


def _ask_each(visit: _Visit) -> None:
    """Ask what may be asked; what nobody knows anything of, only by a person's word."""
    for one in list(visit.left):
        if not one.may_ask or one.guess is Guess.SCANNER:
            continue
        if visit.asked.yes and not visit.asked.ports and one.guess is Guess.UNKNOWN:
            visit.tell(
                Sentence(
                    "{url} is not asked: a card terminal may be there. Name it by --port, if not.",
                    url=one.url,
                )
            )
        elif visit.agree(_question(one, visit.is_safe(one)), at_first=visit.is_safe(one)):
            answer = _asked(visit, one)
            if answer is not None:
                visit.is_now([known_by(answer)])


def _question(one: Found, is_safe: bool) -> Sentence:
    if not is_safe:
        return Sentence(
            "Ask {url} what it is? A few bytes are sent there: no to a card terminal or a display.",
            url=one.url,
        )
    return Sentence("Ask {url} what it is? A few bytes are sent there.", url=one.url)


def _asked(visit: _Visit, one: Found) -> Answered | None:
    try:
        answer = probe(one.url, lambda where: visit.tell(Sentence("  trying {url}", url=where)))
    except LinkLost as lost:
        visit.tell(lost.sentence)
        visit.left.remove(one)
        return None
    if answer is None:
        visit.tell(Sentence("{url} says nothing that is known.", url=one.url))
    else:
        visit.tell(_named(answer))
    return answer


def _named(answer: Answered) -> Sentence:
    match answer.kind:
        case "printer":
            return Sentence("{url} is a receipt printer {what}.", url=answer.url, what=answer.what)
        case "label":
            return Sentence("{url} is a label printer.", url=answer.url)
        case _:
            return Sentence("{url} is a scale ({what}).", url=answer.url, what=answer.what)


def _listen(visit: _Visit) -> list[ScannerDevice]:
    """Ask for a scan, and return whatever scanned something; a keyboard is not taken away."""
    heard: dict[str, ScannerDevice] = {}
    silent = [
        one
        for one in visit.left
        if one.url.startswith(LISTENED)
        and one.guess in (Guess.SCANNER, Guess.UNKNOWN)
        and not (one.url.startswith("evdev") and one.guess is Guess.UNKNOWN)
    ]
    if not silent or not visit.asked.seconds:
        return []
    events: Queue[DeviceEvent] = Queue()
    counter = Counter(events.put)
    urls = {f"scanner{number}": one.url for number, one in enumerate(silent, 1)}
    try:
        for name, url in urls.items():
            counter.open_scanner(name, url)
        visit.tell(
            Sentence(
                "Scan something with each scanner within {seconds} s…", seconds=visit.asked.seconds
            )
        )
        ends = time.monotonic() + visit.asked.seconds
        while len(heard) < len(silent) and (left := ends - time.monotonic()) > 0:
            try:
                event = events.get(timeout=left)
            except Empty:
                break
            if isinstance(event, Scanned) and event.device not in heard:
                url = urls[event.device]
                heard[event.device] = ScannerDevice(name="scanner", url=url)
                visit.tell(Sentence("{url} is a scanner.", url=url))
    except KeyboardInterrupt:
        pass
    finally:
        counter.close()
    return list(heard.values())


def _settle(visit: _Visit, scanners: Sequence[ScannerDevice], is_any_used: bool) -> int:
    """Write what was found into the settings file, then try it out."""
    found = changes(visit.settings.devices, visit.known, scanners)
    if visit.asked.yes:  # a second printer may be the first one, found by another way
        found = [change for change in found if change[0] != "devices.spare"]
    if not found:
        visit.tell(Sentence("Nothing new for the settings."))
        return 0 if visit.known or scanners or is_any_used else 1
    for section, values in found:
        for key, value in values.items():
            typer.echo(f"  [{section}] {key} = {settings_file.written(value)}")
    file = places().config
    if not visit.asked.write or not visit.agree(
        Sentence("Write this into {file}?", file=str(file))
    ):
        return 0
    for section, values in found:
        settings_file.put(file, section, values)
    visit.tell(Sentence("Written into {file}.", file=str(file)))
    is_tried = scanners or any(one.kind in (Kind.PRINTER, Kind.DISPLAY) for one in visit.known)
    if is_tried and visit.agree(Sentence("Print a test page and try the devices now?")):
        code = check_devices(10)
        if any(section == "devices.printer" for section, _ in found):
            visit.tell(_NEXT)
        return code
    return 0
