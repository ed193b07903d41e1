"""Hands for the demonstration's machines: what comes to them, and their troubles.

Each is a key, or a line of the list of commands, so that a person sees what a till does about it.
Said twice, most of them mend what they broke.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from itertools import cycle

from devices.card.emulator import Behaviour, EmulatedTerminal
from devices.display.emulator import EmulatedDisplay
from devices.display.protocol import COLUMNS
from devices.label.emulator import EmulatedLabelPrinter
from devices.printer.emulator import EmulatedPrinter
from devices.scale.emulator import EmulatedScale
from devices.scanner.emulator import EmulatedScanner
from pos.domain.words import Sentence
from pos.screens.options import Extra

WEIGHTS = (345, 1_280, 62, 2_505)
TOO_MUCH = 16_000
"""Grams: what lies on the scale next, and more than it weighs."""

TREMBLES_S = 1.2
PAYING_S = 3.0
SLOW_S = 3.0
NOISE = b"\x00\x7f\xfe?\x02\x15zz\r\n\x03"

Show = Callable[[Sequence[str]], None]
"""Lets lines be seen where the paper is."""


def scanner_keys(scanner: EmulatedScanner) -> tuple[Extra, ...]:
    """Return what goes wrong with the scanner."""
    return (
        _line(
            Sentence("The scanner: pull its cable, or plug it in"),
            _turns(scanner.unplug, scanner.replug),
        ),
        _line(Sentence("The scanner: sends nonsense"), lambda: _ignore(scanner.send(NOISE))),
    )


def scale_keys(scale: EmulatedScale) -> tuple[Extra, ...]:
    """Return what a person does to the scale, and what goes wrong with it."""
    weights = cycle(WEIGHTS)

    def put_or_take() -> None:
        if scale.shown:
            scale.take_off()
            return
        put_down(scale, next(weights))

    return (
        Extra("ctrl+b", Sentence("Put something on the scale, or take it off"), put_or_take),
        _line(
            Sentence("The scale: what lies there trembles, or stands still"),
            lambda: scale.change(lambda pan: setattr(pan, "moving", not pan.moving)),
        ),
        _line(
            Sentence("The scale: more on it than it weighs, or nothing"),
            _turns(lambda: scale.put(TOO_MUCH), scale.take_off),
        ),
        _line(
            Sentence("The scale: below zero, or at zero again"),
            lambda: scale.change(lambda pan: setattr(pan, "offset", 0 if pan.offset else 200)),
        ),
        _line(
            Sentence("The scale: pull its cable, or plug it in"),
            _turns(scale.unplug, scale.replug),
        ),
        _line(Sentence("The scale: mute, or speaking again"), _switch(scale, "mute")),
        _line(Sentence("The scale: talks nonsense, or sense again"), _switch(scale, "noise")),
        _line(Sentence("The scale: half its answers, or all"), _switch(scale, "half")),
        _line(Sentence("The scale: slow, or quick again"), _switch(scale, "slow_s", SLOW_S, 0.0)),
    )


def put_down(scale: EmulatedScale, grams: int) -> None:
    """Lay so much on it, which trembles before it stands; 0 takes all off at once."""
    scale.put(grams, moving=grams > 0)
    rest = threading.Timer(TREMBLES_S, lambda: scale.put(grams) if scale.shown == grams else None)
    rest.daemon = True
    rest.start()


def printer_keys(printer: EmulatedPrinter) -> tuple[Extra, ...]:
    """Return what goes wrong with the receipt printer, and what a person does about it."""
    paper = _turns(lambda: printer.run_out(3), printer.load_paper)
    cover = _turns(printer.open_cover, lambda: printer.open_cover(False))
    flow = _turns(printer.stop_flow, lambda: printer.stop_flow(False))
    return (
        _line(Sentence("The printer: its paper ends in three lines, or a new roll"), paper),
        _line(Sentence("The printer: open its cover, or close it"), cover),
        _line(Sentence("The drawer: shut it"), printer.shut_drawer),
        _line(Sentence("The drawer: open it with its key"), printer.pull_drawer),
        _line(Sentence("The printer: its cutter sticks at the next cut"), printer.jam_cutter),
        _line(Sentence("The printer: says stop, or go on"), flow),
        _line(Sentence("The printer: off and on again"), printer.power_cycle),
        _line(Sentence("The printer: mute, or speaking again"), _switch(printer, "mute")),
        _line(Sentence("The printer: talks nonsense, or sense"), _switch(printer, "garbage")),
        _line(Sentence("The printer: half its answers, or all"), _switch(printer, "halves")),
        _line(
            Sentence("The printer: slow, or quick again"), _switch(printer, "bytes_per_s", 100, 0)
        ),
        _line(
            Sentence("The printer: pull its cable, or plug it in"),
            _turns(printer.unplug, printer.replug),
        ),
    )


def spare_keys(printer: EmulatedPrinter) -> tuple[Extra, ...]:
    """Return what goes wrong with the spare printer."""
    return (
        _line(
            Sentence("The spare printer: its paper ends, or a new roll"),
            _turns(printer.run_out, printer.load_paper),
        ),
        _line(
            Sentence("The spare printer: open its cover, or close it"),
            _turns(printer.open_cover, lambda: printer.open_cover(False)),
        ),
        _line(Sentence("The spare printer: mute, or speaking again"), _switch(printer, "mute")),
        _line(
            Sentence("The spare printer: pull its cable, or plug it in"),
            _turns(printer.unplug, printer.replug),
        ),
    )


def label_keys(printer: EmulatedLabelPrinter, show: Show) -> tuple[Extra, ...]:
    """Return what goes wrong with the label printer, and what a person does about it."""

    def look() -> None:
        label = printer.printed[-1:]
        show([field.data for one in label for field in one.fields] or ["–"])

    return (
        _line(Sentence("The label printer: look at its last label"), look),
        _line(
            Sentence("The label printer: its roll ends, or a new one"),
            _turns(printer.run_out, printer.load),
        ),
        _line(
            Sentence("The label printer: open its head, or close it"),
            _turns(printer.open_head, lambda: printer.open_head(False)),
        ),
        _line(
            Sentence("The label printer: press pause, or go on"),
            _turns(printer.pause, lambda: printer.pause(False)),
        ),
        _line(Sentence("The label printer: off and on again"), printer.power_cycle),
        _line(Sentence("The label printer: mute, or speaking again"), _switch(printer, "mute")),
        _line(Sentence("The label printer: talks nonsense, or sense"), _switch(printer, "garbage")),
        _line(Sentence("The label printer: half its answers, or all"), _switch(printer, "halves")),
        _line(
            Sentence("The label printer: pull its cable, or plug it in"),
            _turns(printer.unplug, printer.replug),
        ),
    )


def display_keys(display: EmulatedDisplay, show: Show) -> tuple[Extra, ...]:
    """Return what goes wrong with the customers' display, and a look at it."""

    def look() -> None:
        edge = "─" * COLUMNS
        lines = [f"│{line:<{COLUMNS}}│" for line in display.lines]
        show([f"┌{edge}┐", *lines, f"└{edge}┘"])

    return (
        _line(Sentence("The display: look at it"), look),
        _line(Sentence("The display: takes nothing, or goes on"), _switch(display, "stalled")),
        _line(Sentence("The display: says what nobody asked"), lambda: display.babble(NOISE)),
        _line(
            Sentence("The display: pull its cable, or plug it in"),
            _turns(display.unplug, display.replug),
        ),
    )


