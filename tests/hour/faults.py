"""What goes wrong at a counter, one thing at a time, and what a person does about it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from devices.card.emulator import Behaviour
from tests.hour.counter import AtWork

Deed = Callable[[AtWork], object]

_NOISE = bytes(range(1, 255))


def _trembling(till: AtWork) -> None:
    till.wires.scale.put(700, moving=True)


FAULTS: dict[str, tuple[Deed, Deed]] = {
    "no paper": (lambda t: t.wires.printer.run_out(), lambda t: t.wires.printer.load_paper()),
    "paper ends in a ticket": (
        lambda t: t.wires.printer.run_out(after_lines=4),
        lambda t: t.wires.printer.load_paper(),
    ),
    "paper low": (
        lambda t: t.wires.printer.warn_low(),
        lambda t: t.wires.printer.warn_low(low=False),
    ),
    "cover open": (
        lambda t: t.wires.printer.open_cover(),
        lambda t: t.wires.printer.open_cover(is_open=False),
    ),
    "printer unplugged": (
        lambda t: t.wires.printer.unplug(),
        lambda t: t.wires.printer.replug(),
    ),
    "printer switched off and on": (
        lambda t: t.wires.printer.power_cycle(),
        lambda t: None,
    ),
    "printer talks noise": (lambda t: t.wires.printer.babble(_NOISE), lambda t: None),
    "scanner unplugged": (
        lambda t: t.wires.scanner.unplug(),
        lambda t: t.wires.scanner.replug(),
    ),
    "scanner sends noise": (lambda t: t.wires.scanner.send(_NOISE + b"\r"), lambda t: None),
    "display unplugged": (
        lambda t: t.wires.display.unplug(),
        lambda t: t.wires.display.replug(),
    ),
    "scale unplugged": (lambda t: t.wires.scale.unplug(), lambda t: t.wires.scale.replug()),
    "scale trembles": (_trembling, lambda t: t.wires.scale.take_off()),
    "card terminal unplugged": (lambda t: t.wires.card.unplug(), lambda t: t.wires.card.replug()),
}
"""What breaks, and what a person does about it."""

PRINTER_FAULTS = frozenset(
    name for name in FAULTS if name.startswith(("printer", "paper", "no paper", "cover"))
)
"""Those that keep a printer from what it has to do."""

CARDS = (
    (Behaviour.APPROVE, 12),
    (Behaviour.FRAGMENTED, 3),
    (Behaviour.REFUSE, 2),
    (Behaviour.ABANDON, 2),
    (Behaviour.MUTE, 1),
    (Behaviour.SILENT, 1),
    (Behaviour.LOST, 2),
    (Behaviour.HALF, 2),
    (Behaviour.GARBAGE, 2),
    (Behaviour.WRONG_ECHO, 1),
    (Behaviour.CONTRADICTS, 1),
    (Behaviour.ACCOUNTED, 1),
    (Behaviour.BAD_LRC, 1),
    (Behaviour.BAD_LRC_ONCE, 1),
    (Behaviour.NAK, 1),
)
"""What a card terminal does next, and how often."""


def card_behaviour(dice: Random) -> Behaviour:
    """Return what the terminal does with the next request."""
    return dice.choices([one for one, _ in CARDS], [weight for _, weight in CARDS])[0]
