"""The machines around the till: how each is, its last trouble, what to do; trying scanners."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pos.domain.barcode import explain
from pos.domain.words import Sentence
from pos.ports import DeviceState, StatusChanged
from pos.screens.dialogs.reading import ReadingPrompt
from pos.screens.prompt import Prompt
from pos.screens.watch import DRAWER
from pos.screens.widgets.choice_list import Choice
from pos.till.devices import Standing, remedy
from pos.till.readiness import NETWORK, age

if TYPE_CHECKING:
    from pos.screens.session import Session

NAMES: dict[str, Sentence] = {
    "printer": Sentence("Receipt printer"),
    "drawer": Sentence("Cash drawer"),
    "display": Sentence("Customer display"),
    "scanner": Sentence("Scanner"),
    "scale": Sentence("Scale"),
    "card": Sentence("Card terminal"),
    "labels": Sentence("Label printer"),
    "spare": Sentence("Spare printer"),
}
"""What a device of the settings is called; another has the name that the settings gave it."""

STATES: dict[DeviceState, Sentence] = {
    DeviceState.READY: Sentence("ready"),
    DeviceState.BUSY: Sentence("busy"),
    DeviceState.ATTENTION: Sentence("look at it"),
    DeviceState.OFFLINE: Sentence("not connected"),
    DeviceState.ABSENT: Sentence("none"),
}
SIGNS: dict[DeviceState, str] = {
    DeviceState.READY: "✓",
    DeviceState.BUSY: "✓",
    DeviceState.ATTENTION: "▲",
    DeviceState.OFFLINE: "✖",
    DeviceState.ABSENT: "–",
}
SCANS_SHOWN = 3
HELD_BEAT_S = 1.0


def name_of(name: str) -> Sentence:
    """Return what a person calls a device."""
    return NAMES.get(name) or Sentence("“{name}”", name=name)


def age_of(session: Session, since: datetime) -> Sentence:
    """Return how long ago something was."""
    return age(max(0, int((session.desk.ports.clock.now() - since).total_seconds())))


def standings(session: Session) -> Sequence[Standing]:
    """Return how each machine around the till is; the network has a page of its own."""
    said = list(session.desk.devices.values())
    if DRAWER in session.options.lights and DRAWER not in session.desk.devices:
        said.append(StatusChanged(DRAWER, DeviceState.READY))  # silent before it is told to open
    known = session.device_log.standings(session.options.lights, said)
    return [one for one in known if one.name != NETWORK]


class DevicesPrompt(Prompt):
    """Every device in a row with its state; Enter opens it."""

    holds = False
    is_aside = True
    covers = True
    beat_s = HELD_BEAT_S

    def question(self) -> Sentence:
        """Return what is shown."""
        return Sentence("The machines around the till")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Enter: open · Esc: go back")

    def choices(self) -> Sequence[Choice]:
        """Return the devices with their states, and the scan test."""
        return [
            *(self._row(one) for one in standings(self.session)),
            Choice(self.session.words.say(Sentence("Try the scanners: scan something"))),
        ]

    def enter(self) -> None:
        """Open the device under the cursor."""
        shown = standings(self.session)
        if self.cursor < len(shown):
            self.session.ask(DevicePrompt(self.session, shown[self.cursor].name))
        else:
            self.session.ask(ScanTestPrompt(self.session))

    def _row(self, one: Standing) -> Choice:
        words = self.session.words
        state = words.say(one.detail) if one.detail else words.say(STATES[one.state])
        since = "" if one.since is None else words.say(age_of(self.session, one.since))
        return Choice(f"{SIGNS[one.state]} {words.say(name_of(one.name))}", f"{state}  {since}")


class DevicePrompt(ReadingPrompt):
    """One device: its state, its last trouble, the remedy."""

    beat_s = HELD_BEAT_S

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session)
        self._name = name

    def question(self) -> Sentence:
        """Return which device it is."""
        return name_of(self._name)

    def told(self) -> Sequence[Sentence]:
        """Return all that is known of it."""
        [one] = [one for one in standings(self.session) if one.name == self._name]
        state = Sentence(one.detail) if one.detail else STATES[one.state]
        told = [Sentence("It says nothing yet.")]
        if one.since is not None:
            told = [
                Sentence("{state}, for {age}", state=state, age=age_of(self.session, one.since))
            ]
        elif one.state is not DeviceState.ABSENT:
            told = [Sentence("{state}", state=state)]
        what = remedy(one)
        if what is not None:
            told.append(what)
        if one.trouble and one.trouble_at is not None:
            ago = age_of(self.session, one.trouble_at)
            told.append(
                Sentence("Last trouble, {age} ago: {what}", age=ago, what=Sentence(one.trouble))
            )
            if one.trouble_why is not None:
                told.append(one.trouble_why)
        return told

    def enter(self) -> None:
        """Go back to the list."""
        self.session.ask(DevicesPrompt(self.session))


class ScanTestPrompt(Prompt):
    """What scanners send and what the till makes of it; nothing is sold."""

    is_aside = True
    covers = True
    judges = True

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.cursor = -1
        self._scans: list[str] = []

    def question(self) -> Sentence:
        """Return what is awaited."""
        return Sentence("Scan something: nothing is sold")

    def hint(self) -> Sentence:
        """Return what the keys do."""
        return Sentence("Enter: go back")

    def scanned(self, text: str) -> bool:
        """Explain a scan."""
        self._scans = [text, *self._scans][:SCANS_SHOWN]
        return True

    def choices(self) -> Sequence[Choice]:
        """Return the last scans, the newest first."""
        desk, say = self.session.desk, self.session.words.say
        rows: list[Choice] = []
        for text in self._scans:
            first, *rest = explain(text, desk.rules.plans, year=desk.now().year)
            rows += [Choice(say(first)), *(Choice(f"   {say(one)}") for one in rest)]
        return rows

    def enter(self) -> None:
        """Go back to the list of devices."""
        self.session.ask(DevicesPrompt(self.session))
