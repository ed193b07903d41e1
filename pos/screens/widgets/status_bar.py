"""One line that is always there: the devices, the network, what is unsent, who sells, the time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from rich.cells import cell_len
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

STYLES = {
    DeviceState.READY: "good",
    DeviceState.BUSY: "good",
    DeviceState.ATTENTION: "warning",
    DeviceState.OFFLINE: "bad",
    DeviceState.ABSENT: "bar_muted",
}
"""Each state's style, by its name in `Look`."""

URGENT = frozenset({DeviceState.ATTENTION, DeviceState.OFFLINE})
"""What keeps its details where the room is small."""

NAME_LEAST = 5
"""The fewest cells of a name that is cut: four letters and the sign of the cut."""

NAME_SHORT = 3
"""The letters of a name's short form, which bears no sign of a cut."""

DETAIL_LEAST = 6
"""The fewest cells of a detail that is cut; less would say nothing."""

ALL, NONE = frozenset(DeviceState), frozenset[DeviceState]()
SHORTER: tuple[tuple[frozenset[DeviceState], int, int], ...] = (
    (ALL, 40, 40),
    (URGENT, 40, 40),
    *((URGENT, quiet, 40) for quiet in range(10, NAME_LEAST - 1, -1)),
)
"""Whose details are told, how long the name of a quiet light may be, and of an urgent one: first
the details of what is well give way, then the ends of its names."""

SHORTEST: tuple[tuple[frozenset[DeviceState], int, int], ...] = (
    (URGENT, 0, 40),
    *((NONE, most, most) for most in range(10, NAME_LEAST - 1, -1)),
    (NONE, NAME_SHORT, NAME_SHORT),
    (NONE, 0, 40),
    (NONE, 0, NAME_LEAST),
    (NONE, 0, 0),
)
"""Beside warnings on a small screen, where even cut details leave no room for every name: the
names of what is well give way, whose mark says enough."""


@dataclass(frozen=True, slots=True)
class Light:
    """One device: its name, its state, what it says when it is not simply ready, and how old that
    is where it matters."""

    name: str
    state: DeviceState
    detail: str = ""
    age: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """What the line says: lights, then at the right warnings, the gravest first, and texts.

    `spare` stands before the texts where that leaves every light its name.
    """

    lights: tuple[Light, ...] = ()
    warnings: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    spare: str = ""


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
        texts = self._status.texts
        with_spare = self._right_end(width, self._status.spare, *texts)
        found = self._fitting(with_spare, width, self._named())
        if found is None:
            right_end = self._right_end(width, *texts)
            steps = chain(self._named(), (self._lights(*step) for step in SHORTEST))
            found = self._fitting(right_end, width, steps) or self._cut(right_end, width)
        return found

    def _fitting(self, right_end: Cells, width: int, steps: Iterable[Cells]) -> Cells | None:
        """Return the first of some ways to tell the lights for which there is room."""
        room = max(0, width - _length(right_end))
        for cells in steps:
            used = _length(cells)
            if used <= room:
                return [*cells, (" " * (room - used), self.face.look.bar), *right_end]
        return None

    def _cut(self, right_end: Cells, width: int) -> Cells:
        plain = "".join(text for text, _ in self._lights(*SHORTEST[-1]))
        return [(left(plain, max(0, width - _length(right_end))), self.face.look.bar), *right_end]

    def _named(self) -> Iterator[Cells]:
        """Yield ways to tell the lights that leave each its name, the longest first."""
        for step in SHORTER:
            yield self._lights(*step)
        longest = max((len(one.detail) for one in self._status.lights), default=0)
        for urgent in (40, NAME_LEAST):
            for most in range(longest, DETAIL_LEAST - 1, -1):
                yield self._lights(URGENT, NAME_LEAST, urgent, most)
        yield self._lights(URGENT, NAME_SHORT, 40)
        yield self._lights(URGENT, NAME_SHORT, 40, is_aged=False)

    def _lights(
        self,
        told: frozenset[DeviceState],
        quiet: int,
        urgent: int,
        detail_most: int = 80,
        *,
        is_aged: bool = True,
    ) -> Cells:
        look = self.face.look
        cells: Cells = [(" ", look.bar)]
        for light in self._status.lights:
            state = _seen(light)
            style: Style = getattr(look, STYLES[state])
            detail = left(light.detail, min(detail_most, len(light.detail)))
            detail = f" {detail}" if detail and state in told else ""
            most = urgent if state in URGENT else quiet
            is_brief = most == NAME_SHORT
            name = light.name[:most] if is_brief else left(light.name, min(most, len(light.name)))
            is_well = state in (DeviceState.READY, DeviceState.BUSY)
            cells.append((MARKS[state] + " ", style))
            age = f" {light.age}" if name and light.age and is_aged else ""
            end = "" if not name else " " if is_brief else "  "
            cells.append((f"{name}{age}{detail}{end}", look.bar if is_well else style))
        return cells

    def _right_end(self, width: int, *told: str) -> Cells:
        """Return warnings and texts; warnings that would hide every light are only counted."""
        texts: Cells = [(f"{text}  ", self.face.look.bar_strong) for text in told if text]
        least = _length(self._lights(NONE, 0, NAME_LEAST)) + _length(texts)
        warnings = self._status.warnings
        for shown in range(len(warnings), 0, -1):
            hidden = [f"+{len(warnings) - shown}"] if shown < len(warnings) else []
            text = " · ".join([*warnings[:shown], *hidden])
            if shown == 1 or least + cell_len(text) + 2 <= width:
                return [(f" {text} ", self.face.look.key), (" ", self.face.look.bar), *texts]
        return texts


def _seen(light: Light) -> DeviceState:
    """A device that is ready and has something to say calls for a look, paper low for one."""
    has_more = light.state is DeviceState.READY and light.detail
    return DeviceState.ATTENTION if has_more else light.state


def _length(cells: Cells) -> int:
    return sum(cell_len(text) for text, _ in cells)
