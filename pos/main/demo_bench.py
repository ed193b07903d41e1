"""Hands for the demonstration's machines: what comes to them, and their troubles.

Each is a key, or a line of the list of commands, so that a person sees what a till does about it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import cycle

from devices.card.emulator import Behaviour, EmulatedTerminal
from devices.label.emulator import EmulatedLabelPrinter
from devices.printer.emulator import EmulatedPrinter
from devices.scale.emulator import EmulatedScale
from pos.domain.words import Sentence
from pos.screens.options import Extra

WEIGHTS = (345, 1_280, 62, 2_505)
TREMBLES_S = 1.2
PAYING_S = 3.0


def scale_keys(scale: EmulatedScale) -> tuple[Extra, ...]:
    """Return what a person does to the scale: goods tremble for a moment before they stand."""
    weights = cycle(WEIGHTS)

    def put_or_take() -> None:
        if scale.shown:
            scale.take_off()
            return
        grams = next(weights)
        scale.put(grams, moving=True)
        rest = threading.Timer(TREMBLES_S, lambda: scale.put(grams) if scale.shown else None)
        rest.daemon = True
        rest.start()

    return (
        Extra("ctrl+b", Sentence("Put something on the scale, or take it off"), put_or_take),
        Extra(
            "",
            Sentence("The scale: pull its cable, or plug it in"),
            _turns(scale.unplug, scale.replug),
        ),
        Extra("", Sentence("The scale: mute, or speaking again"), _switch(scale, "mute")),
        Extra("", Sentence("The scale: talks nonsense, or sense again"), _switch(scale, "noise")),
    )


def _switch(device: object, fault: str) -> Callable[[], None]:
    return lambda: setattr(device, fault, not getattr(device, fault))


def printer_keys(printer: EmulatedPrinter) -> tuple[Extra, ...]:
    """Return what goes wrong with the receipt printer, and what a person does about it."""
    paper = _turns(lambda: printer.run_out(3), printer.load_paper)
    cover = _turns(printer.open_cover, lambda: printer.open_cover(False))
    flow = _turns(printer.stop_flow, lambda: printer.stop_flow(False))
    return (
        Extra("", Sentence("The printer: its paper ends in three lines, or a new roll"), paper),
        Extra("", Sentence("The printer: open its cover, or close it"), cover),
        Extra("", Sentence("The drawer: shut it"), printer.shut_drawer),
        Extra("", Sentence("The printer: its cutter sticks at the next cut"), printer.jam_cutter),
        Extra("", Sentence("The printer: says stop, or go on"), flow),
        Extra("", Sentence("The printer: off and on again"), printer.power_cycle),
        Extra("", Sentence("The printer: mute, or speaking again"), _switch(printer, "mute")),
        Extra("", Sentence("The printer: talks nonsense, or sense"), _switch(printer, "garbage")),
        Extra("", Sentence("The printer: half its answers, or all"), _switch(printer, "halves")),
        Extra(
            "",
            Sentence("The printer: pull its cable, or plug it in"),
            _turns(printer.unplug, printer.replug),
        ),
    )


def label_keys(printer: EmulatedLabelPrinter) -> tuple[Extra, ...]:
    """Return what goes wrong with the label printer, and what a person does about it."""
    return (
        Extra(
            "",
            Sentence("The label printer: its roll ends, or a new one"),
            _turns(printer.run_out, printer.load),
        ),
        Extra(
            "",
            Sentence("The label printer: pull its cable, or plug it in"),
            _turns(printer.unplug, printer.replug),
        ),
    )


def card_keys(terminal: EmulatedTerminal) -> tuple[Extra, ...]:
    """Return what happens at the card terminal from now on; its customers take a moment to pay."""
    terminal.paying_s = PAYING_S

    def becomes(behaviour: Behaviour) -> Callable[[], None]:
        return lambda: setattr(terminal, "behaviour", behaviour)

    return (
        *(Extra("", text, becomes(behaviour)) for behaviour, text in AT_THE_TERMINAL.items()),
        Extra("", Sentence("Card terminal: its late answer goes out"), terminal.let_go),
        Extra(
            "",
            Sentence("Card terminal: pull its cable, or plug it in"),
            _turns(terminal.unplug, terminal.replug),
        ),
    )


AT_THE_TERMINAL = {
    Behaviour.APPROVE: Sentence("Card terminal: pays, as it should"),
    Behaviour.REFUSE: Sentence("Card terminal: refuses"),
    Behaviour.ABANDON: Sentence("Card terminal: the customer gives up"),
    Behaviour.HALF: Sentence("Card terminal: pays, half its answer comes"),
    Behaviour.WRONG_ECHO: Sentence("Card terminal: pays another amount"),
    Behaviour.LATE: Sentence("Card terminal: pays, and answers too late"),
    Behaviour.MUTE: Sentence("Card terminal: hears nothing"),
}
"""What a person may let the next customers and the terminal do."""


def _turns(one: Callable[[], None], other: Callable[[], None]) -> Callable[[], None]:
    """Return what does one thing and the other by turns."""
    deeds = cycle((one, other))

    def turn() -> None:
        next(deeds)()

    return turn
