"""What the doctor found out → what is to be written into the settings. Nothing is written here.

What the settings name stays, unless its port is gone, or it answers with another setting of its
line. A second receipt printer becomes the spare one where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from config.devices import RESERVED, CardDevice, Devices, ScannerDevice
from devices.finding import is_there, place_of
from devices.probing import Answered

MODELS: tuple[tuple[str, str], ...] = (
    (r"\bTM-?M(10|30|50)", "epson-m30"),
    (r"\bTM-?T88(II|III)\b", "epson-80-old"),
    (r"\bTM-?[A-Z]{1,2}\d", "epson-80"),
    (r"\bCT-?S\d", "citizen-80"),
)
"""Profiles by what a printer calls itself; another model gets the one of most clones."""

Change = tuple[str, dict[str, object]]
"""A section of the settings, and its keys."""


class Kind(StrEnum):
    """What something is that is no scanner."""

    PRINTER = "printer"
    LABELS = "labels"
    SCALE = "scale"
    DISPLAY = "display"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Known:
    """What stands at an address: `how` is a printer's profile, or else what it speaks."""

    kind: Kind
    url: str
    how: str


def known_by(answered: Answered) -> Known:
    """Return what answered, as the settings name it."""
    match answered.kind:
        case "printer":
            return Known(Kind.PRINTER, answered.url, profile_of(answered.what))
        case "label":
            return Known(Kind.LABELS, answered.url, answered.what)
        case _:
            return Known(Kind.SCALE, answered.url, answered.what)


def used_places(devices: Devices) -> dict[str, str]:
    """Return what the settings name at which place."""
    named = [(one.name, one.url) for one in devices.scanners]
    named += [(one.name, one.url) for one in devices.cards]
    named += [
        ("printer", devices.printer.url),
        ("spare", devices.spare.url),
        ("labels", devices.labels.url),
        ("drawer", devices.drawer.url),
        ("display", devices.display.url),
        ("scale", devices.scale.url),
    ]
    return {place_of(url): name for name, url in named if "://" in url}


def changes(
    devices: Devices, known: Sequence[Known], scanners: Sequence[ScannerDevice]
) -> list[Change]:
    """Return what the settings lack of what was found."""
    by_kind = {kind: [one for one in known if one.kind is kind] for kind in Kind}
    return [
        *_listed(devices, by_kind[Kind.CARD], scanners),
        *_printers(devices, by_kind[Kind.PRINTER]),
        *_one("labels", devices.labels.url, by_kind[Kind.LABELS], "language"),
        *_one("display", devices.display.url, by_kind[Kind.DISPLAY], "protocol"),
        *_one("scale", devices.scale.url, by_kind[Kind.SCALE], "protocol"),
    ]


def _listed(
    devices: Devices, cards: Sequence[Known], scanners: Sequence[ScannerDevice]
) -> list[Change]:
    """Return the scanners and card terminals beside those of the settings."""
    there = used_places(devices)
    taken = {one.name for one in devices.scanners} | {one.name for one in devices.cards}
    taken |= RESERVED - {"scanner"}
    found: list[Change] = []
    fresh = [one for one in scanners if place_of(one.url) not in there]
    if fresh:
        new = [one.model_copy(update={"name": _free("scanner", taken)}) for one in fresh]
        shown = [one.model_dump(exclude_defaults=True) for one in (*devices.scanners, *new)]
        found.append(("devices", {"scanners": shown}))
    terminals = [one for one in cards if place_of(one.url) not in there]
    if terminals:
        more = [
            CardDevice.model_validate(
                {"name": _free("desk", taken), "url": one.url, "protocol": one.how}
            )
            for one in terminals
        ]
        shown = [one.model_dump(exclude_unset=True) for one in (*devices.cards, *more)]
        found.append(("devices", {"cards": shown}))
    return found


def _free(name: str, taken: set[str]) -> str:
    found = next(one for one in (name, *(f"{name}{n}" for n in range(2, 100))) if one not in taken)
    taken.add(found)
    return found


def _printers(devices: Devices, printers: Sequence[Known]) -> list[Change]:
    if not printers:
        return []
    found = _one("printer", devices.printer.url, printers, "profile")
    mine = str(found[0][1]["url"]) if found else devices.printer.url
    if found and not devices.drawer.url:
        found.append(("devices.drawer", {"url": "printer"}))
    others = [one for one in printers if place_of(one.url) != place_of(mine)]
    return [*found, *_one("spare", devices.spare.url, others, "profile")]


def _one(section: str, url: str, known: Sequence[Known], how: str) -> list[Change]:
    """Return the change for a device of which there is one, none where its own stays."""
    if not known:
        return []
    same = [one for one in known if "://" in url and place_of(one.url) == place_of(url)]
    if same:
        return [] if url == same[0].url else [(f"devices.{section}", {"url": same[0].url})]
    if url and ("://" not in url or is_there(url)):
        return []
    return [(f"devices.{section}", {"url": known[0].url, how: known[0].how})]


def profile_of(model: str) -> str:
    """Return the printer profile for what a printer calls itself.

    >>> profile_of("TM-T20III"), profile_of("TM-m30II"), profile_of("")
    ('epson-80', 'epson-m30', 'generic-80')
    """
    for pattern, name in MODELS:
        if re.search(pattern, model, re.IGNORECASE):
            return name
    return "generic-80"
