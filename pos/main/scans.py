"""Trying scanners out: what they send, byte by byte, and what the till makes of it.

A recording is a file of lines of JSON, one a piece of the wire: `{"at_ms", "scanner", "kind",
"hex"}`. Whoever writes the settings or this program can play it again without the scanner.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from typing import IO

import typer

from config import settings as settings_file
from config.devices import ScannerDevice
from config.sections import Settings
from config.words import GettextWords, words_for
from devices.address import parse_url
from devices.counter import Counter
from devices.finding import place_of
from devices.scanner.driver import Frames, framer_for
from pos.domain.barcode import explain
from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.main.counters import STATES
from pos.ports import DeviceEvent, Scanned, StatusChanged

RECORD_MAX = 8 * 1024 * 1024
"""The largest recording in bytes that is read, and where writing stops."""

KINDS = {"serial": "serial:///dev/x", "evdev": "evdev:///dev/x", "hidraw": "hidraw:///dev/x"}
"""The kinds of wire in a recording, each by an address that says how it is framed."""


@dataclass(frozen=True, slots=True)
class Until:
    """When listening ends: after so many seconds, or so many scans (0: however many)."""

    seconds: int
    scans: int = 0


def scan_test(scanner: str, until: Until, record: Path | None, replay: Path | None) -> int:
    """Say what each scan is until the time is over; write the wire down, or play one again.

    `scanner` is a name of the settings, a URL, or empty for all of the settings' scanners.
    Raises Refusal for a scanner that is not in the settings, a card terminal, and a recording that
    is not one.
    """
    settings = settings_file.load()
    words = words_for(settings.till.language)
    if replay is not None:
        return _replay(replay, settings, words)
    asked = _asked(settings, scanner)
    if record is None:
        return _listen(asked, until, settings, words, None)
    try:
        with record.open("x", encoding="utf-8") as file:
            return _listen(asked, until, settings, words, file)
    except FileExistsError:
        raise Refusal(
            "recording_exists", "{file} exists already; choose another name.", file=str(record)
        ) from None
    except OSError as error:
        raise Refusal(
            "recording_unwritable",
            "The recording cannot be written ({why}).",
            why=error.strerror or type(error).__name__,
        ) from error


def _asked(settings: Settings, scanner: str) -> list[ScannerDevice]:
    known = list(settings.devices.scanners)
    if "://" in scanner or scanner.startswith("/"):
        url = scanner if "://" in scanner else f"pty://{scanner}"
        if place_of(url) in {place_of(one.url) for one in settings.devices.cards}:
            raise Refusal(
                "card_terminal",
                "{url} is the card terminal's: what it says is neither shown nor written down.",
                url=url,
            )
        return [ScannerDevice(name="scanner", url=url)]
    if not known:
        raise Refusal(
            "no_scanner",
            "No scanner is set up yet: close the till and run comptoir devices doctor, which finds"
            " it.",
        )
    found = [one for one in known if scanner in ("", one.name)]
    if not found:
        raise Refusal(
            "no_scanner",
            "The settings name no such scanner; give its address, such as serial:///dev/ttyACM0.",
        )
    return found


def _listen(
    asked: list[ScannerDevice],
    until: Until,
    settings: Settings,
    words: GettextWords,
    file: IO[str] | None,
) -> int:
    events: Queue[DeviceEvent] = Queue()
    counter, begun = Counter(events.put), time.monotonic()
    try:
        for one in asked:
            tap = None if file is None else _recorder(one, file, begun)
            counter.open_scanner(one.name, one.url, tap=tap)
        typer.echo(words.say(Sentence("Scan something within {seconds} s…", seconds=until.seconds)))
        return _tell(events, until, settings, words)
    except KeyboardInterrupt:
        return 0
    finally:
        counter.close()


def _tell(events: Queue[DeviceEvent], until: Until, settings: Settings, words: GettextWords) -> int:
    count, ends = 0, time.monotonic() + until.seconds
    while (left := ends - time.monotonic()) > 0 and not 0 < until.scans <= count:
        try:
            event = events.get(timeout=left)
        except Empty:
            break
        if isinstance(event, StatusChanged):
            state = words.say(STATES[event.state])
            typer.echo(f"{event.device}: {state} {words.say(event.detail)}")
        elif isinstance(event, Scanned):
            count += 1
            _say(event.device, event.text, settings, words)
    typer.echo(words.say(Sentence("{count} scan heard.", count=count)))
    return 0 if count else 1


def _say(scanner: str, text: str, settings: Settings, words: GettextWords) -> None:
    year = time.gmtime().tm_year
    first, *rest = explain(text, settings.barcodes.plans(), year=year)
    typer.echo(f"{scanner}: {words.say(first)}")
    for sentence in rest:
        typer.echo(f"    {words.say(sentence)}")


def _recorder(
    scanner: ScannerDevice, file: IO[str], begun: float
) -> Callable[[bytes, list[str]], None]:
    kind = scanner.url.partition("://")[0]
    written = 0

    def tap(data: bytes, _scans: list[str]) -> None:
        nonlocal written
        at_ms = int((time.monotonic() - begun) * 1000)
        line = json.dumps(
            {
                "at_ms": at_ms,
                "scanner": scanner.name,
                "kind": kind if kind in KINDS else "serial",
                "hex": data.hex(),
            }
        )
        if written + len(line) < RECORD_MAX:
            written += file.write(line + "\n")
            file.flush()

    return tap


def _replay(path: Path, settings: Settings, words: GettextWords) -> int:
    """Cut a recorded wire into scans with today's rules, its silences as they were."""
    framers: dict[str, Frames] = {}
    last: dict[str, int] = {}
    count = 0
    for number, line in enumerate(_lines(path), 1):
        at_ms, name, kind, data = _piece(path, number, line)
        framer = framers.setdefault(name, framer_for(parse_url(KINDS[kind])))
        ended = framer.tick(at_ms) if not data or at_ms - last.get(name, at_ms) > 0 else []
        last[name] = at_ms
        for text in [*ended, *(framer.receive(data, at_ms) if data else [])]:
            count += 1
            _say(name, text, settings, words)
    for name, framer in framers.items():
        for text in framer.tick(last[name] + 60_000):
            count += 1
            _say(name, text, settings, words)
    typer.echo(words.say(Sentence("{count} scan heard.", count=count)))
    return 0 if count else 1


def _lines(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            raw = file.read(RECORD_MAX + 1)
    except OSError as error:
        raise Refusal(
            "recording_unreadable",
            "The recording {file} cannot be read ({why}).",
            file=str(path),
            why=error.strerror or type(error).__name__,
        ) from error
    if len(raw) > RECORD_MAX:
        raise _no_recording(path, 0)
    return raw.decode("utf-8", "replace").splitlines()


def _piece(path: Path, number: int, line: str) -> tuple[int, str, str, bytes]:
    try:
        piece = json.loads(line)
        kind = str(piece["kind"])
        parsed = int(piece["at_ms"]), str(piece["scanner"]), kind, bytes.fromhex(piece["hex"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _no_recording(path, number) from None
    if kind not in KINDS:
        raise _no_recording(path, number)
    return parsed


def _no_recording(path: Path, line: int) -> Refusal:
    return Refusal(
        "no_recording",
        "{file} is no recording of a scanner (line {line}).",
        file=str(path),
        line=line,
    )
