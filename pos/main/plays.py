"""`comptoir play`: the gestures of a file, with no screen."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from queue import Queue

import typer

from config import settings as settings_file
from config.places import places
from pos.console import Console, Said, console_on
from pos.domain.errors import Refusal
from pos.main.join import join
from pos.main.log import open_log
from pos.ports import DeviceEvent

FILE_MAX = 5_000_000
"""The largest file of gestures, in bytes."""

PAPER_MOST_S = 20.0
"""How long the end waits for a ticket that is being printed, in seconds."""


def play_file(file: Path) -> int:
    """Play a file on this machine's till; 0 when everything was as expected."""
    lines = _lines(file)
    events: Queue[DeviceEvent] = Queue()
    settings, found = settings_file.load(), places()
    open_log(found.log)
    joined = join(settings, found, sink=events.put)
    console = console_on(joined.desk, events)
    try:
        for note in joined.notes:
            typer.echo(joined.words().say(note), err=True)
        wrong = play(console, lines)
        console.let_papers_end(PAPER_MOST_S)
        return wrong
    finally:
        joined.close()


def play(console: Console, lines: Iterable[str]) -> int:
    """Do the gestures and say what came of each; 0 when everything was as expected."""
    wrong = 0
    for said in console.play(lines):
        typer.echo(line_of(said))
        wrong += not said.fine
    if wrong:
        typer.echo(f"{wrong} ✗", err=True)
    return 1 if wrong else 0


def line_of(said: Said) -> str:
    """Return one line: the gesture, and what came of it."""
    mark = "✓" if said.fine else "✗"
    return f"{mark} {said.number:>3}  {_without_pin(said.gesture):<36} {said.outcome}"


def _without_pin(gesture: str) -> str:
    """Hide the PIN of a gesture that names one: what is printed is kept in logs."""
    verb, number, *pin = [*gesture.split(" ", 2), ""]
    return f"{verb} {number} ••••" if verb in ("sign-in", "lend") and any(pin) else gesture


def _lines(file: Path) -> list[str]:
    if str(file) == "-":
        return sys.stdin.read(FILE_MAX).splitlines()
    try:
        if file.stat().st_size > FILE_MAX:
            raise Refusal("file_too_large", "{file} is too large to play.", file=str(file))
        return file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(
            "no_file",
            "{file} cannot be read as text ({why}).",
            file=str(file),
            why=getattr(error, "strerror", None) or type(error).__name__,
        ) from error
