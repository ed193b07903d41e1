"""A printer that was switched off and on: what it held is gone, and what it was told to do."""

from __future__ import annotations

import os
import re
import select
import threading
import tty
from contextlib import closing

from devices.printer.driver import EscPosPrinter, Limits
from devices.printer.emulator import EmulatedPrinter
from devices.printer.profile import PROFILES
from devices.printer.protocol import ASB_ON, process_id
from pos.ports import DeviceState, PrintOutcome
from tests.contract.printer_shop import TICKET, Post

EPSON = PROFILES["epson-80"]
STARTED = b"\x3b1\x00"


def test_one_that_restarted_in_a_ticket_is_not_believed_that_it_is_out() -> None:
    """The far end says both at once, so that the driver reads both together."""
    post = Post()
    near, far = os.openpty()
    tty.setraw(far)
    driver = EscPosPrinter("printer", f"pty://{os.ttyname(far)}", EPSON, post)
    received = b""
    try:
        driver.print("1", TICKET)
        while process_id("1") not in received:
            assert select.select([near], [], [], 20)[0], received[-20:]
            received += os.read(near, 4096)
            while asked := re.search(rb"\x10\x04[\x01-\x04]", received):
                received = received[asked.end() :]
                os.write(near, b"\x12")
        os.write(near, STARTED + b'7"' + process_id("1") + b"\x00")
        assert post.end("1") is PrintOutcome.UNKNOWN
    finally:
        driver.close()
        os.close(near)
        os.close(far)


def test_one_that_restarted_at_rest_is_asked_again_to_tell_its_changes() -> None:
    post = Post()
    with closing(EmulatedPrinter()) as emulator:
        limits = Limits(heartbeat_s=600)
        with closing(EscPosPrinter("printer", emulator.url, EPSON, post, limits=limits)):
            post.state(DeviceState.READY)
            emulator.power_cycle()
            while emulator.received.count(ASB_ON) < 2:
                threading.Event().wait(0.01)
            emulator.open_cover()
            post.state(DeviceState.ATTENTION, "cover open")
