"""USB printers without a serial driver, through pyusb. Unverified: no such printer was at hand."""

from __future__ import annotations

import contextlib
import importlib
import time
from typing import TYPE_CHECKING, Any

from pos.domain.errors import Refusal
from pos.domain.words import Sentence

if TYPE_CHECKING:
    from devices.link import Link

_PRINTER_CLASS = 7
_SLICE_S = 0.2


def open_usb(vendor: int, product: int) -> Link:
    """Open the first device with these identifiers.

    Raises `Refusal` (slug `usb_missing`) when pyusb is not installed, `LinkLost` when no such
    device answers or the system does not let us at it.
    """
    try:
        core: Any = importlib.import_module("usb.core")
    except ImportError:
        raise Refusal(
            "usb_missing", "USB printers need one more package: pip install 'comptoir[usb]'"
        ) from None
    return UsbLink(core, vendor, product)


class UsbLink:
    """Two bulk endpoints of a USB printer as a `Link`."""

    def __init__(self, core: Any, vendor: int, product: int) -> None:
        self._core = core
        self._name = f"usb://{vendor:04x}:{product:04x}"
        self._woken = False
        try:
            self._device = core.find(idVendor=vendor, idProduct=product)
            if self._device is None:
                raise self._lost()
            self._into, self._out = self._claim()
        except (core.USBError, core.NoBackendError):
            raise self._lost() from None

    def _claim(self) -> tuple[Any, Any]:
        interface = next(
            (i for i in self._device[0] if i.bInterfaceClass == _PRINTER_CLASS),
            self._device[0][(0, 0)],
        )
        with contextlib.suppress(self._core.USBError, NotImplementedError):
            if self._device.is_kernel_driver_active(interface.bInterfaceNumber):
                self._device.detach_kernel_driver(interface.bInterfaceNumber)
        inputs = [e for e in interface if e.bEndpointAddress & 0x80]
        outputs = [e for e in interface if not e.bEndpointAddress & 0x80]
        if not (inputs and outputs):
            raise self._lost()
        return inputs[0], outputs[0]

    def read(self, timeout_s: float) -> bytes:
        """Return what has come (see `Link.read`)."""
        deadline = time.monotonic() + timeout_s
        while not self._woken and time.monotonic() < deadline:
            try:
                return bytes(self._into.read(self._into.wMaxPacketSize, int(_SLICE_S * 1000)))
            except self._core.USBTimeoutError:
                continue
            except self._core.USBError:
                raise self._lost() from None
        self._woken = False
        return b""

    def write(self, data: bytes, timeout_s: float) -> int:
        """Hand over bytes (see `Link.write`), a packet at a time.

        A packet is taken whole or not at all; of anything longer, pyusb cannot tell after a
        timeout how much was taken, and the rest would be sent twice.
        """
        deadline = time.monotonic() + timeout_s
        sent = 0
        while sent < len(data) and (left_s := deadline - time.monotonic()) > 0:
            packet = data[sent : sent + self._out.wMaxPacketSize]
            try:
                sent += int(self._out.write(packet, max(1, int(left_s * 1000))))
            except self._core.USBTimeoutError:
                break
            except self._core.USBError:
                raise self._lost(sent) from None
        return sent

    def wake(self) -> None:
        """Make a waiting `read` return soon (see `Link.wake`)."""
        self._woken = True

    def close(self) -> None:
        """Let the device go."""
        importlib.import_module("usb.util").dispose_resources(self._device)

    def _lost(self, sent: int = 0) -> OSError:
        from devices.link import LinkLost

        return LinkLost(Sentence("{device} is not connected.", device=self._name), sent)
