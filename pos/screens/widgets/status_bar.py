"""One line that is always there: the devices, the network, what is unsent, who sells, the time."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style

from pos.ports import DeviceState
from pos.screens.face import Face
from pos.screens.widgets.cells import left
from pos.screens.widgets.panel import Cells, Panel

MARKS = {
    DeviceState.READY: "●",
    DeviceState.BUSY: "◐",
    DeviceState.ATTENTION: "▲",
    DeviceState.OFFLINE: "✖",
    DeviceState.ABSENT: "○",
}
"""A shape for each state, for whoever does not tell the colours apart."""

URGENT = frozenset({DeviceState.ATTENTION, DeviceState.OFFLINE})
"""What keeps its details where the room is small."""

SHORTER: tuple[tuple[frozenset[DeviceState], int], ...] = (
    (frozenset(DeviceState), 40),
    (URGENT, 40),
    (frozenset(), 40),
    *((frozenset[DeviceState](), most) for most in range(10, 1, -1)),
)
"""Whose details are told and how long a name may be, each step shorter than the one before."""


@dataclass(frozen=True, slots=True)
class Light:
    """One device: its name, its state, and what it says when it is not simply ready."""

    name: str
    state: DeviceState
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """What the line says: lights, then texts at the right, the first a warning where there is."""

    lights: tuple[Light, ...] = ()
    warning: str = ""
    texts: tuple[str, ...] = ()


class StatusBar(Panel):
    """Lights from the left, texts from the right."""

    def __init__(self, face: Face) -> None:
        super().__init__(face)
        self._status = Status()

    @property
    def shown(self) -> Status:
        """What the line says now."""
        return self._status

    def show(self, status: Status) -> None:
        """Say something else."""
        if status != self._status:
            self._status = status
            self.redraw()

    def ground(self) -> Style:
        """Return the bar's own style."""
        return self.face.look.bar

    def row(self, _y: int, width: int) -> Cells:
        """Return the line; where the room is small, details give way, then the ends of names."""
        right_end = self._texts()
        room = max(0, width - _length(right_end))
        for told, most in SHORTER:
            cells = self._lights(told, most)
            used = _length(cells)
            if used <= room:
                return [*cells, (" " * (room - used), self.face.look.bar), *right_end]
        plain = "".join(text for text, _ in cells)
        return [(left(plain, room), self.face.look.bar), *right_end]

    def _lights(self, told: frozenset[DeviceState], most: int) -> Cells:
        look = self.face.look
        styles = {
            DeviceState.READY: look.good,
            DeviceState.BUSY: look.good,
            DeviceState.ATTENTION: look.warning,
            DeviceState.OFFLINE: look.bad,
            DeviceState.ABSENT: look.bar_muted,
        }
        cells: Cells = [(" ", look.bar)]
        for light in self._status.lights:
            style = styles[light.state]
            detail = f" {light.detail}" if light.detail and light.state in told else ""
            quiet = light.state in (DeviceState.READY, DeviceState.BUSY)
            cells.append((MARKS[light.state] + " ", style))
            name = left(light.name, min(most, len(light.name)))
            cells.append((f"{name}{detail}  ", look.bar if quiet else style))
        return cells

    def _texts(self) -> Cells:
        look, status = self.face.look, self._status
        cells: Cells = [(f" {status.warning} ", look.key)] if status.warning else []
        return cells + [(f"{text}  ", look.bar_strong) for text in status.texts if text]


def _length(cells: Cells) -> int:
    return sum(len(text) for text, _ in cells)
