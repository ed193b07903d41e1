"""What goes wrong at a counter, one thing at a time, and what a person does about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from devices.card.emulator import Behaviour
from tests.hour.counter import AtWork
from tests.hour.evidence import Read
from tests.hour.wires import NOISE

Deed = Callable[[AtWork], object]

SLOW_BYTES_S = 2_000
LATE_S = 0.9


def _nothing(_: AtWork) -> None:
    """It passes by itself."""


@dataclass(frozen=True)
class Fault:
    """Which device it strikes, how it comes, and what a person does about it.

    In a `grave` one what the device answers can be lost, so that nobody knows how a paper ended.
    """

    device: str
    breaks: Deed
    mends: Deed = _nothing
    is_grave: bool = False

    def strike(self, till: AtWork) -> None:
        """Let it come."""
        if self.is_grave:
            till.told.troubles.begin(self.device)
        self.breaks(till)

    def mend(self, till: AtWork) -> None:
        """Put it right."""
        self.mends(till)
        if self.is_grave:
            till.told.troubles.end(self.device)


def _pull_scanner(till: AtWork, name: str, before: bytes = b"") -> None:
    if before:
        till.wires.rustle(name, before)
    till.wires.scanners[name].unplug()
    assert till.until(lambda: till.is_away(name)), "a scanner that was pulled out is still there"


def _unplug(device: str) -> Fault:
    """Return a cable that is pulled, which its driver says before anything else happens."""

    def pull(till: AtWork) -> None:
        getattr(till.wires, device).unplug()
        if device != "card" or not till.wires.card_is_called:
            assert till.until(lambda: till.is_away(device)), f"{device} is out and still there"

    return Fault(device, pull, lambda till: getattr(till.wires, device).replug(), is_grave=True)


def _blink_display(till: AtWork) -> None:
    """Pull the display's cable and put it back: it shows again what it was told before."""
    display = till.wires.display
    till.pump()
    if display.stalled or not till.is_ready("display"):
        return
    display.unplug()
    assert till.until(lambda: till.is_away("display")), "the display is out and still there"
    display.replug()
    due = Read("mended", till.told.lines, ("", ""), 0).due
    assert till.until(lambda: display.lines == due), f"{display.lines} is shown, not {due}"


def _while_on(device: str, name: str, on: object = True, off: object = False) -> Fault:
    """Return a fault that an emulator has for as long as an attribute says so."""
    return Fault(
        device,
        lambda till: setattr(getattr(till.wires, device), name, on),
        lambda till: setattr(getattr(till.wires, device), name, off),
        is_grave=(device, name) != ("printer", "bytes_per_s"),
    )


def _trembling(till: AtWork) -> None:
    till.wires.scale.put(700, moving=True)


def _free_cutter(till: AtWork) -> None:
    till.wires.printer.jam_cutter(jams=False)
    till.wires.printer.open_cover()
    till.wires.printer.open_cover(is_open=False)


def _ends_and_waits(till: AtWork) -> None:
    till.wires.printer.want_restart()
    till.wires.printer.run_out()


def _new_roll(till: AtWork) -> None:
    """It stops wanting a sign for the next trouble; for this one it still does."""
    till.wires.printer.load_paper()
    till.wires.printer.want_restart(wants=False)


def _forget_labels(till: AtWork) -> None:
    till.pump()
    till.wires.labels.power_cycle()
    till.told.cut_labels_short()


def _noisy(name: str = "") -> Fault:
    """Return a trouble by which the printer's answers mean nothing, its drawer's too."""

    def turn(till: AtWork, *, is_on: bool) -> None:
        till.pump()
        till.wires.is_noisy = is_on
        if name:
            setattr(till.wires.printer, name, is_on)
        elif is_on:
            till.wires.printer.babble(NOISE)

    return Fault("printer", partial(turn, is_on=True), partial(turn, is_on=False), is_grave=True)


PRINTER = {
    "no paper": Fault(
        "printer", lambda t: t.wires.printer.run_out(), lambda t: t.wires.printer.load_paper()
    ),
    "paper ends in a ticket": Fault(
        "printer",
        lambda t: t.wires.printer.run_out(after_lines=4),
        lambda t: t.wires.printer.load_paper(),
    ),
    "no paper, and it waits for a sign": Fault("printer", _ends_and_waits, _new_roll),
    "paper low": Fault(
        "printer",
        lambda t: t.wires.printer.warn_low(),
        lambda t: t.wires.printer.warn_low(low=False),
    ),
    "cover open": Fault(
        "printer",
        lambda t: t.wires.printer.open_cover(),
        lambda t: t.wires.printer.open_cover(is_open=False),
    ),
    "cutter jams": Fault("printer", lambda t: t.wires.printer.jam_cutter(), _free_cutter),
    "printer unplugged": _unplug("printer"),
    "printer off and on": Fault("printer", lambda t: t.wires.printer.power_cycle(), is_grave=True),
    "printer off and on, untold": Fault(
        "printer", lambda t: t.wires.printer.power_cycle(silent=True), is_grave=True
    ),
    "printer talks noise": _noisy(),
    "printer mute": _while_on("printer", "mute"),
    "printer answers late": _while_on("printer", "late_s", LATE_S, 0.0),
    "printer answers noise": _noisy("garbage"),
    "printer answers halves": _noisy("halves"),
    "printer slow": _while_on("printer", "bytes_per_s", SLOW_BYTES_S, 0),
    "printer says XOFF": Fault(
        "printer",
        lambda t: t.wires.printer.stop_flow(),
        lambda t: t.wires.printer.stop_flow(stopped=False),
    ),
}
IN_A_TICKET = ("printer unplugged", "no paper")
"""What strikes the printer while a ticket comes out, the head of it on paper."""

