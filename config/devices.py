"""The settings of the machines around the till: one frozen class a device."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.fields import Line, Section, fits, wrong
from pos.domain.words import Sentence

_URL = r"[a-z][a-z0-9+]*://\S*"
Url = Annotated[
    str, fits(rf"({_URL})?", Sentence("a URL such as tcp://192.0.2.7:9100, or nothing"))
]


Hex = Annotated[
    str, fits(r"([0-9a-fA-F]{2}){1,16}", Sentence("bytes in hexadecimal such as A00101A2"))
]


class ScannerDevice(Section):
    """A scanner with a cable of its own."""

    name: Line
    url: Url
    not_on_file: Annotated[str, Field(max_length=40)] = ""


class PrinterDevice(Section):
    """The receipt printer; an empty URL means none."""

    url: Url
    profile: Line


class DrawerDevice(Section):
    """The drawer: `printer` when it hangs on the printer's cable, a URL of its own, or none.

    `parts` are hexadecimal: what is sent down a line of its own to open it.
    """

    url: Annotated[str, fits(rf"(printer|{_URL})?", Sentence("printer, a URL, or nothing"))]
    open_when: Literal["high", "low", "never"]
    open_most_s: Annotated[int, Field(ge=0, le=3600)]
    parts: Annotated[tuple[Hex, ...], Field(min_length=1, max_length=4)]

    @property
    def open_when_high(self) -> bool | None:
        """Which level of the sensor means open; None for a drawer that tells nothing."""
        return None if self.open_when == "never" else self.open_when == "high"


class DisplayDevice(Section):
    """The customer's display; an empty URL means none."""

    url: Url
    protocol: Literal["epson", "cd5220"]
    code_page: Line
    slot: Annotated[int, Field(ge=0, le=255)]


class ScaleDevice(Section):
    """The scale; an empty URL means none. `secret` is four hexadecimal digits, or nothing."""

    url: Url
    protocol: Literal["toledo", "enq", "nci", "sics", "dialog06"]
    take: Literal["enter", "automatic"]
    approval: Annotated[str, Field(max_length=60)]
    secret: Annotated[
        str, fits(r"([0-9a-fA-F]{4})?", Sentence("four hexadecimal digits, or nothing"))
    ]

    @property
    def secret_number(self) -> int | None:
        """The maker's secret, None for none."""
        return int(self.secret, 16) if self.secret else None


class Devices(Section):
    """The machines around the till."""

    scanners: tuple[ScannerDevice, ...]
    printer: PrinterDevice
    drawer: DrawerDevice
    display: DisplayDevice
    scale: ScaleDevice

    @model_validator(mode="after")
    def _drawer_has_its_printer(self) -> Self:
        if self.drawer.url == "printer" and not self.printer.url:
            raise wrong(Sentence("a devices.printer.url, since the drawer hangs on the printer"))
        return self
