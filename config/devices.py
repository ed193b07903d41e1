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
    """A receipt printer; an empty URL means none. A code page overrides its profile's."""

    url: Url
    profile: Line
    code_page: Annotated[str, Field(max_length=20)]
    slot: Annotated[int, Field(ge=0, le=255)]
    logo: bool


class LabelDevice(Section):
    """The label printer; an empty URL means none. Sizes in millimetres."""

    url: Url
    language: Literal["zpl", "escpos"]
    profile: Line
    width: Annotated[int, Field(ge=20, le=120)]
    height: Annotated[int, Field(ge=15, le=300)]
    dpi: Literal[152, 203, 300, 600]


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
    """The customer's display, `printer` when it hangs behind that one; empty means none."""

    url: Annotated[str, fits(rf"(printer|{_URL})?", Sentence("printer, a URL, or nothing"))]
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


class CardDevice(Section):
    """A card terminal that the till drives; see `devices.card.speech` for its habits."""

    name: Annotated[str, fits(r"[a-z][a-z0-9-]{0,15}", Sentence("a short name such as desk"))]
    url: Annotated[str, fits(_URL, Sentence("a URL such as tcp://192.0.2.8:8888"))]
    protocol: Literal["caisse-ap", "concert-e", "concert-e+"] = "caisse-ap"
    number: Annotated[str, fits(r"[0-9]{1,2}", Sentence("the till's number, 1 to 99"))] = "01"
    answer_seconds: Annotated[int, Field(ge=20, le=600)] = 180
    version: Literal["0300", "0301", "0320"] = "0300"
    with_reference: bool = False
    handshake: bool = True
    with_rep: bool = False


RESERVED = frozenset(
    {"manual", "printer", "drawer", "display", "scale", "scanner", "spare", "labels", "network"}
)
"""The names of other machines."""


class CustomerScreenDevice(Section):
    """The customers' screen: whether the till feeds one, and for how long it keeps a sale."""

    on: bool
    keep_s: Annotated[int, Field(ge=5, le=600)]


class Devices(Section):
    """The machines around the till."""

    scanners: tuple[ScannerDevice, ...]
    printer: PrinterDevice
    spare: PrinterDevice
    labels: LabelDevice
    drawer: DrawerDevice
    display: DisplayDevice
    scale: ScaleDevice
    customer_screen: CustomerScreenDevice
    cards: tuple[CardDevice, ...]

    @model_validator(mode="after")
    def _cards_have_names_of_their_own(self) -> Self:
        names = [card.name for card in self.cards]
        taken = RESERVED | {scanner.name for scanner in self.scanners}
        if len(set(names)) < len(names) or taken & set(names):
            raise wrong(Sentence("a name of its own for each of devices.cards"))
        return self

    @model_validator(mode="after")
    def _drawer_has_its_printer(self) -> Self:
        if self.drawer.url == "printer" and not self.printer.url:
            raise wrong(Sentence("a devices.printer.url, since the drawer hangs on the printer"))
        if self.display.url == "printer" and not self.printer.url:
            raise wrong(Sentence("a devices.printer.url, since the display hangs on the printer"))
        return self
