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
        """Return the line; details go first where the room is small, the urgent ones last."""
        right_end = self._texts()
        room = width - sum(len(text) for text, _ in right_end)
        for told in (frozenset(DeviceState), URGENT, frozenset[DeviceState]()):
            cells = self._lights(told)
            if sum(len(text) for text, _ in cells) <= room:
                break
        used = sum(len(text) for text, _ in cells)
        if used > room:
            plain = "".join(text for text, _ in cells)
            return [(left(plain, max(0, room)), self.face.look.bar), *right_end]
        return [*cells, (" " * (room - used), self.face.look.bar), *right_end]

    def _lights(self, told: frozenset[DeviceState]) -> Cells:
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
            cells.append((f"{light.name}{detail}  ", look.bar if quiet else style))
        return cells

    def _texts(self) -> Cells:
        look, status = self.face.look, self._status
        cells: Cells = [(f" {status.warning} ", look.key)] if status.warning else []
        return cells + [(f"{text}  ", look.bar_strong) for text in status.texts if text]
