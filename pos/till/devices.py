"""The machines around the till as a person asks after them: how each is, since when, what was wrong
last, and what to do about it.

What drivers report comes in through `DeviceLog.heard`; nothing here speaks to a device.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pos.domain.words import Sentence
from pos.ports import DeviceState, StatusChanged

WELL = (DeviceState.READY, DeviceState.BUSY)

REMEDIES: dict[str, Sentence] = {
    "not connected": Sentence(
        "Check its cable and that it is switched on; it comes back by itself. If its address"
        " changed, close the till and run: comptoir devices doctor."
    ),
    "does not answer": Sentence(
        "Switch it off and on. If it stays silent, its speed or its settings do not match: close"
        " the till and run: comptoir devices doctor."
    ),
    "no paper": Sentence("Put a new roll in and close the cover; what waits is printed then."),
    "cover open": Sentence("Close the cover until it clicks; what waits is printed then."),
    "paper low": Sentence("Have a new roll at hand; it still prints."),
    "cutter stuck: open the cover and clear it": Sentence(
        "Open the cover, take out the paper that is stuck, close it, then press its feed button."
    ),
    "head open": Sentence("Shut its print head until it clicks; what waits is printed then."),
    "no labels": Sentence("Put a new roll of labels in; what waits is printed then."),
    "no ribbon": Sentence("Put a new ribbon in; what waits is printed then."),
    "paused: press its pause button": Sentence("Press its pause button once; it goes on then."),
    "too hot: it goes on by itself": Sentence(
        "Wait until its head has cooled down; what waits is printed then."
    ),
    "out of order: switch it off and on": Sentence(
        "Switch it off and on. If it says the same again, it needs a repair; use the spare printer."
    ),
    "jammed: open it and look": Sentence(
        "Open it, take out what is stuck and close it; what waits is printed then."
    ),
    "waits: press its paper feed button": Sentence(
        "Press its paper feed button once; what waits is printed then."
    ),
    "stopped in the system's queue": Sentence(
        "Start its queue again in the system's printer settings; what waits is printed then."
    ),
    "its queue does not answer": Sentence(
        "Look whether the system's print service runs and still has this queue (lpstat -p)."
    ),
    "not opened: its printer does not listen": Sentence(
        "Open the drawer with its key; it works again as soon as the printer does."
    ),
    "cannot be understood: check its settings": Sentence(
        "What answers there speaks otherwise than the settings say: close the till and run:"
        " comptoir devices doctor."
    ),
}
"""What to do, by what a driver says is wrong."""

OTHERWISE: dict[DeviceState, Sentence] = {
    DeviceState.OFFLINE: REMEDIES["not connected"],
    DeviceState.ATTENTION: Sentence("Look at the device itself: it waits for somebody."),
    DeviceState.ABSENT: Sentence(
        "The settings name no such device; close the till and run: comptoir devices doctor."
    ),
}
"""What to do where a driver says no more than its state."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one device is.

    `since` is when it got there, None before it said anything; `trouble` the last thing that was
    wrong with it and `trouble_at` when that began, also after it is over.
    """

    name: str
    state: DeviceState
    detail: str = ""
    since: datetime | None = None
    trouble: str = ""
    trouble_why: Sentence | None = None
    trouble_at: datetime | None = None

    @property
    def is_well(self) -> bool:
        """Whether it works now."""
        return self.state in WELL


class DeviceLog:
    """What each device last said, and its last trouble."""

    def __init__(self) -> None:
        self._known: dict[str, Standing] = {}

    def heard(self, event: StatusChanged, now: datetime) -> None:
        """Take what a device reported."""
        was = self._known.get(event.device, Standing(event.device, DeviceState.ABSENT))
        is_news = (was.state, was.detail) != (event.state, event.detail)
        is_trouble = event.state in OTHERWISE
        self._known[event.device] = Standing(
            event.device,
            event.state,
            event.detail,
            now if is_news or was.since is None else was.since,
            (event.detail or _STATE[event.state].template) if is_trouble else was.trouble,
            event.why if is_trouble else was.trouble_why,
            (now if is_news else was.trouble_at) if is_trouble else was.trouble_at,
        )

    def standings(
        self, names: Iterable[str], said: Iterable[StatusChanged] = ()
    ) -> Sequence[Standing]:
        """Return how the devices called `names` are, then whatever else reported.

        `said` is what devices told before this log began.
        """
        known = {one.device: Standing(one.device, one.state, one.detail) for one in said}
        known |= self._known
        order = dict.fromkeys([*names, *known])
        return [known.get(name, Standing(name, DeviceState.ABSENT)) for name in order]


_STATE: dict[DeviceState, Sentence] = {
    DeviceState.OFFLINE: Sentence("not connected"),
    DeviceState.ATTENTION: Sentence("look at it"),
    DeviceState.ABSENT: Sentence("none"),
}


def remedy(standing: Standing) -> Sentence | None:
    """Return what to do about a device; None for one that works."""
    known = REMEDIES.get(standing.detail)
    return known or OTHERWISE.get(standing.state)
