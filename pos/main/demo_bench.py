"""Hands for the demonstration's scale and card terminal: what comes to them, and their troubles.

Each is a key, or a line of the list of commands, so that a person sees what a till does about it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import cycle

from devices.card.emulator import Behaviour, EmulatedTerminal
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
            _cable(scale.unplug, scale.replug),
        ),
        Extra("", Sentence("The scale: mute, or speaking again"), _switch(scale, "mute")),
        Extra("", Sentence("The scale: talks nonsense, or sense again"), _switch(scale, "noise")),
    )


def _switch(scale: EmulatedScale, fault: str) -> Callable[[], None]:
    return lambda: setattr(scale, fault, not getattr(scale, fault))


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
            _cable(terminal.unplug, terminal.replug),
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


def _cable(unplug: Callable[[], None], replug: Callable[[], None]) -> Callable[[], None]:
    is_out = False

    def turn() -> None:
        nonlocal is_out
        is_out = not is_out
        unplug() if is_out else replug()

    return turn
