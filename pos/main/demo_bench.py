"""Hands for the demonstration's scale: goods that come and go on it, and its troubles.

Each is a key, or a line of the list of commands, so that a person sees what a till does about it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import cycle

from devices.scale.emulator import EmulatedScale
from pos.domain.words import Sentence
from pos.screens.options import Extra

WEIGHTS = (345, 1_280, 62, 2_505)
TREMBLES_S = 1.2


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
        Extra("ctrl+s", Sentence("Put something on the scale, or take it off"), put_or_take),
        Extra("", Sentence("The scale: pull its cable, or plug it in"), _cable(scale)),
        Extra("", Sentence("The scale: mute, or speaking again"), _switch(scale, "mute")),
        Extra("", Sentence("The scale: talks nonsense, or sense again"), _switch(scale, "noise")),
    )


def _switch(scale: EmulatedScale, fault: str) -> Callable[[], None]:
    return lambda: setattr(scale, fault, not getattr(scale, fault))


def _cable(scale: EmulatedScale) -> Callable[[], None]:
    is_out = False

    def turn() -> None:
        nonlocal is_out
        is_out = not is_out
        scale.unplug() if is_out else scale.replug()

    return turn