def card_keys(terminal: EmulatedTerminal) -> tuple[Extra, ...]:
    """Return what happens at the card terminal from now on; its customers take a moment to pay."""
    terminal.paying_s = PAYING_S

    def becomes(behaviour: Behaviour) -> Callable[[], None]:
        return lambda: setattr(terminal, "behaviour", behaviour)

    return (
        *(_line(text, becomes(behaviour)) for behaviour, text in AT_THE_TERMINAL.items()),
        _line(Sentence("Card terminal: its late answer goes out"), terminal.let_go),
        _line(
            Sentence("Card terminal: says what nobody asked"),
            lambda: terminal.babble(NOISE),
        ),
        _line(
            Sentence("Card terminal: pull its cable, or plug it in"),
            _turns(terminal.unplug, terminal.replug),
        ),
    )


AT_THE_TERMINAL = {
    Behaviour.APPROVE: Sentence("Card terminal: pays, as it should"),
    Behaviour.REFUSE: Sentence("Card terminal: refuses"),
    Behaviour.ABANDON: Sentence("Card terminal: the customer gives up"),
    Behaviour.NO_CARD: Sentence("Card terminal: nobody shows a card"),
    Behaviour.FRAGMENTED: Sentence("Card terminal: pays, its answer comes byte by byte"),
    Behaviour.HALF: Sentence("Card terminal: pays, half its answer comes"),
    Behaviour.GARBAGE: Sentence("Card terminal: pays, and answers nonsense"),
    Behaviour.BAD_LRC: Sentence("Card terminal: pays, its answer is damaged"),
    Behaviour.BAD_LRC_ONCE: Sentence("Card terminal: pays, its answer is damaged once"),
    Behaviour.WRONG_ECHO: Sentence("Card terminal: pays another amount"),
    Behaviour.CONTRADICTS: Sentence("Card terminal: says done, and why not"),
    Behaviour.ACCOUNTED: Sentence("Card terminal: pays, says only that it was asked"),
    Behaviour.LATE: Sentence("Card terminal: pays, and answers too late"),
    Behaviour.SILENT: Sentence("Card terminal: pays, and never answers"),
    Behaviour.LOST: Sentence("Card terminal: pays, and its line breaks"),
    Behaviour.HANGS_UP: Sentence("Card terminal: pays, and hangs up"),
    Behaviour.NAK: Sentence("Card terminal: cannot read what it is asked"),
    Behaviour.MUTE: Sentence("Card terminal: hears nothing"),
}
"""What a person may let the next customers and the terminal do."""


def _line(text: Sentence, action: Callable[[], None]) -> Extra:
    """Return a line of the list of commands."""
    return Extra("", text, action)


def _switch(
    device: object, fault: str, on: object = True, off: object = False
) -> Callable[[], None]:
    return lambda: setattr(device, fault, off if getattr(device, fault) == on else on)


def _turns(one: Callable[[], None], other: Callable[[], None]) -> Callable[[], None]:
    """Return what does one thing and the other by turns."""
    deeds = cycle((one, other))

    def turn() -> None:
        next(deeds)()

    return turn


def _ignore(_sent: bool) -> None:
    """What an unplugged scanner sends goes nowhere."""
