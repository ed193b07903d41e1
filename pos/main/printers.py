"""Setting a receipt printer up: the page that finds its code page, and the logo that it keeps."""

from __future__ import annotations

from pathlib import Path
from queue import Empty, Queue
from time import monotonic

import typer

from config import settings as settings_file
from config.devices import PrinterDevice
from config.places import places
from config.sections import Settings
from config.words import GettextWords, words_for
from devices.counter import Counter, trial_page
from devices.printer.jobs import MakePieces
from devices.printer.pictures import forget_logo, keep_logo, print_logo
from devices.printer.profile import PrinterProfile
from devices.printer.render import render_escpos
from devices.printer.slots import picked, slots_page
from pos.domain.errors import Refusal
from pos.domain.words import Sentence
from pos.main.counters import OUTCOMES, profile_of
from pos.ports import DeviceEvent, PrintEnded, PrintOutcome

END_MOST_S = 60.0
"""The longest that a page of an installer is waited for: the one with every slot is long."""

SECTIONS = {False: "printer", True: "spare"}


def find_code_page(pick: str, *, spare: bool) -> int:
    """Print every slot, ask which reads well, write it into the settings, print the trial page."""
    settings = settings_file.load()
    words = words_for(settings.till.language)
    printer = _printer(settings, spare)
    if not pick:
        _print(printer, slots_page, words)
        asked = Sentence("Which line reads é è ç à ê €? Its number and its letter, such as 19A")
        pick = typer.prompt(words.say(asked))
    found = picked(pick)
    section = f"devices.{SECTIONS[spare]}"
    settings_file.put(places().config, section, {"code_page": found.codec, "slot": found.slot})
    typer.echo(
        words.say(
            Sentence(
                "{name}: characters {codec}, slot {slot}, is written into the settings.",
                name=section,
                codec=found.codec,
                slot=found.slot,
            )
        )
    )
    changed = _printer(settings_file.load(), spare)
    return _print(changed, lambda known: render_escpos(trial_page(known), known), words)


def put_logo(file: Path | None, *, spare: bool) -> int:
    """Have the printer keep a picture as its logo and print it; None makes it forget the logo."""
    settings = settings_file.load()
    words = words_for(settings.till.language)
    printer = _printer(settings, spare)
    if file is None:
        code = _print(printer, lambda _known: (forget_logo(),), words)
    else:
        kept = _kept(file, profile_of(printer).dots)
        code = _print(printer, lambda _known: (b"\x1b@", kept, print_logo(), b"\n" * 6), words)
    if code == 0:
        section = f"devices.{SECTIONS[spare]}"
        settings_file.put(places().config, section, {"logo": file is not None})
    return code


def _kept(file: Path, dots: int) -> bytes:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(file) as picture:
            return keep_logo(picture, dots)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        raise Refusal(
            "logo_file", "{file} is no picture that can be read.", file=str(file)
        ) from None


def _printer(settings: Settings, spare: bool) -> PrinterDevice:
    printer = settings.devices.spare if spare else settings.devices.printer
    if not printer.url:
        raise Refusal("no_printer", "No printer is set up; add one in the settings.")
    return printer


def _print(printer: PrinterDevice, make: MakePieces, words: GettextWords) -> int:
    """Print one job of an installer; say its end, return the exit code."""
    events: Queue[DeviceEvent] = Queue()
    counter = Counter(events.put)
    try:
        known: PrinterProfile = profile_of(printer)
        counter.open_printer("printer", printer.url, known).print_pieces("set up", make)
        ended = _end(events)
    finally:
        counter.close()
    if ended is None:
        raise Refusal("printer_away", "The printer did not answer; look whether it is on.")
    typer.echo(f"printer: {words.say(OUTCOMES[ended.outcome])} {words.say(ended.detail)}".rstrip())
    return 0 if ended.outcome in (PrintOutcome.CONFIRMED, PrintOutcome.SENT) else 1


def _end(events: Queue[DeviceEvent]) -> PrintEnded | None:
    until = monotonic() + END_MOST_S
    while (left_s := until - monotonic()) > 0:
        try:
            event = events.get(timeout=left_s)
        except Empty:
            return None
        if isinstance(event, PrintEnded):
            return event
    return None