SPARE = {
    "spare without paper": Fault(
        "spare", lambda t: t.wires.spare.run_out(), lambda t: t.wires.spare.load_paper()
    ),
    "spare unplugged": _unplug("spare"),
}
LABELS = {
    "no labels": Fault(
        "labels", lambda t: t.wires.labels.run_out(), lambda t: t.wires.labels.load()
    ),
    "labels end": Fault(
        "labels", lambda t: t.wires.labels.run_out(after_labels=1), lambda t: t.wires.labels.load()
    ),
    "head open": Fault(
        "labels",
        lambda t: t.wires.labels.open_head(),
        lambda t: t.wires.labels.open_head(is_open=False),
    ),
    "labels unplugged": _unplug("labels"),
    "labels off and on": Fault("labels", _forget_labels, is_grave=True),
    "labels mute": _while_on("labels", "mute"),
    "labels answer noise": _while_on("labels", "garbage"),
    "labels answer halves": _while_on("labels", "halves"),
    "labels slow": _while_on("labels", "bytes_per_s", SLOW_BYTES_S, 0),
}
SCANNERS = {
    "scanner unplugged": Fault(
        "scanner",
        lambda t: _pull_scanner(t, "scanner"),
        lambda t: t.wires.scanners["scanner"].replug(),
    ),
    "scanner pulled in a scan": Fault(
        "scanner",
        lambda t: _pull_scanner(t, "scanner", b"240000"),
        lambda t: t.wires.scanners["scanner"].replug(),
    ),
    "scanner sends noise": Fault("scanner", lambda t: t.wires.rustle("scanner", NOISE + b"\r")),
    "wedge unplugged": Fault(
        "wedge", lambda t: _pull_scanner(t, "wedge"), lambda t: t.wires.scanners["wedge"].replug()
    ),
}
SCALE = {
    "scale unplugged": _unplug("scale"),
    "scale trembles": Fault("scale", _trembling, lambda t: t.wires.scale.take_off()),
    "scale mute": _while_on("scale", "mute"),
    "scale answers noise": _while_on("scale", "noise"),
    "scale answers halves": _while_on("scale", "half"),
    "scale slow": _while_on("scale", "slow_s", 0.1, 0.0),
    "scale talks noise": Fault("scale", lambda t: t.wires.scale.send(NOISE)),
}
OTHERS = {
    "display unplugged": _unplug("display"),
    "display unplugged and back": Fault("display", _blink_display),
    "display takes nothing": _while_on("display", "stalled"),
    "display talks noise": Fault("display", lambda t: t.wires.display.babble(NOISE)),
    "card terminal unplugged": _unplug("card"),
    "card terminal slow": _while_on("card", "paying_s", 0.2, 0.0),
    "card terminal talks noise": Fault("card", lambda t: t.wires.card.babble(NOISE)),
}

FAULTS: dict[str, Fault] = {**PRINTER, **SPARE, **LABELS, **SCANNERS, **SCALE, **OTHERS}
"""Whatever breaks, by its name."""

CARDS = (
    Behaviour.FRAGMENTED,
    Behaviour.REFUSE,
    Behaviour.ABANDON,
    Behaviour.NO_CARD,
    Behaviour.MUTE,
    Behaviour.SILENT,
    Behaviour.LATE,
    Behaviour.LOST,
    Behaviour.HALF,
    Behaviour.GARBAGE,
    Behaviour.WRONG_ECHO,
    Behaviour.CONTRADICTS,
    Behaviour.ACCOUNTED,
    Behaviour.BAD_LRC,
    Behaviour.BAD_LRC_ONCE,
    Behaviour.NAK,
)
"""What a card terminal does every second time; it approves the other times."""

OFTEN = (Behaviour.LATE, Behaviour.REFUSE, Behaviour.SILENT)
"""Every other one of these: what happens in each hour, however short."""

_SURE = {
    Behaviour.APPROVE: "approved",
    Behaviour.FRAGMENTED: "approved",
    Behaviour.BAD_LRC_ONCE: "approved",
    Behaviour.REFUSE: "declined",
    Behaviour.NAK: "cancelled",
}
_CALLED = {
    Behaviour.ABANDON: "cancelled",
    Behaviour.NO_CARD: "cancelled",
    Behaviour.BAD_LRC: "approved",
}
_ON_A_LINE = {
    Behaviour.ABANDON: "declined",
    Behaviour.NO_CARD: "declined",
    Behaviour.MUTE: "cancelled",
}


def card_outcome(behaviour: Behaviour, *, is_called: bool) -> str:
    """Return how a request ends with a terminal whose cable is well: unknown where nobody can know.

    One that is called frames no answer (its damage cannot show) and takes the request with the
    call; on a line a mute one never took it, and what a customer does is told as a refusal.
    """
    known = {**_SURE, **(_CALLED if is_called else _ON_A_LINE)}
    return known.get(behaviour, "unknown")
